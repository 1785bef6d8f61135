"""The command `atoz policy`: validate, explore, simulate; exit codes and JSON."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from atoz.__main__ import main
from atoz.testing import a_claim

EXAMPLES = Path(__file__).parents[2] / "examples" / "policies"


class Ran(NamedTuple):
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


Command = Callable[..., Ran]


@pytest.fixture
def policy(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    """`atoz policy` as a function of its arguments, in this process."""

    def run(*arguments: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["atoz", "policy", *arguments])
        return Ran(main(), *capfd.readouterr())

    return run


@pytest.fixture
def claim_file(tmp_path: Path) -> str:
    """A claim that was just filed."""
    path = tmp_path / "claim.json"
    path.write_text(a_claim().model_dump_json(), encoding="utf-8")
    return str(path)


def test_check_passes_a_tested_policy(policy: Command) -> None:
    """A policy that holds gives 0 and says what was played and what was not."""
    ran = policy("check", str(EXAMPLES / "tested.toml"), "--depth", "1")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "holds" in ran.stdout
    assert "not covered" in ran.stdout


def test_check_fails_with_the_shortest_story(policy: Command) -> None:
    """A policy that writes too late gives 1, and the story in which the buyer's first message goes unanswered."""
    ran = policy("check", str(EXAMPLES / "first-draft.toml"), "--depth", "0")
    assert ran.returncode == 1, ran.stderr
    assert "no_deadline_missed" in ran.stdout
    assert "the deadline to answer the buyer passed unanswered" in ran.stdout
    as_json = policy("check", str(EXAMPLES / "first-draft.toml"), "--depth", "0", "--json")
    found = json.loads(as_json.stdout)
    assert as_json.returncode == 1
    assert "no_deadline_missed" in [each["invariant"] for each in found["violations"]]
    assert found["violations"][0]["story"]["start"]["kind"] == "claim"


def test_check_refuses_what_is_no_policy(policy: Command, tmp_path: Path) -> None:
    """A file that does not work as a policy gives 2 and every fault; so does an unknown name."""
    bad = tmp_path / "bad.toml"
    bad.write_text("id = 'x'\n", encoding="utf-8")
    ran = policy("check", str(bad))
    assert ran.returncode == 2
    assert "editions: this field is required" in ran.stderr
    assert policy("check", "currant").returncode == 2
    assert "Traceback" not in ran.stderr


def test_simulate_prints_a_timeline(policy: Command, claim_file: str, tmp_path: Path) -> None:
    """The timeline tells each act; a missed deadline gives 1; a world is read from TOML."""
    ran = policy("simulate", "faq-2016", claim_file)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "[try_for_a_withdrawal]" in ran.stdout
    late = policy("simulate", "faq-2016", claim_file, "--forgets", "respond_to_amazon")
    assert late.returncode == 1
    assert "response_lapsed" in late.stdout
    world = tmp_path / "world.toml"
    world.write_text('[[happenings]]\nvalue = 1\nunit = "hour"\nevent = "withdrawn"\n', encoding="utf-8")
    simulated = policy(
        "simulate", "faq-2016", claim_file, "--world", str(world), "--until", "2016-07-01T00:00:00Z", "--json"
    )
    assert json.loads(simulated.stdout)["claim"]["status"] == "withdrawn"


def test_simulate_refuses_bad_input(policy: Command, claim_file: str) -> None:
    """An end before the claim's last event, and a missing file, give 2 and no traceback."""
    for arguments in (("faq-2016", claim_file, "--until", "2010-01-01T00:00:00Z"), ("faq-2016", "no-such.json")):
        ran = policy("simulate", *arguments)
        assert ran.returncode == 2
        assert "Traceback" not in ran.stderr


TEAM = EXAMPLES.parent / "teams" / "office.toml"


def test_check_a_team(policy: Command) -> None:
    """A team that loses arrivals gives 1 and says so in both languages; one that loses none gives 0."""
    asked = ("check", "current", "--edition", "us-2026", "--team", str(TEAM), "--as-of", "2026-09-01T00:00:00Z")
    ran = policy(*asked)
    assert (ran.returncode, ran.stderr) == (1, "")
    assert "week of 2026-09-28 (National Day): 102 of 168 arrival hours lose" in ran.stdout
    assert "the library holidays " in ran.stdout
    assert "国庆节" in policy(*asked, "--lang", "zh").stdout
    made = json.loads(policy(*asked, "--json").stdout)
    assert (made["kind"], made["schema_version"], made["holidays"]["library"]) == ("team-check", 1, "holidays")


def test_check_a_team_that_is_always_there(policy: Command, tmp_path: Path) -> None:
    """Nothing is lost: exit code 0, and no cover is needed."""
    week = ", ".join(
        f"{day} = ['00:00-24:00']"
        for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    )
    team = tmp_path / "team.toml"
    team.write_text(f"name = 'x'\nzone = 'UTC'\nhours = {{ {week} }}\nmembers = [{{ name = 'a' }}]\n", encoding="utf-8")
    ran = policy("check", "current", "--edition", "us-2026", "--team", str(team))
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "least cover for all duties together: 0 h" in ran.stdout


def test_check_refuses_what_a_team_does_not_change(policy: Command, tmp_path: Path) -> None:
    """Options of the exploration beside a team, an instant without one, and a team without members give 2."""
    ran = policy("check", "current", "--team", str(TEAM), "--depth", "2", "--coverage-floor", "90")
    assert ran.returncode == 2
    assert "--depth: it changes nothing with --team" in ran.stderr
    assert "--coverage-floor: it changes nothing with --team" in ran.stderr
    assert "--as-of: it needs --team FILE" in policy("check", "current", "--as-of", "now").stderr
    team = tmp_path / "team.toml"
    team.write_text("name = 'x'\nzone = 'UTC'\nhours = {}\nmembers = []\n", encoding="utf-8")
    ran = policy("check", "current", "--team", str(team))
    assert (ran.returncode, "members: at least 1 must be listed, not 0" in ran.stderr) == (2, True), ran.stderr
