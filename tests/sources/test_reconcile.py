"""Suggestions: applicable or refused with the reason, the same for any order and repetition, and gone once applied."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atoz.errors import AtozError, TransitionRefused, UnknownName
from atoz.lifecycle.operations import apply, open_claim
from atoz.model.citation import Confidence
from atoz.model.events import Denied, GrantedAmazonFunded, GrantedSellerFunded, SellerAppealed, Withdrawn
from atoz.model.money import Money
from atoz.model.order import Order, TriState
from atoz.model.status import ClaimStatus
from atoz.sources.notices.notice_record import Notice, Outcome
from atoz.sources.notices.phrases import Topic
from atoz.sources.notices.quoting import Route
from atoz.sources.parse_result import Origin
from atoz.sources.reconciliation.reconcile import apply_suggestions, reconcile
from atoz.sources.reconciliation.suggestions import Reconciliation, Strength
from atoz.sources.records import records_from, to_line
from atoz.sources.report_files.returns import ReturnFlag
from atoz.sources.sp_api.label_protection import LabelProtection
from atoz.sources.sp_api.order_snapshot import OrderState, Package
from atoz.sources.sp_api.tracking import Delivery
from atoz.sources.transactions.funding import Funding
from atoz.sources.transactions.transaction import Release, System, Transaction, TransactionType

ID = "111-0000001-0000001"
FILED = datetime(2026, 3, 10, 15, tzinfo=UTC)
NOW = datetime(2026, 6, 1, tzinfo=UTC)
ORDER = Order(order_id=ID, marketplace="US", placed_at=FILED - timedelta(days=20), deliver_by=date(2026, 3, 1))
CLAIM = open_claim(ORDER, reason="not_received", filed_at=FILED, amount="31.90 USD", edition="us-2026")


def origin(system, key="k"):
    """Where an observation was read."""
    return Origin(system=system, key=key)


def debit(amount="-26.39", days=9, kind=TransactionType.GUARANTEE, system=System.FINANCES_V0, key="m", currency="USD"):
    """Money on the order."""
    return Transaction(
        type=kind,
        order_id=ID,
        posted_at=FILED + timedelta(days=days),
        amount=Money.parse(f"{amount} {currency}"),
        release=Release.RELEASED,
        confidence=Confidence.AMAZON_PAGE,
        system=system,
        source=origin(system.value, key),
    )


def _said(suggestion):
    """What speaks against a suggestion, in English; in Chinese it is said as well."""
    assert all(text.zh for text in suggestion.conflicts)
    return tuple(text.en for text in suggestion.conflicts)


def notice(days=8, outcome=Outcome.SELLER_FUNDED, key="n", **fields):
    """A notice of a decision."""
    return Notice(
        **{
            "topic": Topic.CLAIM,
            "order_id": ID,
            "sent_at": FILED + timedelta(days=days),
            "decided": True,
            "outcome": outcome,
            "route": Route.DIRECT,
            "from_amazon": TriState.YES,
            "by_header": True,
            "confidence": Confidence.SECONDARY,
            "source": origin("notice", key),
            **fields,
        }
    )


def state(**fields):
    """The order as Amazon shows it."""
    return OrderState(**{"order_id": ID, "updated_at": FILED + timedelta(days=5), "source": origin("orders"), **fields})


def test_a_debit_and_its_notice_are_one_grant():
    """The notice gives the time, both are evidence, and the grant can be applied."""
    found = reconcile(CLAIM, [debit(), notice(amount=Money.parse("31.90 USD"))], as_of=NOW)
    (grant,) = found.suggestions
    assert (grant.event.kind, grant.event.at, str(grant.event.amount)) == (
        "granted_seller_funded",
        FILED + timedelta(days=8),
        "31.90 USD",
    )
    assert (len(grant.evidence), grant.strength, grant.can_be_applied) == (2, Strength.STRONG, True)
    assert found.funding.funding is Funding.SELLER
    assert apply_suggestions(CLAIM, found, [grant.id]).status is ClaimStatus.GRANTED_SELLER_FUNDED


@pytest.mark.parametrize(("days", "count"), [(14, 1), (15, 2)])
def test_money_belongs_to_a_notice_within_the_horizon(days, count):
    """A debit fourteen days after the decision is its money; a day later it is a thing of its own."""
    found = reconcile(CLAIM, [debit(days=8 + days), notice(days=8)], as_of=NOW)
    assert len(found.suggestions) == count


def test_sources_that_disagree_are_both_shown():
    """A notice says Amazon pays, money says the seller did: each names the other."""
    found = reconcile(CLAIM, [debit(), notice(outcome=Outcome.AMAZON_FUNDED)], as_of=NOW)
    by_kind = {each.event.kind: each for each in found.suggestions}
    assert _said(by_kind["granted_seller_funded"]) == (by_kind["granted_amazon_funded"].id,)
    assert _said(by_kind["granted_amazon_funded"]) == (by_kind["granted_seller_funded"].id,)


def test_a_refused_suggestion_carries_its_refusal():
    """A debit on a claim that was denied: the machine refuses the grant, and the conflict is named."""
    denied = apply(CLAIM, Denied(at=FILED + timedelta(days=2)))
    (grant,) = reconcile(denied, [debit()], as_of=NOW).suggestions
    assert (grant.refusal.code, _said(grant)) == ("no_such_transition", ("the claim says closed",))
    with pytest.raises(TransitionRefused):
        apply_suggestions(denied, reconcile(denied, [debit()], as_of=NOW), [grant.id])


def test_what_the_claim_has_is_confirmed_not_suggested():
    """A grant of the same days is known; one after an appeal, with its own money, is news."""
    granted = apply(CLAIM, GrantedSellerFunded(at=FILED + timedelta(days=8)))
    found = reconcile(granted, [debit(), notice()], as_of=NOW)
    assert (found.suggestions, found.confirmed) == ((), ("granted_seller_funded",))
    appealed = apply(granted, SellerAppealed(at=FILED + timedelta(days=20)))
    (again,) = reconcile(appealed, [debit(), notice(), notice(days=30, key="second")], as_of=NOW).suggestions
    assert (again.event.at, again.can_be_applied) == (FILED + timedelta(days=30), True)


def test_a_refund_after_the_filing_is_weak_and_before_it_nothing():
    """Refund rows do not say who refunded; those before the claim have no part in it."""
    (refund,) = reconcile(CLAIM, [debit(kind=TransactionType.REFUND)], as_of=NOW).suggestions
    assert (refund.event.kind, refund.strength) == ("seller_refunded", Strength.WEAK)
    assert reconcile(CLAIM, [debit(kind=TransactionType.REFUND, days=-1)], as_of=NOW).suggestions == ()


@pytest.mark.parametrize(("by", "kind"), [("seller", "order_cancelled"), (None, "observed")])
def test_a_cancelled_order(by, kind):
    """With who cancelled it is the event; without, only the status was seen."""
    found = reconcile(CLAIM, [state(status="cancelled", cancelled_by=by)], as_of=NOW)
    (cancelled,) = found.suggestions
    assert cancelled.event.kind == kind
    after = apply_suggestions(CLAIM, found, [cancelled.id])
    assert after.status is ClaimStatus.CANCELLED
    assert reconcile(after, [state(status="cancelled", cancelled_by=by)], as_of=NOW).suggestions == ()


def test_facts_of_the_order():
    """The delivery scan, the promise and the label become facts; a different one that was known is a conflict."""
    scan = Delivery(tracking_id="T1", delivered_at=FILED + timedelta(days=1), source=origin("tracking"))
    label = LabelProtection(order_id=ID, protected=TriState.YES, source=origin("label"))
    seen = state(deliver_by=date(2026, 3, 2), packages=(Package(tracking_id="T1", status="DELIVERED"),))
    found = reconcile(CLAIM, [scan, label, seen], as_of=NOW)
    assert [each.id for each in found.suggestions] == [
        "order.claims_protected",
        "order.deliver_by",
        "order.delivered_at",
    ]
    assert _said(found.suggestions[1]) == ("the claim's order says 2026-03-01",)
    after = apply_suggestions(CLAIM, found, [each.id for each in found.suggestions])
    assert (after.order.delivered_at, after.order.claims_protected, after.order.deliver_by) == (
        scan.delivered_at,
        TriState.YES,
        date(2026, 3, 2),
    )
    assert reconcile(after, [scan, label, seen], as_of=NOW).suggestions == ()


def test_the_facts_of_a_return_come_from_the_returns_report():
    """Its days, counted from their first moment; never before the order or the request; a known instant stays."""
    asked, back = date(2026, 3, 3), date(2026, 3, 6)
    flags = [
        ReturnFlag(
            order_id=ID, requested_on=asked, returned_on=back, a_to_z=TriState.NO, source=origin("returns", "1")
        ),
        ReturnFlag(order_id=ID, requested_on=date(2026, 3, 5), a_to_z=TriState.NO, source=origin("returns", "2")),
    ]
    found = reconcile(CLAIM, flags, as_of=NOW)
    assert [(row.id, row.fact.value, _said(row)) for row in found.suggestions] == [
        ("order.return_received_at", "2026-03-06T08:00:00Z", ()),
        ("order.return_requested_at", "2026-03-03T08:00:00Z", ("another source says 2026-03-05",)),
    ]
    after = apply_suggestions(CLAIM, found, [row.id for row in found.suggestions])
    assert reconcile(after, flags, as_of=NOW).suggestions == ()
    noon = CLAIM.model_copy(
        update={"order": ORDER.model_copy(update={"return_requested_at": datetime(2026, 3, 6, 20, tzinfo=UTC)})}
    )
    same_day = [flags[0].model_copy(update={"requested_on": back})]
    (arrival,) = reconcile(noon, same_day, as_of=NOW).suggestions
    assert (arrival.id, arrival.fact.value) == ("order.return_received_at", "2026-03-06T20:00:00Z")
    early = [flags[0].model_copy(update={"requested_on": ORDER.placed_on, "returned_on": None})]
    (request,) = reconcile(CLAIM, early, as_of=NOW).suggestions
    assert datetime.fromisoformat(request.fact.value) == ORDER.placed_at


def test_an_order_arrives_with_its_last_parcel():
    """Two parcels, one scan: not arrived; both: the later scan."""
    seen = state(packages=(Package(tracking_id="T1"), Package(tracking_id="T2")))
    scans = [
        Delivery(tracking_id=f"T{n}", delivered_at=FILED + timedelta(days=n), source=origin("tracking", f"T{n}"))
        for n in (1, 2)
    ]
    assert reconcile(CLAIM, [seen, scans[0]], as_of=NOW).suggestions == ()
    (fact,) = reconcile(CLAIM, [seen, *scans], as_of=NOW).suggestions
    assert fact.fact.value.startswith((FILED + timedelta(days=2)).strftime("%Y-%m-%d"))


def test_a_flag_and_money_back_are_findings_not_events():
    """They say that something exists, not where the claim stands; a SAFE-T row is joined by its id."""
    flag = ReturnFlag(order_id=ID, a_to_z=TriState.YES, safe_t_claim_id="S1", source=origin("returns"))
    safe_t = debit("26.39", kind=TransactionType.SAFE_T, key="s").model_copy(
        update={"order_id": None, "safe_t_claim_id": "S1"}
    )
    found = reconcile(CLAIM, [flag, safe_t, debit()], as_of=NOW)
    assert {note.code for note in found.findings} == {"claim_exists", "safe_t"}
    assert found.funding.funding is Funding.REVERSED


def test_other_orders_and_later_times_do_not_count():
    """Another order's money, and money after `as_of`, change nothing; the latter is counted in a finding."""
    other = debit().model_copy(update={"order_id": "111-0000009-0000009"})
    at = FILED + timedelta(days=9)
    assert reconcile(CLAIM, [other], as_of=NOW).suggestions == ()
    assert len(reconcile(CLAIM, [debit()], as_of=at).suggestions) == 1
    early = reconcile(CLAIM, [debit()], as_of=at - timedelta(seconds=1))
    assert (early.suggestions, [note.code for note in early.findings]) == ((), ["later"])


def test_a_foreign_currency_is_left_out_and_named():
    """The event stays, without an amount that the claim could not hold."""
    (grant,) = reconcile(CLAIM, [debit(currency="EUR")], as_of=NOW).suggestions
    assert (grant.event.amount, grant.can_be_applied) == (None, True)
    assert grant.conflicts


def test_only_what_is_named_is_applied():
    """An unknown name is refused; no name changes nothing."""
    found = reconcile(CLAIM, [debit()], as_of=NOW)
    assert apply_suggestions(CLAIM, found, []) == CLAIM
    with pytest.raises(UnknownName):
        apply_suggestions(CLAIM, found, ["granted@tomorrow"])


MOVES = st.builds(
    debit,
    st.sampled_from(["-26.39", "-5.00", "26.39"]),
    st.integers(-5, 60),
    st.sampled_from(TransactionType),
    st.sampled_from(System),
    st.sampled_from("abc"),
    st.sampled_from(["USD", "EUR"]),
)
NOTICES = st.builds(
    notice,
    st.integers(-5, 60),
    st.sampled_from(Outcome),
    st.sampled_from("xyz"),
    received=st.booleans(),
    action_required=st.booleans(),
    decided=st.booleans(),
    amount=st.sampled_from([None, Money.parse("31.90 USD"), Money.parse("5.00 EUR")]),
    route=st.sampled_from(Route),
)
STATES = st.builds(
    state,
    status=st.sampled_from(["cancelled", "shipped", None]),
    cancelled_by=st.sampled_from(["buyer", "seller", None]),
    updated_at=st.integers(-5, 60).map(lambda days: FILED + timedelta(days=days)),
    deliver_by=st.sampled_from([None, date(2026, 3, 1), date(2026, 3, 4)]),
)
FLAGS = st.builds(
    lambda said: ReturnFlag(order_id=ID, a_to_z=said, source=origin("returns")), st.sampled_from(TriState)
)
SCANS = st.builds(
    lambda days: Delivery(order_id=ID, delivered_at=FILED + timedelta(days=days), source=origin("tracking", str(days))),
    st.integers(-5, 60),
)
SEEN = st.lists(MOVES | NOTICES | STATES | FLAGS | SCANS, max_size=7)
CLAIMS = st.sampled_from(
    [
        CLAIM,
        apply(CLAIM, Denied(at=FILED + timedelta(days=3))),
        apply(CLAIM, GrantedAmazonFunded(at=FILED + timedelta(days=3))),
        apply(CLAIM, GrantedSellerFunded(at=FILED + timedelta(days=3))),
        apply(CLAIM, Withdrawn(at=FILED + timedelta(days=3))),
    ]
)


@given(CLAIMS, SEEN, st.data())
def test_order_and_repetition_never_matter(claim, seen, data):
    """Any permutation and duplication gives the same result, byte for byte."""
    again = data.draw(st.permutations(seen)) + data.draw(
        st.lists(st.sampled_from(seen), max_size=3) if seen else st.just([])
    )
    assert reconcile(claim, again, as_of=NOW).model_dump_json() == reconcile(claim, seen, as_of=NOW).model_dump_json()


@given(CLAIMS, SEEN)
def test_a_suggestion_is_possible_exactly_if_applying_it_works(claim, seen):
    """The machine agrees with every refusal, and what was applied alone is not suggested again."""
    found = reconcile(claim, seen, as_of=NOW)
    for each in found.suggestions:
        if each.event is None:
            continue
        try:
            after = apply(claim, each.event)
        except AtozError:
            assert not each.can_be_applied
        else:
            assert each.can_be_applied
            assert each.id not in {other.id for other in reconcile(after, seen, as_of=NOW).suggestions}


@given(CLAIMS, SEEN)
def test_the_result_and_its_observations_survive_json(claim, seen):
    """Written and read back, the observations give the same result."""
    read = [parsed.value for parsed in records_from(map(to_line, seen))]
    assert read == seen
    found = reconcile(claim, read, as_of=NOW)
    assert Reconciliation.model_validate(json.loads(found.model_dump_json())) == found
