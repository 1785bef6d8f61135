"""An edition's figures for filing windows, reduced to what decides a day, and the columns they lead to."""

from collections.abc import Iterable
from typing import NamedTuple

import narwhals as nw

from atoz.frames.engines import engine_of
from atoz.frames.facts import day, instant, needs_zone, with_days, with_instants, with_zone
from atoz.frames.sheet import PREFIX, Sheet, require
from atoz.frames.spans import add_days, counts_by_weekday
from atoz.model.reason import ClaimReason
from atoz.rulebook.count import Unit
from atoz.rulebook.edition import DayBoundary, Edition, Parameter
from atoz.rulebook.window import window_rules


class Figure(NamedTuple):
    """What of a parameter decides a day."""

    fact: str
    value: int
    unit: Unit
    from_instant: bool

    @property
    def column(self) -> str:
        """Where the day is kept."""
        return f"{PREFIX}{self.fact}_{self.value}_{self.unit}_{'at' if self.from_instant else 'on'}"


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
    closes = (rules.closes,) if rules.closes else ()
    return Figures(True, *(tuple(map(_figure, each)) for each in (rules.opens, rules.not_before, closes)))  # noqa: FBT003


def _figure(rule: Parameter) -> Figure:
    return Figure(rule.starts_with[0], rule.value, rule.unit, rule.day_boundary is not DayBoundary.WHOLE_LOCAL_DAYS)


def with_counted_days(sheet: Sheet, figures: Iterable[Figure], days: Iterable[str]) -> Sheet:
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
    plain = {each.column: add_days(nw.col(day(each.fact)), each.value, each.unit) for each in wanted if not each.from_instant}
    sheet = sheet.adding(**plain) if plain else sheet
    for each in wanted:
        sheet = _with_day_after_instant(sheet, each) if each.from_instant else sheet
    return sheet


def _with_day_after_instant(sheet: Sheet, figure: Figure) -> Sheet:
    engine, later = engine_of(sheet.frame), f"{figure.column}_instant"
    sheet = with_instant_after(sheet, instant(figure.fact), figure.value, figure.unit, later)
    return sheet.on(engine.local_day(sheet.frame, later, figure.column))


def with_instant_after(sheet: Sheet, column: str, value: int, unit: Unit, out: str) -> Sheet:
    """The sheet with the instant so many hours, or days at the same local time, after another."""
    if unit is Unit.HOUR:  # never `+ timedelta`: DuckDB and Spark take 72 hours for 3 days of the session's zone
        return sheet.adding(**{out: nw.col(column).dt.offset_by(f"{value}h")})
    return sheet.on(engine_of(sheet.frame).days_later(sheet.frame, column, out, counts_by_weekday(value, unit)))
