"""Orders: what identifies one, and the days its instants fall on."""

import ast
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

import pytest
from pydantic import ValidationError

from atoz.errors import InvalidDocument
from atoz.model import order as order_module
from atoz.model.marketplace import Marketplace
from atoz.model.order import Fulfilment, Order, TriState
from atoz.model.record import read_document

FACTS: dict[str, object] = {
    "order_id": "123-1234567-1234567",
    "marketplace": "US",
    "placed_at": "2016-06-01T15:00:00Z",
}


def order(**facts: object) -> Order:
    """An order with some facts changed."""
    return Order.model_validate({**FACTS, **facts})


def faults(**facts: object) -> dict[str, str]:
    """The faults of an order, path to code."""
    with pytest.raises(InvalidDocument) as caught:
        read_document(Order, {**FACTS, **facts})
    return {fault.path: fault.code for fault in caught.value.faults}


@pytest.mark.parametrize(
    "order_id",
    [
        "1231234567-1234567",
        "12-1234567-1234567",
        "123-1234567-12345678",
        "123-1234567-1234567\n",
        " 123-1234567-1234567",
        "S01-1234567-1234567",
        "\uff11\uff12\uff13-1234567-1234567",
        "١٢٣-1234567-1234567",
        "",
        1231234567,
    ],
)
def test_an_order_id_has_amazons_form(order_id: object) -> None:
    """Three, seven and seven digits, 0 to 9; nothing before or after."""
    assert list(faults(order_id=order_id)) == ["order_id"]


@pytest.mark.parametrize("each", Marketplace.all(), ids=lambda each: each.country)
def test_a_marketplace_is_kept_as_its_country(each: Marketplace) -> None:
    """Country, id and Amazon's other codes all become the ISO country."""
    for code in (each.country, each.marketplace_id, *each.also):
        assert order(marketplace=code).marketplace == each.country
    assert order(marketplace=each.country).currency == each.currency
    assert order(marketplace=each.country).zone == each.zoneinfo


@pytest.mark.parametrize("code", ["XX", "", "USA", "A" * 5000, "{asked}", 7, None])
def test_an_unknown_marketplace_is_a_fault(code: object) -> None:
    """Whatever stands there, it is one fault at its path."""
    assert list(faults(marketplace=code, deliver_by="2016-06-10T00:00:00Z")) == ["marketplace"]


def test_every_fault_of_an_order_at_once() -> None:
    """Faults are reported together, each at its path, unknown fields included."""
    found = faults(
        order_id="1",
        marketplace="XX",
        placed_at="2016-06-01T15:00:00",
        first_contact_at=1465000000,
        deliver_by="soon",
        delivered_at="1465000000",
        fulfilment="me",
        claims_protected="maybe",
        total={"value": 1.5, "currency": "USD"},
        colour="red",
        kind="order",
    )
    assert set(found) == {
        "order_id",
        "marketplace",
        "placed_at",
        "first_contact_at",
        "deliver_by",
        "delivered_at",
        "fulfilment",
        "claims_protected",
        "total.value",
        "colour",
    }
    assert found["placed_at"] == "naive_instant"
    assert found["first_contact_at"] == "instant"
    assert found["colour"] == "extra_forbidden"


@pytest.mark.parametrize("kind", ["claim", "Order", "", 7, ["order"]])
def test_a_document_of_another_kind_is_one_fault(kind: object) -> None:
    """What says that it is something else is told just that, whatever else is wrong with it."""
    assert faults(kind=kind, order_id="1", colour="red") == {"kind": "wrong_kind"}


@pytest.mark.parametrize(
    ("said", "known"),
    [
        (True, TriState.YES),
        (False, TriState.NO),
        ("yes", TriState.YES),
        ("no", TriState.NO),
        ("unknown", TriState.UNKNOWN),
    ],
)
def test_protection_is_yes_no_or_unknown(said: object, known: TriState) -> None:
    """JSON's true and false are taken too; nothing said is unknown, never no."""
    assert order(claims_protected=said).claims_protected is known
    assert order().claims_protected is TriState.UNKNOWN
    assert order().fulfilment is Fulfilment.SELLER


@pytest.mark.parametrize("said", [0, 1, "true", "", None])
def test_protection_is_never_guessed(said: object) -> None:
    """Numbers and other words are refused."""
    assert list(faults(claims_protected=said)) == ["claims_protected"]


def test_the_order_day_is_local() -> None:
    """An order of the evening in Seattle is of the next day in London; the day of the marketplace counts."""
    at = datetime(2016, 6, 1, 6, 59, 59, 999999, tzinfo=UTC)
    assert order(placed_at=at).placed_on == date(2016, 5, 31)
    assert order(placed_at=at, marketplace="UK").placed_on == date(2016, 6, 1)
    assert order().local_day(at) == date(2016, 5, 31)


@pytest.mark.parametrize("value", ["2016-06-10T15:00:00", datetime(2016, 6, 10, 15), 1465000000, "2016-W23-5T"])  # noqa: DTZ001
def test_a_naive_promise_is_refused(value: object) -> None:
    """A promise is a day or an aware instant."""
    assert list(faults(deliver_by=value)) == ["deliver_by"]


def test_the_currency_is_that_of_the_total() -> None:
    """An order paid in another currency says so; otherwise the marketplace's counts."""
    assert order(total="10.00 MXN").currency == "MXN"
    assert order().currency == "USD"


def test_orders_are_frozen_and_hashable() -> None:
    """Equal facts are one key, however they were written; nothing can be changed."""
    one, other = (
        order(deliver_by="2016-06-10"),
        order(deliver_by="2016-06-10T15:00:00Z", placed_at="2016-06-01T08:00:00-07:00"),
    )
    assert one == other
    assert len({one, other}) == 1
    with pytest.raises(ValidationError, match="frozen"):
        one.marketplace = "GB"  # type: ignore[misc]


def test_checkers_are_told_of_every_field() -> None:
    """The signature that type checkers read has the model's fields, and asks for those that are required."""
    (signature,) = (
        node
        for node in ast.walk(ast.parse(Path(order_module.__file__).read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name == "__init__"
    )
    names = [argument.arg for argument in signature.args.kwonlyargs]
    required = {name for name, default in zip(names, signature.args.kw_defaults, strict=True) if default is None}
    assert names == list(Order.model_fields)
    assert required == {name for name, field in Order.model_fields.items() if field.is_required()}


@pytest.mark.parametrize(
    ("written", "state"), [("yes", TriState.YES), (False, TriState.NO), ("unknown", TriState.UNKNOWN)]
)
def test_plain_words_for_protection_are_read(written: Literal["yes", "unknown"] | bool, state: TriState) -> None:
    """What a checker lets through is read, and kept as one of the three states."""
    order = Order(
        order_id="123-1234567-1234567",
        marketplace="US",
        placed_at=datetime(2026, 6, 1, tzinfo=UTC),
        claims_protected=written,
        fulfilment="amazon",
    )
    assert order.claims_protected is state
    assert order.fulfilment is Fulfilment.AMAZON
