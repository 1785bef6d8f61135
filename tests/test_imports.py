"""The front door: cheap to open, sorted, whole, and the same for checkers as at run time."""

import ast
import pkgutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import atoz

ROOMS = (
    "audit",
    "frames",
    "inbox",
    "lifecycle",
    "messages",
    "model",
    "planner",
    "report",
    "rulebook",
    "serve",
    "sources",
    "store",
    "testing",
)
DOORS = ["atoz", *(f"atoz.{room}" for room in ROOMS)]
NEEDED = {"atoz.frames": ("narwhals",), "atoz.serve": ("fastapi", "mcp")}
"""The libraries without which a door's modules cannot be imported."""
HEAVY = ("pydantic", "typer", "rich", "narwhals", "transitions", "dateutil", "numpy")


def fresh(code: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(atoz.__file__).parents[1]
    )
    return done.stdout.strip()


def seen_by_checkers(door: str) -> list[tuple[str, str]]:
    """Every name that a door imports for checkers, sorted, with the module that it is imported from."""
    tree = ast.parse(Path(import_module(door).__path__[0], "__init__.py").read_text(encoding="utf-8"))
    branch = next(node for node in tree.body if isinstance(node, ast.If))
    imports = [node for node in branch.body if isinstance(node, ast.ImportFrom)]
    assert all(alias.asname == alias.name for node in imports for alias in node.names), "said again, for checkers"
    return sorted((alias.name, str(node.module)) for node in imports for alias in node.names)


def test_import_atoz_imports_nothing_heavy() -> None:
    """A bare `import atoz` costs next to nothing."""
    assert fresh(f"import sys, atoz; print([name for name in {HEAVY} if name in sys.modules])") == "[]"


def test_import_atoz_loads_no_room() -> None:
    """A name that is used loads only what it needs."""
    used = "import sys, atoz; atoz.filing_window; print('transitions' in sys.modules, 'atoz.planner' in sys.modules)"
    assert fresh(used) == "False False"


def test_the_core_needs_no_command_line() -> None:
    """Using everything in `__all__` loads no optional dependency."""
    code = "import sys, atoz; [getattr(atoz, name) for name in atoz.__all__]"
    assert fresh(f"{code}; print([name for name in ('typer', 'rich', 'narwhals') if name in sys.modules])") == "[]"


def test_all_is_sorted_short_and_resolvable() -> None:
    """At most 30 names, sorted, each of which is there, and is kept after its first use."""
    assert list(atoz.__all__) == sorted(set(atoz.__all__))
    assert len(atoz.__all__) <= 30
    for name in atoz.__all__:
        assert getattr(atoz, name) is getattr(atoz, name)
        assert name in vars(atoz)


def test_house_names_are_there() -> None:
    """The names that users, examples and other tests rely on."""
    promised = "Claim ClaimStatus Order apply deadlines events filing_window open_claim options plan lapse machine"
    promised += " rebuild verify under diagram compare_editions odr_effect attention AtozError TransitionRefused"
    assert set(promised.split()) <= set(atoz.__all__)


@pytest.mark.parametrize("door", DOORS)
def test_checkers_see_the_same_names(door: str) -> None:
    """The imports for checkers, `__all__` and `dir` list the same names, and each is the one that its module has."""
    for library in NEEDED.get(door, ()):
        pytest.importorskip(library)
    package = import_module(door)
    assert [name for name, _ in seen_by_checkers(door)] == package.__all__
    assert set(package.__all__) <= set(dir(package))
    for name, module in seen_by_checkers(door):
        home = import_module(module)
        assert getattr(package, name) is (getattr(home, name, None) or import_module(f"{module}.{name}"))


@pytest.mark.parametrize("door", DOORS)
def test_no_door_offers_a_name_that_a_module_of_its_room_has(door: str) -> None:
    """The first import of the module would put it in the place of the function, so whoever came later got a module."""
    modules = {module.name for module in pkgutil.iter_modules(import_module(door).__path__)}
    assert modules & set(import_module(door).__all__) - {"events"} == set()


def test_every_room_has_a_door() -> None:
    """A room that users come to by name offers something; the command line is no library."""
    rooms = {f"atoz.{room.name}" for room in pkgutil.iter_modules(atoz.__path__) if room.ispkg}
    assert rooms - {"atoz.cli"} == set(DOORS) - {"atoz"}


@pytest.mark.parametrize("door", DOORS)
def test_a_door_opens_without_loading_its_room(door: str) -> None:
    """Naming a room loads nothing of it but the helper that loads."""
    loaded = f"import sys, {door}; print(sorted(name for name in sys.modules if name.startswith('atoz')))"
    assert fresh(loaded) == str(sorted({"atoz", "atoz._lazy", door}))


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


EXTRAS = (
    "authres",
    "babel",
    "fastapi",
    "hypothesis",
    "icalendar",
    "jinja2",
    "mcp",
    "narwhals",
    "polars",
    "pytest",
    "spellchecker",
    "sqlalchemy",
    "uvicorn",
)


@pytest.mark.parametrize(
    ("command", "code", "extra"),
    [
        ("--help", 0, ""),
        ("inbox --help", 0, ""),
        ("plan --help", 0, ""),
        ("window --marketplace US --placed-at 2026-06-01T15:00:00Z --deliver-by 2026-06-10 --on 2026-06-12", 0, ""),
        ("store list --store claims.db", 2, "store"),
        ("inbox . --store claims.db", 2, "inbox"),
        ("serve --help", 0, ""),
        ("serve .", 2, "serve"),
        ("mcp --help", 0, ""),
        ("mcp --root .", 2, "mcp"),
    ],
)
def test_the_command_line_needs_no_other_extra(command: str, code: int, extra: str) -> None:
    """With the extra `cli` alone all help is there and plans are made; what needs more says which extra."""
    blocked = f"import sys; sys.modules.update(dict.fromkeys({EXTRAS})); sys.argv = ['atoz', *{command.split()!r}]"
    run = f"{blocked}; from atoz.__main__ import main; sys.exit(main())"
    done = subprocess.run([sys.executable, "-c", run], capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert f"'.[{extra}]'" in done.stderr or not extra
