"""`atoz audit` and `atoz backtest`: one claim or many, as text and as JSON Lines, and what the exit code says."""

import json
from pathlib import Path

import pytest

CLAIMS = Path(__file__).parents[2] / "examples" / "claims"
SILENT = CLAIMS / "silent-seller.json"
AS_OF = ("--as-of", "2016-08-01T00:00:00Z")
SLOW = """
id = "slow"
title = { en = "Slow" }
editions = ["faq-2016", "us-2026"]
messages_apart = { value = 1, unit = "calendar_day" }
look_again = { value = 1, unit = "calendar_day" }

[sources.own]
title = "Own"
address = "written by us"

[[steps]]
id = "answer"
action = "respond_to_amazon"
when = { status = ["under_review"] }
not_before = { value = 4, unit = "calendar_day", after = "filed" }
why = { en = "In good time." }
source = "own"
confidence = "atoz"
"""


@pytest.fixture
def many(tmp_path):
    """Two claims, an order without one, a record of another kind, and a line that is none."""
    claims = [
        json.loads((CLAIMS / f"{name}.json").read_text(encoding="utf-8")) for name in ("silent-seller", "not-received")
    ]
    lines = [*map(json.dumps, claims), json.dumps(claims[0]["order"]), '{"kind": "notice"}', "not JSON"]
    file = tmp_path / "claims.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def test_one_claim_is_told_event_by_event(atoz):
    """The history, where the policy was left, the steps and the deadlines."""
    done = atoz("audit", SILENT, *AS_OF)
    assert done.code == 0
    assert "buyer: filed" in done.out
    assert "not done in time: " in done.out
    assert "deadline to answer Amazon, 2016-06-27 09:00 PDT, by faq-2016: missed" in done.out
    assert "期限「回应亚马逊」" in atoz("audit", SILENT, *AS_OF, "--lang", "zh").out


def test_many_are_json_lines_and_the_summary_is_the_last(atoz, many):
    """What cannot be read is an error of its own; what is no claim is passed over; the rest is audited."""
    done = atoz("audit", many, *AS_OF, "--json")
    rows = [json.loads(line) for line in done.out.splitlines()]
    assert [row["kind"] for row in rows] == ["audit", "audit", "audit_summary"]
    assert rows[-1]["claims"] == 2
    assert done.code == 2
    assert "line 5" in done.err
    assert "2" in done.err


def test_many_for_people(atoz, many):
    """A line for each claim, then the sums."""
    lines = atoz("audit", many, *AS_OF).out.splitlines()
    assert lines[0].startswith("123-")
    assert lines[3].startswith("claims 2; policy followed in ")


@pytest.mark.parametrize(
    ("fail_on", "policy", "code"),
    [("missed", "faq-2016", 1), ("departed", "faq-2016", 1), ("forbidden", "faq-2016", 0)],
)
def test_a_finding_that_was_asked_for_gives_exit_code_1(atoz, fail_on, policy, code):
    """A silent seller missed a deadline and left the policy, and did nothing that is forbidden."""
    assert atoz("audit", SILENT, *AS_OF, "--policy", policy, "--fail-on", fail_on).code == code


def test_a_cancelled_order_is_forbidden(atoz, tmp_path):
    """The warning against it names the event."""
    claim = json.loads((CLAIMS / "not-received.json").read_text(encoding="utf-8"))
    last = claim["history"][-1]["at"]
    claim["history"].append({"kind": "order_cancelled", "at": last, "actor": "seller"})
    claim.pop("status", None)
    file = tmp_path / "claim.json"
    file.write_text(json.dumps(claim), encoding="utf-8")
    done = atoz("audit", file, *AS_OF, "--fail-on", "forbidden")
    assert (done.code, "cancel_the_order" in done.out) == (1, True)


def test_before_the_claim_there_is_nothing_to_audit(atoz):
    """An error that says so, in both languages."""
    done = atoz("audit", SILENT, "--as-of", "2016-01-01T00:00:00Z")
    assert (done.code, done.out) == (2, "")
    assert "it lies before the claim began" in done.err
    assert "早于索赔的开始" in atoz("audit", SILENT, "--as-of", "2016-01-01T00:00:00Z", "--lang", "zh").err


def test_a_store_is_audited_whole(atoz, tmp_path):
    """Without a file: every stored claim."""
    pytest.importorskip("sqlalchemy")
    store = tmp_path / "claims.db"
    assert atoz("store", "load", SILENT, "--store", store).code == 0
    done = atoz("audit", "--store", store, *AS_OF, "--json")
    assert [json.loads(line)["kind"] for line in done.out.splitlines()] == ["audit", "audit_summary"]


def test_no_claims_are_no_error(atoz, tmp_path):
    """An empty file: a summary of nothing."""
    file = tmp_path / "none.jsonl"
    file.write_text("", encoding="utf-8")
    done = atoz("audit", file, *AS_OF)
    assert (done.code, done.out) == (0, "claims 0; policy followed in 0 (–)\n")


def test_policies_are_tested_on_what_really_came(atoz, many):
    """A paragraph for each policy; below thirty claims there are counts only; bad lines are errors of their own."""
    done = atoz("backtest", many, *AS_OF, "--policy", "faq-2016", "--policy", "current")
    assert done.code == 2
    assert done.out.startswith("closed claims 1; still under review and left out: 1\n")
    assert [line for line in done.out.splitlines() if "policy" in line and ": claims 1" in line] != []
    assert "counts only, no rates: those need 30 claims" in done.out
    assert "未知" not in done.out
    assert "上下界" in atoz("backtest", SILENT, *AS_OF, "--lang", "zh").out


def test_without_a_name_every_shipped_policy_is_tested(atoz):
    """And a name twice is refused, in both languages."""
    done = atoz("backtest", SILENT, *AS_OF, "--json")
    assert (done.code, json.loads(done.out)["policies"]) == (0, ["current", "faq-2016"])
    twice = ("backtest", SILENT, *AS_OF, "--policy", "current", "--policy", "current")
    assert "each of them a single time" in atoz(*twice).err
    assert "每个只指定一次" in atoz(*twice, "--lang", "zh").err


def test_a_change_of_rules_is_told_for_claims_and_for_the_policy(atoz, many):
    """Figures, dates and slack; the policy's invariants that break, with their stories; bad lines are errors."""
    change = ("editions", "impact", "--from", "us-2026", "--to", "us-2020-07", "--as-of", "2026-09-20T00:00:00Z")
    done = atoz(*change, many)
    assert done.code == 2
    assert done.out.startswith("from us-2026 to us-2020-07, policy current: claims 2, changed ")
    assert "tightens: answer Amazon, 72 hours -> 48 hours" in done.out
    assert "invariant" in done.out
    written = json.loads(atoz(*change, many, "--json").out)
    assert (written["kind"], written["depth"], written["claims"]) == ("impact", 0, 2)


def test_what_a_change_breaks_comes_with_its_story(atoz, tmp_path):
    """A policy that answers after four days keeps the seven of 2016, and lets a buyer wait beyond 48 hours."""
    policy = tmp_path / "slow.toml"
    policy.write_text(SLOW, encoding="utf-8")

    def broken(first, second):
        change = ("--from", first, "--to", second, "--policy", policy, "--json", *AS_OF)
        return json.loads(atoz("editions", "impact", SILENT, *change).out)["breaks"]

    breaks = broken("faq-2016", "us-2026")
    assert "no_deadline_missed" in [violation["invariant"] for violation in breaks]
    assert all(violation["story"] for violation in breaks)
    assert "no_deadline_missed" not in [violation["invariant"] for violation in broken("us-2026", "faq-2016")]
