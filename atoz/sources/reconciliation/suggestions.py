"""What the sources suggest for a claim: an event or a fact of the order, what speaks for it, and what against."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field

from atoz.errors import Refusal
from atoz.model.events import AnyEvent
from atoz.model.instant import Instant
from atoz.model.record import Document, Record
from atoz.model.text import Text, fill
from atoz.sources.parse_result import Note
from atoz.sources.transactions.funding import FundingView


class Strength(StrEnum):
    """How far a piece of evidence carries, strongest first."""

    STRONG = "strong"
    """Amazon's own record of what happened: money that moved, a scan, an order's state."""
    FAIR = "fair"
    """A notice with Amazon's header and sender; both can be forged."""
    WEAK = "weak"
    """It fits, but something else may be behind it."""


def conflict(code: str, **values: object) -> Text:
    """What speaks against a suggestion, in both languages."""
    return fill("atoz.sources.reconciliation", f"conflict_{code}", **values)


class Evidence(Record):
    """One observation that speaks for a suggestion."""

    kind: str = Field(description="The kind of the observation.")
    system: str = Field(description="Where it was read.")
    key: str = Field(description="Which record of that source.")
    at: Instant | None = Field(default=None, description="When the source says that it happened.")
    strength: Strength = Field(description="How far it carries.")
    says: str = Field(description="What it shows, in a few words.")


def strong_evidence(kind: str, system: str, key: str, says: str, at: datetime | None = None) -> Evidence:
    """What a source shows that nobody but it can write: a strong observation."""
    return Evidence(kind=kind, system=system, key=key, at=at, strength=Strength.STRONG, says=says)


class OrderFact(Record):
    """One fact of the order, as a source shows it."""

    field: str = Field(description="The order's field.")
    value: str = Field(description="What to set it to.")


class Suggestion(Record):
    """One thing to apply; nothing is applied until someone names it."""

    id: str = Field(description="Its name, for example denied@2026-03-19T17:04:05Z or order.delivered_at.")
    event: AnyEvent | None = Field(default=None, description="The event to apply.")
    fact: OrderFact | None = Field(default=None, description="Or the fact of the order to set.")
    evidence: tuple[Evidence, ...] = Field(description="What speaks for it.")
    strength: Strength = Field(description="That of its best evidence.")
    refusal: Refusal | None = Field(
        default=None, description="Why it cannot be applied as the claim stands; none if it can."
    )
    conflicts: tuple[Text, ...] = Field(
        default=(), description="What it contradicts: other suggestions, or what the claim says."
    )

    @property
    def can_be_applied(self) -> bool:
        """Whether the state machine takes it as the claim stands."""
        return self.refusal is None


class Reconciliation(Document):
    """A claim held against what the sources show; the claim itself is untouched."""

    kind: Literal["reconciliation"] = Field(
        default="reconciliation", description="Says that this document is a reconciliation."
    )
    order_id: str = Field(description="The order of the claim.")
    as_of: Instant = Field(description="The instant that it was asked for.")
    suggestions: tuple[Suggestion, ...] = Field(description="Earliest first.")
    confirmed: tuple[str, ...] = Field(description="Events that the sources show and the claim has already.")
    findings: tuple[Note, ...] = Field(description="What the sources show that is no event: a flag, a chargeback, ...")
    funding: FundingView = Field(description="Who paid, as far as money shows it.")
