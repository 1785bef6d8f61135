"""Claims as documents: round trips to the letter, and every fault of one document together."""

import json
import string
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from atoz.errors import AtozError, InvalidDocument
from atoz.lifecycle.replay import read_claim
from atoz.model import events
from atoz.model.claim import Claim
from atoz.model.events import EVENT_CLASSES, AnyEvent, Event, Filed, LearntFrom, Purpose
from atoz.model.marketplace import Marketplace
from atoz.model.money import Money
from atoz.model.order import Fulfilment, Order, TriState
from atoz.model.reason import ClaimReason, ReasonDetail
from atoz.model.record import parse_json, read_document
from atoz.model.status import ClaimStatus

EVENT: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)

# Strategies, made from the public constructors only.
instants = st.integers(0, 202 * 365 * 86_400 * 10**6).map(
    lambda ticks: datetime(1996, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks)
)
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
known = st.sampled_from(TriState)


def moneys(currency: str) -> st.SearchStrategy[Money]:
    """Amounts in one currency."""
    return st.decimals(0, 10**6, places=2).map(lambda value: Money(value=value, currency=currency))


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """Any order."""
    place = draw(st.sampled_from(Marketplace.all()))
    digits = [draw(st.text(string.digits, min_size=size, max_size=size)) for size in (3, 7, 7)]
    return Order(
        order_id="-".join(digits),
        marketplace=place.country,
        placed_at=draw(instants),
        first_contact_at=draw(st.none() | instants),
        deliver_by=draw(st.none() | instants.map(datetime.date)),
        delivered_at=draw(st.none() | instants),
        fulfilment=draw(st.sampled_from(Fulfilment)),
        claims_protected=draw(known),
        total=draw(st.none() | moneys(place.currency)),
    )


def extras(kind: str, at: datetime, currency: str) -> dict[str, st.SearchStrategy[object]]:
    """The facts of an event besides its time, by kind."""
    money = st.none() | moneys(currency)
    grant: dict[str, st.SearchStrategy[object]] = {"amount": money, "counts_against_odr": known}
    by_kind: dict[str, dict[str, st.SearchStrategy[object]]] = {
        "granted_seller_funded": grant,
        "granted_amazon_funded": grant,
        "response_lapsed": {"due_at": st.just(at)},
        "seller_refunded": {"amount": money},
        "withdrawn": {"consent_to_recharge": st.booleans()},
        "order_cancelled": {"actor": st.sampled_from(["buyer", "seller", "amazon"])},
        "seller_messaged": {"purpose": st.sampled_from(Purpose)},
        "information_requested": {"respond_by": st.none() | st.just(at)},
        "evidence_added": {
            "evidence": st.from_regex("[a-z][a-z0-9_]{0,20}", fullmatch=True),
            "actor": st.sampled_from(["seller", "buyer"]),
        },
        "observed": {"status": st.sampled_from(ClaimStatus), "actor": st.sampled_from(["seller", "amazon"])},
    }
    return {"note": texts, "learnt_from": st.sampled_from(LearntFrom), **by_kind.get(kind, {})}


@st.composite
def events_of(draw: st.DrawFn, kind: str, at: datetime, currency: str) -> Event:
    """Any event of a kind at an instant."""
    return EVENT_CLASSES[kind].model_validate(
        {"at": at, **{name: draw(value) for name, value in extras(kind, at, currency).items()}}
    )


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    """Any consistent claim: consistent as a document, whether or not the rules allow its history."""
    order = draw(orders())
    reason = draw(st.sampled_from(ClaimReason))
    start = draw(instants)
    gaps = draw(st.lists(st.timedeltas(timedelta(0), timedelta(days=20)), max_size=6))
    first = draw(events_of(draw(st.sampled_from(["filed", "observed"])), start, order.currency))
    history, at = [first], start
    for gap in gaps:
        at += gap
        kind = draw(st.sampled_from([kind for kind in EVENT_CLASSES if kind != "filed"]))
        history.append(draw(events_of(kind, at, order.currency)))
    return Claim.model_validate(
        {
            "order": order,
            "reason": reason,
            "detail": draw(st.none() | st.sampled_from(reason.details)) if reason.details else None,
            "platform_words": draw(texts),
            "amount": draw(st.none() | moneys(order.currency)),
            "edition": draw(st.sampled_from(["faq-2016", "us-2026", "an-edition-of-mine"])),
            "window_edition": draw(st.none() | st.just("us-2016-11")),
            "history": history,
        }
    )


@given(claims())
def test_a_claim_is_read_back_to_the_letter(claim: Claim) -> None:
    """JSON out, in, out: the same bytes, the same claim, the same hash; by both readers."""
    dumped = claim.model_dump_json()
    for again in (
        Claim.model_validate_json(dumped),
        read_document(Claim, parse_json(dumped)),
        Claim.model_validate(claim.model_dump()),
        Claim.model_validate(claim.model_dump(mode="json")),
    ):
        assert again == claim
        assert hash(again) == hash(claim)
        assert again.model_dump_json() == dumped


@given(claims())
def test_the_status_can_be_left_out(claim: Claim) -> None:
    """A document without a status takes it from its history; with another status it is refused, at its path."""
    document = json.loads(claim.model_dump_json())
    del document["status"]
    assert read_document(Claim, document) == claim
    without = {name: value for name, value in claim.model_dump(round_trip=True).items() if name != "status"}
    assert Claim.model_validate({**without, "history": claim.history}) == claim
    for status in set(ClaimStatus) - {claim.status}:
        assert codes({**document, "status": status.value}) == {"status": "status_disagrees"}


@pytest.mark.parametrize("kind", ["granted_seller_funded", "granted_amazon_funded", "seller_refunded"])
def test_nothing_below_zero_is_paid(kind: str) -> None:
    """Claims, grants, refunds and orders are of nothing or more; nothing itself is allowed."""
    order: dict[str, object] = {
        "order_id": "123-1234567-1234567",
        "marketplace": "US",
        "placed_at": "2016-06-01T15:00:00Z",
    }
    claim = {"order": order, "reason": "not_received", "history": [{"kind": "filed", "at": "2016-07-01T16:00:00Z"}]}
    event = {"kind": kind, "at": "2016-07-02T16:00:00Z"}
    assert getattr(EVENT.validate_python({**event, "amount": "0 USD"}), "amount", None) == Money.parse("0 USD")
    with pytest.raises(ValidationError, match="never below zero"):
        EVENT.validate_python({**event, "amount": "-0.01 USD"})
    with pytest.raises(InvalidDocument, match=r"(?s)2 problems.*order.total: .*never.*amount: .*never"):
        read_document(Claim, {**claim, "amount": "-0.01 USD", "order": {**order, "total": "-0.01 USD"}})


@pytest.mark.parametrize("kind", EVENT_CLASSES)
@given(st.data())
@settings(max_examples=10)
def test_every_kind_of_event_is_told_apart(kind: str, data: st.DataObject) -> None:
    """The kind alone picks the class; an event is read back as what it was."""
    event = data.draw(events_of(kind, datetime(2016, 7, 1, tzinfo=UTC), "USD"))
    again = EVENT.validate_json(event.model_dump_json())
    assert type(again) is EVENT_CLASSES[kind]
    assert again == event
    assert again.model_dump_json() == event.model_dump_json()


def codes(
    document: object, read: Callable[[object], object] = lambda data: read_document(Claim, data)
) -> dict[str, str]:
    """The faults of a document, path to code."""
    with pytest.raises(InvalidDocument) as caught:
        read(document)
    found = {fault.path: fault.code for fault in caught.value.faults}
    assert len(found) == len(caught.value.faults)
    return found


def document(**changes: object) -> dict[str, object]:
    """A plain claim document with some keys changed."""
    return {
        "order": {"order_id": "123-1234567-1234567", "marketplace": "US", "placed_at": "2016-06-01T15:00:00Z"},
        "reason": "not_received",
        "history": [{"kind": "filed", "at": "2016-07-01T16:00:00Z"}],
        **changes,
    }


def test_faults_of_shape_come_first_and_together() -> None:
    """Naive times, numbers, floats, unknown fields and kinds, all over one document: one error, every path."""
    found = codes(
        document(
            order={
                "order_id": "1",
                "marketplace": "US",
                "placed_at": "2016-06-01T15:00:00",
                "total": {"value": 31.9, "currency": "USD"},
            },
            reason="lost",
            detail="nothing",
            amount="31.90",
            edition="No Such",
            colour="red",
            history=[
                {"kind": "filed", "at": 1467388800},
                {"kind": "denied", "at": "1467388800"},
                {"kind": "withdrawn", "at": "2016-07-02T00:00:00Z", "mood": "good"},
                {"kind": "nonsense", "at": "2016-07-02T00:00:00Z"},
                {"kind": "evidence_added", "at": "2016-07-02T00:00:00Z", "evidence": "Not A Name"},
                {"kind": "order_cancelled", "at": "2016-07-02T00:00:00Z", "actor": "clock"},
                {
                    "kind": "granted_seller_funded",
                    "at": "2016-07-02T00:00:00Z",
                    "amount": {"value": 1.5, "currency": "USD"},
                },
            ],
            status="open",
        )
    )
    assert found == {
        "order.order_id": "string_pattern_mismatch",
        "order.placed_at": "naive_instant",
        "order.total.value": "amount",
        "reason": "enum",
        "detail": "enum",
        "amount": "money",
        "edition": "string_pattern_mismatch",
        "colour": "extra_forbidden",
        "history.0.filed.at": "instant",
        "history.1.denied.at": "instant",
        "history.2.withdrawn.mood": "extra_forbidden",
        "history.3": "union_tag_invalid",
        "history.4.evidence_added.evidence": "string_pattern_mismatch",
        "history.5.order_cancelled.actor": "literal_error",
        "history.6.granted_seller_funded.amount.value": "amount",
        "status": "enum",
    }


def test_faults_of_consistency_come_together() -> None:
    """Wrong detail, currencies, order, filed twice and status: each alone is a fault, and all are told at once."""
    found = codes(
        document(
            detail="damaged",
            amount="31.90 EUR",
            history=[
                {"kind": "filed", "at": "2016-07-05T16:00:00Z"},
                {"kind": "denied", "at": "2016-07-04T16:00:00Z"},
                {"kind": "filed", "at": "2016-07-06T16:00:00Z"},
                {"kind": "seller_refunded", "at": "2016-07-05T16:00:00Z", "amount": "1.00 GBP"},
            ],
            status="closed",
        )
    )
    assert found == {
        "detail": "wrong_detail",
        "amount.currency": "wrong_currency",
        "history.3.amount.currency": "wrong_currency",
        "history.1.at": "out_of_order",
        "history.3.at": "out_of_order",
        "history.2": "filed_twice",
        "status": "status_disagrees",
    }


def test_consistency_waits_for_shape() -> None:
    """A document of a wrong shape has only its faults of shape reported: the rest cannot be judged."""
    assert codes(document(detail="damaged", amount="31.90 EUR", colour="red")) == {"colour": "extra_forbidden"}


@pytest.mark.parametrize(
    ("history", "path"),
    [
        ([], "history"),
        ([{"kind": "buyer_messaged", "at": "2016-07-01T16:00:00Z"}], "history"),
        ([{"kind": "denied", "at": "2016-07-01T16:00:00Z"}], "history"),
        (
            [{"kind": "denied", "at": "2016-07-01T16:00:00Z"}, {"kind": "filed", "at": "2016-07-01T16:00:00Z"}],
            "history",
        ),
    ],
)
def test_a_history_has_a_beginning(history: list[dict[str, str]], path: str) -> None:
    """It begins with `filed`, or with `observed`; plain events may lie before."""
    assert path in codes(document(history=history))
    messaged = {"kind": "buyer_messaged", "at": "2016-06-30T16:00:00Z"}
    assert read_document(Claim, document(history=[messaged, {"kind": "filed", "at": "2016-07-01T16:00:00Z"}]))


@pytest.mark.parametrize("seen", [{}, {"status": "open"}, {"status": ["closed"]}, {"status": None}], ids=str)
def test_a_status_that_was_left_out_is_no_fault_of_its_own(seen: dict[str, object]) -> None:
    """An observation without a sound status is told at its own place, and there alone."""
    history = [
        {"kind": "filed", "at": "2016-07-01T16:00:00Z"},
        {"kind": "observed", "at": "2016-07-02T16:00:00Z", **seen},
    ]
    assert list(codes(document(history=history))) == ["history.1.observed.status"]


def test_equal_instants_are_in_order() -> None:
    """Two events of one instant are fine; a microsecond earlier is not."""
    at = datetime(2016, 7, 1, 16, tzinfo=UTC)
    order = Order(order_id="123-1234567-1234567", marketplace="US", placed_at=at)
    same = (Filed(at=at), events.Denied(at=at))
    assert Claim(order=order, reason=ClaimReason.OTHER, history=same, status=ClaimStatus.CLOSED).updated_at == at
    earlier = (Filed(at=at), events.Denied(at=at - timedelta(microseconds=1)))
    assert codes({"order": order, "reason": "other", "history": earlier}) == {"history.1.at": "out_of_order"}


@pytest.mark.parametrize("reason", ClaimReason)
@pytest.mark.parametrize("detail", ReasonDetail)
def test_details_of_another_reason_are_refused(reason: ClaimReason, detail: ReasonDetail) -> None:
    """Exactly the reason's own details are taken."""
    facts = document(reason=reason.value, detail=detail.value)
    if detail.reason is reason:
        assert read_document(Claim, facts).detail is detail
    else:
        assert codes(facts) == {"detail": "wrong_detail"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[1, 2",
        "nul",
        "{'a': 1}",
        "\ufeff{}",
        '{"a": 1} x',
    ],
    ids=range(7),
)
def test_text_that_is_no_json(text: str | bytes) -> None:
    """Broken text is one fault of the whole document."""
    with pytest.raises(InvalidDocument, match="not JSON"):
        parse_json(text)


def test_a_repeated_key_is_refused() -> None:
    """JSON that says one thing twice says neither."""
    with pytest.raises(InvalidDocument, match="appears twice"):
        parse_json('{"at": "2016-07-01T16:00:00Z", "at": "2016-08-01T16:00:00Z"}')


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


def paths(value: object, here: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place in a JSON value."""
    if isinstance(value, dict):
        return [here, *(path for key, each in value.items() for path in paths(each, (*here, key)))]
    if isinstance(value, list):
        return [here, *(path for index, each in enumerate(value) for path in paths(each, (*here, index)))]
    return [here]


def replaced(value: object, path: tuple[str | int, ...], new: object) -> object:
    """The value with one place replaced."""
    if not path:
        return new
    if isinstance(value, dict):
        return {key: replaced(each, path[1:], new) if key == path[0] else each for key, each in value.items()}
    assert isinstance(value, list)
    return [replaced(each, path[1:], new) if index == path[0] else each for index, each in enumerate(value)]


@given(claims(), json_values, st.data())
@settings(max_examples=300)
def test_a_damaged_document_is_a_claim_or_an_invalid_document(claim: Claim, junk: object, data: st.DataObject) -> None:
    """Junk put anywhere into a claim never raises anything but atoz's own errors, with at least one fault."""
    whole = json.loads(claim.model_dump_json())
    damaged = replaced(whole, data.draw(st.sampled_from(paths(whole))), junk)
    try:
        assert isinstance(read_claim(damaged), Claim)
    except InvalidDocument as invalid:
        assert invalid.faults  # noqa: PT017
        assert all(fault.code and fault.message for fault in invalid.faults)  # noqa: PT017
        assert str(invalid)  # noqa: PT017


@given(json_values)
def test_any_json_is_a_claim_or_refused(value: object) -> None:
    """Arbitrary data never raises anything else either."""
    with pytest.raises(AtozError):
        read_claim(value)


def test_filed_at_and_updated_at() -> None:
    """The filing is the `Filed` event's instant, none when the claim was only observed."""
    filed = read_document(Claim, document())
    assert filed.filed_at == filed.updated_at == datetime(2016, 7, 1, 16, tzinfo=UTC)
    seen = {"kind": "observed", "status": "closed", "at": "2016-07-03T16:00:00Z"}
    observed = read_document(Claim, document(history=[seen]))
    assert observed.filed_at is None
    assert observed.status is ClaimStatus.CLOSED
    assert observed.updated_at == datetime(2016, 7, 3, 16, tzinfo=UTC)


def test_the_constructor_raises_pydantics_error() -> None:
    """Importers expect `ValidationError` from a constructor; atoz's reader wraps it."""
    with pytest.raises(ValidationError):
        Claim(order=None, reason="x", history=())


def test_a_claim_holds_no_nul() -> None:
    """What no file of texts can keep is refused when it is given, not when it is read back."""
    at = datetime(2016, 7, 1, tzinfo=UTC)
    order = Order(order_id="123-1234567-1234567", marketplace="US", placed_at=at)
    with pytest.raises(ValidationError, match="NUL"):
        Filed(at=at, note="\0")
    with pytest.raises(ValidationError, match="NUL"):
        Claim(order=order, reason=ClaimReason.OTHER, history=(Filed(at=at),), platform_words="a\0b")
