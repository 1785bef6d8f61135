"""Aggregates that name claims: seller analytics, and the sales and traffic report. No orders stand behind them."""

from collections.abc import Iterator
from datetime import date
from typing import Literal

from pydantic import Field
from pydantic_core import PydanticCustomError

from atoz.model.instant import Day, to_day
from atoz.model.record import Record, is_mapping, is_sequence
from atoz.sources.parsed import Level, Origin, Parsed
from atoz.sources.reports.health import Number
from atoz.sources.wire import Reader, as_payload, decimal_of

_PREFIX = "accountHealth"
_SALES = ("claimsGranted", "claimsAmount")
_MAX_DEPTH = 8
_MAX_NAMES = 60


class Metric(Record):
    """One figure of one period; none where Amazon has it not yet."""

    kind: Literal["metric"] = "metric"
    name: str = Field(max_length=_MAX_NAMES, description="Amazon's name, for example accountHealthOrderDefectRate.")
    value: Number | None = Field(description="The figure.")
    currency: str | None = Field(default=None, pattern="^[A-Z]{3}$", description="Its currency, for amounts.")
    starts_on: Day | None = Field(default=None, description="First day of the period.")
    ends_on: Day | None = Field(default=None, description="Last day of the period.")
    source: Origin = Field(description="Where it was read.")


def claim_metrics(payload: object) -> tuple[Parsed[Metric], ...]:
    """Every account health and claims figure in a document, wherever it stands.

    >>> claim_metrics({"accountHealthAtozClaimOrderCount": {"value": 3}})[0].value.value
    Decimal('3')

    Raises:
        InvalidDocument: the payload is not an object.
    """
    return tuple(_walk(as_payload(payload, "metrics"), None, None, _MAX_DEPTH))


def _walk(level: object, starts: date | None, ends: date | None, depth: int) -> Iterator[Parsed[Metric]]:
    if depth == 0:
        return
    if is_sequence(level):
        for row in level:
            yield from _walk(row, starts, ends, depth - 1)
        return
    if not is_mapping(level):
        return
    starts = _day(level.get("startDate")) or _day(level.get("date")) or starts
    ends = _day(level.get("endDate")) or _day(level.get("date")) or ends
    for name, value in level.items():
        if (name.startswith(_PREFIX) or name in _SALES) and len(name) <= _MAX_NAMES:
            yield _metric(name, value, starts, ends)
        else:
            yield from _walk(value, starts, ends, depth - 1)


def _metric(name: str, raw: object, starts: date | None, ends: date | None) -> Parsed[Metric]:
    reader = Reader({name: raw})
    inner = raw if is_mapping(raw) else {}
    stated = inner.get("value", inner.get("amount")) if inner else raw
    value = decimal_of(stated)
    currency = reader.text(f"{name}.currencyCode") if "currencyCode" in inner else None
    if value is None and stated is not None:
        reader.note("no_number", "no number that can be read", path=name, level=Level.WARN)
    found = Metric(
        name=name,
        value=value,
        currency=currency if currency and len(currency) == 3 and currency.isascii() and currency.isupper() else None,  # noqa: PLR2004
        starts_on=starts,
        ends_on=ends,
        source=Origin(system="metrics", key=f"{name}:{starts or ''}:{ends or ''}"),
    )
    return Parsed(found, tuple(reader.notes), found.source)


def _day(value: object) -> date | None:
    try:
        return to_day(value) if isinstance(value, str) else None
    except PydanticCustomError:
        return None
