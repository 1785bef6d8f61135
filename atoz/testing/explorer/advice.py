"""Advice: what two plans tell a seller to do at one instant, and what of it differs.

Instants that are over count for nothing but being over, as in the keys of states; steps that are done are no advice.
A step of both policies is the same one if its id and its action are; what only one of them has is compared by action,
so that a step under another name is no difference.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

from atoz.model.enums import LabelledEnum
from atoz.model.text import Text, fill
from atoz.planner.actions import Action
from atoz.planner.plan import DoNot, Plan, PlannedAction
from atoz.planner.policy import Policy
from atoz.planner.step_status import ActionState
from atoz.rulebook.explanation import shown


class DifferenceKind(LabelledEnum, package="atoz.testing", prefix="differs_"):
    """What two policies differ in, the worst first."""

    MISSED_DEADLINE = "missed_deadline"
    """Who follows one of them misses a deadline that the other meets."""
    ACTION = "action"
    """Something to do now that only one of them has."""
    WARNING = "warning"
    """Something not to do that only one of them says."""
    PLANNED = "planned"
    """Something that only one of them plans for later, or lists as missed."""
    TIME = "time"
    """When something is to be done, or by when."""
    ORDER = "order"
    """What comes first."""
    WORDING = "wording"
    """The words, the template or the source."""
    LOOK_AGAIN = "look_again"
    """When to look at the claim again."""


Words = tuple[Text, Text]
"""What each of two plans says."""


class AdviceDifference(NamedTuple):
    """One thing that two plans say differently."""

    kind: DifferenceKind
    subject: str
    """A step, a warning or a deadline; an action where the policies call their steps differently."""
    say: Callable[[], Words]
    """What each says of it, put into words only where somebody reads it."""


class _Row(NamedTuple):
    """A planned action, its instants as distances."""

    state: ActionState
    overdue: bool
    at: timedelta | str | None
    due_at: timedelta | str | None
    waits_for: tuple[str, ...]
    wording: tuple[object, ...]
    planned: PlannedAction

    @property
    def times(self) -> tuple[object, ...]:
        """Where it stands and when."""
        return self[:5]


Subjects = Mapping[str, str]
"""What each step of a policy is compared by."""


def subjects(a: Policy, b: Policy) -> tuple[Subjects, Subjects]:
    """What the steps of two policies are compared by: those of both by their id, all others by their action."""
    named = tuple({step.id: step.action for step in policy.steps} for policy in (a, b))
    common = named[0].items() & named[1].items()
    first, second = (
        {step: step if (step, action) in common else action.value for step, action in steps.items()} for steps in named
    )
    return first, second


def differences(a: Plan, b: Plan, compared_by: tuple[Subjects, Subjects]) -> Iterator[AdviceDifference]:
    """What two plans for one claim at one instant advise differently."""
    zone = a.window.zone
    busy = any(action.action is not Action.WAIT for made in (a, b) for action in made.now)
    rows_a, rows_b = (_rows(made, by, busy=busy) for made, by in zip((a, b), compared_by, strict=True))
    listed = [
        *_rows_that_differ(rows_a, rows_b, zone),
        *_warnings_that_differ(a.do_not, b.do_not),
    ]
    yield from listed
    order_a, order_b = (
        tuple(subject for subject, actions in rows.items() if any(row.state is ActionState.NOW for row in actions))
        for rows in (rows_a, rows_b)
    )
    if order_a != order_b and Counter(order_a) == Counter(order_b):
        subject = " ".join(sorted(order_a))
        yield AdviceDifference(DifferenceKind.ORDER, subject, partial(_orders, order_a, order_b))
    elif not listed and a.look_again_at != b.look_again_at:
        say = partial(_instants, a.look_again_at, b.look_again_at, zone)
        yield AdviceDifference(DifferenceKind.LOOK_AGAIN, "look_again_at", say)


def _rows(made: Plan, compared_by: Subjects, *, busy: bool) -> dict[str, list[_Row]]:
    """The advice of a plan by subject, in the order of the plan; waiting is none while either has more to do."""
    rows: dict[str, list[_Row]] = {}
    for planned in made.actions:
        if planned.state is ActionState.DONE or (busy and planned.action is Action.WAIT):
            continue
        row = _Row(
            planned.state,
            planned.overdue,
            _ahead(planned.at, made.as_of),
            _ahead(planned.due_at, made.as_of),
            tuple(sorted(compared_by[step] for step in planned.waits_for)),
            (planned.template, planned.why, planned.source, planned.confidence),
            planned,
        )
        rows.setdefault(compared_by[planned.step], []).append(row)
    return rows


def _rows_that_differ(a: dict[str, list[_Row]], b: dict[str, list[_Row]], zone: ZoneInfo) -> Iterator[AdviceDifference]:
    for subject in sorted({*a, *b}):
        rows_a, rows_b = a.get(subject, []), b.get(subject, [])
        if not rows_a or not rows_b:
            urgent = any(row.state is ActionState.NOW for row in (*rows_a, *rows_b))
            kind = DifferenceKind.ACTION if urgent else DifferenceKind.PLANNED
            yield AdviceDifference(kind, subject, partial(_times, rows_a, rows_b, zone))
        elif [row.times for row in rows_a] != [row.times for row in rows_b]:
            yield AdviceDifference(DifferenceKind.TIME, subject, partial(_times, rows_a, rows_b, zone))
        elif [row.wording for row in rows_a] != [row.wording for row in rows_b]:
            yield AdviceDifference(DifferenceKind.WORDING, subject, partial(_wordings, rows_a, rows_b))


def _warnings_that_differ(a: tuple[DoNot, ...], b: tuple[DoNot, ...]) -> Iterator[AdviceDifference]:
    first, second = ({entry.id: entry for entry in entries} for entries in (a, b))
    for name in sorted({*first, *second}):
        entry_a, entry_b = first.get(name), second.get(name)
        if entry_a == entry_b:
            continue
        kind = DifferenceKind.WORDING if entry_a and entry_b else DifferenceKind.WARNING
        yield AdviceDifference(kind, name, partial(_warnings, entry_a, entry_b))


def _warnings(a: DoNot | None, b: DoNot | None) -> Words:
    first, second = (_say("warned", what=row.what, why=row.why) if row else _say("silent") for row in (a, b))
    return first, second


def _orders(a: tuple[str, ...], b: tuple[str, ...]) -> Words:
    return Text(en=", ".join(a), zh="、".join(a)), Text(en=", ".join(b), zh="、".join(b))


def _instants(a: datetime | None, b: datetime | None, zone: ZoneInfo) -> Words:
    return _instant(a, zone), _instant(b, zone)


def _times(a: list[_Row], b: list[_Row], zone: ZoneInfo) -> Words:
    return _times_text(a, zone), _times_text(b, zone)


def _wordings(a: list[_Row], b: list[_Row]) -> Words:
    return _wording_text(a), _wording_text(b)


def _ahead(at: datetime | None, now: datetime) -> timedelta | str | None:
    return None if at is None else at - now if at >= now else "passed"


def _times_text(rows: list[_Row], zone: ZoneInfo) -> Text:
    """Where each step stands, when, and by when."""
    return _joined([_time_text(row.planned, zone) for row in rows]) if rows else _say("not_planned")


def _time_text(planned: PlannedAction, zone: ZoneInfo) -> Text:
    start = planned.state is ActionState.LATER and planned.at
    state = _say("from", at=_instant(planned.at, zone)) if start else planned.state.label_text
    waits = [_say("waits", steps=", ".join(planned.waits_for))] * bool(planned.waits_for)
    due = [_say("due", at=_instant(planned.due_at, zone))] * bool(planned.due_at)
    overdue = [_say("overdue")] * planned.overdue
    return _joined([state, *waits, *due, *overdue], ", ", ",")


def _wording_text(rows: list[_Row]) -> Text:
    """The words, then the template, the source and how far it can be trusted."""
    return _joined(
        [
            _say(
                "wording",
                why=row.planned.why,
                template=row.planned.template or "–",
                source=row.planned.source.title,
                confidence=row.planned.confidence.label_text,
            )
            for row in rows
        ]
    )


def _joined(texts: list[Text], english: str = "; ", chinese: str = ";") -> Text:
    return Text(en=english.join(text.en for text in texts), zh=chinese.join(text.zh or text.en for text in texts))


def _instant(at: datetime | None, zone: ZoneInfo) -> Text:
    return Text(en=shown(at.astimezone(zone))) if at else _say("never")


def _say(code: str, **values: object) -> Text:
    return fill("atoz.testing", f"advice_{code}", **values)
