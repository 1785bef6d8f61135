"""Print what the benchmarks found as ratios within one run: `pytest tests/benchmarks --benchmark-enable -s`."""

from collections.abc import Callable

import pytest

FINDINGS: list[tuple[str, str, str]] = []


@pytest.fixture
def finding(benchmark) -> Callable[[str, str, str], None]:
    """Note one figure: what was measured, what came out, what was aimed at; a disabled benchmark measures nothing."""

    def note(what: str, found: str, target: str) -> None:
        if benchmark.enabled:
            FINDINGS.append((what, found, target))

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print every figure that was noted, beside its target."""
    if FINDINGS:
        terminalreporter.section("figures")
        width = max(len(what) for what, _, _ in FINDINGS)
        for what, found, target in FINDINGS:
            terminalreporter.write_line(f"{what:<{width}}  {found:<28}  target {target}")
