"""Account health V2 (`GET_V2_SELLER_PERFORMANCE_REPORT`): the Order Defect Rate as Amazon states it, per channel.

Amazon's own status is trusted and never derived anew; its example breaks its own schema, so every part is optional.
The figures have no order ids behind them, and claims count seller-fulfilled orders only: channels are never merged.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Annotated, Literal

from pydantic import Field, PlainSerializer
from pydantic_core import PydanticCustomError

from atoz.errors import Fault, InvalidDocument, UnknownName
from atoz.model.instant import Day, Instant, to_day
from atoz.model.marketplace import Marketplace
from atoz.model.order import Country
from atoz.model.record import Document, is_mapping, is_sequence
from atoz.sources.parse_result import Level, Origin, ParseResult
from atoz.sources.payload_reader import MAX_ROWS, Reader, as_payload, decimal_of

Number = Annotated[Decimal, PlainSerializer(str, return_type=str)]
"""A pydantic field type: an exact number, written as text."""
_CHANNELS = ("mfn", "afn")


class ChannelHealth(Document):
    """The Order Defect Rate of one channel in one marketplace, as one report shows it."""

    kind: Literal["health"] = "health"
    marketplace: Country = Field(description="ISO country code of the marketplace.")
    channel: Literal["mfn", "afn"] = Field(description="Shipped by the seller (mfn) or by Amazon (afn).")
    account_status: str | None = Field(default=None, max_length=400, description="Amazon's word for the account.")
    status: str | None = Field(default=None, max_length=400, description="Amazon's own verdict on the rate.")
    orders: int | None = Field(default=None, description="Orders of the period.")
    defects: int | None = Field(default=None, description="Orders with a defect.")
    claims: int | None = Field(default=None, description="Orders with a claim that counts.")
    chargebacks: int | None = Field(default=None, description="Orders with a chargeback that counts.")
    negative_feedback: int | None = Field(default=None, description="Orders with negative feedback.")
    rate: Number | None = Field(default=None, description="The rate as Amazon states it, a fraction.")
    target: Number | None = Field(default=None, description="The threshold as Amazon states it, a fraction.")
    period_from: Instant | None = Field(default=None, description="Start of the period.")
    period_to: Instant | None = Field(default=None, description="End of the period; it lies days back.")
    source: Origin = Field(description="Where it was read.")


def account_health(payload: object) -> tuple[ParseResult[ChannelHealth], ...]:
    """One result per marketplace and channel of an account health report V2.

    Raises:
        InvalidDocument: it is no V2 report; the old V1 file is XML and is refused by name.
    """
    if isinstance(payload, (str, bytes)):
        words = "this is no parsed JSON; the V1 report is XML and is not read: ask for GET_V2_SELLER_PERFORMANCE_REPORT"
        raise InvalidDocument("account health", (Fault("", "not_v2", words),))
    whole = Reader(as_payload(payload, "account health"))
    if not is_sequence(whole.raw("performanceMetrics")):
        raise InvalidDocument("account health", (Fault("performanceMetrics", "not_v2", "it is no V2 report"),))
    accounts = {row.text("marketplaceId"): row.text("status") for row in whole.items("accountStatuses")}
    results: list[ParseResult[ChannelHealth]] = []
    for metrics in whole.parts("performanceMetrics"):
        marketplace = _country(metrics)
        for channel in _CHANNELS:
            if metrics.has(f"orderDefectRate.{channel}"):
                rate = Reader(metrics.raw(f"orderDefectRate.{channel}"), path=f"orderDefectRate.{channel}")
                results.append(_channel(rate, channel, marketplace, accounts.get(metrics.text("marketplaceId"))))
    return tuple(results)


def _channel(rate: Reader, channel: str, marketplace: str | None, account: str | None) -> ParseResult[ChannelHealth]:
    origin = Origin(system="account_health", version="v2")
    if marketplace is None:
        rate.note("no_marketplace", "no marketplace that atoz knows", level=Level.ERROR)
        return ParseResult(None, tuple(rate.notes), origin)
    stated = rate.text("fulfillmentType")
    if stated is not None and stated.casefold() != channel:
        rate.note(
            "channel_disagrees", "the part is named for one channel and says another; its name counts", level=Level.WARN
        )
    period_to = rate.instant("reportingDateRange.reportingDateTo")
    key = f"{marketplace}:{channel}:{period_to.date() if period_to else ''}"
    value = ChannelHealth(
        marketplace=marketplace,
        channel="mfn" if channel == "mfn" else "afn",
        account_status=account,
        status=rate.text("status"),
        orders=_count(rate, "orderCount"),
        defects=_count(rate, "orderWithDefects.count"),
        claims=_count(rate, "claims.count"),
        chargebacks=_count(rate, "chargebacks.count"),
        negative_feedback=_count(rate, "negativeFeedback.count"),
        rate=decimal_of(rate.raw("rate")),
        target=decimal_of(rate.raw("targetValue.value") if rate.has("targetValue.value") else rate.raw("targetValue")),
        period_from=rate.instant("reportingDateRange.reportingDateFrom"),
        period_to=period_to,
        source=Origin(system="account_health", version="v2", observed_at=period_to, key=key),
    )
    return ParseResult(value, tuple(rate.notes), value.source)


def _count(rate: Reader, path: str) -> int | None:
    number = decimal_of(rate.raw(path))
    return int(number) if number is not None and number >= 0 and number == number.to_integral_value() else None


def _country(metrics: Reader) -> str | None:
    try:
        return Marketplace.of(metrics.text("marketplaceId") or "").country
    except UnknownName:
        return None


_PREFIX = "accountHealth"
_SALES = ("claimsGranted", "claimsAmount")
_MAX_DEPTH = 8
_MAX_NAMES = 60


class Metric(Document):
    """One figure of one period; none where Amazon has it not yet."""

    kind: Literal["metric"] = "metric"
    name: str = Field(max_length=_MAX_NAMES, description="Amazon's name, for example accountHealthOrderDefectRate.")
    value: Number | None = Field(default=None, description="The figure; none where Amazon has it not yet.")
    currency: str | None = Field(default=None, pattern="^[A-Z]{3}$", description="Its currency, for amounts.")
    starts_on: Day | None = Field(default=None, description="First day of the period.")
    ends_on: Day | None = Field(default=None, description="Last day of the period.")
    source: Origin = Field(description="Where it was read.")


def claim_metrics(payload: object) -> tuple[ParseResult[Metric], ...]:
    """Every account health and claims figure in a document, wherever it stands.

    >>> claim_metrics({"accountHealthAtozClaimOrderCount": {"value": 3}})[0].value.value
    Decimal('3')

    Raises:
        InvalidDocument: the payload is not an object, or has too many figures.
    """
    metrics = tuple(islice(_walk(as_payload(payload, "metrics"), None, None, _MAX_DEPTH), MAX_ROWS + 1))
    if len(metrics) > MAX_ROWS:
        words = f"more than {MAX_ROWS:,} figures in one document"
        raise InvalidDocument("metrics", (Fault("", "too_many_rows", words),))
    return metrics


def _walk(level: object, starts: date | None, ends: date | None, depth: int) -> Iterator[ParseResult[Metric]]:
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


def _metric(name: str, raw: object, starts: date | None, ends: date | None) -> ParseResult[Metric]:
    reader = Reader({name: raw})
    inner = raw if is_mapping(raw) else {}
    stated = inner.get("value", inner.get("amount")) if inner else raw
    value = decimal_of(stated)
    currency = reader.text(f"{name}.currencyCode") if "currencyCode" in inner else None
    if value is None and stated is not None:
        reader.note("no_number", "no number that can be read", path=name, level=Level.WARN)
    metric = Metric(
        name=name,
        value=value,
        currency=currency if currency and len(currency) == 3 and currency.isascii() and currency.isupper() else None,  # noqa: PLR2004
        starts_on=starts,
        ends_on=ends,
        source=Origin(system="metrics", key=f"{name}:{starts or ''}:{ends or ''}"),
    )
    return ParseResult(metric, tuple(reader.notes), metric.source)


def _day(value: object) -> date | None:
    try:
        return to_day(value) if isinstance(value, str) else None
    except PydanticCustomError:
        return None
