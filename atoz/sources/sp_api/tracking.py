"""When a parcel was delivered: Shipping v2, Tracking 2026-01-30, and its milestone notification.

Only the leg to the buyer counts: a parcel that went back is "Delivered" too, on the returns leg. No Orders API says
when a parcel arrived, which is why these are read apart from orders and joined by order id or tracking number.
"""

from datetime import datetime
from typing import Literal

from pydantic import Field

from atoz.model.instant import Instant
from atoz.model.order_id import ORDER_ID, OrderId
from atoz.model.record import Document
from atoz.sources.parse_result import Level, Origin, ParseResult
from atoz.sources.payload_reader import Reader, as_payload


class Delivery(Document):
    """What a carrier's scans say of one parcel on its way to the buyer."""

    kind: Literal["delivery"] = "delivery"
    order_id: OrderId | None = Field(default=None, description="If it is known.")
    tracking_id: str | None = Field(default=None, max_length=400, description="The parcel's number, if it is known.")
    delivered_at: Instant | None = Field(default=None, description="First delivery scan to the buyer; none if none.")
    undeliverable_at: Instant | None = Field(default=None, description="First scan saying that it cannot be delivered.")
    returning_at: Instant | None = Field(default=None, description="First scan on the way back.")
    source: Origin = Field(description="Where it was read.")


def delivery(payload: object, *, order_id: str | None = None) -> ParseResult[Delivery]:
    """The delivery scan in a tracking payload; say whose parcel it is, since the payload does not.

    >>> back = {"eventCode": "Delivered", "eventTime": "2024-02-13T04:09:05Z", "shipmentType": "RETURNS"}
    >>> delivery({"trackingId": "T1", "eventHistory": [back]}).codes()
    ('not_delivered',)

    Raises:
        InvalidDocument: the payload is not an object.
    """
    reader = Reader(_unwrapped(as_payload(payload, "tracking")))
    if order_id is not None and not ORDER_ID.fullmatch(order_id):
        reader.note("odd_order_id", "not Amazon's form, 3-7-7 digits; refused", path="order_id", level=Level.ERROR)
        return ParseResult(None, tuple(reader.notes), Origin(system="tracking"))
    if reader.has("eventHistory") or reader.has("trackingId"):
        parcel = _shipping_v2(reader, order_id)
    elif reader.has("milestoneHistory") or reader.has("latestMilestone"):
        parcel = _tracking_2026(reader, order_id)
    else:
        reader.note("no_tracking", "no tracking payload that atoz knows", level=Level.ERROR)
        return ParseResult(None, tuple(reader.notes), Origin(system="tracking"))
    if parcel.delivered_at is None:
        reader.note("not_delivered", "no delivery scan on the way to the buyer")
    return ParseResult(parcel, tuple(reader.notes), parcel.source)


def _unwrapped(payload: object) -> object:
    reader = Reader(payload)
    paths = (
        "payload.shipmentTrackingMilestoneChangedNotification.trackingDetail",
        "Payload.ShipmentTrackingMilestoneChangedNotification.TrackingDetail",
        "payload.trackingDetail",
        "trackingDetail",
        "payload",
    )
    return next((inner for path in paths if (inner := reader.raw(path)) is not None), payload)


def _shipping_v2(reader: Reader, order_id: str | None) -> Delivery:
    there: dict[str, list[datetime]] = {}
    back: list[datetime] = []
    for event in reader.items("eventHistory"):
        at, leg, code = event.instant("eventTime"), event.text("shipmentType"), event.text("eventCode")
        if at is None or code is None:
            continue
        if leg not in ("FORWARD", "RETURNS"):
            event.note("unknown_leg", "neither the way to the buyer nor the way back; not counted", level=Level.WARN)
        elif leg == "RETURNS":
            back.append(at)
        else:
            there.setdefault(code.casefold(), []).append(at)
    tracking_id = reader.text("trackingId")
    return Delivery(
        order_id=order_id,
        tracking_id=tracking_id,
        delivered_at=min(there.get("delivered", ()), default=None),
        undeliverable_at=min(there.get("undeliverable", ()), default=None),
        returning_at=min(back, default=None),
        source=Origin(system="tracking", version="shipping_v2", key=tracking_id or ""),
    )


def _tracking_2026(reader: Reader, order_id: str | None) -> Delivery:
    latest = Reader(reader.raw("latestMilestone"), path="latestMilestone", notes=reader.notes)
    scans = [
        (milestone.text("status.code"), milestone.instant("occurredAt"))
        for milestone in (*reader.items("milestoneHistory"), latest)
    ]
    names = (
        "identifier.carrierTracking.trackingNumber",
        "identifier.trackingNumber",
        "identifier.aftn",
        "identifier.id",
    )
    tracking_id = next((text for name in names if (text := reader.text(name))), None)
    return Delivery(
        order_id=order_id,
        tracking_id=tracking_id,
        delivered_at=min((at for code, at in scans if code == "DELIVERED" and at is not None), default=None),
        source=Origin(system="tracking", version="2026-01-30", key=tracking_id or ""),
    )
