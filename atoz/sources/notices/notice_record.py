"""What is kept of a notice, and the events that it speaks of."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from atoz.model.citation import Confidence
from atoz.model.events import (
    AnyEvent,
    Filed,
    GrantedAmazonFunded,
    GrantedSellerFunded,
    InformationRequested,
    LearntFrom,
)
from atoz.model.instant import Instant
from atoz.model.money import Money
from atoz.model.order import Country, TriState
from atoz.model.record import Record
from atoz.sources.notices.phrases import Topic
from atoz.sources.notices.quoting import Route
from atoz.sources.parse_result import Origin


class Outcome(StrEnum):
    """What a decision says, as far as its words are known."""

    SELLER_FUNDED = "seller_funded"
    AMAZON_FUNDED = "amazon_funded"
    GRANTED = "granted"
    """Granted, and not said by whom it is paid."""
    NOT_RESPONSIBLE = "not_responsible"
    """In the seller's favour: denied or funded by Amazon, which is not said."""
    UNKNOWN = "unknown"


class Notice(Record):
    """What a mail says of a claim; it holds none of the mail's text and no address."""

    kind: Literal["notice"] = "notice"
    topic: Topic = Field(description="What it is about.")
    order_id: str | None = Field(default=None, pattern=r"^[0-9]{3}-[0-9]{7}-[0-9]{7}$", description="If one is named.")
    marketplace: Country | None = Field(default=None, description="By its header; none without.")
    sent_at: Instant | None = Field(default=None, description="The mail's own date.")
    received: bool = Field(default=False, description="It says that a claim was received.")
    action_required: bool = Field(default=False, description="It asks the seller to act.")
    decided: bool = Field(default=False, description="It says that a claim was decided.")
    outcome: Outcome = Field(default=Outcome.UNKNOWN, description="What the decision says.")
    counts_against_odr: TriState = Field(default=TriState.UNKNOWN, description="What it says of the ODR.")
    amount: Money | None = Field(default=None, description="The claim's amount, if it is plain which one it is.")
    respond_by: Instant | None = Field(default=None, description="The deadline that it states, counted from its date.")
    language: str | None = Field(default=None, max_length=2, description="By the phrases found.")
    route: Route = Field(description="How it came.")
    from_amazon: TriState = Field(description="Whether the sender claims to be Amazon; a sender can be forged.")
    by_header: bool = Field(default=False, description="Whether Amazon's own header names the type; it can be forged.")
    confidence: Confidence = Field(description="How sure the phrases are that it was read by.")
    source: Origin = Field(description="Where it was read.")

    def events(self) -> tuple[AnyEvent, ...]:
        """What happened by this notice, earliest first: nothing that it does not say, and none without a date."""
        if self.topic is not Topic.CLAIM or self.sent_at is None or self.route is Route.QUOTED:
            return ()
        told = {"at": self.sent_at, "learnt_from": LearntFrom.NOTICE, "note": f"notice {self.source.key}"}
        found: list[AnyEvent] = []
        if self.received:
            found.append(Filed.model_validate({**told, "note": f"{told['note']}; filed then or before"}))
        if self.action_required or (self.respond_by is not None and not self.decided):
            found.append(InformationRequested.model_validate({**told, "respond_by": self.respond_by}))
        grant = {**told, "amount": self.amount, "counts_against_odr": self.counts_against_odr}
        if self.decided and self.outcome is Outcome.SELLER_FUNDED:
            found.append(GrantedSellerFunded.model_validate(grant))
        if self.decided and self.outcome is Outcome.AMAZON_FUNDED:
            found.append(GrantedAmazonFunded.model_validate(grant))
        return tuple(found)
