"""Movements from the Finances API: v0, 2024-06-19, and TRANSACTION_UPDATE notifications."""

from atoz.sources.money.finances_2024 import transaction_movements, updated_movement
from atoz.sources.money.finances_v0 import event_movements
from atoz.sources.money.movement import Movement
from atoz.sources.parsed import Level, Note, Origin, Page, Parsed
from atoz.sources.wire import Reader, as_payload

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
