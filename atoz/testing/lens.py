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
from atoz.planner.when import When, facts_of
from atoz.rulebook.clock import DeadlineName
from atoz.rulebook.count import Unit, add_to_instant
from atoz.rulebook.deadlines import Deadline, deadline, deadline_rule, deadlines
from atoz.testing.invariants import protected_order

AFTER = timedelta(minutes=1)
"""How long after a deadline it is looked at again: at the due instant it is still met."""


class View(NamedTuple):
    """A claim at an instant, seen through a lens."""

    key: Hashable
    next_at: datetime | None
    """The next instant at or around an edge; none once nothing is ahead."""


class Lens:
    """What one policy can tell apart under one edition."""

    def __init__(self, policy: Policy, edition: str) -> None:
        self.policy, self.edition = policy, edition
        self._seen = {status: _Seen(policy, status) for status in ClaimStatus}
        self._fixed = [(each, of_facts(each.when)) for each in (*policy.steps, *policy.avoid)]
        self._fitting: dict[Hashable, frozenset[str]] = {}
        self._kept: list[Order] = []
        self.by_weekday = _by_weekday(policy, edition)

    def view(self, claim: Claim, now: datetime) -> View:
        """What the policy sees of a claim at an instant."""
        return _Look(self, self._seen[claim.status], claim, now).view()


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
        avoided = [each for each in policy.avoid if each.when.status is None or ahead & set(each.when.status)]
        self.avoided = [each.id for each in avoided if each.action]
        whens = [each.when for each in (*self.steps, *avoided)]
        self.deadlines = tuple(DeadlineName) if ClaimStatus.UNDER_REVIEW in ahead else _named(self.steps)
        self.appeals_ahead = _appeals_ahead(status)
        self.told = _named(self.steps)
        self.hours = {
            name: sorted({when.hours_left_at_most[name] for when in whens if name in when.hours_left_at_most})
            for name in self.deadlines
        }
        self.counts = _counts(whens)
        self.evidence = frozenset(
            name for when in whens for name in (*(when.evidence_held or ()), *(when.evidence_lacking or ()))
        )
        self.messages = any(step.action.value in _MESSAGES for step in self.steps)


class _Look:
    """One look at one claim: what is recent enough to matter, and the edges that lie ahead."""

    def __init__(self, lens: Lens, seen: _Seen, claim: Claim, now: datetime) -> None:
        self.lens, self.seen, self.claim, self.now = lens, seen, claim, now
        self.zone = claim.order.zone
        self.fitting = lens.fitting(claim)
        self.edges: list[datetime] = []
        self.latest: dict[str, tuple[datetime, int]] = {}
        self.met: list[ClaimStatus | None] = []
        self.evidence: set[str] = set()
        self.totals: dict[str, int] = {}
        self.counted: dict[DeadlineName, Deadline] = {}
        self._read()

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

    def view(self) -> View:
        """The key, and the next instant around an edge."""
        self.alive = [step for step in self.seen.steps if self._may_come(step)]
        self.moments = _moments(self.alive)
        refunds = any(step.action is Action.REFUND_BUYER for step in self.alive)
        key = (
            self.claim.status,
            tuple(step.id for step in self.alive),
            tuple(name in self.fitting for name in self.seen.avoided),
            refunds and protected_order(self.claim),
            tuple(self._deadlines()),
            tuple(self._recent()),
            self._last_message(),
            tuple(self._done(step) for step in self.seen.steps),
            tuple(min(self.totals.get(kind, 0), most) for kind, most in self.seen.counts.items()),
            frozenset(self.evidence & self.seen.evidence),
            self._local() if self.lens.by_weekday else None,
        )
        return View(key, min((at for at in self.edges if at > self.now), default=None))

    def _ahead(self, at: datetime) -> float | None:
        """How far ahead an edge lies; none once it is past."""
        if at < self.now:
            return None
        self.edges.append(at)
        return (at - self.now).total_seconds()

    def _deadline(self, name: DeadlineName) -> Deadline:
        if name not in self.counted:
            self.counted[name] = deadline(self.claim, name, self.now)
        return self.counted[name]

    def _may_come(self, step: PolicyStep) -> bool:
        """Whether a step can still apply: what it asks of the facts holds, and what only grows is not too large yet."""
        when, count = step.when, self.totals.get
        appeals = min((self.seen.appeals_ahead[each] for each in when.status or () if each in self.seen.appeals_ahead), default=0)
        return (
            step.id in self.fitting
            and (when.appeals_at_most is None or count("seller_appealed", 0) + appeals <= when.appeals_at_most)
            and (when.messages_at_most is None or count("seller_messaged", 0) <= when.messages_at_most)
            and (when.asked_by_amazon is not False or not count("information_requested"))
            and (when.buyer_wrote is not False or not count("buyer_messaged"))
            and (when.evidence_lacking is None or self.evidence.isdisjoint(when.evidence_lacking))
        )

    def _deadlines(self) -> Iterator[Hashable]:
        """Where each deadline stands, and how far ahead it is while its clock runs or something counts back from it."""
        for name in self.seen.deadlines:
            found = self._deadline(name)
            if found.due_at is None and name is DeadlineName.ANSWER_BUYER and name not in self.seen.told:
                yield None  # nobody's turn hangs on it
                continue
            back = [each for each in self.moments if each.before is name]
            left = None
            if found.due_at and (found.time_left is not None or back):
                left = self._ahead(found.due_at)
                self._ahead(found.due_at + AFTER)
                for moment in back:
                    self._ahead(add_to_instant(found.due_at, -moment.value, moment.unit, self.zone))
                for hours in self.seen.hours[name]:
                    self._ahead(found.due_at - timedelta(hours=hours))
            yield (found.state, found.started_by is None, found.ended_at is None, found.time_left is None, left)

    def _recent(self) -> Iterator[Hashable]:
        """Each thing that moments count from: how long ago it was, while one of those moments is not long past."""
        for name, moments in _anchors(self.moments).items():
            if name not in self.latest:
                yield name, None
                continue
            at = self.latest[name][0]
            ahead = [self._ahead(add_to_instant(at, each.value, each.unit, self.zone)) for each in moments]
            yield name, (self.now - at).total_seconds() if any(each is not None for each in ahead) else "past"

    def _last_message(self) -> float | None:
        if not self.seen.messages or "seller_messaged" not in self.latest:
            return None
        apart = self.lens.policy.messages_apart
        at = self.latest["seller_messaged"][0]
        return self._ahead(add_to_instant(at, apart.value, apart.unit, self.zone))

    def _done(self, step: PolicyStep) -> bool:
        """Whether the step is done since what it counts from; the planner's own rule, told by places alone."""
        completion = COMPLETED_BY[step.action]
        if completion is None or completion.kind not in self.latest:
            return False
        names = [moment.after for moment in (step.not_before, step.due) if moment and moment.after]
        found = [self.latest[name] for name in names if name in self.latest]
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

    def _local(self) -> tuple[int, str]:
        local = self.now.astimezone(self.zone)
        return local.weekday(), local.strftime("%H:%M:%S")


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


def _anchors(moments: list[Span]) -> dict[str, list[Span]]:
    """The moments that count from each event."""
    found: dict[str, list[Span]] = {}
    for moment in moments:
        if moment.after:
            found.setdefault(moment.after, []).append(moment)
    return found


def _named(steps: tuple[PolicyStep, ...]) -> tuple[DeadlineName, ...]:
    """The deadlines that these steps speak of."""
    names = {name for step in steps for name in (step.serves, *step.when.deadlines, *step.when.hours_left_at_most)}
    names |= {moment.before for moment in _moments(steps)}
    return tuple(name for name in DeadlineName if name in names)


def _counts(whens: list[When]) -> dict[str, int]:
    """The kinds of events that are counted, and from how many on it no longer matters."""
    found: dict[str, int] = {}
    for when in whens:
        for kind, most in (
            ("seller_messaged", max(when.messages_at_least or 0, _over(when.messages_at_most))),
            ("seller_appealed", max(when.appeals_at_least or 0, _over(when.appeals_at_most))),
            ("information_requested", int(when.asked_by_amazon is not None)),
            ("buyer_messaged", int(when.buyer_wrote is not None)),
        ):
            found[kind] = max(found.get(kind, 0), most)
    return found


def _over(most: int | None) -> int:
    return 0 if most is None else most + 1


def _by_weekday(policy: Policy, edition: str) -> bool:
    """Whether anything is counted in business days, so that the day of the week matters."""
    spans = [policy.messages_apart, *_moments(policy.steps)]
    rules = [rule for name in DeadlineName if (rule := deadline_rule(edition, name))]
    return any(each.unit is Unit.BUSINESS_DAY for each in (*spans, *rules))
