"""The record of a simulation: every turn with its plan, every deadline's outcome, who paid, and a timeline to read."""

from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field, computed_field, model_validator

from atoz.lifecycle.refund_bearer import PaidBy
from atoz.model.claim import Claim
from atoz.model.events import Actor, AnyEvent
from atoz.model.record import Document, Record, without_computed
from atoz.model.text import Language, fill
from atoz.planner.plan import Plan
from atoz.rulebook.deadline_clock import clock
from atoz.rulebook.deadlines import Deadline, DeadlineState
from atoz.rulebook.explanation import shown
from atoz.rulebook.odr_effect import OdrEffect
from atoz.testing.seller import Seller
from atoz.testing.trace import event_line


class Turn(Record):
    """One thing that happened, or that time brought, and the plan right after it."""

    at: datetime = Field(description="When.")
    who: Actor = Field(description="Whose turn it was.")
    event: AnyEvent | None = Field(default=None, description="What happened; none where only time passed.")
    step: str | None = Field(default=None, description="The policy's step that the seller did.")
    refused: str | None = Field(default=None, description="Why it did not happen, if the machine refused it.")
    plan: Plan = Field(description="The plan right after.")

    def say(self, language: Language = "en") -> str:
        """The turn in one line; statuses, events and steps by their codes."""
        zone = self.plan.window.zone
        what = event_line(self.event, language) if self.event else _say("time_passes", language)
        step = f" [{self.step}]" if self.step else ""
        refused = _say("refused", language, why=self.refused) if self.refused else ""
        now = ", ".join(action.step for action in self.plan.now) or _say("nothing", language)
        facts = {"what": f"{what}{step}{refused}", "status": self.plan.status.value, "now": now}
        return _say("turn", language, at=shown(self.at.astimezone(zone)), **facts)


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

    def say(self, language: Language = "en") -> str:
        """The timeline: a line a turn, then how it ended."""
        zone, order_id = self.claim.order.zone, self.claim.order.order_id
        seller = self.seller.name_text.say(language)
        lines = [_say("head", language, order=order_id, policy=self.policy, seller=seller)]
        lines += [turn.say(language) for turn in self.turns]
        ended = shown(self.until.astimezone(zone))
        lines.append(_say("end", language, at=ended, status=self.claim.status.label(language)))
        for deadline in self.deadlines:
            due = shown(deadline.due_at.astimezone(zone)) if deadline.due_at else "–"
            facts = {"name": deadline.name.label(language), "state": _say(f"state_{deadline.state}", language)}
            lines.append(_say("deadline", language, due=due, **facts))
        gaps = ", ".join(str(gap) for gap in self.messages_apart)
        apart = _say("apart", language, gaps=gaps) if gaps else ""
        lines.append(_say("messages", language, count=len(self.messages), apart=apart))
        counts, why = _say(f"counts_{self.odr.counts}", language), self.odr.why.say(language)
        lines.append(_say("paid", language, who=self.paid_by.label(language), counts=counts, why=why))
        return "\n".join(lines)

    def __str__(self) -> str:
        """The same in English."""
        return self.say()


def _say(code: str, language: Language, **facts: object) -> str:
    return fill("atoz.testing", f"simulation_{code}", **facts).say(language)
