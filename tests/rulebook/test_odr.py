"""What counts against the Order Defect Rate: every outcome in every marketplace, against a table typed by hand."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atoz.model import events
from atoz.model.citation import Confidence
from atoz.model.claim import Claim
from atoz.model.events import AnyEvent
from atoz.model.marketplace import Marketplace
from atoz.model.order import Order, TriState
from atoz.model.reason import ClaimReason, ReasonDetail
from atoz.model.status import ClaimStatus
from atoz.rulebook.odr_effect import odr_effect

AT = datetime(2026, 6, 1, tzinfo=UTC)
COUNTRIES = [each.country for each in Marketplace.all()]
Y, N, U = TriState.YES, TriState.NO, TriState.UNKNOWN


def later(days: int) -> datetime:
    """Some days on."""
    return AT + timedelta(days=days)


def claim(
    *history: AnyEvent,
    country: str = "US",
    reason: ClaimReason = ClaimReason.OTHER,
    detail: ReasonDetail | None = None,
    protected: TriState = U,
) -> Claim:
    """A claim with this history after its filing."""
    order = Order(order_id="123-1234567-1234567", marketplace=country, placed_at=AT, claims_protected=protected)
    facts = {"order": order, "reason": reason, "detail": detail, "history": (events.Filed(at=AT), *history)}
    return Claim.model_validate(facts)


OUTCOMES: dict[str, tuple[tuple[AnyEvent, ...], TriState]] = {
    "open": ((), U),
    "granted, seller funded": ((events.GrantedSellerFunded(at=later(1)),), Y),
    "lapsed": ((events.ResponseLapsed(at=later(9), due_at=later(7)),), Y),
    "granted, Amazon funded": ((events.GrantedAmazonFunded(at=later(1)),), N),
    "refunded": ((events.SellerRefunded(at=later(1)),), Y),
    "denied": ((events.Denied(at=later(1)),), N),
    "withdrawn": ((events.Withdrawn(at=later(1)),), N),
    "withdrawn after a grant": (
        (
            events.GrantedSellerFunded(at=later(1), counts_against_odr=Y),
            events.Withdrawn(at=later(2), consent_to_recharge=True),
        ),
        U,
    ),
    "withdrawn after a lapse": (
        (
            events.ResponseLapsed(at=later(9), due_at=later(7)),
            events.Withdrawn(at=later(10), consent_to_recharge=True),
        ),
        U,
    ),
    "withdrawn after a grant that was appealed": (
        (
            events.GrantedSellerFunded(at=later(1)),
            events.SellerAppealed(at=later(2)),
            events.Withdrawn(at=later(3)),
        ),
        U,
    ),
    "withdrawn after a grant that did not count": (
        (
            events.GrantedSellerFunded(at=later(1), counts_against_odr=N),
            events.Withdrawn(at=later(2), consent_to_recharge=True),
        ),
        N,
    ),
    "withdrawn after Amazon paid": (
        (events.GrantedAmazonFunded(at=later(1)), events.Withdrawn(at=later(2), consent_to_recharge=True)),
        N,
    ),
    "withdrawn after a grant that a denial replaced": (
        (
            events.GrantedSellerFunded(at=later(1), counts_against_odr=Y),
            events.SellerAppealed(at=later(2)),
            events.Denied(at=later(3)),
            events.BuyerAppealed(at=later(4)),
            events.Withdrawn(at=later(5)),
        ),
        N,
    ),
    "cancelled by the seller": ((events.OrderCancelled(at=later(1), actor=events.Actor.SELLER),), Y),
    "cancelled by Amazon": ((events.OrderCancelled(at=later(1), actor=events.Actor.AMAZON),), Y),
    "cancelled by the buyer": ((events.OrderCancelled(at=later(1), actor=events.Actor.BUYER),), U),
    "cancelled, as observed": ((events.Observed(at=later(1), status=ClaimStatus.CANCELLED),), U),
    "appealed": (
        (events.GrantedSellerFunded(at=later(1), counts_against_odr=Y), events.SellerAppealed(at=later(2))),
        U,
    ),
}
"""What is known of each outcome, by sections 5 and 13 of the fact sheet."""
SAUDI = ("granted, Amazon funded", *(outcome for outcome in OUTCOMES if outcome.startswith("withdrawn")))
"""What counts nowhere else, and by the Saudi page's definition would."""


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_every_outcome_in_every_marketplace(outcome: str, country: str) -> None:
    """One row each; only the Saudi page differs: whatever is not denied may count there.

    The denial rests on that page's definition alone, so it is unclear although nothing contradicts it.
    """
    history, counts = OUTCOMES[outcome]
    effect = odr_effect(claim(*history, country=country))
    expected = U if country == "SA" and outcome in SAUDI else counts
    assert effect.counts is expected
    assert effect.why.en
    assert effect.why.zh
    assert effect.source is not None
    assert (effect.confidence is Confidence.UNCLEAR) is (expected is U or outcome == "denied")
    if outcome == "denied":
        assert effect.source.words == "not denied"


@pytest.mark.parametrize("grant", [events.GrantedSellerFunded, events.GrantedAmazonFunded])
@pytest.mark.parametrize("says", [Y, N])
def test_what_the_decision_says_stands_above_every_row(
    grant: type[events.GrantedSellerFunded] | type[events.GrantedAmazonFunded], says: TriState
) -> None:
    """The decision's own words decide, whatever the tables think; atoz has not seen them, so they stay unclear."""
    for country in COUNTRIES:
        effect = odr_effect(claim(grant(at=later(1), counts_against_odr=says), country=country))
        assert (effect.counts, effect.source, effect.confidence) == (says, None, Confidence.UNCLEAR)


def test_only_the_decision_that_the_claim_stands_on_speaks() -> None:
    """An earlier decision, overturned since, says nothing about the present one."""
    asked = events.InformationRequested(at=later(3), respond_by=later(5))
    appealed = (events.GrantedSellerFunded(at=later(1), counts_against_odr=N), events.SellerAppealed(at=later(2)))
    lapsed = claim(*appealed, asked, events.ResponseLapsed(at=later(6), due_at=later(5)))
    assert odr_effect(lapsed).counts is Y
    seen = claim(
        events.GrantedAmazonFunded(at=later(1), counts_against_odr=N),
        events.Observed(at=later(2), status=ClaimStatus.GRANTED_SELLER_FUNDED),
    )
    assert odr_effect(seen).counts is Y
    again = claim(*appealed, events.GrantedSellerFunded(at=later(3), counts_against_odr=Y))
    assert odr_effect(again).counts is Y


def test_an_observation_that_repeats_the_status_changes_nothing() -> None:
    """The decision still speaks when its status is seen once more."""
    seen = events.Observed(at=later(2), status=ClaimStatus.GRANTED_SELLER_FUNDED)
    assert odr_effect(claim(events.GrantedSellerFunded(at=later(1), counts_against_odr=N), seen)).counts is N


def test_only_the_cancellation_that_the_claim_stands_on_speaks() -> None:
    """Who cancelled is asked of the last cancellation; one that was corrected since does not count."""
    first = events.OrderCancelled(at=later(1), actor=events.Actor.BUYER)
    back = events.Observed(at=later(2), status=ClaimStatus.UNDER_REVIEW)
    last = events.OrderCancelled(at=later(3), actor=events.Actor.SELLER)
    assert odr_effect(claim(first, back, last)).counts is Y
    seen = events.Observed(at=later(3), status=ClaimStatus.CANCELLED)
    assert odr_effect(claim(last.model_copy(update={"at": later(1)}), back, seen)).counts is U


def test_a_parcel_on_its_way_back_is_debited_without_counting() -> None:
    """Returned to sender: no, whatever else holds."""
    granted = events.GrantedSellerFunded(at=later(1))
    for more in ((), (events.Withdrawn(at=later(2), consent_to_recharge=True),)):  # a grant that did not count either
        lost = claim(granted, *more, reason=ClaimReason.NOT_RECEIVED, detail=ReasonDetail.RETURNED_TO_SENDER)
        assert odr_effect(lost).counts is N


def test_a_parcel_late_in_transit_is_unknown() -> None:
    """Granted, tracked and late: once said not to count, later not said; other outcomes of it are as ever."""
    facts = {"reason": ClaimReason.NOT_RECEIVED, "detail": ReasonDetail.IN_TRANSIT_LATE}
    for protected in TriState:
        late = odr_effect(claim(events.GrantedSellerFunded(at=later(1)), protected=protected, **facts))  # type: ignore[arg-type]
        assert (late.counts, late.confidence) == (U, Confidence.UNCLEAR)
    assert odr_effect(claim(events.GrantedAmazonFunded(at=later(1)), **facts)).counts is N  # type: ignore[arg-type]
    assert odr_effect(claim(events.SellerRefunded(at=later(1)), **facts)).counts is Y  # type: ignore[arg-type]


@pytest.mark.parametrize("protected", TriState)
@pytest.mark.parametrize("reason", ClaimReason)
def test_a_protected_label_makes_it_unknown(protected: TriState, reason: ClaimReason) -> None:
    """Protected and not received: it should not count, yet such debits are reported."""
    granted = claim(events.GrantedSellerFunded(at=later(1)), reason=reason, protected=protected)
    special = protected is Y and reason is ClaimReason.NOT_RECEIVED
    assert odr_effect(granted).counts is (U if special else Y)


@given(
    st.sampled_from(COUNTRIES),
    st.sampled_from(ClaimReason),
    st.sampled_from(TriState),
    st.sampled_from(ClaimStatus),
    st.data(),
)
def test_every_claim_has_an_answer(
    country: str, reason: ClaimReason, protected: TriState, status: ClaimStatus, data: st.DataObject
) -> None:
    """Whatever the claim, one row fits; a final denial never counts."""
    detail = data.draw(st.none() | st.sampled_from(reason.details)) if reason.details else None
    seen = claim(
        events.Observed(at=AT, status=status), country=country, reason=reason, detail=detail, protected=protected
    )
    effect = odr_effect(seen)
    assert effect.counts in TriState
    if status is ClaimStatus.CLOSED:
        assert effect.counts is N
