"""A worklist: many plans, a line each, most urgent first."""

from datetime import datetime
from typing import Literal, NamedTuple

from pydantic import Field

from atoz.lifecycle.attention import Attention
from atoz.model.claim import Claim
from atoz.model.labels import NO_LABELS, Labels
from atoz.model.money import Money
from atoz.model.order import Country, TriState
from atoz.model.record import Document, Record
from atoz.model.status import ClaimStatus
from atoz.planner.actions import Action
from atoz.planner.plan import Plan
from atoz.planner.prevention import OrderRow
from atoz.rulebook.deadlines import DeadlineState


class WorklistRow(Record):
    """One claim on the worklist: small, so that a hundred thousand of them fit in memory."""

    order_id: str = Field(description="The claim's order.")
    marketplace: Country = Field(description="Its marketplace: an ISO country code.")
    status: ClaimStatus = Field(description="Where the claim stands.")
    attention: Attention = Field(description="Whose turn it is.")
    action: Action | None = Field(description="The most urgent action to take now; none if there is none.")
    step: str | None = Field(description="The policy's step.")
    due_at: datetime | None = Field(description="By when; none if nothing sets an end.")
    overdue: bool = Field(
        description="Something is late: the policy's own time, or an unanswered deadline of a stated or firm rule."
    )
    deadline_at: datetime | None = Field(
        description="The earliest instant by which a rule wants the seller to act: that of `Plan.act_by`."
    )
    policy: str = Field(description="The policy that was followed.")
    policy_fits: bool = Field(description="Whether the policy is written for what was in force on the filing day.")
    edition: str = Field(description="The edition that counted the deadlines.")
    at_risk: Money | None = Field(description="What the claim asks for, while it can still be lost or won back.")
    counts_against_odr: TriState = Field(description="Whether the claim, as it stands, counts.")
    look_again_at: datetime | None = Field(description="When the plan may change.")
    labels: Labels = Field(default=NO_LABELS, description="The labels of the order and of the claim.")


class Worklist(Document):
    """The worklist as a document: what `atoz plan --json` prints, however many claims there are."""

    kind: Literal["worklist"] = Field(default="worklist", description="Says that this document is a worklist.")
    as_of: datetime = Field(description="The instant that was asked about.")
    policy: str | None = Field(description="The policy that was asked for; none where each claim has its own default.")
    bad_lines: tuple[str, ...] = Field(description="Where claims stand that could not be read.")
    other_records: int = Field(description="Records of other kinds that were passed over.")
    orders: tuple[OrderRow, ...] = Field(
        default=(), description="A row for each order without a claim, most urgent first."
    )
    claims: tuple[WorklistRow, ...] = Field(description="A row for each claim, most urgent first.")


def worklist_row(claim: Claim, plan: Plan) -> WorklistRow:
    """The line of one claim, from its plan."""
    first = next((action for action in plan.now if action.action is not Action.WAIT), None)
    missed = any(row.act_by is not None and row.effective_state is DeadlineState.MISSED for row in plan.deadlines)
    return WorklistRow(
        order_id=plan.order_id,
        marketplace=claim.order.marketplace,
        status=plan.status,
        attention=plan.attention,
        action=first.action if first else None,
        step=first.step if first else None,
        due_at=first.due_at if first else None,
        overdue=missed or any(action.overdue for action in plan.now),
        deadline_at=plan.act_by,
        policy=plan.policy,
        policy_fits=plan.policy_fits,
        edition=plan.edition,
        at_risk=None if plan.attention is Attention.DONE else claim.amount,
        counts_against_odr=plan.odr.counts,
        look_again_at=plan.look_again_at,
        labels=plan.labels,
    )


class Urgency(NamedTuple):
    """The sort key of a worklist: whose turn, what is late, what is due first, then the order id."""

    turn: int
    in_time: bool
    due: float
    order_id: str


def urgency(row: WorklistRow | OrderRow) -> Urgency:
    """Where a row stands on the worklist: the smallest comes first."""
    ends = (row.due_at, row.deadline_at) if isinstance(row, WorklistRow) else (row.due_at,)
    due = min((at.timestamp() for at in ends if at), default=float("inf"))
    return Urgency(tuple(Attention).index(row.attention), not row.overdue, due, row.order_id)
