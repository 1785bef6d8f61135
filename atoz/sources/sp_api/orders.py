"""Orders from SP-API: Orders v0 and 2026-01-01, in any wrapper and in pages, and ORDER_CHANGE notifications.

>>> parsed = order({"payload": {
...     "AmazonOrderId": "111-0000001-0000001", "MarketplaceId": "ATVPDKIKX0DER", "FulfillmentChannel": "MFN",
...     "PurchaseDate": "2016-06-01T15:00:00Z", "OrderStatus": "Shipped", "LastUpdateDate": "2016-06-02T15:00:00Z",
...     "LatestDeliveryDate": "2016-06-11T06:59:59Z"}})
>>> parsed.value.deliver_by
datetime.date(2016, 6, 10)
"""

from typing import NamedTuple
from zoneinfo import ZoneInfo

from atoz.errors import Fault, InvalidDocument
from atoz.model.marketplace import Marketplace
from atoz.model.order import Fulfilment, Order, TriState
from atoz.model.record import is_mapping, is_sequence, read_document
from atoz.sources.parse_result import Level, Note, Origin, Page, ParseResult
from atoz.sources.payload_reader import MAX_ROWS, Reader, as_payload, text_of
from atoz.sources.sp_api.delivery_promise import promise
from atoz.sources.sp_api.order_fields import (
    cancelled_by_of,
    fulfilment_of,
    known,
    marketplace_of,
    packages_of,
    seller_prime_of,
    status_of,
    zone_of,
)
from atoz.sources.sp_api.order_snapshot import OrderShape, OrderState, shapes

_MAX_WRAPPERS = 6
_LISTS = ("Orders", "orders")
_TOKENS = ("NextToken", "nextToken", "pagination.nextToken")


class _LocatedOrder(NamedTuple):
    version: str
    shape: OrderShape
    reader: Reader


def order(payload: object, *, zone: ZoneInfo | None = None) -> ParseResult[Order]:
    """The order in a payload, with the last local day of its delivery promise.

    The local day is the marketplace's; give `zone` to overrule its zone. Where no day can be trusted (FBA, pending,
    cancelled, pickup, not asked for) `deliver_by` is unknown and a note says why.

    Raises:
        InvalidDocument: the payload is not an object.
    """
    located = _locate(as_payload(payload, "order"))
    if located is None:
        return ParseResult(None, _no_order(), Origin(system="orders"))
    state = _state(located, zone)
    return ParseResult(_order(located, state), tuple(located.reader.notes), _origin(located, state))


def order_state(payload: object, *, zone: ZoneInfo | None = None) -> ParseResult[OrderState]:
    """The status, windows and packages of the order in a payload; a notification without a purchase date has these too.

    Raises:
        InvalidDocument: the payload is not an object.
    """
    located = _locate(as_payload(payload, "order"))
    if located is None:
        return ParseResult(None, _no_order(), Origin(system="orders"))
    state = _state(located, zone)
    return ParseResult(state, tuple(located.reader.notes), _origin(located, state))


def orders(payload: object, *, zone: ZoneInfo | None = None) -> Page[Order]:
    """Every order of a page and the token of the next one; one order alone is a page of one.

    Raises:
        InvalidDocument: the payload is not an object.
    """
    rows, token = order_rows(payload)
    return Page(tuple(order(row, zone=zone) for row in rows), token)


def order_rows(payload: object) -> tuple[tuple[dict[str, object], ...], str | None]:
    """The raw orders of a page and the token of the next one, for whoever wants `order` and `order_state` of each.

    Raises:
        InvalidDocument: the payload is not an object.
    """
    whole = as_payload(payload, "orders")
    inner = whole.get("payload")
    page = inner if is_mapping(inner) and any(name in inner for name in _LISTS) else whole
    rows = next((page[name] for name in _LISTS if is_sequence(page.get(name))), None)
    token = next((text for name in _TOKENS if (text := text_of(Reader(page).raw(name)))), None)
    if not is_sequence(rows):
        return (whole,), token
    if len(rows) > MAX_ROWS:
        words = f"a list of more than {MAX_ROWS:,} orders; a page has a hundred"
        raise InvalidDocument("orders", (Fault("", "too_many_rows", words),))
    return tuple(row if is_mapping(row) else {} for row in rows), token


def _locate(payload: dict[str, object]) -> _LocatedOrder | None:
    """The order inside its wrappers, and the shape it is in."""
    level: object = payload
    for _ in range(_MAX_WRAPPERS):
        if not is_mapping(level):
            return None
        version = _version(level)
        if version is not None:
            return _LocatedOrder(version, shapes()[version], Reader(level))
        wrappers = (name for shape in shapes().values() for name in shape.wrappers)
        level = next((level[name] for name in wrappers if is_mapping(level.get(name))), None)
    return None


def _version(level: dict[str, object]) -> str | None:
    if "AmazonOrderId" in level:
        return "ORDER_CHANGE" if "Summary" in level or "OrderChangeType" in level else "v0"
    return "2026-01-01" if "orderId" in level else None


def _state(located: _LocatedOrder, zone: ZoneInfo | None) -> OrderState | None:
    shape, reader = located.shape, located.reader
    order_id = reader.order_id(shape.identity)
    if order_id is None:
        return None
    marketplace = marketplace_of(shape, reader)
    status = status_of(shape, reader)
    fulfilment = fulfilment_of(shape, reader)
    programs = reader.texts(shape.programs) if shape.programs and reader.has(shape.programs) else None
    updated_at = reader.instant(shape.updated_at)
    days = promise(
        reader,
        shape,
        zone=zone or (zone_of(marketplace) if marketplace else None),
        status=status,
        fulfilment=fulfilment,
        pickup=(shape.pickup and reader.flag(shape.pickup) is True) or "IN_STORE_PICK_UP" in (programs or ()),
    )
    return OrderState(
        order_id=order_id,
        marketplace=marketplace,
        status=status,
        updated_at=updated_at,
        cancelled_by=cancelled_by_of(reader),
        fulfilment=fulfilment,
        ship_by=reader.instant(shape.ship_by),
        deliver_from=days.first,
        deliver_by=days.last,
        seller_prime=seller_prime_of(shape, reader, programs, fulfilment),
        automated_shipping=known(reader.flag(shape.automated_shipping))
        if shape.automated_shipping
        else TriState.UNKNOWN,
        replacement_of=reader.text(shape.replacement_of) if shape.replacement_of else None,
        packages=packages_of(shape, reader),
        source=Origin(system="orders", version=located.version, observed_at=updated_at, key=order_id),
    )


def _order(located: _LocatedOrder, state: OrderState | None) -> Order | None:
    shape, reader = located.shape, located.reader
    if state is None:
        return None
    placed_at = reader.instant(shape.placed_at)
    if placed_at is None:
        usual = located.version == "ORDER_CHANGE"  # where Amazon's model lets it be null
        level = Level.WARN if usual else Level.ERROR
        reader.note("no_placed_at", "without the time of the order it is no order yet", level=level)
    if state.marketplace is None:
        reader.note("no_marketplace", "no marketplace, so no local days; it is no order yet", level=Level.ERROR)
    if placed_at is None or state.marketplace is None:
        return None
    total = reader.money(shape.total, amount=shape.total_amount, currency=shape.total_currency) if shape.total else None
    if total is not None and total.currency != Marketplace.of(state.marketplace).currency:
        reader.note(
            "odd_currency", "the total is not in the marketplace's currency", path=shape.total, level=Level.WARN
        )
    if state.deliver_by is not None and state.deliver_by < placed_at.astimezone(zone_of(state.marketplace)).date():
        reader.note("odd_window", "the promise ends before the order was placed; kept", level=Level.WARN)
    facts = {
        "order_id": state.order_id,
        "marketplace": state.marketplace,
        "placed_at": placed_at,
        "deliver_by": state.deliver_by,
        "fulfilment": state.fulfilment or Fulfilment.SELLER,
        "total": total,
    }
    try:
        return read_document(Order, facts, what="order")
    except InvalidDocument as invalid:
        for fault in invalid.faults:
            reader.note(fault.code, fault.message, path=fault.path, level=Level.ERROR)
        return None


def _origin(located: _LocatedOrder, state: OrderState | None) -> Origin:
    return state.source if state else Origin(system="orders", version=located.version)


def _no_order() -> tuple[Note, ...]:
    return (Note(code="no_order", detail="no order of a shape that atoz knows", level=Level.ERROR),)
