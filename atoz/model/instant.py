"""Instants and local days: what counts as a moment, and on which calendar day it falls."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, TypeVar

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from atoz.errors import Fault, InvalidDocument

_Day = TypeVar("_Day", date, datetime)
FIRST_YEAR, LAST_YEAR = 1995, 2199
"""Years outside these are refused: Amazon opened in 1995, and arithmetic must never overflow."""
_NEARLY_A_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([T ][0-9:.,]{1,15}(Z|[+-][0-9:]{1,6})?)?", re.ASCII)
FIRST_DAY, LAST_DAY = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)


def to_instant(value: object) -> datetime:
    """An aware moment in UTC, from an aware `datetime` or ISO 8601 text with an offset.

    Everything is kept in UTC, so that equal moments are equal bytes and differences are elapsed time.
    Numbers are refused: a bare number does not say what it counts.

    >>> to_instant("2016-06-01T08:00:00-07:00").isoformat()
    '2016-06-01T15:00:00+00:00'
    """
    moment = value
    day_alone = False
    if type(value) is datetime and value.tzinfo is UTC and FIRST_YEAR <= value.year <= LAST_YEAR:
        return value  # the common case, worth its line: most instants come from here
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value.strip())
        except ValueError:
            moment = None
        else:
            day_alone = _is_day(value.strip())
    if not isinstance(moment, datetime):
        raise PydanticCustomError(
            "instant",
            "{asked} is not an instant; write one as ISO 8601 with its offset, for example 2026-11-23T09:00:00-08:00",
            {"asked": _quoted(value)},
        )
    if day_alone:
        raise PydanticCustomError(
            "naive_instant",
            "{asked} is a day; an instant is needed, for example {asked}T09:00:00-08:00",
            {"asked": moment.date().isoformat()},
        )
    if moment.utcoffset() is None:
        raise PydanticCustomError(
            "naive_instant",
            "{asked} has no time zone; add its offset, for example {asked}-08:00, or {asked}Z for UTC",
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
        raise PydanticCustomError(
            "day", "{asked} is not a calendar day; write one such as 2016-06-10", {"asked": _quoted(value)}
        )
    return _in_range(day, day.year)


def _is_day(text: str) -> bool:
    """Whether a text that is known to be ISO 8601 says nothing of the time of day."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _quoted(value: object) -> str:
    """What was written, if it is a date or nearly one; anything else may be personal and enters no message or log."""
    return repr(value.strip()) if isinstance(value, str) and _NEARLY_A_DATE.fullmatch(value.strip()) else "this"


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

Duration = Annotated[
    timedelta, WithJsonSchema({"type": "string", "pattern": "^-?P[0-9YDTHMS.]+$"}, mode="serialization")
]
"""A pydantic field type: elapsed time, as ISO 8601 with a sign: JSON Schema's own format for durations knows none."""
