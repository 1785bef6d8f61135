"""The Chinese README mirrors the English one: same parts, same code, and a line for every exit code."""

import re
from pathlib import Path

from atoz.cli.exit_codes import Exit

ROOT = Path(__file__).parent.parent
ENGLISH = (ROOT / "README.md").read_text(encoding="utf-8")
CHINESE = (ROOT / "README.zh.md").read_text(encoding="utf-8")


def between(mark: str) -> str:
    """The part of the Chinese README between two marks."""
    found = re.search(rf"<!-- {mark} -->\n(.*?)<!-- /{mark} -->", CHINESE, re.DOTALL)
    assert found, f"README.zh.md has no part {mark}"
    return found[1].strip()


def test_every_exit_code_is_named():
    """Every exit code has its line."""
    assert re.findall(r"^\| (\d+) \|", between("exits"), re.MULTILINE) == [str(each.value) for each in Exit]


def test_code_is_the_same():
    """Every block of code and every command is that of the English README, letter for letter."""
    blocks = r"```\w+\n.*?```"

    assert re.findall(blocks, CHINESE, re.DOTALL) == re.findall(blocks, ENGLISH, re.DOTALL)


def test_parts_are_the_same():
    """As many headings of each level, in the same order, and the same links to files and sites."""
    for pattern in (r"^#+", r"\]\((?!README)[^)]*\)"):
        found = re.findall(pattern, CHINESE, re.MULTILINE)
        assert found
        assert found == re.findall(pattern, ENGLISH, re.MULTILINE)
    assert "README.zh.md" in ENGLISH
    assert "README.md" in CHINESE


def test_names_are_the_same():
    """Every public name, command and option that the English README mentions stands in the Chinese one too."""
    mentioned = set(re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", ENGLISH, flags=re.DOTALL)))

    assert sorted(each for each in mentioned if f"`{each}`" not in CHINESE) == []
