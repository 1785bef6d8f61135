"""The scheduler among the examples: wherever it is killed, each message is kept exactly once, and at its time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from atoz import open_claim, plan
from atoz.model.events import InformationRequested
from atoz.store import ClaimStore
from atoz.testing import an_order

EXAMPLE = Path(__file__).parents[2] / "examples" / "12_scheduler.py"
ASKED = datetime(2026, 11, 20, 10, tzinfo=UTC)
ACT_BY = ASKED + timedelta(hours=72)
TICK = timedelta(microseconds=1)


@pytest.fixture(scope="module")
def scheduler() -> ModuleType:
    """The example as a module."""
    spec = spec_from_file_location("scheduler_example", EXAMPLE)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ClaimStore]:
    """A store with a claim that Amazon has asked about."""
    with ClaimStore.open(tmp_path / "claims.db") as opened:
        order = an_order(placed_at=ASKED - timedelta(days=30), deliver_by=None)
        filed = ASKED - timedelta(hours=1)
        stored = opened.add(open_claim(order, reason="not_received", filed_at=filed, edition="us-2026"))
        opened.append(stored.claim_id, InformationRequested(at=ASKED), expected_version=1)
        yield opened


def _reminders(scheduler: ModuleType, store: ClaimStore, now: datetime) -> list[int]:
    return [message.body["hours"] for message in scheduler.due_messages(store, now) if "hours" in message.body]


def test_a_reminder_is_due_from_its_very_instant(scheduler: ModuleType, store: ClaimStore):
    """A microsecond before it is not, and each stays due until it is sent."""
    assert plan(store.get("123-1234567-1234567").claim, as_of=ASKED, policy="current").act_by == ACT_BY
    for hours, so_far in ((24, []), (6, [24])):
        at = ACT_BY - timedelta(hours=hours)
        assert _reminders(scheduler, store, at - TICK) == so_far
        assert _reminders(scheduler, store, at) == [*so_far, hours]


def test_it_sleeps_until_something_is_due(scheduler: ModuleType, store: ClaimStore):
    """From one list or reminder to the next, and never past one."""
    now, wakings = ASKED, []
    while now < ACT_BY:
        later = scheduler.next_time(store, now)
        assert later > now
        now = later
        wakings.append(now)
    lists = [datetime(2026, 11, day, 9, tzinfo=UTC) for day in (21, 22, 23)]
    assert {*lists, ACT_BY - timedelta(hours=24), ACT_BY - timedelta(hours=6)} <= {*wakings}
    assert len(wakings) < 10


@pytest.mark.slow
def test_wherever_it_is_killed_each_message_is_kept_once(scheduler: ModuleType):
    """At the first message, at each later one, and not at all; it is killed after the receiver has the message."""
    whole = scheduler.show(kill_at=0)
    assert whole.arrived == len(whole.kept) == 8
    for kill_at in range(1, whole.arrived + 1):
        receiver = scheduler.show(kill_at)
        assert receiver.arrived == whole.arrived + 1
        assert receiver.kept == whole.kept
