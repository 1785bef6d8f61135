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


class Figures(NamedTuple):
    """What one edition says of one deadline."""

    edition: Edition
    figure: Parameter | None
    borrowed: bool = False


LAST_DAY_OF_SEVEN_DAYS = date(2016, 11, 13)
"""The last day on which a claim notice by itself surely started a clock; since then only some editions say so."""


def readings_of(
    history: CountedHistory, name: DeadlineName, now: datetime, *, pinned_only: bool = False
) -> tuple[Reading, ...]:
    """Every reading of a seller's deadline, the pinned one first; none for a deadline of the buyer's.

    A what-if counts by the edition that it names and no other: `pinned_only`. Before there is a claim, the rules of
    the day itself count.
    """
    if clock(name).party != "seller":
        return ()
    order = history.claim.order
    begun = history.begun_at or now
    day = order.local_day(begun)
    figures = _figures(history.edition, order.marketplace, day, name)
    if pinned_only:
        figures = tuple(row for row in figures if row.edition == history.edition)
    readings = [reading for row in figures for reading in _read(history, name, row, now, day)]
    in_force = editions_in_force(order.marketplace, day)
    if not pinned_only and not any(row.figure for row in figures if row.edition in in_force):
        readings += _borrowed(history, name, now, day)
    return tuple(readings)


def act_by(name: DeadlineName, readings: Sequence[Reading], history: CountedHistory, now: datetime) -> datetime | None:
    """The earliest instant among the readings whose clock still runs; none where nothing is left to act on.

    What was missed and cannot be mended is history: what the buyer waited for before the claim was filed, such as an
    answer or a label, and an appeal that a rule with a date no longer allows. A status that was only observed may hide
    a clock that started at any time before: it is due now until it is surely over.
    """
    ahead: list[datetime] = []
    for reading in readings:
        missed = _past(reading, now) and reading.state is DeadlineState.MISSED
        lost = name is DeadlineName.APPEAL or (clock(name).before_claim and history.filed_at is not None)
        if not reading.runs or (missed and lost):
            continue
        if reading.due_at is not None:
            ahead.append(reading.due_at)
        elif reading.due_no_later is not None and now <= reading.due_no_later:
            ahead.append(now)
    return min(ahead, default=None)


def _past(reading: Reading, now: datetime) -> bool:
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


def _read(history: CountedHistory, name: DeadlineName, row: Figures, now: datetime, day: date) -> Iterator[Reading]:
    """One figure's reading; where a notice states another instant than the figure, the sooner figure stands beside."""
    figure = row.figure
    starts = figure.starts_with if figure else clock(name).starts_with
    run = last_run(name, starts, history)
    own = _due(figure, run.started_at, history)
    yield _reading(history, name, row, run, run.stated or own, now, day)
    if run.stated is not None and own is not None and own < run.stated:
        sooner = _reading(history, name, row, run._replace(stated=None), own, now, day)
        yield sooner.model_copy(update={"kind": ReadingKind.SOFT})


def _reading(
    history: CountedHistory,
    name: DeadlineName,
    row: Figures,
    run: Run,
    due_at: datetime | None,
    now: datetime,
    day: date,
) -> Reading:
    figure = row.figure
    no_later = _due(figure, run.seen_at, history) if name is not DeadlineName.ANSWER_AMAZON else None
    kind = _kind(history, name, row, run, day)
    again = name is DeadlineName.APPEAL and run.started_by is not None and history.total("seller_appealed") > 0
    state = run_state(run, due_at or no_later, due_at, now)
    if again and figure is not None and due_at is not None:  # whether a second appeal is heard is not known
        kind, state = ReadingKind.SOFT, DeadlineState.UNDETERMINED if run.ended_at is None else state
    return Reading(
        edition=row.edition.reference,
        figure=figure.name if figure else None,
        kind=kind,
        state=state,
        due_at=due_at,
        due_no_later=no_later,
        started_by=run.started_by,
        started_at=run.started_at,
        runs=_runs(history, name, run, kind),
    )


def _kind(history: CountedHistory, name: DeadlineName, row: Figures, run: Run, day: date) -> ReadingKind:
    """How much weight a reading carries.

    A notice of the claim alone started the clock until November 2016. A pinned edition that still counts so is soft,
    unless an edition in force says the same.
    """
    if run.stated is not None:
        return ReadingKind.STATED
    if row.borrowed:
        return ReadingKind.BORROWED
    claim = history.claim
    if row.figure is None or row.figure.kind is FigureKind.SOFT:
        return ReadingKind.SOFT
    if row.edition == history.edition and run.started_by == "filed" and day > LAST_DAY_OF_SEVEN_DAYS:
        agreed = (
            figure.kind is FigureKind.FIRM and "filed" in figure.starts_with
            for edition in editions_in_force(claim.order.marketplace, day)
            for figure in figures_for(edition, name, day)
        )
        return ReadingKind.FIRM if any(agreed) else ReadingKind.SOFT
    return ReadingKind.FIRM


def _runs(history: CountedHistory, name: DeadlineName, run: Run, kind: ReadingKind) -> bool:
    """Whether a run still asks for something.

    Not once it was answered or left, nor after a decision that came later than its start; an appeal is against one. A
    soft clock of the claim notice ends with Amazon's question, which has a clock of its own, or when the seller looked
    and found nothing to answer.
    """
    if run.started_by is None or run.ended_at is not None or run.left_at is not None:
        return False
    if name is not DeadlineName.APPEAL and _decided_since(history, run.started_at or run.seen_at):
        return False
    if kind is not ReadingKind.SOFT or run.started_by != "filed" or run.started_at is None:
        return True
    looked = (history.latest.get(event) for event in ("information_requested", "nothing_asked"))
    return not any(moment is not None and moment.at >= run.started_at for moment in looked)


def _decided_since(history: CountedHistory, start: datetime | None) -> bool:
    """Whether the claim was decided, withdrawn or cancelled at or after an instant."""
    return start is not None and any(
        entry.changes_status and entry.after is not ClaimStatus.UNDER_REVIEW and entry.event.at >= start
        for entry in history.entries
    )


def _due(figure: Parameter | None, start: datetime | None, history: CountedHistory) -> datetime | None:
    if figure is None or start is None:
        return None
    return add_to_instant(start, figure.value, figure.unit, history.claim.order.zone)


def _borrowed(history: CountedHistory, name: DeadlineName, now: datetime, day: date) -> list[Reading]:
    """The figure of an edition in force elsewhere: the earliest that runs, else the shortest there is to come."""
    rows = _lendable(day, name)
    readings = [
        _reading(history, name, row, run, run.stated or _due(row.figure, run.started_at, history), now, day)
        for row in rows
        for run in [last_run(name, row.figure.starts_with if row.figure else (), history)]
    ]
    running = [reading for reading in readings if reading.runs and reading.due_at is not None]
    if running:
        return [min(running, key=lambda reading: (reading.due_at, reading.edition))]
    return readings[:1]


@lru_cache(maxsize=4096)
def _lendable(day: date, name: DeadlineName) -> tuple[Figures, ...]:
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
