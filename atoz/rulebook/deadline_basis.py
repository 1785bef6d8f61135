"""What one deadline of a claim depends on: the latest runs of its clock, by each figure that has to be reckoned with.

Many claims, and many moments of one, have a basis in common; what is counted from it is counted once.
"""

from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from atoz.model.marketplace import Marketplace
from atoz.model.status import ClaimStatus
from atoz.rulebook.counted_history import CountedHistory
from atoz.rulebook.date_arithmetic import add_to_instant, shortest_hours
from atoz.rulebook.deadline_clock import DeadlineName, Run, clock, last_run
from atoz.rulebook.edition import Edition
from atoz.rulebook.edition_selection import editions_in_force
from atoz.rulebook.parameter import FigureKind, Parameter


class Figures(NamedTuple):
    """What one edition says of one deadline."""

    edition: Edition
    figure: Parameter | None
    borrowed: bool = False


class Basis(NamedTuple):
    """All that one deadline depends on: claims that have it in common have the deadline in common."""

    edition: Edition
    """The pinned one."""
    country: str
    name: DeadlineName
    now: datetime
    day: date | None
    """The filing day; none where the pinned edition alone counts."""
    runs: tuple["LatestRun", ...]
    """The latest run by each figure that is read, the pinned one first; figures with the same starts share one."""
    looked_at: datetime | None = None
    """When Amazon last asked, or the seller last looked and found no question."""
    filed: bool = False
    """Whether there is a claim whose filing is known."""

    def run(self, figure: Parameter | None) -> "LatestRun":
        """The latest run of the clock that a figure starts."""
        starts = _starts(self.name, figure)
        return next(row for row in self.runs if row.starts_with == starts)

    def due(self, figure: Parameter | None, start: datetime | None) -> datetime | None:
        """The last instant at which a run is met, by a figure."""
        if figure is None or start is None:
            return None
        return add_to_instant(start, figure.value, figure.unit, Marketplace.of(self.country).zoneinfo)


class LatestRun(NamedTuple):
    """The latest run of a clock that starts with certain events, and whether the claim was decided since."""

    starts_with: tuple[str, ...]
    run: Run
    decided: bool


class _Starts(NamedTuple):
    """What starts a deadline's clocks, by every figure that is read."""

    name: DeadlineName
    starts: tuple[tuple[str, ...], ...]
    """The pinned edition's first."""
    any_start: frozenset[str]


def day_counted(history: CountedHistory, now: datetime, *, pinned_only: bool) -> date | None:
    """The day whose rules count beside the pinned ones: that of the filing, before there is a claim that of `now`.

    None for a what-if, which counts by the edition that it names and no other: `pinned_only`.
    """
    return None if pinned_only else history.claim.order.local_day(history.begun_at or now)


def started_bases(
    history: CountedHistory, names: tuple[DeadlineName, ...], now: datetime, day: date | None
) -> list[Basis | None]:
    """What each of these deadlines depends on, by the rules of a day; none for one that nothing has started."""
    kinds, observed = history.latest.keys(), "observed" in history.latest
    return [
        _started_basis(history, row, now, day) if observed or not kinds.isdisjoint(row.any_start) else None
        for row in _starts_read(history.edition, history.claim.order.marketplace, day, names)
    ]


def _started_basis(history: CountedHistory, read: _Starts, now: datetime, day: date | None) -> Basis | None:
    runs = tuple(_latest_run(history, read.name, starts) for starts in read.starts)
    if all(row.run.started_by is None for row in runs):
        return None
    checks = (history.latest.get(event) for event in ("information_requested", "nothing_asked"))
    return Basis(
        edition=history.edition,
        country=history.claim.order.marketplace,
        name=read.name,
        now=now,
        day=day,
        runs=runs,
        looked_at=max((check.at for check in checks if check), default=None),
        filed=history.filed_at is not None,
    )


def unstarted_basis(pinned: Edition, country: str, day: date | None, name: DeadlineName) -> Basis:
    """What a deadline depends on that nothing has started: it is the same at any time."""
    (read,) = _starts_read(pinned, country, day, (name,))
    runs = tuple(LatestRun(names, Run(), decided=False) for names in read.starts)
    return Basis(pinned, country, name, datetime.min.replace(tzinfo=UTC), day, runs)


@lru_cache(maxsize=4096)
def _starts_read(
    pinned: Edition, country: str, day: date | None, names: tuple[DeadlineName, ...]
) -> tuple[_Starts, ...]:
    read: list[_Starts] = []
    for name in names:
        rows = figures_read(pinned, country, day, name)
        if day is not None and must_borrow(pinned, country, day, name):
            rows += lendable(day, name)
        starts = tuple(dict.fromkeys((starts_of(pinned, name), *(_starts(name, row.figure) for row in rows))))
        read.append(_Starts(name, starts, frozenset(chain.from_iterable(starts))))
    return tuple(read)


@lru_cache(maxsize=1024)
def deadline_rule(edition: Edition, name: DeadlineName) -> Parameter | None:
    """An edition's figure for a deadline; none if no source supports one."""
    figures = edition.parameters
    return next((figure for figure in figures if figure.role == "deadline" and figure.name == name.value), None)


def starts_of(edition: Edition, name: DeadlineName) -> tuple[str, ...]:
    """What starts a deadline's clock: what the edition's figure counts from, else whatever may."""
    rule = deadline_rule(edition, name)
    return rule.starts_with if rule else clock(name).starts_with


def _starts(name: DeadlineName, figure: Parameter | None) -> tuple[str, ...]:
    return figure.starts_with if figure else clock(name).starts_with


def _latest_run(history: CountedHistory, name: DeadlineName, starts: tuple[str, ...]) -> LatestRun:
    run = last_run(name, starts, history)
    return LatestRun(starts, run._replace(place=-1), _decided_since(history, run))


def _decided_since(history: CountedHistory, run: Run) -> bool:
    """Whether the claim was decided, withdrawn or cancelled after a run started."""
    start = run.started_at or run.seen_at
    return start is not None and any(
        after is not ClaimStatus.UNDER_REVIEW and after is not before and event.at >= start and place > run.place
        for place, event, before, after, _ in history.entries
    )


@lru_cache(maxsize=4096)
def figures_read(pinned: Edition, country: str, day: date | None, name: DeadlineName) -> tuple[Figures, ...]:
    """The figures of the pinned edition and of those in force, each edition once; the main figure of each first.

    Without a day the pinned edition alone counts. A deadline of the buyer's is read by none.
    """
    if clock(name).party != "seller":
        return ()
    editions = dict.fromkeys((pinned, *(editions_in_force(country, day) if day else ())))
    return tuple(
        Figures(edition, figure)
        for edition in editions
        for figure in (figures_for(edition, name, None if edition == pinned else day) or (None,))
    )


@lru_cache(maxsize=4096)
def must_borrow(pinned: Edition, country: str, day: date, name: DeadlineName) -> bool:
    """Whether a seller's deadline has no figure in any of the editions in force."""
    in_force = editions_in_force(country, day)
    figured = any(row.figure for row in figures_read(pinned, country, day, name) if row.edition in in_force)
    return clock(name).party == "seller" and not figured


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
