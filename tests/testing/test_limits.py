"""An exploration that may not go on for ever: it stops, says what was not covered, and has an exit code of its own."""

import importlib.util
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from atoz.errors import InvalidDocument
from atoz.planner.policy import Policy
from atoz.testing import explore

_SPEC = importlib.util.spec_from_file_location("written", Path(__file__).with_name("written_policies.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
_WRITTEN = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_WRITTEN)
WHY, written = _WRITTEN.WHY, _WRITTEN.written

SMALL = written()


def hostile(steps: int) -> Policy:
    """A policy whose steps each ask for another amount, count and hour: combinations beyond all counting."""
    more = {
        f"step_{number}": {
            "action": "message_buyer",
            "when": {
                "status": ["under_review"],
                "amount_at_least": f"{number + 1}.00 USD",
                "messages_at_least": number,
                "buyer_messages_at_least": number,
                "hours_left_at_most": {"answer_amazon": number + 1},
            },
            "why": WHY,
        }
        for number in range(steps)
    }
    return written(**more)


@pytest.mark.parametrize("steps", [10, 20])
def test_hostile_steps_end_at_a_limit(steps):
    """Ten or twenty of them: no more states than asked for, and it says that it stopped."""
    exploration = explore(hostile(steps), depth=6, max_states=60)
    assert exploration.stopped
    assert 0 < exploration.states <= 60
    assert exploration.waiting > 0
    assert "stopped" in exploration.not_covered[0].en
    assert "提前停止" in exploration.say("zh")
    timed = explore(hostile(steps), depth=6, time_limit=timedelta(milliseconds=200))
    assert timed.stopped


@pytest.mark.slow
def test_without_a_limit_that_is_met_nothing_changes():
    """A limit above what there is to play leaves the result as it is, to the last figure."""
    whole = explore(SMALL, depth=1)
    assert not whole.stopped
    assert whole.waiting == 0
    assert explore(SMALL, depth=1, max_states=2 * whole.states, time_limit=timedelta(days=1)) == whole
    assert explore(SMALL, depth=1, max_states=2 * whole.states, workers=2) == whole


@pytest.fixture(scope="module")
def whole():
    """What there is to play without a limit."""
    return explore(SMALL, depth=2)


@pytest.mark.parametrize("states", [1, 2, 3, 10, 50, 200])
def test_wherever_it_stops_it_says_so(states, whole):
    """Every size of limit: states and stories are counted without a fault, and fewer than the whole."""
    part = explore(SMALL, depth=2, max_states=states)
    assert part.states <= max(states, 2)  # each of the two sellers plays one state at least
    assert part.stopped is (part.states < whole.states)
    assert part.stories <= whole.stories
    assert bool(part.waiting) is part.stopped


@pytest.mark.parametrize("limit", [{"max_states": 0}, {"max_states": -1}, {"time_limit": timedelta()}])
def test_a_limit_is_above_zero(limit):
    """Anything else is refused by name."""
    with pytest.raises(InvalidDocument, match=next(iter(limit))):
        explore(SMALL, depth=1, **limit)


def check(*arguments: str) -> subprocess.CompletedProcess[str]:
    """`atoz policy check` in a process of its own."""
    command = [sys.executable, "-m", "atoz", "policy", "check", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")


@pytest.mark.slow
def test_the_command_has_an_exit_code_of_its_own():
    """3 where it was stopped and nothing was wrong so far; 1 where something was; 2 for a limit that is none."""
    done = check("current", "--edition", "us-2026", "--depth", "1", "--max-states", "20", "--json")
    assert done.returncode == 3
    document = json.loads(done.stdout)
    assert document["stopped"] is True
    assert document["waiting"] > 0
    assert check("current", "--max-states", "0").returncode == 2
    assert check("current", "--time-limit", "nan").returncode == 2


@pytest.mark.slow
def test_a_violation_that_was_found_outweighs_the_limit():
    """A policy that breaks a rule at once fails, however soon it is stopped."""
    broken = written(answer=None, reply=None)
    exploration = explore(broken, depth=2)
    assert not exploration.holds
    sizes = [explore(broken, depth=2, max_states=states) for states in (20, exploration.states - 2)]
    assert sizes[-1].stopped
    assert not sizes[-1].holds
