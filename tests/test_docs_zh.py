"""The Chinese README mirrors the English one: same parts, same code, and tables that come from the data."""

import re
from pathlib import Path

from atoz.cli.options import Exit
from atoz.rulebook.edition import Edition

ROOT = Path(__file__).parent.parent
ENGLISH = (ROOT / "README.md").read_text(encoding="utf-8")
CHINESE = (ROOT / "README.zh.md").read_text(encoding="utf-8")


def between(mark: str) -> str:
    """The part of the Chinese README between two marks."""
    found = re.search(rf"<!-- {mark} -->\n(.*?)<!-- /{mark} -->", CHINESE, re.DOTALL)
    assert found, f"README.zh.md has no part {mark}"
    return found[1].strip()


def in_force(edition: Edition) -> str:
    """Since when an edition counts as in force, as the table says it."""
    if edition.in_force:
        return f"{edition.in_force.first} 至 {edition.in_force.last or chr(8230)}"
    return f"自 {edition.seen_from}(未注明日期)" if edition.seen_from else "仅按名称"


def editions_table() -> str:
    """The table of editions in Chinese, from the data."""
    rows = [
        f"| `{each.id}` | {each.title.zh} | {', '.join(each.marketplaces) or '未指明'} | {in_force(each)} |"
        for each in Edition.all()
    ]
    return "\n".join(["| 版本 | 规则 | 站点 | 生效期 |", "|---|---|---|---|", *rows])


def test_the_table_of_editions_is_derived():
    """The table of the Chinese README is that of the data."""
    assert between("editions") == editions_table()


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
