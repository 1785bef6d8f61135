"""The documents that the operations take and give, for HTTP and MCP alike."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from atoz.errors import Refusal
from atoz.messages.findings import Finding, MessageKind
from atoz.model.claim import Claim
from atoz.model.events import AnyEvent
from atoz.model.instant import Day, Instant
from atoz.model.order import Order
from atoz.model.reason import ClaimReason
from atoz.model.record import Document, Record
from atoz.rulebook.deadlines import Deadline
from atoz.rulebook.explanation import Explanation
from atoz.rulebook.filing_window import FilingWindow, Verdict


class AboutClaim(Record):
    """Arguments about one claim: the claim itself, or the id of one that the server keeps."""

    claim: Claim | None = Field(default=None, description="The claim.")
    claim_id: str | None = Field(
        default=None, max_length=40, description="Or the id of a claim that the server keeps: its order id."
    )
    edition: str | None = Field(
        default=None, description="Count by this edition, or by in-force; default: the claim's own."
    )

    @model_validator(mode="after")
    def _one_claim(self) -> "AboutClaim":
        if (self.claim is None) == (self.claim_id is None):
            code = "one_claim"
            raise PydanticCustomError(code, "give either claim or claim_id")
        return self


class AtInstant(AboutClaim):
    """Arguments about one claim at an instant."""

    as_of: Instant | None = Field(default=None, description="The instant to count from; default: now.")


class PlanArguments(AtInstant):
    """Arguments of `plan`."""

    policy: str | None = Field(
        default=None, description="The escalation policy, by its id; by the rules of the filing day unless said."
    )


class WindowArguments(Record):
    """Arguments of `window`: an order, or a claim."""

    order: Order | None = Field(default=None, description="The order.")
    claim: Claim | None = Field(default=None, description="Or the claim.")
    claim_id: str | None = Field(default=None, max_length=40, description="Or the id of a claim that the server keeps.")
    reason: ClaimReason | None = Field(
        default=None, description="The reason; default: the claim's own, or not_received."
    )
    edition: str | None = Field(
        default=None, description="The edition of the rules, or in-force; default: the claim's own, or faq-2016."
    )
    on: Day | None = Field(default=None, description="The day to judge; default: today in the marketplace.")

    @model_validator(mode="after")
    def _one_order(self) -> "WindowArguments":
        if sum(given is not None for given in (self.order, self.claim, self.claim_id)) != 1:
            code = "one_order"
            raise PydanticCustomError(code, "give one of order, claim and claim_id")
        return self


class PreventArguments(Record):
    """Arguments of `prevent`: an order without a claim."""

    order: Order = Field(description="The order.")
    messages: tuple[AnyEvent, ...] = Field(default=(), description="What the buyer and the seller wrote on it.")
    as_of: Instant | None = Field(default=None, description="The instant to count from; default: now.")


class ApplyArguments(AboutClaim):
    """Arguments of `apply`."""

    event: AnyEvent = Field(description="What happened.")


class MessageArguments(Record):
    """Arguments of `check-message`."""

    text: str = Field(max_length=100_000, description="The message, before it is sent.")
    message_kind: MessageKind = Field(description="Whom it goes to and what prompted it.")
    claim: Claim | None = Field(default=None, description="The claim that it is about.")
    claim_id: str | None = Field(default=None, max_length=40, description="Or the id of a claim that the server keeps.")
    order: Order | None = Field(default=None, description="The order that it is about, where there is no claim.")
    at: Instant | None = Field(default=None, description="When it is to be sent; default: now.")


class WindowAnswer(Document):
    """A filing window, and the verdict on one day."""

    kind: Literal["window_answer"] = Field(default="window_answer", description="Says which answer this is.")
    on: date = Field(description="The day that is judged.")
    verdict: Verdict = Field(description="Whether the buyer may file on it.")
    days_left: int | None = Field(description="Days to the last day; none while it is not known.")
    window: FilingWindow = Field(description="The window by the edition that was asked for.")
    in_force: tuple[FilingWindow, ...] = Field(
        description="The window by each other edition in force on the order day."
    )


class DeadlinesAnswer(Document):
    """Every deadline of a claim."""

    kind: Literal["deadlines_answer"] = Field(default="deadlines_answer", description="Says which answer this is.")
    order_id: str = Field(description="The claim's order.")
    as_of: datetime = Field(description="The instant that was counted from.")
    edition: str = Field(description="The edition that counted.")
    deadlines: tuple[Deadline, ...] = Field(description="The deadlines.")


class OptionsAnswer(Document):
    """What may happen to a claim, and why the rest may not."""

    kind: Literal["options_answer"] = Field(default="options_answer", description="Says which answer this is.")
    order_id: str = Field(description="The claim's order.")
    at: datetime = Field(description="The instant that was asked about.")
    options: dict[str, Refusal | None] = Field(description="Each event: null if it is possible, else why not.")


class MessageAnswer(Document):
    """What is wrong with a message."""

    kind: Literal["message_answer"] = Field(default="message_answer", description="Says which answer this is.")
    findings: tuple[Finding, ...] = Field(description="In the order of the text; none is no promise that it is right.")


class ExplainedDeadline(Record):
    """One deadline, in words."""

    name: str = Field(description="What has to be done.")
    due_at: datetime | None = Field(description="By when; none if unknown.")
    explanation: Explanation = Field(description="The steps, each with its source, and the caveats.")


class ExplainAnswer(Document):
    """How every date of a claim was counted, in words."""

    kind: Literal["explain_answer"] = Field(default="explain_answer", description="Says which answer this is.")
    order_id: str = Field(description="The claim's order.")
    as_of: datetime = Field(description="The instant that was counted from.")
    window: Explanation = Field(description="The filing window.")
    deadlines: tuple[ExplainedDeadline, ...] = Field(description="The deadlines.")
