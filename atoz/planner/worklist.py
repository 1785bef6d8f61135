"""A worklist: many plans, a line each, most urgent first."""

from datetime import UTC, date, datetime
from typing import Literal, NamedTuple

from pydantic import Field

from atoz.lifecycle.attention import Attention
from atoz.model.claim import Claim
from atoz.model.labels import NO_LABELS, Labels
from atoz.model.marketplace import Marketplace
from atoz.model.money import Money
from atoz.model.order import Country, TriState
from atoz.model.record import Document, Record
from atoz.model.status import ClaimStatus
from atoz.planner.actions import Action
from atoz.planner.due_bucket import Bucket, bucket_of
from atoz.planner.plan import Plan
from atoz.planner.prevention import PreventionPlan
from atoz.planner.step_status import ActionState
from atoz.planner.timeliness import Timeliness, is_overdue
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.filing_window import Verdict


class WorklistRow(Record):
    """One claim on the worklist: small, so that a hundred thousand of them fit in memory."""

    order_id: str = Field(description="The claim's order.")
    marketplace: Country = Field(description="Its marketplace: an ISO country code.")
    status: ClaimStatus = Field(description="Where the claim stands.")
    attention: Attention = Field(description="Whose turn it is.")
    timeliness: Timeliness = Field(description="In time, late but still to be won, lost already, settled, or ahead.")
    action: Action | None = Field(description="The most urgent action to take now; none if there is none.")
    step: str | None = Field(description="The policy's step.")
    due_at: datetime | None = Field(description="By when; none if nothing sets an end.")
    due_first_at: datetime | None = Field(
        description="The earliest instant by which anything is to be done: a step, now or later, or a deadline."
    )
    next_action: Action | None = Field(description="The first step that is to be done later; none if there is none.")
    next_at: datetime | None = Field(description="From when that step is to be done.")
    next_due_at: datetime | None = Field(description="By when that step is to be done; none if nothing sets an end.")
    bucket: Bucket = Field(description="When something is due, in days of the marketplace: late, today, week, ...")
    overdue: bool = Field(
        description="Something is late: the policy's own time, or an unanswered deadline of a stated or firm rule."
    )
    deadline_at: datetime | None = Field(
        description="The earliest instant by which a rule wants the seller to act: that of `Plan.act_by`."
    )
    deadline: DeadlineName | None = Field(description="What has to be done by then.")
    deadline_edition: str | None = Field(description="The edition whose figure sets that instant.")
    policy: str = Field(description="The policy that was followed.")
    policy_fits: bool = Field(description="Whether the policy is written for what was in force on the filing day.")
    edition: str = Field(description="The edition that counted the deadlines.")
    at_risk: Money | None = Field(description="What the claim asks for, while it can still be lost or won back.")
    counts_against_odr: TriState = Field(description="Whether the claim, as it stands, counts.")
    look_again_at: datetime | None = Field(description="When the plan may change.")
    labels: Labels = Field(default=NO_LABELS, description="The labels of the order and of the claim.")


class OrderRow(Record):
    """One order without a claim, as a line of a worklist."""

    order_id: str = Field(description="The order.")
    marketplace: Country = Field(description="Its marketplace: an ISO country code.")
    attention: Attention = Field(description="Whose turn it is.")
    step: DeadlineName | None = Field(description="The most urgent thing to do now; none if there is nothing.")
    due_at: datetime | None = Field(description="By when; none if nothing sets an end.")
    bucket: Bucket = Field(description="When it is due, in days of the marketplace: late, today, week, ...")
    overdue: bool = Field(description="That instant has passed.")
    can_file_now: Verdict = Field(description="Whether the buyer may file today.")
    can_file_from: date | None = Field(description="The first day on which the buyer may file; none if not known.")
    look_again_at: datetime | None = Field(description="When the plan may change.")
    labels: Labels = Field(default=NO_LABELS, description="The labels of the order.")


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
    at_risk: tuple[Money, ...] = Field(default=(), description="The money at risk: a sum for each currency.")
    claims: tuple[WorklistRow, ...] = Field(description="A row for each claim, most urgent first.")


def worklist_row(claim: Claim, plan: Plan) -> WorklistRow:
    """The line of one claim, from its plan."""
    first = next((action for action in plan.now if action.action is not Action.WAIT), None)
    later = [
        action for action in plan.actions if action.state is ActionState.LATER and action.action is not Action.WAIT
    ]
    following = min(
        later, key=lambda action: action.due_at or action.at or datetime.max.replace(tzinfo=UTC), default=None
    )
    ahead = plan.timeliness is Timeliness.AHEAD
    overdue = not ahead and is_overdue(plan.deadlines, step_is_late=any(action.overdue for action in plan.now))
    ends = (plan.act_by, *(action.due_at for action in (*plan.now, *later)))
    due_at = min((end for end in ends if end is not None), default=None)
    deadline, edition = first_deadline(plan)
    return WorklistRow(
        order_id=plan.order_id,
        marketplace=claim.order.marketplace,
        status=plan.status,
        attention=plan.attention,
        timeliness=plan.timeliness,
        action=first.action if first else None,
        step=first.step if first else None,
        due_at=first.due_at if first else None,
        due_first_at=due_at,
        next_action=following.action if following else None,
        next_at=following.at if following else None,
        next_due_at=following.due_at if following else None,
        bucket=Bucket.AHEAD if ahead else bucket_of(due_at, plan.as_of, claim.order.zone, overdue=overdue),
        overdue=overdue,
        deadline_at=plan.act_by,
        deadline=deadline,
        deadline_edition=edition,
        policy=plan.policy,
        policy_fits=plan.policy_fits,
        edition=plan.edition,
        at_risk=None if plan.attention is Attention.DONE else claim.amount,
        counts_against_odr=plan.odr.counts,
        look_again_at=plan.look_again_at,
        labels=plan.labels,
    )


def order_row(plan: PreventionPlan) -> OrderRow:
    """The line of one order, from its plan."""
    first = next(iter(plan.now), None)
    due_at, overdue = first.by if first else None, any(step.overdue for step in plan.now)
    return OrderRow(
        order_id=plan.order_id,
        marketplace=plan.marketplace,
        attention=Attention.ACTION_REQUIRED
        if first
        else Attention.DONE
        if plan.can_file_now is Verdict.EXPIRED
        else Attention.WAITING,
        step=first.step if first else None,
        due_at=due_at,
        bucket=bucket_of(due_at, plan.as_of, Marketplace.of(plan.marketplace).zoneinfo, overdue=overdue),
        overdue=overdue,
        can_file_now=plan.can_file_now,
        can_file_from=plan.can_file_from,
        look_again_at=plan.look_again_at,
        labels=plan.labels,
    )


def first_deadline(plan: Plan) -> tuple[DeadlineName | None, str | None]:
    """What has to be done by the plan's `act_by`, and the edition that sets this instant; none where nothing has."""
    for row in plan.deadlines:
        if row.act_by is not None and row.act_by == plan.act_by:
            running = [reading for reading in row.readings if reading.runs]
            setting = [reading.edition for reading in running if reading.due_at == row.act_by]
            unseen = [reading.edition for reading in running if reading.due_at is None]  # due now, as far as is known
            return row.name, next(iter((*setting, *unseen)), row.edition)
    return None, None


class Urgency(NamedTuple):
    """The sort key of a worklist: its part; whose turn, if it is late; then what is due first."""

    bucket: int
    turn_if_late: int
    due: float
    turn: int
    order_id: str

    @property
    def late(self) -> bool:
        """Whether something is overdue."""
        return self.bucket == 0


def urgency(row: WorklistRow | OrderRow) -> Urgency:
    """Where a row stands on the worklist, on a terminal and on a page: the smallest comes first."""
    bucket = tuple(Bucket).index(row.bucket)
    if row.bucket is Bucket.AHEAD:
        return Urgency(bucket, 0, 0, 0, row.order_id)
    due_at = row.due_first_at if isinstance(row, WorklistRow) else row.due_at
    turn = tuple(Attention).index(row.attention)
    return Urgency(
        bucket, turn if row.overdue else 0, due_at.timestamp() if due_at else float("inf"), turn, row.order_id
    )
