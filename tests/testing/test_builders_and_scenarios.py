"""Builders build what is asked for; scenarios cover the table; strategies draw only what the machine accepts."""

from datetime import UTC, datetime

import pytest
from hypothesis import find, given, settings

from atoz.errors import InvalidDocument, TransitionRefused, UnknownName
from atoz.lifecycle.replay import verify
from atoz.lifecycle.transition_table import TABLE
from atoz.model.claim import Claim
from atoz.model.events import AnyEvent, status_after
from atoz.model.order import Order
from atoz.model.status import ClaimStatus
from atoz.planner.plan import plan
from atoz.planner.policy import Policy
from atoz.planner.policy_validation import check_policy
from atoz.rulebook.edition import Edition, known_editions
from atoz.testing import a_claim, an_event, an_order, assert_plan, assert_reaches, scenario, scenarios
from atoz.testing.strategies import claims, histories, orders, policies


@pytest.mark.parametrize("edition", [each.id for each in Edition.all()])
@pytest.mark.parametrize("status", ClaimStatus)
def test_a_claim_in_every_status_under_every_edition(status: ClaimStatus, edition: str) -> None:
    """The builder reaches every status by a history that replays, in a marketplace that the edition speaks of."""
    claim = verify(a_claim(status=status, edition=edition))
    assert claim.status is status
    assert Edition.named(edition).fits(claim.order.marketplace)
    assert claim.amount is not None
    assert claim.amount.currency == claim.order.currency


def test_builders_take_overrides_and_refuse_nonsense() -> None:
    """What is given is used; what does not fit is an error with every fault; the machine guards further events."""
    assert an_order(fulfilment="amazon").fulfilment == "amazon"
    with pytest.raises(InvalidDocument) as raised:
        an_order(order_id="1", colour="red")
    assert {fault.path for fault in raised.value.faults} == {"order_id", "colour"}
    with pytest.raises(InvalidDocument):
        an_event("no_such_kind", datetime(2026, 5, 1, tzinfo=UTC))
    with pytest.raises(UnknownName):
        a_claim(status="lost")
    with pytest.raises(TransitionRefused):
        a_claim(status="withdrawn", events=[an_event("denied", datetime(2026, 6, 1, tzinfo=UTC))])


def test_scenarios_cover_every_row_of_the_table() -> None:
    """For each row some scenario takes it, from that status by that event; every scenario replays."""
    taken: set[tuple[ClaimStatus | None, str]] = set()
    for each in scenarios().values():
        verify(each.claim)
        status: ClaimStatus | None = None
        for event in each.claim.history:
            after = status_after(event)
            if after is not None:
                taken.add((status, event.kind))
                status = after
    assert taken >= {(row.source, row.event) for row in TABLE}


def test_scenarios_say_what_they_are() -> None:
    """Each has a sentence in both languages, and an unknown name is met with the nearest."""
    assert all(each.says.en and each.says.zh for each in scenarios().values())
    with pytest.raises(UnknownName, match="silent_until_the_lapse"):
        scenario("silent_until_lapse")


@settings(max_examples=60, deadline=None)
@given(claim=claims())
def test_drawn_claims_replay_and_have_plans(claim: Claim) -> None:
    """A drawn claim is one that the machine accepts, and any shipped policy plans it without a fault."""
    verify(claim)
    for policy in ("faq-2016", "current"):
        assert plan(claim, as_of=claim.updated_at, policy=policy).status is claim.status


@settings(max_examples=30, deadline=None)
@given(order=orders(), history=histories(max_events=4), policy=policies())
def test_other_strategies_draw_what_is_valid(order: Order, history: tuple[AnyEvent, ...], policy: Policy) -> None:
    """Orders are orders, histories begin with the filing, and policies pass every check."""
    assert order == Order.model_validate(order.model_dump())
    assert history[0].kind == "filed"
    assert check_policy(policy.editions, policy.steps, policy.avoid, known_editions()) == ()


@pytest.mark.slow
def test_strategies_shrink_to_the_plainest() -> None:
    """The smallest claim has only been filed, under the default edition; the smallest policy has one step."""
    plainest = find(claims(), lambda _: True)
    assert (len(plainest.history), plainest.edition, plainest.order.fulfilment) == (1, "faq-2016", "seller")
    assert len(find(policies(), lambda _: True).steps) == 1
    denied = find(claims(), lambda claim: claim.status == "closed")
    assert [event.kind for event in denied.history] == ["filed", "denied"]


def test_assertions_say_what_differs() -> None:
    """A failing assertion names the expected and the found steps, and tells the story."""
    claim = a_claim()
    assert_plan(claim, as_of=claim.updated_at, now=["answer_with_reasons", "try_for_a_withdrawal", "collect_evidence"])
    with pytest.raises(AssertionError, match="expected nothing; found answer_with_reasons"):
        assert_plan(claim, as_of=claim.updated_at, now=[])
    assert_reaches(a_claim(status="closed"), "closed")
    with pytest.raises(AssertionError, match="it is under_review, and could go on by"):
        assert_reaches(claim, "closed")
