"""One word, one meaning: the code keeps to `docs/glossary.md`, and variables name what they stand for."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
PRIVATE = frozenset(
    """
    among bag detecting drafting exits exploring file_rows gathering harmless lens look movement on_arrow on_duckdb
    on_ibis on_polars on_spark once page_frame page_machine page_values page_words parted past playing policy_checks
    sheet tally told watched what_if window_steps wire
    """.split()  # noqa: SIM905  (a list of words reads better as one)
)
"""Words that once meant something in this code alone; each has a term of the field now.

Others of that vocabulary have stayed where they are the term: `story` is what a counterexample tells, `happenings` a
key of world files, `facts` what an order says, `label` and `reading` stand in the glossary, `fold` is Python's own for
an hour that comes twice, and `given`, `shown`, `letters`, `lacking`, `moving`, `count`, `table`, `lines`, `words`
are plain English for a variable of a few lines.
"""
NAMELESS = frozenset({"each", "found", "one"})
"""Names that say nothing of the thing that they stand for."""
FILES = sorted((ROOT / "atoz").rglob("*.py"))
OTHERS = sorted(file for folder in ("tests", "examples") for file in (ROOT / folder).rglob("*.py"))


def variables(tree: ast.Module) -> Iterator[str]:
    """Every variable and parameter that is given a value, in loops and elsewhere."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg


def test_nothing_has_a_private_word_for_a_name() -> None:
    """A reader who knows the field needs no dictionary: not for a module, a type, a function, nor for a variable."""
    private: list[tuple[str, str]] = []
    for file in (*FILES, *OTHERS):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        named = (node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef)))
        names = {file.stem, *named, *variables(tree)}
        private += [(str(file.relative_to(ROOT)), name) for name in names if name.lower().strip("_") in PRIVATE]
    assert private == []


def test_variables_name_what_they_stand_for() -> None:
    """No `each`, `found` or `one`, in any room."""
    nameless = [
        (str(file.relative_to(ROOT)), name)
        for file in FILES
        for name in variables(ast.parse(file.read_text(encoding="utf-8")))
        if name in NAMELESS
    ]
    assert nameless == []


def test_the_glossary_is_short_and_says_each_word_in_one_place() -> None:
    """At most two pages, and no word twice."""
    words = re.findall(r"^\| \*\*(.+?)\*\*", GLOSSARY, re.MULTILINE)
    assert len(GLOSSARY.splitlines()) <= 100
    assert len(words) == len(set(words)) > 40


def test_what_the_glossary_calls_by_a_name_of_the_code_is_there() -> None:
    """A class or field that the glossary names exists."""
    source = "\n".join(file.read_text(encoding="utf-8") for file in FILES)
    names = re.findall(r"`([A-Za-z_]+)`", GLOSSARY)
    assert [name for name in names if not re.search(rf"\b{name}\b", source)] == []
