"""The two policies, told day by day: what the FAQ advises, and what keeps a seller safe today."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atoz.lifecycle.operations import apply, open_claim
from atoz.model import events
from atoz.model.claim import Claim
from atoz.model.events import EVENT_CLASSES, AnyEvent, Purpose
from atoz.model.order import Order
from atoz.model.reason import ClaimReason
from atoz.planner.actions import COMPLETED_BY
from atoz.planner.plan import Plan, plan
from atoz.planner.policy import Policy
from atoz.planner.step_status import ActionState
from atoz.rulebook.deadline_clock import DeadlineName, clock
from atoz.rulebook.deadlines import DeadlineState, deadlines

AT, TODAY = datetime(2016, 6, 20, 16, tzinfo=UTC), datetime(2026, 6, 16, 16, tzinfo=UTC)
DAY, HOUR, TICK = timedelta(days=1), timedelta(hours=1), timedelta(microseconds=1)


def opened(edition: str = "faq-2016", at: datetime = AT, reason: str = "not_as_described", **facts: object) -> Claim:
    """A claim, filed in its window."""
    order = Order.model_validate(
        {
            "order_id": "123-1234567-1234567",
            "marketplace": "US",
            "placed_at": at - 19 * DAY,
            "deliver_by": (at - 10 * DAY).date(),
            **facts,
        }
    )
    return open_claim(order, reason=reason, filed_at=at, edition=edition)


def steps(made: Plan, state: ActionState = ActionState.NOW) -> list[str]:
    """The steps in a state."""
    return [each.step for each in made.actions if each.state is state]


def test_the_faqs_story_day_by_day() -> None:
    """Calm; a message after a day; a second on the third day; then at once the answer; then wait."""
    claim = opened()
    assert steps(plan(claim, as_of=AT)) == ["wait_for_amazon"]
    later = steps(plan(claim, as_of=AT), ActionState.LATER)
    assert later[0] == "first_message"
    assert set(later[1:]) == {"second_message", "answer_the_claim"}
    assert steps(plan(claim, as_of=AT + DAY - TICK)) == ["wait_for_amazon"]
    assert steps(plan(claim, as_of=AT + DAY)) == ["first_message"]
    claim = apply(claim, events.SellerMessaged(at=AT + DAY, purpose=Purpose.ASK_FOR_WITHDRAWAL))
    assert steps(plan(claim, as_of=AT + DAY)) == ["wait_for_amazon"]
    assert steps(plan(claim, as_of=AT + DAY), ActionState.DONE) == ["first_message"]
    assert steps(plan(claim, as_of=AT + 3 * DAY - TICK)) == ["wait_for_amazon"]
    third = plan(claim, as_of=AT + 3 * DAY)
    assert steps(third) == ["second_message"]
    assert [(each.step, each.waits_for) for each in third.actions if each.state is ActionState.LATER] == [
        ("answer_the_claim", ("second_message",))
    ]
    claim = apply(claim, events.SellerMessaged(at=AT + 3 * DAY, purpose=Purpose.ASK_FOR_EVIDENCE))
    assert steps(plan(claim, as_of=AT + 3 * DAY)) == ["answer_the_claim"]
    claim = apply(claim, events.SellerResponded(at=AT + 3 * DAY))
    assert steps(plan(claim, as_of=AT + 4 * DAY)) == ["wait_for_amazon"]
    assert steps(plan(claim, as_of=AT + 4 * DAY), ActionState.DONE) == [
        "first_message",
        "second_message",
        "answer_the_claim",
    ]


def test_the_faq_never_runs_into_its_deadline() -> None:
    """The answer is due on the fifth day and then waits for no message; it can be given to the end of the seventh."""
    claim = opened()
    early = plan(claim, as_of=AT + 5 * DAY - TICK)
    assert "answer_the_claim" in steps(early, ActionState.LATER)
    assert early.look_again_at == AT + 5 * DAY
    for as_of, overdue in ((AT + 5 * DAY, False), (AT + 5 * DAY + TICK, True), (AT + 7 * DAY, True)):
        answer = next(each for each in plan(claim, as_of=as_of).now if each.step == "answer_the_claim")
        assert answer.overdue is overdue
        assert answer.due_at == AT + 5 * DAY
    late = plan(claim, as_of=AT + 7 * DAY + TICK)
    assert "answer_the_claim" in steps(late, ActionState.MISSED)


def test_proof_of_delivery_where_nothing_came() -> None:
    """The FAQ collects it for a parcel that is said not to have come, and stops when it is there."""
    claim = opened(reason="not_received")
    assert "collect_evidence" in steps(plan(claim, as_of=AT))
    held = apply(claim, events.EvidenceAdded(at=AT, evidence="proof_of_delivery"))
    assert "collect_evidence" in steps(plan(held, as_of=AT), ActionState.DONE)
    other = apply(claim, events.EvidenceAdded(at=AT, evidence="photo"))
    assert "collect_evidence" in steps(plan(other, as_of=AT))


@pytest.mark.parametrize("reason", [reason for reason in ClaimReason if reason is not ClaimReason.NOT_AS_DESCRIBED])
def test_where_the_case_is_strong_the_faq_makes_it_at_once(reason: ClaimReason) -> None:
    """Its three steps are the example of a weak case, that of poor quality; elsewhere the reasons come straight."""
    claim = opened(reason=reason)
    made = plan(claim, as_of=AT)
    assert {"answer_with_reasons", "try_for_a_withdrawal"} <= set(steps(made))
    planned = {action.step for action in made.actions}
    assert planned.isdisjoint({"first_message", "second_message", "answer_the_claim"})
    answer = next(action for action in made.now if action.step == "answer_with_reasons")
    assert answer.due_at == AT + 6 * DAY
    done = apply(claim, events.SellerResponded(at=AT))
    assert "answer_with_reasons" in steps(plan(done, as_of=AT), ActionState.DONE)
    assert "answer_the_claim" not in {action.step for action in plan(done, as_of=AT).actions}


@pytest.mark.parametrize("policy", ["faq-2016", "current"])
def test_a_time_that_no_source_gives_is_marked_as_atozs_own(policy: str) -> None:
    """Each time is one of the few that a source gives, or its step says that it is not."""
    given = {
        ("first_message", "not_before"),
        ("second_message", "not_before"),
        ("answer_the_claim", "not_before"),
        ("authorise_the_return", "due"),
    }
    for step in Policy.named(policy).steps:
        times = {("not_before", step.not_before), ("due", step.due), ("again", step.again)}
        owned = [name for name, time in times if time and time.value and (step.id, name) not in given]
        assert not owned or ("atoz's own" in step.why.en and "atoz 自" in step.why.zh), (step.id, owned)


@pytest.mark.parametrize(
    "decision",
    [events.Withdrawn(at=AT + DAY), events.Denied(at=AT + DAY), events.GrantedAmazonFunded(at=AT + DAY)],
    ids=lambda each: str(each.kind),
)
def test_the_score_is_asked_back(decision: AnyEvent) -> None:
    """After a withdrawal, a denial or an Amazon-funded grant, once; not after a loss or a refund."""
    claim = apply(opened(), decision)
    assert steps(plan(claim, as_of=AT + DAY)) == ["restore_the_score"]
    asked = apply(claim, events.ScoreRestorationAsked(at=AT + 2 * DAY))
    assert steps(plan(asked, as_of=AT + 2 * DAY)) == []
    assert plan(asked, as_of=AT + 2 * DAY).look_again_at is None


def test_a_late_parcel_after_a_loss() -> None:
    """It turned up, before the decision or after it: explain how the buyer can still withdraw; else learn."""
    decided = AT + DAY
    for delivered, reason, late in (
        (decided + TICK, "not_received", True),
        (decided, "not_received", True),
        (decided - TICK, "not_received", True),
        (None, "not_received", False),
        (decided + TICK, "not_as_described", False),
    ):
        lost = apply(opened(reason=reason, delivered_at=delivered), events.GrantedSellerFunded(at=decided))
        expected = ["explain_withdrawal"] if late else ["learn_from_the_loss"]
        assert steps(plan(lost, as_of=AT + 20 * DAY)) == expected
        today = apply(opened("us-2026", reason=reason, delivered_at=delivered), events.GrantedSellerFunded(at=decided))
        assert ("late_parcel_arrived" in steps(plan(today, as_of=AT + 20 * DAY, policy="current"))) is late


def test_the_faq_warns() -> None:
    """While the claim is open: no careless answer, no outright refund, no cancelling; afterwards: prevent the next."""
    usual = {"careless_answer", "refund_outright", "cancel_the_order"}
    assert warnings(opened()) == usual
    assert warnings(opened(reason="not_received")) == usual
    assert warnings(opened(claims_protected="yes")) == usual
    assert warnings(opened(reason="not_received", claims_protected="yes")) == {*usual, "refund_a_protected_order"}
    for event in (
        events.Denied(at=AT),
        events.Withdrawn(at=AT),
        events.SellerRefunded(at=AT),
        events.GrantedSellerFunded(at=AT),
        events.GrantedAmazonFunded(at=AT),
        events.OrderCancelled(at=AT, actor=events.Actor.BUYER),
    ):
        assert warnings(apply(opened(), event)) == {"wait_for_the_next_claim"}


def test_the_claim_itself_is_answered_where_the_filing_asks_for_it() -> None:
    """Under November 2016 `current` answers the filing a day ahead; where only questions count it waits."""
    made = plan(opened("us-2016-11"), as_of=AT, policy="current")
    answer = next(each for each in made.now if each.step == "answer_the_filing")
    assert answer.due_at == AT + 2 * DAY
    assert plan(opened("us-2016-11"), as_of=AT, policy="current", pinned_only=True).policy_fits
    today = plan(opened("us-2026", TODAY, reason="other"), as_of=TODAY, policy="current")
    assert steps(today) == ["check_for_question"]
    asked = apply(opened("us-2016-11"), events.InformationRequested(at=AT + DAY))
    assert "answer_amazon" in steps(plan(asked, as_of=AT + DAY, policy="current"))
    assert "answer_the_filing" not in {each.step for each in plan(asked, as_of=AT + DAY, policy="current").actions}


def test_waiting_ends_with_the_window() -> None:
    """A wait for an appeal lasts to the last instant of it; whether a second appeal is heard, nobody knows."""
    twice = apply(opened("us-2026", TODAY), events.GrantedSellerFunded(at=TODAY))
    twice = apply(twice, events.SellerAppealed(at=TODAY))
    twice = apply(twice, events.GrantedSellerFunded(at=TODAY))
    twice = apply(twice, events.HandedOver(at=TODAY))
    denied = apply(opened("uk-current", TODAY), events.Denied(at=TODAY))
    for waiting, wait, after in (
        (twice, "let_the_decision_stand", ["let_the_decision_stand"]),
        (denied, "watch_for_an_appeal", []),
    ):
        assert steps(plan(waiting, as_of=TODAY + 30 * DAY, policy="current")) == [wait]
        assert steps(plan(waiting, as_of=TODAY + 30 * DAY + TICK, policy="current")) == after


def test_what_follows_a_missed_deadline_comes_first() -> None:
    """A late claim is handed over before anything else is done about it, whatever is due first."""
    claim = opened("us-2016-11", reason="not_received", first_contact_at=AT)
    assert steps(plan(claim, as_of=AT + 3 * DAY, policy="current"))[0] == "answer_the_filing"
    late = plan(claim, as_of=AT + 3 * DAY + TICK, policy="current")
    assert steps(late)[0] == "hand_over_a_missed_answer"
    assert len(late.now) > 1


def test_what_was_missed_is_told_while_somebody_waits() -> None:
    """A missed answer stands in the plan until the claim is decided, or answered after all."""
    claim = opened()
    at = AT + 8 * DAY
    assert steps(plan(claim, as_of=at), ActionState.MISSED) == ["answer_the_claim"]
    for event in (events.SellerResponded(at=at), events.Denied(at=at), events.GrantedAmazonFunded(at=at)):
        assert steps(plan(apply(claim, event), as_of=at), ActionState.MISSED) == []


def warnings(claim: Claim) -> set[str]:
    """What the FAQ's plan says not to do."""
    return {each.id for each in plan(claim, as_of=AT).do_not}


def obedient(claim: Claim, policy: str, until: datetime, asks: list[datetime]) -> Iterator[Claim]:
    """A seller who looks when the plan says so and does at once what it says; Amazon's questions come as they come."""
    now = claim.updated_at
    for _ in range(200):
        while asks and asks[0] <= now:
            claim = apply(claim, events.InformationRequested(at=max(asks.pop(0), claim.updated_at)))
        made = plan(claim, as_of=now, policy=policy)
        for action in made.now:
            done = COMPLETED_BY[action.action]
            if done is None:
                continue
            wanted = Policy.named(policy).step(action.step).when.evidence_lacking
            facts: dict[str, object] = {"purpose": done.purpose} if done.purpose else {}
            facts |= {"evidence": (wanted or ("photo",))[0]} if done.kind == "evidence_added" else {}
            claim = apply(claim, EVENT_CLASSES[done.kind].model_validate({"at": now, **facts}))  # type: ignore[arg-type]
        yield claim
        again_at = plan(claim, as_of=now, policy=policy).look_again_at
        ahead = [at for at in (again_at, *asks[:1]) if at is not None]
        if not ahead or min(ahead) > until:
            return
        now = min(ahead)


RULES = [(name, edition) for name in ("faq-2016", "current") for edition in Policy.named(name).editions]
"""Each policy with each edition that it is written for."""
YEAR = (
    st.lists(st.integers(0, 20 * 24), max_size=3),
    st.none() | st.integers(0, 47),
    st.sampled_from(["not_received", "not_as_described", "other"]),
    st.integers(0, 365 * 24),
)
"""Hours after the filing at which Amazon asks, hours before it of the first contact, the reason, the hour of filing."""


@given(st.sampled_from(RULES), *YEAR)
@settings(max_examples=30)
def test_who_follows_the_plan_meets_every_deadline(
    rules: tuple[str, str], asks: list[int], contact: int | None, reason: str, start: int
) -> None:
    """Whatever Amazon asks and whenever, through the year: no deadline of the seller's is ever missed."""
    follow_the_plan(*rules, asks, contact, reason, start)


@pytest.mark.slow
@pytest.mark.parametrize(("policy", "edition"), RULES)
@given(*YEAR)
@settings(max_examples=25)
def test_who_follows_the_plan_meets_every_deadline_of_each_edition(
    policy: str, edition: str, asks: list[int], contact: int | None, reason: str, start: int
) -> None:
    """The same, with as many examples for every edition of every policy."""
    follow_the_plan(policy, edition, asks, contact, reason, start)


def follow_the_plan(policy: str, edition: str, asks: list[int], contact: int | None, reason: str, start: int) -> None:
    """Play an obedient seller, and hold every deadline after every look at the plan."""
    at = AT + start * HOUR
    first = None if contact is None else at - contact * HOUR
    claim = opened(edition, at, reason, first_contact_at=first)
    questions = sorted(at + hours * HOUR for hours in asks)
    for now in obedient(claim, policy, at + 40 * DAY, list(questions)):
        for deadline in deadlines(now, as_of=now.updated_at):
            if clock(deadline.name).party == "seller" and not (
                policy == "faq-2016" and deadline.name == "answer_buyer"
            ):
                assert deadline.state is not DeadlineState.MISSED, (deadline.name, now.history)
    states = {deadline.name: deadline for deadline in deadlines(now, as_of=at + 60 * DAY)}
    answer = states[DeadlineName.ANSWER_AMAZON]
    assert answer.state in (DeadlineState.MET, DeadlineState.NOT_OFFERED) or (
        edition == "in-current" and answer.state is DeadlineState.UNDETERMINED
    )
    if policy == "current" and contact is not None and edition != "in-current":
        assert states[DeadlineName.ANSWER_BUYER].state is DeadlineState.MET


@pytest.mark.parametrize("edition", ["us-2020-07", "us-2026", "uk-current"])
def test_current_plans_every_step_before_its_deadline(edition: str) -> None:
    """Reply, answer and appeal are asked for at once, and due a day or more before the clock runs out."""
    claim = opened(edition, first_contact_at=AT - HOUR)
    reply = next(each for each in plan(claim, as_of=AT, policy="current").now if each.step == "reply_to_the_buyer")
    assert reply.due_at == AT - HOUR + timedelta(hours=24)
    asked = apply(claim, events.InformationRequested(at=AT + DAY))
    answer = next(each for each in plan(asked, as_of=AT + DAY, policy="current").now if each.step == "answer_amazon")
    due = next(each.due_at for each in deadlines(asked, as_of=AT) if each.name is DeadlineName.ANSWER_AMAZON)
    assert due
    assert answer.due_at == due - DAY
    lost = apply(claim, events.GrantedSellerFunded(at=AT + DAY))
    appeal = next(
        each for each in plan(lost, as_of=AT + DAY, policy="current").now if each.step == "appeal_with_new_evidence"
    )
    assert appeal.due_at == AT + 8 * DAY
    assert "appeal_with_new_evidence" in steps(plan(lost, as_of=AT + 31 * DAY, policy="current"))
    assert "appeal_with_new_evidence" in steps(
        plan(lost, as_of=AT + 31 * DAY + TICK, policy="current"), ActionState.MISSED
    )


def test_a_missed_answer_is_handed_over() -> None:
    """The plan of today hands a late claim to a person; a late answer is still given where silence only may cost it."""
    claim = apply(opened("us-2026", TODAY), events.InformationRequested(at=TODAY))
    on_time = plan(claim, as_of=TODAY + 3 * DAY, policy="current")
    late = plan(claim, as_of=TODAY + 3 * DAY + TICK, policy="current")
    assert "answer_amazon" in steps(on_time)
    assert "hand_over_a_missed_answer" not in steps(on_time)
    assert [each.step for each in late.now if each.overdue] == ["answer_amazon"]
    assert steps(late)[0] == "hand_over_a_missed_answer"
    german = apply(opened("eu-current", TODAY, marketplace="DE"), events.InformationRequested(at=TODAY))
    lost = plan(german, as_of=TODAY + 2 * DAY + TICK, policy="current")  # the page says that it will be granted
    assert steps(lost, ActionState.MISSED) == ["answer_amazon"]


def test_an_appealed_claim_has_missed_nothing() -> None:
    """Granted in good time and appealed weeks later: nothing was missed, and nobody is called to the rescue."""
    for edition, policy in (("faq-2016", "faq-2016"), ("us-2026", "current"), ("us-2016-11", "current")):
        claim = apply(opened(edition), events.GrantedSellerFunded(at=AT + DAY))
        claim = apply(claim, events.SellerAppealed(at=AT + 20 * DAY))
        made = plan(claim, as_of=AT + 21 * DAY, policy=policy)
        assert not steps(made, ActionState.MISSED)
        assert "hand_over_a_missed_answer" not in {each.step for each in made.actions}
