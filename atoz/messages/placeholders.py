"""What a template may ask for: typed placeholders, filled from the order, the claim, or by the seller."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import import_module
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_core import PydanticCustomError

from atoz.errors import MissingExtra
from atoz.model.claim import Claim
from atoz.model.data_files import read_toml
from atoz.model.events import GrantedSellerFunded, SellerMessaged, status_after
from atoz.model.instant import to_day
from atoz.model.money import Money
from atoz.model.order import Order, TriState
from atoz.model.reason import ClaimReason
from atoz.model.record import Record, faults_of, read_document
from atoz.model.status import ClaimStatus
from atoz.model.text import Text, fill, phrases

Value = str | date | Money
"""What a placeholder can hold."""


class Placeholder(Record):
    """One thing that a template may ask for."""

    type: Literal["text", "day", "money"] = Field(description="What it holds.")
    origin: Literal["order", "claim", "seller"] = Field(alias="from", description="Who fills it.")
    label: Text = Field(description="What it is called.")


class _Vocabulary(Record):
    placeholders: dict[str, Placeholder]


@cache
def placeholders() -> dict[str, Placeholder]:
    """Every placeholder by name, in the order of the data file."""
    rows = {"placeholders": read_toml("atoz.messages", "placeholders.toml")}
    return read_document(_Vocabulary, rows, what="placeholders.toml").placeholders


def values_of(order: Order, claim: Claim | None) -> dict[str, Value]:
    """What an order and its claim fill by themselves; what is not known is not there."""
    values: dict[str, Value | None] = {
        "order_id": order.order_id,
        "placed_on": order.placed_on,
        "deliver_by": order.deliver_by,
        "delivered_on": order.local_day(order.delivered_at) if order.delivered_at else None,
    }
    if claim is not None:
        values |= _claim_values(claim)
    return {name: value for name, value in values.items() if value is not None}


def _claim_values(claim: Claim) -> dict[str, Value | None]:
    decided = [event for event in claim.history if status_after(event) not in (None, ClaimStatus.UNDER_REVIEW)]
    grants = [event for event in claim.history if isinstance(event, GrantedSellerFunded)]
    protected = claim.reason is ClaimReason.NOT_RECEIVED and claim.order.claims_protected is TriState.YES
    return {
        "filed_on": claim.order.local_day(claim.filed_at) if claim.filed_at else None,
        "decided_on": claim.order.local_day(decided[-1].at) if decided else None,
        "reason": claim.detail.label() if claim.detail else claim.reason.label(),
        "amount_granted": (grants[-1].amount if grants else None) or claim.amount,
        "messages_sent": _counted(sum(isinstance(event, SellerMessaged) for event in claim.history)),
        "label_protection": phrases("atoz.messages")["value_label_protection"].en if protected else None,
    }


def _counted(messages: int) -> str | None:
    """Messages sent, in words; a letter that counts none says nothing of them."""
    if messages <= 1:
        return phrases("atoz.messages")["value_one_message"].en if messages else None
    return fill("atoz.messages", "value_messages", count=messages).en


def typed(name: str, value: object) -> Value:
    """A value that the seller gives, as what the placeholder holds.

    Raises:
        PydanticCustomError: it is not of that type, or blank.
    """
    kind = placeholders()[name].type
    if kind == "day":
        return to_day(value)
    if kind == "money":
        return _money(value)
    if not isinstance(value, str) or not value.strip():
        raise PydanticCustomError("blank", "write some text")
    return value.strip()


def _money(value: object) -> Money:
    try:
        return Money.model_validate(value)
    except ValidationError as error:
        raise PydanticCustomError("money", "{wrong}", {"wrong": faults_of(error)[0].message}) from error


def written(value: Value, country: str) -> str:
    """A value as English text writes it, in the customs of the marketplace.

    >>> written(date(2016, 6, 10), "US"), written(date(2016, 6, 10), "GB"), written(Money.parse("31.90 USD"), "US")
    ('June 10, 2016', '10 June 2016', '$31.90')

    Raises:
        MissingExtra: the extra `messages` is not installed.
    """
    if isinstance(value, str):
        return value
    try:
        dates, numbers = import_module("babel.dates"), import_module("babel.numbers")
    except ImportError as error:
        raise MissingExtra("filling a template", "messages") from error
    locale = _locale(country)
    if isinstance(value, Money):
        return str(numbers.format_currency(value.value, value.currency, locale=locale))
    return str(dates.format_date(value, "long", locale=locale))


@cache
def _locale(country: str) -> str:
    known = import_module("babel.localedata")
    return f"en_{country}" if known.exists(f"en_{country}") else "en"


MessageContext = Mapping[str, object]
"""What the seller gives, by placeholder name."""
