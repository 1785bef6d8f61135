"""Finances v0: guarantee claims, chargebacks and refunds are all shipment events without a claim id or an amount.

The net effect is the sum over the item adjustments: charges, fees, withheld tax and promotions.
"""

from collections.abc import Iterator
from datetime import datetime

from atoz.model.citation import Confidence
from atoz.model.money import Money
from atoz.sources.parse_result import Level, Origin, ParseResult
from atoz.sources.payload_reader import Reader
from atoz.sources.transactions.transaction import Release, System, Transaction, net
from atoz.sources.transactions.transaction_types import TypeMatch, match_type

_SHIPMENT_LISTS = ("GuaranteeClaimEventList", "ChargebackEventList", "RefundEventList")
_SAFE_T = "SAFETReimbursementEventList"
_PARTS = (
    ("ItemChargeAdjustmentList", "ChargeAmount"),
    ("ItemFeeAdjustmentList", "FeeAmount"),
    ("PromotionAdjustmentList", "PromotionAmount"),
)
_MONEY = {"amount": "CurrencyAmount", "currency": "CurrencyCode"}


def event_transactions(events: Reader) -> tuple[ParseResult[Transaction], ...]:
    """The transactions of one `FinancialEvents` object, in the order of its lists."""
    results = [_shipment_event(row, name) for name in _SHIPMENT_LISTS for row in events.parts(name)]
    results += [_safe_t(row) for row in events.parts(_SAFE_T)]
    results += [result for row in events.parts("AdjustmentEventList") if (result := _adjustment(row)) is not None]
    return tuple(results)


def _shipment_event(row: Reader, name: str) -> ParseResult[Transaction]:
    meaning = match_type(name)
    order_id, posted_at = row.order_id("AmazonOrderId"), _posted(row)
    if meaning is None or order_id is None or posted_at is None:
        return _rejected(row)
    items = row.items("ShipmentItemAdjustmentList")
    amount = net(row, _amounts(items))
    ids = sorted(text for item in items if (text := item.text("OrderAdjustmentItemId")))
    key = ":".join([name, order_id, *(ids or [posted_at.isoformat(), str(amount)])])
    return _transaction(row, meaning, name, posted_at, amount, key=key, order_id=order_id)


def _amounts(items: list[Reader]) -> Iterator[Money | None]:
    for item in items:
        for list_name, field in _PARTS:
            yield from (part.money(field, **_MONEY) for part in item.items(list_name))
        for withheld in item.items("ItemTaxWithheldList"):
            yield from (tax.money("ChargeAmount", **_MONEY) for tax in withheld.items("TaxesWithheld"))


def _safe_t(row: Reader) -> ParseResult[Transaction]:
    meaning, posted_at = match_type(_SAFE_T), _posted(row)
    if meaning is None or posted_at is None:
        return _rejected(row)
    amount = net(row, [row.money("ReimbursedAmount", **_MONEY)])
    claim_id = row.text("SAFETClaimId")
    row.note("no_order_id_here", "SAFE-T rows name no order; the returns report joins them")
    key = f"{_SAFE_T}:{claim_id or posted_at.isoformat()}:{posted_at.isoformat()}:{amount}"
    return _transaction(row, meaning, _SAFE_T, posted_at, amount, key=key, safe_t=claim_id)


def _adjustment(row: Reader) -> ParseResult[Transaction] | None:
    """An adjustment whose type sounds like a claim; it names no order, so it can only be redact_value."""
    called = row.text("AdjustmentType") or ""
    meaning = match_type(called)
    if meaning is None:
        return None
    posted_at = _posted(row)
    if posted_at is None:
        return _rejected(row)
    row.note("no_order_id_here", "adjustments name no order", level=Level.WARN)
    amount = net(row, [row.money("AdjustmentAmount", **_MONEY)])
    return _transaction(row, meaning, called, posted_at, amount, key=f"{called}:{posted_at.isoformat()}:{amount}")


def _posted(row: Reader) -> datetime | None:
    posted_at = row.instant("PostedDate")
    if posted_at is None:
        row.note("no_posted_at", "without the time it was posted it is no transaction", level=Level.ERROR)
    return posted_at


def _transaction(  # noqa: PLR0913  (what a row gives, each part by name)
    row: Reader,
    meaning: TypeMatch,
    called: str,
    posted_at: datetime,
    amount: Money | None,
    *,
    key: str,
    order_id: str | None = None,
    safe_t: str | None = None,
) -> ParseResult[Transaction]:
    transaction = Transaction(
        type=meaning.type,
        order_id=order_id,
        posted_at=posted_at,
        amount=amount,
        release=Release.RELEASED,  # v0 hides deferred events until their release
        safe_t_claim_id=safe_t,
        called=called,
        confidence=meaning.confidence,
        system=System.FINANCES_V0,
        source=Origin(system="finances", version="v0", key=key),
    )
    if meaning.confidence is Confidence.UNCLEAR:
        row.note("unknown_type", "sounds like a claim, but no table knows the name", level=Level.WARN)
    return ParseResult(transaction, tuple(row.notes), transaction.source)


def _rejected(row: Reader) -> ParseResult[Transaction]:
    return ParseResult(None, tuple(row.notes), Origin(system="finances", version="v0"))
