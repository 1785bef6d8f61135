"""Joint search: two policies on the same claims, in one world, to every state in which they can advise differently.

A state is a claim at an instant, as both sides count it. Its key is the pair of both keys, so that what either plan
shows, now or later, is the same for all that is merged. As long as both sellers would do the same there is one claim.
From the first act that only one of them does, the claim of who follows the first policy and that of who follows the
second are two, and each goes on; both plans are still compared on it, so that an early difference hides no late one.

What neither policy treats differently any more is left out: where the same steps and warnings can still apply, and
they are the same in both, all plans that follow are the same (`relevance.py`).
"""

from collections.abc import Hashable, Iterator
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import partial
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple
from zoneinfo import ZoneInfo

from atoz.errors import TransitionRefused
from atoz.lifecycle.machine import with_event
from atoz.lifecycle.operations import apply
from atoz.lifecycle.replay import under
from atoz.lifecycle.transition_table import is_final
from atoz.model.claim import Claim
from atoz.model.events import Actor, AnyEvent, status_after
from atoz.model.text import fill
from atoz.planner.claim_facts import ClaimFacts
from atoz.planner.plan import Plan, plan_of
from atoz.planner.policy import Policy
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.edition import Edition
from atoz.rulebook.explanation import shown
from atoz.testing.builders import filed_in
from atoz.testing.explorer.abstraction import ClaimAbstraction, PolicyAbstraction
from atoz.testing.explorer.advice import AdviceDifference, DifferenceKind, Words, differences, subjects
from atoz.testing.explorer.initial_claims import every_claim
from atoz.testing.explorer.relevance import entries, moves_of
from atoz.testing.explorer.state_key import state_key
from atoz.testing.invariants import Moment, missed_duties
from atoz.testing.seller import Seller, completing_event
from atoz.testing.trace import Story
from atoz.testing.world import happenings_after

BOTH, FIRST, SECOND = (0, 1), (0,), (1,)
"""Whose plans the seller has followed so far: of both sides, as long as they say to do the same."""
Followed = tuple[int, ...]


class PolicySide(NamedTuple):
    """A policy and the edition that counts."""

    policy: Policy
    edition: Edition


class JointDifference(NamedTuple):
    """What differs, what each side says of it, and the shortest story that shows it."""

    kind: DifferenceKind
    subject: str
    says: Words
    story: Story
    followed: Followed


class JointResult(NamedTuple):
    """What one joint search met."""

    states: int
    merged: int
    cut: int
    """States at the full depth from which more could happen."""
    combinations: int
    beginnings: int
    differences: tuple[JointDifference, ...]
    shown: tuple[frozenset[str], frozenset[str]]
    """The steps that were to be taken and the warnings that were shown, of each side."""


class _Read(NamedTuple):
    """A claim as one side counts it."""

    claim: Claim
    facts: ClaimFacts
    abstraction: ClaimAbstraction


class _State(NamedTuple):
    """A claim at an instant, after so many happenings, for each side."""

    depth: int
    start: Claim
    sides: tuple[_Read, _Read]
    now: datetime
    followed: Followed
    next_at: datetime | None

    @property
    def claim(self) -> Claim:
        """The claim as the first side counts it."""
        return self.sides[0].claim


class _Acted(NamedTuple):
    """What the seller did, and the claim after it."""

    step: str
    event: AnyEvent
    claim: Claim


class JointSearch:
    """One search over two policies under an edition each; without `merging` nothing is merged nor left out."""

    def __init__(self, a: PolicySide, b: PolicySide, seller: Seller, depth: int, *, merging: bool = True) -> None:
        self.sides = (a, b)
        self.seller, self.depth, self.merging = seller, depth, merging
        self.compared_by = subjects(a.policy, b.policy)
        moves = moves_of((*entries(a.policy), *entries(b.policy)))
        self.abstractions = tuple(PolicyAbstraction(side.policy, side.edition, None, moves) for side in self.sides)
        self.one_edition = a.edition == b.edition
        self.same_apart_from_entries = self.one_edition and (
            (a.policy.messages_apart, a.policy.look_again) == (b.policy.messages_apart, b.policy.look_again)
        )
        self.alike: dict[tuple[tuple[str, ...], ...], bool] = {}
        self.queue: list[tuple[int, datetime, int, int, Hashable, _State]] = []
        self.ticket = count()
        self.known: set[Hashable] = set()
        self.merged = self.cut = 0
        self.differences: dict[tuple[DifferenceKind, str], JointDifference] = {}
        self.shown: tuple[set[str], set[str]] = (set(), set())

    def run(self) -> JointResult:
        """Play every story to the full depth."""
        combinations = 0
        for claim in self._every_claim():
            combinations += 1
            self._push(0, claim, claim, claim.updated_at, BOTH)
        beginnings = len({row[4] for row in self.queue})
        while self.queue:
            *_, key, state = heappop(self.queue)
            if key in self.known:
                self.merged += 1
            else:
                self.known.add(key)
                self._visit(state)
        return JointResult(
            states=len(self.known),
            merged=self.merged,
            cut=self.cut,
            combinations=combinations,
            beginnings=beginnings,
            differences=tuple(self.differences.values()),
            shown=(frozenset(self.shown[0]), frozenset(self.shown[1])),
        )

    def _every_claim(self) -> Iterator[Claim]:
        """The claims to begin with, of the days of the later edition; as the first side counts them."""
        last = max((side.edition for side in self.sides), key=lambda edition: (filed_in(edition), edition.reference))
        for claim in every_claim(tuple(side.policy for side in self.sides), last):
            yield claim if self.sides[0].edition == last else under(claim, self.sides[0].edition)

    def _push(
        self,
        depth: int,
        start: Claim,
        claim: Claim,
        now: datetime,
        followed: Followed,
        read: tuple[_Read, _Read] | None = None,
    ) -> None:
        """Queue a state unless it is known; where only time has passed, what was read of the claim still holds."""
        sides = read or self._read(claim)
        keys = [
            state_key(side.abstraction, side.claim, now, by_weekday=abstraction.by_weekday)
            for side, abstraction in zip(sides, self.abstractions, strict=True)
        ]
        key: Hashable = (followed, *(key.value for key in keys))
        if not self.merging:
            key = (key, claim.order, claim.reason, claim.detail, claim.amount, claim.history)
        if key in self.known:
            self.merged += 1
            return
        next_at = min((key.next_at for key in keys if key.next_at), default=None)
        state = _State(depth, start, sides, now, followed, next_at)
        heappush(self.queue, (depth, now, len(claim.history), next(self.ticket), key, state))

    def _read(self, claim: Claim) -> tuple[_Read, _Read]:
        first, second = self.abstractions
        facts = first.facts(claim)
        read = _Read(claim, facts, first.of_facts(facts))
        counted = claim if self.one_edition else under(claim, second.edition)
        others = facts if self.one_edition else second.facts(counted)
        return read, _Read(counted, others, second.of_facts(others))

    def _visit(self, state: _State) -> None:
        if self.merging and state.followed == BOTH and self._same_from_here(state):
            return
        facts_a = _at(state.sides[0].facts, state.now)
        facts_b = facts_a if self.one_edition else _at(state.sides[1].facts, state.now)
        facts = (facts_a, facts_b)
        plans = tuple(plan_of(facts, side.policy) for facts, side in zip(facts, self.sides, strict=True))
        self._compare(state, plans)
        read = tuple(side._replace(facts=here) for side, here in zip(state.sides, facts, strict=True))
        self._go_on(state, plans, (read[0], read[1]))
        self._branch(state, facts)

    def _same_from_here(self, state: _State) -> bool:
        """Whether both policies say the same of this claim whatever follows: what can still apply is the same."""
        if not self.same_apart_from_entries:
            return False
        relevant = tuple(side.abstraction.relevant for side in state.sides)
        if relevant not in self.alike:
            first, second = (
                _with_predecessors(side.policy, names) for side, names in zip(self.sides, relevant, strict=True)
            )
            self.alike[relevant] = relevant[0] == relevant[1] and first == second
        return self.alike[relevant]

    def _compare(self, state: _State, plans: tuple[Plan, ...]) -> None:
        first, second = plans
        for shown_here, made in zip(self.shown, plans, strict=True):
            shown_here.update(action.step for action in made.now)
            shown_here.update(entry.id for entry in made.do_not)
        for difference in (*differences(first, second, self.compared_by), *self._missed(state, plans)):
            group = difference.kind, difference.subject
            if group not in self.differences:
                events = state.claim.history[len(state.start.history) :]
                story = Story(start=state.start, events=events, at=state.now)
                self.differences[group] = JointDifference(*group, difference.say(), story, state.followed)

    def _missed(self, state: _State, plans: tuple[Plan, ...]) -> Iterator[AdviceDifference]:
        """The deadlines that are missed by now if one side is followed, and not if the other is, in this world."""
        if self.seller.forgets or (self.one_edition and state.followed == BOTH):
            return  # nobody is blamed for what a seller forgets; and what both do, both miss
        missed = [dict[DeadlineName, datetime](), dict[DeadlineName, datetime]()]
        for place in state.followed:
            missed[place] = self._duties(state.sides[place].claim, plans[place], place)
        if all(
            (DifferenceKind.MISSED_DEADLINE, name.value) in self.differences for duties in missed for name in duties
        ):
            return
        for place in {0, 1} - set(state.followed):
            other = self._replayed(state, place)
            made = plan_of(self.abstractions[place].facts(other).at(state.now), self.sides[place].policy)
            missed[place] = self._duties(other, made, place)
        zone = state.claim.order.zone
        for name in sorted(missed[0].keys() ^ missed[1].keys()):
            say = partial(_missed_at, missed[0].get(name), missed[1].get(name), zone)
            yield AdviceDifference(DifferenceKind.MISSED_DEADLINE, name.value, say)

    def _duties(self, claim: Claim, made: Plan, place: int) -> dict[DeadlineName, datetime]:
        side = self.sides[place]
        moment = Moment(claim, made, side.policy, (side.edition,))
        return {deadline.name: due_at for deadline, due_at in missed_duties(moment)}

    def _replayed(self, state: _State, place: int) -> Claim:
        """What has become of the claim by now for who follows the other side, in the same world."""
        begun = state.start if place == 0 or self.one_edition else under(state.start, self.sides[place].edition)
        claim, now = begun, begun.updated_at
        done: set[str] = set()
        of_others = [event for event in state.claim.history[len(begun.history) :] if event.actor is not Actor.SELLER]
        while True:
            while of_others and of_others[0].at <= now:
                event = of_others.pop(0)
                facts = self.abstractions[place].facts(claim).at(now)
                if any(event.kind == possible.kind for possible in happenings_after(facts.history, now)):
                    claim = with_event(claim, event, status_after(event) or claim.status)
            facts = self.abstractions[place].facts(claim)
            acted = self._act(claim, plan_of(facts.at(now), self.sides[place].policy), now, place, done)
            if acted is not None:
                claim = acted.claim
                done.add(acted.step)
                continue
            key = state_key(self.abstractions[place].of_facts(facts), claim, now, by_weekday=False)
            ahead = [at for at in (key.next_at, *(event.at for event in of_others[:1])) if at and at <= state.now]
            if not ahead:
                return claim
            now = min(ahead)
            done.clear()

    def _go_on(self, state: _State, plans: tuple[Plan, ...], read: tuple[_Read, _Read]) -> None:
        """What the seller does now, by each side that is followed; or time passes."""
        acts = {place: self._act(state.sides[place].claim, plans[place], state.now, place) for place in state.followed}
        events = [acted.event if acted else None for acted in acts.values()]
        together = all(event == events[0] for event in events)
        for place, acted in acts.items() if not together else list(acts.items())[:1]:
            followed = state.followed if together else (place,)
            if acted is not None:
                moved = acted.claim if place == 0 or self.one_edition else under(acted.claim, self.sides[0].edition)
                self._push(state.depth, state.start, moved, state.now, followed)
            elif state.next_at is not None:
                self._push(state.depth, state.start, state.claim, state.next_at, followed, read)

    def _act(
        self, claim: Claim, made: Plan, now: datetime, place: int, done: AbstractSet[str] = frozenset()
    ) -> _Acted | None:
        """The first thing that the seller does now and has not done at this instant; none if nothing is done."""
        side = self.sides[place]
        for planned in made.now:
            at = self.seller.acts_at(planned, now)
            event = completing_event(side.policy.step(planned.step), now)
            if at is None or at > now or event is None or planned.step in done:
                continue
            try:
                return _Acted(planned.step, event, apply(claim, event, editions=(side.edition,)))
            except TransitionRefused:
                continue
        return None

    def _branch(self, state: _State, facts: tuple[ClaimFacts, ClaimFacts]) -> None:
        """Everything that somebody else can do now; where only one edition allows it, the seller goes by that side."""
        possible: list[tuple[AnyEvent, Followed]] = []
        for place in state.followed[:1] if self.one_edition else state.followed:
            for event in happenings_after(facts[place].history, state.now):
                same = next((row for row in possible if row[0] == event), None)
                if same:
                    possible[possible.index(same)] = (event, BOTH)
                else:
                    possible.append((event, state.followed if self.one_edition else (place,)))
        if state.depth == self.depth:
            self.cut += not is_final(state.claim.status)
            return
        for event, followed in possible:
            moved = with_event(state.claim, event, status_after(event) or state.claim.status)
            self._push(state.depth + 1, state.start, moved, state.now, followed)


def _missed_at(a: datetime | None, b: datetime | None, zone: ZoneInfo) -> Words:
    first, second = (
        fill("atoz.testing", "advice_missed", due=shown(due_at.astimezone(zone)))
        if due_at
        else fill("atoz.testing", "advice_not_missed")
        for due_at in (a, b)
    )
    return first, second


def _at(facts: ClaimFacts, now: datetime) -> ClaimFacts:
    return facts if facts.now == now else facts.at(now)


def _with_predecessors(policy: Policy, names: tuple[str, ...]) -> tuple[object, ...]:
    """The steps and warnings of these names in their order, and the steps that have to be done before."""
    rows = {entry.id: entry.row for entry in entries(policy)}
    steps = {step.id: step for step in policy.steps}
    wanted = list(names)
    for name in wanted:
        wanted += [before for before in steps[name].after if before not in wanted] if name in steps else []
    return tuple(rows[name] for name in wanted)
