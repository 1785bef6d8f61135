"""Movements from the Finances API: v0, 2024-06-19, and TRANSACTION_UPDATE notifications."""

from collections.abc import Callable
from datetime import UTC, datetime

from atoz.model.citation import Confidence
from atoz.sources.parse_result import Level, Note, Origin, Page, Parsed
from atoz.sources.payload_reader import Reader, as_payload
from atoz.sources.transactions.finances_v0 import event_movements
from atoz.sources.transactions.transaction import Movement, MovementKind, Release, System, net
from atoz.sources.transactions.transaction_types import labelled

_REFUND_HID_CLAIMS_UNTIL = datetime(2025, 1, 1, tzinfo=UTC)
"""Until late 2024 chargebacks were seen as plain refunds (models issues 4268 and 4274; no date of a fix)."""
_ENVELOPES = (
    "",
    "Payload",
    "payload",
    "Payload.TransactionUpdateNotification",
    "payload.transactionUpdateNotification",
)


def transaction_movements(page: Reader) -> tuple[Parsed[Movement], ...]:
    """The movements among a page's transactions."""
    found = (_transaction(row, _camel) for row in page.parts("transactions"))
    return tuple(each for each in found if each is not None)


def updated_movement(whole: Reader) -> tuple[Parsed[Movement], ...] | None:
    """The movement in a notification, nothing if it is of another type; none at all if it is no notification."""
    for path in _ENVELOPES:
        row = Reader(whole.raw(path), path=path)
        for spelt in (_camel, _pascal):
            if row.has(spelt("transactionType")):
                found = _transaction(row, spelt)
                return () if found is None else (found,)
    return None


def _camel(path: str) -> str:
    return path


def _pascal(path: str) -> str:
    return ".".join(step[0].upper() + step[1:] for step in path.split("."))


def _transaction(row: Reader, spelt: Callable[[str], str]) -> Parsed[Movement] | None:
    called = row.text(spelt("transactionType")) or ""
    meaning = labelled(called) or labelled(row.text(spelt("description")) or "")
    if meaning is None:
        return None
    posted_at = row.instant(spelt("postedDate"))
    if posted_at is None:
        row.note("no_posted_at", "without the time it was posted it is no movement", level=Level.ERROR)
    ids = _identifiers(row, spelt)
    order_id = Reader({"ORDER_ID": ids.get("ORDERID")}, path=spelt("relatedIdentifiers"), notes=row.notes).order_id(
        "ORDER_ID"
    )
    if posted_at is None or order_id is None:
        return Parsed(None, tuple(row.notes), Origin(system="finances", version="2024-06-19"))
    amount = net(row, [row.money(spelt("totalAmount"), amount=spelt("currencyAmount"), currency=spelt("currencyCode"))])
    key = ids.get("DEFERREDTRANSACTIONID") or row.text(spelt("transactionId"))
    found = Movement(
        type=meaning.kind,
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
    _caveats(row, found)
    return Parsed(found, tuple(row.notes), found.source)


def _caveats(row: Reader, found: Movement) -> None:
    if found.confidence is Confidence.UNCLEAR:
        row.note("unknown_type", "sounds like a claim, but no table knows the name", level=Level.WARN)
    if found.type is MovementKind.REFUND and found.posted_at < _REFUND_HID_CLAIMS_UNTIL:
        row.note("refund_may_hide_claim", "until late 2024 such rows hid claims and chargebacks", level=Level.WARN)


def _identifiers(row: Reader, spelt: Callable[[str], str]) -> dict[str, str]:
    """Related identifiers by name, in one spelling: `ORDER_ID` here is `OrderId` in notifications."""
    found: dict[str, str] = {}
    for each in row.items(spelt("relatedIdentifiers")):
        name, value = each.text(spelt("relatedIdentifierName")), each.text(spelt("relatedIdentifierValue"))
        if name and value:
            found.setdefault(name.replace("_", "").upper(), value)
    return found


def _release(row: Reader, spelt: Callable[[str], str]) -> Release:
    said = (row.text(spelt("transactionStatus")) or "").upper()
    return {each.value.upper(): each for each in Release}.get(said, Release.UNKNOWN)


_TOKENS = ("payload.NextToken", "NextToken", "payload.nextToken", "nextToken")


def movements(payload: object) -> Page[Movement]:
    """The movements of a payload that have a part in claims, and the token of the next page.

    Rows are given as they stand; `once` takes out the copies that deferral and several sources leave. An empty page
    with a token is not the end, and no rows at all prove nothing: they may be deferred, late by 48 hours, or hidden
    by a `marketplaceId` in the request.

    >>> movements({"payload": {"transactions": [], "nextToken": "t"}})
    Page(items=(), next_token='t')

    Raises:
        InvalidDocument: the payload is not an object.
    """
    whole = Reader(as_payload(payload, "finances"))
    token = next((found for path in _TOKENS if (found := whole.text(path))), None)
    at = next((path for path in ("payload.FinancialEvents", "FinancialEvents") if whole.has(path)), None)
    if at is not None:
        return Page(event_movements(Reader(whole.raw(at), path="FinancialEvents")), token)
    inner = whole.raw("payload")
    page = inner if Reader(inner).has("transactions") else payload
    if Reader(page).has("transactions") or token is not None:
        return Page(transaction_movements(Reader(page)), token)
    updated = updated_movement(whole)
    if updated is not None:
        return Page(updated)
    note = Note(code="no_finances", detail="no finances payload that atoz knows", level=Level.ERROR)
    return Page((Parsed(None, (note,), Origin(system="finances")),))
