"""Spans on columns of days: what `atoz.rulebook.count` does to one day, done to all."""

from datetime import date, timedelta

import narwhals as nw

from atoz.frames.zones import EPOCH
from atoz.model.instant import FIRST_YEAR, LAST_YEAR
from atoz.rulebook.count import Unit, add_to_day

_MONDAY = date(2024, 1, 1)


def counts_by_weekday(value: int, unit: Unit) -> tuple[int, ...]:
    """How many calendar days a span of days lasts from each weekday, Monday first: asked of the scalar code.

    >>> counts_by_weekday(3, Unit.BUSINESS_DAY)
    (3, 3, 5, 5, 5, 4, 3)
    """
    days = [_MONDAY + timedelta(days=weekday) for weekday in range(7)]
    return tuple((add_to_day(each, value, unit) - each).days for each in days)


def add_days(day: nw.Expr, value: int, unit: Unit) -> nw.Expr:
    """The days that lie so many days on."""
    counts = counts_by_weekday(value, unit)
    if len(set(counts)) == 1:
        return _later(day, counts[0])
    others = [count for count in dict.fromkeys(counts) if count != counts[0]]
    found = _later(day, counts[0])
    for count in others:
        weekdays = [weekday for weekday, each in enumerate(counts, start=1) if each == count]
        found = nw.when(day.dt.weekday().is_in(weekdays)).then(_later(day, count)).otherwise(found)
    return found


def _later(day: nw.Expr, count: int) -> nw.Expr:
    """The cast undoes what some engines make of a day and a span: a datetime."""
    return (day + timedelta(days=count)).cast(nw.Date) if count else day


def in_known_years(day: nw.Expr) -> nw.Expr:
    """The same days; null where the year is out of range, so that nothing can overflow."""
    return nw.when(day.is_between(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31))).then(day)


def nothing_like(like: nw.Expr) -> nw.Expr:
    """Nulls of the type of another column: what every engine understands."""
    return nw.when(like.is_null() & ~like.is_null()).then(like)


def days_between(start: nw.Expr | date, end: nw.Expr, engine: nw.Implementation) -> nw.Expr:
    """Whole days from one day to another, as 64-bit integers."""
    if engine is nw.Implementation.DUCKDB:
        return (end - (nw.lit(start) if isinstance(start, date) else start)).cast(nw.Int64)
    begins = (start - EPOCH).days if isinstance(start, date) else _number(start, engine)
    return _number(end, engine) - begins


def _number(day: nw.Expr, engine: nw.Implementation) -> nw.Expr:
    """Days since 1970; where an engine cannot say so, from the year and the day of the year."""
    if engine in (nw.Implementation.POLARS, nw.Implementation.PYARROW, nw.Implementation.PANDAS):
        return day.cast(nw.Int32).cast(nw.Int64)
    year = day.dt.year().cast(nw.Int64)
    leap_days = (year - 1969) // 4 - (year - 1901) // 100 + (year - 1601) // 400
    return (year - 1970) * 365 + leap_days + day.dt.ordinal_day().cast(nw.Int64) - 1
