"""Whether a shipping label carries claims protection: yes, no, or unknown where the payload does not say."""

from datetime import UTC, datetime
from typing import Literal

from pydantic import Field

from atoz.model.order import TriState
from atoz.model.order_id import ORDER_ID, OrderId
from atoz.model.record import Document
from atoz.sources.parse_result import Level, Origin, ParseResult
from atoz.sources.payload_reader import Reader, as_payload

_BENEFIT = "CLAIMS_PROTECTED"
_SINCE = datetime(2024, 1, 1, tzinfo=UTC)
"""Amazon's model: benefits are given for shipments from this day on."""
_OFFERS = ("payload.rates", "rates", "payload.ShippingServiceList", "ShippingServiceList")


class LabelProtection(Document):
    """What one bought label says of claims protection."""

    kind: Literal["label"] = "label"
    order_id: OrderId | None = Field(default=None, description="If it is known.")
    shipment_id: str | None = Field(default=None, max_length=400, description="Amazon's id of the shipment.")
    tracking_id: str | None = Field(default=None, max_length=400, description="The parcel's number.")
    protected: TriState = Field(description="Yes, no, or unknown where the payload has no benefits.")
    excluded_because: tuple[str, ...] = Field(
        default=(), description="Amazon's reasons, for example LATE_DELIVERY_RISK."
    )
    source: Origin = Field(description="Where it was read.")


def label_protection(payload: object, *, order_id: str | None = None) -> ParseResult[LabelProtection]:
    """Claims protection of a bought label: Merchant Fulfillment v0 or Shipping v2.

    >>> label_protection({"ShipmentId": "S", "ShippingService": {}}).value.protected.value
    'unknown'

    Raises:
        InvalidDocument: the payload is not an object.
    """
    whole = Reader(as_payload(payload, "label"))
    origin = Origin(system="label")
    if any(whole.has(path) for path in _OFFERS):
        whole.note("offers", "these are offers; only the label that was bought says anything", level=Level.ERROR)
        return ParseResult(None, tuple(whole.notes), origin)
    inner = whole.raw("payload.Shipment") or whole.raw("payload") or whole.raw("Shipment") or payload
    reader = Reader(inner, notes=whole.notes)
    old = reader.has("ShippingService")
    if not old and not reader.has("benefits") and not reader.has("shipmentId"):
        reader.note("no_label", "no label of a shape that atoz knows", level=Level.ERROR)
        return ParseResult(None, tuple(reader.notes), origin)
    protected, reasons = _protection(reader, old=old)
    found_id = _order_id(reader, order_id)
    shipment_id = reader.text("ShipmentId" if old else "shipmentId")
    value = LabelProtection(
        order_id=found_id,
        shipment_id=shipment_id,
        tracking_id=reader.text("TrackingId" if old else "trackingId"),
        protected=protected,
        excluded_because=reasons,
        source=Origin(system="label", version="mfn_v0" if old else "shipping_v2", key=shipment_id or ""),
    )
    return ParseResult(value, tuple(reader.notes), value.source)


def _order_id(reader: Reader, stated: str | None) -> str | None:
    if reader.has("AmazonOrderId"):
        return reader.order_id("AmazonOrderId")
    return stated if stated is not None and ORDER_ID.fullmatch(stated) else None


def _protection(reader: Reader, *, old: bool) -> tuple[TriState, tuple[str, ...]]:
    root, name, reasons = (
        ("ShippingService.Benefits", "Benefit", "ReasonCodes") if old else ("benefits", "benefit", "reasonCodes")
    )
    shipped = reader.instant("ShippingService.ShipDate") if old else None
    if shipped is not None and shipped < _SINCE:
        reader.note("before_protection", "Amazon says benefits only of shipments from 2024-01-01 on", level=Level.WARN)
    if not reader.has(root):
        reader.note("no_benefits", "the payload names no benefits, which is not the same as no protection")
        return TriState.UNKNOWN, ()
    included = f"{root}.{'IncludedBenefits' if old else 'includedBenefits'}"
    excluded = f"{root}.{'ExcludedBenefits' if old else 'excludedBenefits'}"
    against = [row for row in reader.items(excluded) if row.text(name) == _BENEFIT]
    for_it = _BENEFIT in reader.texts(included)
    if for_it and against:
        reader.note("contradiction", "protection is both included and excluded", path=root, level=Level.WARN)
        return TriState.UNKNOWN, ()
    if for_it:
        return TriState.YES, ()
    if against:
        return TriState.NO, tuple(reason for row in against for reason in row.texts(reasons))
    reader.note("benefit_not_named", "benefits are named, claims protection is not among them")
    return TriState.UNKNOWN, ()
