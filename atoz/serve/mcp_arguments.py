"""The arguments of the tools of the MCP server: small, since an assistant writes them."""

from pydantic import Field

from atoz.messages.findings import MessageKind
from atoz.model.events import AnyEvent, BuyerMessaged, SellerMessaged
from atoz.model.instant import Day, Instant
from atoz.model.reason import ClaimReason
from atoz.model.record import Record
from atoz.model.text import Language

_NO_ORDER = "000-0000000-0000000"


class Facts(Record):
    """What is known of an order or a claim, where there is no document of it."""

    marketplace: str = Field(max_length=40, description="Country code of the marketplace, such as US.")
    placed_at: Instant = Field(description="When the order was placed, ISO 8601 with its offset.")
    deliver_by: Day | None = Field(default=None, description="Last local day of the delivery promise.")
    first_contact_at: Instant | None = Field(default=None, description="The buyer's first message.")
    delivered_at: Instant | None = Field(default=None, description="The carrier's delivery scan.")
    order_id: str = Field(default=_NO_ORDER, description="The order id, if it is known.")
    filed_at: Instant | None = Field(default=None, description="When the claim was filed; none if there is none yet.")
    reason: ClaimReason = Field(default=ClaimReason.NOT_RECEIVED, description="Why the buyer claims.")
    amount: str | None = Field(default=None, max_length=40, description="What the buyer asks for, such as 31.90 USD.")


class Subject(Record):
    """What a tool is about: one of claim_id, path and facts."""

    claim_id: str | None = Field(default=None, max_length=40, description="The id of a kept claim: its order id.")
    path: str | None = Field(
        default=None, max_length=400, description="A claim's JSON file, under the server's folder."
    )
    facts: Facts | None = Field(default=None, description="Or what is known of the order and the claim.")
    as_of: Instant | None = Field(default=None, description="The instant to count from; default: now.")
    edition: str | None = Field(default=None, max_length=60, description="An edition of the rules, or in-force.")
    language: Language = Field(default="en", description="The language of the texts.")
    full: bool = Field(default=False, description="The whole answer instead of the short one.")


class PlanSubject(Subject):
    """Arguments of `plan_claim`."""

    policy: str | None = Field(
        default=None,
        max_length=60,
        description="The escalation policy, by its id; by the rules of the filing day unless said.",
    )


class WindowSubject(Subject):
    """Arguments of `filing_window`."""

    on: Day | None = Field(default=None, description="The day to judge; default: today in the marketplace.")


class PreventSubject(Subject):
    """Arguments of `prevent`."""

    messages: tuple[BuyerMessaged | SellerMessaged, ...] = Field(
        default=(), description="What the buyer and the seller wrote on the order."
    )


class ExplainSubject(Subject):
    """Arguments of `explain`."""

    about: str | None = Field(
        default=None, max_length=40, description="`window`, or a deadline's name; default: what is due first."
    )


class MessageSubject(Subject):
    """Arguments of `check_message`."""

    text: str = Field(max_length=20_000, description="The message, before it is sent.")
    message_kind: MessageKind = Field(description="Whom it goes to and what prompted it.")


class NewEvent(Record):
    """Arguments of `record_event`."""

    claim_id: str = Field(max_length=40, description="The id of a kept claim.")
    event: AnyEvent = Field(description="What happened; see `atoz schema event`.")
    expected_version: int = Field(ge=1, description="The version of the claim that this follows.")
    idempotency_key: str = Field(
        min_length=8, max_length=80, description="One for each event: the same call again changes nothing."
    )
