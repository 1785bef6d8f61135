"""Money: an exact decimal amount and its ISO 4217 currency, never a float."""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import (
    AfterValidator,
    Field,
    GetJsonSchemaHandler,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from atoz.model.record import Record

_AMOUNT = re.compile(r"[+-]?\d{1,15}(\.\d{1,6})?")
_TEXT = re.compile(r"(?P<before>[A-Za-z]{3})?\s*(?P<value>[+-]?[\d.]+)\s*(?P<after>[A-Za-z]{3})?")


def _to_decimal(value: object) -> Decimal:
    text = str(value).strip() if isinstance(value, (str, int, Decimal)) and not isinstance(value, bool) else ""
    if not _AMOUNT.fullmatch(text):
        raise PydanticCustomError(
            "amount", 'write an amount as text with a decimal point, for example "31.90"; a float is not exact'
        )
    return Decimal(text)


class Money(Record):
    """An amount of money; also read from text such as `"31.90 USD"`.

    >>> Money.parse("31.90 USD") + Money.parse("0.10 USD")
    Money(value=Decimal('32.00'), currency='USD')
    """

    value: Annotated[
        Decimal,
        PlainValidator(_to_decimal),
        PlainSerializer(str, return_type=str),
        WithJsonSchema({"type": "string", "pattern": "^[+-]?[0-9]{1,15}(\\.[0-9]{1,6})?$"}),
    ] = Field(description="The amount, exact.")
    currency: str = Field(pattern="^[A-Z]{3}$", description="ISO 4217 currency code.")

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """What is read may be text such as `"31.90 USD"`; what is written is an object."""
        written = handler.resolve_ref_schema(handler(core_schema))
        if handler.mode == "serialization":
            return written
        value = {"anyOf": [written["properties"]["value"], {"type": "number"}]}
        whole = {**written, "properties": {**written["properties"], "value": value}}
        return {"anyOf": [{"type": "string", "description": "An amount and a currency: 31.90 USD."}, whole]}

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        if not isinstance(value, str):
            if isinstance(value, (int, float, Decimal)):
                raise PydanticCustomError("money", 'write money as "31.90 USD": an amount and one currency code')
            return value
        match = _TEXT.fullmatch(value.strip())
        currencies = [code for code in (match["before"], match["after"]) if code] if match else []
        if match is None or len(currencies) != 1:
            raise PydanticCustomError("money", 'write money as "31.90 USD": an amount and one currency code')
        return {"value": match["value"], "currency": currencies[0].upper()}

    @classmethod
    def parse(cls, text: "str | Money") -> "Money":
        """Money from text such as `"31.90 USD"`; money is returned as it is.

        Raises:
            pydantic.ValidationError: the text is not an amount and a currency code.
        """
        return cls.model_validate(text)

    def __str__(self) -> str:
        """As it is read: `31.90 USD`."""
        return f"{self.value} {self.currency}"

    def __add__(self, other: "Money") -> "Money":
        """The sum.

        Raises:
            ValueError: the currencies differ.
        """
        if other.currency != self.currency:
            message = f"cannot add {other.currency} to {self.currency}"
            raise ValueError(message)
        return Money(value=self.value + other.value, currency=self.currency)

    def __neg__(self) -> "Money":
        """The same amount the other way."""
        return Money(value=-self.value, currency=self.currency)

    def __sub__(self, other: "Money") -> "Money":
        """The difference.

        Raises:
            ValueError: the currencies differ.
        """
        return self + -other


def _not_negative(amount: Money) -> Money:
    if amount.value < 0:
        raise PydanticCustomError("negative_amount", "what is paid, asked for, granted or refunded is never below zero")
    return amount


Payment = Annotated[Money, AfterValidator(_not_negative)]
"""Money that somebody pays; which way it goes, the field says."""
