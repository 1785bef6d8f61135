"""The clock of one deadline for many claims at once: started, answered and left as histories are replayed.

One array per fact of a run, one entry per claim. `atoz.rulebook.deadline_clock.last_run` reads one history and says
what these arrays say; the tests hold them to each other.
"""

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np

from atoz.frames.date_offsets import SECOND, counts_by_weekday
from atoz.frames.timezone_tables import Bools, Codes, Int64s, days_later
from atoz.model.events import EVENT_CLASSES
from atoz.model.status import ClaimStatus
from atoz.rulebook.date_arithmetic import Unit
from atoz.rulebook.deadline_basis import deadline_rule
from atoz.rulebook.deadline_clock import DeadlineName, clock
from atoz.rulebook.edition import Edition

KINDS: tuple[str, ...] = tuple(EVENT_CLASSES)
STATUSES: tuple[ClaimStatus, ...] = tuple(ClaimStatus)
MISSING = np.iinfo(np.int64).min
"""An instant, a status or a place that there is not."""


class EventColumns(NamedTuple):
    """Events sorted by claim and time, as columns; instants in microseconds since 1970, `MISSING` where not known."""

    first: Int64s
    """Where each claim's events begin; the last entry is their number."""
    kind: Int64s
    """The place in `KINDS`; -1 for a kind that is not known, which reads the extra last entry of a look-up table."""
    at: Int64s
    zone: Codes
    consent: Bools
    due_at: Int64s
    respond_by: Int64s
    observed: Int64s


@dataclass(slots=True)
class ClockArrays:
    """One clock of every claim: the facts of its latest run."""

    name: DeadlineName
    started: Bools
    start: Int64s
    """`MISSING` for a run that is only known from a status that was seen."""
    seen: Int64s
    """When such a status was seen: the run started no later."""
    stated: Int64s
    ended: Int64s
    left: Int64s
    answered_before: Bools
    """Whether a run of this clock was answered before, on a clock whose figures are known for the first run alone."""
    again: Bools
    """Whether the latest run began after that."""
    edition: Int64s
    """Each claim's place in `editions`."""
    editions: tuple[Edition | None, ...]


def new_clock(name: DeadlineName, edition: Int64s, editions: tuple[Edition | None, ...]) -> ClockArrays:
    """A clock that no claim has started."""
    start, seen, stated, ended, left = (np.full(len(edition), MISSING) for _ in range(5))
    started, answered_before, again = (np.zeros(len(edition), np.bool_) for _ in range(3))
    runs = (started, start, seen, stated, ended, left, answered_before, again)
    return ClockArrays(name, *runs, edition, editions)


def is_in_time(clock_arrays: ClockArrays, events: EventColumns, claims: Int64s, rows: Int64s) -> Bools:
    """Whether events come no later than the deadline; a deadline that cannot be told forbids nothing."""
    due, at, zone = _known_due(clock_arrays, claims, events.zone[rows]), events.at[rows], events.zone[rows]
    no_later = _due_after(clock_arrays, clock_arrays.seen, claims, zone)
    due = np.where(due == MISSING, no_later, due)
    in_time: Bools = (due == MISSING) | (at <= due)
    return in_time


def is_lapsed(clock_arrays: ClockArrays, events: EventColumns, claims: Int64s, rows: Int64s) -> Bools:
    """Whether events come after a deadline that nobody answered; where none is known, the event's own counts."""
    due = _known_due(clock_arrays, claims, events.zone[rows])
    due = np.where(due == MISSING, events.due_at[rows], due)
    lapsed: Bools = _is_waiting(clock_arrays, claims) & ((due == MISSING) | (events.at[rows] > due))
    return lapsed


def advance_clock(
    clock_arrays: ClockArrays, events: EventColumns, claims: Int64s, rows: Int64s, target: Int64s, before: Int64s
) -> None:
    """Apply one event of each of some claims; `target` is the status it leads to, `before` the one it finds."""
    kind, at = events.kind[rows], events.at[rows]
    status = np.where(target == MISSING, before, target)
    outside = ~_belongs_to_status(clock_arrays.name)[np.where(status == MISSING, len(STATUSES), status)]
    ends = np.isin(kind, [KINDS.index(ending) for ending in clock(clock_arrays.name).ended_by])
    ending = ends & _is_waiting(clock_arrays, claims)
    clock_arrays.ended[claims[ending]] = at[ending]
    clock_arrays.answered_before[claims[ends]] = clock(clock_arrays.name).first_run_only
    starts, later = _starting_events(clock_arrays.name, clock_arrays.editions)
    edition_of_claim = clock_arrays.edition[claims]
    starting = ~ends & starts[edition_of_claim, kind] & ~outside
    # A status that is only seen hides when the clock started, either because nothing was known before or because the
    # status is one that a later start (not the filing) leads to. Its run has no start, only the instant it was seen.
    hides = (before == MISSING) | later[edition_of_claim, np.where(target == MISSING, -1, target)]
    seen = (kind == KINDS.index("observed")) & (target != before) & hides & ~outside
    _start_run(clock_arrays, claims[starting], start=at[starting], stated=events.respond_by[rows[starting]])
    _start_run(clock_arrays, claims[seen], seen=at[seen])
    # Last, so that an event which starts a clock and leaves its statuses at once leaves no clock waiting.
    leaving = (target != MISSING) & outside & _is_waiting(clock_arrays, claims)
    clock_arrays.left[claims[leaving]] = at[leaving]


def _known_due(clock_arrays: ClockArrays, claims: Int64s, zone: Codes) -> Int64s:
    """What was stated, else what the edition counts from the start."""
    counted = _due_after(clock_arrays, clock_arrays.start, claims, zone)
    return np.where(clock_arrays.stated[claims] != MISSING, clock_arrays.stated[claims], counted)


def _due_after(clock_arrays: ClockArrays, starts: Int64s, claims: Int64s, zone: Codes) -> Int64s:
    """The last instants at which runs with these starts are met, by each claim's edition; none where it is unknown."""
    start, due = np.where(clock_arrays.again[claims], MISSING, starts[claims]), np.full(len(claims), MISSING)
    edition = clock_arrays.edition[claims]
    for place, name in enumerate(clock_arrays.editions):
        rule = deadline_rule(name, clock_arrays.name) if name else None
        counted = np.flatnonzero((edition == place) & (start != MISSING))
        if rule is None or not len(counted):
            continue
        if rule.unit is Unit.HOUR:
            due[counted] = start[counted] + rule.value * 3600 * SECOND
        else:
            days = counts_by_weekday(rule.value, rule.unit)
            later, known = days_later(start[counted], np.ones(len(counted), np.bool_), zone[counted], days=days)
            due[counted] = np.where(known, later, MISSING)
    return due


def _is_waiting(clock_arrays: ClockArrays, claims: Int64s) -> Bools:
    """Whether a clock has been started and neither answered nor left."""
    ended, left = clock_arrays.ended[claims], clock_arrays.left[claims]
    waiting: Bools = clock_arrays.started[claims] & (ended == MISSING) & (left == MISSING)
    return waiting


def _start_run(
    clock_arrays: ClockArrays,
    claims: Int64s,
    *,
    start: Int64s | int = MISSING,
    stated: Int64s | int = MISSING,
    seen: Int64s | int = MISSING,
) -> None:
    """A new run of a clock."""
    clock_arrays.started[claims], clock_arrays.ended[claims], clock_arrays.left[claims] = True, MISSING, MISSING
    clock_arrays.again[claims] = clock_arrays.answered_before[claims]
    clock_arrays.start[claims], clock_arrays.stated[claims], clock_arrays.seen[claims] = start, stated, seen


@cache
def _belongs_to_status(name: DeadlineName) -> Bools:
    """By status (and for none, last) whether a clock belongs to it."""
    during = clock(name).during
    return np.array([*(not during or status in during for status in STATUSES), not during], np.bool_)


@cache
def _starting_events(name: DeadlineName, editions: tuple[Edition | None, ...]) -> tuple[Bools, Bools]:
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
