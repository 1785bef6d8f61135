"""The shapes an order comes in, as data: which field says what."""

from enum import StrEnum
from functools import cache

from pydantic import Field

from atoz.model.language import read_toml
from atoz.model.order import Fulfilment
from atoz.model.record import Record


class OrderStatus(StrEnum):
    """What Amazon says of an order; there is no `delivered`."""

    PENDING = "pending"
    PENDING_AVAILABILITY = "pending_availability"
    UNSHIPPED = "unshipped"
    PARTIALLY_SHIPPED = "partially_shipped"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"
    UNFULFILLABLE = "unfulfillable"
    INVOICE_UNCONFIRMED = "invoice_unconfirmed"


class OrderShape(Record):
    """One shape: dotted paths, empty where the shape has no such field."""

    identity: str
    wrappers: tuple[str, ...]
    marketplace: str
    channel: str = ""
    placed_at: str
    updated_at: str
    status: str
    fulfilment: str
    ship_by: str
    deliver_from: str
    deliver_by: str
    windows: str = Field(default="", description="What must be there for a missing window to mean anything.")
    total: str = ""
    total_amount: str = ""
    total_currency: str = ""
    replacement_of: str = ""
    seller_prime: str = ""
    pickup: str = ""
    automated_shipping: str = ""
    easy_ship: str = ""
    programs: str = ""
    packages: str = ""


@cache
def shapes() -> dict[str, OrderShape]:
    """The shapes by version, told apart by the field that holds the identity."""
    book = read_toml("atoz.sources.sp_api", "order_shapes.toml")
    return {name: OrderShape.model_validate(book[name]) for name in ("v0", "2026-01-01", "ORDER_CHANGE")}


@cache
def statuses() -> dict[str, OrderStatus]:
    """Amazon's spellings of an order's status."""
    return {spelt: OrderStatus(name) for name, spellings in _table("statuses").items() for spelt in spellings}


@cache
def fulfilments() -> dict[str, Fulfilment]:
    """Amazon's words for who ships."""
    return {spelt: Fulfilment(name) for name, spellings in _table("fulfilments").items() for spelt in spellings}


class _Spellings(Record):
    rows: dict[str, tuple[str, ...]]


def _table(name: str) -> dict[str, tuple[str, ...]]:
    book = read_toml("atoz.sources.sp_api", "order_shapes.toml")
    return _Spellings.model_validate({"rows": book[name]}).rows
