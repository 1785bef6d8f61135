"""`atoz retract`: a wrong event is struck out, kept with its reason, and shown so everywhere."""

import json

import pytest

from atoz import read_claim

REASON = "The notice was about another claim <b>"
AS_OF = ("--as-of", "2016-06-26T16:00:00Z")


@pytest.fixture
def stored(atoz, claims, tmp_path):
    """A claim with a message, a question, a second message and a denial."""
    file = tmp_path / "claim.json"
    file.write_bytes((claims / "not-received.json").read_bytes())
    for event, day in (("buyer_messaged", 23), ("buyer_messaged", 24), ("denied", 25)):
        assert atoz("apply", file, event, "--at", f"2016-06-{day}T00:00:00Z", "--in-place").code == 0
    return file


def test_in_place_the_event_is_kept_as_struck_out(atoz, stored):
    """The history is as if it had not happened; the event and the reason stay in the file."""
    done = atoz("retract", stored, "denied", "--reason", REASON, "--in-place")
    assert (done.code, done.out, done.err) == (0, "", "denied struck out: closed -> under_review\n")
    claim = read_claim(json.loads(stored.read_text(encoding="utf-8")))
    assert [event.kind for event in claim.history][-1] == "buyer_messaged"
    assert [(struck.event.kind, struck.reason) for struck in claim.struck_out] == [("denied", REASON)]


def test_to_standard_output_and_to_a_new_file(atoz, stored, tmp_path):
    """As with `atoz apply`: nothing is replaced unless that is asked for."""
    before = stored.read_bytes()
    printed = atoz("retract", stored, "denied", "--reason", REASON)
    assert atoz("retract", "-", "denied", "--reason", REASON, stdin=before).out == printed.out
    assert json.loads(printed.out)["status"] == "under_review"
    new = tmp_path / "new.json"
    assert atoz("retract", stored, "denied", "--reason", REASON, "-o", new).code == 0
    assert new.read_text(encoding="utf-8") == printed.out
    assert "the file exists" in atoz("retract", stored, "denied", "--reason", REASON, "-o", new).err
    assert stored.read_bytes() == before


def test_of_several_events_one_is_named(atoz, stored):
    """By its instant or by its place; without either, all that are meant are listed and nothing is done."""
    before = stored.read_bytes()
    done = atoz("retract", stored, "buyer_messaged", "--reason", REASON, "--in-place")
    assert (done.code, stored.read_bytes()) == (2, before)
    places = [line.strip().split(":")[0] for line in done.err.splitlines() if "history." in line]
    assert len(places) == 2
    by_time = atoz("retract", stored, "buyer_messaged", "--at", "2016-06-24T02:00:00+02:00", "--reason", REASON)
    by_place = atoz("retract", stored, places[1], "--reason", REASON)
    assert by_time == by_place
    assert json.loads(by_time.out)["struck_out"][0]["event"]["at"] == "2016-06-24T00:00:00Z"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("granted_seller_funded", "--reason", "x"), "no such event"),
        (("denied", "--at", "2016-06-25T00:00:01Z", "--reason", "x"), "no such event"),
        (("denied", "--at", "yesterday", "--reason", "x"), "--at"),
        (("history.99", "--reason", "x"), "no such event"),
        (("denied", "--reason", "  "), "say why"),
        (("denied",), "--reason"),
        (("filed", "--reason", "x"), "begins with filed"),
        (("denied", "--reason", "x", "--in-place", "-o", "y"), "--in-place needs a file"),
    ],
)
def test_what_cannot_be_struck_out_is_said(atoz, stored, arguments, says):
    """One clear error, exit code 2, and the file as it was."""
    before = stored.read_bytes()
    done = atoz("retract", stored, *arguments)
    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert "Traceback" not in done.err
    assert stored.read_bytes() == before


def test_an_event_that_others_rest_on_stays(atoz, stored):
    """Without the denial the buyer cannot have appealed: a decision to take, and nothing is changed."""
    assert atoz("apply", stored, "buyer_appealed", "--at", "2016-06-25T12:00:00Z", "--in-place").code == 0
    before = stored.read_bytes()
    done = atoz("retract", stored, "denied", "--reason", REASON, "--in-place")
    assert (done.code, stored.read_bytes()) == (1, before)
    assert "would make the history inconsistent" in done.err


def test_a_struck_out_event_is_shown_as_such(atoz, stored):
    """In the plan's text and on the page, in both languages, with the reason, and never as something that happened."""
    assert atoz("retract", stored, "denied", "--reason", REASON, "--in-place").code == 0
    assert f"Struck out: Amazon denied the claim (2016-06-24 17:00 PDT): {REASON}" in atoz("plan", stored, *AS_OF).out
    assert "已划去:亚马逊拒绝索赔" in atoz("plan", stored, *AS_OF, "--lang", "zh").out
    pytest.importorskip("jinja2", reason="a page needs the extra report")
    page = atoz("report", stored, *AS_OF).out
    assert '<del class="title">Struck out: Amazon denied the claim</del>' in page
    assert '<del class="title">已划去:亚马逊拒绝索赔</del>' in page
    assert "The notice was about another claim &lt;b&gt;" in page
    assert '<span class="title">Amazon denied the claim</span>' not in page


def test_in_the_store(atoz, stored, tmp_path):
    """A stored claim by its id; the log keeps the event and says that it was struck out."""
    pytest.importorskip("sqlalchemy", reason="the store needs its extra")
    store = ("--store", tmp_path / "claims.db")
    lines = json.dumps(json.loads(stored.read_text(encoding="utf-8"))).encode()
    assert atoz("store", "load", "-", *store, stdin=lines).code == 0
    claim_id = json.loads(lines)["order"]["order_id"]
    words = atoz("retract", claim_id, "denied", "--reason", REASON, *store)
    assert (words.code, "other_claim" in words.err) == (2, True), "a store keeps no free text"
    done = atoz("retract", claim_id, "denied", "--reason", "other_claim", *store)
    assert (done.code, done.err) == (0, "")
    assert "closed -> under_review" in done.out
    assert "denied at 2016-06-25T00:00:00+00:00 struck out" in atoz("store", "log", claim_id, *store).out
