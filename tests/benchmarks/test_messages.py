"""The checker's time against the length of the text: ten times the text may cost about ten times as much."""

import runpy
import statistics
import time
from pathlib import Path

import pytest

from atoz.messages.checker import check_message

TEXTS = runpy.run_path(str(Path(__file__).parent.parent / "messages" / "hostile_texts.py"))["TEXTS"]
SHORT = 10_000
TIMES = 10
TARGET = 30
"""A quadratic way would show a hundred; what lies between ten and this is the noise of a busy machine."""


def seconds(text: str) -> float:
    """CPU seconds of one check."""
    start = time.process_time()
    check_message(text, kind="reply")
    return time.process_time() - start


@pytest.mark.parametrize("name", TEXTS)
def test_time_grows_with_the_length(benchmark, finding, name):
    """Each hostile text at two lengths, in one run."""
    short = SHORT if benchmark.enabled else SHORT // 100
    seconds(TEXTS[name](short))  # the word lists are read
    first = statistics.median(seconds(TEXTS[name](short)) for _ in range(3))
    second = benchmark.pedantic(seconds, args=(TEXTS[name](short * TIMES),), rounds=1)
    finding(f"checking {name}, {TIMES} times the text", f"{second / first:.1f} times the time", f"<= {TARGET}")
    if benchmark.enabled:
        assert second / first <= TARGET
