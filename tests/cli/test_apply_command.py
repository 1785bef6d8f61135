"""`atoz apply`: a new file, in place, and nothing stored is lost."""

import json
from pathlib import Path

import pytest

DENIED = ("denied", "--at", "2016-06-25T00:00:00Z")


@pytest.fixture
def stored(claims, tmp_path) -> Path:
    """A copy of a claim file."""
    file = tmp_path / "claim.json"
    file.write_bytes((claims / "not-received.json").read_bytes())
    return file


def test_to_standard_output(atoz, stored):
    """Without -o or --in-place the new claim is printed and the file stays as it is."""
    before = stored.read_bytes()
    done = atoz("apply", stored, *DENIED)

    assert json.loads(done.out)["status"] == "closed"
    assert stored.read_bytes() == before


def test_to_a_new_file(atoz, stored, tmp_path):
    """-o writes a new file and refuses to overwrite one."""
    new = tmp_path / "new.json"

    assert atoz("apply", stored, *DENIED, "-o", new).code == 0
    assert json.loads(new.read_text())["status"] == "closed"
    again = atoz("apply", stored, *DENIED, "-o", new)
    assert again.code == 2
    assert "the file exists" in again.err


def test_in_place(atoz, stored, tmp_path):
    """--in-place replaces the file, keeps its mode, and leaves nothing but its lock behind."""
    stored.chmod(0o640)
    done = atoz("apply", stored, *DENIED, "--in-place")

    assert done.code == 0
    assert "under_review -> closed" in done.err
    assert json.loads(stored.read_text())["history"][-1]["kind"] == "denied"
    assert stored.stat().st_mode & 0o777 == 0o640
    assert {file.name for file in tmp_path.iterdir()} == {"claim.json", ".claim.json.lock"}


def test_a_failed_write_keeps_the_old_file(atoz, stored, tmp_path, monkeypatch):
    """If the new file cannot be put in place, the old one stands and no half-written one is left."""
    before = stored.read_bytes()

    def broken(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", broken)
    done = atoz("apply", stored, *DENIED, "--in-place")

    assert done.code == 2
    assert "No space left on device" in done.err
    assert stored.read_bytes() == before
    assert {file.name for file in tmp_path.iterdir()} == {"claim.json", ".claim.json.lock"}


def test_a_refused_event_is_a_finding(atoz, stored):
    """A refused event gives exit code 1, the reason and what is allowed; nothing is written."""
    before = stored.read_bytes()
    done = atoz("apply", stored, "seller_appealed", "--at", "2016-06-25T00:00:00Z", "--in-place")

    assert done.code == 1
    assert "no_such_transition" in done.err
    assert "allowed now: granted_seller_funded" in done.err
    assert stored.read_bytes() == before


def test_events_as_json_and_from_a_file(atoz, stored, tmp_path):
    """An event can be JSON, or @FILE with JSON."""
    text = '{"kind": "denied", "at": "2016-06-25T00:00:00Z"}'
    (tmp_path / "event.json").write_text(text)

    named = atoz("apply", stored, *DENIED).out
    assert atoz("apply", stored, text).out == named
    assert atoz("apply", stored, f"@{tmp_path / 'event.json'}").out == named


def test_fields_are_set_by_name(atoz, stored):
    """--set gives the event its fields; every fault of the event is reported."""
    granted = atoz(
        "apply", stored, "granted_seller_funded", "--at", "2016-06-25T00:00:00Z", "--set", "amount=31.90 USD"
    )
    assert json.loads(granted.out)["history"][-1]["amount"] == {"value": "31.90", "currency": "USD"}

    done = atoz("apply", stored, "order_cancelled", "--set", "amount=3")
    assert done.code == 2
    for field in ("at: this field is required; add --at INSTANT", "actor: ", "amount: "):
        assert field in done.err


def test_the_lapse_finds_its_own_deadline(atoz, stored):
    """`response_lapsed` needs only the instant; too early it is refused."""
    late = atoz("apply", stored, "response_lapsed", "--at", "2016-06-27T16:00:00.000001Z")
    assert json.loads(late.out)["history"][-1]["due_at"] == "2016-06-27T16:00:00Z"

    early = atoz("apply", stored, "response_lapsed", "--at", "2016-06-27T16:00:00Z")
    assert early.code != 0
    assert "Traceback" not in early.err


def test_bad_usage(atoz, stored):
    """An unknown event, a pair without a sign, two outputs: each is said plainly."""
    assert "unknown event 'deny'" in atoz("apply", stored, "deny").err
    assert "write FIELD=VALUE" in atoz("apply", stored, "denied", "--set", "at").err
    assert "cannot be combined with -o" in atoz("apply", stored, *DENIED, "--in-place", "-o", "x").err
    assert atoz("apply", stored, *DENIED, "--in-place", "-o", "x").code == 2


def test_late_news_goes_to_its_place(atoz, claims, tmp_path):
    """`--late` puts an event that was learnt late before what has happened since, and replays that."""
    file = tmp_path / "claim.json"
    file.write_text((claims / "not-received.json").read_text(encoding="utf-8"), encoding="utf-8")
    assert atoz("apply", file, "denied", "--at", "2016-06-28T16:00:00Z", "--in-place").code == 0
    early = ("apply", file, "seller_responded", "--at", "2016-06-27T16:00:00Z", "--in-place")

    refused = atoz(*early)
    assert refused.code == 1
    assert "out_of_order" in refused.err

    done = atoz(*early, "--late")
    assert done.code == 0
    assert "seller_responded applied: closed -> closed" in done.err
    assert [event["kind"] for event in json.loads(file.read_text())["history"]][-2:] == ["seller_responded", "denied"]

    before = file.read_text()
    decision = atoz("apply", file, "seller_refunded", "--at", "2016-06-27T17:00:00Z", "--in-place", "--late")
    assert decision.code == 1
    assert "[replay_refused]" in decision.err
    assert "denied at 2016-06-28T16:00:00+00:00" in decision.err
    assert file.read_text() == before
