"""The timeline of a claim: facts, events, deadlines, what is planned, and the instant that was asked about."""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Literal, NamedTuple

from atoz.model.claim import Claim
from atoz.model.events import AnyEvent, Event, Purpose
from atoz.model.language import Language
from atoz.model.money import Money
from atoz.model.order import Known
from atoz.model.status import ClaimStatus
from atoz.planner.action import Action
from atoz.planner.plan import Plan, PlannedAction
from atoz.planner.schedule import ActionState
from atoz.report.page_values import shown_day, shown_instant, shown_money
from atoz.report.words import say
from atoz.rulebook.deadlines import Deadline
from atoz.rulebook.explanation import Explanation

EntryKind = Literal["order", "event", "deadline", "action", "window", "now"]


class Entry(NamedTuple):
    """One line of the timeline, in one language."""

    at: datetime
    """Where it stands in the order of time; for a day, its first instant, or its last where the day is an end."""
    stamp: str
    """The day or instant as ISO 8601."""
    when: str
    kind: EntryKind
    title: str
    facts: tuple[tuple[str, str], ...] = ()
    """What is known about it: a label and a value, the value as somebody wrote it."""
    explanation: Explanation | None = None
    action: PlannedAction | None = None


def timeline(claim: Claim, plan: Plan, language: Language) -> tuple[Entry, ...]:
    """Everything that has an instant or a day, earliest first; what happens at the same instant keeps its order."""
    entries = [
        *_order_facts(claim, language),
        *_window(claim, plan, language),
        *(_event(claim, event, language) for event in claim.history),
        *(_deadline(claim, each, language) for each in plan.deadlines if each.due_at),
        *_actions(claim, plan, language),
        _instant(claim, plan.as_of, "now", say("timeline_now", language), language),
    ]
    return tuple(sorted(entries, key=lambda entry: entry.at))


def _instant(claim: Claim, at: datetime, kind: EntryKind, title: str, language: Language) -> Entry:
    return Entry(at, at.isoformat(), shown_instant(at, claim.order.zone, language), kind, title)


def _day(claim: Claim, day: date, kind: EntryKind, title: str, language: Language, *, end: bool) -> Entry:
    at = datetime.combine(day, time.max if end else time.min, claim.order.zone)
    return Entry(at, day.isoformat(), shown_day(day, language), kind, title)


def _order_facts(claim: Claim, language: Language) -> Iterator[Entry]:
    order = claim.order
    for name in ("placed_at", "first_contact_at", "delivered_at"):
        at: datetime | None = getattr(order, name)
        if at:
            yield _instant(claim, at, "order", say(f"fact_{name}", language), language)
    if order.deliver_by:
        yield _day(claim, order.deliver_by, "order", say("fact_deliver_by", language), language, end=True)


def _window(claim: Claim, plan: Plan, language: Language) -> Iterator[Entry]:
    window = plan.window
    if window.opens:
        entry = _day(claim, window.opens, "window", say("timeline_opens", language), language, end=False)
        yield entry._replace(explanation=window.explain())
    if window.closes:
        entry = _day(claim, window.closes, "window", say("timeline_closes", language), language, end=True)
        yield entry._replace(explanation=window.explain())


def _event(claim: Claim, event: AnyEvent, language: Language) -> Entry:
    entry = _instant(claim, event.at, "event", say(f"event_{event.kind}", language), language)
    return entry._replace(facts=tuple(_facts(claim, event, language)))


def _facts(claim: Claim, event: AnyEvent, language: Language) -> Iterator[tuple[str, str]]:
    """Who, from where, and every field of its own that an event has."""
    yield say("fact_actor", language), say(f"actor_{event.actor}", language)
    yield say("fact_learnt_from", language), say(f"learnt_from_{event.learnt_from}", language)
    for name in type(event).model_fields:
        value: object = getattr(event, name)
        if name not in {*Event.model_fields, "kind", "actor"} and value is not None:
            yield say(f"field_{name}", language), _value(claim, value, language)
    if event.note:
        yield say("fact_note", language), event.note


def _value(claim: Claim, value: object, language: Language) -> str:
    if isinstance(value, datetime):
        return shown_instant(value, claim.order.zone, language)
    if isinstance(value, Money):
        return shown_money(value, language)
    if isinstance(value, ClaimStatus):
        return value.label(language)
    if isinstance(value, Purpose):
        return Action(value).label(language)
    if isinstance(value, bool):
        return say(f"known_{Known.YES if value else Known.NO}", language)
    return say(f"known_{value}", language) if isinstance(value, Known) else str(value)


def _deadline(claim: Claim, found: Deadline, language: Language) -> Entry:
    at = found.due_at or claim.updated_at
    state = say(f"deadline_{found.state}", language)
    title = say("timeline_deadline", language, what=found.name.label(language), state=state)
    return _instant(claim, at, "deadline", title, language)._replace(explanation=found.explain())


def _actions(claim: Claim, plan: Plan, language: Language) -> Iterator[Entry]:
    """From when an action is to be done, and by when, where no deadline says so already."""
    due_anyway = {each.due_at for each in plan.deadlines}
    for each in plan.actions:
        if each.state is ActionState.LATER and each.at:
            title = say("timeline_from", language, what=each.action.label(language))
            yield _instant(claim, each.at, "action", title, language)._replace(action=each)
        open_still = each.state in (ActionState.NOW, ActionState.LATER)
        if open_still and each.due_at and each.due_at not in due_anyway:
            title = say("timeline_by", language, what=each.action.label(language))
            yield _instant(claim, each.due_at, "action", title, language)._replace(action=each)
    if plan.look_again_at:
        title = say("timeline_look", language)
        yield _instant(claim, plan.look_again_at, "action", title, language)
