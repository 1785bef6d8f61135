"""Whether a claim counts against the Order Defect Rate: yes, no, or unknown where the sources disagree."""

from functools import cache

from pydantic import Field

from atoz.model.arguments import check_claim
from atoz.model.citation import Confidence, Source, with_sources
from atoz.model.claim import Claim
from atoz.model.data_files import read_toml
from atoz.model.events import Actor, GrantedAmazonFunded, GrantedSellerFunded, OrderCancelled
from atoz.model.history import History
from atoz.model.order import Country, TriState
from atoz.model.reason import ClaimReason, ReasonDetail
from atoz.model.record import Record
from atoz.model.status import ClaimStatus
from atoz.model.text import Text
from atoz.rulebook.explanation import phrase

_GRANTED = (ClaimStatus.GRANTED_SELLER_FUNDED, ClaimStatus.GRANTED_AMAZON_FUNDED)


class OdrEffect(Record):
    """Whether a claim counts, why, and by whose word; no source where the decision itself says it."""

    counts: TriState = Field(description="Yes, no or unknown.")
    why: Text = Field(description="One sentence.")
    source: Source | None = Field(description="Where that comes from; none if the claim's own decision says it.")
    confidence: Confidence = Field(description="How far the source can be trusted.")


class OdrRow(Record):
    """One row of `odr.toml`: what has to fit, and what then counts."""

    statuses: tuple[ClaimStatus, ...]
    reasons: tuple[ClaimReason, ...] = ()
    details: tuple[ReasonDetail, ...] = ()
    claims_protected: tuple[TriState, ...] = ()
    marketplaces: tuple[Country, ...] = ()
    cancelled_by: tuple[Actor, ...] = ()
    after_counted_grant: bool = False
    """Whether it holds only after a grant that counted, or may have."""
    counts: TriState
    why: Text
    source: Source
    confidence: Confidence

    def fits(self, history: History) -> bool:
        """Whether every condition that the row names holds."""
        claim = history.claim
        return (
            claim.status in self.statuses
            and (not self.reasons or claim.reason in self.reasons)
            and (not self.details or claim.detail in self.details)
            and (not self.claims_protected or claim.order.claims_protected in self.claims_protected)
            and (not self.marketplaces or claim.order.marketplace in self.marketplaces)
            and (not self.cancelled_by or _cancelled_by(history) in self.cancelled_by)
            and (not self.after_counted_grant or _follows_counted_grant(history))
        )


def _cancelled_by(history: History) -> Actor | None:
    event = history.decision.event
    return event.actor if isinstance(event, OrderCancelled) else None


def _follows_counted_grant(history: History) -> bool:
    """Whether the last decision before the present status was a grant that counted, or may have.

    An appeal alone does not undo it; a denial does.
    """
    earlier = history.entries[: history.decision.place]
    changes = [entry for entry in earlier if entry.changes_status and entry.after is not ClaimStatus.UNDER_REVIEW]
    decision = changes[-1] if changes else None
    if decision is None or decision.after not in _GRANTED:
        return False
    update = {"history": history.claim.history[: decision.place + 1], "status": decision.after}
    return odr_effect_of(History.of(history.claim.model_copy(update=update))).counts is not TriState.NO


class OdrPeriod(Record):
    """How long an order counts: the rate is one of all orders placed in so many days."""

    days: int = Field(gt=0, description="Days, both ends included, by the day of the order.")
    source: Source = Field(description="Where that comes from.")
    confidence: Confidence = Field(description="How far the source can be trusted.")


class _Book(Record):
    sources: dict[str, Source]
    period: OdrPeriod
    rows: tuple[OdrRow, ...]


def odr_effect(claim: Claim) -> OdrEffect:
    """Whether a claim, as it stands, counts against the Order Defect Rate.

    >>> from datetime import UTC, datetime
    >>> from atoz.model.events import Filed, SellerRefunded
    >>> from atoz.model.order import Order
    >>> at = datetime(2026, 6, 1, tzinfo=UTC)
    >>> order = Order(order_id="123-1234567-1234567", marketplace="US", placed_at=at)
    >>> odr_effect(Claim(order=order, reason="other", history=(Filed(at=at), SellerRefunded(at=at)))).counts.value
    'yes'
    """
    check_claim(claim)
    return odr_effect_of(History.of(claim))


def odr_effect_of(history: History) -> OdrEffect:
    """The same, from a history that has been read already."""
    decided = _decision_says(history)
    if decided is not TriState.UNKNOWN:
        return OdrEffect(counts=decided, why=phrase("odr_decision_says"), source=None, confidence=Confidence.UNCLEAR)
    row = next(row for row in _rows(history.claim.status) if row.fits(history))
    return OdrEffect(counts=row.counts, why=row.why, source=row.source, confidence=row.confidence)


def _decision_says(history: History) -> TriState:
    """What the decision that the claim stands on says itself."""
    event = history.decision.event
    return (
        event.counts_against_odr if isinstance(event, (GrantedSellerFunded, GrantedAmazonFunded)) else TriState.UNKNOWN
    )


def odr_period() -> OdrPeriod:
    """How long an order counts for the rate, and by which source.

    >>> odr_period().days
    60
    """
    return _book().period


@cache
def _rows(status: ClaimStatus) -> tuple[OdrRow, ...]:
    """The rows for a status, in the order of the file."""
    return tuple(row for row in _book().rows if status in row.statuses)


@cache
def _book() -> _Book:
    return _Book.model_validate(with_sources(read_toml("atoz.rulebook", "odr.toml"), ("period", "rows")))
