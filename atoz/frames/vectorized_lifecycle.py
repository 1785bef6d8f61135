"""Fold many histories at once: the transition table and its guards as arrays.

Step by step: first every claim's first event, then every claim's second, ... Each step is a look-up in the table and
a check of the guards, by the clocks that the guards name.
"""

from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

import numpy as np

from atoz.frames.date_offsets import SECOND, counts_by_weekday
from atoz.frames.timezone_tables import Bools, Codes, Int64s, days_later
from atoz.lifecycle.transition_table import ROWS, TABLE
from atoz.model.events import EVENT_CLASSES
from atoz.model.status import ClaimStatus
from atoz.rulebook.date_arithmetic import Unit
from atoz.rulebook.deadline_clock import DeadlineName, clock
from atoz.rulebook.deadlines import deadline_rule

KINDS: tuple[str, ...] = tuple(EVENT_CLASSES)
STATUSES: tuple[ClaimStatus, ...] = tuple(ClaimStatus)
NONE = np.iinfo(np.int64).min
"""An instant, a status or a place that there is not."""


class Events(NamedTuple):
    """Events sorted by claim and time, as columns; instants in microseconds since 1970, `NONE` where not known."""

    first: Int64s
    """Where each claim's events begin; the last entry is their number."""
    kind: Int64s
    at: Int64s
    zone: Codes
    consent: Bools
    due_at: Int64s
    respond_by: Int64s
    observed: Int64s


class Folded(NamedTuple):
    """Each claim's status, and the place among its events of the first that is refused."""

    status: Int64s
    refused: Int64s


@dataclass(slots=True)
class _Running:
    """One clock of every claim."""

    name: DeadlineName
    started: Bools
    start: Int64s
    seen: Int64s
    stated: Int64s
    ended: Int64s
    left: Int64s
    edition: Int64s
    """Each claim's place in `editions`."""
    editions: tuple[str | None, ...]


@dataclass(slots=True)
class _State:
    """Where every claim stands between two events."""

    status: Int64s
    refused: Int64s
    clocks: dict[DeadlineName, _Running] = field(default_factory=dict[DeadlineName, _Running])


def fold(events: Events, edition: Int64s, editions: tuple[str | None, ...]) -> Folded:
    """Replay every claim until its first refused event; `edition` is each claim's place in `editions`."""
    count = len(events.first) - 1
    lengths = np.diff(events.first)
    state = _State(np.full(count, NONE), np.full(count, NONE))
    for row in TABLE:
        if row.guard is not None and row.guard.kind != "needs":
            name = DeadlineName(row.guard.subject)
            start, seen, stated, ended, left = (np.full(count, NONE) for _ in range(5))
            started = np.zeros(count, np.bool_)
            state.clocks[name] = _Running(name, started, start, seen, stated, ended, left, edition, editions)
    by_length = np.argsort(-lengths, kind="stable")
    for step in range(int(lengths.max(initial=0))):
        active = by_length[: np.searchsorted(-lengths[by_length], -step, side="left")]
        active = active[state.refused[active] == NONE]
        _step(state, events, active, events.first[active] + step, step)
    return Folded(state.status, state.refused)


def _step(state: _State, events: Events, claims: Int64s, rows: Int64s, step: int) -> None:
    """One event of each of some claims."""
    kind, before = events.kind[rows], state.status[claims]
    target = _targets()[kind]
    target = np.where(kind == KINDS.index("observed"), events.observed[rows], target)
    moves = target != NONE
    begins = (before == NONE) & np.isin(kind, [KINDS.index("filed"), KINDS.index("observed")]) & moves
    plain = ~moves & (kind >= 0) & (kind != KINDS.index("observed"))
    observed = moves & (kind == KINDS.index("observed"))
    allowed = (begins | plain | observed | _in_table(before, kind)) & (events.at[rows] != NONE)
    for row in TABLE:
        if row.guard is not None and row.source is not None:
            here = np.flatnonzero(allowed & (before == STATUSES.index(row.source)) & (kind == KINDS.index(row.event)))
            if row.guard.kind == "needs":
                allowed[here] = events.consent[rows[here]]
            else:
                running = state.clocks[DeadlineName(row.guard.subject)]
                late = row.guard.kind == "after_deadline"
                allowed[here] = _holds(running, events, claims[here], rows[here], late=late)
    state.refused[claims[~allowed]] = step
    claims, rows, target, before = claims[allowed], rows[allowed], target[allowed], before[allowed]
    for running in state.clocks.values():
        _advance(running, events, claims, rows, target, before)
    state.status[claims] = np.where(target != NONE, target, before)


@cache
def _targets() -> Int64s:
    """By kind (and for an unknown kind, last) the status that it leads to."""
    led = [each.leads_to for each in EVENT_CLASSES.values()]
    return np.array([NONE if each is None else STATUSES.index(each) for each in led] + [NONE], np.int64)


def _in_table(status: Int64s, kind: Int64s) -> Bools:
    known = np.zeros((len(STATUSES) + 1, len(KINDS) + 1), np.bool_)
    for source, event in ROWS:
        known[STATUSES.index(source), KINDS.index(event)] = True
    return known[np.where(status == NONE, len(STATUSES), status), kind]


def _holds(running: _Running, events: Events, claims: Int64s, rows: Int64s, *, late: bool) -> Bools:
    """Whether an event comes in time, or (`late`) after a deadline that nobody answered."""
    due, at = _counted(running, running.start, claims, events.zone[rows]), events.at[rows]
    due = np.where(running.stated[claims] != NONE, running.stated[claims], due)
    if not late:
        no_later = _counted(running, running.seen, claims, events.zone[rows])
        due = np.where(due == NONE, no_later, due)
        in_time: Bools = (due == NONE) | (at <= due)
        return in_time
    due = np.where(due == NONE, events.due_at[rows], due)
    lapsed: Bools = _waits(running, claims) & ((due == NONE) | (at > due))
    return lapsed


def _counted(running: _Running, starts: Int64s, claims: Int64s, zone: Codes) -> Int64s:
    """The last instants at which runs with these starts are met, by each claim's edition."""
    start, due = starts[claims], np.full(len(claims), NONE)
    edition = running.edition[claims]
    for place, name in enumerate(running.editions):
        rule = deadline_rule(name, running.name) if name else None
        here = np.flatnonzero((edition == place) & (start != NONE))
        if rule is None or not len(here):
            continue
        if rule.unit is Unit.HOUR:
            due[here] = start[here] + rule.value * 3600 * SECOND
        else:
            days = counts_by_weekday(rule.value, rule.unit)
            found, known = days_later(start[here], np.ones(len(here), np.bool_), zone[here], days=days)
            due[here] = np.where(known, found, NONE)
    return due


def _advance(running: _Running, events: Events, claims: Int64s, rows: Int64s, target: Int64s, before: Int64s) -> None:
    """Start, end or leave one clock, as `atoz.rulebook.deadline_clock.last_run` does event by event."""
    kind, at = events.kind[rows], events.at[rows]
    status = np.where(target == NONE, before, target)
    outside = ~_within(running.name)[np.where(status == NONE, len(STATUSES), status)]
    ends = np.isin(kind, [KINDS.index(each) for each in clock(running.name).ended_by])
    early = (running.start[claims] != NONE) & (at < running.start[claims])
    ending = ends & _waits(running, claims) & ~early
    running.ended[claims[ending]] = at[ending]
    starts, later = _starters(running.name, running.editions)
    own = running.edition[claims]
    starting = ~ends & starts[own, kind] & ~outside
    hides = (before == NONE) | later[own, np.where(target == NONE, -1, target)]
    seen = (kind == KINDS.index("observed")) & (target != before) & hides & ~outside
    _start(running, claims[starting], start=at[starting], stated=events.respond_by[rows[starting]])
    _start(running, claims[seen], seen=at[seen])
    leaving = (target != NONE) & outside & _waits(running, claims)
    running.left[claims[leaving]] = at[leaving]


def _waits(running: _Running, claims: Int64s) -> Bools:
    """Whether a clock has been started and neither answered nor left."""
    waits: Bools = running.started[claims] & (running.ended[claims] == NONE) & (running.left[claims] == NONE)
    return waits


def _start(
    running: _Running,
    claims: Int64s,
    *,
    start: Int64s | int = NONE,
    stated: Int64s | int = NONE,
    seen: Int64s | int = NONE,
) -> None:
    """A new run of a clock."""
    running.started[claims], running.ended[claims], running.left[claims] = True, NONE, NONE
    running.start[claims], running.stated[claims], running.seen[claims] = start, stated, seen


@cache
def _within(name: DeadlineName) -> Bools:
    """By status (and for none, last) whether a clock belongs to it."""
    during = clock(name).during
    return np.array([*(not during or each in during for each in STATUSES), not during], np.bool_)


@cache
def _starters(name: DeadlineName, editions: tuple[str | None, ...]) -> tuple[Bools, Bools]:
    """By edition: which kinds start a clock, and to which statuses a later start leads; unknown ones come last."""
    starts = np.zeros((len(editions), len(KINDS) + 1), np.bool_)
    later = np.zeros((len(editions), len(STATUSES) + 1), np.bool_)
    for place, edition in enumerate(editions):
        rule = deadline_rule(edition, name) if edition else None
        for kind in rule.starts_with if rule else clock(name).starts_with:
            if kind in EVENT_CLASSES:
                starts[place, KINDS.index(kind)] = True
                led = EVENT_CLASSES[kind].leads_to
                if led is not None and kind != "filed":  # a claim is filed once
                    later[place, STATUSES.index(led)] = True
    return starts, later
