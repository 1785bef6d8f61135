"""What the documents say is what the code does: derived texts are held to their source."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import atoz
from atoz.cli.exit_codes import Exit
from atoz.rulebook.edition import Edition

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def between(mark: str) -> str:
    """The part of the README between two marks, as it should be derived."""
    found = re.search(rf"<!-- {mark} -->\n(.*?)<!-- /{mark} -->", README, re.DOTALL)
    assert found, f"README has no part {mark}"
    return found[1].strip()


def exits_table() -> str:
    """The table of exit codes, from the enumeration."""
    says = {
        Exit.FINE: "fine",
        Exit.FINDING: "a finding you asked to be told about: something overdue (`--fail-on overdue`), a refused event, "
        "a policy that fails",
        Exit.BAD_INPUT: "bad usage or bad input, even if only part of it was bad",
        Exit.STOPPED: "a policy check that `--max-states` or `--time-limit` stopped; nothing wrong was found so far",
    }
    return "\n".join(["| code | means |", "|---|---|", *(f"| {code.value} | {says[code]} |" for code in Exit)])


def test_the_table_of_exit_codes_is_that_of_the_code():
    """Every exit code has its line, and what it means."""
    assert between("exits") == exits_table()


def test_every_edition_is_in_the_readme():
    """The table of editions has a line for each; `tests/refresh.py` writes it, `tests/test_docs_pages.py` holds it."""
    table = README.partition("<!-- made: editions.en -->")[2].partition("<!-- /made -->")[0]
    assert re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE) == [edition.id for edition in Edition.all()]


def test_readme_example_runs():
    """The README's first example runs as it stands, and its comments are true."""
    code = re.findall(r"```python\n(.*?)```", README, re.DOTALL)[0]
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code], capture_output=True, text=True, encoding="utf-8", check=False
    )

    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[0] in code
    assert any(f"# {line}" in code for line in lines[1:]), "the comment beside the plan is what it prints first"


@pytest.mark.parametrize(
    ("number", "says"),
    [(0, "Answer Amazon  (answer_amazon); by 2026-11-24 09:00 PST"), (1, "Ask the buyer to withdraw the claim")],
    ids=["this-year", "faq-2016"],
)
def test_readme_commands_run(number, says):
    """What the README's commands do, on the files they name: a claim of this year first, the FAQ's story second."""
    command = [line for line in README.splitlines() if ".venv/bin/atoz plan" in line][number]
    arguments = command.rpartition(".venv/bin/atoz ")[2].split()
    done = subprocess.run(
        [sys.executable, "-m", "atoz", *arguments], capture_output=True, text=True, cwd=ROOT, check=False
    )

    assert done.returncode == 0
    assert says in done.stdout


def test_readme_says_what_the_default_means_today():
    """Beside the default stands what it means for a claim of today, with the figures of both editions."""
    beside = README.partition("**The default is `faq-2016`")[2].partition("<!-- made: editions.en -->")[0]
    pinned, today = (Edition.named(name).parameter("answer_amazon") for name in ("faq-2016", "us-2026"))

    assert f"{pinned.value} {pinned.unit}".split()[0] in beside
    assert f"{today.value} hours" in beside
    assert 'edition="in-force"' in beside


def test_readme_names_exist():
    """Every name that the README's table of questions gives is a public one."""
    table = README.partition("## The four questions")[2].partition("## Editions")[0]
    python = {
        name
        for cell in re.findall(r"\| ([^|]*) \| [^|]* \|$", table, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", cell)
    }

    assert python
    assert python <= set(atoz.__all__)


def test_readme_is_short():
    """The shop window stays a window."""
    assert len(README.splitlines()) <= 150


def test_version_has_a_changelog_entry():
    """The version of the package is the newest entry of the changelog."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    newest = re.search(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert newest
    assert newest[1] == version


def test_floors_are_documented():
    """Every room of the package is named in CONTRIBUTING.md."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rooms = [each.name for each in (ROOT / "atoz").iterdir() if each.is_dir() and each.name != "__pycache__"]

    assert all(f"`atoz/{room}`" in text for room in rooms)
