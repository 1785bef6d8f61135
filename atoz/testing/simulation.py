"""The record of a simulation: every turn with its plan, every deadline's outcome, who paid, and a timeline to read."""

from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field, computed_field, model_validator

from atoz.model.claim import Claim
from atoz.model.enums import LabelledEnum
from atoz.model.events import Actor, AnyEvent
from atoz.model.record import Document, Record, without_computed
from atoz.model.status import ClaimStatus
from atoz.planner.plan import Plan
from atoz.rulebook.deadline_clock import clock
from atoz.rulebook.deadlines import Deadline, DeadlineState
from atoz.rulebook.explanation import shown
from atoz.rulebook.odr_effect import OdrEffect
from atoz.testing.seller import Seller
from atoz.testing.trace import event_line


class PaidBy(LabelledEnum, package="atoz.testing", prefix="paid_"):
    """Who bears the refund, as the status tells it."""

    SELLER = "seller"
    AMAZON = "amazon"
    NOBODY = "nobody"
    """No refund stands: denied or withdrawn."""
    UNDECIDED = "undecided"
    UNKNOWN = "unknown"
    """Cancelled: no source says who bore what."""


def paid_by(status: ClaimStatus) -> PaidBy:
    """Who bears the refund of a claim in this status."""
    return {
        ClaimStatus.UNDER_REVIEW: PaidBy.UNDECIDED,
        ClaimStatus.GRANTED_SELLER_FUNDED: PaidBy.SELLER,
        ClaimStatus.REFUNDED: PaidBy.SELLER,
        ClaimStatus.GRANTED_AMAZON_FUNDED: PaidBy.AMAZON,
        ClaimStatus.CLOSED: PaidBy.NOBODY,
        ClaimStatus.WITHDRAWN: PaidBy.NOBODY,
        ClaimStatus.CANCELLED: PaidBy.UNKNOWN,
    }[status]


class Turn(Record):
    """One thing that happened, or that time brought, and the plan right after it."""

    at: datetime = Field(description="When.")
    who: Actor = Field(description="Whose turn it was.")
    event: AnyEvent | None = Field(default=None, description="What happened; none where only time passed.")
    step: str | None = Field(default=None, description="The policy's step that the seller did.")
    refused: str | None = Field(default=None, description="Why it did not happen, if the machine refused it.")
    plan: Plan = Field(description="The plan right after.")

    def say(self) -> str:
        """The turn in one line."""
        zone = self.plan.window.zone
        what = event_line(self.event) if self.event else "clock: time passes"
        step = f" [{self.step}]" if self.step else ""
        refused = f"; did not happen, {self.refused}" if self.refused else ""
        now = ", ".join(action.step for action in self.plan.now) or "nothing"
        return f"{shown(self.at.astimezone(zone))}  {what}{step}{refused} -> {self.plan.status}; now: {now}"


class Simulation(Document):
    """What became of a claim under a policy in a world."""

    kind: Literal["simulation"] = Field(default="simulation", description="Says that this document is a simulation.")
    policy: str = Field(description="The policy.")
    seller: Seller = Field(description="How the seller followed it.")
    claim: Claim = Field(description="The claim at the end, with its full history.")
    until: datetime = Field(description="When the simulation ended.")
    turns: tuple[Turn, ...] = Field(description="Every turn, with the plan after it.")
    deadlines: tuple[Deadline, ...] = Field(description="Every deadline that ran, as it ended or stood at the end.")
    paid_by: PaidBy = Field(description="Who bears the refund.")
    odr: OdrEffect = Field(description="Whether the claim counts against the Order Defect Rate.")

    @model_validator(mode="before")
    @classmethod
    def _without_what_is_computed(cls, data: object) -> object:
        return without_computed(cls, data)

    @property
    def messages(self) -> tuple[datetime, ...]:
        """When each message to the buyer was sent."""
        return tuple(event.at for event in self.claim.history if event.kind == "seller_messaged")

    @computed_field(description="How far apart the messages to the buyer were.")  # type: ignore[prop-decorator]
    @property
    def messages_apart(self) -> tuple[timedelta, ...]:
        """How far apart the messages to the buyer were."""
        return tuple(after - before for before, after in zip(self.messages, self.messages[1:], strict=False))

    @property
    def missed(self) -> tuple[Deadline, ...]:
        """The seller's deadlines that passed unanswered."""
        return tuple(
            deadline
            for deadline in self.deadlines
            if deadline.state is DeadlineState.MISSED and clock(deadline.name).party == "seller"
        )

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps that the seller did, in order."""
        return tuple(turn.step for turn in self.turns if turn.step and not turn.refused)

    def __str__(self) -> str:
        """The timeline: a line a turn, then how it ended."""
        zone = self.claim.order.zone
        lines = [f"order {self.claim.order.order_id}, policy {self.policy}, the seller acts {self.seller.name}"]
        lines += [turn.say() for turn in self.turns]
        lines.append(f"{shown(self.until.astimezone(zone))}  the end: {self.claim.status.label()}")
        for deadline in self.deadlines:
            due = shown(deadline.due_at.astimezone(zone)) if deadline.due_at else "–"
            lines.append(f"deadline to {deadline.name.label()}, {due}: {deadline.state}")
        gaps = ", ".join(str(gap) for gap in self.messages_apart)
        lines.append(f"messages to the buyer: {len(self.messages)}" + (f", apart {gaps}" if gaps else ""))
        lines.append(f"paid by {self.paid_by.label()}; counts against the ODR: {self.odr.counts}. {self.odr.why.en}")
        return "\n".join(lines)
