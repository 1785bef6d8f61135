"""Deadlines and due actions as an iCalendar file that a calendar imports, and imports again, without doubling.

Each deadline and each step of a claim keeps its identity for ever, so that a later file moves or cancels the entry of
an earlier one. What an earlier file may have held is told from the history: the plan as it was at every event.

>>> from datetime import UTC
>>> from atoz.lifecycle.operations import open_claim
>>> from atoz.model.order import Order
>>> order = Order(order_id="123-1234567-1234567", marketplace="US", placed_at=datetime(2016, 6, 1, 15, tzinfo=UTC))
>>> claim = open_claim(order, reason="not_received", filed_at=datetime(2016, 7, 5, 16, tzinfo=UTC))
>>> calendar([claim], as_of=datetime(2016, 7, 6, 16, tzinfo=UTC)).splitlines()[0]
'BEGIN:VCALENDAR'
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from atoz.errors import MissingExtra, printable
from atoz.lifecycle.replay import claim_after
from atoz.model.claim import Claim
from atoz.model.instant import instant_argument
from atoz.model.intervals import interval
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
from atoz.rulebook.edition import Edition, passed_editions
from atoz.rulebook.explanation import Step

try:
    from icalendar import Alarm, Calendar, Component, Event
except ModuleNotFoundError as missing:
    raise MissingExtra("a calendar", "report") from missing


MOST_EVENTS_PLANNED = 10_000
"""Events that all plans of one claim read together, so that a calendar takes time in proportion to the history: a claim
of up to a hundred events is planned after each of them, and after the last few of a longer history."""


class Appointment(NamedTuple):
    """One entry of the calendar, before it is written."""

    uid: str
    kind: str
    start: datetime
    end: datetime | None
    summary: str
    lines: tuple[str, ...]
    live: bool
    """Whether it still stands; one that does not is cancelled, so that calendars let go of it."""


def calendar(
    claims: Iterable[Claim],
    *,
    as_of: datetime,
    policy: str | Policy | None = None,
    language: Language = "en",
    editions: Iterable[Edition] = (),
) -> str:
    """An iCalendar file of every deadline and due action of some claims at an aware instant.

    Instants are in UTC, which every calendar shows in its owner's zone. A file made for a later instant supersedes.
    `editions` are those of your own that the claims may name.

    Raises:
        UnknownName: no such policy, or there is no edition of a claim's id.
        EditionMissing: a claim names an edition of your own that was not passed, or whose text has changed.
        InvalidDocument: `as_of` is naive.
        MissingExtra: the extra `report` is not installed.
    """
    now, passed = instant_argument("as_of", as_of), passed_editions(editions)
    chosen = Policy.named(policy) if isinstance(policy, str) else policy
    book = Calendar()
    _put(book, "prodid", "-//atoz//A-to-z Guarantee claims//EN")
    _put(book, "version", "2.0")
    _put(book, "method", "PUBLISH")
    _put(book, "x-wr-calname", say("calendar_name", language))
    for claim in claims:
        for appointment in appointments(claim, now, chosen, language, passed):
            book.add_component(_written(appointment, now))
    written: bytes = book.to_ical()
    return written.decode("utf-8")


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
            yield _deadline(claim, deadline, deadline.due_at, language)
        if deadline.act_by and deadline.act_by != deadline.due_at:
            yield _act_by(claim, deadline, deadline.act_by, language)
    for action in made.actions:
        if action.at and action.action is not Action.WAIT:
            yield _action(claim, made, action, action.at, language)


def _deadline(claim: Claim, deadline: Deadline, due_at: datetime, language: Language) -> Appointment:
    order = claim.order.order_id
    silence = deadline.on_expiry
    return Appointment(
        uid=f"atoz-{order}-deadline-{deadline.name}",
        kind="deadline",
        start=due_at,
        end=None,
        summary=say("calendar_deadline", language, what=deadline.name.label(language), order=order),
        lines=(
            *_about(claim, language),
            say("due_at", language, at=format_instant(due_at, claim.order.zone, language)),
            *((say("silence", language, says=silence.says.say(language)),) if silence else ()),
            *(_step(step, language) for step in deadline.steps),
        ),
        live=deadline.state is DeadlineState.OPEN,
    )


def _act_by(claim: Claim, deadline: Deadline, at: datetime, language: Language) -> Appointment:
    """The entry of a stricter rule than the one that the claim is counted by: it comes first, and says whose it is."""
    order, zone = claim.order.order_id, claim.order.zone
    return Appointment(
        uid=f"atoz-{order}-act-by-{deadline.name}",
        kind="deadline",
        start=at,
        end=None,
        summary=say("calendar_act_by", language, what=deadline.name.label(language), order=order),
        lines=(
            *_about(claim, language),
            *(
                say("reading", language, edition=reading.edition, at=format_instant(reading.due_at, zone, language))
                for reading in deadline.readings
                if reading.runs and reading.due_at
            ),
        ),
        live=True,
    )


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
    )


def _about(claim: Claim, language: Language) -> tuple[str, ...]:
    money = (say("calendar_money", language, amount=format_money(claim.amount, language)),) if claim.amount else ()
    return (f"{claim.status.label(language)}; {claim.reason.label(language)}", *money)


def _written(appointment: Appointment, now: datetime) -> Event:
    """The entry as iCalendar has it; the sequence grows with the instant that was asked about."""
    event = Event()
    _put(event, "uid", appointment.uid)
    _put(event, "dtstamp", now)
    _put(event, "sequence", int(now.timestamp()) // 60)
    _put(event, "dtstart", appointment.start)
    if appointment.end:
        _put(event, "dtend", appointment.end)
    _put(event, "summary", appointment.summary)
    _put(event, "description", "\n".join(appointment.lines))
    _put(event, "transp", "TRANSPARENT")
    _put(event, "status", "CONFIRMED" if appointment.live else "CANCELLED")
    last = interval("atoz.report", "alarm_before_end")
    first = interval("atoz.report", "alarm_before_deadline")
    alarms = {"deadline": (-first, -last), "action": (timedelta(0),)}
    for before in alarms[appointment.kind] if appointment.live else ():
        event.add_component(_alarm(appointment, before))
    if appointment.live and appointment.end and appointment.end - appointment.start > last:
        ends = _alarm(appointment, -last)
        ends["trigger"].params["RELATED"] = "END"
        event.add_component(ends)
    return event


def _alarm(appointment: Appointment, before: timedelta) -> Alarm:
    alarm = Alarm()
    _put(alarm, "action", "DISPLAY")
    _put(alarm, "description", appointment.summary)
    _put(alarm, "trigger", before)
    return alarm


def _put(part: Component, name: str, value: object) -> None:
    """Add a property, which the library turns into its own type."""
    part.add(name, printable(value) if isinstance(value, str) else value)  # pyright: ignore[reportUnknownMemberType]  (the library leaves its values untyped)
