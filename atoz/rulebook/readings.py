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
from typing import NamedTuple

from pydantic import Field

from atoz.model.marketplace import Marketplace
from atoz.model.record import Record
from atoz.model.status import ClaimStatus
from atoz.rulebook.counted_history import CountedHistory
from atoz.rulebook.date_arithmetic import add_to_instant, shortest_hours
from atoz.rulebook.deadline_clock import DeadlineName, DeadlineState, Run, clock, last_run, run_state
from atoz.rulebook.edition import Edition
from atoz.rulebook.edition_selection import editions_in_force
from atoz.rulebook.parameter import FigureKind, Parameter


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


class Figures(NamedTuple):
    """What one edition says of one deadline."""

    edition: Edition
    figure: Parameter | None
    borrowed: bool = False


LAST_DAY_OF_SEVEN_DAYS = date(2016, 11, 13)
"""The last day on which a claim notice by itself surely started a clock; since then only some editions say so."""


def readings_of(
    history: CountedHistory,
    name: DeadlineName,
    now: datetime,
    *,
    pinned_only: bool = False,
    runs: dict[tuple[str, ...], Run] | None = None,
) -> tuple[Reading, ...]:
    """Every reading of a seller's deadline, the pinned one first; none for a deadline of the buyer's.

    A what-if counts by the edition that it names and no other: `pinned_only`. Before there is a claim, the rules of
    the day itself count. `runs` holds what has been read of the history already, by what starts the clock.
    """
    if clock(name).party != "seller":
        return ()
    claim = history.claim
    if pinned_only:
        count = _Count(history, name, now, None, runs or {})
        return tuple(reading for row in _pinned_figures(history.edition, name) for reading in count.read(row))
    begun = history.begun_at or now
    day = claim.order.local_day(begun)
    count = _Count(history, name, now, day, runs or {})
    figures = _figures(history.edition, claim.order.marketplace, day, name)
    readings = [reading for row in figures for reading in count.read(row)]
    if _must_borrow(history.edition, claim.order.marketplace, day, name):
        readings += count.borrowed()
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


def act_by(name: DeadlineName, readings: Sequence[Reading], history: CountedHistory, now: datetime) -> datetime | None:
    """The earliest instant among the readings whose clock still runs; none where nothing is left to act on.

    What was missed and cannot be mended is history: what the buyer waited for before the claim was filed, such as an
    answer or a label, and an appeal that a rule with a date no longer allows. A status that was only observed may hide
    a clock that started at any time before: it is due now until it is surely over.
    """
    ahead: list[datetime] = []
    for reading in readings:
        missed = _was_due(reading, now) and reading.state is DeadlineState.MISSED
        lost = name is DeadlineName.APPEAL or (clock(name).before_claim and history.filed_at is not None)
        if not reading.runs or (missed and lost):
            continue
        if reading.due_at is not None:
            ahead.append(reading.due_at)
        elif reading.due_no_later is not None and now <= reading.due_no_later:
            ahead.append(now)
    return min(ahead, default=None)


def _was_due(reading: Reading, now: datetime) -> bool:
    return reading.due_at is not None and now > reading.due_at


@lru_cache(maxsize=4096)
def _figures(pinned: Edition, country: str, day: date, name: DeadlineName) -> tuple[Figures, ...]:
    """The figures of the pinned edition and of those in force, each edition once; the main figure of each first."""
    editions = dict.fromkeys((pinned, *editions_in_force(country, day)))
    return tuple(
        Figures(edition, figure)
        for edition in editions
        for figure in (figures_for(edition, name, None if edition == pinned else day) or (None,))
    )


@lru_cache(maxsize=4096)
def _pinned_figures(pinned: Edition, name: DeadlineName) -> tuple[Figures, ...]:
    """The figures of one edition, for a what-if that counts by it alone."""
    return tuple(Figures(pinned, figure) for figure in figures_for(pinned, name) or (None,))


@lru_cache(maxsize=4096)
def _must_borrow(pinned: Edition, country: str, day: date, name: DeadlineName) -> bool:
    """Whether none of the editions in force has a figure."""
    in_force = editions_in_force(country, day)
    return not any(row.figure for row in _figures(pinned, country, day, name) if row.edition in in_force)


def figures_for(edition: Edition, name: DeadlineName, day: date | None = None) -> tuple[Parameter, ...]:
    """An edition's figures for a deadline, the main one first; with a day, those that are supported on it."""
    figures = [
        figure
        for figure in edition.parameters
        if figure.role == "deadline"
        and name in (figure.deadline, figure.name)
        and (day is None or figure.counts_on(day))
    ]
    return tuple(sorted(figures, key=lambda figure: figure.name != name))


class _Count(NamedTuple):
    """One deadline of one claim at an instant; figures that start with the same events share their runs."""

    history: CountedHistory
    name: DeadlineName
    now: datetime
    day: date | None
    """The filing day; none where the pinned edition alone counts."""
    runs: dict[tuple[str, ...], Run]
    """The runs that have been read already, by what starts the clock."""

    def run(self, figure: Parameter | None) -> Run:
        """The latest run of the clock that a figure starts; each is read from the history once."""
        starts = figure.starts_with if figure else clock(self.name).starts_with
        if starts not in self.runs:
            self.runs[starts] = last_run(self.name, starts, self.history)
        return self.runs[starts]

    def read(self, row: Figures) -> Iterator[Reading]:
        """One figure's reading; where a notice states another instant, the figure's sooner one stands beside."""
        figure = row.figure
        run = self.run(figure)
        own = _due(figure, run.started_at, self.history)
        yield self.reading(row, run, run.stated or own)
        if run.stated is not None and own is not None and own < run.stated:
            sooner = self.reading(row, run._replace(stated=None), own)
            yield sooner.model_copy(update={"kind": ReadingKind.SOFT})

    def reading(self, row: Figures, run: Run, due_at: datetime | None) -> Reading:
        """What a figure says of a run."""
        history, figure = self.history, row.figure
        no_later = _due(figure, run.seen_at, history) if self.name is not DeadlineName.ANSWER_AMAZON else None
        kind = self._kind(row, run)
        known, last = (None, None) if run.again else (due_at, due_at or no_later)  # is a second appeal heard at all?
        state = run_state(run, last, known, self.now)
        return Reading(
            edition=row.edition.reference,
            figure=figure.name if figure else None,
            kind=kind,
            state=state,
            due_at=due_at,
            due_no_later=no_later,
            started_by=run.started_by,
            started_at=run.started_at,
            runs=_runs(history, self.name, run, kind),
        )

    def _kind(self, row: Figures, run: Run) -> ReadingKind:
        """How much weight a reading carries.

        A notice of the claim alone started the clock until November 2016. A pinned edition that still counts so is
        soft, unless an edition in force says the same; so is one that may, where the start was not seen.
        """
        if run.stated is not None:
            return ReadingKind.STATED
        if row.borrowed:
            return ReadingKind.BORROWED
        history, figure = self.history, row.figure
        if figure is None or figure.kind is FigureKind.SOFT or run.again:
            return ReadingKind.SOFT
        if self.day is None or row.edition != history.edition or self.day <= LAST_DAY_OF_SEVEN_DAYS:
            return ReadingKind.FIRM
        by_notice = run.started_by == "filed" or (run.started_by == "observed" and "filed" in figure.starts_with)
        agreed = not by_notice or starts_with_notice(history.claim.order.marketplace, self.day, self.name)
        return ReadingKind.FIRM if agreed else ReadingKind.SOFT

    def borrowed(self) -> list[Reading]:
        """The figure of an edition in force elsewhere: the earliest that runs, else the shortest there is to come."""
        rows = lendable(self.day, self.name) if self.day else ()
        readings = [
            self.reading(row, run, run.stated or _due(row.figure, run.started_at, self.history))
            for row in rows
            for run in [self.run(row.figure)]
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


def _runs(history: CountedHistory, name: DeadlineName, run: Run, kind: ReadingKind) -> bool:
    """Whether a run still asks for something.

    Not once it was answered or left, nor after a decision that came later than its start; an appeal is against one. A
    soft clock of the claim notice, or one whose start was not seen, ends with Amazon's question, which has a clock of
    its own, or when the seller looked and found nothing to answer.
    """
    if run.started_by is None or run.ended_at is not None or run.left_at is not None:
        return False
    if name is not DeadlineName.APPEAL and _decided_since(history, run):
        return False
    start = run.started_at or run.seen_at
    unseen = name is DeadlineName.ANSWER_AMAZON and run.started_by == "observed"
    if start is None or not (unseen or (kind is ReadingKind.SOFT and run.started_by == "filed")):
        return True
    looked = (history.latest.get(event) for event in ("information_requested", "nothing_asked"))
    return not any(moment is not None and moment.at >= start for moment in looked)


def _decided_since(history: CountedHistory, run: Run) -> bool:
    """Whether the claim was decided, withdrawn or cancelled after a run started."""
    start = run.started_at or run.seen_at
    return start is not None and any(
        entry.changes_status
        and entry.after is not ClaimStatus.UNDER_REVIEW
        and entry.event.at >= start
        and entry.place > run.place
        for entry in history.entries
    )


def _due(figure: Parameter | None, start: datetime | None, history: CountedHistory) -> datetime | None:
    if figure is None or start is None:
        return None
    return add_to_instant(start, figure.value, figure.unit, history.claim.order.zone)


@lru_cache(maxsize=4096)
def lendable(day: date, name: DeadlineName) -> tuple[Figures, ...]:
    """Firm figures of every edition in force somewhere on a day, the shortest first; ties by id."""
    editions = dict.fromkeys(
        edition for place in Marketplace.all() for edition in editions_in_force(place.country, day)
    )
    rows = [
        (shortest_hours(figure.value, figure.unit), edition.id, edition, figure)
        for edition in editions
        for figure in figures_for(edition, name, day)
        if figure.kind is FigureKind.FIRM
    ]
    return tuple(
        Figures(edition, figure, borrowed=True) for _, _, edition, figure in sorted(rows, key=lambda row: row[:2])
    )
