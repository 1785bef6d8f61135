"""What happens to a claim: one class per event, told apart by `kind`.

Each event says when it happened (`at`), who did it (`actor`) and where that was learnt (`learnt_from`).
`leads_to` is the status that the event brings; plain events bring none and are history all the same.

    >>> from datetime import UTC, datetime
    >>> Denied(at=datetime(2016, 7, 1, tzinfo=UTC)).leads_to
    <ClaimStatus.CLOSED: 'closed'>
"""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field

from atoz.model.instant import Instant
from atoz.model.money import Payment
from atoz.model.order import TriState
from atoz.model.record import FreeText, Record
from atoz.model.status import ClaimStatus


class Actor(StrEnum):
    """Who did it."""

    BUYER = "buyer"
    SELLER = "seller"
    AMAZON = "amazon"
    CLOCK = "clock"


class LearntFrom(StrEnum):
    """Where an event was learnt."""

    SELLER = "seller"
    """Typed in by the seller: the default."""
    SELLER_CENTRAL = "seller_central"
    NOTICE = "notice"
    """An e-mail notice; its headers can be forged."""
    SP_API = "sp_api"
    REPORT = "report"
    CLOCK = "clock"
    SIMULATION = "simulation"


class Purpose(StrEnum):
    """What a message to the buyer is for."""

    MESSAGE_BUYER = "message_buyer"
    """Anything about the claim that the others do not name."""
    ASK_FOR_WITHDRAWAL = "ask_for_withdrawal"
    EXPLAIN_WITHDRAWAL = "explain_withdrawal"
    ASK_FOR_EVIDENCE = "ask_for_evidence"


class Event(Record):
    """What every event carries."""

    leads_to: ClassVar[ClaimStatus | None] = None

    at: Instant = Field(description="When it happened.")
    learnt_from: LearntFrom = Field(default=LearntFrom.SELLER, description="Where it was learnt.")
    note: FreeText = Field(
        default="", max_length=4000, description="Anything worth keeping: a message id, a file and line."
    )


class Filed(Event):
    """The buyer filed the claim."""

    leads_to = ClaimStatus.UNDER_REVIEW
    kind: Literal["filed"] = "filed"
    actor: Literal[Actor.BUYER] = Actor.BUYER


class GrantedSellerFunded(Event):
    """Amazon granted the claim at the seller's cost."""

    leads_to = ClaimStatus.GRANTED_SELLER_FUNDED
    kind: Literal["granted_seller_funded"] = "granted_seller_funded"
    actor: Literal[Actor.AMAZON] = Actor.AMAZON
    amount: Payment | None = Field(default=None, description="What was granted, if it is known.")
    counts_against_odr: TriState = Field(default=TriState.UNKNOWN, description="What the decision says of the ODR.")


class GrantedAmazonFunded(Event):
    """Amazon granted the claim at its own cost."""

    leads_to = ClaimStatus.GRANTED_AMAZON_FUNDED
    kind: Literal["granted_amazon_funded"] = "granted_amazon_funded"
    actor: Literal[Actor.AMAZON] = Actor.AMAZON
    amount: Payment | None = Field(default=None, description="What was granted, if it is known.")
    counts_against_odr: TriState = Field(default=TriState.UNKNOWN, description="What the decision says of the ODR.")


class ResponseLapsed(Event):
    """Nobody answered Amazon in time and the edition says that this is decided against the seller."""

    leads_to = ClaimStatus.GRANTED_SELLER_FUNDED
    kind: Literal["response_lapsed"] = "response_lapsed"
    actor: Literal[Actor.CLOCK] = Actor.CLOCK
    learnt_from: LearntFrom = Field(default=LearntFrom.CLOCK, description="Where it was learnt.")
    due_at: Instant = Field(description="The response deadline that passed.")


class SellerRefunded(Event):
    """The seller refunded the buyer after the claim was filed."""

    leads_to = ClaimStatus.REFUNDED
    kind: Literal["seller_refunded"] = "seller_refunded"
    actor: Literal[Actor.SELLER] = Actor.SELLER
    amount: Payment | None = Field(default=None, description="What was refunded, if it is known.")


class Denied(Event):
    """Amazon denied the claim."""

    leads_to = ClaimStatus.CLOSED
    kind: Literal["denied"] = "denied"
    actor: Literal[Actor.AMAZON] = Actor.AMAZON


class Withdrawn(Event):
    """The buyer took the claim back; after a grant this needs the buyer's consent to a new charge."""

    leads_to = ClaimStatus.WITHDRAWN
    kind: Literal["withdrawn"] = "withdrawn"
    actor: Literal[Actor.BUYER] = Actor.BUYER
    consent_to_recharge: bool = Field(default=False, description="The buyer agreed to be charged again.")


class OrderCancelled(Event):
    """The order was cancelled while the claim was open."""

    leads_to = ClaimStatus.CANCELLED
    kind: Literal["order_cancelled"] = "order_cancelled"
    actor: Literal[Actor.BUYER, Actor.SELLER, Actor.AMAZON] = Field(description="Who cancelled.")


class SellerAppealed(Event):
    """The seller appealed a grant."""

    leads_to = ClaimStatus.UNDER_REVIEW
    kind: Literal["seller_appealed"] = "seller_appealed"
    actor: Literal[Actor.SELLER] = Actor.SELLER


class BuyerAppealed(Event):
    """The buyer appealed a denial."""

    leads_to = ClaimStatus.UNDER_REVIEW
    kind: Literal["buyer_appealed"] = "buyer_appealed"
    actor: Literal[Actor.BUYER] = Actor.BUYER


class BuyerMessaged(Event):
    """The buyer wrote to the seller."""

    kind: Literal["buyer_messaged"] = "buyer_messaged"
    actor: Literal[Actor.BUYER] = Actor.BUYER


class SellerMessaged(Event):
    """The seller wrote to the buyer."""

    kind: Literal["seller_messaged"] = "seller_messaged"
    actor: Literal[Actor.SELLER] = Actor.SELLER
    purpose: Purpose = Field(default=Purpose.MESSAGE_BUYER, description="What the message was for.")


class InformationRequested(Event):
    """Amazon asked the seller for information."""

    kind: Literal["information_requested"] = "information_requested"
    actor: Literal[Actor.AMAZON] = Actor.AMAZON
    respond_by: Instant | None = Field(default=None, description="The deadline that the notice itself states, if any.")


class SellerResponded(Event):
    """The seller answered Amazon."""

    kind: Literal["seller_responded"] = "seller_responded"
    actor: Literal[Actor.SELLER] = Actor.SELLER


class EvidenceAdded(Event):
    """Evidence was collected: a proof of delivery, photos, the correspondence, ..."""

    kind: Literal["evidence_added"] = "evidence_added"
    actor: Literal[Actor.SELLER, Actor.BUYER] = Actor.SELLER
    evidence: str = Field(
        pattern="^[a-z][a-z0-9_]*$", max_length=60, description="What it is, for example proof_of_delivery."
    )


class ScoreRestorationAsked(Event):
    """The seller asked Amazon to restore the score."""

    kind: Literal["score_restoration_asked"] = "score_restoration_asked"
    actor: Literal[Actor.SELLER] = Actor.SELLER


class NothingAsked(Event):
    """The seller looked in Seller Central: Amazon asks nothing, so there is nothing to answer."""

    kind: Literal["nothing_asked"] = "nothing_asked"
    actor: Literal[Actor.SELLER] = Actor.SELLER


class HandedOver(Event):
    """The claim was handed to a person."""

    kind: Literal["handed_over"] = "handed_over"
    actor: Literal[Actor.SELLER] = Actor.SELLER


class Observed(Event):
    """Only the status was seen: how a claim enters, or is corrected, when what led there is unknown."""

    kind: Literal["observed"] = "observed"
    actor: Literal[Actor.AMAZON, Actor.SELLER] = Actor.AMAZON
    status: ClaimStatus = Field(description="The status that was seen.")


AnyEvent = Annotated[
    Filed
    | GrantedSellerFunded
    | GrantedAmazonFunded
    | ResponseLapsed
    | SellerRefunded
    | Denied
    | Withdrawn
    | OrderCancelled
    | SellerAppealed
    | BuyerAppealed
    | BuyerMessaged
    | SellerMessaged
    | InformationRequested
    | SellerResponded
    | EvidenceAdded
    | ScoreRestorationAsked
    | NothingAsked
    | HandedOver
    | Observed,
    Field(discriminator="kind"),
]
"""Any event, read by its `kind`."""

EVENT_CLASSES: dict[str, type[Event]] = {
    event_class.model_fields["kind"].default: event_class for event_class in get_args(get_args(AnyEvent)[0])
}
"""Every event class by its kind, status-changing ones first."""


EVENTS_WITH_AMOUNT = (GrantedSellerFunded, GrantedAmazonFunded, SellerRefunded)
"""The event classes that say an amount of money."""


def status_after(event: AnyEvent) -> ClaimStatus | None:
    """The status that an event brings: what its class leads to, or what was observed."""
    return event.status if isinstance(event, Observed) else event.leads_to
