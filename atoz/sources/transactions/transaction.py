"""One transaction of money on an order: what it is, how much, when, and by which source."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Literal

from pydantic import Field, ValidationError

from atoz.model.citation import Confidence
from atoz.model.instant import Instant
from atoz.model.money import Money
from atoz.model.order_id import OrderId
from atoz.model.record import Document
from atoz.sources.parse_result import Level, Origin
from atoz.sources.payload_reader import Reader


class TransactionType(StrEnum):
    """What a transaction is."""

    GUARANTEE = "guarantee"
    """An A-to-z claim, debited from the seller or given back: the sign says which."""
    GUARANTEE_RECOVERY = "guarantee_recovery"
    """A later correction of one; its direction is not established, so only the sign counts."""
    CHARGEBACK = "chargeback"
    CHARGEBACK_RECOVERY = "chargeback_recovery"
    REFUND = "refund"
    """Paid back to the buyer; the source does not say by whom it was decided."""
    SAFE_T = "safe_t"
    """A SAFE-T reimbursement to the seller."""
    UNKNOWN = "unknown"
    """Sounds like a claim, but no table knows the name."""


class System(StrEnum):
    """Where a transaction was read, best first: where two show the same one, the first is kept."""

    FINANCES_2024 = "finances_2024"
    FINANCES_V0 = "finances_v0"
    SETTLEMENT = "settlement"
    DATE_RANGE = "date_range"

    @property
    def rank(self) -> int:
        """Its place in the order of preference."""
        return list(System).index(self)


class Release(StrEnum):
    """Whether the money has moved yet, best known first."""

    RELEASED = "released"
    DEFERRED_RELEASED = "deferred_released"
    """The deferred half of a pair that has been released; the same money as the released one."""
    DEFERRED = "deferred"
    UNKNOWN = "unknown"


class Transaction(Document):
    """Money that moved, or will; the amount is signed: what leaves the seller is negative."""

    kind: Literal["movement"] = "movement"
    type: TransactionType = Field(description="What it is.")
    order_id: OrderId | None = Field(default=None, description="None where the source names no order (SAFE-T).")
    posted_at: Instant = Field(description="When it was posted: at or after the decision.")
    amount: Money | None = Field(default=None, description="Net and signed; none where it cannot be summed.")
    release: Release = Field(default=Release.UNKNOWN, description="Whether the money has moved yet.")
    safe_t_claim_id: str | None = Field(default=None, max_length=400, description="Joins a SAFE-T row to its order.")
    called: str = Field(default="", max_length=400, description="What the source calls it.")
    confidence: Confidence = Field(description="How sure it is that this name means this.")
    system: System = Field(description="Where it was read.")
    source: Origin = Field(description="Where exactly.")

    @property
    def identity(self) -> tuple[str, str]:
        """The same for the same transaction of the same source, however often it is read."""
        return (self.system.value, self.source.key)


def net(reader: Reader, amounts: Iterable[Money | None]) -> Money | None:
    """The sum; a part that cannot be read or is in another currency leaves no sum, since half a sum misleads."""
    parts = list(amounts)
    known = [part for part in parts if part is not None]
    if not known:
        reader.note("no_amounts", "the row has no amounts; it is kept without one", level=Level.WARN)
        return None
    if len(known) < len(parts):
        reader.note("partial_amounts", "a part of the amount cannot be read, so there is no sum", level=Level.ERROR)
        return None
    if len({part.currency for part in known}) > 1:
        reader.note("mixed_currencies", "several currencies in one transaction: no sum", level=Level.ERROR)
        return None
    try:
        return sum(known[1:], known[0])
    except (ValidationError, ArithmeticError):
        reader.note("odd_sum", "the sum is beyond what money can be", level=Level.ERROR)
        return None
