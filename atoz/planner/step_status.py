"""Where one step of a policy stands for one claim: now, later, done, missed, or not for this claim."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from atoz.errors import Refusal
from atoz.lifecycle.guards import why_not
from atoz.model.enums import LabelledEnum
from atoz.model.events import EVENT_CLASSES, AnyEvent
from atoz.model.history import Moment
from atoz.model.status import ClaimStatus
from atoz.planner.actions import COMPLETED_BY, Action, is_message
from atoz.planner.claim_facts import ClaimFacts, DeadlineOutlook
from atoz.planner.policy import Policy
from atoz.planner.policy_steps import Duration, PolicyStep, RelativeTime
from atoz.planner.ready_policy import ReadyStep, TimedCondition
from atoz.rulebook.date_arithmetic import add_to_instant
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.deadlines import Deadline, DeadlineState


class ActionState(LabelledEnum, package="atoz.planner", prefix="state_"):
    """Where a step stands."""

    NOW = "now"
    LATER = "later"
    DONE = "done"
    MISSED = "missed"


class StepStatus(NamedTuple):
    """One step for one claim at one instant."""

    step: PolicyStep
    state: ActionState
    at: datetime | None = None
    """When it was done, or from when it is to be done."""
    due_at: datetime | None = None
    waits_for: tuple[str, ...] = ()
    overdue: bool = False
    """It can still be done, but the policy's own time, or one that a source states, is over."""


def step_statuses(
    policy: Policy, steps: Iterable[ReadyStep], facts: ClaimFacts, held_back: frozenset[Action]
) -> list[StepStatus]:
    """Every step that concerns the claim, in the order of the policy; `held_back` actions are not recommended.

    `steps` are those of the policy that may concern a claim in its status and for its reason.
    """
    by_id: dict[str, StepStatus] = {}
    latest = facts.history.latest
    for ready in steps:
        may_be_done = ready.completed_by in latest
        if not (may_be_done or ready.is_possible):
            continue
        step = ready.step
        status = _step_status(ready, last_done(step, facts) if may_be_done else None, facts, by_id)
        if status and (status.state is ActionState.DONE or step.action not in held_back):
            by_id[step.id] = status
    return _keep_cadence(policy, facts, list(by_id.values()))


def _step_status(
    ready: ReadyStep, done: Moment | None, facts: ClaimFacts, before: dict[str, StepStatus]
) -> StepStatus | None:
    step = ready.step
    applies = (done is None or step.again is not None) and ready.applies(facts) and _is_asked_for(step, facts)
    if not applies:
        return None if done is None else StepStatus(step, ActionState.DONE, done.at)
    again = comes_again(step.again, facts, done) if step.again else None
    if done is not None and again is not None:
        return StepStatus(step, ActionState.LATER if again > facts.now else ActionState.NOW, again, again)
    served = facts.deadline(step.serves) if step.serves else None
    if served and not served.running:
        return None
    start = _start(step, served, facts)
    if start is None:
        return None
    return _undone(step, None if served and served.changes_nothing else served, facts, start, before, again)


def _start(step: PolicyStep, served: DeadlineOutlook | None, facts: ClaimFacts) -> datetime | None:
    """From when a step is to be done; none while what it counts from has not happened."""
    beginning = facts.claim.history[0].at
    start = instant_of(step.not_before, facts) if step.not_before else beginning
    unseen = start is None and served is not None and served.started_by == "observed"
    return beginning if unseen else start  # what it counts from lies unseen, and the clock is running: at once


def _undone(
    step: PolicyStep,
    served: DeadlineOutlook | None,
    facts: ClaimFacts,
    start: datetime,
    before: dict[str, StepStatus],
    again: datetime | None,
) -> StepStatus | None:
    """A step that was never done: missed, or still to be done; none for `served` where missing it is history."""
    due_at = _due(step, served, facts) or again
    lost = served is not None and served.state is DeadlineState.MISSED and not served.may_still_help
    if lost or _too_late(step, facts):
        return StepStatus(step, ActionState.MISSED, None, due_at)
    status = _open(step, facts, start if due_at is None else min(start, due_at), due_at, before)
    if status is None or status.state is not ActionState.NOW or due_at is None or facts.now <= due_at:
        return status
    stated = firm_due_at(step, facts)
    return status._replace(overdue=stated is not None and facts.now > stated)


def _due(step: PolicyStep, served: DeadlineOutlook | None, facts: ClaimFacts, *, firm: bool = False) -> datetime | None:
    """By when a step is to be done: the policy's own time or the deadline's, whichever comes first.

    The `firm` one leaves out what rests on soft and borrowed clocks: they order lists, but nothing is overdue by them.
    """
    own = instant_of(step.due, facts, firm=firm) if step.due and not (served is None and step.serves) else None
    ends = (own, (served.firm_due_at if firm else served.due_at) if served else None)
    return min(filter(None, ends), default=None)


def firm_due_at(step: PolicyStep, facts: ClaimFacts) -> datetime | None:
    """By when a step is to be done: after it, and only then, it is overdue; none if nothing firm sets an end."""
    served = facts.deadline(step.serves) if step.serves else None
    return _due(step, None if served and served.changes_nothing else served, facts, firm=True)


def comes_again(again: Duration, facts: ClaimFacts, done: Moment | None) -> datetime:
    """When a step that comes again is next to be done: so long after it was done, or after the claim began."""
    begun = done.at if done else facts.claim.history[0].at
    return add_to_instant(begun, again.value, again.unit, facts.claim.order.zone)


def _is_asked_for(step: PolicyStep, facts: ClaimFacts) -> bool:
    """Whether Amazon's clock asks for this: an answer where it waits for one, else a look whether it has asked."""
    if step.action is Action.CHECK_FOR_QUESTION:
        open_still = facts.claim.status is ClaimStatus.UNDER_REVIEW
        return open_still and not (facts.answer_demanded or facts.notice_starts_clock)
    if step.action is Action.RESPOND_TO_AMAZON and step.serves is DeadlineName.ANSWER_AMAZON:
        return facts.answer_demanded
    return True


def _open(
    step: PolicyStep, facts: ClaimFacts, start: datetime, due_at: datetime | None, before: dict[str, StepStatus]
) -> StepStatus | None:
    """A step that is still to be done: now or later, unless the machine refuses what would complete it."""
    waits = tuple(name for name in step.after if name not in before or before[name].state is not ActionState.DONE)
    if step.serves and due_at and facts.now >= due_at:
        waits = ()  # a deadline presses: it waits for nothing any more
    if any(name not in before for name in waits) or _refusal(step, facts, max(start, facts.now)):
        return None
    state = ActionState.LATER if waits or start > facts.now else ActionState.NOW
    return StepStatus(step, state, start, due_at, waits)


def last_done(step: PolicyStep, facts: ClaimFacts) -> Moment | None:
    """When a step was last done, and where; none if it is not done. This is the one rule for it.

    A step is done by the event that completes its action, in one of the step's statuses, not before what the step
    belongs to (`_belongs_to`), and only for a reason that it is for. What it counts from must have happened; only
    where a status was observed may it lie unseen. Evidence completes the steps that ask for it.
    """
    completion, latest = COMPLETED_BY[step.action], facts.history.latest
    if completion is None or completion.kind not in latest or not _is_about(step, facts):
        return None
    if any(name not in latest for name in anchors(step)) and "observed" not in latest:
        return None
    since = _belongs_to(step, facts)
    return next(
        (
            Moment(entry.event.at, entry.place)
            for entry in reversed(facts.history.entries)
            if (entry.event.at, entry.place) >= since
            and completion.matches(entry.event)
            and (step.when.status is None or entry.before in step.when.status)
            and _is_evidence_for(entry.event, step)
        ),
        None,
    )


def _is_about(step: PolicyStep, facts: ClaimFacts) -> bool:
    """Whether a step is for the claim's reason and detail; a step for another one is not done by the same event."""
    when, claim = step.when, facts.claim
    return (
        (when.reason is None or claim.reason in when.reason)
        and (when.detail is None or claim.detail in when.detail)
        and (when.detail_not is None or claim.detail not in when.detail_not)
    )


def _is_evidence_for(event: AnyEvent, step: PolicyStep) -> bool:
    """Whether an event is evidence that a step asks for; any event is, for a step that collects none."""
    wanted = step.when.evidence_lacking if step.action is Action.COLLECT_EVIDENCE else None
    return wanted is None or getattr(event, "evidence", None) in wanted


def _belongs_to(step: PolicyStep, facts: ClaimFacts) -> Moment:
    """What a step has to follow: the latest of what its times count from and what started the deadline that it serves.

    The place decides between events of one instant: an answer given before the question does not answer it.
    """
    latest = facts.history.latest
    moments = [latest[name] for name in anchors(step) if name in latest]
    served = facts.deadline(step.serves) if step.serves else None
    if served and served.started_at:
        moments.append(Moment(served.started_at, _place_of_start(served, facts)))
    return max(moments, default=Moment(facts.claim.history[0].at, 0))


def _place_of_start(served: DeadlineOutlook, facts: ClaimFacts) -> int:
    """Where the event stands that started a deadline; before everything, if a fact of the order did.

    Of several such events at one instant it is the last, which starts the clock anew; but the buyer's first message
    starts it, and the next ones do not.
    """
    entries = facts.history.entries
    return next(
        (
            entry.place
            for entry in (entries if served.started_by == "buyer_messaged" else reversed(entries))
            if entry.event.kind == served.started_by and entry.event.at == served.started_at
        ),
        -1,
    )


def anchors(step: PolicyStep) -> list[str]:
    """What a step's times count from: kinds of events, `status_changed` or a fact of the order."""
    return [time.after for time in (step.not_before, step.due) if time and time.after]


def instant_of(time: RelativeTime, facts: ClaimFacts, *, firm: bool = False) -> datetime | None:
    """The instant that a relative time means for this claim; none if what it counts from has not happened.

    Counted back from a deadline it is never earlier than the start of the deadline's clock: a question that leaves
    less time than the policy wants in hand is due at once, and was not due before it was asked.
    """
    zone = facts.claim.order.zone
    if time.before is not None:
        deadline = facts.deadline(time.before)
        due_at = deadline.firm_due_at if firm else deadline.due_at
        if due_at is None:
            return None
        early = add_to_instant(due_at, -time.value, time.unit, zone)
        return max(early, deadline.started_at) if deadline.started_at else early
    start = facts.history.latest.get(time.after or "")
    return None if start is None else add_to_instant(start.at, time.value, time.unit, zone)


def _refusal(step: PolicyStep, facts: ClaimFacts, at: datetime) -> Refusal | None:
    """What the state machine says to the event that completes the step."""
    completion = COMPLETED_BY[step.action]
    if completion is None or EVENT_CLASSES[completion.kind].leads_to is None:
        return None
    return why_not(facts.history, completion.kind, max(at, facts.claim.updated_at), machine=facts.machine)


def _too_late(step: PolicyStep, facts: ClaimFacts) -> bool:
    refusal = _refusal(step, facts, facts.now)
    return refusal is not None and refusal.code == "too_late"


def free_to_write_at(policy: Policy, facts: ClaimFacts) -> datetime | None:
    """From when on the cadence allows another message to the buyer; none if none was sent."""
    apart, last = policy.messages_apart, facts.history.latest.get("seller_messaged")
    return add_to_instant(last.at, apart.value, apart.unit, facts.claim.order.zone) if last else None


def _keep_cadence(policy: Policy, facts: ClaimFacts, statuses: list[StepStatus]) -> list[StepStatus]:
    """Messages to the buyer keep their distance: from the last one sent, and one at a time."""
    free_at = free_to_write_at(policy, facts)
    kept: list[StepStatus] = []
    first: str | None = None
    for status in statuses:
        if status.state not in (ActionState.NOW, ActionState.LATER) or not is_message(status.step.action):
            kept.append(status)
            continue
        spaced = _spaced(status, free_at, facts.now)
        if spaced.state is ActionState.NOW and first is not None:
            spaced = spaced._replace(state=ActionState.LATER, waits_for=(*spaced.waits_for, first))
        elif spaced.state is ActionState.NOW:
            first = spaced.step.id
        kept.append(spaced)
    return kept


def _spaced(status: StepStatus, free_at: datetime | None, now: datetime) -> StepStatus:
    """A message not before the cadence allows it, unless the deadline it serves comes first."""
    if free_at is None or status.at is None or free_at <= status.at:
        return status
    at = min(free_at, max(status.at, status.due_at)) if status.step.serves and status.due_at else free_at
    return status._replace(at=at, state=ActionState.LATER if at > now else status.state)


def next_change_at(facts: ClaimFacts, statuses: list[StepStatus], timed: Iterable[TimedCondition]) -> datetime | None:
    """The next instant at which something changes by time alone; none if nothing will until something happens.

    `timed` are the policy's conditions that time alone changes.
    """
    ends = [status.due_at for status in statuses if status.state in (ActionState.NOW, ActionState.LATER)]
    ends += [due for deadline in facts.deadlines for due in _ends(deadline, facts)]
    changes = [status.at for status in statuses if status.state is ActionState.LATER and status.at]
    changes += [
        status.due_at for status in statuses if status.waits_for and status.step.serves and status.due_at
    ]  # by then it waits no more
    changes += [end + timedelta(microseconds=1) for end in ends if end]  # on a due instant it is still met
    changes.append(facts.claim.updated_at)  # asked about an earlier instant, a plan is not judged until then
    changes += [at for timed_condition in timed for at in timed_condition.thresholds(timed_condition.value, facts)]
    return min((change for change in changes if change > facts.now), default=None)


def look_again_at(policy: Policy, facts: ClaimFacts) -> datetime:
    """When to look again where no instant is known at which anything changes: after the policy's own interval."""
    return add_to_instant(facts.now, policy.look_again.value, policy.look_again.unit, facts.claim.order.zone)


def _ends(deadline: Deadline, facts: ClaimFacts) -> Iterator[datetime | None]:
    """The due instants of a deadline's clocks that run; for a what-if, of those whose end changes anything."""
    for reading in deadline.readings:
        if reading.runs and (reading.counts or not facts.pinned_only):
            yield reading.due_at or reading.due_no_later
    if not deadline.readings and deadline.state in (DeadlineState.OPEN, DeadlineState.UNDETERMINED):
        yield deadline.due_at or deadline.due_no_later
