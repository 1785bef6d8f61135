"""Money is exact: text, decimals and whole numbers in, the same digits out, never a float."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from atoz.errors import InvalidDocument
from atoz.model.money import Money
from atoz.model.record import parse_json, read_document

amounts = st.decimals(
    min_value=Decimal(-999_999_999_999_999), max_value=Decimal(999_999_999_999_999), places=2
) | st.integers(-(10**15) + 1, 10**15 - 1).map(Decimal)
currencies = st.sampled_from(["USD", "JPY", "GBP", "EUR"])


@given(amounts, currencies)
def test_money_is_read_as_it_is_written(value: Decimal, currency: str) -> None:
    """Text, object and JSON number give the same digits, back and forth."""
    text = f"{value:f} {currency}"
    money = Money.parse(text)
    assert str(money) == text
    assert money.value == value
    assert Money.parse(f"{currency} {value:f}") == money
    assert Money.parse(f" {value:f}{currency.lower()} ") == money
    dumped = money.model_dump_json()
    assert json.loads(dumped) == {"value": f"{value:f}", "currency": currency}
    assert Money.model_validate_json(dumped).model_dump_json() == dumped
    assert read_document(Money, parse_json(f'{{"value": {value:f}, "currency": "{currency}"}}')) == money
    assert hash(money) == hash(Money.parse(text))


@pytest.mark.parametrize(
    "value",
    [
        31.9,
        31.0,
        float("nan"),
        float("inf"),
        True,
        None,
        "31,90",
        "1e3",
        "",
        "NaN",
        "1.",
        ".5",
        "1.1234567",
        "0x1f",
        "1_000",
    ],
)
def test_a_float_is_never_money(value: object) -> None:
    """Floats, even whole ones, and text that is not plainly an amount are refused with a hint."""
    with pytest.raises(ValidationError, match="a float is not exact"):
        Money.model_validate({"value": value, "currency": "USD"})


@pytest.mark.parametrize("text", ["31.90", "USD", "USD 31.90 USD", "31.90 US", "$31.90", "31.90 USDX", "1 2 USD", ""])
def test_text_without_one_amount_and_one_currency_is_refused(text: str) -> None:
    """Both the amount and one currency code have to be said."""
    with pytest.raises(ValidationError, match=r"31\.90 USD"):
        Money.parse(text)


@pytest.mark.parametrize("currency", ["usd", "US", "USDT", "", "U$D", 5, None])
def test_the_currency_of_an_object_is_three_capitals(currency: object) -> None:
    """An object is data, not typing: its code is written as ISO writes it."""
    with pytest.raises(ValidationError):
        Money.model_validate({"value": "1", "currency": currency})


@given(amounts, amounts)
def test_sums_are_exact(one: Decimal, other: Decimal) -> None:
    """The sum and the difference are those of the decimals; currencies are never mixed."""
    left, right = Money(value=one / 10, currency="USD"), Money(value=other / 10, currency="USD")
    assert (left + right).value == one / 10 + other / 10
    assert left - right + right == left
    with pytest.raises(ValueError, match="cannot add EUR to USD"):
        left + Money(value=Decimal(1), currency="EUR")


def test_faults_say_what_to_write() -> None:
    """A document's fault has its path and an example."""
    with pytest.raises(InvalidDocument) as caught:
        read_document(Money, {"value": 31.9, "currency": "dollars", "tip": 1}, what="m")
    assert [fault.path for fault in caught.value.faults] == ["value", "currency", "tip"]


@pytest.mark.parametrize("value", [31.9, 31, Decimal("31.90"), True])
def test_a_bare_number_is_told_how_money_is_written(value: object) -> None:
    """A number without a currency gets money's own words, not a type's."""
    with pytest.raises(ValidationError, match="an amount and one currency code"):
        Money.model_validate(value)
    with pytest.raises(InvalidDocument, match=r"31\.90 USD") as caught:
        read_document(Money, value)
    assert [fault.code for fault in caught.value.faults] == ["money"]
