"""Readings of a deadline: the same history, counted by every edition that a seller of that day has to reckon with.

A claim's dates are counted by the edition that it pins, whatever comes. A stricter rule can be in force all the same,
and a result may not be silent about it. So each deadline of the seller's is read

- by the pinned edition;
- by each edition in force in the marketplace on the filing day;
- where none of these has a figure for it, by one borrowed from the editions in force elsewhere on that day.

Guards and `due_at` use the pinned reading alone; `act_by` is the earliest instant among the readings that still run.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache

from pydantic import Field

from atoz.model.record import Record
from atoz.rulebook.deadline_basis import Basis, Figures, LatestRun, figures_for, figures_read, lendable, must_borrow
from atoz.rulebook.deadline_clock import DeadlineName, DeadlineState, Run, clock, run_state
from atoz.rulebook.edition_selection import editions_in_force
from atoz.rulebook.parameter import FigureKind


class ReadingKind(StrEnum):
    """How much weight a reading carries."""

    STATED = "stated"
    """Amazon's own notice states the instant."""
    FIRM = "firm"
    """A source states the figure."""
    SOFT = "soft"
    """The figure is inferred or disputed, or the clock it counts on is no longer known to run."""
    BORROWED = "borrowed"
    """No edition in force here has a figure: it is that of an edition in force elsewhere."""


class Reading(Record):
    """One deadline, counted by one edition."""

    edition: str = Field(description="The edition that counted it.")
    figure: str | None = Field(description="The edition's figure; none if it names none.")
    kind: ReadingKind = Field(description="Stated, firm, soft or borrowed.")
    state: DeadlineState = Field(description="Where it stands by plain counting.")
    due_at: datetime | None = Field(description="The last instant at which it is met; none if unknown.")
    due_no_later: datetime | None = Field(
        default=None, description="Where only the status was observed: an instant by which it is surely due."
    )
    started_by: str | None = Field(description="The fact or event that started the clock.")
    started_at: datetime | None = Field(description="When it started.")
    runs: bool = Field(description="Whether the clock still runs, so that it counts for `act_by`.")

    @property
    def counts(self) -> bool:
        """Whether it can make a deadline missed: a soft or borrowed instant orders lists and rings, and no more."""
        return self.kind in (ReadingKind.STATED, ReadingKind.FIRM)


LAST_DAY_OF_SEVEN_DAYS = date(2016, 11, 13)
"""The last day on which a claim notice by itself surely started a clock; since then only some editions say so."""


def readings_of(basis: Basis) -> tuple[Reading, ...]:
    """Every reading of a seller's deadline, the pinned one first; none for a deadline of the buyer's."""
    pinned, country, day, name = basis.edition, basis.country, basis.day, basis.name
    readings = [reading for row in figures_read(pinned, country, day, name) for reading in _read(basis, row)]
    if day is not None and must_borrow(pinned, country, day, name):
        readings += _borrowed(basis, day)
    return tuple(readings)


def effective_state(
    pinned: DeadlineState, readings: Sequence[Reading], now: datetime, *, stopped: bool
) -> DeadlineState:
    """Where a deadline stands by all its readings: missed by a stated or firm one alone, open while any has a date.

    `stopped` says whether the pinned clock was answered or left. One that was not, but runs no more all the same, asks
    for nothing: the claim was decided since, or the seller looked after a claim notice and found no question.
    """
    running = [reading for reading in readings if reading.runs]
    if any(reading.counts and _missed(reading, now) for reading in running):
        return DeadlineState.MISSED
    if any(reading.due_at is not None for reading in running):
        return DeadlineState.OPEN
    return pinned if running or stopped or not readings else DeadlineState.NOT_OFFERED


def _missed(reading: Reading, now: datetime) -> bool:
    last = reading.due_at or reading.due_no_later
    return last is not None and now > last


def act_by(name: DeadlineName, readings: Sequence[Reading], now: datetime, *, filed: bool) -> datetime | None:
    """The earliest instant among the readings whose clock still runs; none where nothing is left to act on.

    What was missed and cannot be mended is history: what the buyer waited for before the claim was filed, such as an
    answer or a label, and an appeal that a rule with a date no longer allows. A status that was only observed may hide
    a clock that started at any time before: it is due now until it is surely over. `filed` says whether there is a
    claim whose filing is known.
    """
    ahead: list[datetime] = []
    for reading in readings:
        missed = _was_due(reading, now) and reading.state is DeadlineState.MISSED
        lost = name is DeadlineName.APPEAL or (clock(name).before_claim and filed)
        if not reading.runs or (missed and lost):
            continue
        if reading.due_at is not None:
            ahead.append(reading.due_at)
        elif reading.due_no_later is not None and now <= reading.due_no_later:
            ahead.append(now)
    return min(ahead, default=None)


def _was_due(reading: Reading, now: datetime) -> bool:
    return reading.due_at is not None and now > reading.due_at


def _read(basis: Basis, row: Figures) -> Iterator[Reading]:
    """One figure's reading; where a notice states another instant, the figure's sooner one stands beside."""
    latest = basis.run(row.figure)
    run, own = latest.run, basis.due(row.figure, latest.run.started_at)
    yield _reading(basis, row, latest, run.stated or own)
    if run.stated is not None and own is not None and own < run.stated:
        sooner = _reading(basis, row, latest._replace(run=run._replace(stated=None)), own)
        yield sooner.model_copy(update={"kind": ReadingKind.SOFT})


def _reading(basis: Basis, row: Figures, latest: LatestRun, due_at: datetime | None) -> Reading:
    """What a figure says of a run."""
    name, figure, run = basis.name, row.figure, latest.run
    no_later = basis.due(figure, run.seen_at) if name is not DeadlineName.ANSWER_AMAZON else None
    kind = _kind(basis, row, run)
    known, last = (None, None) if run.again else (due_at, due_at or no_later)  # is a second appeal heard at all?
    state = run_state(run, last, known, basis.now)
    return Reading(
        edition=row.edition.reference,
        figure=figure.name if figure else None,
        kind=kind,
        state=state,
        due_at=due_at,
        due_no_later=no_later,
        started_by=run.started_by,
        started_at=run.started_at,
        runs=_runs(basis, latest, kind),
    )


def _kind(basis: Basis, row: Figures, run: Run) -> ReadingKind:
    """How much weight a reading carries.

    A notice of the claim alone started the clock until November 2016. A pinned edition that still counts so is
    soft, unless an edition in force says the same; so is one that may, where the start was not seen.
    """
    if run.stated is not None:
        return ReadingKind.STATED
    if row.borrowed:
        return ReadingKind.BORROWED
    figure = row.figure
    if figure is None or figure.kind is FigureKind.SOFT or run.again:
        return ReadingKind.SOFT
    if basis.day is None or row.edition != basis.edition or basis.day <= LAST_DAY_OF_SEVEN_DAYS:
        return ReadingKind.FIRM
    by_notice = run.started_by == "filed" or (run.started_by == "observed" and "filed" in figure.starts_with)
    agreed = not by_notice or starts_with_notice(basis.country, basis.day, basis.name)
    return ReadingKind.FIRM if agreed else ReadingKind.SOFT


def _borrowed(basis: Basis, day: date) -> list[Reading]:
    """The figure of an edition in force elsewhere: the earliest that runs, else the shortest there is to come."""
    readings = [
        _reading(basis, row, latest, latest.run.stated or basis.due(row.figure, latest.run.started_at))
        for row in lendable(day, basis.name)
        for latest in [basis.run(row.figure)]
    ]
    running = [reading for reading in readings if reading.runs and reading.due_at is not None]
    if running:
        return [min(running, key=lambda reading: (reading.due_at, reading.edition))]
    return readings[:1]


@lru_cache(maxsize=4096)
def starts_with_notice(country: str, day: date, name: DeadlineName) -> bool:
    """Whether an edition in force has a firm figure that starts with the claim notice alone."""
    return any(
        figure.kind is FigureKind.FIRM and "filed" in figure.starts_with
        for edition in editions_in_force(country, day)
        for figure in figures_for(edition, name, day)
    )


def _runs(basis: Basis, latest: LatestRun, kind: ReadingKind) -> bool:
    """Whether a run still asks for something.

    Not once it was answered or left, nor after a decision that came later than its start; an appeal is against one. A
    soft clock of the claim notice, or one whose start was not seen, ends with Amazon's question, which has a clock of
    its own, or when the seller looked and found nothing to answer.
    """
    name, run = basis.name, latest.run
    if run.started_by is None or run.ended_at is not None or run.left_at is not None:
        return False
    if name is not DeadlineName.APPEAL and latest.decided:
        return False
    start = run.started_at or run.seen_at
    unseen = name is DeadlineName.ANSWER_AMAZON and run.started_by == "observed"
    if start is None or not (unseen or (kind is ReadingKind.SOFT and run.started_by == "filed")):
        return True
    return basis.looked_at is None or basis.looked_at < start
