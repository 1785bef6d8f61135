"""`atoz plan`: one claim, many claims, bad lines, exit codes."""

import json
import re
from pathlib import Path

import pytest

from atoz.planner.plan import Plan
from atoz.planner.prevention import PreventionPlan
from atoz.rulebook.contradictions import sentences_of

AS_OF = ("--as-of", "2016-06-22T16:00:00Z")


def test_one_claim_is_told_in_full(atoz, claims):
    """A single claim prints its status, its actions with times and sources, what not to do, and its deadlines."""
    done = atoz("plan", claims / "not-received.json", *AS_OF)

    assert done.code == 0
    assert done.err == ""
    for part in (
        "Under review — Action required",
        "as of 2016-06-22 09:00 PDT, policy faq-2016, edition faq-2016",
        "now    Answer Amazon  (answer_with_reasons); by 2016-06-26 09:00 PDT",
        "now    Ask the buyer to withdraw the claim  (try_for_a_withdrawal)",
        "Do not cancel the order",
        "answer Amazon        open          2016-06-27 09:00 PDT  5 d 0 h",
        "Check again at",
    ):
        assert part in done.out


def test_json_is_the_plan_itself(atoz, claims):
    """`--json` prints the whole plan, with the steps behind every date, and nothing else."""
    done = atoz("plan", claims / "not-received.json", *AS_OF, "--json")
    made = json.loads(done.out)

    assert (made["status"], made["attention"], made["as_of"]) == (
        "under_review",
        "action_required",
        "2016-06-22T16:00:00Z",
    )
    assert made["window"]["derivation"][0]["source"]["seen"] == "2016-06-07"
    assert Plan.model_validate_json(done.out)
    explained = json.loads(atoz("plan", claims / "not-received.json", *AS_OF, "--json", "--explain").out)
    assert explained["window"]["explanation"]["steps"][0]["source"]["seen"] == "2016-06-07"
    assert explained["deadlines"][1]["explanation"]["steps"][0]["parameter"] == "answer_amazon"


def test_same_question_same_bytes(atoz, claims):
    """The same file and instant give the same output, byte for byte."""
    first, second = (atoz("plan", claims / "not-received.json", *AS_OF, "--json") for _ in range(2))

    assert first == second


def test_chinese(atoz, claims):
    """`--lang zh` speaks Chinese throughout."""
    done = atoz("plan", claims / "protected-label.json", "--policy", "current", "--lang", "zh", *AS_OF)

    assert "需要处理" in done.out
    assert "不要自行退款" in done.out


def test_standard_input(atoz, claims):
    """`-` reads standard input, a byte order mark and all."""
    text = b"\xef\xbb\xbf" + (claims / "not-received.json").read_bytes()

    assert atoz("plan", "-", *AS_OF, stdin=text).out == atoz("plan", claims / "not-received.json", *AS_OF).out


def test_worklist_is_sorted_by_urgency(atoz, claims):
    """Many claims give a worklist: what is late first, then by when it is due; the page has the same order."""
    done = atoz("plan", claims / "many.jsonl", "--policy", "current", "--as-of", "2026-09-20T16:00:00Z", "--json")
    rows = json.loads(done.out)["claims"]

    assert done.code == 0
    buckets = [row["bucket"] for row in rows]
    assert buckets == sorted(buckets, key=["late", "today", "week", "later", "nothing", "ahead"].index)
    assert [row["attention"] for row in rows][-1] == "done"
    assert (rows[0]["action"], rows[0]["overdue"]) == ("escalate", True)  # an answer is late: somebody has to decide


def test_terminal_and_page_have_one_order_and_one_sum(atoz, claims):
    """The orders stand in the same order as on the page, money first, and each deadline names its edition."""
    pytest.importorskip("jinja2", reason="a page needs the extra report")
    asked = ("--policy", "current", "--as-of", "2026-09-20T16:00:00Z")
    text = atoz("plan", claims / "many.jsonl", *asked).out
    page = atoz("report", claims / "many.jsonl", *asked).out
    rows = [line for line in text.splitlines() if re.match(r"\d{3}-\d{7}-\d{7} ", line)]
    listed = re.findall(r'<th scope="row" class="nowrap">([-\d]+)<', page)
    assert [row.split()[0] for row in rows] * 2 == listed
    document = json.loads(atoz("plan", claims / "many.jsonl", *asked, "--json").out)
    sums = [f"{money['value']} {money['currency']}" for money in document["at_risk"]]
    assert text.startswith("At risk: ")
    assert all(money in text.splitlines()[0] for money in sums)
    assert len(sums) == 2
    for row in document["claims"]:
        if row["deadline_at"]:
            assert f" {row['deadline_edition']}" in text.split(row["order_id"])[1]


def test_bad_lines_are_reported_and_the_rest_is_planned(atoz, claims, tmp_path):
    """A bad line is named with its number on standard error; the good ones are planned; the exit code says so."""
    good = json.dumps(json.loads((claims / "not-received.json").read_text()))
    lines = [good, "{broken", json.dumps({"kind": "claim", "reason": "x"}), '{"kind": "delivery"}', "", good]
    lines.append('{"kind": "order"}')
    file = tmp_path / "many.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")

    done = atoz("plan", file, *AS_OF)

    assert done.code == 2
    assert f"{file} line 2: " in done.err
    assert f"{file} line 3" in done.err
    assert "reason: write one of: 'not_received'" in done.err
    assert "Claims: 2, as of 2016-06-22T16:00:00+00:00, other records skipped: 1, bad lines: 3" in done.out
    assert "line 7" in done.err
    assert "placed_at: this field is required" in done.err


ORDER = {
    "order_id": "123-1234567-1234500",
    "marketplace": "US",
    "placed_at": "2026-06-01T15:00:00Z",
    "deliver_by": "2026-06-10",
    "first_contact_at": "2026-06-11T09:00:00Z",
}


def test_an_order_without_a_claim_is_planned_alone(atoz, tmp_path):
    """What to do now with edition, source and confidence, and when the buyer may file; JSON has all of it."""
    file = tmp_path / "order.json"
    file.write_text(json.dumps(ORDER), encoding="utf-8")

    done = atoz("plan", file, "--as-of", "2026-06-12T00:00:00Z")
    assert (done.code, done.err) == (0, "")
    for part in (
        "Order 123-1234567-1234500, no claim yet; as of 2026-06-11 17:00 PDT",
        "now    Answer the buyer; by 2026-06-13 02:00 PDT",
        "us-2026; US seller page G27951 (seen 2026-05-12)",
        "Item not received          2026-06-13  2026-09-08  us-2026",
        "Look again at 2026-06-13 00:00 PDT",
    ):
        assert part in done.out
    document = atoz("plan", file, "--as-of", "2026-06-12T00:00:00Z", "--json").out
    assert PreventionPlan.model_validate_json(document).now[0].step == "answer_buyer"
    late = atoz("plan", file, "--as-of", "2026-06-14T00:00:00Z", "--fail-on", "overdue", "--lang", "zh")
    assert late.code == 1
    assert "已逾期" in late.out
    refused = atoz("plan", file, "--as-of", "2026-06-12T00:00:00Z", "--draft", "--edition", "us-2026")
    assert refused.code == 2
    assert "--draft" in refused.err
    assert "--edition" in refused.err


def test_orders_and_claims_stand_in_one_list(atoz, claims, tmp_path):
    """Both sorted by urgency; an order that has a claim in the file is covered by the claim's plan."""
    claim = json.loads((claims / "not-received.json").read_text())
    quiet = {**ORDER, "order_id": "123-1234567-1234501", "first_contact_at": None}
    records = [quiet, claim, {**ORDER, "kind": "order"}, claim["order"]]
    file = tmp_path / "many.jsonl"
    file.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")

    asked = ("--as-of", "2026-06-14T00:00:00Z")
    done = atoz("plan", file, *asked)
    assert done.code == 0
    rows = [line for line in done.out.splitlines() if line.startswith("123-")]
    assert [row.split()[0] for row in rows][-1] == quiet["order_id"]
    assert "Claims: 1, as of 2026-06-14T00:00:00+00:00, orders without a claim: 2, other records skipped: 1" in done.out
    made = json.loads(atoz("plan", file, *asked, "--json").out)
    assert [row["order_id"] for row in made["orders"]] == [ORDER["order_id"], quiet["order_id"]]
    assert [row["order_id"] for row in made["claims"]] == [claim["order"]["order_id"]]
    assert made["orders"][0]["overdue"] is True
    assert atoz("plan", file, *asked, "--fail-on", "overdue").code == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"[1, 2]", "an object is expected"),
        (b"{", "not JSON"),
        (b'{"kind": "claim", "kind": "claim"}', "appears twice"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"{}", "order: this field is required"),
        (b'{"a": ' * 3000, "objects and lists inside each other"),
    ],
)
def test_bad_input_is_an_error_not_a_traceback(atoz, text, says):
    """Whatever is piped in, the answer is a message and exit code 2."""
    done = atoz("plan", "-", *AS_OF, stdin=text)

    assert done.code == 2
    assert done.out == "" or "Claims: 0" in done.out
    assert says in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("as_of", ["2016-06-22", "2016-06-22T16:00:00", "yesterday", "1466611200"])
def test_an_instant_needs_an_offset(atoz, claims, as_of):
    """`--as-of` without an offset is refused, never read as some zone's time."""
    done = atoz("plan", claims / "not-received.json", "--as-of", as_of)

    assert done.code == 2
    assert "--as-of" in done.err


def test_fail_on_overdue(atoz, claims):
    """`--fail-on overdue` gives 1 once something is late, and 0 before."""
    file = claims / "not-received.json"

    assert atoz("plan", file, "--as-of", "2016-06-26T16:00:00Z", "--fail-on", "overdue").code == 0
    assert atoz("plan", file, "--as-of", "2016-06-26T16:00:00.000001Z", "--fail-on", "overdue").code == 1


def test_an_own_policy_file(atoz, claims):
    """A policy is taken from a file when the name looks like one; a bad one is refused with its keys."""
    own = Path(__file__).parent.parent.parent / "examples" / "policies" / "answer-fast.toml"

    assert "(answer)" in atoz("plan", claims / "not-received.json", "--policy", own, *AS_OF).out
    done = atoz("plan", claims / "not-received.json", "--policy", "answer-faster", *AS_OF)
    assert done.code == 2
    assert "unknown policy 'answer-faster'" in done.err


def test_an_unknown_edition_is_named(atoz, claims):
    """A claim that pins an edition that does not ship is refused with the field and the id."""
    data = json.loads((claims / "not-received.json").read_text()) | {"edition": "us-2031"}

    done = atoz("plan", "-", *AS_OF, stdin=json.dumps(data).encode())

    assert done.code == 2
    assert "edition: unknown edition 'us-2031': it does not ship with atoz" in done.err


def test_many_claims_stay_small(atoz, claims, tmp_path):
    """Many claims cost well under 10 kB each at the peak: plans are not kept."""
    import tracemalloc

    line = json.dumps(json.loads((claims / "not-received.json").read_text()))
    file = tmp_path / "many.jsonl"
    file.write_text(line, encoding="utf-8")
    atoz("plan", file, *AS_OF, "--json")
    file.write_text("\n".join([line] * 400), encoding="utf-8")
    tracemalloc.start()
    atoz("plan", file, *AS_OF, "--json")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak / 400 < 10_000


def test_today_s_rule_is_shown_first_and_can_be_asked_for(atoz, tmp_path):
    """A claim of 2026 counted by default: when to act by, by which rule, first of all; `--edition` counts by it."""
    claim = {
        "order": {
            "order_id": "123-1234567-1234567",
            "marketplace": "US",
            "placed_at": "2026-11-01T16:00:00Z",
            "deliver_by": "2026-11-10",
        },
        "reason": "not_received",
        "history": [
            {"kind": "filed", "at": "2026-11-20T16:00:00Z"},
            {"kind": "information_requested", "at": "2026-11-20T18:00:00Z"},
        ],
    }
    file = tmp_path / "claim.json"
    file.write_text(json.dumps(claim), encoding="utf-8")
    asked = ("plan", file, "--as-of", "2026-11-20T20:00:00Z")
    lines = atoz(*asked).out.splitlines()
    assert "Act by 2026-11-23 10:00 PST" in lines[2]
    assert "Today's rule (us-2026): answer Amazon within 72 hours, by 2026-11-23 10:00 PST." in lines[3]
    assert any("faq-2016 would give until 2026-11-27 10:00 PST" in line for line in lines)
    made = json.loads(atoz(*asked, "--json").out)
    assert (made["act_by"], made["in_force"], made["edition"]) == ("2026-11-23T18:00:00Z", ["us-2026"], "faq-2016")
    today = json.loads(atoz(*asked, "--edition", "in-force", "--json").out)
    assert (today["edition"], today["deadlines"][1]["due_at"]) == ("us-2026", "2026-11-23T18:00:00Z")
    assert "unknown edition" in atoz(*asked, "--edition", "us-2025").err
    many = tmp_path / "claims.jsonl"
    many.write_text(json.dumps(claim) + "\n" + json.dumps(claim) + "\n", encoding="utf-8")
    rows = json.loads(atoz("plan", many, "--as-of", "2026-11-20T20:00:00Z", "--edition", "us-2026", "--json").out)
    assert {row["deadline_at"] for row in rows["claims"]} == {"2026-11-23T18:00:00Z"}
    assert "现行规则(us-2026)" in atoz(*asked, "--lang", "zh").out


def test_a_worklist_says_what_it_is(atoz, claims, tmp_path):
    """The JSON for many claims has its own kind and schema version."""
    line = json.dumps(json.loads((claims / "not-received.json").read_text(encoding="utf-8")))
    file = tmp_path / "many.jsonl"
    file.write_text(f"{line}\n{line}\n", encoding="utf-8")
    document = json.loads(atoz("plan", file, *AS_OF, "--json").out)
    assert (document["kind"], document["schema_version"], len(document["claims"])) == ("worklist", 1, 2)


def test_a_worklist_is_grouped_by_a_label(atoz, claims, tmp_path):
    """One list for each account, those without the label last; most urgent first in each, and in JSON too."""
    document = json.loads((claims / "not-received.json").read_text(encoding="utf-8"))
    lines = [
        {**document, "labels": labels, "order": {**document["order"], "order_id": f"123-1234567-000000{number}"}}
        for number, labels in enumerate([{}, {"account": "south"}, {"account": "north"}, {"account": "south"}])
    ]
    file = tmp_path / "many.jsonl"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")

    done = atoz("plan", file, *AS_OF, "--group-by", "account")
    assert done.code == 0
    marks = [line.split()[-1] for line in done.out.splitlines() if line.startswith("account: ")]
    assert marks == ["north", "south", "–"]
    order = [line[:19][-1] for line in done.out.splitlines() if line.startswith("123-")]
    assert order == ["2", "1", "3", "0"]

    listed = json.loads(atoz("plan", file, *AS_OF, "--group-by", "account", "--json").out)["claims"]
    assert [row["order_id"][-1] for row in listed] == order
    assert [row["labels"].get("account") for row in listed] == ["north", "south", "south", None]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_plan_prints_the_contradictions_that_its_dates_depend_on(atoz, claims, language):
    """Every sentence of `contradictions` stands in the text, in the reader's language."""
    about = ("plan", claims / "question-2026.json", "--as-of", "2026-11-22T18:00:00Z")
    names = json.loads(atoz(*about, "--json").out)["contradictions"]
    text = "".join(atoz(*about, "--lang", language).out.split())

    assert names
    for says in sentences_of(names):
        assert "".join(says.say(language).split()) in text
