"""One look at one claim: what can still come, and the instants at which that changes."""

from collections.abc import Callable, Hashable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from atoz.model.claim import Claim
from atoz.model.status import ClaimStatus
from atoz.planner.actions import COMPLETED_BY, Action
from atoz.planner.policy_steps import Duration, PolicyStep, RelativeTime
from atoz.rulebook.date_arithmetic import add_to_instant
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.deadlines import Deadline, DeadlineState
from atoz.testing.explorer.past import Past
from atoz.testing.explorer.relevance import (
    MESSAGES,
    SELLERS_MOVES,
    Relevance,
    counts,
    covers,
    moments_of,
    only_status,
)
from atoz.testing.invariants import is_duty, protected_order


class Anchor(NamedTuple):
    """An instant that something counts from, and what is counted."""

    name: str
    at: datetime
    edges: tuple[datetime, ...]


class ClaimAbstraction(NamedTuple):
    """What a policy sees of a claim whatever the time, and the instants at which that changes."""

    fixed: Hashable
    anchors: tuple[Anchor, ...]
    running: tuple[tuple[datetime, Hashable, Hashable], ...]
    """Each deadline that runs: its due instant, and how it looks until then and after it."""


class AbstractionBuilder:
    """One look at one claim: what can still come, and what it counts from."""

    def __init__(
        self,
        seen_by: Callable[[ClaimStatus, frozenset[str]], Relevance],
        claim: Claim,
        fitting: frozenset[str],
        apart: Duration,
    ) -> None:
        self.seen, self.claim, self.apart = seen_by(claim.status, SELLERS_MOVES), claim, apart
        self.zone, self.fitting = claim.order.zone, fitting
        self.past = Past(claim)
        self.alive = self._recommendable()
        moves = frozenset(done.kind for step in self.alive if (done := COMPLETED_BY[step.action])) & SELLERS_MOVES
        if moves != SELLERS_MOVES:  # without a step that appeals, nothing that follows an appeal can come
            self.seen = seen_by(claim.status, moves)
            self.alive = self._recommendable()
        actions = {step.action for step in self.alive}
        self.avoided = [row for row in self.seen.avoided if row.action in actions and row.id in self.fitting]
        self.whens = [*(step.when for step in self.alive), *(row.when for row in self.avoided)]
        self.moments = [each for step in self.alive for each in self._counting(step)]

    def build(self) -> ClaimAbstraction:
        """Everything that the policy can see, apart from the time."""
        firsts = {name for step in self.alive for name in step.after}
        wanted = firsts | {step.id for step in self.alive}
        idle = {step.id for step in self.alive if self.past.stopped(step)} - firsts  # they have to be done anew
        done = {step.id: self.past.done(step) for step in self.seen.shown}
        looked_at = {
            name for when in self.whens for name in (*(when.evidence_held or ()), *(when.evidence_lacking or ()))
        }
        refunds = any(step.action is Action.REFUND_BUYER for step in self.alive)
        standing = [each for each in self._deadlines() if each is not None]
        fixed = (
            self.claim.status,
            tuple(step.id for step in self.alive),
            tuple(row.id for row in self.avoided),
            refunds and protected_order(self.claim),
            tuple(done[name] and name not in idle for name in sorted(wanted)),
            self._shown(done),
            tuple(min(self.past.history.total(kind), most) for kind, most in counts(self.whens).items()),
            self.past.history.evidence & looked_at,
            any(when.delivered_after_decision is not None for when in self.whens) and self.past.arrived_late(),
            tuple(each for each in standing if not isinstance(each, _Running)),
        )
        running = tuple((each.due_at, each.until, each.after) for each in standing if isinstance(each, _Running))
        return ClaimAbstraction(fixed, tuple(self._anchors()), running)

    def _shown(self, done: dict[str, bool]) -> Hashable:
        """What is done stands in a plan; once that is so for good, nothing hangs on what else is."""
        kept = {"filed", "first_contact_at", None}
        lasting = (
            done[step.id] and step.serves is None and {moment.after for moment in moments_of([step])} <= kept
            for step in self.seen.shown
        )
        return any(lasting) or tuple(name for name in sorted(done) if done[name])

    def _may_come(self, step: PolicyStep) -> bool:
        """Whether a step can still apply: what it asks of the facts holds, and what only grows is not too large yet."""
        when, count = step.when, self.past.history.total
        ways = [self.seen.appeals_ahead[each] for each in when.status or () if each in self.seen.appeals_ahead]
        return (
            step.id in self.fitting
            and (when.status is None or bool(ways))
            and (
                when.appeals_at_most is None or count("seller_appealed") + min(ways, default=0) <= when.appeals_at_most
            )
            and (when.messages_at_most is None or count("seller_messaged") <= when.messages_at_most)
            and (when.asked_by_amazon is not False or not count("information_requested"))
            and (when.buyer_wrote is not False or not count("buyer_messaged"))
            and (when.evidence_lacking is None or self.past.history.evidence.isdisjoint(when.evidence_lacking))
            and not (when.delivered_after_decision and self.past.cannot_arrive_late(step))
            and not any(self.past.over(name, states) for name, states in when.deadlines.items())
        )

    def _recommendable(self) -> list[PolicyStep]:
        possible = [step for step in self.seen.steps if self._may_come(step)]
        held_back = self._always_held_back(possible)
        return [step for step in possible if step.action not in held_back]

    def _always_held_back(self, possible: list[PolicyStep]) -> frozenset[Action]:
        """Actions that are never recommended and were never done: whatever the time, an entry forbids each step."""
        rows = [row for row in self.seen.avoided if row.action and row.id in self.fitting and only_status(row.when)]
        open_actions = {
            step.action
            for step in possible
            if not any(row.action is step.action and covers(row.when.status, step.when.status) for row in rows)
        }
        closed = {step.action for step in possible} - open_actions
        return frozenset(
            action
            for action in closed
            if (done := COMPLETED_BY[action]) is not None and done.kind not in self.past.latest
        )

    def _counting(self, step: PolicyStep) -> list[RelativeTime]:
        """A step's moments, but for those that begin anew before it can come: with its status, or with its deadline."""
        here = step.when.status is None or self.claim.status in step.when.status
        stopped = self.past.stopped(step)
        return [
            each
            for each in moments_of([step])
            if (here or each.after != "status_changed") and not (stopped and self.past.restarts(step, each))
        ]

    def _deadlines(self) -> Iterator[Hashable]:
        """How each deadline looks; one that runs with how it looks until it is due and after that."""
        for name in self.seen.deadlines:
            found = self.past.deadline(name)
            if found.due_at and found.time_left is not None and found.state is DeadlineState.OPEN:
                until, after = (self._looks(found, state) for state in (DeadlineState.OPEN, DeadlineState.MISSED))
                yield _Running(name, found.due_at, until, after)
            else:
                yield self._looks(found, found.state)

    def _looks(self, found: Deadline, state: DeadlineState) -> Hashable:
        """A deadline's state as far as a step, whose turn it is, a lapse or an invariant hangs on it."""
        served = any(step.serves is found.name for step in self.alive)
        over = state in (DeadlineState.MET, DeadlineState.NOT_OFFERED)
        running = not over and found.ended_at is None and found.left_at is None
        return (
            tuple(state in when.deadlines[found.name] for when in self.whens if found.name in when.deadlines),
            served and ("over" if over else state.value),
            {
                DeadlineName.ANSWER_BUYER: (state is DeadlineState.OPEN, found.started_by is None),  # it starts once
                DeadlineName.ANSWER_AMAZON: running and state.value,
                DeadlineName.APPEAL: state in (DeadlineState.OPEN, DeadlineState.UNDETERMINED),
                DeadlineName.BUYER_APPEAL: state.value,
            }[found.name],
            state is DeadlineState.MISSED and is_duty(self.past.history, found),
        )

    def _anchors(self) -> Iterator[Anchor]:
        """Each instant that moments of steps that may come count from, with those moments."""
        by_name: dict[str, list[RelativeTime]] = {}
        for moment in self.moments:
            if moment.after in self.past.latest:
                by_name.setdefault(moment.after, []).append(moment)
        for name, moments in sorted(by_name.items()):
            yield Anchor(
                name,
                self.past.latest[name][0],
                tuple(self._edge(self.past.latest[name][0], each, 1) for each in moments),
            )
        named = {each.before for each in self.moments} | {
            name for when in self.whens for name in when.hours_left_at_most
        }
        for name in sorted(name for name in named if name):
            found = self.past.deadline(name)
            back = tuple(
                self._edge(found.due_at, each, -1) for each in self.moments if each.before is name and found.due_at
            )
            hours = {when.hours_left_at_most[name] for when in self.whens if name in when.hours_left_at_most}
            sooner = tuple(found.due_at - timedelta(hours=each) for each in sorted(hours) if found.due_at)
            if found.due_at and (back or sooner):
                yield Anchor(f"before {name}", found.due_at, (*back, *sooner))
        delivered = self.claim.order.delivered_at
        if delivered is not None and any(when.delivered_after_decision is not None for when in self.whens):
            yield Anchor("delivered", delivered, (delivered,))  # a decision until then is one before the delivery
        if "seller_messaged" in self.past.latest and any(step.action.value in MESSAGES for step in self.alive):
            last = self.past.latest["seller_messaged"][0]
            yield Anchor("cadence", last, (self._edge(last, self.apart, 1),))

    def _edge(self, at: datetime, span: Duration, sign: int) -> datetime:
        return add_to_instant(at, sign * span.value, span.unit, self.zone)


class _Running(NamedTuple):
    """A deadline that runs."""

    name: DeadlineName
    due_at: datetime
    until: Hashable
    after: Hashable
