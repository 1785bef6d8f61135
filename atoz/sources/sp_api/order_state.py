"""What Amazon says of an order beyond the facts that claims are counted from: status, windows, packages."""

from typing import Literal

from pydantic import Field

from atoz.model.events import Actor
from atoz.model.instant import Day, Instant
from atoz.model.order import Country, Fulfilment, Known
from atoz.model.record import Record
from atoz.sources.parsed import Origin
from atoz.sources.sp_api.order_shape import OrderStatus


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


class OrderState(Record):
    """An order as one payload showed it; none wherever the payload was silent."""

    kind: Literal["order_state"] = "order_state"
    order_id: str = Field(pattern=r"^[0-9]{3}-[0-9]{7}-[0-9]{7}$", description="Amazon's order id.")
    marketplace: Country | None = Field(default=None, description="ISO country code of the marketplace.")
    status: OrderStatus | None = Field(default=None, description="What Amazon says of the order.")
    updated_at: Instant | None = Field(default=None, description="When Amazon last changed it.")
    cancelled_by: Actor | None = Field(default=None, description="Who cancelled, if the payload says so.")
    fulfilment: Fulfilment | None = Field(default=None, description="Who ships.")
    ship_by: Instant | None = Field(default=None, description="Last instant of the shipping promise.")
    deliver_from: Day | None = Field(default=None, description="First local day of the delivery promise.")
    deliver_by: Day | None = Field(default=None, description="Last local day of the delivery promise.")
    seller_prime: Known = Field(default=Known.UNKNOWN, description="Whether it is a seller-fulfilled Prime order.")
    automated_shipping: Known = Field(default=Known.UNKNOWN, description="Whether Amazon computed the promise.")
    replacement_of: str | None = Field(default=None, max_length=400, description="The order that it replaces.")
    packages: tuple[Package, ...] | None = Field(default=None, description="None if they were not asked for.")
    source: Origin = Field(description="Where it was read.")
