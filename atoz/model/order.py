"""The order a claim is about: the facts that windows and deadlines are counted from."""

from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, ValidationInfo, WithJsonSchema, field_validator
from pydantic_core import PydanticCustomError

from atoz.errors import UnknownName
from atoz.model.instant import Day, Instant, to_instant
from atoz.model.labels import NO_LABELS, Labels
from atoz.model.marketplace import Marketplace
from atoz.model.money import Payment
from atoz.model.order_id import OrderId
from atoz.model.record import Document


class Fulfilment(StrEnum):
    """Who ships the order."""

    SELLER = "seller"
    AMAZON = "amazon"


class TriState(StrEnum):
    """Yes, no, or not known: never a guess."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


def _country(code: str) -> str:
    try:
        return Marketplace.of(code).country
    except UnknownName as unknown:
        raise PydanticCustomError(
            "unknown_marketplace",
            "{asked} is not a marketplace; write one of: {countries}",
            {
                "asked": repr(code),
                "countries": ", ".join(sorted(shop.country for shop in Marketplace.all())),
            },
        ) from unknown


RETURN_FACTS = (
    "return_requested_at",
    "return_authorised_at",
    "return_label_at",
    "return_received_at",
    "return_refunded_at",
)
"""The facts of an order that tell how a return went, in the order in which they usually happen."""


Country = Annotated[str, AfterValidator(_country)]
"""A pydantic field type: a marketplace, read from its country code, `UK` or id and kept as the country code."""


_PromisedDay = Annotated[
    Day,
    WithJsonSchema(
        {"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]}, mode="validation"
    ),
]
_Protection = Annotated[
    TriState, WithJsonSchema({"enum": [*(state.value for state in TriState), True, False]}, mode="validation")
]


class Order(Document):
    """One order, as far as it is known.

    Days are calendar days of the marketplace; instants are aware and kept in UTC.

    >>> from datetime import UTC, date, datetime
    >>> order = Order(order_id="123-1234567-1234567", marketplace="US",
    ...               placed_at=datetime(2016, 6, 1, 15, tzinfo=UTC), deliver_by=date(2016, 6, 10))
    >>> order.placed_on
    datetime.date(2016, 6, 1)
    """

    kind: Literal["order"] = Field(default="order", description="Says that this document is an order.")
    order_id: OrderId = Field(description="Amazon's order id: 3, 7 and 7 digits.")
    marketplace: Country = Field(
        description="ISO country code of the marketplace; Amazon's UK and the marketplace id are accepted too."
    )
    placed_at: Instant = Field(description="When the order was placed.")
    first_contact_at: Instant | None = Field(
        default=None, description="When the buyer first wrote about a problem, or asked for a return; none if unknown."
    )
    first_reply_at: Instant | None = Field(
        default=None, description="When the seller first answered the buyer; none if not, or if it is not known."
    )
    deliver_by: _PromisedDay | None = Field(
        default=None,
        description="Last local day of the delivery promise; an instant is accepted and becomes the local day.",
    )
    delivered_at: Instant | None = Field(
        default=None, description="The carrier's delivery scan; none if there is none."
    )
    return_requested_at: Instant | None = Field(
        default=None, description="When the buyer asked for a return; none if there is none, or it is not known."
    )
    return_authorised_at: Instant | None = Field(
        default=None, description="When the seller or Amazon authorised the return."
    )
    return_label_at: Instant | None = Field(
        default=None, description="When the seller sent a prepaid return label, or was charged for one."
    )
    return_received_at: Instant | None = Field(default=None, description="When the returned parcel arrived.")
    return_refunded_at: Instant | None = Field(
        default=None, description="When the seller refunded the return; a refund without a return counts too."
    )
    fulfilment: Fulfilment = Field(default=Fulfilment.SELLER, description="Who ships: the seller or Amazon.")
    claims_protected: _Protection = Field(
        default=TriState.UNKNOWN,
        description="Whether the shipping label carries claims protection: yes, no or unknown.",
    )
    total: Payment | None = Field(default=None, description="What the buyer paid, shipping included.")
    labels: Labels = Field(default=NO_LABELS, description="Your own words: account, store, your ids.")

    if TYPE_CHECKING:
        # a checker would have it that `claims_protected` takes what it holds; it takes plain words and booleans as well
        def __init__(  # noqa: PLR0913
            self,
            *,
            schema_version: Literal[1] = ...,
            kind: Literal["order"] = ...,
            order_id: str,
            marketplace: str,
            placed_at: datetime,
            first_contact_at: datetime | None = ...,
            first_reply_at: datetime | None = ...,
            deliver_by: date | None = ...,
            delivered_at: datetime | None = ...,
            return_requested_at: datetime | None = ...,
            return_authorised_at: datetime | None = ...,
            return_label_at: datetime | None = ...,
            return_received_at: datetime | None = ...,
            return_refunded_at: datetime | None = ...,
            fulfilment: Fulfilment | Literal["seller", "amazon"] = ...,
            claims_protected: TriState | Literal["yes", "no", "unknown"] | bool = ...,
            total: Payment | None = ...,
            labels: Labels = ...,
        ) -> None: ...

    @field_validator("deliver_by", mode="before")
    @classmethod
    def _local_day(cls, value: object, info: ValidationInfo) -> object:
        if not isinstance(value, datetime) and not (isinstance(value, str) and "T" in value.upper()):
            return value
        country = info.data.get("marketplace")
        return to_instant(value).astimezone(_zone(country)).date() if country else None

    @field_validator("claims_protected", mode="before")
    @classmethod
    def _from_bool(cls, value: object) -> object:
        return {True: TriState.YES, False: TriState.NO}[value] if isinstance(value, bool) else value

    @property
    def zone(self) -> ZoneInfo:
        """The marketplace's time zone."""
        return _zone(self.marketplace)

    @property
    def currency(self) -> str:
        """The order's currency: that of its total, otherwise the marketplace's."""
        return self.total.currency if self.total else Marketplace.of(self.marketplace).currency

    @property
    def placed_on(self) -> date:
        """The local day of the order."""
        return self.placed_at.astimezone(_zone(self.marketplace)).date()

    def local_day(self, at: datetime) -> date:
        """The marketplace's calendar day at an aware instant."""
        return at.astimezone(_zone(self.marketplace)).date()


@cache
def _zone(country: str) -> ZoneInfo:
    return Marketplace.of(country).zoneinfo
