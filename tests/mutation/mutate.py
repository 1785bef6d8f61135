"""Mutants of rulebook, lifecycle and planner: one small change at a time, and whether any test notices.

    python tests/mutation/mutate.py                          every mutant, some hours
    python tests/mutation/mutate.py --sample 60 --seed 7     a sample
    python tests/mutation/mutate.py --module rulebook/date_arithmetic.py

Each mutant is written into a copy of the package, in a folder of its own, and the tests of its room and of those above
run against it until one fails. What survives is printed with its line; a survivor is either a case that the tests
lack, or a change that no result can show. The exit code is 1 if any survived.
"""

import argparse
import ast
import copy
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
ROOMS = ("rulebook", "lifecycle", "planner")
TESTS = {
    "rulebook": ("tests/rulebook", "tests/lifecycle", "tests/planner"),
    "lifecycle": ("tests/lifecycle", "tests/planner"),
    "planner": ("tests/planner", "tests/testing"),
}
"""For each room the tests that can notice: its own first."""
SECONDS = 600
COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
COUNTED: dict[type[ast.operator], type[ast.operator]] = {ast.Add: ast.Sub, ast.Sub: ast.Add}
CHOSEN = {"min": "max", "max": "min", "any": "all", "all": "any"}


class Mutant(NamedTuple):
    """One changed module: which, where, what was changed, and its source."""

    module: Path
    line: int
    change: str
    source: str


def changes(node: ast.AST) -> Iterator[ast.AST]:  # noqa: C901  (a table of cases)
    """Every small change of one node that could matter."""
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            if type(operator) in COMPARED:
                new = copy.deepcopy(node)
                new.ops[place] = COMPARED[type(operator)]()
                yield new
    elif isinstance(node, ast.BinOp) and type(node.op) in COUNTED:
        yield ast.BinOp(node.left, COUNTED[type(node.op)](), node.right)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.IfExp):
        yield ast.IfExp(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
    elif isinstance(node, ast.If):
        yield ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield ast.Constant(node.value + 1)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CHOSEN:
        yield ast.Call(ast.Name(CHOSEN[node.func.id], ast.Load()), node.args, node.keywords)


def mutants(module: Path) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its lines; what is only for checkers or readers is left alone."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    for parent in ast.walk(tree):
        if isinstance(parent, (ast.AnnAssign, ast.arg)) or (
            isinstance(parent, ast.If) and ast.unparse(parent.test) == "TYPE_CHECKING"
        ):
            continue  # annotations say nothing at run time, but for pydantic's, which tests of shape hold
        for field, value in ast.iter_fields(parent):
            if field in {"annotation", "returns", "decorator_list"}:
                continue
            for place, node in enumerate(value if isinstance(value, list) else [value]):
                if not isinstance(node, ast.AST):
                    continue
                for new in changes(node):
                    put(parent, field, place, new)
                    source = ast.unparse(ast.fix_missing_locations(tree))
                    put(parent, field, place, node)
                    before, after = (ast.unparse(shown).partition("\n")[0] for shown in (node, new))
                    yield Mutant(module, getattr(node, "lineno", 0), f"{before}  ->  {after}", source)


def put(parent: ast.AST, field: str, place: int, node: ast.AST) -> None:
    """Put a node in its place below another."""
    value = getattr(parent, field)
    if isinstance(value, list):
        value[place] = node
    else:
        setattr(parent, field, node)


def survives(mutant: Mutant) -> bool:
    """Whether every test that could notice passes with the mutant in place."""
    room = mutant.module.relative_to(ROOT / "atoz").parts[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ignored = shutil.ignore_patterns("__pycache__")
        for part in ("atoz", "tests", "examples"):
            shutil.copytree(ROOT / part, folder / part, ignore=ignored)
        shutil.copy(ROOT / "pyproject.toml", folder)
        (folder / mutant.module.relative_to(ROOT)).write_text(mutant.source, encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-x",
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:benchmark",
            *TESTS[room],
        ]
        command += ["--override-ini=addopts=--import-mode=importlib", "-m", "not slow"]
        environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
        try:
            done = subprocess.run(
                command, cwd=folder, env=environment, capture_output=True, timeout=SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            return False
    return done.returncode == 0


def main() -> int:
    """Run the mutants that were asked for and print those that no test notices."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, help="so many mutants, drawn at random")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--module", help="one module only, for example rulebook/date_arithmetic.py")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    modules = (
        [ROOT / "atoz" / asked.module]
        if asked.module
        else [module for room in ROOMS for module in sorted((ROOT / "atoz" / room).glob("[!_]*.py"))]
    )
    every = [mutant for module in modules for mutant in mutants(module)]
    drawn = random.Random(asked.seed).sample(every, min(asked.sample or len(every), len(every)))  # noqa: S311
    survived = 0
    with ThreadPoolExecutor(asked.workers) as pool:
        for mutant, alive in zip(drawn, pool.map(survives, drawn), strict=True):
            if alive:
                survived += 1
                print(f"{mutant.module.relative_to(ROOT)}:{mutant.line}  {mutant.change}", flush=True)
    print(f"{len(drawn)} of {len(every)} mutants tried, {survived} survived")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
