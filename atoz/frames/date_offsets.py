"""Spans on columns of days: what `atoz.rulebook.date_arithmetic` does to one day, done to all."""

from datetime import date, datetime, timedelta

import narwhals as nw

from atoz.frames.frame_types import Frame
from atoz.model.instant import FIRST_DAY, LAST_DAY
from atoz.rulebook.date_arithmetic import Unit, add_to_day

SECOND, DAY = 1_000_000, 86_400_000_000
"""In microseconds."""
EPOCH = date(1970, 1, 1)
FIRST, END = (FIRST_DAY - EPOCH).days, (LAST_DAY - EPOCH).days + 1
"""The days that count as known, as numbers since 1970."""
_MONDAY = date(2024, 1, 1)


def counts_by_weekday(value: int, unit: Unit) -> tuple[int, ...]:
    """How many calendar days a span of days lasts from each weekday, Monday first: asked of the scalar code.

    >>> counts_by_weekday(3, Unit.BUSINESS_DAY)
    (3, 3, 5, 5, 5, 4, 3)
    """
    days = [_MONDAY + timedelta(days=weekday) for weekday in range(7)]
    return tuple((add_to_day(day, value, unit) - day).days for day in days)


def add_days(day: nw.Expr, value: int, unit: Unit, engine: nw.Implementation) -> nw.Expr:
    """The days that lie so many days on."""
    first, *others = dict.fromkeys(counts := counts_by_weekday(value, unit))
    later = _later(day, first, engine)
    for count in others:
        weekdays = [weekday for weekday, days in enumerate(counts, start=1) if days == count]
        later = nw.when(day.dt.weekday().is_in(weekdays)).then(_later(day, count, engine)).otherwise(later)
    return later


def _later(day: nw.Expr, count: int, engine: nw.Implementation) -> nw.Expr:
    """By whole numbers where an engine can, since most make a datetime of a day and a span, and twice the work."""
    if not count:
        return day
    if engine is nw.Implementation.PYARROW:
        return (day.cast(nw.Int32) + nw.lit(count, nw.Int32)).cast(nw.Date)
    if engine in (nw.Implementation.DUCKDB, nw.Implementation.PYSPARK, nw.Implementation.PYSPARK_CONNECT):
        return day + count
    return (day + timedelta(days=count)).cast(nw.Date)


def nothing_like(like: nw.Expr) -> nw.Expr:
    """Nulls of the type of another column: what every engine understands."""
    return nw.when(like.is_null() & ~like.is_null()).then(like)


def instant_literal(frame: Frame, moment: datetime) -> nw.Expr:
    """One instant as a column; DuckDB has instants of the session's zone alone, and needs no cast."""
    literal = nw.lit(moment)
    return literal if frame.implementation.is_duckdb() else literal.cast(nw.Datetime("us", "UTC"))


def days_between(start: nw.Expr | date, end: nw.Expr, engine: nw.Implementation) -> nw.Expr:
    """Whole days from one day to another, as 64-bit integers."""
    if engine is nw.Implementation.DUCKDB:
        return (end - (nw.lit(start) if isinstance(start, date) else start)).cast(nw.Int64)
    begins = (start - EPOCH).days if isinstance(start, date) else _number(start, engine)
    return _number(end, engine) - begins


def _number(day: nw.Expr, engine: nw.Implementation) -> nw.Expr:
    """Days since 1970; where an engine cannot say so, from the year and the day of the year."""
    if engine in (nw.Implementation.POLARS, nw.Implementation.PYARROW):
        return day.cast(nw.Int32).cast(nw.Int64)
    year = day.dt.year().cast(nw.Int64)
    leap_days = (year - 1969) // 4 - (year - 1901) // 100 + (year - 1601) // 400
    return (year - 1970) * 365 + leap_days + day.dt.ordinal_day().cast(nw.Int64) - 1
