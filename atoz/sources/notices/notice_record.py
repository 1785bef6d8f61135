"""What is kept of a notice, and the events that it speaks of."""

from datetime import datetime
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
from atoz.model.money import Payment
from atoz.model.order import Country, TriState
from atoz.model.order_id import OrderId
from atoz.model.record import Document
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


class Notice(Document):
    """What a mail says of a claim; it holds none of the mail's text and no address."""

    kind: Literal["notice"] = "notice"
    topic: Topic = Field(description="What it is about.")
    order_id: OrderId | None = Field(default=None, description="If one is named.")
    marketplace: Country | None = Field(default=None, description="By its header; none without.")
    sent_at: Instant | None = Field(
        default=None,
        description="The notice's own date, never that of a mail that forwards it; the earliest it can be.",
    )
    sent_before: Instant | None = Field(default=None, description="Date of the mail that forwards it, if one does.")
    received: bool = Field(default=False, description="It says that a claim was received.")
    action_required: bool = Field(default=False, description="It asks the seller to act.")
    decided: bool = Field(default=False, description="It says that a claim was decided.")
    outcome: Outcome = Field(default=Outcome.UNKNOWN, description="What the decision says.")
    counts_against_odr: TriState = Field(default=TriState.UNKNOWN, description="What it says of the ODR.")
    amount: Payment | None = Field(default=None, description="The claim's amount, if it is plain which one it is.")
    respond_by: Instant | None = Field(
        default=None, description="The earliest deadline that it states for the answer, counted from its own date."
    )
    language: str | None = Field(default=None, max_length=2, description="By the phrases found.")
    route: Route = Field(description="How it came.")
    from_amazon: TriState = Field(
        description="Whether the sender is Amazon's; yes can be forged, no is a look-alike or somebody else."
    )
    by_header: bool = Field(default=False, description="Whether Amazon's own header names the type; it can be forged.")
    confidence: Confidence = Field(description="How sure the phrases are that it was read by.")
    source: Origin = Field(description="Where it was read.")

    def events(self) -> tuple[AnyEvent, ...]:
        """What happened by this notice, earliest first: nothing that it does not say, and none without a date.

        A mail whose sender is not Amazon gives none, whatever it says.
        """
        if self.sent_at is None or not self.is_news:
            return ()
        return self.events_at(self.sent_at)

    @property
    def is_news(self) -> bool:
        """Whether it is a notice on a claim whose words may count: not a reply's quote, not a look-alike's."""
        from_elsewhere = self.from_amazon is TriState.NO
        return self.topic is Topic.CLAIM and self.route is not Route.QUOTED and not from_elsewhere

    def events_at(self, at: datetime) -> tuple[AnyEvent, ...]:
        """The events that it speaks of, placed at an instant."""
        common = {"at": at, "learnt_from": LearntFrom.NOTICE, "note": f"notice {self.source.key}"}
        events: list[AnyEvent] = []
        if self.received:
            events.append(Filed.model_validate({**common, "note": f"{common['note']}; filed then or before"}))
        if self.action_required or (self.respond_by is not None and not self.decided):
            events.append(InformationRequested.model_validate({**common, "respond_by": self.respond_by}))
        grant = {**common, "amount": self.amount, "counts_against_odr": self.counts_against_odr}
        if self.decided and self.outcome is Outcome.SELLER_FUNDED:
            events.append(GrantedSellerFunded.model_validate(grant))
        if self.decided and self.outcome is Outcome.AMAZON_FUNDED:
            events.append(GrantedAmazonFunded.model_validate(grant))
        return tuple(events)
