"""`--zone` and `ATOZ_ZONE`: every instant in the seller's own zone beside the marketplace's; JSON stays as it is."""

import json
import re

import pytest

CLAIM = {
    "order": {
        "order_id": "123-1234567-1234567",
        "marketplace": "US",
        "placed_at": "2026-10-20T16:00:00Z",
        "deliver_by": "2026-10-29",
    },
    "reason": "not_received",
    "history": [
        {"kind": "filed", "at": "2026-10-30T16:00:00Z"},
        {"kind": "information_requested", "at": "2026-10-31T08:30:00Z"},
        {"kind": "seller_messaged", "purpose": "ask_for_withdrawal", "at": "2026-10-31T09:30:00Z"},
    ],
}
AS_OF = ("--as-of", "2026-11-01T08:30:00Z")
ZONE = ("--zone", "Asia/Shanghai")
INSTANT = r"\d{4}-\d\d-\d\d \d\d:\d\d [A-Z]+"


@pytest.fixture
def file(tmp_path):
    """A claim with a question, in the week in which the clocks of the United States go back."""
    path = tmp_path / "claim.json"
    path.write_text(json.dumps(CLAIM), encoding="utf-8")
    return path


@pytest.fixture
def many(tmp_path):
    """Claims of two marketplaces."""
    path = tmp_path / "claims.jsonl"
    german = {**CLAIM, "order": {**CLAIM["order"], "marketplace": "DE", "order_id": "303-1234567-1234567"}}
    path.write_text(f"{json.dumps(CLAIM)}\n{json.dumps(german)}\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_instant_of_a_plan_stands_in_both_zones(atoz, file, language):
    """Head, notes, actions, deadlines and the next look: wherever the marketplace's clock is, the own one follows."""
    plain = atoz("plan", file, *AS_OF, "--lang", language).out
    both = atoz("plan", file, *AS_OF, "--lang", language, *ZONE)
    assert both.code == 0
    words = " ".join(both.out.split())
    instants = set(re.findall(INSTANT, plain))
    assert len(instants) >= 4
    assert instants == set(re.findall(rf"({INSTANT}) \({INSTANT}\)", words))  # a cell may go on in the next line
    assert "2026-11-03 00:30 PST (2026-11-03 16:30 CST)" in words  # 72 hours after the question
    assert "Asia/Shanghai" in both.out.splitlines()[-1]


def test_an_hour_that_comes_twice_is_told_apart(atoz, file):
    """1:30 on the night on which the clocks go back: PDT first, PST an hour later."""
    for as_of, says in (
        ("2026-11-01T08:30:00Z", "2026-11-01 01:30 PDT (2026-11-01 16:30 CST)"),
        ("2026-11-01T09:30:00Z", "2026-11-01 01:30 PST (2026-11-01 17:30 CST)"),
    ):
        assert says in atoz("plan", file, "--as-of", as_of, *ZONE).out


def test_words_of_a_note_are_told_apart_too():
    """Of an instant that stands in words, the zone's short name says which of the two hours is meant."""
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    from atoz.report.clock import Clock
    from atoz.rulebook.explanation import shown

    home, own = ZoneInfo("America/Los_Angeles"), ZoneInfo("Asia/Shanghai")
    clock = Clock(home, own)
    for hour in range(24):
        at = datetime(2026, 11, 1, hour, 30, tzinfo=UTC)
        assert clock.text(f"by {shown(at.astimezone(home))}.") == f"by {clock.at(at)}."
    for other in ("by 2026-11-01 01:30 CET", "2026-11-01", "2026-11-01 01:30", "2026-99-01 01:30 PDTX"):
        assert clock.text(other) == other
        assert Clock(home).text(other) == other


def test_a_worklist_stands_on_the_marketplaces_clocks(atoz, many):
    """Each row on its own marketplace's clock, with the seller's beside it; JSON has UTC as always."""
    out = atoz("plan", many, *AS_OF, *ZONE).out
    assert "PST (" in out
    assert "CET (" in out
    assert "Asia/Shanghai" in out
    assert "as of 2026-11-01 08:30 UTC (2026-11-01 16:30 CST)" in out
    plain = atoz("plan", many, *AS_OF, "--json")
    assert atoz("plan", many, *AS_OF, "--json", *ZONE) == plain
    assert [row["marketplace"] for row in json.loads(plain.out)["claims"]] in (["US", "DE"], ["DE", "US"])


def test_the_environment_says_it_too(atoz, file, monkeypatch):
    """`ATOZ_ZONE` counts where the option is not given."""
    asked = atoz("plan", file, *AS_OF, *ZONE).out
    monkeypatch.setenv("ATOZ_ZONE", "Asia/Shanghai")
    assert atoz("plan", file, *AS_OF).out == asked
    assert atoz("plan", file, *AS_OF, "--zone", "Europe/Berlin").out != asked


@pytest.mark.parametrize(
    "name", ["Asia/Shanghia", "../../etc/passwd", "/etc/passwd", "CST8", "\0", "x" * 5000, "+08:00"]
)
def test_a_zone_that_is_none_is_one_clear_error(atoz, file, name):
    """It names the option, from the environment too, and prints no path and no traceback."""
    done = atoz("plan", file, *AS_OF, "--zone", name)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("--zone: unknown time zone")
    assert "Traceback" not in done.err
    assert len(done.err) < 400
    assert name != "Asia/Shanghia" or "Asia/Shanghai" in done.err


def test_pages_show_both_zones(atoz, file, many):
    """The claim's page and the worklist's: every time element, and the words of notes and explanations."""
    pytest.importorskip("jinja2", reason="a page needs the extra report")
    for source in (file, many):
        page = atoz("report", source, *AS_OF, *ZONE).out
        times = re.findall(r'<time datetime="[^"]*T[^"]*">([^<]*)</time>', page)
        assert times
        assert [time for time in times if not time.endswith("CST)")] == []
        assert "Asia/Shanghai" in page
        words = re.sub(rf"{INSTANT} \({INSTANT}\)", "", page)
        assert re.findall(INSTANT, words) == []
        assert "Asia/Shanghai" not in atoz("report", source, *AS_OF).out


def test_window_and_reconcile(atoz, file, tmp_path):
    """What counts from an instant says it in both zones."""
    order = {**CLAIM["order"], "first_contact_at": "2026-10-30T08:00:00Z"}
    path = tmp_path / "order.json"
    path.write_text(json.dumps(order), encoding="utf-8")
    out = atoz("window", path, "--edition", "us-2026", "--on", "2026-11-02", *ZONE).out
    assert re.search(r"P[DS]T \(2026-\d\d-\d\d \d\d:\d\d CST\)", out)
    empty = tmp_path / "empty.jsonl"
    empty.write_text(json.dumps({**order, "kind": "order"}) + "\n", encoding="utf-8")
    assert "2026-11-01 01:30 PDT (2026-11-01 16:30 CST)" in atoz("reconcile", file, empty, *AS_OF, *ZONE).out
