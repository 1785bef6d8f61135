"""Late news and wrong news: at its place whatever the order of arrival, never lost, and never a silent change."""

import itertools
import pickle
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atoz import apply, open_claim, plan, read_claim, rebuild, record, retract, verify
from atoz.errors import AtozError, InvalidDocument, ReplayRefused
from atoz.lifecycle.corrections import placed
from atoz.model.claim import Claim, impossible_order_facts
from atoz.model.events import (
    BuyerMessaged,
    Denied,
    EvidenceAdded,
    Filed,
    GrantedSellerFunded,
    InformationRequested,
    SellerAppealed,
    SellerRefunded,
    SellerResponded,
    Withdrawn,
)
from atoz.model.labels import Labels
from atoz.model.order import RETURN_FACTS, Order
from atoz.model.record import parse_json
from atoz.planner.worklist import worklist_row

FILED_AT = datetime(2016, 7, 1, 16, tzinfo=UTC)
ORDER = Order(order_id="123-1234567-1234567", marketplace="US", placed_at=datetime(2016, 6, 1, 15, tzinfo=UTC))


def at(days):
    """So many days after the filing."""
    return FILED_AT + timedelta(days=days)


@pytest.fixture
def claim():
    """A claim that was filed and nothing else."""
    return open_claim(ORDER, reason="not_received", filed_at=FILED_AT, amount="31.90 USD")


SAME_INSTANT = (
    BuyerMessaged(at=FILED_AT),
    InformationRequested(at=FILED_AT),
    EvidenceAdded(at=FILED_AT, evidence="photos"),
    SellerResponded(at=FILED_AT),
    GrantedSellerFunded(at=FILED_AT),
)


@pytest.mark.parametrize("order", list(itertools.permutations(SAME_INSTANT)), ids=lambda order: order[0].kind)
def test_events_of_one_instant_have_one_order(claim, order):
    """Filing, the buyer's words, Amazon's questions, answers and plain events, decisions: however they arrive."""
    for event in order:
        claim = record(claim, event)
    assert claim.history == (Filed(at=FILED_AT), *SAME_INSTANT)
    assert claim.status.value == "granted_seller_funded"


@settings(max_examples=100)
@given(st.permutations([1, 2, 3, 4, 5, 6]), st.integers(0, 3))
def test_the_order_of_arrival_plays_no_part(order, instants):
    """Plain events that arrive in any order, equal instants among them, give the claim that `rebuild` gives."""
    claim = open_claim(ORDER, reason="not_received", filed_at=FILED_AT)
    made = {number: EvidenceAdded(at=at(min(number, instants)), evidence=f"photo_{number}") for number in order}
    late = claim
    for number in order:
        late = record(late, made[number])
    assert late == rebuild(claim.order, sorted((*claim.history, *made.values()), key=placed), reason="not_received")
    assert verify(late) is late


def test_what_follows_late_news_is_replayed(claim):
    """An answer that is learnt after the decision lies before it, and the deadline counts as met."""
    decided = apply(apply(claim, InformationRequested(at=at(1))), Denied(at=at(5)))
    late = record(decided, SellerResponded(at=at(2)))
    assert [event.kind for event in late.history] == ["filed", "information_requested", "seller_responded", "denied"]
    assert late.status.value == "closed"
    assert decided.history == (Filed(at=FILED_AT), InformationRequested(at=at(1)), Denied(at=at(5)))


def test_a_replay_that_refuses_is_an_error_that_names_what_to_decide(claim):
    """Two decisions cannot both be; the error names the one that no longer fits, and nothing is changed."""
    denied = apply(claim, Denied(at=at(5)))
    with pytest.raises(ReplayRefused) as raised:
        record(denied, SellerRefunded(at=at(3)))
    assert [(fault.path, fault.code) for fault in raised.value.faults] == [("history.2", "no_such_transition")]
    assert "seller_refunded at 2016-07-04T16:00:00+00:00" in str(raised.value)
    assert "nothing was changed; find" in str(raised.value)
    assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)  # noqa: S301
    assert denied.status.value == "closed"
    kept = retract(denied, denied.history[-1], "it was about another claim")
    assert record(kept, SellerRefunded(at=at(3))).status.value == "refunded"


def test_news_that_is_late_for_its_own_deadline_is_refused(claim):
    """An appeal after the window is refused by record as by apply."""
    granted = record(claim, GrantedSellerFunded(at=at(1))).model_copy(update={"edition": "us-2026"})
    assert record(granted, SellerAppealed(at=at(31))).status.value == "under_review"
    with pytest.raises(ReplayRefused, match="the deadline to appeal"):
        record(granted, SellerAppealed(at=at(31) + timedelta(microseconds=1)))


@pytest.mark.parametrize("microseconds", [0, 1])
def test_before_the_order_nothing_is_filed_or_decided(microseconds):
    """The instant of the order itself is the first at which a claim can be filed."""
    order = ORDER
    filed_at = order.placed_at - timedelta(microseconds=microseconds)
    if microseconds == 0:
        assert open_claim(order, reason="other", filed_at=filed_at).filed_at == filed_at
        return
    with pytest.raises(InvalidDocument) as raised:
        open_claim(order, reason="other", filed_at=filed_at)
    assert [fault.code for fault in raised.value.faults] == ["filed_before_order"]


IMPOSSIBLE = {
    "promised_before_order": {"deliver_by": date(2016, 5, 31)},
    "delivered_before_order": {"delivered_at": datetime(2016, 6, 1, 14, 59, tzinfo=UTC)},
    "returned_before_order": {"return_requested_at": datetime(2016, 6, 1, 14, 59, tzinfo=UTC)},
    "before_return_request": {
        "return_received_at": datetime(2016, 6, 8, 9, tzinfo=UTC),
        "return_requested_at": datetime(2016, 6, 8, 9, 1, tzinfo=UTC),
    },
}


@pytest.mark.parametrize("code", IMPOSSIBLE)
def test_an_impossible_order_is_refused_at_the_opening_and_named_in_a_document(code):
    """`open_claim` refuses it; a document that says so is read, and its plan says which dates cannot both be right."""
    facts = {"order_id": "123-1234567-1234567", "marketplace": "US", "placed_at": datetime(2016, 6, 1, 15, tzinfo=UTC)}
    order = Order(**{**facts, **IMPOSSIBLE[code]})
    with pytest.raises(InvalidDocument) as raised:
        open_claim(order, reason="other", filed_at=FILED_AT)
    assert [fault.code for fault in raised.value.faults] == [code]
    loaded = read_claim({"order": order, "reason": "other", "history": [{"kind": "filed", "at": FILED_AT}]})
    path = next(iter(IMPOSSIBLE[code]))
    for language in ("en", "zh"):
        notes = [note.say(language) for note in plan(loaded, as_of=at(1)).notes]
        assert any(f"order.{path}" in note for note in notes)
    assert record(loaded, BuyerMessaged(at=at(1))).history[-1].kind == "buyer_messaged"  # news is not lost for it
    fine = open_claim(Order(**facts), reason="other", filed_at=FILED_AT)
    assert not any("order." in note.en for note in plan(fine, as_of=at(1)).notes)


def test_every_step_of_a_return_is_held_against_the_request():
    """Authorised, labelled and received at the request's own instant is fine, a microsecond before it is not.

    A refund may come before anybody asks for a return.
    """
    asked = datetime(2016, 6, 8, 9, tzinfo=UTC)
    facts = {"order_id": "123-1234567-1234567", "marketplace": "US", "placed_at": datetime(2016, 6, 1, 15, tzinfo=UTC)}
    for name in RETURN_FACTS[1:]:
        together = Order(**facts, return_requested_at=asked, **{name: asked})
        assert impossible_order_facts(together) == ()
        early = Order(**facts, return_requested_at=asked, **{name: asked - timedelta(microseconds=1)})
        codes = [(fault.path, fault.code) for fault in impossible_order_facts(early)]
        assert codes == ([] if name == "return_refunded_at" else [(name, "before_return_request")])
        alone = Order(**facts, **{name: facts["placed_at"] - timedelta(microseconds=1)})
        assert [fault.code for fault in impossible_order_facts(alone)] == ["returned_before_order"]


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (Denied(at=FILED_AT - timedelta(microseconds=1)), "no_beginning"),
        (Filed(at=FILED_AT + timedelta(days=1)), "filed_twice"),
        (SellerRefunded(at=FILED_AT, amount="5.00 EUR"), "wrong_currency"),
    ],
)
def test_an_impossible_event_is_refused(claim, event, code):
    """A decision before the filing, a second filing, foreign money."""
    with pytest.raises(InvalidDocument) as raised:
        record(claim, event)
    assert code in {fault.code for fault in raised.value.faults}


def test_what_is_struck_out_is_kept_and_counts_for_nothing(claim):
    """The event leaves the history, its reason stays with the claim through its document."""
    wrong = Withdrawn(at=at(2), note="read on the phone")
    withdrawn = apply(claim, wrong)
    corrected = retract(withdrawn, wrong, "it was another claim's mail")
    assert corrected.history == claim.history
    assert corrected.status.value == "under_review"
    assert [(struck.event, struck.reason) for struck in corrected.struck_out] == [
        (wrong, "it was another claim's mail")
    ]
    assert read_claim(parse_json(corrected.model_dump_json())) == corrected
    again = retract(apply(corrected, Denied(at=at(3))), Denied(at=at(3)), "not yet")
    assert [struck.event.kind for struck in again.struck_out] == ["withdrawn", "denied"]
    assert plan(corrected, as_of=at(3)) == plan(claim, as_of=at(3))


def test_of_equal_events_one_is_struck_out(claim):
    """Two equal messages are two events."""
    message = BuyerMessaged(at=at(1))
    twice = record(record(claim, message), message)
    assert retract(twice, message, "counted twice").history == record(claim, message).history


def test_what_cannot_be_struck_out(claim):
    """Its beginning, an event it does not have, anything without a reason, what later events rest on."""
    with pytest.raises(InvalidDocument, match="begins with filed"):
        retract(apply(claim, Denied(at=at(1))), claim.history[0], "never filed")
    with pytest.raises(InvalidDocument) as raised:
        retract(claim, Denied(at=at(1)), "  ")
    assert [fault.code for fault in raised.value.faults] == ["missing", "no_such_event"]
    appealed = apply(apply(claim, GrantedSellerFunded(at=at(1))), SellerAppealed(at=at(2)))
    with pytest.raises(ReplayRefused, match="seller_appealed"):
        retract(appealed, appealed.history[1], "no grant was seen")


def test_labels_are_carried_everywhere(claim):
    """From the order and the claim into the plan and the worklist; the claim's own win; the claim stays hashable."""
    order = claim.order.model_copy(update={"labels": Labels(account="north", store="7")})
    labelled = Claim(**{**dict(claim), "order": order, "labels": {"store": "8"}})
    assert hash(labelled) == hash(read_claim(parse_json(labelled.model_dump_json())))
    moved = record(apply(labelled, BuyerMessaged(at=at(1))), BuyerMessaged(at=FILED_AT))
    made = plan(moved, as_of=at(2))
    assert moved.all_labels == made.labels == worklist_row(moved, made).labels == {"account": "north", "store": "8"}
    assert parse_json(made.model_dump_json())["labels"] == {"account": "north", "store": "8"}
    assert claim.all_labels == {}
    with pytest.raises(TypeError):
        moved.labels["store"] = "9"


@pytest.mark.parametrize("labels", [{"Account": "x"}, {"a": ""}, {"a": 1}, {"a": "x" * 201}, {"a": "\0"}, ["a"], "a"])
def test_labels_are_short_texts_under_plain_names(labels):
    """Every other shape is a fault of the document."""
    with pytest.raises(AtozError):
        read_claim({"order": ORDER, "reason": "other", "history": [Filed(at=FILED_AT)], "labels": labels})
