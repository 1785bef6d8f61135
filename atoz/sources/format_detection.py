"""What a file or a payload is, by what stands in it; never by its name."""

import re
from enum import StrEnum

from atoz.model.record import is_mapping, is_sequence
from atoz.sources.payload_reader import Reader
from atoz.sources.records import kind_of
from atoz.sources.report_files.date_range import is_date_range_header
from atoz.sources.report_files.delimited_text import column_key


class SourceKind(StrEnum):
    """What atoz can read from outside."""

    RECORDS = "records"
    """JSON Lines that `atoz import` wrote."""
    ORDERS = "orders"
    TRACKING = "tracking"
    LABEL = "label"
    FINANCES = "finances"
    SETTLEMENT = "settlement"
    DATE_RANGE = "date-range"
    RETURNS = "returns"
    HEALTH = "health"
    METRICS = "metrics"
    NOTICE = "notice"
    JSON = "json"
    """JSON; the kind of each payload is detected by itself."""


_MAIL = re.compile(
    r"\A(?:[A-Za-z][A-Za-z0-9-]*:[^\n]*\n(?:[ \t][^\n]*\n)*)*?"  # an ending of two characters must match in one way
    r"(?:From|Subject|Received|Return-Path|MIME-Version|Delivered-To|X-Space-[A-Za-z-]+):",
    re.IGNORECASE,
)
_PAYLOADS: tuple[tuple[SourceKind, tuple[str, ...]], ...] = (
    (SourceKind.HEALTH, ("performanceMetrics", "accountStatuses")),
    (
        SourceKind.FINANCES,
        (
            "FinancialEvents",
            "payload.FinancialEvents",
            "transactions",
            "payload.transactions",
            "TransactionType",
            "Payload.TransactionType",
        ),
    ),
    (
        SourceKind.TRACKING,
        (
            "eventHistory",
            "payload.eventHistory",
            "trackingDetail",
            "payload.trackingDetail",
            "payload.shipmentTrackingMilestoneChangedNotification",
        ),
    ),
    (
        SourceKind.LABEL,
        (
            "ShippingService",
            "payload.ShippingService",
            "payload.Shipment",
            "benefits",
            "payload.benefits",
            "payload.rates",
        ),
    ),
    (
        SourceKind.ORDERS,
        (
            "AmazonOrderId",
            "payload.AmazonOrderId",
            "payload.Orders",
            "Orders",
            "orderId",
            "order",
            "orders",
            "payload.orders",
            "payload.order",
            "Payload.OrderChangeNotification",
        ),
    ),
    (SourceKind.METRICS, ("salesAndTrafficByDate", "salesAndTrafficByAsin")),
)
_TELLING = {
    "NotificationType",
    "notificationType",
    *(path.partition(".")[0] for _, paths in _PAYLOADS for path in paths),
}
"""The first steps of all paths: an object without any of them is no payload of these kinds."""
_DATE_RANGE = 60


def payload_kind(payload: object) -> SourceKind | None:
    """What a parsed payload is, or none.

    >>> payload_kind({"payload": {"FinancialEvents": {}}}).value, payload_kind({"x": 1})
    ('finances', None)
    """
    if not is_mapping(payload):
        return None
    if kind_of(payload) is not None:
        return SourceKind.RECORDS
    if _TELLING.isdisjoint(payload):
        return SourceKind.METRICS if _names_health(payload, 4) else None
    reader = Reader(payload)
    if (
        reader.text("NotificationType") == "TRANSACTION_UPDATE"
        or reader.text("notificationType") == "TRANSACTION_UPDATE"
    ):
        return SourceKind.FINANCES
    for kind, paths in _PAYLOADS:
        if any(reader.has(path) for path in paths):
            return kind
    return SourceKind.METRICS if _names_health(payload, 4) else None


def text_kind(head: str) -> SourceKind | None:
    """What a file is, by the beginning of its text, or none."""
    start = head.lstrip("\ufeff \t\r\n")
    if start.startswith(("{", "[")):
        return SourceKind.JSON
    if start.startswith("<"):
        return SourceKind.RETURNS if "a_to_z_claim" in head or "order_id" in head else None
    first = {column_key(cell) for cell in start.partition("\n")[0].split("\t")}
    if {"settlementid", "transactiontype"} <= first:
        return SourceKind.SETTLEMENT
    if {"orderid", "atozclaim"} <= first:
        return SourceKind.RETURNS
    if _MAIL.match(start):
        return SourceKind.NOTICE
    return SourceKind.DATE_RANGE if any(map(is_date_range_header, start.splitlines()[:_DATE_RANGE])) else None


def _names_health(level: object, depth: int) -> bool:
    if depth == 0:
        return False
    if is_mapping(level):
        return any(
            str(name).startswith("accountHealth") or _names_health(value, depth - 1) for name, value in level.items()
        )
    return is_sequence(level) and any(_names_health(item, depth - 1) for item in level[:20])
