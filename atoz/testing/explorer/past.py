"""What is behind a claim: what has happened, and what that leaves open for the steps of a policy."""

from datetime import datetime

from atoz.model.claim import Claim
from atoz.model.events import EvidenceAdded, status_after
from atoz.model.status import ClaimStatus
from atoz.planner.actions import COMPLETED_BY
from atoz.planner.policy import PolicyStep, RelativeTime
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.deadlines import Deadline, DeadlineState, deadline, deadline_rule, starts_of
from atoz.testing.explorer.relevance import is_evidence_for


class Past:
    """A claim's history, and its deadlines at its last event."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.latest: dict[str, tuple[datetime, int]] = {}
        """When the latest event of each kind happened, and its place; `status_changed` stands beside them."""
        self.met: list[ClaimStatus | None] = []
        """The status that each event met."""
        self.evidence: set[str] = set()
        self.totals: dict[str, int] = {}
        """How many events of each kind there are."""
        self._counted: dict[DeadlineName, Deadline] = {}
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

    def deadline(self, name: DeadlineName) -> Deadline:
        """A deadline at the last event."""
        if name not in self._counted:
            self._counted[name] = deadline(self.claim, name, self.claim.updated_at)
        return self._counted[name]

    def done(self, step: PolicyStep) -> bool:
        """Whether the step is done since what it counts from; the planner's own rule, told by places alone."""
        completion = COMPLETED_BY[step.action]
        if completion is None or completion.kind not in self.latest:
            return False
        names = [moment.after for moment in (step.not_before, step.due) if moment and moment.after]
        if any(name not in self.latest for name in names):
            return False
        found = [self.latest[name] for name in names]
        served = self.deadline(step.serves) if step.serves else None
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

    def stopped(self, step: PolicyStep) -> bool:
        """Whether a step can come only once the deadline that it serves has started again."""
        return step.serves is not None and not self.deadline(step.serves).running

    def restarts(self, step: PolicyStep, moment: RelativeTime) -> bool:
        """Whether a moment counts anew once the step's deadline has started again."""
        if moment.before is not None or step.serves is None:
            return moment.before is step.serves
        later = set(starts_of(self.claim.edition, step.serves)) - {"filed", "first_contact_at"}  # those are once
        return later <= {moment.after}

    def arrived_late(self) -> bool:
        """Whether the delivery lies after the decision."""
        delivered, decided = self.claim.order.delivered_at, self.latest.get("status_changed")
        return delivered is not None and decided is not None and delivered > decided[0]

    def cannot_arrive_late(self, step: PolicyStep) -> bool:
        """Whether no delivery can lie after the decision any more: another decision would come later still."""
        delivered = self.claim.order.delivered_at
        here = step.when.status is None or self.claim.status in step.when.status
        decided = self.latest["status_changed"][0] if here else self.claim.updated_at
        return delivered is None or delivered <= decided

    def over(self, name: DeadlineName, states: tuple[DeadlineState, ...]) -> bool:
        """Whether a deadline that has to be open never will be again: it starts with the first contact alone."""
        rule, found = deadline_rule(self.claim.edition, name), self.deadline(name)
        once = rule is not None and rule.starts_with == ("first_contact_at",)
        return once and found.state is not DeadlineState.OPEN and found.state not in states
