"""The page of numbers agrees with the benchmarks: their names, their files and their limits, though not the figures."""

import re

import pytest

from .numbers import GROUPS, MISSED, PAGE, Figure, is_met, page, patterns, reason_of

BENCHMARKS = sorted(PAGE.parent.parent.parent.glob("tests/benchmarks/test_*.py"))
WRITE = "write the page anew: python tests/benchmarks/numbers.py"
ROW = re.compile(r"^\| (?P<what>.+?) \| (?P<found>.+?) \| (?P<target>.+?) \| (?P<met>.*?) ?\|$", re.MULTILINE)


written = pytest.mark.skipif(not PAGE.exists(), reason="the page of numbers has not been written yet")


def sections() -> dict[str, list[Figure]]:
    """The rows of the page, by the file that measures them."""
    files = {title: file for file, title in GROUPS.items()}
    found: dict[str, list[Figure]] = {}
    for part in re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        title, _, rest = part.partition("\n")
        file = files.get(title, title)
        rows = [Figure(file, match["what"], match["found"], match["target"]) for match in ROW.finditer(rest)]
        if rows and title != "What was missed, and why":
            found[file] = [row for row in rows if row.what not in ("what", "---")]
    return found


@written
@pytest.mark.parametrize("file", [path.stem for path in BENCHMARKS if patterns(path)])
def test_every_figure_of_a_benchmark_is_on_the_page(file: str) -> None:
    """And nothing that no benchmark measures is."""
    names = patterns(next(path for path in BENCHMARKS if path.stem == file))
    rows = [row.what for row in sections().get(file, [])]
    assert not [name for name in names if not any(re.fullmatch(name, row) for row in rows)], WRITE
    assert not [row for row in rows if not any(re.fullmatch(name, row) for name in names)], WRITE


@written
def test_every_limit_that_is_missed_has_its_reason_on_the_page() -> None:
    """A reason for each, in the words of the source."""
    text = PAGE.read_text(encoding="utf-8")
    missed = [row for rows in sections().values() for row in rows if is_met(row) is False]
    assert text.count("**missed**") == len(missed)
    for row in missed:
        assert f"- {row.what}: {reason_of(row) or 'nobody has written down why.'}" in text, WRITE


@pytest.mark.parametrize(
    ("found", "target", "met"),
    [
        ("0.91 (1.2 s)", ">= 0.9", True),
        ("0.89 (1.2 s)", ">= 0.9", False),
        ("2.0 x (3 s)", "<= 2 x", True),
        ("120,000 a second", ">= 100,000 a second", True),
        ("1/23.4 (900 B a claim)", "<= 1/10", True),
        ("1/9.0 (900 B a claim)", "<= 1/10", False),
        ("301 MB peak, 30 s", "<= 300 MB", False),
        ("nothing", "<= 2 x", False),
        ("4 x", "none", None),
    ],
)
def test_a_limit_is_read_as_it_is_written(found: str, target: str, met: bool | None) -> None:
    """The first number counts, and a limit itself is still met."""
    assert is_met(Figure("test_core", "what", found, target)) is met


def test_a_missed_limit_without_a_reason_is_said() -> None:
    """The page does not hide it."""
    text = page([Figure("test_core", "a new figure", "1 x", ">= 2 x")], ["a machine"])
    assert "| a new figure | 1 x | >= 2 x | **missed** |" in text
    assert "- a new figure: nobody has written down why." in text
    assert all(not re.fullmatch(pattern, "a new figure") for pattern in MISSED)
