"""What the figures are measured with: a process's own peak, and a run that counts for nothing by itself."""

import itertools
import time

from .measuring import raced, run_process, timed


def test_the_peak_is_that_of_the_process_and_not_of_who_starts_it():
    """A parent that holds 400 MiB starts a process that holds next to nothing, and one that holds 200 MiB."""
    held = bytearray(400 * 2**20)
    held[:: 2**12] = b"x" * len(held[:: 2**12])
    small = run_process("-S", "-c", "pass")
    large = run_process("-S", "-c", "held = b'x' * (200 * 2**20)")
    assert small.mebibytes < 100
    assert 200 <= large.mebibytes < 300
    assert small.seconds > 0
    del held


def test_one_slow_run_decides_nothing():
    """The median of some runs; the results are those of the last."""
    waits, numbers = itertools.chain([0.2], itertools.repeat(0.0)), itertools.count(1)
    seconds, count = timed(lambda: (time.sleep(next(waits)), next(numbers))[1], 3)
    assert (seconds < 0.2, count) == (True, 3)
    first, second, one, other = raced(lambda: "one", lambda: "other", 3)
    assert (first < 1, second < 1, one, other) == (True, True, "one", "other")
