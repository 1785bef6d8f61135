"""A dict, a path or a word in place of a claim, an order or an event: an error of atoz's own says what to pass."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

import atoz
from atoz import events
from atoz.errors import AtozError, InvalidDocument
from atoz.lifecycle import record, retract
from atoz.rulebook.evidence_checklist import evidence_checklist
from atoz.rulebook.filing_window import claim_window

AT = datetime(2026, 6, 1, 16, tzinfo=UTC)
ORDER = atoz.Order(order_id="123-1234567-1234567", marketplace="US", placed_at=AT)
CLAIM = atoz.open_claim(ORDER, reason="other", filed_at=AT)
DENIED = events.Denied(at=AT)
WITH_A_CLAIM: dict[str, Callable[[Any], object]] = {
    "apply": lambda value: atoz.apply(value, DENIED),
    "attention": lambda value: atoz.attention(value, as_of=AT),
    "claim_window": claim_window,
    "deadlines": lambda value: atoz.deadlines(value, as_of=AT),
    "evidence_checklist": evidence_checklist,
    "lapse": lambda value: atoz.lapse(value, as_of=AT),
    "odr_effect": atoz.odr_effect,
    "options": lambda value: atoz.options(value, AT),
    "plan": lambda value: atoz.plan(value, as_of=AT),
    "record": lambda value: record(value, DENIED),
    "retract": lambda value: retract(value, DENIED, "wrong"),
    "under": lambda value: atoz.under(value, "us-2026"),
    "verify": atoz.verify,
}
WITH_AN_ORDER: dict[str, Callable[[Any], object]] = {
    "compare_editions": atoz.compare_editions,
    "filing_window": atoz.filing_window,
    "open_claim": lambda value: atoz.open_claim(value, reason="other", filed_at=AT),
    "rebuild": lambda value: atoz.rebuild(value, CLAIM.history, reason="other"),
}
WITH_AN_EVENT: dict[str, Callable[[Any], object]] = {
    "apply": lambda value: atoz.apply(CLAIM, value),
    "rebuild": lambda value: atoz.rebuild(ORDER, [*CLAIM.history, value], reason="other"),
    "record": lambda value: record(CLAIM, value),
    "retract": lambda value: retract(CLAIM, value, "wrong"),
}


@pytest.mark.parametrize("function", WITH_A_CLAIM)
@pytest.mark.parametrize(
    ("value", "advice"),
    [
        (CLAIM.model_dump(), "atoz.read_claim(data)"),
        ("claim.json", "'claim.json' is a text, not a Claim; read the file first"),
        (Path("claim.json"), "read the file first"),
        (ORDER, "atoz.open_claim(order"),
        (None, "NoneType, not a Claim; pass a Claim"),
    ],
)
def test_what_is_no_claim(function: str, value: object, advice: str) -> None:
    """Every function that takes a claim says how to get one."""
    with pytest.raises(AtozError) as caught:
        WITH_A_CLAIM[function](value)
    assert str(caught.value).startswith("claim: ")
    assert advice in str(caught.value)


@pytest.mark.parametrize("function", WITH_AN_ORDER)
@pytest.mark.parametrize(
    ("value", "advice"),
    [
        (ORDER.model_dump(), "atoz.Order.model_validate(data)"),
        ("order.json", "read the file first"),
        (Path("order.json"), "read the file first"),
        (CLAIM, "pass claim.order"),
        (3, "int, not an Order; pass an atoz.Order("),
    ],
)
def test_what_is_no_order(function: str, value: object, advice: str) -> None:
    """Every function that takes an order says how to get one."""
    with pytest.raises(AtozError) as caught:
        WITH_AN_ORDER[function](value)
    assert str(caught.value).startswith("order: ")
    assert advice in str(caught.value)


@pytest.mark.parametrize("function", WITH_AN_EVENT)
@pytest.mark.parametrize(
    ("value", "advice"),
    [
        ({"kind": "seller_appealed"}, "pass atoz.events.SellerAppealed.model_validate(data)"),
        ({}, "pass atoz.events.Denied.model_validate(data)"),
        ("withdrawn", "'withdrawn' is a text, not an event; pass an event atoz.events.Withdrawn(at=...)"),
        ("odd\x1b[2J", "'odd\\x1b[2J' is a text, not an event; pass an event, for example atoz.events.Denied(at=...)"),
        (events.Withdrawn, "the class Withdrawn, not an event; pass an event atoz.events.Withdrawn(at=...)"),
        (None, "pass an event, for example"),
    ],
)
def test_what_is_no_event(function: str, value: object, advice: str) -> None:
    """Every function that takes an event names the class to make it with."""
    with pytest.raises(AtozError) as caught:
        WITH_AN_EVENT[function](value)
    assert str(caught.value).startswith("event: ")
    assert advice in str(caught.value)


def test_what_is_of_the_right_type_is_used() -> None:
    """The same functions work on what they are for."""
    for function in WITH_A_CLAIM.values():
        if function is not WITH_A_CLAIM["retract"]:
            function(CLAIM)
    for with_order in WITH_AN_ORDER.values():
        with_order(ORDER)
    assert cast("atoz.Claim", WITH_AN_EVENT["apply"](DENIED)).history[-1] == DENIED
    with pytest.raises(InvalidDocument, match="has no denied"):
        retract(CLAIM, DENIED, "wrong")
