"""Amounts and times as report files write them: decided cell by cell, never by the machine's locale."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import cache

from pydantic_core import PydanticCustomError

from atoz.model.data_files import read_record
from atoz.model.instant import to_instant
from atoz.model.record import Record
from atoz.sources.payload_reader import decimal_of

_SPACE = str.maketrans("", "", " \u00a0\u202f\u2009'’")
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,15})*")
_GROUP = 3


def local_decimal(text: str) -> Decimal | None:
    """An amount in any local spelling, or none.

    The last of two different signs is the decimal one; groups have three digits, in India also two. One sign alone,
    with three digits behind it, groups thousands: Amazon writes amounts with at most two decimals.

    >>> [str(local_decimal(text)) for text in ("1,234.56", "1.234,56", "-95,00", "1 234,5", "1.234", "7")]
    ['1234.56', '1234.56', '-95.00', '1234.5', '1234', '7']
    """
    plain = text.translate(_SPACE).replace("\u2212", "-")
    if not plain.isascii() or not _NUMBER.fullmatch(plain):
        return None
    signs = [character for character in plain if character in ".,"]
    if not signs:
        return decimal_of(plain)
    last = plain.rfind(signs[-1])
    grouped = len(set(signs)) == 1 and (len(signs) > 1 or len(plain) - last - 1 == _GROUP)
    whole, rest = (plain, "") if grouped else (plain[:last], plain[last + 1 :])
    pieces = re.split("[.,]", whole.lstrip("+-"))
    odd = any(len(piece) not in (2, _GROUP) for piece in pieces[1:-1]) or (
        len(pieces[1:]) > 0 and len(pieces[-1]) != _GROUP
    )
    if odd or (len(set(signs)) > 1 and signs[:-1].count(signs[-1])):
        return None
    sign = "-" if plain.startswith("-") else ""
    return decimal_of(f"{sign}{''.join(pieces)}{'.' + rest if rest else ''}")


class _Times(Record):
    months: dict[str, int]
    zones: dict[str, int]


_CLOCK = (
    r"(?P<h>\d{1,2})[:.](?P<mi>\d{2})(?:[:.](?P<s>\d{2}))?(?:\s*(?P<half>[ap]\.?\s?m\.?))?"
    r"\s*(?P<zone>[A-Za-z][A-Za-z]*\s*(?:[+-]\d{1,2}(?:[:.]?\d{2})?)?|[+-]\d{2}:?\d{2})?"
)
_SHAPES = tuple(
    re.compile(rf"{day}(?:[,\s]\s*{_CLOCK})?", re.IGNORECASE)
    for day in (
        r"(?P<y>\d{4})[-/](?P<m>\d{1,2})[-/](?P<d>\d{1,2})",
        r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})",
        r"(?P<name>[^\W\d_]+)\.?\s+(?P<d>\d{1,2}),?\s+(?P<y>\d{4})",
        r"(?P<d>\d{1,2})[\s-](?P<name>[^\W\d_]+)\.?[\s-](?P<y>\d{4})",
    )
)
_SLASHED = re.compile(rf"(?P<d>\d{{1,2}})/(?P<m>\d{{1,2}})/(?P<y>\d{{4}})(?:[,\s]\s*{_CLOCK})?", re.IGNORECASE)
_MAX = 60


def local_instant(text: str, *, zone: tzinfo | None = None, day_first: bool = False) -> datetime | None:
    """A time as report files write it, or none; without a zone of its own it needs `zone`.

    `10/06/2016` does not say which is the month: it is read only where the caller knows that the day stands first.

    >>> local_instant("Mar 19, 2026 10:04:05 AM PDT").isoformat()
    '2026-03-19T17:04:05+00:00'
    >>> local_instant("19.03.2026 10:04:05 UTC").isoformat(), local_instant("03/04/2026 10:04:05 UTC")
    ('2026-03-19T10:04:05+00:00', None)
    """
    plain = " ".join(text.split())
    if len(plain) > _MAX:
        return None
    shapes = (*_SHAPES, _SLASHED) if day_first else _SHAPES
    match = next((hit for shape in shapes if (hit := shape.fullmatch(plain))), None)
    if match is None:
        return None
    parts = match.groupdict()
    month = _month(parts["name"]) if parts.get("name") else int(parts["m"])
    where = _zone(parts["zone"]) if parts["zone"] else zone
    hour = _hour(parts["h"], parts["half"])
    if month is None or where is None or hour is None:
        return None
    try:
        return to_instant(
            datetime(
                int(parts["y"]), month, int(parts["d"]), hour, int(parts["mi"] or 0), int(parts["s"] or 0), tzinfo=where
            )
        )
    except (ValueError, OverflowError, PydanticCustomError):
        return None


def _hour(hour: str | None, half: str | None) -> int | None:
    if hour is None:
        return 0
    if half is None:
        return int(hour)
    late = half.casefold().startswith("p")
    return int(hour) % 12 + 12 * late if 1 <= int(hour) <= 12 else None  # noqa: PLR2004  (a clock face)


def _month(name: str) -> int | None:
    key = "".join(
        character
        for character in unicodedata.normalize("NFKD", name.casefold())
        if character.isalpha() and character.isascii()
    )
    return _times().months.get(key)


def _zone(name: str) -> tzinfo | None:
    match = re.fullmatch(r"(?P<name>[A-Za-z]*)\s*(?P<offset>[+-]\d{1,2}(?:[:.]?\d{2})?)?", name)
    if match is None or (match["name"] and match["name"].upper() not in _times().zones):
        return None
    minutes = _times().zones.get(match["name"].upper(), 0)
    if match["offset"]:
        digits = re.sub(r"\D", "", match["offset"])
        hours, rest = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")  # noqa: PLR2004
        minutes += (1 if match["offset"][0] == "+" else -1) * (int(hours) * 60 + int(rest))
    return UTC if minutes == 0 else timezone(timedelta(minutes=minutes)) if abs(minutes) < 1440 else None  # noqa: PLR2004


@cache
def _times() -> _Times:
    return read_record(_Times, "atoz.sources.report_files", "times.toml")
