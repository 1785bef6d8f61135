"""Abstraction: how little of a claim a policy's plans depend on, from its last event on.

What is kept, and why that is enough, is argued in the docstring of `atoz.testing.explorer`.
"""

from collections.abc import Hashable, Iterator
from datetime import datetime
from typing import NamedTuple

from atoz.lifecycle.refund_bearer import protected_order
from atoz.model.claim import Claim
from atoz.model.events import EVENT_CLASSES
from atoz.model.history import ORDER_FACTS
from atoz.model.marketplace import Marketplace
from atoz.planner.actions import Action, is_message
from atoz.planner.claim_facts import ClaimFacts, demands
from atoz.planner.condition_kinds import Condition
from atoz.planner.conditions import thresholds
from atoz.planner.policy import Policy
from atoz.planner.policy_steps import PolicyStep, RelativeTime
from atoz.planner.step_status import anchors, comes_again, free_to_write_at, instant_of, last_done
from atoz.rulebook.counted_history import CountedHistory
from atoz.rulebook.date_arithmetic import Unit
from atoz.rulebook.deadline_basis import deadline_rule, starts_of
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.deadlines import Deadline, DeadlineState
from atoz.rulebook.duties import is_duty, missed_duty
from atoz.rulebook.edition import Edition
from atoz.rulebook.edition_selection import editions_in_force
from atoz.testing.builders import FILED_TODAY
from atoz.testing.explorer.relevance import Entry, entries, grouped, still_relevant

_STATUS_CHANGES = frozenset(kind for kind, event_class in EVENT_CLASSES.items() if event_class.leads_to is not None)
_UNIQUE = frozenset({"filed", *ORDER_FACTS})
"""What happens to a claim once at most."""


class RunningDeadline(NamedTuple):
    """A deadline that waits for an answer, by one of its readings."""

    label: Hashable
    due_at: datetime | None
    due_no_later: datetime | None
    is_duty: bool
    """Whether missing it is held against the seller, if it has passed already."""


class ClaimAbstraction(NamedTuple):
    """What the plans of a claim depend on until something happens to it."""

    done: frozenset[str]
    """The steps that are done, by the planner's own rule."""
    relevant: tuple[str, ...]
    """The steps and warnings that can still apply."""
    fixed: Hashable
    """Everything else that does not depend on the time."""
    ranked: tuple[datetime, ...]
    """The instants of steps: their distance counts while they lie ahead, and after that only their order."""
    compared: tuple[datetime | None, ...]
    """Instants that the time of a later event is compared with: their distance counts while they lie ahead."""
    thresholds: tuple[datetime, ...]
    """Instants at which something changes by time alone; they hang on a deadline that runs."""
    running: tuple[RunningDeadline, ...]


class _Asked(NamedTuple):
    """What a set of entries asks, put together once."""

    steps: tuple[PolicyStep, ...]
    groups: tuple[tuple[Condition[object], tuple[object, ...]], ...]
    """Each condition that anything hangs on, and everything that is asked of it."""
    states: tuple[tuple[DeadlineName, tuple[DeadlineState, ...]], ...]
    """The states of deadlines that are asked for."""
    timed: frozenset[DeadlineName]
    """The deadlines whose distance is asked for, or that a step other than an answer is there to meet."""


class PolicyAbstraction:
    """What one policy depends on under one edition; in a marketplace, by every rule that is in force there besides."""

    def __init__(
        self,
        policy: Policy,
        edition: str | Edition,
        marketplace: str | None = None,
        others_moves: frozenset[str] = frozenset(),
    ) -> None:
        self.policy, self.edition, self.marketplace = policy, Edition.named(edition), marketplace
        self.editions = (self.edition,)
        self.others_moves = others_moves
        """Events by which a seller who follows another policy changes a status."""
        self._entries = entries(policy)
        self.by_weekday = any(_counts_business_days(policy, counting) for counting in self._counting())
        self._anchors = ("observed", *sorted({name for step in policy.steps for name in anchors(step)}))
        self._fitting: dict[Hashable, tuple[Claim, tuple[Entry, ...]]] = {}
        self._asked: dict[tuple[str, ...], _Asked] = {}
        self._renewals = {step.id: _Renewal(step, self.edition) for step in policy.steps}

    def _counting(self) -> tuple[Edition, ...]:
        """The editions that count: in a marketplace, those in force when its claims are filed besides."""
        if self.marketplace is None:
            return (self.edition,)
        zone = Marketplace.of(self.marketplace).zoneinfo
        in_force = editions_in_force(self.marketplace, FILED_TODAY.astimezone(zone).date())
        return (self.edition, *in_force)

    @property
    def pinned_only(self) -> bool:
        """Whether the edition alone counts."""
        return self.marketplace is None

    def facts(self, claim: Claim) -> ClaimFacts:
        """What a plan reads of a claim right after its last event."""
        return ClaimFacts.of(CountedHistory.of(claim, self.editions), claim.updated_at, pinned_only=self.pinned_only)

    def of_claim(self, claim: Claim) -> ClaimAbstraction:
        """What the plans of a claim depend on from its last event on."""
        return self.of_facts(self.facts(claim))

    def of_facts(self, facts: ClaimFacts) -> ClaimAbstraction:
        """The same, from facts that have been read already."""
        claim = facts.claim
        relevant = still_relevant(self._fitting_entries(facts), facts, self.others_moves)
        names = tuple(entry.id for entry in relevant)
        if names not in self._asked:
            self._asked[names] = _put_together(relevant)
        asked = self._asked[names]
        done = frozenset(step.id for step in self.policy.steps if last_done(step, facts))
        labels, ranked = self._instants(asked.steps, facts, done)
        fixed = (
            claim.status,
            tuple(name in facts.history.latest for name in self._anchors),
            tuple(condition.residue(values, facts) for condition, values in asked.groups),
            tuple(_stopped(deadline, asked, facts) for deadline in facts.deadlines),
            any(step.action is Action.REFUND_BUYER for step in asked.steps) and protected_order(claim),
            labels,
        )
        running = tuple(clock for deadline in facts.deadlines for clock in self._running(deadline, asked, facts))
        compared = tuple(condition.compared(facts) for condition, _ in asked.groups)
        turns = tuple(at for when in self.policy.conditions for at in thresholds(when, facts))
        return ClaimAbstraction(done, names, fixed, ranked, compared, turns, running)

    def _running(self, deadline: Deadline, asked: _Asked, facts: ClaimFacts) -> Iterator[RunningDeadline]:
        """Each clock that waits for an answer, in time or not.

        When the clock of a notice that asks for nothing ends decides no more than the times of steps, which are kept
        anyway, unless a plan looks at every reading.
        """
        history, observed = facts.history, deadline.started_by == "observed"
        if not deadline.readings and deadline.running:
            yield RunningDeadline((deadline.name, observed), deadline.due_at, deadline.due_no_later, is_duty=False)
        for reading in deadline.readings:
            if reading.runs:
                figure = (reading.edition, reading.figure)
                label = (
                    deadline.name,
                    figure,
                    reading.started_by == "observed",
                    reading.counts,
                    demands(reading, history),
                )
                idle = self.pinned_only and not (
                    reading.counts or demands(reading, history) or deadline.name in asked.timed
                )
                due_at = None if idle else reading.due_at
                yield RunningDeadline(
                    (*label, reading.due_at is None), due_at, reading.due_no_later, is_duty(history, deadline, reading)
                )

    def _fitting_entries(self, facts: ClaimFacts) -> tuple[Entry, ...]:
        """The entries whose conditions on the order and the reason hold: they never change during a claim."""
        claim = facts.claim
        about = (id(claim.order), claim.reason, claim.detail, claim.amount, claim.filed_at)
        if about not in self._fitting:  # the claim is kept, so that the id of its order stays its own
            self._fitting[about] = claim, tuple(entry for entry in self._entries if entry.fits(facts))
        return self._fitting[about][1]

    def _instants(
        self, steps: tuple[PolicyStep, ...], facts: ClaimFacts, done: frozenset[str]
    ) -> tuple[tuple[Hashable, ...], tuple[datetime, ...]]:
        """The start and the due time of each step, as far as they are not counted anew before it can come."""
        labels: list[Hashable] = []
        instants: list[datetime] = []
        beginning = facts.claim.history[0].at
        for step in steps:
            renewal = self._renewals[step.id]
            served = facts.deadline(step.serves) if step.serves else None
            for which, time in (("start", step.not_before), ("due", step.due)):
                unasked = step.action is Action.RESPOND_TO_AMAZON and not facts.answer_demanded
                if unasked and time and time.before is DeadlineName.ANSWER_AMAZON:
                    continue  # the question that asks for an answer starts the clock anew
                if renewal.comes_first(time, facts, done=step.id in done):
                    continue
                at = instant_of(time, facts) if time else beginning if which == "start" else None
                if at is None and which == "start" and served and served.started_by == "observed":
                    at = beginning  # as the planner does: what it counts from lies unseen
                if at is not None:
                    labels.append((step.id, which))
                    instants.append(at)
                firm = instant_of(time, facts, firm=True) if time else at
                if firm != at:  # what is overdue by it, if anything, is not what comes first
                    labels.append((step.id, f"firm {which}", firm is None))
                    instants += [firm] if firm else []
            if step.again:
                labels.append((step.id, "again"))
                instants.append(comes_again(step.again, facts, last_done(step, facts)))
        free_at = free_to_write_at(self.policy, facts) if any(is_message(step.action) for step in steps) else None
        if free_at is not None:
            labels.append("free to write")
            instants.append(free_at)
        return tuple(labels), tuple(instants)


class _Renewal:
    """What makes a step due again, and which of its times are counted anew by that."""

    def __init__(self, step: PolicyStep, edition: Edition) -> None:
        self.serves, self.status = step.serves, step.when.status
        restarts = frozenset(starts_of(edition, step.serves) if step.serves else ()) - _UNIQUE
        undone_by = restarts | (frozenset(anchors(step)) - _UNIQUE)
        renewed_by = {time: _renewed_by(time, edition) for time in (step.not_before, step.due)}
        self._once_undone = frozenset(time for time, kinds in renewed_by.items() if undone_by <= kinds)
        self._once_restarted = frozenset(time for time, kinds in renewed_by.items() if restarts <= kinds)

    def comes_first(self, time: RelativeTime | None, facts: ClaimFacts, *, done: bool) -> bool:
        """Whether a time is counted anew before the step can be due: what it is now decides nothing."""
        if done:
            return time in self._once_undone
        if self.serves and not facts.deadline(self.serves).running:
            return time in self._once_restarted
        here = self.status is None or facts.claim.status in self.status
        return not here and time is not None and time.after == "status_changed"


def _renewed_by(time: RelativeTime | None, edition: Edition) -> frozenset[str]:
    """The kinds of events that make a time count anew."""
    if time is None:
        return frozenset()
    if time.before is not None:
        return frozenset(starts_of(edition, time.before)) - _UNIQUE
    return {"status_changed": _STATUS_CHANGES | {"status_changed"}}.get(time.after or "", frozenset({time.after or ""}))


def _counts_business_days(policy: Policy, edition: Edition) -> bool:
    """Whether anything is counted in business days, so that the day of the week matters."""
    times = [time for step in policy.steps for time in (step.not_before, step.due) if time]
    rules = [rule for name in DeadlineName if (rule := deadline_rule(edition, name))]
    return Unit.BUSINESS_DAY in {
        policy.messages_apart.unit,
        *(time.unit for time in times),
        *(rule.unit for rule in rules),
    }


def _put_together(relevant: tuple[Entry, ...]) -> _Asked:
    changing = [row for entry in relevant for row in entry.changing]
    groups = tuple((group[0].condition, tuple(row.asked for row in group)) for group in grouped(changing))
    states = {item for entry in relevant for item in entry.row.when.deadlines.items()}
    steps = tuple(entry.row for entry in relevant if isinstance(entry.row, PolicyStep))
    timed = {name for entry in relevant for name in entry.row.when.hours_left_at_most}
    timed |= {step.serves for step in steps if step.serves and step.action is not Action.RESPOND_TO_AMAZON}
    return _Asked(steps, groups, tuple(sorted(states)), frozenset(timed))


def _stopped(deadline: Deadline, asked: _Asked, facts: ClaimFacts) -> Hashable:
    """What the clocks that stand still decide: the answers to what is asked of a deadline, and whether one can start.

    The buyer's first message is one: another starts nothing. While a clock of the deadline runs, that one decides what
    is asked of its state.
    """
    standing = facts.deadline(deadline.name)
    return (
        deadline.name,
        None
        if standing.running
        else tuple(standing.state in states for name, states in asked.states if name is deadline.name),
        deadline.started_by is None,
        tuple(
            (reading.started_by is None, missed_duty(facts.history, deadline, reading) is not None)
            for reading in deadline.readings
            if not reading.runs
        ),
    )
