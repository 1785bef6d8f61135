"""How the time of an exploration grows with its depth, and whether merging pays: ratios within one run."""

import os
import time

import pytest

from atoz.planner.policy import shipped_policies
from atoz.testing import explore


@pytest.mark.parametrize("policy", shipped_policies())
def test_explore_by_depth(policy: str, benchmark, finding) -> None:
    """A shipped policy under one edition, on every core: what holds, and what one more event costs."""
    depths = (3, 4) if benchmark.enabled else (0,)
    edition = {"current": "us-2026"}.get(policy, "faq-2016")
    workers = (os.cpu_count() or 1) if benchmark.enabled else 1
    seconds: list[float] = []
    for depth in depths:
        start = time.perf_counter()
        found = explore(policy, depth=depth, editions=[edition], workers=workers)
        seconds.append(time.perf_counter() - start)
        assert found.holds, str(found)
    benchmark.pedantic(lambda: None, rounds=1)
    each = 1000 * seconds[-1] / found.states
    stories = f"{found.states:,} states for {found.stories:,} stories"
    finding(f"exploring {policy} to depth 4", f"{seconds[-1]:.1f} s, {each:.2f} ms a state, {stories}", "none")
    finding(f"exploring {policy}, one event more", f"{seconds[-1] / seconds[0]:.1f} times the time", "none")
