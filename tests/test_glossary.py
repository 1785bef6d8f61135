"""One word, one meaning: the code keeps to `docs/glossary.md`, and variables name what they stand for."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
PRIVATE = frozenset(
    {"bag", "given", "harmless", "lens", "letters", "look", "parted", "playing", "sheet", "standing", "watched", "wire"}
)
"""Words that once meant something in this code alone; each has a term of the field now."""
NAMELESS = frozenset({"each", "found", "one"})
"""Names that say nothing of the thing that they stand for."""
FILES = sorted((ROOT / "atoz").rglob("*.py"))


def room(file: Path) -> str:
    """The room that a file is in."""
    return file.relative_to(ROOT / "atoz").parts[0]


def variables(tree: ast.Module) -> Iterator[str]:
    """Every variable and parameter that is given a value, in loops and elsewhere."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg


def named(tree: ast.Module) -> Iterator[str]:
    """Every function, class and parameter that has a name of its own."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name


def test_no_module_function_or_class_has_a_private_word_for_a_name() -> None:
    """A reader who knows the field needs no dictionary for names that others can see."""
    private = [(room(file), name) for file in FILES for name in named(ast.parse(file.read_text(encoding="utf-8")))]
    assert [pair for pair in private if pair[1].lower() in PRIVATE] == []
    assert [str(file.relative_to(ROOT)) for file in FILES if file.stem in PRIVATE] == []


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
