"""Count days, business days and hours: the only place where a span is added to a day or an instant."""

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, FR, MO, TH, TU, WE, rrule


class Unit(StrEnum):
    """What a number counts."""

    CALENDAR_DAY = "calendar_day"
    BUSINESS_DAY = "business_day"
    HOUR = "hour"


def add_to_day(day: date, value: int, unit: Unit) -> date:
    """The day that lies `value` days on; a day added to is not counted itself, the last one is.

    >>> add_to_day(date(2016, 6, 10), 3, Unit.BUSINESS_DAY)  # a Friday: weekends are skipped, holidays are not
    datetime.date(2016, 6, 15)

    Raises:
        ValueError: hours cannot be added to a day, nor business days taken from one.
    """
    if unit is Unit.CALENDAR_DAY:
        return day + timedelta(days=value)
    if unit is Unit.HOUR or value < 0:
        raise ValueError(f"cannot add {value} {unit} to a day")
    if value == 0:
        return day
    return rrule(DAILY, count=value, byweekday=(MO, TU, WE, TH, FR), dtstart=day + timedelta(days=1))[-1].date()


def add_to_instant(at: datetime, value: int, unit: Unit, zone: ZoneInfo) -> datetime:
    """The instant that lies `value` hours of elapsed time, or days at the same local time, on; in UTC.

    Where the clocks change, 3 calendar days and 72 hours are different things:

    >>> la, at = ZoneInfo("America/Los_Angeles"), datetime(2026, 3, 6, 20, tzinfo=UTC)
    >>> add_to_instant(at, 72, Unit.HOUR, la) - add_to_instant(at, 3, Unit.CALENDAR_DAY, la)
    datetime.timedelta(seconds=3600)

    A local time that the clocks skip is read with the offset before the change; one that they repeat, as the first.
    """
    if unit is Unit.HOUR:
        return at + timedelta(hours=value)
    local = at.astimezone(zone)
    days = value if unit is Unit.CALENDAR_DAY else (add_to_day(local.date(), value, unit) - local.date()).days
    if days == 0:
        return at  # the second of two equal local times stays the second
    return (local + timedelta(days=days)).astimezone(UTC)  # within one zone Python adds wall time, as the first of two


def longest_hours(value: int, unit: Unit) -> int:
    """The most hours that a span can last, a change of clocks and weekends included."""
    return {
        Unit.HOUR: value,
        Unit.CALENDAR_DAY: value * 24 + 1,
        Unit.BUSINESS_DAY: (value + 2 * (value // 5 + 1)) * 24 + 1,
    }[unit]


def shortest_hours(value: int, unit: Unit) -> int:
    """The fewest hours that a span can last."""
    return value if unit is Unit.HOUR else max(0, value * 24 - 1)
