"""How the seller's deadlines ended: every run of every clock, each one time, by the strictest rule that counts."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from atoz.audit.advice import Stretch
from atoz.audit.audit_result import DeadlineOutcome, DeadlineResult
from atoz.rulebook.counted_history import CountedHistory
from atoz.rulebook.deadline_clock import DeadlineName, Run, clock, last_run
from atoz.rulebook.deadlines import Deadline, DeadlineState
from atoz.rulebook.duties import decided_meanwhile, is_duty
from atoz.rulebook.readings import Reading


class _RunKey(NamedTuple):
    """What tells the runs of the clocks apart, by whichever rule they are counted."""

    name: DeadlineName
    started_by: str
    started_at: datetime | None


class _LastSeen(NamedTuple):
    """A run as it stood right before the next event."""

    history: CountedHistory
    deadline: Deadline
    readings: tuple[Reading, ...]


def deadline_outcomes(parts: Iterable[Stretch]) -> tuple[DeadlineOutcome, ...]:
    """Every run of the seller's clocks, in the order in which they started."""
    runs: dict[_RunKey, _LastSeen] = {}
    latest: set[_RunKey] = set()
    for part in parts:
        seen = dict(_runs(part))
        runs |= seen
        latest = set(seen)
    rows = (_outcome(key, run, replaced=key not in latest) for key, run in runs.items())
    return tuple(sorted(rows, key=lambda row: (row.started_at.timestamp() if row.started_at else 0.0, row.name)))


def _runs(part: Stretch) -> Iterator[tuple[_RunKey, _LastSeen]]:
    """The runs that stand at the end of a stretch, each with all readings of it."""
    facts = part.last.facts
    for deadline in facts.deadlines:
        by_run: dict[_RunKey, list[Reading]] = {}
        for reading in deadline.readings:
            if reading.started_by is not None:
                key = _RunKey(deadline.name, reading.started_by, reading.started_at)
                by_run.setdefault(key, []).append(reading)
        for key, readings in by_run.items():
            yield key, _LastSeen(facts.history, deadline, tuple(readings))


def _outcome(key: _RunKey, seen: _LastSeen, *, replaced: bool) -> DeadlineOutcome:
    reading = min([row for row in seen.readings if row.counts] or seen.readings, key=_soonest)
    answered_at, due_at = _run(reading, seen).ended_at, reading.due_at
    return DeadlineOutcome(
        name=key.name,
        result=_result(reading, answered_at, seen, replaced=replaced),
        edition=reading.edition,
        weight=reading.kind,
        duty=is_duty(seen.history, seen.deadline, reading),
        started_by=key.started_by,
        started_at=key.started_at,
        due_at=due_at,
        answered_at=answered_at,
        margin=due_at - answered_at if due_at and answered_at else None,
    )


def _soonest(reading: Reading) -> tuple[bool, float]:
    return reading.due_at is None, reading.due_at.timestamp() if reading.due_at else 0.0


def _run(reading: Reading, seen: _LastSeen) -> Run:
    """The run that a reading is of."""
    figure = seen.history.named(reading.edition).parameter(reading.figure) if reading.figure else None
    name = seen.deadline.name
    return last_run(name, figure.starts_with if figure else clock(name).starts_with, seen.history)


def _result(reading: Reading, answered_at: datetime | None, seen: _LastSeen, *, replaced: bool) -> DeadlineResult:
    due_at, missed = reading.due_at, reading.state is DeadlineState.MISSED
    if due_at is None:  # surely missed all the same, where only the status was observed long ago
        return DeadlineResult.MISSED if missed else DeadlineResult.UNKNOWN
    if answered_at is not None:
        return DeadlineResult.MET if answered_at <= due_at else DeadlineResult.LATE
    asks = reading.counts or reading.runs  # a soft clock of the claim notice ends where nothing was asked
    decided = clock(seen.deadline.name).before_claim and decided_meanwhile(seen.history, reading)
    if missed and asks and not decided:
        return DeadlineResult.MISSED
    still = reading.state is DeadlineState.OPEN and reading.runs and not replaced
    return DeadlineResult.OPEN if still else DeadlineResult.OVERTAKEN
