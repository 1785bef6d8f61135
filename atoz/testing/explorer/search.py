"""The search from one beginning: fewest happenings first, then the soonest, so that the first story is the shortest.

The buyer, Amazon and the clock's lapses are what is counted as depth. The seller's own acts and the passing of time
cost nothing; time passes only once the seller has done what was due.
"""

from collections.abc import Callable, Hashable, Iterator
from datetime import datetime
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple

from atoz.errors import TransitionRefused
from atoz.lifecycle.machine import with_event
from atoz.lifecycle.operations import apply
from atoz.lifecycle.transition_table import is_final
from atoz.model.claim import Claim
from atoz.model.events import status_after
from atoz.model.text import Text, fill
from atoz.planner.actions import Action
from atoz.planner.claim_facts import ClaimFacts
from atoz.planner.plan import Plan, plan_of
from atoz.rulebook.explanation import shown
from atoz.testing.explorer.abstraction import ClaimAbstraction, PolicyAbstraction
from atoz.testing.explorer.coverage import Reached, Recorder
from atoz.testing.explorer.limits import NO_LIMITS, Limits
from atoz.testing.explorer.state_key import StateKey, state_key
from atoz.testing.invariants import Invariant, Moment, words_of
from atoz.testing.seller import Seller, completing_event
from atoz.testing.trace import Story
from atoz.testing.world import happenings_after


class Counterexample(NamedTuple):
    """An invariant that fails, what is wrong, and the story that shows it."""

    invariant: str
    says: Text
    story: Story


class SearchResult(NamedTuple):
    """What one search met."""

    states: int
    merged: int
    stories: int
    cut: int
    """States at the full depth from which more could happen."""
    waiting: int
    """States that were not played because a limit was reached."""
    findings: tuple[Counterexample, ...]
    reached: Reached


class _State(NamedTuple):
    """A claim at an instant, after so many happenings."""

    depth: int
    start: Claim
    claim: Claim
    now: datetime
    claim_abstraction: ClaimAbstraction
    key: StateKey


class _Queued(NamedTuple):
    """A state that waits for its turn: the fewest happenings first, then the soonest, then the shortest history."""

    depth: int
    now: datetime
    events: int
    ticket: int
    state: _State
    facts: ClaimFacts
    """What plans read, at this instant or, where time has passed, at one before."""


class _Expanded(NamedTuple):
    """What a state leads to without anyone else doing anything, and what its plan showed."""

    state: _State
    made: Plan
    goes_on: Hashable | None
    ticks_to: datetime | None
    """The instant that time passes to; none where the seller acts, or nothing is ahead."""
    branches: tuple[Hashable, ...]
    acted: str | None = None
    """The step that the seller did."""


class _Acted(NamedTuple):
    """What the seller did, and the claim after it."""

    step: str
    claim: Claim


class Search:
    """One search: a policy under an edition, from every beginning, with one seller."""

    def __init__(
        self,
        abstraction: PolicyAbstraction,
        starts: tuple[Claim, ...],
        seller: Seller,
        invariants: tuple[Invariant, ...],
        depth: int,
        tells_apart: Callable[[Claim], Hashable] | None = None,
        limits: Limits = NO_LIMITS,
    ) -> None:
        self.abstraction, self.starts, self.seller = abstraction, starts, seller
        self.depth, self.tells_apart, self.limits = depth, tells_apart, limits
        self.open_invariants = list(invariants)
        names = [invariant.__name__ for invariant in invariants]
        self.recorder = Recorder(abstraction.policy, names)
        self.known: dict[Hashable, _Expanded] = {}
        self.findings: list[Counterexample] = []
        self.merged = 0
        self.queue: list[_Queued] = []
        self.ticket = count()
        self.numbers: dict[Hashable, int] = {}

    def run(self) -> SearchResult:
        """Play every story to the full depth, or as far as the limits allow."""
        first = [self._push(0, start, start, start.updated_at) for start in self.starts]
        while self.queue and not self.limits.reached(len(self.known)):
            queued = heappop(self.queue)
            if queued.state.key.value in self.known:
                self.merged += 1
            else:
                self._visit(queued.state, queued.facts)
        self.findings += [*self._dishonest_waits(), *self._restless()]
        return SearchResult(
            states=len(self.known),
            merged=self.merged,
            stories=_Stories(self.known, self.depth).count(first),
            cut=sum(
                passed.state.depth == self.depth and not is_final(passed.state.claim.status)
                for passed in self.known.values()
            ),
            waiting=len({queued.state.key.value for queued in self.queue} - self.known.keys()),
            findings=tuple(self.findings),
            reached=self.recorder.reached(),
        )

    def _push(
        self,
        depth: int,
        start: Claim,
        claim: Claim,
        now: datetime,
        passed: tuple[ClaimAbstraction, ClaimFacts] | None = None,
    ) -> Hashable:
        """Queue a state unless it is known; where only time has passed, what was read of the claim still holds."""
        if passed is None:
            facts = self.abstraction.facts(claim)
            passed = self.abstraction.of_facts(facts), facts
        key = state_key(passed[0], claim, now, by_weekday=self.abstraction.by_weekday)
        told_apart = (key.value, self.tells_apart(claim)) if self.tells_apart else key.value
        number = self.numbers.setdefault(told_apart, len(self.numbers))  # a key is long: it is hashed once
        key = key._replace(value=number)
        if key.value in self.known:
            self.merged += 1
        else:
            state = _State(depth, start, claim, now, passed[0], key)
            heappush(self.queue, _Queued(depth, now, len(claim.history), next(self.ticket), state, passed[1]))
        return key.value

    def _visit(self, state: _State, read: ClaimFacts) -> None:
        facts = read if read.now == state.now else read.at(state.now)
        made = plan_of(facts, self.abstraction.policy)
        self._check(state, made, facts)
        self.known[state.key.value] = _Expanded(state, made, None, None, ())  # first: moves may lead back here
        acted = self._act(state, made)
        ticks_to = state.key.next_at if acted is None else None
        if acted is not None:
            goes_on = self._push(state.depth, state.start, acted.claim, state.now)
        else:
            passing = (state.depth, state.start, state.claim)
            goes_on = self._push(*passing, ticks_to, (state.claim_abstraction, facts)) if ticks_to else None
        step = acted.step if acted else None
        branches = tuple(self._branch(state, facts))
        self.known[state.key.value] = _Expanded(state, made, goes_on, ticks_to, branches, step)

    def _check(self, state: _State, made: Plan, facts: ClaimFacts) -> None:
        moment = Moment(state.claim, made, self.abstraction.policy, self.abstraction.editions)
        self.recorder.see(moment, facts)
        for invariant in tuple(self.open_invariants):
            wrong = invariant(moment)
            if wrong is not None:
                self.open_invariants.remove(invariant)
                self.findings.append(Counterexample(invariant.__name__, words_of(wrong), _story(state, state.now)))

    def _act(self, state: _State, made: Plan) -> _Acted | None:
        """The first thing that the seller does now; none if nothing is done."""
        for planned in made.now:
            at = self.seller.acts_at(planned, state.now)
            event = completing_event(self.abstraction.policy.step(planned.step), state.now)
            if at is None or at > state.now or event is None:
                continue
            try:
                acted = apply(state.claim, event, editions=self.abstraction.editions)
            except TransitionRefused:  # the invariant says so; the seller goes on with the rest
                continue
            self.recorder.transitions.add((state.claim.status.value, event.kind))
            return _Acted(planned.step, acted)
        return None

    def _branch(self, state: _State, facts: ClaimFacts) -> Iterator[Hashable]:
        if state.depth < self.depth:
            for event in happenings_after(facts.history, state.now):
                moved = with_event(state.claim, event, status_after(event) or state.claim.status)  # it may happen
                self.recorder.transitions.add((state.claim.status.value, event.kind))
                yield self._push(state.depth + 1, state.start, moved, state.now)

    def _dishonest_waits(self) -> Iterator[Counterexample]:
        """The first wait during which something became due before the plan said to look again."""
        for passed in self.known.values():
            later = self.known.get(passed.goes_on) if passed.ticks_to else None
            if later is None or passed.ticks_to is None:
                continue
            again = passed.made.look_again_at
            new = _to_do(later.made) - _to_do(passed.made)
            if new and (again is None or passed.ticks_to < again):
                zone = passed.state.claim.order.zone
                says = fill(
                    "atoz.testing",
                    "dishonest_wait",
                    steps=", ".join(sorted(new)),
                    at=shown(passed.ticks_to.astimezone(zone)),
                    again=shown(again.astimezone(zone)) if again else "–",
                )
                yield Counterexample("honest_wait", says, _story(passed.state, passed.ticks_to))
                return

    def _restless(self) -> Iterator[Counterexample]:
        """The first state that comes round again though only the seller and time did anything.

        A step that is meant to come again does so, for as long as nobody else does anything.
        """
        rested: set[Hashable] = set()
        for key in self.known:
            path: dict[Hashable, None] = {}
            here: Hashable | None = key
            while here in self.known and here not in rested and here not in path:
                path[here] = None
                here = self.known[here].goes_on
            rested |= path.keys()
            if here is not None and here in path and not self._comes_again(list(path)[list(path).index(here) :]):
                state = self.known[here].state
                last = self.known[next(reversed(path))]
                step = next((action.step for action in last.made.now), "–")
                says = fill("atoz.testing", "no_rest", step=step)
                yield Counterexample("comes_to_rest", says, _story(state, state.now))
                return

    def _comes_again(self, circle: list[Hashable]) -> bool:
        """Whether time passes in a circle, and all that the seller does there is meant to be done again."""
        steps = {self.known[key].acted for key in circle} - {None}
        policy = self.abstraction.policy
        waits = any(self.known[key].ticks_to for key in circle)
        return waits and all(policy.step(step).again for step in steps if step)


def _story(state: _State, at: datetime) -> Story:
    return Story(start=state.start, events=state.claim.history[len(state.start.history) :], at=at)


def _to_do(made: Plan) -> set[str]:
    return {action.step for action in made.now if action.action is not Action.WAIT}


class _Stories:
    """How many stories the states stand for: every way to place the happenings along the time that passes."""

    def __init__(self, known: dict[Hashable, _Expanded], depth: int) -> None:
        self.known, self.depth = known, depth
        self.counted: dict[tuple[Hashable, int], int] = {}

    def count(self, first: list[Hashable]) -> int:
        """The number of stories with at most so many happenings; what comes round again is counted once."""
        for left in range(self.depth + 1):
            for key, passed in self.known.items():
                if passed.state.depth + left <= self.depth:
                    self._along(key, left)
        return sum(self.counted[key, self.depth] for key in first if key in self.known)

    def _along(self, key: Hashable, left: int) -> None:
        path: dict[Hashable, None] = {}
        here: Hashable | None = key
        while here in self.known and (here, left) not in self.counted and here not in path:
            path[here] = None
            here = self.known[here].goes_on
        total = 1 if here not in self.known or here in path else self.counted[here, left]
        for visited in reversed(path):
            branches = self.known[visited].branches if left else ()
            total += sum(self.counted[branch, left - 1] for branch in branches if branch in self.known)
            self.counted[visited, left] = total
