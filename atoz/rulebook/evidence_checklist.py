"""What to show in a claim: a cited checklist per reason and fulfilment, and what of it the record already holds.

>>> from datetime import UTC, datetime
>>> from atoz.model.events import EvidenceAdded, Filed
>>> from atoz.model.order import Order
>>> at = datetime(2026, 6, 1, tzinfo=UTC)
>>> order = Order(order_id="123-1234567-1234567", marketplace="US", placed_at=at)
>>> signed = EvidenceAdded(at=at, evidence="signature")
>>> claim = Claim(order=order, reason="not_received", history=(Filed(at=at), signed))
>>> [row.item.id for row in evidence_checklist(claim) if row.present]
['signature']
"""

from collections.abc import Callable
from functools import cache

from pydantic import Field, model_validator

from atoz.model.arguments import check_claim
from atoz.model.citation import Confidence, Source, with_sources
from atoz.model.claim import Claim
from atoz.model.data_files import read_record
from atoz.model.enums import LabelledEnum
from atoz.model.events import BuyerMessaged, EvidenceAdded, Purpose, SellerMessaged, SellerRefunded
from atoz.model.order import Fulfilment, TriState
from atoz.model.reason import ClaimReason, ReasonDetail
from atoz.model.record import Record
from atoz.model.text import Text


class Need(LabelledEnum, package="atoz.rulebook", prefix="need_"):
    """How much a piece of evidence is needed."""

    REQUIRED = "required"
    """Amazon's pages ask for it."""
    HELPFUL = "helpful"


def _has(claim: Claim, *kinds: type) -> bool:
    return any(isinstance(event, kinds) for event in claim.history)


def _asked(claim: Claim) -> bool:
    return any(
        isinstance(event, SellerMessaged) and event.purpose is Purpose.ASK_FOR_EVIDENCE for event in claim.history
    )


SHOWN: dict[str, Callable[[Claim], bool]] = {
    "delivery_scan": lambda claim: claim.order.delivered_at is not None,
    "claims_protected": lambda claim: claim.order.claims_protected is TriState.YES,
    "asked_for_evidence": _asked,
    "refunded": lambda claim: _has(claim, SellerRefunded),
    "messages": lambda claim: _has(claim, SellerMessaged, BuyerMessaged),
    "fulfilment": lambda claim: claim.order.fulfilment is Fulfilment.AMAZON,
}
"""The facts of an order or a history that show something by themselves."""


class EvidenceItem(Record):
    """One kind of evidence; the data is `evidence.toml`."""

    id: str = Field(pattern="^[a-z][a-z0-9_]*$", max_length=60, description="Its id, as in the event evidence_added.")
    label: Text = Field(description="What it is called.")
    reasons: tuple[ClaimReason, ...] = Field(default=(), description="Reasons it is for; none means all of them.")
    details: tuple[ReasonDetail, ...] = Field(default=(), description="Details it is for; none means all of them.")
    fulfilment: tuple[Fulfilment, ...] = Field(default=(), description="Who ships; none means either.")
    need: Need = Field(description="Required or helpful.")
    shown_by: tuple[str, ...] = Field(default=(), description="Facts that show it by themselves.")
    source: Source = Field(description="Who asks for it, or advises it.")
    confidence: Confidence = Field(description="How far the source can be trusted.")
    caveat: Text | None = Field(default=None, description="What to bear in mind.")

    @model_validator(mode="after")
    def _known_facts(self) -> "EvidenceItem":
        if unknown := sorted(set(self.shown_by) - set(SHOWN)):
            message = f"unknown facts: {', '.join(unknown)}"
            raise ValueError(message)
        return self

    def fits(self, claim: Claim) -> bool:
        """Whether it is for this claim's reason, detail and fulfilment; an unknown detail leaves it out."""
        return (
            (not self.reasons or claim.reason in self.reasons)
            and (not self.details or claim.detail in self.details)
            and (not self.fulfilment or claim.order.fulfilment in self.fulfilment)
        )


class ChecklistRow(Record):
    """One line of a claim's checklist."""

    item: EvidenceItem = Field(description="What is asked for.")
    present: bool = Field(description="Whether the record holds it.")
    shown_by: tuple[str, ...] = Field(description="What shows it: evidence_added, or facts of the record.")


def evidence_checklist(claim: Claim) -> tuple[ChecklistRow, ...]:
    """What to show in a claim, required things first, and what of it the record holds."""
    check_claim(claim)
    rows = (_row(item, claim) for item in evidence_items() if item.fits(claim))
    return tuple(sorted(rows, key=lambda row: row.item.need is Need.HELPFUL))


def other_evidence(claim: Claim) -> tuple[str, ...]:
    """Evidence on record that the checklist does not ask for, each once, in the order it was added."""
    asked = {item.id for item in evidence_items() if item.fits(claim)}
    added = (event.evidence for event in claim.history if isinstance(event, EvidenceAdded))
    return tuple(dict.fromkeys(evidence for evidence in added if evidence not in asked))


@cache
def evidence_items() -> tuple[EvidenceItem, ...]:
    """Every kind of evidence that the rulebook knows, in the order of the data file."""
    return read_record(_Book, "atoz.rulebook", "evidence.toml").items


def _row(item: EvidenceItem, claim: Claim) -> ChecklistRow:
    added = any(isinstance(event, EvidenceAdded) and event.evidence == item.id for event in claim.history)
    shown = (("evidence_added",) if added else ()) + tuple(fact for fact in item.shown_by if SHOWN[fact](claim))
    return ChecklistRow(item=item, present=bool(shown), shown_by=shown)


class _Book(Record):
    sources: dict[str, Source]
    items: tuple[EvidenceItem, ...]

    @model_validator(mode="before")
    @classmethod
    def _resolve_sources(cls, data: object) -> object:
        return with_sources(data, ("items",))

    @model_validator(mode="after")
    def _ids_once(self) -> "_Book":
        ids = [item.id for item in self.items]
        if twice := sorted({name for name in ids if ids.count(name) > 1}):
            message = f"items named twice: {', '.join(twice)}"
            raise ValueError(message)
        return self
