"""Whether a claim is in time, late but still to be won, or lost already: what a plan and a worklist tell apart.

Soft and borrowed instants make nothing late. What was missed once and changes nothing any more, such as a message that
was not answered before the claim, is history.
"""

from collections.abc import Iterable

from atoz.lifecycle.attention import Attention
from atoz.model.enums import LabelledEnum
from atoz.model.status import ClaimStatus
from atoz.planner.claim_facts import ClaimFacts
from atoz.planner.step_status import ActionState, StepStatus
from atoz.rulebook.deadline_clock import DeadlineName, clock
from atoz.rulebook.deadlines import Deadline, DeadlineState
from atoz.rulebook.readings import LAST_DAY_OF_SEVEN_DAYS, Reading


class Timeliness(LabelledEnum, package="atoz.planner", prefix="timeliness_"):
    """How a claim stands with its times."""

    IN_TIME = "in_time"
    """Nothing that can still be done is late."""
    LATE = "late"
    """The policy's own time, or one that a stated or firm rule sets, is over; it can still be won."""
    LOST = "lost"
    """Silence has decided by every rule in force; or it was decided at the seller's cost and no appeal is left."""
    SETTLED = "settled"
    """It was decided or ended otherwise, and no clock of the seller's is left."""
    AHEAD = "ahead"
    """Its last event lies after the instant asked about: it is marked, and not judged."""


def is_overdue(deadlines: Iterable[Deadline], *, step_is_late: bool) -> bool:
    """Whether something is late: the policy's own time, or an unanswered deadline of a stated or firm rule.

    What ran before the claim, such as the buyer's first message, is history once there is one.
    """
    return step_is_late or any(
        row.act_by is not None and row.effective_state is DeadlineState.MISSED and not clock(row.name).before_claim
        for row in deadlines
    )


def timeliness_of(facts: ClaimFacts, statuses: Iterable[StepStatus]) -> Timeliness:
    """How a claim stands, with the steps that concern it."""
    if facts.now < facts.claim.updated_at:
        return Timeliness.AHEAD
    step_is_late = any(status.overdue and status.state is ActionState.NOW for status in statuses)
    if is_overdue(facts.deadlines, step_is_late=step_is_late):
        return Timeliness.LOST if _unanswered(facts) and silence_decided(facts) else Timeliness.LATE
    if facts.attention is not Attention.DONE:
        return Timeliness.IN_TIME
    lost = facts.claim.status is ClaimStatus.GRANTED_SELLER_FUNDED
    return Timeliness.LOST if lost else Timeliness.SETTLED


def _unanswered(facts: ClaimFacts) -> bool:
    answer = _answer(facts)
    return answer.act_by is not None and answer.effective_state is DeadlineState.MISSED


def _answer(facts: ClaimFacts) -> Deadline:
    return next(row for row in facts.deadlines if row.name is DeadlineName.ANSWER_AMAZON)


def silence_decided(facts: ClaimFacts) -> bool:
    """Whether every edition in force says that the silence on a clock that started has been decided by now.

    Where none is known to be in force, the pinned edition says it for the years of its seven days alone.
    """
    answer = _answer(facts)
    decided = {
        reading.edition
        for reading in answer.readings
        if reading.started_by == answer.started_by
        and reading.due_at
        and facts.now > reading.due_at
        and _will(reading, facts)
    }
    if facts.pinned_only:
        return bool(decided)
    editions = facts.in_force
    if not editions:
        return bool(decided) and facts.begun_on <= LAST_DAY_OF_SEVEN_DAYS
    return all(edition.reference in decided for edition in editions)


def _will(reading: Reading, facts: ClaimFacts) -> bool:
    """Whether the source of a reading says that silence will be decided."""
    figure = facts.history.named(reading.edition).parameter(reading.figure) if reading.figure else None
    return figure is not None and figure.on_expiry is not None and figure.on_expiry.certainty == "will"
