"""Invariants that no policy read by the planner easily breaks, held against moments and stories made by hand."""

from datetime import datetime, timedelta

from atoz.model.claim import Claim
from atoz.planner.plan import Plan, plan
from atoz.planner.policy import Policy
from atoz.planner.step_status import ActionState
from atoz.testing import INVARIANTS, PROMPT, Moment, a_claim, an_event, invariants
from atoz.testing.builders import FILED_AT
from atoz.testing.explorer.abstraction import PolicyAbstraction
from atoz.testing.explorer.search import Search, _Expanded

POLICY = Policy.named("faq-2016")
DAY = timedelta(days=1)


def _moment(claim: Claim, at: datetime, **states: ActionState) -> Moment:
    """The plan of a claim, with the state of some steps written over."""
    made = plan(claim, as_of=at, policy=POLICY)
    actions = tuple(each.model_copy(update={"state": states.get(each.step, each.state)}) for each in made.actions)
    return Moment(claim, made.model_copy(update={"actions": actions}), POLICY)


def _with_action(moment: Moment, step: str, action: str) -> Moment:
    changed = tuple(
        each.model_copy(update={"action": action}) if each.step == step else each for each in moment.plan.actions
    )
    return moment._replace(plan=moment.plan.model_copy(update={"actions": changed}))


def test_no_refused_step_names_the_step_that_the_machine_refuses() -> None:
    """A refund of a closed claim is refused now, and not asked about later; the plan as it was made is accepted."""
    closed = a_claim(status="closed")
    moment = _moment(closed, closed.updated_at)
    assert invariants.no_refused_step(moment) is None
    refused = _with_action(moment, "restore_the_score", "refund_buyer")
    said = invariants.no_refused_step(refused)
    assert said is not None
    assert "restore_the_score" in said.en
    later = _moment(closed, closed.updated_at, restore_the_score=ActionState.LATER)
    assert invariants.no_refused_step(_with_action(later, "restore_the_score", "refund_buyer")) is None


def test_no_refused_step_knows_the_last_instant_of_an_appeal() -> None:
    """An appeal is accepted on its due instant and refused just after it, by the machine's own guard."""
    granted = a_claim(status="granted_seller_funded", edition="us-2026")
    current = Policy.named("current")
    made = plan(granted, as_of=granted.updated_at, policy=current)
    due = next(each.due_at for each in made.deadlines if each.name == "appeal")
    assert due is not None
    for at, refused in ((due, False), (due + timedelta(microseconds=1), True)):
        moment = Moment(granted, made.model_copy(update={"as_of": at}), current)
        assert any(each.step == "appeal_with_new_evidence" for each in moment.plan.now)
        assert (invariants.no_refused_step(moment) is not None) is refused


def test_messages_keep_apart_to_the_instant() -> None:
    """A second message an instant before the cadence allows it is too close, and on the instant it is not."""
    first = an_event("seller_messaged", FILED_AT + DAY, purpose="ask_for_withdrawal")
    claim = a_claim(reason="not_as_described", events=[first])
    for early, wrong in ((timedelta(microseconds=1), True), (timedelta(), False)):
        moment = _moment(claim, FILED_AT + 2 * DAY - early, second_message=ActionState.NOW)
        found = invariants.messages_keep_apart(moment)
        assert (found is not None) is wrong
        assert found is None or "second_message" in found.en


def test_messages_keep_apart_refuses_two_at_once() -> None:
    """Two messages recommended at one instant are named, whatever came before."""
    claim = a_claim(reason="not_as_described")
    moment = _moment(claim, FILED_AT + DAY, first_message=ActionState.NOW, second_message=ActionState.NOW)
    found = invariants.messages_keep_apart(moment)
    assert found is not None
    assert "first_message" in found.en
    assert "second_message" in found.en


def _waiting(look_again_at: datetime | None) -> Search:
    """A search that met one wait of a day, at the end of which the first message became due."""
    claim, abstraction = a_claim(reason="not_as_described"), PolicyAbstraction(POLICY, "faq-2016")
    search = Search(abstraction, (claim,), PROMPT, INVARIANTS, 0)
    key = search._push(0, claim, claim, FILED_AT)
    before = search.queue[-1].state
    now = before._replace(now=FILED_AT + DAY)

    def made(at: datetime, again: datetime | None) -> Plan:
        seen = plan(claim, as_of=at, policy=POLICY)
        return seen.model_copy(update={"look_again_at": again})

    search.known = {
        key: _Expanded(before, made(FILED_AT, look_again_at), "later", FILED_AT + DAY, ()),
        "later": _Expanded(now, made(FILED_AT + DAY, None), None, None, ()),
    }
    return search


def test_honest_wait_finds_a_step_that_came_before_the_plan_said_to_look() -> None:
    """A plan that says to look again in two days, or never, while a message is due after one, is dishonest."""
    for again in (FILED_AT + 2 * DAY, None):
        (finding,) = _waiting(again)._dishonest_waits()
        assert finding.invariant == "honest_wait"
        assert "first_message" in finding.says.en
        assert finding.story.at == FILED_AT + DAY
    assert list(_waiting(FILED_AT + DAY)._dishonest_waits()) == []
