"""Print what the benchmarks found as ratios within one run: `pytest tests/benchmarks --benchmark-enable -s`."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

FINDINGS: list[tuple[str, str, str, str]] = []
"""The file that measured, what, what came out, what was aimed at."""


@pytest.fixture
def finding(benchmark, request: pytest.FixtureRequest) -> Iterator[Callable[[str, str, str], None]]:
    """Note one figure: what was measured, what came out, what was aimed at; a disabled benchmark measures nothing.

    An enabled one that notes nothing has measured nothing, and fails.
    """
    before = len(FINDINGS)

    def note(what: str, found: str, target: str) -> None:
        if benchmark.enabled:
            FINDINGS.append((request.path.stem, what, found, target))

    yield note
    assert not benchmark.enabled or len(FINDINGS) > before, "this benchmark has measured nothing"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print every figure that was noted, beside its target; `ATOZ_FIGURES` names a file that gets them too."""
    if FINDINGS:
        terminalreporter.section("figures")
        width = max(len(what) for _, what, _, _ in FINDINGS)
        for _, what, found, target in FINDINGS:
            terminalreporter.write_line(f"{what:<{width}}  {found:<28}  target {target}")
    if file := os.environ.get("ATOZ_FIGURES"):
        Path(file).write_text(json.dumps(FINDINGS), encoding="utf-8")
