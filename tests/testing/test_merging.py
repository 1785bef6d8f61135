"""Merging is sound: two states of one key have the same plans, and whatever follows has the same keys again.

One step is enough. If it holds for every two states of one key, then whatever happens to both leads to two states of
one key again, and so on to any depth.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from atoz.lifecycle.machine import with_event
from atoz.model.claim import Claim
from atoz.model.events import AnyEvent, Observed, SellerAppealed, SellerRefunded, status_after
from atoz.model.reason import ClaimReason
from atoz.model.status import ClaimStatus
from atoz.planner.actions import COMPLETED_BY
from atoz.planner.plan import Plan, plan
from atoz.planner.policy import Policy, shipped_policies
from atoz.planner.step_status import ActionState
from atoz.rulebook.edition import Edition
from atoz.testing import LAST_MINUTE, PROMPT, a_claim, an_event, an_order, strategies
from atoz.testing.builders import FILED_AT
from atoz.testing.explorer.abstraction import PolicyAbstraction
from atoz.testing.explorer.initial_claims import initial_claims
from atoz.testing.explorer.search import Search
from atoz.testing.explorer.state_key import state_key
from atoz.testing.seller import completing_event
from atoz.testing.world import happenings

Item = TypeVar("Item")


@dataclass(frozen=True)
class State:
    """A claim at an instant, under a policy."""

    abstraction: PolicyAbstraction
    claim: Claim
    now: datetime

    def key(self) -> tuple[Hashable, timedelta | None]:
        """Its key, and how long until time alone changes it."""
        whole = self.abstraction.of_claim(self.claim)
        key = state_key(whole, self.claim, self.now, by_weekday=self.abstraction.by_weekday)
        return key.value, key.next_at - self.now if key.next_at else None

    def after(self, event: AnyEvent) -> "State":
        """The state right after an event, whatever the machine says to it: the key must tell."""
        moved = with_event(self.claim, event, status_after(event) or self.claim.status)
        return State(self.abstraction, moved, self.now)

    def shown(self) -> tuple[object, ...]:
        """What the plan shows, with instants that lie ahead as distances."""
        made = plan(self.claim, as_of=self.now, policy=self.abstraction.policy, pinned_only=True)
        return _shown(made)


def _shown(made: Plan) -> tuple[object, ...]:
    def ahead(at: datetime | None) -> timedelta | str | None:
        return None if at is None else at - made.as_of if at >= made.as_of else "passed"

    def row(state: ActionState) -> list[tuple[object, ...]]:
        return [
            (each.step, each.overdue, each.waits_for, ahead(each.at), ahead(each.due_at))
            for each in made.actions
            if each.state is state
        ]

    return (
        made.status,
        made.attention,
        row(ActionState.NOW),  # in their order: the first comes first
        sorted(map(str, row(ActionState.LATER))),
        sorted(step for step, *_ in row(ActionState.MISSED)),
        sorted(step for step, *_ in row(ActionState.DONE)),
        [entry.id for entry in made.do_not],
        made.look_again_at and made.look_again_at - made.as_of,
    )


def events_of(state: State) -> list[AnyEvent]:
    """Everything that can happen next: by others, and by the seller following the plan."""
    made = plan(state.claim, as_of=state.now, policy=state.abstraction.policy, pinned_only=True)
    own = (completing_event(state.abstraction.policy.step(action.step), state.now) for action in made.now)
    return [*happenings(state.claim, state.now), *(event for event in own if event)]


def assert_bisimilar(one: State, other: State) -> None:
    """Two states of one key: the same plan, the same moves, and the same keys after each, and once time passes."""
    about = f"\n{_story(one)}\n{_story(other)}"
    assert one.shown() == other.shown(), about
    moves, others = events_of(one), events_of(other)
    assert [_label(event) for event in moves] == [_label(event) for event in others], about
    for event, same in zip(moves, others, strict=True):
        assert one.after(event).key() == other.after(same).key(), f"{event.kind}{about}"
    (_, wait), (_, same_wait) = one.key(), other.key()
    assert wait == same_wait, about
    if wait is not None:
        later, same_later = (State(each.abstraction, each.claim, each.now + wait) for each in (one, other))
        assert later.key() == same_later.key(), f"after {wait}{about}"


def _label(event: AnyEvent) -> tuple[object, ...]:
    return event.kind, getattr(event, "purpose", None), getattr(event, "evidence", None), getattr(event, "actor", None)


def _story(state: State) -> str:
    lines = [f"{event.at:%m-%d %H:%M} {event.kind}" for event in state.claim.history]
    return f"{state.claim.reason} {lines} at {state.now:%m-%d %H:%M}"


class Pairs(Search):
    """A search that notes which states it merges."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.first: dict[Hashable, State] = {}
        self.pairs: list[tuple[State, State]] = []

    def _push(self, depth: int, start: Claim, claim: Claim, now: datetime, passed: object = None) -> Hashable:
        number = super()._push(depth, start, claim, now, passed)  # type: ignore[arg-type]
        here = State(self.abstraction, claim, now)
        if number in self.first:
            self.pairs.append((self.first[number], here))
        self.first.setdefault(number, here)
        return number


def observed(edition: str) -> Iterator[Claim]:
    """Claims of which only the status was seen, in every status."""
    for status in ClaimStatus:
        seen = Observed(at=FILED_AT, status=status)
        plain = a_claim(edition=edition)
        yield Claim.model_validate({**dict(plain), "history": (seen,), "status": status})


def merged_pairs(policy: Policy, edition: str, depth: int, starts: int | None = None) -> list[tuple[State, State]]:
    """The pairs of states that exploring merges; claims of which only the status was observed begin some of them."""
    abstraction = PolicyAbstraction(policy, edition)
    claims = initial_claims(policy, abstraction, None).claims
    chosen = (*sample(claims, starts or len(claims)), *observed(edition))
    pairs: list[tuple[State, State]] = []
    for seller in (PROMPT, LAST_MINUTE):
        search = Pairs(abstraction, chosen, seller, (), depth)
        search.run()
        pairs += search.pairs
    return pairs


def sample(items: Sequence[Item], count: int) -> Sequence[Item]:
    """So many of them, always the same."""
    return Random(len(items)).sample(items, min(count, len(items)))  # noqa: S311  (a choice, and no secret)


SHIPPED = [(name, edition) for name in shipped_policies() for edition in Policy.named(name).editions]
"""Every policy that ships, under every edition that it names."""
LATEST = dict(SHIPPED)


@pytest.mark.parametrize(
    ("name", "edition"),
    [pytest.param(*pair, marks=() if pair in LATEST.items() else pytest.mark.slow) for pair in SHIPPED],
)
def test_merged_states_of_shipped_policies_stay_together(name: str, edition: str) -> None:
    """A sample of what is merged at depth 1; the editions but the last that a policy names are slow."""
    pairs = merged_pairs(Policy.named(name), edition, 1, starts=3)
    assert pairs
    for one, other in sample(pairs, 25):
        assert_bisimilar(one, other)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "edition"), SHIPPED)
def test_merged_states_stay_together_at_depth_3(name: str, edition: str) -> None:
    """A thousand pairs of what is merged up to three happenings."""
    for one, other in sample(merged_pairs(Policy.named(name), edition, 3, starts=3), 1000):
        assert_bisimilar(one, other)


DRAWN = st.sampled_from([edition.id for edition in Edition.all()]).flatmap(
    lambda edition: strategies.policies(edition=edition)
)


@pytest.mark.slow
@seed(1)
@settings(
    max_examples=200, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(DRAWN)
def test_merged_states_of_drawn_policies_stay_together(policy: Policy) -> None:
    """Two hundred policies that use every condition, fifty pairs of each that are merged at depth 1."""
    for one, other in sample(merged_pairs(policy, policy.editions[0], 1, starts=5), 50):
        assert_bisimilar(one, other)


@seed(1)
@settings(
    max_examples=3, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(DRAWN)
def test_merged_states_of_some_drawn_policies_stay_together(policy: Policy) -> None:
    """The same for a few policies, ten pairs of each."""
    for one, other in sample(merged_pairs(policy, policy.editions[0], 1, starts=3), 10):
        assert_bisimilar(one, other)


def test_a_key_tells_warnings_apart() -> None:
    """Two claims that differ in nothing but a warning that their plans show are two states.

    Of the policy that ships only what is no step about the label is taken, so that warnings alone read it.
    """
    shipped = Policy.named("current")
    steps = tuple(step for step in shipped.steps if step.when.claims_protected is None)
    policy = shipped.model_copy(update={"steps": steps})
    abstraction = PolicyAbstraction(policy, "us-2026")
    begun = [
        State(abstraction, a_claim(edition="us-2026", order=an_order(claims_protected=protected)), FILED_AT)
        for protected in ("yes", "no", "unknown")
    ]
    shown = [plan(state.claim, as_of=FILED_AT, policy=policy, pinned_only=True) for state in begun]
    assert [made.actions for made in shown[1:]] == [shown[0].actions] * 2
    assert "refund_a_protected_order" in {entry.id for entry in shown[0].do_not}
    assert begun[0].key() != begun[1].key() == begun[2].key()


@pytest.mark.parametrize("name", shipped_policies())
@pytest.mark.parametrize("status", ClaimStatus)
def test_planner_and_explorer_agree_on_what_is_done(name: str, status: ClaimStatus) -> None:
    """A claim of which only the status was seen, then each thing a seller does, and a question in between: one rule.

    The steps that count from a filing, a question or a decision which nobody saw are where two rules once differed.
    """
    policy = Policy.named(name)
    seen = Observed(at=FILED_AT, status=status)
    done_anywhere: set[str] = set()
    for edition in policy.editions:
        abstraction = PolicyAbstraction(policy, edition)
        for step in policy.steps:
            begun = a_claim(edition=edition, reason=(step.when.reason or (ClaimReason.NOT_RECEIVED,))[0])
            plain = Claim.model_validate({**dict(begun), "history": (seen,), "status": status})
            own = completing_event(step, FILED_AT + timedelta(hours=1))
            asked = an_event("information_requested", FILED_AT + timedelta(hours=2))
            again = completing_event(step, FILED_AT + timedelta(hours=3))
            claim = plain
            for event in filter(None, (own, asked, again)):
                if isinstance(event, SellerAppealed | SellerRefunded):
                    continue
                claim = with_event(claim, event, claim.status)
                made = plan(claim, as_of=event.at, policy=policy, pinned_only=True)
                done = {action.step for action in made.actions if action.state is ActionState.DONE}
                done |= {
                    action.step
                    for action in made.actions
                    if policy.step(action.step).again and any(e.kind == "nothing_asked" for e in claim.history)
                }  # a look that was taken is to be taken again, and is planned for later
                assert abstraction.of_claim(claim).done == done
                done_anywhere |= done
    counted = {step.id for step in policy.steps if step.not_before and status in (step.when.status or ())}
    possible = {step.id for step in policy.steps if COMPLETED_BY[step.action]} - {"appeal_with_new_evidence"}
    assert counted & possible <= done_anywhere
