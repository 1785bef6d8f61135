"""The mutation script makes the mutants that it says, and leaves the source as it was."""

import ast
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

SPEC = spec_from_file_location("mutate", Path(__file__).with_name("mutate.py"))
assert SPEC
assert SPEC.loader
mutate = module_from_spec(SPEC)
sys.modules["mutate"] = mutate
SPEC.loader.exec_module(mutate)


def test_every_mutant_differs_in_one_place(tmp_path: Path) -> None:
    """Each is valid, none is the module itself, and no two are alike."""
    module = tmp_path / "module.py"
    module.write_text("def late(at, due):\n    return not at <= due and max(at, due) + 1 > 0\n", encoding="utf-8")
    made = [mutant.source for mutant in mutate.mutants(module)]
    original = ast.unparse(ast.parse(module.read_text(encoding="utf-8")))

    assert len(made) == len(set(made)) == 8
    assert original not in made
    assert all(ast.parse(source) for source in made)


def test_there_are_mutants_of_every_room() -> None:
    """The rooms that are to be tried have some hundred."""
    for room in mutate.ROOMS:
        modules = (mutate.ROOT / "atoz" / room).glob("[!_]*.py")
        assert sum(1 for module in modules for _ in mutate.mutants(module)) > 30
