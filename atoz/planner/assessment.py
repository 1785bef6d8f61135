"""What a policy comes to for a claim at an instant: what a plan, which explains it, and a row of a worklist share."""

from datetime import UTC, datetime
from typing import NamedTuple

from atoz.lifecycle.attention import Attention
from atoz.planner.actions import Action
from atoz.planner.claim_facts import ClaimFacts
from atoz.planner.policy import Policy
from atoz.planner.policy_choice import fits_on
from atoz.planner.policy_steps import Avoid
from atoz.planner.ready_policy import ready
from atoz.planner.step_status import ActionState, StepStatus, look_again_at, next_change_at, step_statuses
from atoz.planner.timeliness import Timeliness, timeliness_of
from atoz.rulebook.deadlines import DeadlineState


class Assessment(NamedTuple):
    """What a policy comes to for one claim at one instant."""

    policy: Policy
    policy_fits: bool
    """Whether it is written for what was in force on the filing day; for a what-if, for the pinned edition."""
    avoided: tuple[Avoid, ...]
    statuses: tuple[StepStatus, ...]
    """The steps that concern the claim, most urgent first."""
    timeliness: Timeliness
    """Whether the claim is in time, late but still to be won, or lost already."""
    act_by: datetime | None
    """The earliest instant by which any rule that has to be reckoned with wants the seller to act."""
    changes_at: datetime | None
    """The next instant at which this changes by time alone; none if it never does until something happens."""
    look_again_at: datetime | None
    """When to look again: then, else after the policy's own interval; none once nothing is left to wait for."""


def assess(facts: ClaimFacts, chosen: Policy) -> Assessment:
    """Follow a policy, from facts that have been read already."""
    claim = facts.claim
    policy = ready(chosen, claim.status, claim.reason)
    avoided = tuple(warning.entry for warning in policy.warnings if warning.applies(facts))
    held_back = frozenset(entry.action for entry in avoided if entry.action)
    statuses = _without_idle_waits(step_statuses(chosen, policy.steps, facts, held_back))
    nothing_left = facts.attention is Attention.DONE and all(status.state is ActionState.DONE for status in statuses)
    changes_at = next_change_at(facts, statuses, policy.timed)
    return Assessment(
        policy=chosen,
        policy_fits=facts.history.edition.id in chosen.editions
        if facts.pinned_only
        else fits_on(chosen, claim, facts.begun_on),
        avoided=avoided,
        statuses=tuple(sorted(statuses, key=_urgency)),
        timeliness=timeliness_of(facts, statuses),
        act_by=min((row.act_by for row in facts.deadlines if row.act_by), default=None),
        changes_at=changes_at,
        look_again_at=None if nothing_left else changes_at or look_again_at(chosen, facts),
    )


_ORDER = tuple(ActionState)
_NEVER, _AT_ONCE = datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)


def _urgency(status: StepStatus) -> tuple[int, datetime, datetime]:
    """By state; within it what follows a missed deadline, then by due instant and start: what has no end comes last."""
    asked = status.step.when.deadlines
    missed = any(DeadlineState.MISSED in states for states in asked.values())
    due, start = _AT_ONCE if missed else status.due_at or _NEVER, status.at or _NEVER
    by_time = (start, due) if status.state in (ActionState.LATER, ActionState.DONE) else (due, start)
    return (_ORDER.index(status.state), *by_time)


def _without_idle_waits(statuses: list[StepStatus]) -> list[StepStatus]:
    """Waiting is an action only where there is nothing else to do now."""
    busy = any(status.state is ActionState.NOW and status.step.action is not Action.WAIT for status in statuses)
    return [status for status in statuses if status.step.action is not Action.WAIT or not busy]
