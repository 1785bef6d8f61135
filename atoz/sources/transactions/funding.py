"""Who funded a claim, as far as money shows it. Absence of a debit is never taken for Amazon's funding."""

from collections.abc import Iterable
from datetime import datetime

from pydantic import Field

from atoz.model.citation import Confidence
from atoz.model.enums import LabelledEnum
from atoz.model.instant import Instant, instant_argument
from atoz.model.intervals import interval
from atoz.model.money import Money
from atoz.model.record import Record
from atoz.model.text import Text, phrases
from atoz.sources.transactions.deduplication import deduplicate
from atoz.sources.transactions.transaction import System, Transaction, TransactionType

_OWN = (TransactionType.GUARANTEE, TransactionType.GUARANTEE_RECOVERY, TransactionType.SAFE_T)


class Funding(LabelledEnum, package="atoz.sources.transactions", prefix="funding_"):
    """What the money shows. There is no `amazon`: only the decision itself can say that."""

    SELLER = "seller"
    """A debit was seen."""
    REVERSED = "reversed"
    """A debit was seen, and credits cover it."""
    PARTLY_RECOVERED = "partly_recovered"
    NO_DEBIT_SEEN = "no_debit_seen"
    """Decided, the time for a debit has passed, and none was seen: Amazon funded, denied or withdrawn look the same."""
    UNKNOWN = "unknown"


class FundingView(Record):
    """What the transactions of one order say about who paid, and why."""

    funding: Funding = Field(description="What the money shows.")
    debited: Money | None = Field(default=None, description="What was taken from the seller, as a negative amount.")
    returned: Money | None = Field(default=None, description="What came back.")
    debited_at: Instant | None = Field(default=None, description="First debit; the decision was then or before.")
    why: Text = Field(description="One sentence.")
    confidence: Confidence = Field(description="How sure the names of the transactions are.")
    transactions: tuple[Transaction, ...] = Field(default=(), description="What it rests on, each once.")


def funding(transactions: Iterable[Transaction], *, decided_at: datetime | None, as_of: datetime) -> FundingView:
    """Who paid for the claim on one order, from its transactions; give only those of that order.

    >>> from datetime import UTC
    >>> funding([], decided_at=None, as_of=datetime(2026, 6, 1, tzinfo=UTC)).funding.value
    'unknown'

    Raises:
        InvalidDocument: an instant is naive.
    """
    now = instant_argument("as_of", as_of)
    decided = instant_argument("decided_at", decided_at) if decided_at is not None else None
    distinct = deduplicate(transaction for transaction in transactions if transaction.posted_at <= now)
    claim_rows = [transaction for transaction in distinct if transaction.type in _OWN]
    amounts = [transaction.amount for transaction in claim_rows if transaction.amount is not None]
    if len(amounts) < len(claim_rows) or len({amount.currency for amount in amounts}) > 1:
        return _view(Funding.UNKNOWN, "no_sum", distinct)
    debits = [
        transaction for transaction in claim_rows if transaction.amount is not None and transaction.amount.value < 0
    ]
    if not debits:
        return _view(*_without_debit(distinct, has_credit=bool(amounts), decided=decided, now=now), distinct)
    debited, returned = (
        _sum([transaction.amount for transaction in debits]),
        _sum([amount for amount in amounts if amount.value > 0]),
    )
    result = Funding.SELLER
    if returned is not None and debited is not None:
        result = Funding.REVERSED if (debited + returned).value >= 0 else Funding.PARTLY_RECOVERED
    view = _view(result, result.value, distinct)
    return view.model_copy(update={"debited": debited, "returned": returned, "debited_at": debits[0].posted_at})


def _without_debit(
    transactions: tuple[Transaction, ...], *, has_credit: bool, decided: datetime | None, now: datetime
) -> tuple[Funding, str]:
    if has_credit:
        return Funding.UNKNOWN, "credit_alone"
    if any(transaction.type is TransactionType.UNKNOWN for transaction in transactions):
        return Funding.UNKNOWN, "unknown_type"
    if any(
        transaction.type is TransactionType.REFUND and transaction.system is System.FINANCES_2024
        for transaction in transactions
    ):
        return Funding.UNKNOWN, "refund_may_hide"
    if decided is None:
        return Funding.UNKNOWN, "not_decided"
    if now < decided + interval("atoz.sources", "debit_after_decision"):
        return Funding.UNKNOWN, "too_early"
    return Funding.NO_DEBIT_SEEN, Funding.NO_DEBIT_SEEN.value


def _view(result: Funding, why: str, transactions: tuple[Transaction, ...]) -> FundingView:
    order = list(Confidence)
    weakest = max((transaction.confidence for transaction in transactions), key=order.index, default=Confidence.UNCLEAR)
    return FundingView(
        funding=result,
        why=phrases("atoz.sources.transactions")[f"why_{why}"],
        confidence=weakest,
        transactions=transactions,
    )


def _sum(amounts: Iterable[Money | None]) -> Money | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known[1:], known[0]) if known else None
