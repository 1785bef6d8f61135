"""Who funded a claim, as far as money shows it. Absence of a debit is never taken for Amazon's funding."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import Field

from atoz.model.citation import Confidence
from atoz.model.instant import Instant, instant_argument
from atoz.model.money import Money
from atoz.model.record import Record
from atoz.model.text import Language, Text, phrases
from atoz.sources.transactions.deduplication import once
from atoz.sources.transactions.transaction import Movement, MovementKind, System

HORIZON = timedelta(days=14)
"""How long after a decision a debit is still waited for: 48 hours of lag and deferral; the length is atoz's own."""
_OWN = (MovementKind.GUARANTEE, MovementKind.GUARANTEE_RECOVERY, MovementKind.SAFE_T)


class Funding(StrEnum):
    """What the money shows. There is no `amazon`: only the decision itself can say that."""

    SELLER = "seller"
    """A debit was seen."""
    REVERSED = "reversed"
    """A debit was seen, and credits cover it."""
    PARTLY_RECOVERED = "partly_recovered"
    NO_DEBIT_SEEN = "no_debit_seen"
    """Decided, the time for a debit has passed, and none was seen: Amazon funded, denied or withdrawn look the same."""
    UNKNOWN = "unknown"

    def label(self, language: Language = "en") -> str:
        """What it is called."""
        return phrases("atoz.sources.transactions")[f"funding_{self}"].say(language)


class FundingView(Record):
    """What the movements of one order say about who paid, and why."""

    funding: Funding = Field(description="What the money shows.")
    debited: Money | None = Field(default=None, description="What was taken from the seller, as a negative amount.")
    returned: Money | None = Field(default=None, description="What came back.")
    debited_at: Instant | None = Field(default=None, description="First debit; the decision was then or before.")
    why: Text = Field(description="One sentence.")
    confidence: Confidence = Field(description="How sure the names of the movements are.")
    movements: tuple[Movement, ...] = Field(default=(), description="What it rests on, each once.")


def funding(movements: Iterable[Movement], *, decided_at: datetime | None, as_of: datetime) -> FundingView:
    """Who paid for the claim on one order, from its movements; give only those of that order.

    >>> from datetime import UTC
    >>> funding([], decided_at=None, as_of=datetime(2026, 6, 1, tzinfo=UTC)).funding.value
    'unknown'

    Raises:
        InvalidDocument: an instant is naive.
    """
    now = instant_argument("as_of", as_of)
    decided = instant_argument("decided_at", decided_at) if decided_at is not None else None
    seen = once(each for each in movements if each.posted_at <= now)
    own = [each for each in seen if each.type in _OWN]
    amounts = [each.amount for each in own if each.amount is not None]
    if len(amounts) < len(own) or len({each.currency for each in amounts}) > 1:
        return _view(Funding.UNKNOWN, "no_sum", seen)
    debits = [each for each in own if each.amount is not None and each.amount.value < 0]
    if not debits:
        return _view(*_without_debit(seen, has_credit=bool(amounts), decided=decided, now=now), seen)
    debited, returned = _sum([each.amount for each in debits]), _sum([each for each in amounts if each.value > 0])
    found = Funding.SELLER
    if returned is not None and debited is not None:
        found = Funding.REVERSED if (debited + returned).value >= 0 else Funding.PARTLY_RECOVERED
    view = _view(found, found.value, seen)
    return view.model_copy(update={"debited": debited, "returned": returned, "debited_at": debits[0].posted_at})


def _without_debit(
    seen: tuple[Movement, ...], *, has_credit: bool, decided: datetime | None, now: datetime
) -> tuple[Funding, str]:
    if has_credit:
        return Funding.UNKNOWN, "credit_alone"
    if any(each.type is MovementKind.UNKNOWN for each in seen):
        return Funding.UNKNOWN, "unknown_type"
    if any(each.type is MovementKind.REFUND and each.system is System.FINANCES_2024 for each in seen):
        return Funding.UNKNOWN, "refund_may_hide"
    if decided is None:
        return Funding.UNKNOWN, "not_decided"
    if now < decided + HORIZON:
        return Funding.UNKNOWN, "too_early"
    return Funding.NO_DEBIT_SEEN, Funding.NO_DEBIT_SEEN.value


def _view(found: Funding, why: str, seen: tuple[Movement, ...]) -> FundingView:
    order = list(Confidence)
    weakest = max((each.confidence for each in seen), key=order.index, default=Confidence.UNCLEAR)
    return FundingView(
        funding=found, why=phrases("atoz.sources.transactions")[f"why_{why}"], confidence=weakest, movements=seen
    )


def _sum(amounts: Iterable[Money | None]) -> Money | None:
    known = [each for each in amounts if each is not None]
    return sum(known[1:], known[0]) if known else None
