"""One claim as a page: a single HTML file that needs no network and no scripts.

>>> from datetime import UTC
>>> from atoz.lifecycle.operations import open_claim
>>> from atoz.model.order import Order
>>> order = Order(order_id="123-1234567-1234567", marketplace="US", placed_at=datetime(2016, 6, 1, 15, tzinfo=UTC))
>>> claim = open_claim(order, reason="not_received", filed_at=datetime(2016, 7, 5, 16, tzinfo=UTC))
>>> claim_page(claim, as_of=datetime(2016, 7, 6, 16, tzinfo=UTC)).splitlines()[0]
'<!DOCTYPE html>'
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from atoz.lifecycle.operations import options
from atoz.model.claim import Claim, StruckOut
from atoz.model.events import AnyEvent, Event, Purpose
from atoz.model.marketplace import Marketplace
from atoz.model.money import Money
from atoz.model.order import RETURN_FACTS, TriState
from atoz.model.status import ClaimStatus
from atoz.model.text import Language
from atoz.planner.actions import Action
from atoz.planner.plan import Plan, PlannedAction, plan
from atoz.planner.policy import Policy
from atoz.planner.step_status import ActionState
from atoz.planner.worklist import worklist_row
from atoz.report.clock import minute_after
from atoz.report.formatting import format_day, format_money
from atoz.report.html import LANGUAGES, render_page
from atoz.report.phrases import say
from atoz.report.state_diagram_layout import draw_machine, possible
from atoz.rulebook.deadlines import Deadline
from atoz.rulebook.edition import Edition, passed_editions
from atoz.rulebook.explanation import Explanation

EntryKind = Literal["order", "event", "struck", "deadline", "action", "window", "now"]


class Entry(NamedTuple):
    """One line of the timeline, in one language."""

    at: datetime
    """Where it stands in the order of time; for a day, its first instant, or its last where the day is an end."""
    stamp: str
    """The day or instant as ISO 8601."""
    when: str
    """The day in words; empty for an instant, which the page writes itself."""
    kind: EntryKind
    title: str
    facts: tuple[tuple[str, str | datetime], ...] = ()
    """What is known about it: a label and a value, the value as somebody wrote it."""
    explanation: Explanation | None = None
    action: PlannedAction | None = None


def timeline(claim: Claim, plan: Plan, language: Language, editions: tuple[Edition, ...] = ()) -> tuple[Entry, ...]:
    """Everything that has an instant or a day, earliest first; what happens at the same instant keeps its order."""
    entries = [
        *_order_facts(claim, language),
        *_window(claim, plan, language, editions),
        *(_event(event, language) for event in claim.history),
        *(_struck_out(struck, language) for struck in claim.struck_out),
        *(_deadline(claim, deadline, language, editions) for deadline in plan.deadlines if deadline.due_at),
        *_actions(plan, language),
        _instant(plan.as_of, "now", say("timeline_now", language)),
    ]
    return tuple(sorted(entries, key=lambda entry: entry.at))


def _instant(at: datetime, kind: EntryKind, title: str) -> Entry:
    return Entry(at, at.isoformat(), "", kind, title)


def _day(claim: Claim, day: date, kind: EntryKind, title: str, language: Language, *, end: bool) -> Entry:
    at = datetime.combine(day, time.max if end else time.min, claim.order.zone)
    return Entry(at, day.isoformat(), format_day(day, language), kind, title)


def _order_facts(claim: Claim, language: Language) -> Iterator[Entry]:
    order = claim.order
    for name in ("placed_at", "first_contact_at", "first_reply_at", "delivered_at", *RETURN_FACTS):
        at: datetime | None = getattr(order, name)
        if at:
            yield _instant(at, "order", say(f"fact_{name}", language))
    if order.deliver_by:
        yield _day(claim, order.deliver_by, "order", say("fact_deliver_by", language), language, end=True)


def _window(claim: Claim, plan: Plan, language: Language, editions: tuple[Edition, ...]) -> Iterator[Entry]:
    window = plan.window
    if window.opens:
        entry = _day(claim, window.opens, "window", say("timeline_opens", language), language, end=False)
        yield entry._replace(explanation=window.explain(editions=editions))
    if window.closes:
        entry = _day(claim, window.closes, "window", say("timeline_closes", language), language, end=True)
        yield entry._replace(explanation=window.explain(editions=editions))


def _event(event: AnyEvent, language: Language) -> Entry:
    entry = _instant(event.at, "event", say(f"event_{event.kind}", language))
    return entry._replace(facts=tuple(_facts(event, language)))


def _struck_out(struck: StruckOut, language: Language) -> Entry:
    """An event that turned out wrong: it stands where it stood, crossed out, with the reason first."""
    entry = _event(struck.event, language)
    because = (say("fact_struck_out_because", language), struck.reason)
    return entry._replace(
        kind="struck", title=say("struck_out", language, what=entry.title), facts=(because, *entry.facts)
    )


def _facts(event: AnyEvent, language: Language) -> Iterator[tuple[str, str | datetime]]:
    """Who, from where, and every field of its own that an event has."""
    yield say("fact_actor", language), say(f"actor_{event.actor}", language)
    yield say("fact_learnt_from", language), say(f"learnt_from_{event.learnt_from}", language)
    for name in type(event).model_fields:
        value: object = getattr(event, name)
        if name not in {*Event.model_fields, "kind", "actor"} and value is not None:
            yield say(f"field_{name}", language), _value(value, language)
    if event.note:
        yield say("fact_note", language), event.note


def _value(value: object, language: Language) -> str | datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, Money):
        return format_money(value, language)
    if isinstance(value, ClaimStatus):
        return value.label(language)
    if isinstance(value, Purpose):
        return Action(value).label(language)
    if isinstance(value, bool):
        return say(f"known_{TriState.YES if value else TriState.NO}", language)
    return say(f"known_{value}", language) if isinstance(value, TriState) else str(value)


def _deadline(claim: Claim, deadline: Deadline, language: Language, editions: tuple[Edition, ...]) -> Entry:
    at = deadline.due_at or claim.updated_at
    state = say(f"deadline_{deadline.effective_state or deadline.state}", language)
    title = say("timeline_deadline", language, what=deadline.name.label(language), state=state)
    return _instant(at, "deadline", title)._replace(explanation=deadline.explain(editions=editions))


def _actions(plan: Plan, language: Language) -> Iterator[Entry]:
    """From when an action is to be done, and by when, where no deadline says so already."""
    due_anyway = {deadline.due_at for deadline in plan.deadlines}
    for action in plan.actions:
        if action.state is ActionState.LATER and action.at:
            title = say("timeline_from", language, what=action.action.label(language))
            yield _instant(action.at, "action", title)._replace(action=action)
        open_still = action.state in (ActionState.NOW, ActionState.LATER)
        if open_still and action.due_at and action.due_at not in due_anyway:
            title = say("timeline_by", language, what=action.action.label(language))
            yield _instant(action.due_at, "action", title)._replace(action=action)
    if plan.look_again_at:
        title = say("timeline_look", language)
        yield _instant(minute_after(plan.look_again_at), "action", title)


def claim_page(
    claim: Claim,
    *,
    as_of: datetime,
    policy: str | Policy | None = None,
    language: Language = "en",
    zone: ZoneInfo | None = None,
    editions: Iterable[Edition] = (),
) -> str:
    """A claim at an aware instant as one HTML page in both languages; `language` is shown first.

    Times are on the marketplace's wall clock; with a `zone`, on that of the zone beside it.
    The same input gives the same page, byte for byte. `editions` are those of your own that the claim may name.

    Raises:
        UnknownName: no such policy, or there is no edition of the claim's id.
        EditionMissing: the claim names an edition of your own that was not passed, or whose text has changed.
        InvalidDocument: `as_of` is naive.
        MissingExtra: the extra `report` is not installed.
    """
    passed = passed_editions(editions)
    made = plan(claim, as_of=as_of, policy=policy, editions=passed)
    title = say("page_title", language, order=made.order_id, status=made.status.label(language))
    bodies = [_body(claim, made, language, passed) for language in LANGUAGES]
    return render_page("claim.html", title=title, first=language, bodies=bodies, own=zone)


def _body(claim: Claim, plan: Plan, language: Language, editions: tuple[Edition, ...]) -> dict[str, object]:
    """Everything that the template shows in one language."""
    answers = options(claim, max(plan.as_of, claim.updated_at), editions=editions)
    return {
        "claim": claim,
        "plan": plan,
        "zone": claim.order.zone,
        "row": worklist_row(claim, plan),
        "drawing": draw_machine(claim),
        "ways": [(row, answers[row.event]) for row in possible(claim)],
        "timeline": timeline(claim, plan, language, editions),
        "edition": Edition.named(plan.edition, editions),
        "own_editions": editions,
        "marketplace": Marketplace.of(claim.order.marketplace),
    }
