"""For every test: hypothesis judges results, never the machine's speed; where every tool is required, none may lack."""

from collections.abc import Generator
from os import environ
from typing import TypeVar

import pytest
from hypothesis import settings

settings.register_profile("atoz", deadline=None)
settings.load_profile("atoz")

_Report = TypeVar("_Report", pytest.TestReport, pytest.CollectReport)


def _judged(report: _Report) -> _Report:
    """What `pytest.importorskip` skips is a failure where ATOZ_REQUIRE_TOOLS=1 promises that every library is there."""
    required = environ.get("ATOZ_REQUIRE_TOOLS") == "1"
    why = report.longrepr[-1] if isinstance(report.longrepr, tuple) else ""
    if required and report.skipped and "could not import" in why:
        report.outcome, report.longrepr = "failed", f"ATOZ_REQUIRE_TOOLS=1, but {why.removeprefix('Skipped: ')}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A module of tests that asks for a library before anything else."""
    return _judged((yield))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """One test that asks for a library."""
    return _judged((yield))
