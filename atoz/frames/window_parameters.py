"""An edition's figures for filing windows, reduced to what decides a day, and the columns they lead to."""

from collections.abc import Iterable
from typing import NamedTuple

import narwhals as nw

from atoz.frames.date_columns import day, instant, needs_zone, with_days, with_instants, with_zone
from atoz.frames.date_offsets import add_days, counts_by_weekday
from atoz.frames.engines import engine_of
from atoz.frames.workframe import PREFIX, Workframe, require
from atoz.model.reason import ClaimReason
from atoz.rulebook.date_arithmetic import Unit
from atoz.rulebook.edition import Edition
from atoz.rulebook.filing_window import Leg, window_rules


class Figure(NamedTuple):
    """What of a parameter decides a day."""

    fact: str
    value: int
    unit: Unit

    @property
    def from_instant(self) -> bool:
        """Whether the instant of the fact is needed: hours are counted from it, days from its local day."""
        return self.unit is Unit.HOUR

    @property
    def column(self) -> str:
        """Where the day is kept."""
        return f"{PREFIX}{self.fact}_{self.value}_{self.unit}"


class Figures(NamedTuple):
    """An edition's figures for one reason; not `defined` where it has no window for it."""

    defined: bool
    opens: tuple[Figure, ...] = ()
    not_before: tuple[Figure, ...] = ()
    closes: tuple[Figure, ...] = ()

    @property
    def all(self) -> tuple[Figure, ...]:
        """Every figure."""
        return (*self.opens, *self.not_before, *self.closes)


def figures_of(edition: Edition, reason: ClaimReason) -> Figures:
    """What an edition says of a reason's window."""
    rules = window_rules(edition.id, reason)
    if rules is None:
        return Figures(defined=False)
    opens, not_before, closes = (tuple(map(_figure, legs)) for legs in rules)
    return Figures(defined=True, opens=opens, not_before=not_before, closes=closes)


def _figure(leg: Leg) -> Figure:
    return Figure(leg.fact, leg.rule.value, leg.rule.unit)


def with_counted_days(sheet: Workframe, figures: Iterable[Figure], days: Iterable[str]) -> Workframe:
    """The sheet with the day that each figure leads to, and some facts as days.

    Raises:
        InvalidDocument: the marketplace is needed and missing, or hours are counted from a column of days.
    """
    wanted = list(dict.fromkeys(figures))
    instants = {each.fact: f"{each.value} {each.unit}" for each in wanted if each.from_instant}
    as_days = list(dict.fromkeys((*days, *(each.fact for each in wanted if not each.from_instant))))
    if instants or needs_zone(sheet, as_days, instants):
        require(sheet, ("marketplace",), ())
        sheet = with_zone(sheet)
    sheet = with_instants(with_days(sheet, as_days), instants)
    plain = {
        each.column: add_days(nw.col(day(each.fact)), each.value, each.unit, sheet.frame.implementation)
        for each in wanted
        if not each.from_instant
    }
    sheet = sheet.adding(**plain) if plain else sheet
    for each in wanted:
        sheet = _with_day_after_instant(sheet, each) if each.from_instant else sheet
    return sheet


def _with_day_after_instant(sheet: Workframe, figure: Figure) -> Workframe:
    engine, later = engine_of(sheet.frame), f"{figure.column}_instant"
    sheet = with_instant_after(sheet, instant(figure.fact), figure.value, figure.unit, later)
    return sheet.on(engine.local_day(sheet.frame, later, figure.column))


def with_instant_after(sheet: Workframe, column: str, value: int, unit: Unit, out: str) -> Workframe:
    """The sheet with the instant so many hours, or days at the same local time, after another."""
    if unit is Unit.HOUR:  # never `+ timedelta`: DuckDB and Spark take 72 hours for 3 days of the session's zone
        return sheet.adding(**{out: nw.col(column).dt.offset_by(f"{value}h")})
    return sheet.on(engine_of(sheet.frame).days_later(sheet.frame, column, out, counts_by_weekday(value, unit)))
