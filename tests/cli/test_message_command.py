"""`atoz message`: check, list and fill, for people and for programs."""

import json
from pathlib import Path

from atoz.messages.templates import Template

BAD = b"We will refund you once you update your review."
VALUES = {
    "carrier": "UPS",
    "shipped_on": "2026-06-02",
    "tracking_number": "1Z999AA10123456784",
    "item": "the lamp",
    "seller_name": "Lamps",
}
ORDER = {
    "kind": "order",
    "order_id": "123-1234567-1234567",
    "marketplace": "US",
    "placed_at": "2026-06-01T15:00:00Z",
    "deliver_by": "2026-06-10",
}


def order_file(folder: Path) -> Path:
    """An order on disk."""
    path = folder / "order.json"
    path.write_text(json.dumps(ORDER), encoding="utf-8")
    return path


def test_a_bad_message_gives_findings_and_exit_code_1(atoz):
    """Rule, words, why and source, and the shell hears of it."""
    done = atoz("message", "check", "-", stdin=BAD)
    assert done.code == 1
    assert "review_incentive" in done.out
    assert "update your review" in done.out
    assert done.err == ""


def test_json_carries_every_field(atoz):
    """A program gets the span, both languages, the source and how far it can be trusted."""
    done = atoz("message", "check", "-", "--json", stdin=BAD)
    found = json.loads(done.out)["findings"]
    change = next(each for each in found if each["rule"] == "review_change")
    assert BAD.decode()[change["start"] : change["end"]] == change["words"] == "update your review"
    assert set(change["why"]) == {"en", "zh"}
    assert change["confidence"] == "amazon_page"
    assert change["source"]["address"]


def test_a_good_message_is_fine_and_promises_nothing(atoz):
    """Exit code 0, and the caveat."""
    done = atoz("message", "check", "-", stdin=b"Your parcel is with the carrier and should come on Friday.")
    assert done.code == 0
    assert "no guarantee" in done.out


def test_the_order_is_compared_with_the_message(atoz, tmp_path):
    """Another order's id is found."""
    text = b"Order 999-1234567-1234567 is with the carrier."
    done = atoz("message", "check", "-", "--about", order_file(tmp_path), stdin=text)
    assert (done.code, "wrong_order_id" in done.out) == (1, True)


def test_a_claim_is_taken_as_well(atoz, claims):
    """Every example claim is a subject; the spacing rules read its history."""
    path = min(claims.glob("*.json"))
    done = atoz("message", "check", "-", "--kind", "amazon", "--about", path, stdin=b"No.")
    assert (done.code, "too_short" in done.out) == (1, True)


def test_chinese_output(atoz):
    """The reasons are told in Chinese on demand."""
    assert "评论" in atoz("message", "check", "-", "--lang", "zh", stdin=BAD).out


def test_bad_input_is_a_message_and_exit_code_2(atoz, tmp_path):
    """Empty text, a missing file, bytes that are no text, a broken order: never a traceback."""
    (tmp_path / "order.json").write_text("{", encoding="utf-8")
    runs = [
        atoz("message", "check", "-", stdin=b"  \n"),
        atoz("message", "check", tmp_path / "nowhere.txt"),
        atoz("message", "check", "-", stdin=b"\xff\xfe\x00"),
        atoz("message", "check", "-", "--about", tmp_path / "order.json", stdin=b"hello"),
        atoz("message", "check", "-", "--at", "tomorrow", stdin=b"hello"),
        atoz("message", "fill", "lots", "--about", order_file(tmp_path)),
        atoz("message", "fill", "lost", "--about", order_file(tmp_path), "--set", "carrier"),
        atoz("message", "fill", "lost", "--about", order_file(tmp_path)),
    ]
    for done in runs:
        assert done.code == 2
        assert done.err.endswith("]\n")
        assert "Traceback" not in done.err


def test_list_names_every_template(atoz):
    """For people and for programs."""
    assert "score_restoration" in atoz("message", "list").out
    listed = json.loads(atoz("message", "list", "--json").out)["templates"]
    assert [row["id"] for row in listed] == [template.id for template in Template.all()]
    assert "order_id" in next(each for each in listed if each["id"] == "lost")["needs"]


def test_a_filled_template_can_be_piped_into_the_checker(atoz, tmp_path):
    """What fill prints is the text alone; the notes go elsewhere, and the checker has nothing to say."""
    order = order_file(tmp_path)
    pairs = [part for name, value in VALUES.items() for part in ("--set", f"{name}={value}")]
    filled = atoz("message", "fill", "lost", "--about", order, *pairs)
    assert filled.code == 0
    assert filled.out.startswith("Hello,")
    assert filled.err.startswith("! ")
    assert atoz("message", "check", "-", "--kind", "proactive", "--about", order, stdin=filled.out.encode()).code == 0


def test_values_can_come_from_a_file(atoz, tmp_path):
    """The same text as from the command line."""
    order = order_file(tmp_path)
    values = tmp_path / "values.json"
    values.write_text(json.dumps(VALUES), encoding="utf-8")
    filled = json.loads(atoz("message", "fill", "lost", "--about", order, "--values", values, "--json").out)
    assert filled["template"] == "lost"
    assert "UPS" in filled["text"]


def test_a_plan_prints_the_texts_that_are_due(atoz, claims):
    """The draft stands behind the plan, and in the JSON beside it; without its values they are named."""
    asked = ("plan", claims / "not-received.json", "--as-of", "2016-06-21T18:00:00Z", "--draft")
    missing = atoz(*asked)
    assert missing.code == 2
    assert "seller_name" in missing.err
    letter = (
        "what_happened=It is late.",
        "what_was_offered=A refund.",
        "answers=It is on its way.",
        "evidence=The scans.",
    )
    values = [part for value in ("seller_name=Lamps", *letter) for part in ("--set", value)]
    done = atoz(*asked, *values, "--json")
    assert done.code == 0
    texts = json.loads(done.out)["drafts"]
    assert texts
    assert all("Lamps" in each["text"] for each in texts)
    shown = atoz(*asked, *values)
    assert texts[0]["text"] in shown.out


def test_drafts_are_for_one_claim(atoz, claims):
    """A worklist has no room for letters."""
    assert atoz("plan", claims / "many.jsonl", "--draft").code == 2


def test_a_plan_without_a_due_message_says_so(atoz, claims):
    """Asked for texts where none is due, the command says it and is fine."""
    done = atoz("plan", claims / "not-received.json", "--as-of", "2016-06-20T12:00:00Z", "--draft")
    assert (done.code, "No message is due" in done.err) == (0, True)


def test_the_language_that_was_read_is_said_and_is_no_fault(atoz):
    """A Chinese message with nothing wrong in it: what was read is told, and the exit code is 0."""
    text = "包裹在海关,请准备好身份证件以便清关。".encode()
    done = atoz("message", "check", "-", stdin=text)
    assert done.code == 0
    assert "Read as Chinese" in done.out
    assert "no guarantee" in done.out
    assert json.loads(atoz("message", "check", "-", "--json", stdin=text).out)["languages"] == ["zh"]


def test_what_amazon_allows_is_listed(atoz):
    """Each type by its name in the API, in words or for programs; one that Amazon has removed is not offered."""
    names = ("unexpectedProblem", "confirmOrderDetails", "negativeFeedbackRemoval")
    payload = json.dumps({"_links": {"actions": [{"name": name} for name in names]}}).encode()
    done = atoz("message", "allowed", "-", stdin=payload)
    assert done.code == 0
    assert [line.partition(":")[0] for line in done.out.splitlines()] == ["confirmOrderDetails", "unexpectedProblem"]
    assert "意外问题" in atoz("message", "allowed", "-", "--lang", "zh", stdin=payload).out
    assert json.loads(atoz("message", "allowed", "-", "--json", stdin=payload).out)["messages"] == [
        {"name": "confirmOrderDetails", "action": "message_buyer"},
        {"name": "unexpectedProblem", "action": "message_buyer"},
    ]


def test_where_amazon_allows_nothing_the_command_says_so(atoz):
    """An empty list is an answer, for people a sentence; what is no payload is refused."""
    assert "allows no message" in atoz("message", "allowed", "-", stdin=b'{"_links": {"actions": []}}').out
    nothing = atoz("message", "allowed", "-", "--json", stdin=b'{"_links": {"actions": []}}')
    assert json.loads(nothing.out)["messages"] == []
    assert atoz("message", "allowed", "-", stdin=b"[1]").code == 2
    assert atoz("message", "allowed", "-", stdin=b"no json").code == 2
