"""What is behind a claim: what has happened, and what that leaves open for the steps of a policy."""

from atoz.model.claim import Claim
from atoz.model.history import History, Moment
from atoz.planner.actions import COMPLETED_BY
from atoz.planner.policy_steps import PolicyStep, RelativeTime
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.deadlines import Deadline, DeadlineState, deadline, deadline_rule, starts_of
from atoz.testing.explorer.relevance import is_evidence_for


class Past:
    """A claim's history, and its deadlines at its last event."""

    def __init__(self, claim: Claim) -> None:
        self.claim, self.history = claim, History.of(claim)
        self.latest = self.history.latest
        self._counted: dict[DeadlineName, Deadline] = {}

    def deadline(self, name: DeadlineName) -> Deadline:
        """A deadline at the last event."""
        if name not in self._counted:
            self._counted[name] = deadline(self.history, name, self.claim.updated_at)
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
            found.append(latest if latest.at == served.started_at else Moment(served.started_at, 0))
        since = max(found, default=None)
        return any(
            completion.matches(entry.event)
            and (since is None or (entry.event.at, entry.place) >= since)
            and (step.when.status is None or entry.before in step.when.status)
            and is_evidence_for(entry.event, step)
            for entry in self.history.entries
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
        delivered = self.claim.order.delivered_at
        return delivered is not None and delivered > self.history.decision.event.at

    def cannot_arrive_late(self, step: PolicyStep) -> bool:
        """Whether no delivery can lie after the decision any more: another decision would come later still."""
        delivered = self.claim.order.delivered_at
        here = step.when.status is None or self.claim.status in step.when.status
        decided = self.history.decision.event.at if here else self.claim.updated_at
        return delivered is None or delivered <= decided

    def over(self, name: DeadlineName, states: tuple[DeadlineState, ...]) -> bool:
        """Whether a deadline that has to be open never will be again: it starts with the first contact alone."""
        rule, found = deadline_rule(self.claim.edition, name), self.deadline(name)
        once = rule is not None and rule.starts_with == ("first_contact_at",)
        return once and found.state is not DeadlineState.OPEN and found.state not in states
