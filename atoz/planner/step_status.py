"""Where one step of a policy stands for one claim: now, later, done, missed, or not for this claim."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from atoz.errors import Refusal
from atoz.lifecycle.guards import why_not
from atoz.model.events import EVENT_CLASSES, AnyEvent
from atoz.model.history import Moment as HistoryMoment
from atoz.model.text import Language, phrases
from atoz.planner.actions import COMPLETED_BY, Action, is_message
from atoz.planner.conditions import Facts
from atoz.planner.policy import Policy, PolicyStep, RelativeTime
from atoz.rulebook.date_arithmetic import add_to_instant
from atoz.rulebook.deadlines import DeadlineState


class ActionState(StrEnum):
    """Where a step stands."""

    NOW = "now"
    LATER = "later"
    DONE = "done"
    MISSED = "missed"

    def label(self, language: Language = "en") -> str:
        """What the state is called, in English or Chinese."""
        return phrases("atoz.planner")[f"state_{self}"].say(language)


class StepStatus(NamedTuple):
    """One step for one claim at one instant."""

    step: PolicyStep
    state: ActionState
    at: datetime | None = None
    """When it was done, or from when it is to be done."""
    due_at: datetime | None = None
    waits_for: tuple[str, ...] = ()


def step_statuses(policy: Policy, facts: Facts, held_back: frozenset[str]) -> list[StepStatus]:
    """Every step that concerns the claim, in the order of the policy; `held_back` actions are not recommended."""
    found: dict[str, StepStatus] = {}
    for step in policy.steps:
        status = _step_status(step, facts, found)
        if status and (status.state is ActionState.DONE or step.action.value not in held_back):
            found[step.id] = status
    return _keep_cadence(policy, facts, list(found.values()))


def _step_status(step: PolicyStep, facts: Facts, before: dict[str, StepStatus]) -> StepStatus | None:
    done_at = _done_at(step, facts)
    if done_at is not None:
        return StepStatus(step, ActionState.DONE, done_at)
    if not step.when.matches(facts):
        return None
    served = facts.deadline(step.serves) if step.serves else None
    if served and not served.running:
        return None
    start = _moment(step.not_before, facts) if step.not_before else facts.claim.history[0].at
    if start is None and served and served.started_by == "observed":
        start = facts.claim.history[0].at  # what it counts from lies unseen, and the clock is running: at once
    if start is None:
        return None
    due_at = _moment(step.due, facts) if step.due else None
    due_at = _sooner(due_at, served.due_at if served else None)
    if (served and served.state is DeadlineState.MISSED) or _too_late(step, facts):
        return StepStatus(step, ActionState.MISSED, None, due_at)
    start = start if due_at is None else min(start, due_at)
    return _open(step, facts, start, due_at, before)


def _open(
    step: PolicyStep, facts: Facts, start: datetime, due_at: datetime | None, before: dict[str, StepStatus]
) -> StepStatus | None:
    """A step that is still to be done: now or later, unless the machine refuses what would complete it."""
    waits = tuple(name for name in step.after if name not in before or before[name].state is not ActionState.DONE)
    if step.serves and due_at and facts.now >= due_at:
        waits = ()  # a deadline presses: it waits for nothing any more
    if any(name not in before for name in waits) or _refusal(step, facts, max(start, facts.now)):
        return None
    state = ActionState.LATER if waits or start > facts.now else ActionState.NOW
    return StepStatus(step, state, start, due_at, waits)


def _done_at(step: PolicyStep, facts: Facts) -> datetime | None:
    """When the step was last done: its event, not before what it counts from, in one of its statuses."""
    completion = COMPLETED_BY[step.action]
    if completion is None or completion.kind not in facts.history.latest:
        return None
    latest = facts.history.latest
    if any(name not in latest for name in _anchors(step)) and "observed" not in latest:
        return None  # what it counts from has not happened, so it cannot have been done
    since = _since(step, facts)
    done = (
        entry.event.at
        for entry in reversed(facts.history.entries)
        if entry.place >= since.place
        and completion.matches(entry.event)
        and entry.event.at >= since.at
        and (step.when.status is None or entry.before in step.when.status)
        and (step.action is not Action.COLLECT_EVIDENCE or _is_evidence_for(entry.event, step))
    )
    return next(done, None)


def _is_evidence_for(event: AnyEvent, step: PolicyStep) -> bool:
    wanted = step.when.evidence_lacking
    return wanted is None or getattr(event, "evidence", None) in wanted


def _since(step: PolicyStep, facts: Facts) -> HistoryMoment:
    """The instant that a step belongs to, and its place in the history: what its times count from, else the beginning.

    The place decides between events of one instant: an answer given before the question does not answer it.
    """
    latest = facts.history.latest
    found = [latest[name] for name in _anchors(step) if name in latest]
    served = facts.deadline(step.serves) if step.serves else None
    if served and served.started_at and served.started_by:
        start = latest.get(served.started_by)
        found.append(start if start and start.at == served.started_at else HistoryMoment(served.started_at, 0))
    return max(found, default=HistoryMoment(facts.claim.history[0].at, 0))


def _anchors(step: PolicyStep) -> list[str]:
    """The events that a step's times count from."""
    return [moment.after for moment in (step.not_before, step.due) if moment and moment.after]


def _moment(moment: RelativeTime, facts: Facts) -> datetime | None:
    """The instant that a moment means for this claim; none if what it counts from has not happened."""
    zone = facts.claim.order.zone
    if moment.before is not None:
        due_at = facts.deadline(moment.before).due_at
        return None if due_at is None else add_to_instant(due_at, -moment.value, moment.unit, zone)
    start = facts.history.latest.get(moment.after or "")
    return None if start is None else add_to_instant(start.at, moment.value, moment.unit, zone)


def _refusal(step: PolicyStep, facts: Facts, at: datetime) -> Refusal | None:
    """What the state machine says to the event that completes the step."""
    completion = COMPLETED_BY[step.action]
    if completion is None or EVENT_CLASSES[completion.kind].leads_to is None:
        return None
    return why_not(facts.history, completion.kind, max(at, facts.claim.updated_at))


def _too_late(step: PolicyStep, facts: Facts) -> bool:
    refusal = _refusal(step, facts, facts.now)
    return refusal is not None and refusal.code == "too_late"


def _sooner(one: datetime | None, other: datetime | None) -> datetime | None:
    known = [each for each in (one, other) if each is not None]
    return min(known, default=None)


def _keep_cadence(policy: Policy, facts: Facts, found: list[StepStatus]) -> list[StepStatus]:
    """Messages to the buyer keep their distance: from the last one sent, and one at a time."""
    apart, last = policy.messages_apart, facts.history.latest.get("seller_messaged")
    free_at = add_to_instant(last.at, apart.value, apart.unit, facts.claim.order.zone) if last else None
    kept: list[StepStatus] = []
    first: str | None = None
    for each in found:
        if each.state not in (ActionState.NOW, ActionState.LATER) or not is_message(each.step.action):
            kept.append(each)
            continue
        spaced = _spaced(each, free_at, facts.now)
        if spaced.state is ActionState.NOW and first is not None:
            spaced = spaced._replace(state=ActionState.LATER, waits_for=(*spaced.waits_for, first))
        elif spaced.state is ActionState.NOW:
            first = spaced.step.id
        kept.append(spaced)
    return kept


def _spaced(each: StepStatus, free_at: datetime | None, now: datetime) -> StepStatus:
    """A message not before the cadence allows it, unless the deadline it serves comes first."""
    if free_at is None or each.at is None or free_at <= each.at:
        return each
    at = min(free_at, max(each.at, each.due_at)) if each.step.serves and each.due_at else free_at
    return each._replace(at=at, state=ActionState.LATER if at > now else each.state)


def next_change_at(facts: Facts, found: list[StepStatus], policy: Policy) -> datetime:
    """When to look again: the next instant at which something changes, else after the policy's own interval."""
    ends = [each.due_at for each in found if each.state in (ActionState.NOW, ActionState.LATER)]
    running = (DeadlineState.OPEN, DeadlineState.UNDETERMINED)
    ends += [each.due_at or each.due_no_later for each in facts.deadlines if each.state in running]
    changes = [each.at for each in found if each.state is ActionState.LATER and each.at]
    changes += [each.due_at for each in found if each.waits_for and each.step.serves and each.due_at]  # waits no more
    changes += [end + timedelta(microseconds=1) for end in ends if end]  # on a due instant it is still met
    changes += _thresholds(facts, policy)
    changes = [each for each in changes if each > facts.now]
    if changes:
        return min(changes)
    return add_to_instant(facts.now, policy.look_again.value, policy.look_again.unit, facts.claim.order.zone)


def _thresholds(facts: Facts, policy: Policy) -> list[datetime]:
    """The instants at which an open deadline comes as near as a step or a warning asks about."""
    conditions = [each.when for each in policy.steps] + [each.when for each in policy.avoid]
    asked = [item for when in conditions if when.hours_left_at_most for item in when.hours_left_at_most.items()]
    due = [(facts.deadline(name).due_at, hours) for name, hours in asked]
    return [at - timedelta(hours=hours) for at, hours in due if at]
