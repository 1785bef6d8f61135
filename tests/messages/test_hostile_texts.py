"""No text, however it is made, costs more than a little: five seconds of CPU and a gigabyte at 100,000 characters."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest
from hostile_texts import TEXTS

from atoz.messages.checker import check_message

SECONDS, BYTES, LENGTH = 5, 1_000_000_000, 100_000
START_UP = 3
"""Seconds for the interpreter, the imports and the word lists, which no message pays twice."""

PROGRAM = """
import sys
from hostile_texts import TEXTS
from atoz.messages.checker import check_message
check_message(TEXTS[sys.argv[1]](int(sys.argv[2])), kind="reply")
"""


def limited():
    """What the child may use; the kernel ends it where it wants more."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS + START_UP, SECONDS + START_UP))
    resource.setrlimit(resource.RLIMIT_AS, (2 * BYTES, 2 * BYTES))  # address space, which is more than what is used


@pytest.mark.slow
@pytest.mark.usefixtures("unmeasured")
@pytest.mark.parametrize("name", TEXTS)
def test_a_hostile_text_is_checked_within_its_limits(name):
    """Each kind of text, in a process that is ended when it needs more."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, name, str(LENGTH)],
        cwd=Path(__file__).parent,
        preexec_fn=limited,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", TEXTS)
def test_every_kind_of_text_is_checked(name):
    """At a thousand characters, in every run of the tests."""
    text = TEXTS[name](1_000)
    assert all(0 <= finding.start <= finding.end <= len(text) for finding in check_message(text, kind="reply"))
