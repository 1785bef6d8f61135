"""An edition's figures for filing windows, reduced to what decides a day, and the columns they lead to."""

from collections.abc import Iterable
from typing import NamedTuple

import narwhals as nw

from atoz.frames.date_columns import day_column, instant_column, needs_zone, with_days, with_instants, with_zone
from atoz.frames.date_offsets import add_days, counts_by_weekday
from atoz.frames.engines import engine_of
from atoz.frames.frame_types import PREFIX
from atoz.frames.workframe import Workframe, require
from atoz.model.reason import ClaimReason
from atoz.rulebook.date_arithmetic import Unit
from atoz.rulebook.edition import Edition
from atoz.rulebook.window_count import NO_SCAN, Leg, window_rules


class WindowParameter(NamedTuple):
    """What of a parameter decides a day."""

    fact: str
    value: int
    unit: Unit
    instead: str | None = None
    """The fact that it counts from where that one is not known."""

    @property
    def from_instant(self) -> bool:
        """Whether the instant of the fact is needed: hours are counted from it, days from its local day."""
        return self.unit is Unit.HOUR

    @property
    def column(self) -> str:
        """Where the day is kept."""
        return f"{PREFIX}{'_or_'.join(self.facts)}_{self.value}_{self.unit}"

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that it can count from, the first one that is known."""
        return (self.fact,) if self.instead is None else (self.fact, self.instead)


class WindowParameters(NamedTuple):
    """An edition's figures for one reason; not `defined` where it has no window for it."""

    defined: bool
    opens: tuple[WindowParameter, ...] = ()
    not_before: tuple[WindowParameter, ...] = ()
    closes: tuple[WindowParameter, ...] = ()
    opening: bool = False
    """Whether the edition says from when the buyer may file."""
    closing: bool = False
    """Whether the edition defines a closing day."""
    absent: tuple[str, ...] = ()
    """Needed facts that the table has no column for: they count as not known, and their figures are left out."""
    opening_absent: bool = False
    """Whether an opening counts from such a fact, so that the soonest opening cannot be told."""
    wait_absent: bool = False
    """Whether a wait does."""

    @property
    def all(self) -> tuple[WindowParameter, ...]:
        """Every figure."""
        return (*self.opens, *self.not_before, *self.closes)

    @property
    def needed(self) -> tuple[WindowParameter, ...]:
        """The figures whose facts have to be known: that no delivery scan is on record is an answer, too."""
        return tuple(figure for figure in self.all if figure.fact != NO_SCAN)

    @property
    def unsupported(self) -> tuple[str, ...]:
        """What the edition does not define, as `FilingWindow.unsupported` says it."""
        if not self.defined:
            return ("window",)
        return tuple(name for name, there in (("opens", self.opening), ("closes", self.closing)) if not there)

    def present(self, workframe: Workframe) -> "WindowParameters":
        """The same without the figures that count from facts the table has no column for."""

        def kept(figures: Iterable[WindowParameter]) -> tuple[WindowParameter, ...]:
            return tuple(figure for figure in figures if any(map(workframe.has, figure.facts)))

        absent = [figure.fact for figure in self.needed if not any(map(workframe.has, figure.facts))]
        return self._replace(
            opens=kept(self.opens),
            not_before=kept(self.not_before),
            closes=kept(self.closes),
            absent=tuple(dict.fromkeys(absent)),
            opening_absent=any(figure.fact in absent for figure in self.opens),
            wait_absent=any(figure.fact in absent for figure in self.not_before),
        )


def window_parameters(edition: Edition, reason: ClaimReason) -> WindowParameters:
    """What an edition says of a reason's window."""
    rules = window_rules(edition, reason)
    if rules is None:
        return WindowParameters(defined=False)
    opens, not_before, closes = (tuple(map(_figure, legs)) for legs in rules)
    return WindowParameters(
        defined=True,
        opens=opens,
        not_before=not_before,
        closes=closes,
        opening=rules.has_opening,
        closing=bool(closes),
    )


def _figure(leg: Leg) -> WindowParameter:
    return WindowParameter(leg.fact, leg.rule.value, leg.rule.unit, leg.instead)


def with_counted_days(workframe: Workframe, figures: Iterable[WindowParameter], days: Iterable[str]) -> Workframe:
    """The workframe with the day that each figure leads to, and some facts as days.

    A figure that can count from two facts takes the first one where that is known.

    Raises:
        InvalidDocument: the marketplace is needed and missing, or hours are counted from a column of days.
    """
    asked = list(dict.fromkeys(figures))
    wanted = list(dict.fromkeys(part for figure in asked for part in _parts(workframe, figure)))
    instants = {figure.fact: f"{figure.value} {figure.unit}" for figure in wanted if figure.from_instant}
    as_days = list(dict.fromkeys((*days, *(figure.fact for figure in wanted if not figure.from_instant))))
    if instants or needs_zone(workframe, as_days, instants):
        require(workframe, ("marketplace",), ())
        workframe = with_zone(workframe)
    workframe = with_instants(with_days(workframe, as_days), instants)
    plain = {
        figure.column: add_days(
            nw.col(day_column(figure.fact)), figure.value, figure.unit, workframe.frame.implementation
        )
        for figure in wanted
        if not figure.from_instant
    }
    workframe = workframe.with_columns(**plain) if plain else workframe
    for figure in wanted:
        workframe = _with_day_after_instant(workframe, figure) if figure.from_instant else workframe
    joined = {
        figure.column: nw.coalesce(*days) if len(days) > 1 else days[0]
        for figure in asked
        if figure.instead is not None
        for days in [[nw.col(part.column) for part in _parts(workframe, figure)]]
    }
    return workframe.with_columns(**joined) if joined else workframe


def _parts(workframe: Workframe, figure: WindowParameter) -> list[WindowParameter]:
    """A figure once for each fact of the table that it can count from."""
    return [figure._replace(fact=fact, instead=None) for fact in figure.facts if workframe.has(fact)]


def _with_day_after_instant(workframe: Workframe, figure: WindowParameter) -> Workframe:
    engine, later = engine_of(workframe.frame), f"{figure.column}_instant"
    workframe = with_instant_after(workframe, instant_column(figure.fact), figure.value, figure.unit, later)
    return workframe.with_frame(engine.local_day(workframe.frame, later, figure.column))


def with_instant_after(workframe: Workframe, column: str, value: int, unit: Unit, out: str) -> Workframe:
    """The workframe with the instant so many hours, or days at the same local time, after another."""
    if unit is Unit.HOUR:  # never `+ timedelta`: DuckDB and Spark take 72 hours for 3 days of the session's zone
        return workframe.with_columns(**{out: nw.col(column).dt.offset_by(f"{value}h")})
    return workframe.with_frame(
        engine_of(workframe.frame).days_later(workframe.frame, column, out, counts_by_weekday(value, unit))
    )
