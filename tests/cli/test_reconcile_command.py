"""`atoz reconcile`: suggestions beside their evidence, and a claim written only with what is named."""

import json
from pathlib import Path

import pytest

DATA = Path(__file__).parent.parent / "sources" / "data"
MONEY = DATA / "SYNTHETIC_finances_v0_GuaranteeClaimEventList.json"
AS_OF = ("--as-of", "2026-06-01T00:00:00Z")
GRANT = "granted_seller_funded@2026-03-19T17:04:05Z"


@pytest.fixture
def claim(tmp_path):
    """A claim on the order of the made payloads."""
    order = {"order_id": "111-0000001-0000001", "marketplace": "US", "placed_at": "2026-02-20T12:00:00Z"}
    history = [{"kind": "filed", "at": "2026-03-10T12:00:00Z"}]
    file = tmp_path / "claim.json"
    file.write_text(json.dumps({"order": order, "reason": "not_received", "edition": "us-2026", "history": history}))
    return file


def test_suggestions_are_shown_and_nothing_is_written(atoz, claim):
    """A table for people, JSON for programs, and the file as it was."""
    before = claim.read_bytes()
    shown, as_json = atoz("reconcile", claim, MONEY, *AS_OF), atoz("reconcile", claim, MONEY, *AS_OF, "--json")
    assert (shown.code, GRANT in shown.out, "seller funded" in shown.out) == (0, True, True)
    assert [each["id"] for each in json.loads(as_json.out)["suggestions"]] == [GRANT]
    assert "卖家出资" in atoz("reconcile", claim, MONEY, *AS_OF, "--lang", "zh").out
    assert claim.read_bytes() == before


def test_what_is_named_is_applied_and_then_gone(atoz, claim):
    """In place; the next run confirms it and suggests nothing."""
    done = atoz("reconcile", claim, MONEY, *AS_OF, "--apply", GRANT, "--in-place")
    assert (done.code, "under_review -> granted_seller_funded" in done.err) == (0, True)
    assert json.loads(claim.read_text())["history"][-1]["amount"] == {"value": "26.39", "currency": "USD"}
    again = json.loads(atoz("reconcile", claim, MONEY, *AS_OF, "--json").out)
    assert (again["suggestions"], again["confirmed"]) == ([], ["granted_seller_funded"])


def test_to_standard_output_and_to_a_new_file(atoz, claim, tmp_path):
    """Without -o the claim is printed; -o refuses to overwrite."""
    assert (
        json.loads(atoz("reconcile", claim, MONEY, *AS_OF, "--apply", GRANT).out)["status"] == "granted_seller_funded"
    )
    new = tmp_path / "new.json"
    assert atoz("reconcile", claim, MONEY, *AS_OF, "--apply", GRANT, "-o", new).code == 0
    assert atoz("reconcile", claim, MONEY, *AS_OF, "--apply", GRANT, "-o", new).code == 2


def test_an_unknown_name_is_refused_and_the_known_ones_are_told(atoz, claim):
    """The nearest names are all suggestions."""
    done = atoz("reconcile", claim, MONEY, *AS_OF, "--apply", "nothing")
    assert (done.code, GRANT in done.err, done.out) == (2, True, "")
    assert atoz("reconcile", claim, MONEY, "--in-place").code == 2


def test_a_refused_event_is_a_finding(atoz, claim):
    """The machine refuses a grant on a withdrawn claim: exit code 1, the file as it was."""
    data = json.loads(claim.read_text())
    data["history"].append({"kind": "withdrawn", "at": "2026-03-11T12:00:00Z"})
    claim.write_text(json.dumps(data))
    assert "no_such_transition" in atoz("reconcile", claim, MONEY, *AS_OF, "--json").out
    before = claim.read_bytes()
    assert atoz("reconcile", claim, MONEY, *AS_OF, "--apply", GRANT, "--in-place").code == 1
    assert claim.read_bytes() == before


def test_bad_observations_are_named_and_the_rest_counts(atoz, claim, tmp_path):
    """What atoz import wrote is read, its broken line is reported, and the code says so."""
    lines = tmp_path / "seen.jsonl"
    lines.write_text(atoz("import", MONEY).out + "{broken\n")
    done = atoz("reconcile", claim, lines, tmp_path / "missing", *AS_OF, "--json")
    assert (done.code, len(json.loads(done.out)["suggestions"])) == (2, 1)
    assert "line 2" in done.err
    assert "missing" in done.err


def test_observations_from_standard_input(atoz, claim):
    """A pipe from atoz import; the claim and the observations cannot both come that way."""
    piped = atoz("import", MONEY).out.encode()
    found = json.loads(atoz("reconcile", claim, "-", *AS_OF, "--json", stdin=piped).out)
    assert [each["id"] for each in found["suggestions"]] == [GRANT]
    assert atoz("reconcile", "-", "-", *AS_OF).code == 2
