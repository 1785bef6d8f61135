"""Whole histories: rebuilt, verified, seen under other editions; the lapse by the clock."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atoz.errors import InvalidDocument, NoEditionInForce, TransitionRefused, UnknownName
from atoz.lifecycle.operations import apply, lapse, open_claim, options
from atoz.lifecycle.replay import how_pinned, read_claim, rebuild, under, verify
from atoz.model import events
from atoz.model.claim import Claim
from atoz.model.order import Order
from atoz.model.reason import ReasonDetail
from atoz.model.status import ClaimStatus

AT = datetime(2026, 6, 1, 16, tzinfo=UTC)
DAY, TICK = timedelta(days=1), timedelta(microseconds=1)
ORDER = Order(order_id="123-1234567-1234567", marketplace="US", placed_at=AT - 9 * DAY)
STORY: tuple[events.AnyEvent, ...] = (
    events.BuyerMessaged(at=AT - DAY),
    events.Filed(at=AT),
    events.SellerMessaged(at=AT + DAY),
    events.GrantedSellerFunded(at=AT + 2 * DAY),
    events.SellerAppealed(at=AT + 3 * DAY),
    events.InformationRequested(at=AT + 4 * DAY),
    events.SellerResponded(at=AT + 5 * DAY),
    events.GrantedAmazonFunded(at=AT + 6 * DAY),
    events.Withdrawn(at=AT + 7 * DAY, consent_to_recharge=True),
)


def document(*history: events.AnyEvent, edition: str = "faq-2016", **facts: object) -> dict[str, object]:
    """A claim document with this history."""
    return {"order": ORDER, "reason": "other", "edition": edition, "history": history, **facts}


def codes(data: object) -> dict[str, str]:
    """The faults of a claim document, path to code."""
    with pytest.raises(InvalidDocument) as caught:
        read_claim(data, what="x.json")
    assert str(caught.value).startswith("x.json: ")
    return {fault.path: fault.code for fault in caught.value.faults}


@given(st.randoms(use_true_random=False))
def test_a_bag_of_events_becomes_one_claim(shuffler: random.Random) -> None:
    """In any order, since the times tell; the folded claim is the one that was moved step by step."""
    reports = list(STORY)
    shuffler.shuffle(reports)
    claim = rebuild(ORDER, reports, reason="other", amount="31.90 USD")
    assert claim.history == STORY
    assert claim.status is ClaimStatus.WITHDRAWN
    assert verify(claim) is claim


def test_equal_instants_keep_their_order() -> None:
    """What was told first of one instant happened first."""
    filed, denied, appealed = events.Filed(at=AT), events.Denied(at=AT), events.BuyerAppealed(at=AT)
    assert rebuild(ORDER, [filed, denied, appealed], reason="other").status is ClaimStatus.UNDER_REVIEW
    with pytest.raises(TransitionRefused):
        rebuild(ORDER, [filed, appealed, denied], reason="other")


@pytest.mark.parametrize(
    "reports",
    [(), (events.SellerMessaged(at=AT),), (events.Denied(at=AT),), (events.Denied(at=AT), events.Filed(at=AT + DAY))],
)
def test_reports_without_a_beginning_are_refused(reports: tuple[events.AnyEvent, ...]) -> None:
    """No filing and no observation: nothing to begin with."""
    with pytest.raises(InvalidDocument):
        rebuild(ORDER, reports, reason="other")


def test_verify_lists_every_event_that_the_machine_refuses() -> None:
    """A forged history is found out, event by event, each by its place and code."""
    forged = document(
        events.Filed(at=AT),
        events.SellerAppealed(at=AT + DAY),
        events.Denied(at=AT + 2 * DAY),
        events.Withdrawn(at=AT + 3 * DAY, consent_to_recharge=True),
        events.BuyerAppealed(at=AT + 4 * DAY),
    )
    assert Claim.model_validate(forged)
    assert codes(forged) == {
        "history.1": "no_such_transition",
        "history.3": "no_such_transition",
        "history.4": "no_such_transition",
    }


@pytest.mark.parametrize(
    ("history", "edition", "code"),
    [
        ((events.Filed(at=AT), events.ResponseLapsed(at=AT + 7 * DAY, due_at=AT + 7 * DAY)), "faq-2016", "too_early"),
        ((events.Filed(at=AT), events.ResponseLapsed(at=AT + 8 * DAY, due_at=AT + 7 * DAY)), "us-2026", "too_early"),
        (
            (
                events.Filed(at=AT),
                events.SellerResponded(at=AT + DAY),
                events.ResponseLapsed(at=AT + 8 * DAY, due_at=AT + 7 * DAY),
            ),
            "faq-2016",
            "already_answered",
        ),
        (
            (
                events.Filed(at=AT),
                events.GrantedSellerFunded(at=AT),
                events.SellerAppealed(at=AT + 30 * DAY + TICK),
            ),
            "us-2026",
            "too_late",
        ),
        (
            (events.Filed(at=AT), events.GrantedAmazonFunded(at=AT), events.Withdrawn(at=AT)),
            "faq-2016",
            "consent_missing",
        ),
    ],
)
def test_verify_knows_every_guard(history: tuple[events.AnyEvent, ...], edition: str, code: str) -> None:
    """A history that only the guards forbid is refused with the guard's own code."""
    assert codes(document(*history, edition=edition)) == {f"history.{len(history) - 1}": code}


def test_unknown_editions_are_faults() -> None:
    """A document can name an edition that does not ship; it is told before the history is judged."""
    found = codes(document(events.Filed(at=AT), edition="my-rules", window_edition="in-force"))
    assert found == {"edition": "unknown_edition", "window_edition": "unknown_edition"}


def test_shape_comes_before_history() -> None:
    """A document that is no claim is told so, not replayed."""
    assert codes({"order": ORDER}) == {"reason": "missing", "history": "missing"}


def test_under_is_a_what_if() -> None:
    """The same claim by other rules: only the editions change; back again it is equal."""
    claim = rebuild(ORDER, STORY, reason="other")
    other = under(claim, "us-2026")
    assert (other.edition, other.window_edition) == ("us-2026", None)
    assert other.history == claim.history
    assert under(other, "faq-2016") == claim
    with pytest.raises(UnknownName):
        under(claim, "us-2025")
    with pytest.raises(NoEditionInForce):
        under(claim.model_copy(update={"order": ORDER.model_copy(update={"marketplace": "BR"})}), "in-force")


@pytest.mark.parametrize(("edition", "days"), [("faq-2016", 7), ("us-2016-06", 7), ("us-2016-11", 3)])
def test_a_lapse_is_offered_after_the_due_instant(edition: str, days: int) -> None:
    """Only where the source says `will`: not on the due instant, but a microsecond after it; at the instant asked."""
    claim = open_claim(ORDER, reason="other", filed_at=AT, edition=edition)
    due = AT + days * DAY
    assert lapse(claim, as_of=due) is None
    offered = lapse(claim, as_of=due + TICK)
    assert offered == events.ResponseLapsed(at=due + TICK, due_at=due)
    assert offered is not None
    assert apply(claim, offered).status is ClaimStatus.GRANTED_SELLER_FUNDED
    assert lapse(apply(claim, events.SellerResponded(at=due)), as_of=due + TICK) is None
    assert claim.status is ClaimStatus.UNDER_REVIEW


@pytest.mark.parametrize("edition", ["us-2020-07", "us-2026", "uk-current", "in-current"])
def test_a_lapse_is_never_offered_where_the_source_says_may(edition: str) -> None:
    """What Amazon may do is not taken for done, though the event may be told."""
    claim = open_claim(ORDER, reason="other", filed_at=AT, edition=edition)
    asked = apply(claim, events.InformationRequested(at=AT))
    late = AT + 300 * DAY
    assert lapse(asked, as_of=late) is None
    lapsed = events.ResponseLapsed(at=late, due_at=AT + 3 * DAY)
    assert apply(asked, lapsed).status is ClaimStatus.GRANTED_SELLER_FUNDED


def test_a_lapse_is_not_offered_to_a_claim_that_came_back() -> None:
    """Denied, appealed by the buyer, long after the old deadline: the old clock stopped with the decision."""
    claim = open_claim(ORDER, reason="other", filed_at=AT)
    back = apply(apply(claim, events.Denied(at=AT + DAY)), events.BuyerAppealed(at=AT + 20 * DAY))
    assert lapse(back, as_of=AT + 30 * DAY) is None
    why = options(back, AT + 30 * DAY)["response_lapsed"]
    assert why
    assert why.code == "too_early"


def test_observations_keep_the_conflict() -> None:
    """A status that was seen corrects the claim at once and stays in the history beside what was known."""
    claim = open_claim(ORDER, reason="other", filed_at=AT)
    refunded = apply(claim, events.SellerRefunded(at=AT + DAY))
    seen = apply(refunded, events.Observed(at=AT + 2 * DAY, status=ClaimStatus.CLOSED))
    assert [each.kind for each in seen.history] == ["filed", "seller_refunded", "observed"]
    assert seen.status is ClaimStatus.CLOSED
    assert verify(seen) is seen
    assert apply(seen, events.BuyerAppealed(at=AT + 3 * DAY)).status is ClaimStatus.UNDER_REVIEW


def test_open_claim_reports_all_faults_together() -> None:
    """Detail and currency at once; reason and edition names raise their own error."""
    with pytest.raises(InvalidDocument) as caught:
        open_claim(ORDER, reason="other", filed_at=AT, amount="1 EUR", detail=ReasonDetail.DAMAGED)
    assert {fault.path for fault in caught.value.faults} == {"amount.currency", "detail"}
    with pytest.raises(UnknownName):
        open_claim(ORDER, reason="lost", filed_at=AT)
    with pytest.raises(UnknownName):
        open_claim(ORDER, reason="other", filed_at=AT, edition="us-2025")


@pytest.mark.parametrize("edition", ["us-2020-07", "us-2026", "uk-current", "eu-current", "in-current"])
def test_a_second_appeal_is_never_refused_by_a_date(edition: str) -> None:
    """The figure is for the first appeal: 30 days and then refused; of a second one no source says a word."""
    granted = (events.Filed(at=AT), events.GrantedSellerFunded(at=AT + DAY))
    late = AT + 31 * DAY + TICK
    first = rebuild(ORDER, granted, reason="other", edition=edition)
    refusal = options(first, late)["seller_appealed"]
    assert refusal is not None
    assert refusal.code == "too_late"
    twice = rebuild(
        ORDER,
        (*granted, events.SellerAppealed(at=AT + 2 * DAY), events.GrantedSellerFunded(at=AT + 3 * DAY)),
        reason="other",
        edition=edition,
    )
    for days in (33, 34, 400):
        assert options(twice, AT + days * DAY + TICK)["seller_appealed"] is None
        again = apply(twice, events.SellerAppealed(at=AT + days * DAY + TICK))
        assert again.status is ClaimStatus.UNDER_REVIEW
        assert verify(again) is again
        assert rebuild(ORDER, again.history, reason="other", edition=edition) == again


@pytest.mark.parametrize("status", [ClaimStatus.GRANTED_SELLER_FUNDED, ClaimStatus.UNDER_REVIEW])
def test_a_second_grant_that_was_only_seen_refuses_nothing(status: ClaimStatus) -> None:
    """Seen after an appeal, or after an appeal of a grant that was only seen: no date binds it."""
    seen = events.Observed(at=AT + DAY, status=ClaimStatus.GRANTED_SELLER_FUNDED)
    history = (events.Filed(at=AT), seen, events.SellerAppealed(at=AT + 2 * DAY))
    back = (
        events.Observed(at=AT + 3 * DAY, status=status)
        if status is ClaimStatus.GRANTED_SELLER_FUNDED
        else events.GrantedSellerFunded(at=AT + 3 * DAY)
    )
    claim = rebuild(ORDER, (*history, back), reason="other", edition="us-2026")
    assert options(claim, AT + 400 * DAY)["seller_appealed"] is None


def test_a_history_is_rebuilt_for_an_order_and_nothing_else() -> None:
    """The parsed data of one is refused, and the error says how to read it."""
    with pytest.raises(InvalidDocument, match="dict, not an Order; read it with"):
        rebuild(ORDER.model_dump(), [events.Filed(at=AT)], reason="other")  # type: ignore[arg-type]


def test_an_edition_is_looked_for_where_the_claim_names_one() -> None:
    """Each unknown edition is one fault at its own field; a window that names none has none."""
    claim = open_claim(ORDER, reason="other", filed_at=AT)
    for update, paths in (
        ({"edition": "nope"}, ["edition"]),
        ({"window_edition": "nope"}, ["window_edition"]),
        ({"edition": "nope", "window_edition": "nope"}, ["edition", "window_edition"]),
    ):
        with pytest.raises(InvalidDocument, match=r"^claim: ") as caught:
            verify(claim.model_copy(update=update))
        assert [(fault.path, fault.code) for fault in caught.value.faults] == [
            (path, "unknown_edition") for path in paths
        ]


def test_an_amount_in_another_currency_is_a_fault_at_its_place() -> None:
    """When a claim is opened and when an event is applied; the error names which of the two it was."""
    with pytest.raises(InvalidDocument, match=r"^claim: amount\.currency"):
        open_claim(ORDER, reason="other", filed_at=AT, amount="3.00 CAD")
    with pytest.raises(InvalidDocument, match=r"^claim: history\.0\.at"):
        open_claim(ORDER, reason="other", filed_at=AT - 30 * DAY)
    with pytest.raises(InvalidDocument, match=r"^claim: amount: "):
        rebuild(ORDER, [events.Filed(at=AT)], reason="other", amount="-3.00 USD")
    refund = events.SellerRefunded.model_validate({"at": AT, "amount": "3.00 CAD"})
    with pytest.raises(InvalidDocument, match=r"^seller_refunded: ") as caught:
        apply(open_claim(ORDER, reason="other", filed_at=AT), refund)
    assert [(fault.path, fault.code) for fault in caught.value.faults] == [("amount.currency", "wrong_currency")]


def test_what_is_no_mapping_was_not_pinned() -> None:
    """Only a document that says `in-force` has something to explain."""
    assert how_pinned("in-force", open_claim(ORDER, reason="other", filed_at=AT)) is None
