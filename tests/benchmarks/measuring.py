"""How time and memory are measured: medians, in turn, and each process by itself."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple, TypeVar

_One, _Other = TypeVar("_One"), TypeVar("_Other")


class Finished(NamedTuple):
    """What one process took."""

    seconds: float
    mebibytes: float
    """Its peak; of processes that it starts, the largest counts, not the sum."""


_LAUNCHER = """
import resource, subprocess, sys, time
begun = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
taken = time.perf_counter() - begun
print(taken, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""The peak that a system notes for a process begins with that of its parent, so a small parent starts it."""


def run_process(*command: str | Path, env: Mapping[str, str] | None = None) -> Finished:
    """Run Python with these arguments in a process of its own; what it prints goes nowhere."""
    whole = [sys.executable, "-S", "-c", _LAUNCHER, sys.executable, *map(str, command)]
    done = subprocess.run(whole, check=True, env=env, stdout=subprocess.PIPE, text=True)
    seconds, peak = done.stdout.split()
    return Finished(float(seconds), int(peak) / (1024 if sys.platform != "darwin" else 1024**2))


def timed(work: Callable[[], _One], repeat: int) -> tuple[float, _One]:
    """The median of some runs in seconds, and the last result."""
    runs = [_run(work) for _ in range(repeat)]
    return statistics.median(seconds for seconds, _ in runs), runs[-1][1]


def raced(one: Callable[[], _One], other: Callable[[], _Other], repeat: int) -> tuple[float, float, _One, _Other]:
    """The medians of some runs of each, in turn, so that a slow moment falls on both; and the results."""
    firsts: list[float] = []
    seconds: list[float] = []
    for _ in range(repeat):
        first, one_result = _run(one)
        second, other_result = _run(other)
        firsts.append(first)
        seconds.append(second)
    return statistics.median(firsts), statistics.median(seconds), one_result, other_result


def _run(work: Callable[[], _One]) -> tuple[float, _One]:
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result
