"""What a policy can tell apart: two claims that look the same through this lens have the same plans from now on.

Exploring merges them. Instants count only by their distance from now, and only while something still counts from them.
"""

from collections.abc import Hashable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from atoz.lifecycle.table import TABLE
from atoz.model.claim import Claim
from atoz.model.events import EvidenceAdded, SellerMessaged, status_after
from atoz.model.order import Order
from atoz.model.status import ClaimStatus
from atoz.planner.action import COMPLETED_BY, Action
from atoz.planner.policy import Moment as Span
from atoz.planner.policy import Policy, PolicyStep
from atoz.planner.policy import Span as Length
from atoz.planner.when import When, facts_of
from atoz.rulebook.clock import DeadlineName, clock
from atoz.rulebook.count import Unit, add_to_instant
from atoz.rulebook.deadlines import Deadline, DeadlineState, deadline, deadline_rule, deadlines
from atoz.testing.invariants import is_duty, protected_order

AFTER = timedelta(minutes=1)
"""How long after a deadline it is looked at again: at the due instant it is still met."""


class View(NamedTuple):
    """A claim at an instant, seen through a lens."""

    key: Hashable
    next_at: datetime | None
    """The next instant at which something changes; none once nothing is ahead."""


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


class Lens:
    """What one policy can tell apart under one edition."""

    def __init__(self, policy: Policy, edition: str) -> None:
        self.policy, self.edition = policy, edition
        self._seen = {status: _Seen(policy, status) for status in ClaimStatus}
        self._fixed = [(each, of_facts(each.when)) for each in (*policy.steps, *policy.avoid)]
        self._fitting: dict[Hashable, frozenset[str]] = {}
        self._kept: list[Order] = []
        self._kinds = _kinds(policy, edition)
        self.by_weekday = _by_weekday(policy, edition)

    def profile(self, claim: Claim) -> Profile:
        """What the policy sees of a claim, until something happens to it."""
        return _Look(self, self._seen[claim.status], claim).profile()

    def view(self, profile: Profile, claim: Claim, now: datetime) -> View:
        """What the policy sees at an instant: distances from now, and only to what lies ahead."""
        ahead: list[datetime] = []
        recent: list[Hashable] = []
        for name, at, edges in profile.anchors:
            still = [edge for edge in edges if edge >= now]
            ahead += still
            recent.append((name, (now - at).total_seconds() if still else None))
        deadlines_now: list[Hashable] = []
        for due_at, until, after in profile.running:
            deadlines_now.append((until, (due_at - now).total_seconds()) if now <= due_at else after)
            ahead += [due_at, due_at + AFTER]
        day = now.astimezone(claim.order.zone).strftime("%w %H:%M:%S") if self.by_weekday else None
        key = (profile.fixed, tuple(recent), tuple(deadlines_now), day)
        return View(key, min((at for at in ahead if at > now), default=None))

    def sees(self, kind: str) -> bool:
        """Whether anything hangs on a plain event of this kind."""
        return kind in self._kinds

    def fitting(self, claim: Claim) -> frozenset[str]:
        """The steps and entries whose conditions on the order and the reason hold: they never change during a claim."""
        about = (id(claim.order), claim.reason, claim.detail, claim.amount)
        if about not in self._fitting:
            facts = facts_of(claim, claim.updated_at, deadlines(claim, claim.updated_at))
            self._fitting[about] = frozenset(each.id for each, when in self._fixed if when.fits(facts))
            self._kept.append(claim.order)  # so that its id stays its own
        return self._fitting[about]


class _Seen:
    """What the steps for a status, and for every status after it, look at."""

    def __init__(self, policy: Policy, status: ClaimStatus) -> None:
        ahead = _ahead(status)
        self.steps = _with_their_firsts(policy, ahead)
        self.avoided = [each for each in policy.avoid if each.when.status is None or ahead & set(each.when.status)]
        self.deadlines = tuple(DeadlineName) if ClaimStatus.UNDER_REVIEW in ahead else _named(self.steps)
        self.appeals_ahead = _appeals_ahead(status)


class _Look:
    """One look at one claim: what can still come, and what it counts from."""

    def __init__(self, lens: Lens, seen: _Seen, claim: Claim) -> None:
        self.lens, self.seen, self.claim = lens, seen, claim
        self.zone, self.fitting = claim.order.zone, lens.fitting(claim)
        self.latest: dict[str, tuple[datetime, int]] = {}
        self.met: list[ClaimStatus | None] = []
        self.evidence: set[str] = set()
        self.totals: dict[str, int] = {}
        self._read()
        self._counted: dict[DeadlineName, Deadline] = {}
        self.alive = [step for step in seen.steps if self._may_come(step)]
        self.whens = [each.when for each in (*self.alive, *(row for row in seen.avoided if row.id in self.fitting))]
        self.moments = _moments(self.alive)

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
        wanted = {name for step in self.alive for name in step.after} | {step.id for step in self.alive}
        done = {step.id: self._done(step) for step in self.seen.steps}
        looked_at = {name for when in self.whens for name in (*(when.evidence_held or ()), *(when.evidence_lacking or ()))}
        refunds = any(step.action is Action.REFUND_BUYER for step in self.alive)
        standing = [each for each in self._deadlines() if each is not None]
        fixed = (
            self.claim.status,
            tuple(step.id for step in self.alive),
            tuple(row.id for row in self.seen.avoided if row.id in self.fitting and row.action),
            refunds and protected_order(self.claim),
            tuple(done[name] for name in sorted(wanted)),
            any(done.values()),
            tuple(min(self.totals.get(kind, 0), most) for kind, most in _counts(self.whens).items()),
            frozenset(self.evidence & looked_at),
            any(when.delivered_after_decision is not None for when in self.whens) and self._arrived_late(),
            tuple(each for each in standing if not isinstance(each, _Running)),
        )
        running = tuple((each.due_at, each.until, each.after) for each in standing if isinstance(each, _Running))
        return Profile(fixed, tuple(self._anchors()), running)

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
            and (when.appeals_at_most is None or count("seller_appealed", 0) + min(ways, default=0) <= when.appeals_at_most)
            and (when.messages_at_most is None or count("seller_messaged", 0) <= when.messages_at_most)
            and (when.asked_by_amazon is not False or not count("information_requested"))
            and (when.buyer_wrote is not False or not count("buyer_messaged"))
            and (when.evidence_lacking is None or self.evidence.isdisjoint(when.evidence_lacking))
            and not any(self._over(name, states) for name, states in when.deadlines.items())
        )

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
                DeadlineName.ANSWER_BUYER: state is DeadlineState.OPEN,
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
            yield Anchor(name, self.latest[name][0], tuple(self._edge(self.latest[name][0], each, 1) for each in moments))
        named = {each.before for each in self.moments} | {name for when in self.whens for name in when.hours_left_at_most}
        for name in sorted(name for name in named if name):
            found = self._deadline(name)
            back = tuple(self._edge(found.due_at, each, -1) for each in self.moments if each.before is name and found.due_at)
            hours = {when.hours_left_at_most[name] for when in self.whens if name in when.hours_left_at_most}
            sooner = tuple(found.due_at - timedelta(hours=each) for each in sorted(hours) if found.due_at)
            if found.due_at and (back or sooner):
                yield Anchor(f"before {name}", found.due_at, (*back, *sooner))
        if "seller_messaged" in self.latest and any(step.action.value in _MESSAGES for step in self.alive):
            last = self.latest["seller_messaged"][0]
            yield Anchor("cadence", last, (self._edge(last, self.lens.policy.messages_apart, 1),))

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
            and _is_evidence_for(event, step)
            for place, event in enumerate(self.claim.history)
        )


class _Running(NamedTuple):
    """A deadline that runs."""

    name: DeadlineName
    due_at: datetime
    until: Hashable
    after: Hashable


_MESSAGES = frozenset(
    action.value for action, done in COMPLETED_BY.items() if done and done.kind == SellerMessaged.model_fields["kind"].default
)


def of_facts(when: When) -> When:
    """What a condition asks of the order and the reason: what never changes during a claim."""
    return When().model_copy(update={name: getattr(when, name) for name in _OF_FACTS})


_OF_FACTS = (
    "reason",
    "detail",
    "fulfilment",
    "claims_protected",
    "delivered",
    "amount_at_least",
    "amount_at_most",
    "window",
)


def _is_evidence_for(event: object, step: PolicyStep) -> bool:
    wanted = step.when.evidence_lacking
    if step.action is not Action.COLLECT_EVIDENCE or wanted is None:
        return True
    return isinstance(event, EvidenceAdded) and event.evidence in wanted


def _ahead(status: ClaimStatus) -> frozenset[ClaimStatus]:
    """A status and every status that can follow."""
    found = {status}
    while more := {row.target for row in TABLE if row.source in found} - found:
        found |= more
    return frozenset(found)


def _appeals_ahead(status: ClaimStatus) -> dict[ClaimStatus, int]:
    """For each status that can follow, the fewest appeals of the seller's on the way."""
    found = {status: 0}
    while more := {
        row.target: found[row.source] + (row.event == "seller_appealed")
        for row in TABLE
        if row.source in found and row.target not in found
    }:
        found |= more
    return found


def _with_their_firsts(policy: Policy, statuses: frozenset[ClaimStatus]) -> tuple[PolicyStep, ...]:
    """The steps for these statuses, and every step that has to be done before one of them."""
    names = {step.id for step in policy.steps if step.when.status is None or statuses & set(step.when.status)}
    while more := {name for step in policy.steps if step.id in names for name in step.after} - names:
        names |= more
    return tuple(step for step in policy.steps if step.id in names)


def _moments(steps: Sequence[PolicyStep]) -> list[Span]:
    return [moment for step in steps for moment in (step.not_before, step.due) if moment]


def _named(steps: tuple[PolicyStep, ...]) -> tuple[DeadlineName, ...]:
    """The deadlines that these steps speak of."""
    names = {name for step in steps for name in (step.serves, *step.when.deadlines, *step.when.hours_left_at_most)}
    names |= {moment.before for moment in _moments(steps)}
    return tuple(name for name in DeadlineName if name in names)


def _counts(whens: list[When]) -> dict[str, int]:
    """The kinds of events that are counted, and from how many on it no longer matters."""
    found = {"seller_messaged": 0, "seller_appealed": 0, "information_requested": 0, "buyer_messaged": 0}
    for when in whens:
        found["seller_messaged"] = max(found["seller_messaged"], when.messages_at_least or 0, _over(when.messages_at_most))
        found["seller_appealed"] = max(found["seller_appealed"], when.appeals_at_least or 0, _over(when.appeals_at_most))
        found["information_requested"] |= when.asked_by_amazon is not None
        found["buyer_messaged"] |= when.buyer_wrote is not None
    return found


def _over(most: int | None) -> int:
    return 0 if most is None else most + 1


def _kinds(policy: Policy, edition: str) -> frozenset[str]:
    """The kinds of events that start a clock, or that a step counts from or asks about."""
    rules = [rule for name in DeadlineName if (rule := deadline_rule(edition, name))]
    clocks = {kind for rule in rules for kind in rule.starts_with}
    unruled = {kind for name in _named(policy.steps) if not deadline_rule(edition, name) for kind in clock(name).starts_with}
    asked = {"buyer_messaged"} if any(each.when.buyer_wrote is not None for each in (*policy.steps, *policy.avoid)) else set()
    return frozenset({moment.after for moment in _moments(policy.steps) if moment.after} | clocks | unruled | asked)


def _by_weekday(policy: Policy, edition: str) -> bool:
    """Whether anything is counted in business days, so that the day of the week matters."""
    spans = [policy.messages_apart, *_moments(policy.steps)]
    rules = [rule for name in DeadlineName if (rule := deadline_rule(edition, name))]
    return any(each.unit is Unit.BUSINESS_DAY for each in (*spans, *rules))
