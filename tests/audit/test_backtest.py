"""Back-tests: what is certain, what is possible, and that bounds hold what was played without the seller's faults."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from atoz.audit import FEWEST_FOR_RATES, Backtest, BacktestRow, DeadlineResult, audit, backtest
from atoz.errors import InvalidDocument, UnknownName
from atoz.events import Denied, GrantedSellerFunded, HandedOver, InformationRequested, SellerRefunded, SellerResponded
from atoz.model import Claim
from atoz.testing import Seller, World, a_claim, after_hours, an_order, simulate

FILED = datetime(2026, 6, 16, 16, tzinfo=UTC)
JUDGED = {DeadlineResult.MET, DeadlineResult.LATE, DeadlineResult.MISSED}


def after(hours: float) -> datetime:
    """So long after the filing."""
    return FILED + timedelta(hours=hours)


def today(*events, **facts) -> Claim:
    """A claim of 2026, with these events."""
    return a_claim(edition="us-2026", events=events, **facts)


def row_of(*claims: Claim, policy: str = "current", hours: float = 1000) -> BacktestRow:
    """The only row of a back-test of one policy in one marketplace."""
    (row,) = backtest(claims, [policy], as_of=after(hours)).rows
    return row


ASKED = InformationRequested(at=after(24))
SILENT = today(ASKED, Denied(at=after(200)))
ANSWERED = today(ASKED, SellerResponded(at=after(40)), Denied(at=after(200)))


def test_a_miss_that_the_policy_wanted_done_was_avoidable() -> None:
    """Amazon asked, nobody answered, and the policy said to: certain on both sides."""
    row = row_of(SILENT)
    assert (row.duties, row.duties_met_really, str(row.duties_met), str(row.avoidable_misses)) == (1, 0, "1", "1")


def test_a_duty_that_was_met_stays_met() -> None:
    """It was answered in time, as the policy says: nothing was avoidable."""
    row = row_of(ANSWERED)
    assert (row.duties, row.duties_met_really, str(row.duties_met), str(row.avoidable_misses)) == (1, 1, "1", "0")


def test_after_a_departure_nothing_new_is_certain() -> None:
    """Handed over at first, which the policy did not say: would Amazon have asked at all? Nobody knows."""
    left = today(HandedOver(at=after(1)), ASKED, Denied(at=after(200)))
    row = row_of(left)
    assert (str(row.duties_met), str(row.avoidable_misses), row.followed) == ("0–1", "0–1", 0)


def test_a_protected_refund_is_bounded_by_its_amount() -> None:
    """Whether Amazon would have paid is unknown: from nothing to all of it; without protection it is no such refund."""
    protected = an_order(filed_at=FILED, claims_protected="yes")
    refund = SellerRefunded(at=after(2), amount="20 USD")
    row = row_of(today(refund, order=protected, filed_at=FILED))
    assert (row.protected_refunds, str(row.protected_amount)) == (1, "0–20 USD")
    assert row_of(today(refund)).protected_refunds == 0


def test_an_unknown_amount_is_said_and_not_summed() -> None:
    """It is in neither bound."""
    protected = an_order(filed_at=FILED, claims_protected="yes")
    row = row_of(today(SellerRefunded(at=after(2)), order=protected, filed_at=FILED, amount=None))
    assert (row.protected_refunds, str(row.protected_amount), row.unknown_amounts) == (1, "0 USD", 1)


def test_an_appeal_is_open_until_its_last_instant() -> None:
    """30 days after the grant the appeal is still possible; a second later it is not."""
    granted = today(GrantedSellerFunded(at=after(24), amount="31.90 USD"))
    last = 24 + 30 * 24
    assert [row_of(granted, hours=hours).appeals_open for hours in (last, last + 1 / 3600)] == [1, 0]
    assert str(row_of(granted, hours=last).appeals_amount) == "0–31.90 USD"


def test_claims_under_review_are_left_out() -> None:
    """They are counted, and nothing else of them is."""
    made = backtest([today(), SILENT], ["current"], as_of=after(1000))
    assert (made.claims, made.under_review, made.rows[0].claims) == (1, 1, 1)
    nothing = backtest([], ["current"], as_of=after(0))
    assert (nothing.claims, nothing.rows) == (0, ())
    assert nothing.say()


def test_rates_need_thirty_claims_of_the_marketplace() -> None:
    """29 and 30: counts only below, and the text says so; another marketplace does not help."""
    few, enough = ([SILENT] * 14 + [ANSWERED] * count for count in (15, 16))
    british = a_claim(edition="uk-current", status="closed")
    made = backtest([*few, british], ["current"], as_of=after(10000))
    assert [(row.marketplace, row.claims, row.duties_met_rate) for row in made.rows] == [
        ("GB", 1, None),
        ("US", 29, None),
    ]
    assert "no rates: those need 30 claims" in made.say()
    assert "至少需要 30 件" in made.say("zh")
    row = row_of(*enough)
    assert (row.claims, str(row.duties_met_rate)) == (FEWEST_FOR_RATES, "100.0%")


def test_policies_are_rows_in_the_order_asked_for() -> None:
    """One row each; none, or one twice, is an error."""
    made = backtest([SILENT], ["faq-2016", "current"], as_of=after(1000))
    assert [row.policy for row in made.rows] == ["faq-2016", "current"]
    assert Backtest.model_validate_json(made.model_dump_json()) == made
    for policies in ([], ["current", "current"]):
        with pytest.raises(InvalidDocument, match="at least one policy"):
            backtest([SILENT], policies, as_of=after(1000))
    with pytest.raises(UnknownName):
        backtest([SILENT], ["curent"], as_of=after(1000))


KINDS = ("information_requested", "buyer_messaged", "granted_seller_funded", "granted_amazon_funded")


@settings(max_examples=60, deadline=None)
@example(
    happenings=[(1, "granted_seller_funded"), (2, "buyer_messaged"), (2, "granted_seller_funded")],
    late=20,
    forgets=[],
)
@example(
    happenings=[(1, "information_requested"), (74, "information_requested"), (74, "granted_seller_funded")],
    late=0,
    forgets=["answer_amazon"],
)
@given(
    happenings=st.lists(st.tuples(st.integers(1, 24 * 8), st.sampled_from(KINDS)), max_size=3),
    late=st.sampled_from([0, 20, 60, 100]),
    forgets=st.lists(st.sampled_from(["answer_amazon", "reply_to_the_buyer", "check_for_question"]), max_size=2),
)
def test_bounds_hold_what_a_faultless_seller_comes_to(
    happenings: list[tuple[int, str]], late: int, forgets: list[str]
) -> None:
    """The same world played by a prompt seller: the duties that really came are met within the bounds.

    The script can bring a prompt seller an event that the real claim refused, such as a second grant after an early
    appeal; a duty that such an event overtakes is not met by anybody, so the lower bound leaves it out.
    """
    world = World.of(*(after_hours(hours, kind) for hours, kind in happenings), after_hours(24 * 14, "denied"))
    seller = Seller(late_by=timedelta(hours=late), forgets=tuple(forgets))
    end = after(24 * 15)
    real, prompt = (simulate(today(), "current", world, until=end, seller=who).claim for who in (seller, Seller()))
    keys = {
        (row.name, row.started_by, row.started_at)
        for row in audit(real, "current", as_of=end).deadlines
        if row.duty and row.counts and row.result in JUDGED
    }
    results = Counter(
        row.result
        for row in audit(prompt, "current", as_of=end).deadlines
        if (row.name, row.started_by, row.started_at) in keys
    )
    met, overtaken = results[DeadlineResult.MET], results[DeadlineResult.OVERTAKEN]
    for row in backtest([real], ["current"], as_of=end).rows:
        assert row.duties == len(keys)
        assert row.duties_met.least - overtaken <= met <= row.duties_met.most
