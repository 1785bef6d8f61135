"""The delivery promise: payloads state instants in UTC, but a promise is made in local days.

Amazon writes the end of the promise as the last second of a local day, in UTC. The day is had by going back to the
marketplace's zone; whether that lands on a day's edge shows whether the zone is right.
"""

from datetime import date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from atoz.model.order import Fulfilment
from atoz.sources.parse_result import Level
from atoz.sources.payload_reader import Reader
from atoz.sources.sp_api.order_snapshot import OrderShape, OrderStatus

_EDGES = {"deliver_from": time(0, 0, 0), "deliver_by": time(23, 59, 59)}
_NO_PROMISE = {
    OrderStatus.PENDING: "pending",
    OrderStatus.PENDING_AVAILABILITY: "pending",
    OrderStatus.CANCELLED: "cancelled",
}
_WHY = {
    "fba": "Amazon ships it and its promise is not in the order",
    "pending": "a pending order has no promise yet",
    "cancelled": "a cancelled order has no promise",
    "pickup": "the buyer fetches it from a shop",
    "not_asked_for": "the payload lacks the fulfilment part: ask for it",
    "no_zone": "without a marketplace there is no local day",
    "unreadable": "not a date and time; expected e.g. 2026-11-24T09:00:00Z",
    "unknown": "the payload names none",
}


class Promise(NamedTuple):
    """First and last local day, each none where it cannot be trusted."""

    first: date | None
    last: date | None


def promise(
    reader: Reader,
    shape: OrderShape,
    *,
    zone: ZoneInfo | None,
    status: OrderStatus | None,
    fulfilment: Fulfilment | None,
    pickup: bool,
) -> Promise:
    """The local days of a promise; a missing one leaves the note `no_deliver_by_<reason>`."""
    earliest, latest = reader.instant(shape.deliver_from), reader.instant(shape.deliver_by)
    reason = _NO_PROMISE.get(status) if status else None
    reason = "fba" if fulfilment is Fulfilment.AMAZON else reason
    reason = "pickup" if pickup else reason
    if reason is None and latest is None:
        missing = "not_asked_for" if shape.windows and not reader.has(shape.windows) else "unknown"
        reason = "unreadable" if reader.has(shape.deliver_by) else missing
    if reason is None and zone is None:
        reason = "no_zone"
    if reason is not None or zone is None:
        unused = "; the date that stands there is not used" if latest is not None else ""
        reader.note(f"no_deliver_by_{reason}", f"{_WHY[reason or 'no_zone']}{unused}", path=shape.deliver_by)
        return Promise(None, None)
    if earliest is not None and latest is not None and earliest > latest:
        reader.note("odd_window", "the promise begins after it ends; kept", path=shape.deliver_by, level=Level.WARN)
    return Promise(
        _local_day(reader, shape.deliver_from, "deliver_from", earliest, zone),
        _local_day(reader, shape.deliver_by, "deliver_by", latest, zone),
    )


def _local_day(reader: Reader, path: str, edge: str, at: datetime | None, zone: ZoneInfo) -> date | None:
    if at is None:
        return None
    local = at.astimezone(zone)
    if local.time().replace(microsecond=0) != _EDGES[edge]:
        words = f"not the edge of a day in {zone.key}: another zone, or a promise by the hour; the local day is kept"
        reader.note("not_a_local_day_end", words, path=path, level=Level.WARN)
    return local.date()
