"""The worklist: one line per claim, in an order that is total and the same every time."""

import itertools
import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atoz.lifecycle.attention import Attention
from atoz.lifecycle.operations import open_claim
from atoz.model import events
from atoz.model.claim import Claim
from atoz.model.events import AnyEvent
from atoz.model.money import Money
from atoz.model.order import Order, TriState
from atoz.model.status import ClaimStatus
from atoz.planner.actions import Action
from atoz.planner.due_bucket import Bucket, bucket_of
from atoz.planner.money_at_risk import at_risk
from atoz.planner.plan import plan
from atoz.planner.timeliness import Timeliness
from atoz.planner.worklist import WorklistRow, urgency, worklist_row

AT = datetime(2026, 6, 1, 16, tzinfo=UTC)
OLD = datetime(2016, 6, 20, 16, tzinfo=UTC)
DAY, TICK = timedelta(days=1), timedelta(microseconds=1)


def line(
    *history: AnyEvent,
    as_of: datetime = AT,
    number: int = 1,
    policy: str | None = "faq-2016",
    edition: str = "faq-2016",
    filed: datetime = AT,
) -> WorklistRow:
    """The line of a claim."""
    order = Order(
        order_id=f"123-1234567-{number:07}",
        marketplace="US",
        placed_at=filed - 30 * DAY,
        deliver_by=(filed - 22 * DAY).date(),
    )
    facts = {
        "order": order,
        "reason": "not_as_described",
        "amount": "31.90 USD",
        "edition": edition,
        "history": history or (events.Filed(at=filed),),
    }
    claim = Claim.model_validate(facts)
    return worklist_row(claim, plan(claim, as_of=as_of, policy=policy))


@st.composite
def rows(draw: st.DrawFn) -> WorklistRow:
    """Any line, with few order ids and instants, so that many are alike."""
    overdue = draw(st.booleans())
    return WorklistRow(
        order_id=draw(st.sampled_from(["123-1234567-1234567", "123-1234567-1234568", "303-1234567-1234567"])),
        marketplace="US",
        status=draw(st.sampled_from(ClaimStatus)),
        attention=draw(st.sampled_from(Attention)),
        timeliness=draw(st.sampled_from(Timeliness)),
        action=draw(st.none() | st.sampled_from(Action)),
        step=None,
        due_at=draw(st.none() | st.integers(0, 2).map(lambda days: AT + days * DAY)),
        due_first_at=draw(st.none() | st.integers(0, 2).map(lambda days: AT + days * DAY)),
        next_action=None,
        next_at=None,
        next_due_at=None,
        bucket=Bucket.LATE if overdue else draw(st.sampled_from(list(Bucket)[1:])),
        overdue=overdue,
        deadline_at=draw(st.none() | st.just(AT)),
        deadline=None,
        deadline_edition=None,
        policy=draw(st.sampled_from(["faq-2016", "current"])),
        policy_fits=draw(st.booleans()),
        edition="faq-2016",
        at_risk=None,
        counts_against_odr=TriState.UNKNOWN,
        look_again_at=None,
    )


@given(st.lists(rows(), max_size=12), st.randoms(use_true_random=False))
def test_the_order_is_total_and_stable(found: list[WorklistRow], shuffler: random.Random) -> None:
    """Any shuffle sorts to the same order; lines with equal keys keep the order that they came in."""
    ranked = sorted(found, key=urgency)
    shuffled = list(found)
    shuffler.shuffle(shuffled)
    assert [urgency(each) for each in sorted(shuffled, key=urgency)] == [urgency(each) for each in ranked]
    assert sorted(ranked, key=urgency) == ranked
    for row, following in itertools.pairwise(ranked):
        buckets, turns, latest = list(Bucket), list(Attention), datetime.max.replace(tzinfo=UTC)
        assert buckets.index(row.bucket) <= buckets.index(following.bucket)
        if row.bucket is not following.bucket:
            continue
        keys = [
            (turns.index(line.attention) * line.overdue, line.due_first_at or latest, turns.index(line.attention))
            for line in (row, following)
        ]
        ranked_here = row.bucket is not Bucket.AHEAD
        assert not ranked_here or keys[0] <= keys[1]
        if keys[0] == keys[1] or not ranked_here:
            assert row.order_id <= following.order_id


def test_the_order_of_turns() -> None:
    """What the seller has to do comes before what may be appealed, then what waits, then what is done."""
    assert list(Attention) == [Attention.ACTION_REQUIRED, Attention.APPEALABLE, Attention.WAITING, Attention.DONE]


def test_a_real_worklist() -> None:
    """What is late, whoever's turn it is, then what is due soon before later, then what has no time set, by turn."""
    as_of = AT + 9 * DAY
    lines = {
        "late": line(events.Filed(at=AT), as_of=as_of, number=9),
        "overdue": line(events.Filed(at=AT + 3 * DAY), as_of=as_of, number=8),
        "soon": line(events.Filed(at=AT + 7.5 * DAY), as_of=as_of, number=7),
        "later": line(events.Filed(at=AT + 8 * DAY), as_of=as_of, number=6),
        "lost": line(events.Filed(at=AT), events.GrantedSellerFunded(at=AT), as_of=as_of, number=5),
        "waiting": line(events.Filed(at=AT), events.SellerResponded(at=AT), as_of=as_of, number=4),
        "won": line(events.Filed(at=AT), events.Denied(at=AT), as_of=as_of, number=3),
    }
    ordered = sorted(lines.items(), key=lambda each: urgency(each[1]))
    names = [name for name, _ in ordered]
    assert names == ["late", "overdue", "waiting", "soon", "later", "lost", "won"]
    assert (lines["waiting"].attention, lines["waiting"].overdue) == (Attention.WAITING, True)  # by the policy's time
    assert lines["late"].overdue
    assert not lines["soon"].overdue


@pytest.mark.parametrize(
    ("decision", "at_risk"),
    [
        (None, True),
        (events.GrantedSellerFunded(at=AT), True),
        (events.SellerRefunded(at=AT), False),
        (events.OrderCancelled(at=AT, actor=events.Actor.SELLER), False),
        (events.Denied(at=AT), False),
        (events.Withdrawn(at=AT), False),
        (events.GrantedAmazonFunded(at=AT), False),
    ],
)
def test_what_is_at_risk(decision: AnyEvent | None, *, at_risk: bool) -> None:
    """The amount, while the claim can still be lost or won back; what is settled or spent is not at risk."""
    history = (events.Filed(at=AT), *((decision,) if decision else ()))
    row = line(*history)
    assert (str(row.at_risk) == "31.90 USD") is at_risk
    assert (row.at_risk is None) is not at_risk


def test_a_loss_is_at_risk_until_the_appeal_is_over() -> None:
    """On the last instant of the appeal the money may still come back; a microsecond later it is gone."""
    lost = (events.Filed(at=AT), events.GrantedSellerFunded(at=AT))
    last = AT + 30 * DAY
    for as_of, remains in ((last, True), (last + TICK, False)):
        row = line(*lost, as_of=as_of, policy="current", edition="us-2026")
        assert (row.at_risk is not None) is remains
        assert row.attention is (Attention.APPEALABLE if remains else Attention.DONE)
        assert row.deadline_at == (last if remains else None)


def test_a_line_names_the_instant_to_act_by() -> None:
    """The soonest of every rule to reckon with: not the policy's time, not what was met, not the buyer's.

    Filed in 2026 and pinned to the seven days of 2016, the claim is to be looked at within 72 hours; it stays on the
    line after that, since nothing has ended it.
    """
    assert line(as_of=AT + 3 * DAY).deadline_at == AT + 3 * DAY
    assert line(as_of=AT + 7 * DAY + TICK).deadline_at == AT + 3 * DAY
    assert line(events.Filed(at=AT), events.SellerResponded(at=AT + DAY), as_of=AT + DAY).deadline_at is None
    denied = (events.Filed(at=AT), events.Denied(at=AT))
    assert line(*denied, edition="uk-current", policy="current").deadline_at is None
    wrote = (events.BuyerMessaged(at=AT), events.Filed(at=AT), events.InformationRequested(at=AT))
    assert line(*wrote, edition="us-2026", policy="current").deadline_at == AT + 2 * DAY
    later = (*wrote, events.SellerMessaged(at=AT))
    assert line(*later, edition="us-2026", policy="current").deadline_at == AT + 3 * DAY


def test_a_line_says_whether_the_policy_fits() -> None:
    """A policy that was written for other rules than those of the filing day is told from one that fits."""
    assert not line().policy_fits
    assert not line(edition="us-2026").policy_fits
    assert line(policy="current").policy_fits
    assert line(filed=OLD).policy_fits
    assert not line(filed=OLD, policy="current").policy_fits


def test_each_line_says_its_policy_and_its_edition() -> None:
    """Unless one is named, a claim is planned by the policy that is written for the rules of its filing day."""
    old, today = line(filed=OLD, policy=None), line(policy=None)
    assert (old.policy, old.edition, old.policy_fits) == ("faq-2016", "faq-2016", True)
    assert (today.policy, today.edition, today.policy_fits) == ("current", "faq-2016", True)


def test_a_soft_clock_is_never_overdue_but_orders_the_list() -> None:
    """The notice of today asks for a look: what is past by it comes first, and is not red; a firm one is."""
    looked_late = line(as_of=AT + 20 * DAY, policy="current")
    assert (looked_late.action, looked_late.overdue) == (Action.CHECK_FOR_QUESTION, False)
    fresh = line(as_of=AT, policy="current", number=2)
    assert urgency(looked_late) < urgency(fresh)
    asked = (events.Filed(at=AT), events.InformationRequested(at=AT))
    on_time, late = (line(*asked, as_of=AT + 3 * DAY + wait, policy="current") for wait in (-DAY, TICK))
    assert (on_time.overdue, late.overdue) == (False, True)
    assert late.deadline_at == AT + 3 * DAY
    unwritten = (events.BuyerMessaged(at=AT - 3 * DAY), events.Filed(at=AT))
    assert not line(*unwritten, as_of=AT, policy="current").overdue  # missed before the claim: that is history


def test_a_line_names_the_first_action() -> None:
    """The most urgent action to take now; waiting is none."""
    row = line(filed=OLD, as_of=OLD + DAY)
    assert (row.action, row.step, row.due_at) == (Action.ASK_FOR_WITHDRAWAL, "first_message", OLD + 2 * DAY)
    idle = line(filed=OLD, as_of=OLD)
    assert (idle.action, idle.step, idle.due_at) == (None, None, None)


def test_late_only_while_somebody_waits() -> None:
    """A missed answer is late until the claim is decided; a decided one is late no more."""
    assert line(as_of=AT + 7 * DAY + TICK).overdue
    decided = line(events.Filed(at=AT), events.Denied(at=AT + 8 * DAY), as_of=AT + 9 * DAY)
    assert not decided.overdue
    order = Order(order_id="123-1234567-1234567", marketplace="US", placed_at=AT)
    fresh = open_claim(order, reason="other", filed_at=AT)
    assert not worklist_row(fresh, plan(fresh, as_of=AT)).overdue


def test_a_line_names_the_edition_of_the_instant_to_act_by() -> None:
    """Pinned to the seven days of 2016, the instant is that of the edition in force; what is seen only is due now."""
    row = line(events.Filed(at=AT), events.InformationRequested(at=AT), as_of=AT + DAY, policy=None)
    assert (row.deadline, row.deadline_at, row.deadline_edition) == ("answer_amazon", AT + 3 * DAY, "us-2026")
    old = line(filed=OLD, as_of=OLD)
    assert (old.deadline, old.deadline_at, old.deadline_edition) == ("answer_amazon", OLD + 7 * DAY, "faq-2016")
    denied = line(events.Filed(at=AT), events.Denied(at=AT), policy=None)
    assert (denied.deadline, denied.deadline_at, denied.deadline_edition) == (None, None, None)


def test_a_claim_that_goes_on_after_the_instant_is_marked_and_not_ranked() -> None:
    """A microsecond before its last event it comes last of all, late as it may be; at the event it is ranked."""
    history = (events.Filed(at=AT), events.InformationRequested(at=AT), events.BuyerMessaged(at=AT + 9 * DAY))
    before, at = (line(*history, as_of=AT + 9 * DAY - wait, policy=None) for wait in (TICK, 0 * DAY))
    assert (before.bucket, before.overdue) == (Bucket.AHEAD, False)
    assert (at.bucket, at.overdue) == (Bucket.LATE, True)
    done = line(events.Filed(at=AT), events.Denied(at=AT), policy=None)
    assert max(before, at, done, key=urgency) is before


def test_with_nothing_to_do_now_a_line_says_what_comes_next() -> None:
    """The step that has to be done first, from when and by when."""
    row = line(filed=OLD, as_of=OLD)
    assert (row.action, row.next_action) == (None, Action.ASK_FOR_WITHDRAWAL)
    assert (row.next_at, row.next_due_at, row.due_first_at) == (OLD + DAY, OLD + 2 * DAY, OLD + 2 * DAY)
    settled = line(events.Filed(at=AT), events.SellerRefunded(at=AT), policy=None)
    assert (settled.next_action, settled.next_due_at, settled.due_first_at) == (None, None, None)


@pytest.mark.parametrize(
    ("due_at", "bucket"),
    [
        (datetime(2016, 6, 23, 7, tzinfo=UTC) - TICK, Bucket.TODAY),
        (datetime(2016, 6, 23, 7, tzinfo=UTC), Bucket.WEEK),
        (datetime(2016, 6, 30, 7, tzinfo=UTC) - TICK, Bucket.WEEK),
        (datetime(2016, 6, 30, 7, tzinfo=UTC), Bucket.LATER),
        (datetime(2016, 6, 1, tzinfo=UTC), Bucket.TODAY),
        (None, Bucket.NOTHING),
    ],
)
def test_days_are_those_of_the_marketplace(due_at: datetime | None, bucket: Bucket) -> None:
    """On 22 June in Seattle: today ends at midnight there, this week with the seventh day after it."""
    now = datetime(2016, 6, 22, 19, tzinfo=UTC)
    assert bucket_of(due_at, now, ZoneInfo("America/Los_Angeles"), overdue=False) is bucket
    assert bucket_of(due_at, now, ZoneInfo("America/Los_Angeles"), overdue=True) is Bucket.LATE


def test_money_is_summed_by_currency_and_part() -> None:
    """Nothing is added across currencies, and the parts of a sum add up to it; none at risk is no sum."""
    late, fresh = line(as_of=AT + 9 * DAY), line(filed=OLD, as_of=OLD)
    pounds = fresh.model_copy(update={"at_risk": Money.parse("5.10 GBP")})
    settled = line(events.Filed(at=AT), events.SellerRefunded(at=AT))
    sums = at_risk([late, fresh, pounds, settled, late])
    assert [str(money.total) for money in sums] == ["5.10 GBP", "95.70 USD"]
    assert {bucket: str(money) for bucket, money in sums[1].parts.items()} == {
        Bucket.LATE: "63.80 USD",
        fresh.bucket: "31.90 USD",
    }
    assert at_risk([settled]) == ()
