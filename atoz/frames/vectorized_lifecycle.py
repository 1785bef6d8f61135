"""Replay many histories at once: the transition table and its guards as arrays.

First every claim's first event is applied, then every claim's second, and so on. The loop runs as often as the
longest history has events, and each turn is a look-up in the transition table and a check of the guards for all
claims that still have an event: a million short histories cost a handful of turns.
"""

from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

import numpy as np

from atoz.frames.timezone_tables import Bools, Int64s
from atoz.frames.vectorized_clocks import (
    KINDS,
    MISSING,
    STATUSES,
    ClockArrays,
    EventColumns,
    advance_clock,
    is_in_time,
    is_lapsed,
    new_clock,
)
from atoz.lifecycle.transition_table import ROWS, TABLE
from atoz.model.events import EVENT_CLASSES
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.edition import Edition

_BEGINNINGS = tuple(KINDS.index(kind) for kind in ("filed", "observed"))
_OBSERVED = KINDS.index("observed")


class ReplayResult(NamedTuple):
    """Each claim's status, and the place among its events of the first that is refused."""

    status: Int64s
    refused: Int64s


@dataclass(slots=True)
class _Progress:
    """Where every claim stands between two events."""

    status: Int64s
    refused: Int64s
    clocks: dict[DeadlineName, ClockArrays] = field(default_factory=dict[DeadlineName, ClockArrays])


def replay_claims(events: EventColumns, edition: Int64s, editions: tuple[Edition | None, ...]) -> ReplayResult:
    """Replay every claim until its first refused event; `edition` is each claim's place in `editions`."""
    count = len(events.first) - 1
    lengths = np.diff(events.first)
    progress = _Progress(np.full(count, MISSING), np.full(count, MISSING))
    for row in TABLE:
        if row.guard is not None and row.guard.kind != "needs":
            name = DeadlineName(row.guard.subject)
            progress.clocks[name] = new_clock(name, edition, editions)
    # Longest first: the claims that still have an event at a turn are then the beginning of this order, found by
    # bisection instead of by looking at every claim again.
    by_length = np.argsort(-lengths, kind="stable")
    for turn in range(int(lengths.max(initial=0))):
        active = by_length[: np.searchsorted(-lengths[by_length], -turn, side="left")]
        active = active[progress.refused[active] == MISSING]
        _apply_events(progress, events, active, turn)
    return ReplayResult(progress.status, progress.refused)


def _apply_events(progress: _Progress, events: EventColumns, claims: Int64s, turn: int) -> None:
    """The event at one place of each of some claims."""
    rows = events.first[claims] + turn
    kind, before = events.kind[rows], progress.status[claims]
    target = np.where(kind == _OBSERVED, events.observed[rows], _status_by_kind()[kind])
    allowed = _is_possible(kind, before, target) & (events.at[rows] != MISSING)
    for row in TABLE:
        if row.guard is not None and row.source is not None:
            guarded = np.flatnonzero(
                allowed & (before == STATUSES.index(row.source)) & (kind == KINDS.index(row.event))
            )
            if row.guard.kind == "needs":
                allowed[guarded] = events.consent[rows[guarded]]
            else:
                holds = is_lapsed if row.guard.kind == "after_deadline" else is_in_time
                clock_arrays = progress.clocks[DeadlineName(row.guard.subject)]
                allowed[guarded] = holds(clock_arrays, events, claims[guarded], rows[guarded])
    progress.refused[claims[~allowed]] = turn
    # A refused event moves no clock: from here on only the claims whose event happens.
    claims, rows, target, before = claims[allowed], rows[allowed], target[allowed], before[allowed]
    for clock_arrays in progress.clocks.values():
        advance_clock(clock_arrays, events, claims, rows, target, before)
    progress.status[claims] = np.where(target != MISSING, target, before)


def _is_possible(kind: Int64s, before: Int64s, target: Int64s) -> Bools:
    """Whether events may happen, guards aside: beginnings, plain events, observations and rows of the table."""
    moves = target != MISSING
    begins = (before == MISSING) & np.isin(kind, _BEGINNINGS) & moves
    plain = ~moves & (kind >= 0) & (kind != _OBSERVED)
    seen = moves & (kind == _OBSERVED)
    possible: Bools = begins | plain | seen | _is_in_table(before, kind)
    return possible


@cache
def _status_by_kind() -> Int64s:
    """By kind (and for an unknown kind, last) the status that it leads to."""
    targets = [event.leads_to for event in EVENT_CLASSES.values()]
    places = [MISSING if status is None else STATUSES.index(status) for status in targets]
    return np.array([*places, MISSING], np.int64)


@cache
def _table() -> Bools:
    """By status (and for none, last) and kind (and for an unknown one, last) whether the table has a row."""
    known = np.zeros((len(STATUSES) + 1, len(KINDS) + 1), np.bool_)
    for source, event in ROWS:
        known[STATUSES.index(source), KINDS.index(event)] = True
    return known


def _is_in_table(status: Int64s, kind: Int64s) -> Bools:
    in_table: Bools = _table()[np.where(status == MISSING, len(STATUSES), status), kind]
    return in_table
