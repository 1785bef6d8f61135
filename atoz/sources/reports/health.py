"""Account health V2 (`GET_V2_SELLER_PERFORMANCE_REPORT`): the Order Defect Rate as Amazon states it, per channel.

Amazon's own status is trusted and never derived anew; its example breaks its own schema, so every part is optional.
The figures have no order ids behind them, and claims count seller-fulfilled orders only: channels are never merged.
"""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, PlainSerializer

from atoz.errors import Fault, InvalidDocument, UnknownName
from atoz.model.instant import Instant
from atoz.model.marketplace import Marketplace
from atoz.model.order import Country
from atoz.model.record import Record, is_sequence
from atoz.sources.parsed import Level, Origin, Parsed
from atoz.sources.wire import Reader, as_payload, decimal_of

Number = Annotated[Decimal, PlainSerializer(str, return_type=str)]
"""A pydantic field type: an exact number, written as text."""
_CHANNELS = ("mfn", "afn")


class ChannelHealth(Record):
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


def account_health(payload: object) -> tuple[Parsed[ChannelHealth], ...]:
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
    found: list[Parsed[ChannelHealth]] = []
    for metrics in whole.parts("performanceMetrics"):
        marketplace = _country(metrics)
        for channel in _CHANNELS:
            if metrics.has(f"orderDefectRate.{channel}"):
                rate = Reader(metrics.raw(f"orderDefectRate.{channel}"), path=f"orderDefectRate.{channel}")
                found.append(_channel(rate, channel, marketplace, accounts.get(metrics.text("marketplaceId"))))
    return tuple(found)


def _channel(rate: Reader, channel: str, marketplace: str | None, account: str | None) -> Parsed[ChannelHealth]:
    origin = Origin(system="account_health", version="v2")
    if marketplace is None:
        rate.note("no_marketplace", "no marketplace that atoz knows", level=Level.ERROR)
        return Parsed(None, tuple(rate.notes), origin)
    said = rate.text("fulfillmentType")
    if said is not None and said.casefold() != channel:
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
    return Parsed(value, tuple(rate.notes), value.source)


def _count(rate: Reader, path: str) -> int | None:
    found = decimal_of(rate.raw(path))
    return int(found) if found is not None and found >= 0 and found == found.to_integral_value() else None


def _country(metrics: Reader) -> str | None:
    try:
        return Marketplace.of(metrics.text("marketplaceId") or "").country
    except UnknownName:
        return None
