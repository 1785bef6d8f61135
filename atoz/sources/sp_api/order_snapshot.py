"""The shapes an order comes in, as data: which field says what."""

from enum import StrEnum
from functools import cache
from typing import Literal

from pydantic import Field

from atoz.model.data_files import read_toml
from atoz.model.events import Actor
from atoz.model.instant import Day, Instant
from atoz.model.order import Country, Fulfilment, TriState
from atoz.model.order_id import OrderId
from atoz.model.record import Document, Record
from atoz.sources.parse_result import Origin


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


class Package(Record):
    """One package of a seller-fulfilled order; no API says when it was delivered."""

    tracking_id: str | None = Field(default=None, max_length=400, description="The carrier's number.")
    carrier: str | None = Field(default=None, max_length=400, description="The carrier, as the seller wrote it.")
    shipped_at: Instant | None = Field(default=None, description="When it was handed to the carrier.")
    status: str | None = Field(default=None, max_length=400, description="Amazon's word, for example IN_TRANSIT.")
    detail: str | None = Field(default=None, max_length=400, description="Amazon's finer word, for example LOST.")

    @property
    def is_delivered(self) -> bool:
        """Whether Amazon says that it arrived."""
        return self.status == "DELIVERED"


class OrderState(Document):
    """An order as one payload showed it; none wherever the payload was silent."""

    kind: Literal["order_state"] = "order_state"
    order_id: OrderId = Field(description="Amazon's order id.")
    marketplace: Country | None = Field(default=None, description="ISO country code of the marketplace.")
    status: OrderStatus | None = Field(default=None, description="What Amazon says of the order.")
    updated_at: Instant | None = Field(default=None, description="When Amazon last changed it.")
    cancelled_by: Actor | None = Field(default=None, description="Who cancelled, if the payload says so.")
    fulfilment: Fulfilment | None = Field(default=None, description="Who ships.")
    ship_by: Instant | None = Field(default=None, description="Last instant of the shipping promise.")
    deliver_from: Day | None = Field(default=None, description="First local day of the delivery promise.")
    deliver_by: Day | None = Field(default=None, description="Last local day of the delivery promise.")
    seller_prime: TriState = Field(
        default=TriState.UNKNOWN, description="Whether it is a seller-fulfilled Prime order."
    )
    automated_shipping: TriState = Field(default=TriState.UNKNOWN, description="Whether Amazon computed the promise.")
    replacement_of: str | None = Field(default=None, max_length=400, description="The order that it replaces.")
    packages: tuple[Package, ...] | None = Field(default=None, description="None if they were not asked for.")
    source: Origin = Field(description="Where it was read.")
