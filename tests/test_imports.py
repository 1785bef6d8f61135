"""The front door: cheap to open, sorted, whole, and the same for checkers as at run time."""

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import atoz

HEAVY = ("pydantic", "typer", "rich", "narwhals", "transitions", "dateutil", "numpy")


def fresh(code: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(atoz.__file__).parents[1]
    )
    return done.stdout.strip()


def test_import_atoz_imports_nothing_heavy() -> None:
    """A bare `import atoz` costs next to nothing."""
    assert fresh(f"import sys, atoz; print([name for name in {HEAVY} if name in sys.modules])") == "[]"


def test_import_atoz_loads_no_room() -> None:
    """Not one of atoz's own modules is loaded until a name is used, and then only what the name needs."""
    assert fresh("import sys, atoz; print([name for name in sys.modules if name.startswith('atoz.')])") == "[]"
    used = "import sys, atoz; atoz.filing_window; print('transitions' in sys.modules, 'atoz.planner' in sys.modules)"
    assert fresh(used) == "False False"


def test_the_core_needs_no_command_line() -> None:
    """Using everything in `__all__` loads no optional dependency."""
    code = "import sys, atoz; [getattr(atoz, name) for name in atoz.__all__]"
    assert fresh(f"{code}; print([name for name in ('typer', 'rich', 'narwhals') if name in sys.modules])") == "[]"


def test_all_is_sorted_short_and_resolvable() -> None:
    """At most 25 names, sorted, each of which is there, and is kept after its first use."""
    assert list(atoz.__all__) == sorted(set(atoz.__all__))
    assert len(atoz.__all__) <= 25
    for name in atoz.__all__:
        assert getattr(atoz, name) is getattr(atoz, name)
        assert name in vars(atoz)


def test_house_names_are_there() -> None:
    """The names that users, examples and other tests rely on."""
    promised = "Claim ClaimStatus Order apply deadlines events filing_window open_claim options plan lapse machine"
    promised += " rebuild verify under diagram compare_editions odr_effect attention AtozError TransitionRefused"
    assert set(promised.split()) <= set(atoz.__all__)


def test_checkers_see_the_same_names() -> None:
    """The imports for checkers, the lazy table and `__all__` list the same names from the same homes."""
    tree = ast.parse(inspect.getsource(atoz))
    branch = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {
        alias.asname: (node.module, alias.name)
        for node in branch.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert all(asname == name for asname, (_, name) in seen.items())
    assert sorted(str(name) for name in seen) == list(atoz.__all__)
    homes: dict[str, str] = vars(atoz)["_HOME"]
    assert {name: module for name, (module, _) in seen.items()} == homes


def test_dir_lists_everything_before_it_is_loaded() -> None:
    """`dir(atoz)` helps completion in a fresh session."""
    assert fresh("import atoz; print(set(atoz.__all__) <= set(dir(atoz)))") == "True"
    assert dir(atoz) == sorted(dir(atoz))


def test_a_misspelt_name_is_an_attribute_error() -> None:
    """A typo fails as it does everywhere in Python, and in `from atoz import` too."""
    code = """
import atoz
try:
    atoz.filling_window
except AttributeError as error:
    print(error)
try:
    from atoz import filling_window
except ImportError:
    print("no such name")
"""
    assert fresh(code).splitlines() == ["module 'atoz' has no attribute 'filling_window'", "no such name"]


def test_star_import_gives_exactly_the_front_door() -> None:
    """`from atoz import *` brings `__all__`, nothing else."""
    code = "from atoz import *; print(sorted(name for name in dir() if not name.startswith('__')))"
    assert fresh(code) == str(list(atoz.__all__))
