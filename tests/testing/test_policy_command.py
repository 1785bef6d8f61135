"""The command `atoz policy`: validate, explore, simulate; exit codes and JSON."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from atoz.testing import a_claim

EXAMPLES = Path(__file__).parents[2] / "examples" / "policies"


def _atoz(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "atoz", "policy", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def claim_file(tmp_path: Path) -> str:
    """A claim that was just filed."""
    path = tmp_path / "claim.json"
    path.write_text(a_claim().model_dump_json(), encoding="utf-8")
    return str(path)


def test_check_passes_a_tested_policy() -> None:
    """A policy that holds gives 0 and says what was played and what was not."""
    ran = _atoz("check", str(EXAMPLES / "tested.toml"), "--depth", "1")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "holds" in ran.stdout
    assert "not covered" in ran.stdout


def test_check_fails_with_the_shortest_story() -> None:
    """A policy that writes too late gives 1, and the story in which the buyer's first message goes unanswered."""
    ran = _atoz("check", str(EXAMPLES / "first-draft.toml"), "--depth", "1")
    assert ran.returncode == 1, ran.stderr
    assert "no_deadline_missed" in ran.stdout
    assert "the deadline to answer the buyer passed unanswered" in ran.stdout
    as_json = _atoz("check", str(EXAMPLES / "first-draft.toml"), "--depth", "1", "--json")
    found = json.loads(as_json.stdout)
    assert as_json.returncode == 1
    assert "no_deadline_missed" in [each["invariant"] for each in found["violations"]]
    assert found["violations"][0]["story"]["start"]["kind"] == "claim"


def test_check_refuses_what_is_no_policy(tmp_path: Path) -> None:
    """A file that does not work as a policy gives 2 and every fault; so does an unknown name."""
    bad = tmp_path / "bad.toml"
    bad.write_text("id = 'x'\n", encoding="utf-8")
    ran = _atoz("check", str(bad))
    assert ran.returncode == 2
    assert "editions: this field is required" in ran.stderr
    assert _atoz("check", "currant").returncode == 2
    assert "Traceback" not in ran.stderr


def test_simulate_prints_a_timeline(claim_file: str, tmp_path: Path) -> None:
    """The timeline tells each act; a missed deadline gives 1; a world is read from TOML."""
    ran = _atoz("simulate", "faq-2016", claim_file)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "[try_for_a_withdrawal]" in ran.stdout
    late = _atoz("simulate", "faq-2016", claim_file, "--forgets", "respond_to_amazon")
    assert late.returncode == 1
    assert "response_lapsed" in late.stdout
    world = tmp_path / "world.toml"
    world.write_text('[[happenings]]\nvalue = 1\nunit = "hour"\nevent = "withdrawn"\n', encoding="utf-8")
    simulated = _atoz(
        "simulate", "faq-2016", claim_file, "--world", str(world), "--until", "2016-07-01T00:00:00Z", "--json"
    )
    assert json.loads(simulated.stdout)["claim"]["status"] == "withdrawn"


def test_simulate_refuses_bad_input(claim_file: str) -> None:
    """An end before the claim's last event, and a missing file, give 2 and no traceback."""
    for arguments in (("faq-2016", claim_file, "--until", "2010-01-01T00:00:00Z"), ("faq-2016", "no-such.json")):
        ran = _atoz("simulate", *arguments)
        assert ran.returncode == 2
        assert "Traceback" not in ran.stderr
