"""How states and time grow with depth, and whether merging pays: ratios within one run, printed, never asserted."""

import os
import time

import pytest

from atoz.planner.policy import shipped_policies
from atoz.testing import explore


@pytest.mark.parametrize("policy", shipped_policies())
def test_explore_by_depth(policy: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A shipped policy to depth 6 under every edition that it names, on every core: what holds and what it costs."""
    if not os.environ.get("ATOZ_BENCH"):
        pytest.skip("set ATOZ_BENCH=1 to explore to the full depth")
    lines = [f"{policy}: depth, states, stories, merged, seconds, milliseconds a state"]
    for depth in range(7):
        start = time.perf_counter()
        found = explore(policy, depth=depth, workers=os.cpu_count() or 1)
        took = time.perf_counter() - start
        each = 1000 * took / found.states
        lines.append(f"{depth:>6} {found.states:>9,} {found.stories:>16,} {found.merged:>9,} {took:>8.1f} {each:>6.2f}")
        assert found.holds, str(found)
    with capsys.disabled():
        print("\n" + "\n".join(lines))
