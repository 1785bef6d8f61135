"""Transactions from the Finances API: v0, 2024-06-19, and TRANSACTION_UPDATE notifications."""

from collections.abc import Callable
from datetime import UTC, datetime

from atoz.model.citation import Confidence
from atoz.sources.parse_result import Level, Note, Origin, Page, ParseResult
from atoz.sources.payload_reader import Reader, as_payload, redact_value
from atoz.sources.transactions.finances_v0 import event_transactions
from atoz.sources.transactions.transaction import Release, System, Transaction, TransactionType, net
from atoz.sources.transactions.transaction_types import match_type

_REFUND_HID_CLAIMS_UNTIL = datetime(2025, 1, 1, tzinfo=UTC)
"""Until late 2024 chargebacks were seen as plain refunds (models issues 4268 and 4274; no date of a fix)."""
_ENVELOPES = (
    "",
    "Payload",
    "payload",
    "Payload.TransactionUpdateNotification",
    "payload.transactionUpdateNotification",
)


def listed_transactions(page: Reader) -> tuple[ParseResult[Transaction], ...]:
    """The transactions among a page's transactions."""
    results = (_transaction(row, _camel) for row in page.parts("transactions"))
    return tuple(result for result in results if result is not None)


def notified_transaction(whole: Reader) -> tuple[ParseResult[Transaction], ...] | None:
    """The transaction in a notification, a note if it is of another type; none at all if it is no notification."""
    for path in _ENVELOPES:
        row = Reader(whole.raw(path), path=path)
        for spelt in (_camel, _pascal):
            if row.has(spelt("transactionType")):
                result = _transaction(row, spelt)
                return (_no_part(row.text(spelt("transactionType"))),) if result is None else (result,)
    return None


def _no_part(called: str | None) -> ParseResult[Transaction]:
    words = f"a transaction of type {redact_value(called)} has no part in claims"
    note = Note(code="not_about_claims", detail=words, path="transactionType")
    return ParseResult(None, (note,), Origin(system="finances", version="2024-06-19"))


def _camel(path: str) -> str:
    return path


def _pascal(path: str) -> str:
    return ".".join(step[0].upper() + step[1:] for step in path.split("."))


def _transaction(row: Reader, spelt: Callable[[str], str]) -> ParseResult[Transaction] | None:
    called = row.text(spelt("transactionType")) or ""
    meaning = match_type(called) or match_type(row.text(spelt("description")) or "")
    if meaning is None:
        return None
    posted_at = row.instant(spelt("postedDate"))
    if posted_at is None:
        row.note("no_posted_at", "without the time it was posted it is no transaction", level=Level.ERROR)
    ids = _identifiers(row, spelt)
    order_id = Reader({"ORDER_ID": ids.get("ORDERID")}, path=spelt("relatedIdentifiers"), notes=row.notes).order_id(
        "ORDER_ID"
    )
    if posted_at is None or order_id is None:
        return ParseResult(None, tuple(row.notes), Origin(system="finances", version="2024-06-19"))
    amount = net(row, [row.money(spelt("totalAmount"), amount=spelt("currencyAmount"), currency=spelt("currencyCode"))])
    key = ids.get("DEFERREDTRANSACTIONID") or row.text(spelt("transactionId"))
    transaction = Transaction(
        type=meaning.type,
        order_id=order_id,
        posted_at=posted_at,
        amount=amount,
        release=_release(row, spelt),
        called=called,
        confidence=meaning.confidence,
        system=System.FINANCES_2024,
        source=Origin(
            system="finances", version="2024-06-19", key=key or f"{order_id}:{called}:{posted_at.isoformat()}:{amount}"
        ),
    )
    _caveats(row, transaction)
    return ParseResult(transaction, tuple(row.notes), transaction.source)


def _caveats(row: Reader, transaction: Transaction) -> None:
    if transaction.confidence is Confidence.UNCLEAR:
        row.note("unknown_type", "sounds like a claim, but no table knows the name", level=Level.WARN)
    if transaction.type is TransactionType.REFUND and transaction.posted_at < _REFUND_HID_CLAIMS_UNTIL:
        row.note("refund_may_hide_claim", "until late 2024 such rows hid claims and chargebacks", level=Level.WARN)


def _identifiers(row: Reader, spelt: Callable[[str], str]) -> dict[str, str]:
    """Related identifiers by name, in one spelling: `ORDER_ID` here is `OrderId` in notifications."""
    identifiers: dict[str, str] = {}
    for identifier in row.items(spelt("relatedIdentifiers")):
        name = identifier.text(spelt("relatedIdentifierName"))
        value = identifier.text(spelt("relatedIdentifierValue"))
        if name and value:
            identifiers.setdefault(name.replace("_", "").upper(), value)
    return identifiers


def _release(row: Reader, spelt: Callable[[str], str]) -> Release:
    status = (row.text(spelt("transactionStatus")) or "").upper()
    return {release.value.upper(): release for release in Release}.get(status, Release.UNKNOWN)


_TOKENS = ("payload.NextToken", "NextToken", "payload.nextToken", "nextToken")


def finance_transactions(payload: object) -> Page[Transaction]:
    """The transactions of a payload that have a part in claims, and the token of the next page.

    Rows are given as they stand; `once` takes out the copies that deferral and several sources leave. An empty page
    with a token is not the end, and no rows at all prove nothing: they may be deferred, late by 48 hours, or hidden
    by a `marketplaceId` in the request.

    >>> finance_transactions({"payload": {"transactions": [], "nextToken": "t"}})
    Page(items=(), next_token='t')

    Raises:
        InvalidDocument: the payload is not an object.
    """
    whole = Reader(as_payload(payload, "finances"))
    token = next((text for path in _TOKENS if (text := whole.text(path))), None)
    at = next((path for path in ("payload.FinancialEvents", "FinancialEvents") if whole.has(path)), None)
    if at is not None:
        return Page(event_transactions(Reader(whole.raw(at), path="FinancialEvents")), token)
    inner = whole.raw("payload")
    page = inner if Reader(inner).has("transactions") else payload
    if Reader(page).has("transactions") or token is not None:
        return Page(listed_transactions(Reader(page)), token)
    updated = notified_transaction(whole)
    if updated is not None:
        return Page(updated)
    note = Note(code="no_finances", detail="no finances payload that atoz knows", level=Level.ERROR)
    return Page((ParseResult(None, (note,), Origin(system="finances")),))
