"""What a claim puts into a calendar: an entry for each deadline and step, which keeps its identity for ever.

A later file moves or cancels the entry of an earlier one. What an earlier file may have held is told from the history:
the plan as it was at every event.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal, NamedTuple

from atoz.lifecycle.replay import claim_after
from atoz.model.claim import Claim
from atoz.model.text import Language
from atoz.planner.actions import Action
from atoz.planner.plan import Plan, PlannedAction, plan
from atoz.planner.policy import Policy
from atoz.planner.policy_choice import policy_for
from atoz.planner.step_status import ActionState
from atoz.report.formatting import format_instant, format_money
from atoz.report.phrases import say
from atoz.rulebook.counted_history import CountedHistory
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.deadlines import Deadline, DeadlineState
from atoz.rulebook.edition import Edition
from atoz.rulebook.explanation import Step

MOST_EVENTS_PLANNED = 10_000
"""Events that all plans of one claim read together, so that a calendar takes time in proportion to the history: a claim
of up to a hundred events is planned after each of them, and after the last few of a longer history."""


class Appointment(NamedTuple):
    """One entry of the calendar, before it is written."""

    uid: str
    kind: Literal["deadline", "action"]
    start: datetime
    end: datetime | None
    summary: str
    lines: tuple[str, ...]
    live: bool
    """Whether it still stands; one that does not is cancelled, so that calendars let go of it."""
    due_at: datetime | None = None
    """What its alarms ring before; none if nothing sets an end."""
    rings: bool = True
    """Whether it rings: not a deadline that another rule wants met sooner, which has an entry that does."""


def appointments(
    claim: Claim, now: datetime, policy: Policy | None, language: Language, editions: tuple[Edition, ...] = ()
) -> tuple[Appointment, ...]:
    """Everything that a claim puts into a calendar now, and what it may have put there before, by start."""
    by_uid: dict[str, Appointment] = {}
    if _plans(len(claim.history)) < len(claim.history):
        by_uid = {
            appointment.uid: appointment for appointment in _any_before(claim, policy or policy_for(claim), language)
        }
    for made in _plans_before(claim, now, policy, editions):
        by_uid |= {
            appointment.uid: appointment._replace(live=False)
            for appointment in _appointments(claim, made, language)
            if appointment.live
        }
    by_uid |= {
        appointment.uid: appointment
        for appointment in _appointments(claim, plan(claim, as_of=now, policy=policy, editions=editions), language)
        if appointment.live or appointment.uid in by_uid
    }
    return tuple(sorted(by_uid.values(), key=lambda appointment: (appointment.start, appointment.uid)))


def _plans_before(claim: Claim, now: datetime, policy: Policy | None, editions: tuple[Edition, ...]) -> Iterator[Plan]:
    """The plan as it was right after each of the last events, the very last included."""
    history = CountedHistory.of(claim, editions)
    passed = [entry for entry in history.entries[history.beginning.place :] if entry.event.at <= now]
    for entry in passed[-_plans(len(passed)) :]:
        yield plan(claim_after(claim, entry), as_of=entry.event.at, policy=policy, editions=editions)


def _plans(events: int) -> int:
    """After how many of so many events a plan is made: all of an ordinary claim's, fewer the longer each plan takes."""
    return max(1, MOST_EVENTS_PLANNED // max(events, 1))


def _any_before(claim: Claim, policy: Policy, language: Language) -> Iterator[Appointment]:
    """Every entry that any file of this claim may have held, cancelled: for a history too long to plan each event."""
    order, at = claim.order.order_id, claim.updated_at
    for name in DeadlineName:
        what = name.label(language)
        for kind, code in (("deadline", "calendar_deadline"), ("act-by", "calendar_act_by")):
            summary = say(code, language, what=what, order=order)
            yield Appointment(f"atoz-{order}-{kind}-{name}", "deadline", at, None, summary, (), live=False)
    for step in policy.steps:
        summary = say("calendar_action", language, what=step.action.label(language), order=order)
        uid = f"atoz-{order}-step-{policy.id}-{step.id}"
        yield Appointment(uid, "action", at, None, summary, (), live=False)


def _appointments(claim: Claim, made: Plan, language: Language) -> Iterator[Appointment]:
    for deadline in made.deadlines:
        if deadline.due_at:
            live = deadline.state is DeadlineState.OPEN
            rings = not deadline.readings or deadline.act_by == deadline.due_at
            yield _deadline(
                claim, deadline, deadline.due_at, _by_the_pinned(claim, deadline, language), language
            )._replace(live=live, rings=rings)
        if deadline.act_by and deadline.act_by != deadline.due_at:
            lines = _by_each(claim, deadline, language)
            yield _deadline(claim, deadline, deadline.act_by, lines, language, act_by=True)
    for action in made.actions:
        if action.at and action.action is not Action.WAIT:
            yield _action(claim, made, action, action.at, language)


def _deadline(
    claim: Claim, deadline: Deadline, at: datetime, lines: Iterator[str], language: Language, *, act_by: bool = False
) -> Appointment:
    """A deadline's entry: at its pinned instant, or at the earliest of every rule's, and then it says whose that is."""
    order = claim.order.order_id
    kind, code = ("act-by", "calendar_act_by") if act_by else ("deadline", "calendar_deadline")
    return Appointment(
        uid=f"atoz-{order}-{kind}-{deadline.name}",
        kind="deadline",
        start=at,
        end=None,
        summary=say(code, language, what=deadline.name.label(language), order=order),
        lines=(*_about(claim, language), *lines),
        live=True,
        due_at=at,
    )


def _by_the_pinned(claim: Claim, deadline: Deadline, language: Language) -> Iterator[str]:
    """When a deadline is due by the claim's own edition, what silence costs, and how it was counted."""
    if deadline.due_at:
        yield say("due_at", language, at=format_instant(deadline.due_at, claim.order.zone, language))
    if deadline.on_expiry:
        yield say("silence", language, says=deadline.on_expiry.says.say(language))
    yield from (_step(step, language) for step in deadline.steps)


def _by_each(claim: Claim, deadline: Deadline, language: Language) -> Iterator[str]:
    """When it is due by each rule whose clock runs."""
    for reading in deadline.readings:
        if reading.runs and reading.due_at:
            at = format_instant(reading.due_at, claim.order.zone, language)
            yield say("reading", language, edition=reading.edition, at=at)


def _step(step: Step, language: Language) -> str:
    return f"{step.says.say(language)} [{step.source.short(language)}]" if step.source else step.says.say(language)


def _action(claim: Claim, made: Plan, step: PlannedAction, at: datetime, language: Language) -> Appointment:
    order, zone = claim.order.order_id, claim.order.zone
    return Appointment(
        uid=f"atoz-{order}-step-{made.policy}-{step.step}",
        kind="action",
        start=at,
        end=step.due_at if step.due_at and step.due_at > at else None,
        summary=say("calendar_action", language, what=step.action.label(language), order=order),
        lines=(
            *_about(claim, language),
            *((say("due_at", language, at=format_instant(step.due_at, zone, language)),) if step.due_at else ()),
            f"{step.why.say(language)} [{step.source.short(language)}]",
        ),
        live=step.state in (ActionState.NOW, ActionState.LATER),
        due_at=step.due_at,
    )


def _about(claim: Claim, language: Language) -> tuple[str, ...]:
    money = (say("calendar_money", language, amount=format_money(claim.amount, language)),) if claim.amount else ()
    return (f"{claim.status.label(language)}; {claim.reason.label(language)}", *money)
