"""The mutation script makes the mutants that it says, and its list of equivalent ones names mutants."""

import ast
import sys
import tomllib
from importlib import import_module
from pathlib import Path

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER))
operators = import_module("operators")
ROOMS = ("rulebook", "lifecycle", "planner")
PACKAGE = FOLDER.parents[1] / "atoz"


def test_every_mutant_differs_in_one_place(tmp_path: Path) -> None:
    """Each is valid, none is the module itself, no two are alike, and each is named by its function."""
    module = tmp_path / "module.py"
    module.write_text("def late(at, due):\n    return not at <= due and max(at, due) + 1 > 0\n", encoding="utf-8")
    made = {mutant.key: ast.unparse(tree) for mutant, tree in operators.mutants(module)}
    original = ast.unparse(ast.parse(module.read_text(encoding="utf-8")))

    assert len(made) == len(set(made.values())) == 15
    assert original not in made.values()
    assert all(ast.parse(source) for source in made.values())
    assert all(key.startswith("module.py::late::") for key in made)


def test_a_text_for_readers_is_left_alone(tmp_path: Path) -> None:
    """Docstrings, words of messages and annotations make no mutants; a default outside of the function does."""
    module = tmp_path / "module.py"
    module.write_text('def name(who: "str" = "me"):\n    """Who."""\n    print(f"this is {who}")\n', encoding="utf-8")
    changes = [(mutant.function, mutant.change) for mutant, _ in operators.mutants(module)]
    assert changes == [("", "'me'  ->  'Xme'"), ("name", "print(f'this is {who}')  ->  pass")]


def test_what_is_listed_as_equivalent_is_still_a_mutant() -> None:
    """A row that names no mutant any more is dropped; each says why."""
    rows = tomllib.loads((FOLDER / "equivalent.toml").read_text(encoding="utf-8"))["equivalent"]
    for module in {row["module"] for row in rows}:
        made = {(mutant.function, mutant.change) for mutant, _ in operators.mutants(PACKAGE / module, module)}
        listed = {(row["function"], row["change"]) for row in rows if row["module"] == module}
        assert listed <= made
    assert all(len(row["why"]) > 20 for row in rows)


def test_there_are_mutants_of_every_room() -> None:
    """The rooms that are to be tried have some hundred."""
    for room in ROOMS:
        assert sum(1 for module in operators.modules(PACKAGE / room) for _ in operators.mutants(module)) > 300
