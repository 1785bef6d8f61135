"""One look at one claim: what can still come, and the instants at which that changes."""

from collections.abc import Callable, Hashable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from atoz.model.claim import Claim
from atoz.model.events import EvidenceAdded, status_after
from atoz.model.status import ClaimStatus
from atoz.planner.action import COMPLETED_BY, Action
from atoz.planner.policy import Moment as Span
from atoz.planner.policy import PolicyStep
from atoz.planner.policy import Span as Length
from atoz.rulebook.clock import DeadlineName
from atoz.rulebook.count import add_to_instant
from atoz.rulebook.deadlines import Deadline, DeadlineState, deadline, deadline_rule, starts_of
from atoz.testing.invariants import is_duty, protected_order
from atoz.testing.watched import (
    MESSAGES,
    SELLERS_MOVES,
    Watched,
    counts,
    covers,
    is_evidence_for,
    moments_of,
    only_status,
)


class Anchor(NamedTuple):
    """An instant that something counts from, and what is counted."""

    name: str
    at: datetime
    edges: tuple[datetime, ...]


class Profile(NamedTuple):
    """What a policy sees of a claim whatever the time, and the instants at which that changes."""

    fixed: Hashable
    anchors: tuple[Anchor, ...]
    running: tuple[tuple[datetime, Hashable, Hashable], ...]
    """Each deadline that runs: its due instant, and how it looks until then and after it."""


class Look:
    """One look at one claim: what can still come, and what it counts from."""

    def __init__(
        self,
        seen_by: Callable[[ClaimStatus, frozenset[str]], Watched],
        claim: Claim,
        fitting: frozenset[str],
        apart: Length,
    ) -> None:
        self.seen, self.claim, self.apart = seen_by(claim.status, SELLERS_MOVES), claim, apart
        self.zone, self.fitting = claim.order.zone, fitting
        self.latest: dict[str, tuple[datetime, int]] = {}
        self.met: list[ClaimStatus | None] = []
        self.evidence: set[str] = set()
        self.totals: dict[str, int] = {}
        self._read()
        self._counted: dict[DeadlineName, Deadline] = {}
        self.alive = self._recommendable()
        moves = frozenset(done.kind for step in self.alive if (done := COMPLETED_BY[step.action])) & SELLERS_MOVES
        if moves != SELLERS_MOVES:  # without a step that appeals, nothing that follows an appeal can come
            self.seen = seen_by(claim.status, moves)
            self.alive = self._recommendable()
        actions = {step.action for step in self.alive}
        self.avoided = [row for row in self.seen.avoided if row.action in actions and row.id in self.fitting]
        self.whens = [*(step.when for step in self.alive), *(row.when for row in self.avoided)]
        self.moments = [each for step in self.alive for each in self._counting(step)]

    def _deadline(self, name: DeadlineName) -> Deadline:
        if name not in self._counted:
            self._counted[name] = deadline(self.claim, name, self.claim.updated_at)
        return self._counted[name]

    def _read(self) -> None:
        if self.claim.order.first_contact_at:
            self.latest["first_contact_at"] = (self.claim.order.first_contact_at, -1)
        status: ClaimStatus | None = None
        for place, event in enumerate(self.claim.history):
            self.met.append(status)
            self.latest[event.kind] = (event.at, place)
            self.totals[event.kind] = self.totals.get(event.kind, 0) + 1
            if isinstance(event, EvidenceAdded):
                self.evidence.add(event.evidence)
            after = status_after(event)
            if after is not None and after is not status:
                status = after
                self.latest["status_changed"] = (event.at, place)

    def profile(self) -> Profile:
        """Everything that the policy can see, apart from the time."""
        firsts = {name for step in self.alive for name in step.after}
        wanted = firsts | {step.id for step in self.alive}
        idle = {step.id for step in self.alive if self._stopped(step)} - firsts  # done or not, it has to be done anew
        done = {step.id: self._done(step) for step in self.seen.shown}
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
            tuple(min(self.totals.get(kind, 0), most) for kind, most in counts(self.whens).items()),
            frozenset(self.evidence & looked_at),
            any(when.delivered_after_decision is not None for when in self.whens) and self._arrived_late(),
            tuple(each for each in standing if not isinstance(each, _Running)),
        )
        running = tuple((each.due_at, each.until, each.after) for each in standing if isinstance(each, _Running))
        return Profile(fixed, tuple(self._anchors()), running)

    def _shown(self, done: dict[str, bool]) -> Hashable:
        """What is done stands in a plan; once that is so for good, nothing hangs on what else is."""
        kept = {"filed", "first_contact_at", None}
        lasting = (
            done[step.id] and step.serves is None and {moment.after for moment in moments_of([step])} <= kept
            for step in self.seen.shown
        )
        return any(lasting) or tuple(name for name in sorted(done) if done[name])

    def _arrived_late(self) -> bool:
        delivered, decided = self.claim.order.delivered_at, self.latest.get("status_changed")
        return delivered is not None and decided is not None and delivered > decided[0]

    def _may_come(self, step: PolicyStep) -> bool:
        """Whether a step can still apply: what it asks of the facts holds, and what only grows is not too large yet."""
        when, count = step.when, self.totals.get
        ways = [self.seen.appeals_ahead[each] for each in when.status or () if each in self.seen.appeals_ahead]
        return (
            step.id in self.fitting
            and (when.status is None or bool(ways))
            and (
                when.appeals_at_most is None
                or count("seller_appealed", 0) + min(ways, default=0) <= when.appeals_at_most
            )
            and (when.messages_at_most is None or count("seller_messaged", 0) <= when.messages_at_most)
            and (when.asked_by_amazon is not False or not count("information_requested"))
            and (when.buyer_wrote is not False or not count("buyer_messaged"))
            and (when.evidence_lacking is None or self.evidence.isdisjoint(when.evidence_lacking))
            and not (when.delivered_after_decision and self._cannot_arrive_late(step))
            and not any(self._over(name, states) for name, states in when.deadlines.items())
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
            action for action in closed if (done := COMPLETED_BY[action]) is not None and done.kind not in self.latest
        )

    def _counting(self, step: PolicyStep) -> list[Span]:
        """A step's moments, but for those that begin anew before it can come: with its status, or with its deadline."""
        here = step.when.status is None or self.claim.status in step.when.status
        stopped = self._stopped(step)
        return [
            each
            for each in moments_of([step])
            if (here or each.after != "status_changed") and not (stopped and self._restarts(step, each))
        ]

    def _stopped(self, step: PolicyStep) -> bool:
        """Whether a step can come only once the deadline that it serves has started again."""
        return step.serves is not None and not self._deadline(step.serves).running

    def _restarts(self, step: PolicyStep, moment: Span) -> bool:
        """Whether a moment counts anew once the step's deadline has started again."""
        if moment.before is not None or step.serves is None:
            return moment.before is step.serves
        later = set(starts_of(self.claim.edition, step.serves)) - {"filed", "first_contact_at"}  # those are once
        return later <= {moment.after}

    def _cannot_arrive_late(self, step: PolicyStep) -> bool:
        """Whether no delivery can lie after the decision any more: another decision would come later still."""
        delivered = self.claim.order.delivered_at
        here = step.when.status is None or self.claim.status in step.when.status
        decided = self.latest["status_changed"][0] if here else self.claim.updated_at
        return delivered is None or delivered <= decided

    def _over(self, name: DeadlineName, states: tuple[DeadlineState, ...]) -> bool:
        """Whether a deadline that has to be open never will be again: it starts with the first contact alone."""
        rule, found = deadline_rule(self.claim.edition, name), self._deadline(name)
        once = rule is not None and rule.starts_with == ("first_contact_at",)
        return once and found.state is not DeadlineState.OPEN and found.state not in states

    def _deadlines(self) -> Iterator[Hashable]:
        """How each deadline looks; one that runs with how it looks until it is due and after that."""
        for name in self.seen.deadlines:
            found = self._deadline(name)
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
            state is DeadlineState.MISSED and is_duty(self.claim, found),
        )

    def _anchors(self) -> Iterator[Anchor]:
        """Each instant that moments of steps that may come count from, with those moments."""
        by_name: dict[str, list[Span]] = {}
        for moment in self.moments:
            if moment.after in self.latest:
                by_name.setdefault(moment.after, []).append(moment)
        for name, moments in sorted(by_name.items()):
            yield Anchor(
                name, self.latest[name][0], tuple(self._edge(self.latest[name][0], each, 1) for each in moments)
            )
        named = {each.before for each in self.moments} | {
            name for when in self.whens for name in when.hours_left_at_most
        }
        for name in sorted(name for name in named if name):
            found = self._deadline(name)
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
        if "seller_messaged" in self.latest and any(step.action.value in MESSAGES for step in self.alive):
            last = self.latest["seller_messaged"][0]
            yield Anchor("cadence", last, (self._edge(last, self.apart, 1),))

    def _edge(self, at: datetime, span: Length, sign: int) -> datetime:
        return add_to_instant(at, sign * span.value, span.unit, self.zone)

    def _done(self, step: PolicyStep) -> bool:
        """Whether the step is done since what it counts from; the planner's own rule, told by places alone."""
        completion = COMPLETED_BY[step.action]
        if completion is None or completion.kind not in self.latest:
            return False
        names = [moment.after for moment in (step.not_before, step.due) if moment and moment.after]
        if any(name not in self.latest for name in names):
            return False
        found = [self.latest[name] for name in names]
        served = self._deadline(step.serves) if step.serves else None
        if served and served.started_at and served.started_by:
            latest = self.latest[served.started_by]
            found.append(latest if latest[0] == served.started_at else (served.started_at, 0))
        since = max(found, default=None)
        return any(
            completion.matches(event)
            and (since is None or (event.at, place) >= since)
            and (step.when.status is None or self.met[place] in step.when.status)
            and is_evidence_for(event, step)
            for place, event in enumerate(self.claim.history)
        )


class _Running(NamedTuple):
    """A deadline that runs."""

    name: DeadlineName
    due_at: datetime
    until: Hashable
    after: Hashable
