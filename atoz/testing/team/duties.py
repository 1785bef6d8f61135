"""The duties of a policy: its steps that are there to meet a deadline of the seller's, under each edition."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from atoz.model.events import EVENT_CLASSES
from atoz.model.history import STATUS_CHANGED
from atoz.model.marketplace import Marketplace
from atoz.planner.policy import Policy
from atoz.planner.policy_steps import PolicyStep, RelativeTime
from atoz.rulebook.date_arithmetic import Unit, add_to_instant
from atoz.rulebook.deadline_basis import deadline_rule
from atoz.rulebook.deadline_clock import DeadlineName, clock
from atoz.rulebook.edition import Edition
from atoz.testing.builders import home_of


class Duty(NamedTuple):
    """A step, and how long it may take from what starts the deadline's clock."""

    step: str
    deadline: DeadlineName
    starts_with: tuple[str, ...]
    value: int
    unit: Unit
    zone: str
    """The marketplace's, whose local days count; UTC where only hours are counted."""
    not_before: RelativeTime | None

    def window(self, arrival: datetime) -> tuple[datetime, datetime]:
        """From when to when the step can be done in time, if what starts the clock arrives at an instant in UTC.

        At the last instant the deadline is still met.
        """
        zone = ZoneInfo(self.zone)
        due_at = add_to_instant(arrival, self.value, self.unit, zone)
        if self.not_before is None:
            return arrival, due_at
        if self.not_before.before is not None:
            early = add_to_instant(due_at, -self.not_before.value, self.not_before.unit, zone)
            return max(arrival, early), due_at
        return add_to_instant(arrival, self.not_before.value, self.not_before.unit, zone), due_at


class UncountedDuty(NamedTuple):
    """A step whose time cannot be told from its deadline's start alone, and why: `no_figure` or `other_start`."""

    step: str
    deadline: DeadlineName
    why: str


def duties_of(policy: Policy, edition: Edition) -> Iterator[Duty | UncountedDuty]:
    """Every duty of a policy under an edition, in the order of its steps.

    >>> [duty.step for duty in duties_of(Policy.named("current"), Edition.named("us-2026"))][:2]
    ['reply_to_the_buyer', 'authorise_the_return']
    """
    for step in policy.steps:
        if step.serves is None or clock(step.serves).party != "seller":
            continue
        rule = deadline_rule(edition, step.serves)
        starts = _starts(step, rule.starts_with if rule else clock(step.serves).starts_with)
        if rule is None:
            yield UncountedDuty(step.id, step.serves, "no_figure")
        elif starts and not _counts_from(step.not_before, step.serves, starts):
            yield UncountedDuty(step.id, step.serves, "other_start")
        elif starts:
            by_day = {rule.unit, step.not_before.unit if step.not_before else Unit.HOUR} != {Unit.HOUR}
            zone = Marketplace.of(home_of(edition)).zone if by_day else "UTC"
            yield Duty(step.id, step.serves, starts, rule.value, rule.unit, zone, step.not_before)


def _starts(step: PolicyStep, starts_with: Sequence[str]) -> tuple[str, ...]:
    """What starts the clock while the step applies: one for a claim that Amazon asks about needs its question."""
    other = {None: None, True: "filed", False: "information_requested"}[step.when.asked_by_amazon]
    return tuple(start for start in starts_with if start != other)


def _counts_from(time: RelativeTime | None, deadline: DeadlineName, starts: Sequence[str]) -> bool:
    """Whether the start of a step follows from the start of the deadline's clock."""
    if time is None:
        return True
    if time.before is not None:
        return time.before is deadline
    return all(start == time.after or (time.after == STATUS_CHANGED and _changes_status(start)) for start in starts)


def _changes_status(start: str) -> bool:
    event_class = EVENT_CLASSES.get(start)
    return event_class is not None and event_class.leads_to is not None
