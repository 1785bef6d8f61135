"""A worklist: many plans, a line each, most urgent first."""

from datetime import datetime
from typing import NamedTuple

from pydantic import Field

from atoz.lifecycle.attention import Attention
from atoz.model.claim import Claim
from atoz.model.money import Money
from atoz.model.order import Known
from atoz.model.record import Record
from atoz.model.status import ClaimStatus
from atoz.planner.action import Action
from atoz.planner.plan import Plan
from atoz.planner.schedule import ActionState


class WorklistRow(Record):
    """One claim on the worklist: small, so that a hundred thousand of them fit in memory."""

    order_id: str = Field(description="The claim's order.")
    status: ClaimStatus = Field(description="Where the claim stands.")
    attention: Attention = Field(description="Whose turn it is.")
    action: Action | None = Field(description="The most urgent action to take now; none if there is none.")
    step: str | None = Field(description="The policy's step.")
    due_at: datetime | None = Field(description="By when; none if nothing sets an end.")
    overdue: bool = Field(
        description="Something is late: the policy's own time, or a deadline that is still unanswered."
    )
    at_risk: Money | None = Field(description="What the claim asks for, while it is not settled for the seller.")
    counts_against_odr: Known = Field(description="Whether the claim, as it stands, counts.")
    look_again_at: datetime | None = Field(description="When the plan may change.")


_SETTLED = (ClaimStatus.CLOSED, ClaimStatus.WITHDRAWN, ClaimStatus.GRANTED_AMAZON_FUNDED)


def worklist_row(claim: Claim, plan: Plan) -> WorklistRow:
    """The line of one claim, from its plan."""
    first = next((each for each in plan.now if each.action is not Action.WAIT), None)
    unanswered = plan.attention is Attention.ACTION_REQUIRED
    missed = unanswered and any(each.state is ActionState.MISSED for each in plan.actions)
    return WorklistRow(
        order_id=plan.order_id,
        status=plan.status,
        attention=plan.attention,
        action=first.action if first else None,
        step=first.step if first else None,
        due_at=first.due_at if first else None,
        overdue=missed or any(each.overdue for each in plan.now),
        at_risk=None if plan.status in _SETTLED else claim.amount,
        counts_against_odr=plan.odr.counts,
        look_again_at=plan.look_again_at,
    )


class Urgency(NamedTuple):
    """The sort key of a worklist: whose turn, what is late, what is due first, then the order id."""

    turn: int
    in_time: bool
    due: float
    order_id: str


def urgency(row: WorklistRow) -> Urgency:
    """Where a row stands on the worklist: the smallest comes first."""
    due = row.due_at.timestamp() if row.due_at else float("inf")
    return Urgency(tuple(Attention).index(row.attention), not row.overdue, due, row.order_id)
