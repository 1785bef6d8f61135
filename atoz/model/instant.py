"""Instants and local days: what counts as a moment, and on which calendar day it falls."""

from datetime import UTC, date, datetime
from typing import Annotated, TypeVar

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from atoz.errors import Fault, InvalidDocument

_Day = TypeVar("_Day", date, datetime)
FIRST_YEAR, LAST_YEAR = 1995, 2199
"""Years outside these are refused: Amazon opened in 1995, and arithmetic must never overflow."""
FIRST_DAY, LAST_DAY = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)


def to_instant(value: object) -> datetime:
    """An aware moment in UTC, from an aware `datetime` or ISO 8601 text with an offset.

    Everything is kept in UTC, so that equal moments are equal bytes and differences are elapsed time.
    Numbers are refused: a bare number does not say what it counts.

    >>> to_instant("2016-06-01T08:00:00-07:00").isoformat()
    '2016-06-01T15:00:00+00:00'
    """
    moment = value
    if type(value) is datetime and value.tzinfo is UTC and FIRST_YEAR <= value.year <= LAST_YEAR:
        return value  # the common case, worth its line: most instants come from here
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value.strip())
        except ValueError:
            moment = None
    if not isinstance(moment, datetime):
        raise PydanticCustomError(
            "instant", "write an instant as ISO 8601 with an offset, for example 2016-06-01T15:00:00Z"
        )
    if moment.utcoffset() is None:
        raise PydanticCustomError(
            "naive_instant",
            "{asked} has no time zone; add its offset, for example Z or -07:00",
            {"asked": moment.isoformat()},
        )
    try:
        kept = moment.astimezone(UTC)
    except OverflowError:  # beyond the first or last year that Python knows
        kept = moment
    return _in_range(kept, kept.year)  # in UTC, so that what is kept can be read back


def instant_argument(name: str, value: datetime) -> datetime:
    """The same for an argument of a function: its faults are atoz's own errors.

    Raises:
        InvalidDocument: the instant is naive or out of range.
    """
    try:
        return to_instant(value)
    except PydanticCustomError as error:
        raise InvalidDocument(name, (Fault(name, error.type, error.message()),)) from error


def to_day(value: object) -> date:
    """A calendar day, from a `date` or ISO 8601 text such as `2016-06-10`."""
    day = value
    if isinstance(value, str):
        try:
            day = date.fromisoformat(value.strip())
        except ValueError:
            day = None
    if not isinstance(day, date) or isinstance(day, datetime):
        raise PydanticCustomError("day", "write a calendar day as ISO 8601, for example 2016-06-10")
    return _in_range(day, day.year)


def _in_range(value: _Day, year: int) -> _Day:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise PydanticCustomError(
            "out_of_range",
            "the year {year} is outside {first} to {last}",
            {"year": year, "first": FIRST_YEAR, "last": LAST_YEAR},
        )
    return value


Instant = Annotated[datetime, BeforeValidator(to_instant)]
"""A pydantic field type: an aware moment, kept in UTC."""

Day = Annotated[date, BeforeValidator(to_day)]
"""A pydantic field type: a calendar day."""
