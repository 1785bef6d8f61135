"""The page in `examples/` says what happens when it is followed."""

import doctest
from pathlib import Path

from atoz.testing import check_situation, read_situations

EXAMPLES = Path(__file__).parents[2] / "examples"
PAGE = EXAMPLES / "testing_a_policy.md"


def test_the_page_runs() -> None:
    """Every example of the page gives what the page says."""
    found = doctest.testfile(str(PAGE), module_relative=False, globs={"FOLDER": EXAMPLES})
    assert found.attempted > 10
    assert found.failed == 0


def test_the_situation_on_the_page_holds() -> None:
    """The situation file that the page shows is one that passes."""
    _, _, rest = PAGE.read_text(encoding="utf-8").partition("```toml\n")
    text, _, _ = rest.partition("```")
    assert text == (EXAMPLES / "situations" / "own.toml").read_text(encoding="utf-8")
    (situation,) = read_situations(text)
    assert check_situation(situation, folder=EXAMPLES / "situations") == ()
