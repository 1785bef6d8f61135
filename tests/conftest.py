"""For every test: hypothesis judges results, never the machine's speed; a skip has an expected reason, or it fails."""

import re
import sys
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from importlib.util import find_spec
from os import environ
from pathlib import Path
from shutil import which
from typing import NamedTuple, NoReturn, TypeVar

import pytest
from hypothesis import settings

settings.register_profile("quick", deadline=None, max_examples=25)
settings.register_profile("full", deadline=None)


def pytest_configure(config: pytest.Config) -> None:
    """A quarter of the examples where slow tests are left out too; `pytest -m ''` has them all."""
    if not config.getoption("--hypothesis-profile"):
        settings.load_profile("quick" if config.getoption("markexpr") == "not slow" else "full")


def pytest_sessionfinish() -> None:
    """Keep what coverage has measured now: a worker that takes ten seconds to leave is killed with all it knows."""
    if "coverage" in sys.modules:
        from coverage import Coverage

        if measuring := Coverage.current():
            measuring.save()


@pytest.fixture
def unmeasured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that the test starts run without coverage: a limit of time, memory or files counts for them alone."""
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)


def _lacking(what: str) -> NoReturn:
    """Skip, or fail where the gate promised that every tool is there."""
    if environ.get("ATOZ_REQUIRE_TOOLS") == "1":
        pytest.fail(f"{what} is required here and missing")
    pytest.skip(f"{what} is not installed")


@pytest.fixture(scope="session")
def lacking() -> Callable[[str], NoReturn]:
    """What to call where a tool is missing."""
    return _lacking


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """Headless Chromium, the distribution's own, with a fresh profile and no network chatter."""
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        _lacking("playwright")
    chromium = which("chromium")
    if chromium is None:
        _lacking("chromium")
    quiet = ("gpu", "quic", "background-networking", "component-update", "sync")
    with sync_playwright() as playwright:
        context = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--no-first-run", *(f"--disable-{feature}" for feature in quiet)],
            env={**environ, "HOME": str(tmp_path_factory.mktemp("home"))},
        )
        yield context
        context.close()


@pytest.fixture(scope="session")
def node_file() -> Callable[[str], Path]:
    """A file of an npm package, from the folder that ATOZ_NODE_MODULES names."""

    def find(name: str) -> Path:
        folder = environ.get("ATOZ_NODE_MODULES")
        if not folder or not (Path(folder) / name).is_file():
            _lacking(f"npm's {name} (in the folder ATOZ_NODE_MODULES)")
        return Path(folder or "") / name

    return find


class Expected(NamedTuple):
    """A reason to skip, as a pattern; why it is one, in words; and the library, program or variable that must lack."""

    reason: str
    because: str
    lacking: str = ""


EXPECTED = (
    Expected(r"could not import '(?P<name>[\w.]+)'", "a library of an extra that is not installed"),
    Expected(r"npm's \S+ .*is not installed", "npm's packages are not there", "ATOZ_NODE_MODULES"),
    Expected(r"(?P<name>[\w.-]+) is not installed", "a library or program that is not installed"),
    Expected(r"/atoz/frames/engines/(?P<name>\w+)\.py", "a dataframe library that is not installed"),
    Expected(r"unable to import module .*/(atoz|tests)/frames/", "the extra frames is not installed", "narwhals"),
    Expected(r"unable to import module .*/(atoz|tests)/serve/", "the extra serve is not installed", "fastapi"),
    Expected(r"unable to import module .*/serve/(mcp_|test_mcp|test_parity)", "the extra mcp is not installed", "mcp"),
    Expected(r"\b(?P<name>ATOZ_[A-Z_]+)\b", "a variable that names a server or folder is not set"),
    Expected("the page of numbers has not been written yet", "the page of numbers has not been written yet"),
    Expected(r"no Java on this machine", "Spark needs Java", "java"),
    Expected(r"is not beside the repository|/shared/\S+ is not there", "a source file that is not committed"),
    Expected(r"schema files are written with a newer pydantic", "the least pydantic that works is installed"),
    Expected(r"not in cp1252|a story that never rests", "a pair of parameters that says nothing"),
)
"""Every reason for which a test may skip. Anything else is a failure: a skip that nobody expects hides a test."""

_PROGRAMS = {"chromium": "chromium", "graphviz": "dot", "java": "java", "node": "node", "npm": "npm"}
_LIBRARIES = {"arrow": "pyarrow", "spark": "pyspark", "sp-api": "sp_api"}
_Report = TypeVar("_Report", pytest.TestReport, pytest.CollectReport)


def _is_there(name: str) -> bool:
    """Whether a variable is set, a program found or a library importable."""
    if name.startswith("ATOZ_"):
        return name in environ
    if name in _PROGRAMS:
        return which(_PROGRAMS[name]) is not None
    try:
        return find_spec(_LIBRARIES.get(name, name)) is not None
    except ModuleNotFoundError:  # the package around it is not there
        return False


def expected(why: str) -> Expected | None:
    """The reason that explains a skip: one whose pattern fits, and what it says is lacking really lacks."""
    for reason in EXPECTED:
        if match := re.search(reason.reason, why):
            name = reason.lacking or match.groupdict().get("name", "")
            if not name or not _is_there(name):
                return reason
    return None


def _why(report: pytest.TestReport | pytest.CollectReport) -> str:
    return str(report.longrepr[-1]).removeprefix("Skipped: ") if isinstance(report.longrepr, tuple) else ""


def _judged(report: _Report) -> _Report:
    """A skip that nobody expects is a failure; so is a lacking library where ATOZ_REQUIRE_TOOLS=1 promises them all."""
    if report.skipped and not hasattr(report, "wasxfail"):
        why = _why(report)
        if expected(why) is None:
            report.outcome, report.longrepr = "failed", f"skipped for a reason that nobody expects: {why}"
        elif environ.get("ATOZ_REQUIRE_TOOLS") == "1" and ("import" in why or "not installed" in why):
            report.outcome, report.longrepr = "failed", f"ATOZ_REQUIRE_TOOLS=1, but {why}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A module of tests that asks for a library before anything else, or one whose examples cannot be imported."""
    return _judged((yield))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """One test that asks for a library."""
    return _judged((yield))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Benchmarks and mutants are not collected unless the command names their folder."""
    asked = any(collection_path.name in argument for argument in config.args)
    return True if collection_path.name in {"benchmarks", "mutation"} and not asked else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Count the skips by their reason."""
    skipped = terminalreporter.stats.get("skipped", [])
    counts = Counter(reason.because if (reason := expected(_why(report))) else _why(report) for report in skipped)
    if counts:
        terminalreporter.section("skipped")
        for because, count in counts.most_common():
            terminalreporter.write_line(f"{count:5} {because}")
