"""Mutants of rulebook, lifecycle and planner: one small change at a time, and whether any test notices.

    python tests/mutation/mutate.py --results DIR                              every mutant: an hour or two
    python tests/mutation/mutate.py --results DIR --sample 20 --seed 7         so many of each module
    python tests/mutation/mutate.py --results DIR --module planner/plan.py     one module
    python tests/mutation/mutate.py --results DIR --again survived             those that survived, with new tests

The tests run once with coverage, which tells what each one reaches and how long it takes. Then each change is made in
memory, in a forked process that has the tests loaded: a function gets the code of its mutant, and only tests that reach
the changed lines run until one fails: one case of every test, the quickest first, then a second case of each, and so
on, as many as `--seconds` allow. A change outside of functions needs the package to be imported anew, which takes
longer. Nothing is written but to DIR: `results.jsonl`, to which a later run adds what it lacks, and the map of the
tests, which is made anew after any change of code or tests. It runs one process, on Linux.

A survivor is a case that the tests lack, or a change that no public result can show; of the latter kind
`equivalent.toml` keeps a list, with the reason. The exit code is 1 if a mutant survived that is not listed there.
"""

import argparse
import functools
import gc
import hashlib
import importlib.abc
import importlib.machinery
import json
import os
import pickle
import random
import select
import signal
import sys
import time
import tomllib
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import NamedTuple

import coverage
import pytest
from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))

from operators import Mutant, modules, mutants

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "atoz"
ROOMS = ("rulebook", "lifecycle", "planner")
TESTS = (*(f"tests/{room}" for room in ROOMS), *(f"atoz/{room}" for room in ROOMS))
EQUIVALENT = Path(__file__).with_name("equivalent.toml")
PYTEST = (
    *("-s", "-p", "no:cacheprovider", "-p", "no:terminal", "-p", "no:xdist", "-m", "not slow"),
    *("--override-ini=addopts=", "--import-mode=importlib", "--doctest-modules", "--hypothesis-profile=mutants"),
    *("--assert=plain", "-W", "ignore::pytest.PytestAssertRewriteWarning"),
)
IMPORTED = ""
"""Stands in the map for what runs while tests are collected."""
_Cached = type(functools.cache(lambda: None))


class Reach(NamedTuple):
    """What each test reaches, and how long it takes."""

    tests: Mapping[str, Mapping[int, frozenset[str]]]
    """By module and line, the tests that run it."""
    seconds: Mapping[str, float]
    """Only of tests that pass without any change."""
    failed: frozenset[str]
    """Those that fail, or are skipped."""

    def of(self, mutant: Mutant, budget: float) -> list[str]:
        """The tests for a mutant, as many as fit into so many seconds."""
        lines, (first, last) = self.tests.get(mutant.module, {}), mutant.lines
        if mutant.function:
            names = {name for line in range(first, last + 1) for name in lines.get(line, ())}
        else:
            names = {name for tests in lines.values() for name in tests}
        chosen: list[str] = []
        for name in self._varied(names & self.seconds.keys()):
            budget -= self.seconds[name]
            if budget >= 0 or not chosen:
                chosen.append(name)
        return chosen

    def _varied(self, names: Iterable[str]) -> list[str]:
        """One case of every test, the quickest test first, then a second case of each, and so on."""
        cases: Counter[str] = Counter()
        turns: dict[str, int] = {}
        for name in sorted(names, key=self.seconds.__getitem__):
            test = name.partition("[")[0]
            turns[name] = cases[test]
            cases[test] += 1
        return sorted(turns, key=lambda name: (turns[name], self.seconds[name]))

    def at_import(self, mutant: Mutant) -> bool:
        """Whether the changed lines run while tests are collected, when a function still has its own code."""
        lines, (first, last) = self.tests.get(mutant.module, {}), mutant.lines
        return any(IMPORTED in lines.get(line, ()) for line in range(first, last + 1))


class Recorder:
    """A plugin that notes what each test reaches, and how long it takes."""

    def __init__(self) -> None:
        """Measure from the first import on."""
        self.seconds: dict[str, float] = {}
        self.failed: set[str] = set()
        self.path: Path | None = None
        self.coverage = coverage.Coverage(
            data_file=None, config_file=False, include=[f"{PACKAGE / room}/*" for room in ROOMS], messages=False
        )
        self.coverage.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """One test; each file begins with nothing remembered from those before."""
        if item.path != self.path:
            self.path = item.path
            forget(caches())
        self.coverage.switch_context(item.nodeid)
        started = time.process_time()
        try:
            return (yield)
        finally:
            self.seconds[item.nodeid] = time.process_time() - started

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test that fails, or that is skipped, says nothing about mutants."""
        if report.outcome != "passed":
            self.failed.add(report.nodeid)

    def reach(self) -> Reach:
        """What was noted."""
        self.coverage.stop()
        data = self.coverage.get_data()
        tests = {
            str(Path(name).relative_to(PACKAGE)): {
                line: frozenset(contexts) for line, contexts in data.contexts_by_lineno(name).items()
            }
            for name in data.measured_files()
        }
        passed = {name: seconds for name, seconds in self.seconds.items() if name not in self.failed}
        return Reach(tests, passed, frozenset(self.failed))


class FirstFailure:
    """A plugin that ends the process with the first test that fails."""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Killed."""
        if report.failed:
            os._exit(1)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Killed on import."""
        if report.failed:
            os._exit(1)


class Server:
    """A plugin that keeps the tests loaded, and forks for each mutant of a function."""

    def __init__(self, serve: "Callable[[Mapping[str, pytest.Item]], None]") -> None:
        """What to do with the tests."""
        self.serve = serve

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of running each test once."""
        self.serve({item.nodeid: item for item in session.items})
        return True


def caches() -> list[_Cached]:
    """Every cache of the package's functions."""
    kept = (thing for thing in gc.get_objects() if isinstance(thing, _Cached))
    return [thing for thing in kept if str(thing.__module__).startswith("atoz")]


def forget(kept: Iterable[_Cached]) -> None:
    """Empty caches: what is remembered would hide what a test reaches, and what a mutant does."""
    for cached in kept:
        cached.cache_clear()


def forked(work: Callable[[], int], seconds: float) -> int | None:
    """The exit code of work in a process of its own; none if it took too long."""
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        quiet = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(quiet, stream)
        code = 1
        try:
            code = work()
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else 1
        except BaseException:  # noqa: BLE001  (whatever a mutant does, this process must end here)
            traceback.print_exc()
        finally:
            os._exit(code)
    descriptor = os.pidfd_open(child)
    ready, _, _ = select.select([descriptor], [], [], seconds)
    os.close(descriptor)
    if not ready:
        os.killpg(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) if ready else None


def preload() -> None:
    """Import what tests need besides the package, once for all processes; the package itself must not be there yet."""
    for name in ("pydantic", "transitions", "dateutil.relativedelta", "typer.testing", "rich.table", "yaml"):
        try:
            __import__(name)
        except ModuleNotFoundError:
            continue
    assert "atoz" not in sys.modules
    settings.register_profile("mutants", deadline=None, max_examples=10, derandomize=True, database=None)


def code_of(compiled: CodeType, function: str, line: int) -> CodeType | None:
    """The code of a function or method, by name and first line."""
    for constant in compiled.co_consts:
        if isinstance(constant, CodeType):
            if (constant.co_qualname, constant.co_firstlineno) == (function, line):
                return constant
            if function.startswith(f"{constant.co_qualname}."):
                inner = code_of(constant, function, line)
                if inner:
                    return inner
    return None


def swap(functions: Sequence[FunctionType], compiled: CodeType) -> bool:
    """Give loaded functions the code of their mutant; whether that was possible."""
    done = False
    for function in functions:
        code = code_of(compiled, function.__code__.co_qualname, function.__code__.co_firstlineno)
        if code and len(code.co_freevars) == len(function.__code__.co_freevars):
            function.__code__ = code
            done = True
    return done


class Changed(importlib.abc.MetaPathFinder):
    """Finds one module, with the source of its mutant."""

    def __init__(self, name: str, path: Path, compiled: CodeType) -> None:
        """Which module, and its changed code."""
        self.name, self.path, self.compiled = name, path, compiled

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Only the one."""
        if fullname != self.name:
            return None
        loader = _Loader(fullname, str(self.path))
        loader.compiled = self.compiled
        return importlib.machinery.ModuleSpec(fullname, loader, origin=str(self.path))


class _Loader(importlib.machinery.SourceFileLoader):
    compiled: CodeType

    def get_code(self, fullname: str) -> CodeType:
        return self.compiled


class Run:
    """One run of the script: its mutants, and where the results go."""

    def __init__(self, asked: argparse.Namespace) -> None:
        """Choose the mutants, and read what is known of them."""
        self.asked, self.folder = asked, Path(asked.results)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.file = self.folder / "results.jsonl"
        self.known: dict[str, str] = {}
        if self.file.exists():
            for line in self.file.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                self.known[row["key"]] = row["verdict"]
        listed = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8")).get("equivalent", ())
        self.equivalent = {(row["module"], row["function"], row["change"]) for row in listed}
        named = asked.module or [f"{room}/{path.name}" for room in ROOMS for path in modules(PACKAGE / room)]
        self.all = {name: [mutant for mutant, _ in mutants(PACKAGE / name, name)] for name in named}
        self.chosen = {name: self._chosen(made) for name, made in self.all.items()}

    def _chosen(self, made: Sequence[Mutant]) -> set[str]:
        """The keys of a module's mutants that are to run."""
        drawn = [mutant for mutant in made if not self._is_listed(mutant)]
        if self.asked.function:
            drawn = [mutant for mutant in drawn if mutant.function in self.asked.function]
        if self.asked.sample:
            drawn = random.Random(self.asked.seed).sample(drawn, min(self.asked.sample, len(drawn)))  # noqa: S311
        return {mutant.key for mutant in drawn if self.known.get(mutant.key) in {None, self.asked.again}}

    def _is_listed(self, mutant: Mutant) -> bool:
        return (mutant.module, mutant.function, mutant.change) in self.equivalent

    def compiled(self, *, in_functions: bool) -> Iterator[tuple[Mutant, CodeType]]:
        """Each chosen mutant with the code of its module."""
        for name, keys in self.chosen.items():
            path = PACKAGE / name
            for mutant, tree in mutants(path, name):
                if mutant.key in keys and bool(mutant.function) is in_functions:
                    try:
                        yield mutant, compile(tree, str(path), "exec", dont_inherit=True)
                    except (SyntaxError, ValueError):
                        self.note(mutant, "invalid", 0, 0)

    def note(self, mutant: Mutant, verdict: str, tests: int, seconds: float) -> None:
        """Keep a verdict."""
        self.known[mutant.key] = verdict
        row = {"key": mutant.key, "verdict": verdict, "line": mutant.lines[0], "tests": tests}
        with self.file.open("a", encoding="utf-8") as file:
            file.write(json.dumps({**row, "seconds": round(seconds, 2)}, ensure_ascii=False) + "\n")
        if verdict == "survived":
            print(f"{mutant}   ({tests} tests)", flush=True)

    def reach(self) -> Reach:
        """What each test reaches: measured anew after any change of code or tests."""
        files = sorted(
            path for part in ("atoz", "tests") for path in (ROOT / part).rglob("*.[pt][yo]*") if path.is_file()
        )
        state = hashlib.sha256(b"".join(path.read_bytes() for path in files if "__pycache__" not in path.parts))
        kept = self.folder / "reach.pickle"
        if kept.exists():
            name, *reach = pickle.loads(kept.read_bytes())  # noqa: S301  (written by this script)
            if name == state.hexdigest() or self.asked.old_map:
                return Reach(*reach)

        def record() -> int:
            recorder = Recorder()
            pytest.main([*PYTEST, *TESTS], plugins=[recorder])
            reach = recorder.reach()
            kept.write_bytes(pickle.dumps((state.hexdigest(), *reach)))
            return 0

        forked(record, 3600)
        reach = Reach(*pickle.loads(kept.read_bytes())[1:])  # noqa: S301
        print(
            f"{len(reach.seconds)} tests in {sum(reach.seconds.values()):.0f} s; left out: {len(reach.failed)}",
            flush=True,
        )
        return reach

    def serve(self, reach: Reach, items: Mapping[str, pytest.Item]) -> None:
        """Every mutant of a function: its code is swapped in a fork."""
        kept = caches()
        loaded: dict[tuple[str, str], list[FunctionType]] = defaultdict(list)
        for function in gc.get_objects():
            if isinstance(function, FunctionType) and function.__code__.co_filename.startswith(str(PACKAGE)):
                path = Path(function.__code__.co_filename).relative_to(PACKAGE)
                loaded[str(path), function.__code__.co_qualname].append(function)
        unknown = [name for name in items if name not in reach.seconds and name not in reach.failed]
        for mutant, compiled in self.compiled(in_functions=True):
            chosen = unknown + reach.of(mutant, self.asked.seconds)
            started = time.perf_counter()

            def work(mutant: Mutant = mutant, compiled: CodeType = compiled, chosen: list[str] = chosen) -> int:
                if not swap(loaded[mutant.module, mutant.function], compiled):
                    return 3
                forget(kept)
                tests = [items[name] for name in chosen if name in items]
                for place, item in enumerate(tests):
                    item.config.hook.pytest_runtest_protocol(item=item, nextitem=(*tests, None)[place + 1])
                return 0

            code = forked(work, 5 * sum(reach.seconds.get(name, 1) for name in chosen) + 30)
            if code == 3 or (code == 0 and reach.at_import(mutant)):
                self.note(mutant, "later", 0, 0)
            else:
                self.note(mutant, _verdict(code), len(chosen), time.perf_counter() - started)

    def import_anew(self, reach: Reach, mutant: Mutant, compiled: CodeType) -> None:
        """A mutant outside of functions, or one that runs on import: everything is imported with it."""
        chosen = reach.of(mutant, self.asked.seconds)
        name = "atoz." + mutant.module.removesuffix(".py").replace("/", ".")
        started = time.perf_counter()

        def work() -> int:
            sys.meta_path.insert(0, Changed(name, PACKAGE / mutant.module, compiled))
            return int(pytest.main([*PYTEST, *chosen], plugins=[FirstFailure()])) if chosen else 0

        code = forked(work, 5 * sum(reach.seconds[name] for name in chosen) + 90)
        self.note(mutant, _verdict(code), len(chosen), time.perf_counter() - started)

    def run(self) -> int:
        """All of them; prints survivors as they come, and the figures by module at the end."""
        preload()
        if any(self.chosen.values()):
            reach = self.reach()
            server = Server(lambda items: self.serve(reach, items))

            def serve() -> int:
                pytest.main([*PYTEST, *TESTS], plugins=[server, FirstFailure()])
                return 0

            child = os.fork()
            if child == 0:
                serve()
                os._exit(0)
            os.waitpid(child, 0)
            for line in self.file.read_text(encoding="utf-8").splitlines() if self.file.exists() else ():
                row = json.loads(line)
                self.known[row["key"]] = row["verdict"]
            for mutant, compiled in self.compiled(in_functions=False):
                self.import_anew(reach, mutant, compiled)
            for mutant, compiled in self.compiled(in_functions=True):
                if self.known.get(mutant.key) == "later":
                    self.import_anew(reach, mutant, compiled)
        return self.report()

    def report(self) -> int:
        """The figures of each module; 1 if a mutant survived that is not listed as equivalent."""
        total: Counter[str] = Counter()
        print(f"{'module':36}{'made':>7}{'run':>7}{'killed':>8}{'equivalent':>12}{'survived':>10}")
        for name, made in self.all.items():
            counts = Counter("equivalent" if self._is_listed(mutant) else self.known.get(mutant.key) for mutant in made)
            killed = counts["killed"] + counts["timeout"] + counts["invalid"]
            row = Counter(
                made=len(made),
                run=killed + counts["survived"] + counts["equivalent"],
                killed=killed,
                equivalent=counts["equivalent"],
                survived=counts["survived"],
            )
            total += row
            _print(name, row)
        _print("all", total)
        return 1 if total["survived"] else 0


def _print(name: str, row: Mapping[str, int]) -> None:
    print(f"{name:36}{row['made']:7}{row['run']:7}{row['killed']:8}{row['equivalent']:12}{row['survived']:10}")


def _verdict(code: int | None) -> str:
    if code is None:
        return "timeout"
    return "killed" if code else "survived"


def main(arguments: Iterable[str] | None = None) -> int:
    """Run the mutants that were asked for and print those that no test notices."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--results", required=True, metavar="DIR", help="where results are kept, outside the repository"
    )
    parser.add_argument("--module", action="append", help="for example rulebook/date_arithmetic.py; more than once")
    parser.add_argument("--function", action="append", help="only this function or Class.method; more than once")
    parser.add_argument("--sample", type=int, help="so many mutants of each module, drawn at random")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=20, help="tests for one mutant take at most so long")
    parser.add_argument("--again", metavar="VERDICT", help="run those again that had this verdict: survived, timeout")
    parser.add_argument(
        "--old-map",
        action="store_true",
        help="keep the map although something changed; tests that it lacks run for every mutant",
    )
    parser.add_argument("--report", action="store_true", help="only print the figures so far")
    asked = parser.parse_args(list(arguments) if arguments is not None else None)
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    run = Run(asked)
    return run.report() if asked.report else run.run()


if __name__ == "__main__":
    sys.exit(main())
