"""Situation files: what they can say, how they fail, how pytest collects them, and that ours cover our own rules."""

import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import atoz
from atoz.errors import InvalidDocument
from atoz.rulebook.edition import Edition
from atoz.testing import check_situation, read_situations, scenarios

OURS = Path(__file__).parent.parent / "situations"


@pytest.mark.parametrize("edition", [each.id for each in Edition.all()])
def test_every_figure_has_a_situation_on_each_side(edition: str) -> None:
    """For each figure of an edition our files hold at least two situations, with different expectations."""
    path = OURS / f"{edition}.toml"
    found = read_situations(path.read_text(encoding="utf-8"), what=path.name)
    for parameter in Edition.named(edition).parameters:
        about = [each for each in found if each.says.startswith(parameter.name)]
        assert len({each.expect.model_dump_json() for each in about}) >= 2, parameter.name
        assert all(each.edition == edition for each in about)


@pytest.mark.parametrize("path", sorted(OURS.glob("*.toml")), ids=lambda path: path.stem)
def test_our_situations_hold(path: Path) -> None:
    """Our own rules are as our situation files say, whether or not the plugin is loaded."""
    found = read_situations(path.read_text(encoding="utf-8"), what=path.name)
    wrong = {each.says: lines for each in found if (lines := check_situation(each))}
    assert wrong == {}


GOOD = """
[[situation]]
says = "the first message is due after a day"
reason = "not_as_described"
as_of = 2016-06-22T16:00:00Z
expect = { now = ["first_message"] }
"""


def test_a_situation_says_what_is_otherwise() -> None:
    """Each difference is a line with what was expected and what was found."""
    text = GOOD.replace(
        '"first_message"]', '"second_message"], status = "closed", look_again_at = 2016-06-22T16:00:00Z'
    )
    (situation,) = read_situations(text)
    assert check_situation(situation) == (
        "now: expected second_message, found first_message",
        "look_again_at: expected 2016-06-22T16:00:00+00:00, found 2016-06-23T16:00:00.000001+00:00",
        "status: expected closed, found under_review",
    )


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("situation = [", ""),
        ("", "situation"),
        ("[[situation]]\nsays = 'x'", "situation.0.expect"),
        ("[[situation]]\nsays = 'x'\nexpect = {}", "situation.0.expect"),
        ("[[situation]]\nsays = 'x'\nexpect = { nwo = [] }", "situation.0.expect.nwo"),
        ("[[situation]]\nsays = 'x'\nscenario = 'a'\nreason = 'other'\nexpect = { now = [] }", "situation.0"),
        ("[[situation]]\nsays = 'x'\nevents = [{ kind = 'denied' }]\nexpect = { now = [] }", "situation.0.events.0"),
    ],
)
def test_bad_files_are_refused_with_the_path(text: str, path: str) -> None:
    """A file that does not fit is refused before anything is run."""
    with pytest.raises(InvalidDocument) as raised:
        read_situations(text)
    assert path in [fault.path for fault in raised.value.faults]


def _pytest(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run pytest in a folder of its own; where atoz is installed its entry point has loaded the plugin already."""
    installed = any(each.value == "atoz.testing.pytest_plugin" for each in entry_points(group="pytest11"))
    plugin = () if installed else ("-p", "atoz.testing.pytest_plugin")
    command = [sys.executable, "-m", "pytest", *plugin, "-p", "no:cacheprovider", "--rootdir", str(folder), *arguments]
    environment = {**os.environ, "PYTHONPATH": str(Path(atoz.__file__).parents[1])}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_situations_are_collected_from_any_folder(tmp_path: Path) -> None:
    """A folder without Python is tested: a test for each sentence, failures in plain words, a bad file an error."""
    folder = tmp_path / "situations"
    folder.mkdir()
    bad = GOOD.replace("after a day", "at once").replace("22T16", "21T17")
    (folder / "mine.toml").write_text(GOOD + bad, encoding="utf-8")
    (folder / "other.toml").write_text("[tool]\nx = 1\n", encoding="utf-8")
    (tmp_path / "more.situations.toml").write_text("[[situation]]\nsays = 1\n", encoding="utf-8")
    ran = _pytest(tmp_path, "--continue-on-collection-errors", "-q")
    assert "1 failed, 1 passed, 1 error" in ran.stdout, ran.stdout + ran.stderr
    assert "now: expected first_message, found wait_for_amazon" in ran.stdout
    assert "situation.0.expect: this field is required" in ran.stdout
    assert "Traceback" not in ran.stdout


FIXTURES = """
import pytest

def test_each(atoz_scenario):
    assert atoz_scenario.claim.history

@pytest.mark.atoz_scenarios("denied_by_amazon")
def test_one(atoz_scenario, atoz_scenarios):
    assert atoz_scenario == atoz_scenarios["denied_by_amazon"]
"""


def test_scenarios_are_fixtures(tmp_path: Path) -> None:
    """`atoz_scenario` goes through every scenario, or those that the marker picks; strict markers know it."""
    (tmp_path / "test_mine.py").write_text(FIXTURES, encoding="utf-8")
    ran = _pytest(tmp_path, "-q", "--strict-markers")
    assert f"{len(scenarios()) + 1} passed" in ran.stdout, ran.stdout + ran.stderr


def test_the_plugin_imports_nothing_until_it_is_used() -> None:
    """Loading the plugin imports neither pydantic nor hypothesis nor any room of atoz but its own door."""
    code = (
        "import sys, atoz.testing.pytest_plugin\n"
        "heavy = {name for name in sys.modules if name.split('.')[0] in {'pydantic', 'hypothesis', 'transitions'}}\n"
        "rooms = {name for name in sys.modules if name.startswith('atoz.') and not name.startswith('atoz.testing')}\n"
        "print(sorted(heavy | rooms - {'atoz._lazy'}))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


OWN = """
[[situation]]
says = "our letter opens the window four days after the delivery promise and closes it fifty days after"
edition = "our-rules.toml"
filed_at = 2026-06-16T16:00:00Z
order = { deliver_by = 2026-06-05 }
events = [{ hours = 24, kind = "seller_messaged", purpose = "message_buyer" }]
expect = { opens = 2026-06-09, closes = 2026-07-25, edition = "our-rules", status = "under_review" }
"""


def test_a_situation_counts_by_an_edition_of_your_own(tmp_path: Path) -> None:
    """Its file stands beside the situations, as a policy's may; also for a claim or scenario that is counted anew."""
    rules = (Path(__file__).parents[2] / "examples" / "editions" / "our-rules.toml").read_text(encoding="utf-8")
    (tmp_path / "our-rules.toml").write_text(rules, encoding="utf-8")
    (situation,) = read_situations(OWN)
    assert check_situation(situation, folder=tmp_path) == ()
    assert check_situation(read_situations(OWN.replace("2026-07-25", "2026-07-26"))[0], folder=tmp_path) != ()
    name = min(scenarios())
    (of_scenario,) = read_situations(
        f'[[situation]]\nsays = "x"\nscenario = "{name}"\n'
        'edition = "our-rules.toml"\nexpect = { edition = "our-rules" }'
    )
    assert check_situation(of_scenario, folder=tmp_path) == ()


@pytest.mark.parametrize(("edition", "code"), [("missing.toml", "not_readable"), ("broken.toml", "missing")])
def test_an_edition_that_cannot_be_read_is_named(tmp_path: Path, edition: str, code: str) -> None:
    """The error names the file and what is wrong with it."""
    (tmp_path / "broken.toml").write_text('id = "ours"\n', encoding="utf-8")
    (situation,) = read_situations(OWN.replace("our-rules.toml", edition))
    with pytest.raises(InvalidDocument) as refused:
        check_situation(situation, folder=tmp_path)
    assert edition in str(refused.value)
    assert code in {fault.code for fault in refused.value.faults}
