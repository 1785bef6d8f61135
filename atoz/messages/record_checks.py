"""Days and amounts in a text that the order contradicts."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

from dateutil.parser import ParserError, parse

from atoz.messages.context import Hit, MessageContext
from atoz.model.events import BuyerMessaged, SellerMessaged, SellerRefunded
from atoz.model.order import Order

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DAY = re.compile(
    rf"\b(?:(?P<iso>\d{{4}}-\d\d-\d\d)|\d{{1,2}} {_MONTH}\.?,? \d{{4}}|{_MONTH}\.? \d{{1,2}},? \d{{4}})\b"
)
_AMOUNT = re.compile(
    r"(?P<before>[a-z]{3} |[$€£¥] ?)?(?P<value>\d{1,9}(?:,\d{3})*(?:\.\d{1,2})?)(?P<after> ?[a-z]{3}\b)?"
)
_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}
_LEADS = (
    (
        "delivered_on",
        re.compile(
            r"(?:was|been|is|shows?|scan\w*|marked)\W+(?:\w+\W+){0,3}?(?:delivered|delivery|arrived)\b[^.!?]{0,25}$"
        ),
    ),
    ("placed_on", re.compile(r"(?:placed|ordered|order of|purchased|bought)\b[^.!?]{0,15}$")),
    ("deliver_by", re.compile(r"(?:latest|promised|estimated|expected|maximum)\b[^.!?]{0,30}$")),
)
_BEFORE = 60


def wrong_day(context: MessageContext, _limit: int) -> Iterator[Hit]:
    """Days that are said to be the order's, its promise's or its delivery's, and are not."""
    if context.order is None:
        return
    known, text = _days(context.order), context.plain.text
    for match in _DAY.finditer(text):
        lead = text[max(0, match.start() - _BEFORE) : match.start()]
        named = next((fact for fact, words in _LEADS if words.search(lead)), None)
        said, real = _day(match), known.get(named or "")
        if said is not None and real is not None and said != real:
            yield Hit(*context.plain.span(*match.span()))


def _days(order: Order) -> dict[str, date | None]:
    scan = order.delivered_at
    return {
        "delivered_on": order.local_day(scan) if scan else None,
        "placed_on": order.placed_on,
        "deliver_by": order.deliver_by,
    }


def _day(match: re.Match[str]) -> date | None:
    try:
        return date.fromisoformat(match["iso"]) if match["iso"] else parse(match.group()).date()
    except (ParserError, ValueError, OverflowError):
        return None


def wrong_amount(context: MessageContext, _limit: int) -> Iterator[Hit]:
    """Amounts in the order's currency that are more than its total."""
    total = context.order.total if context.order else None
    if total is None:
        return
    for match in _AMOUNT.finditer(context.plain.text):
        marks = [mark.strip() for mark in (match["before"], match["after"]) if mark]
        currencies = {_SIGNS.get(mark, mark.upper()) for mark in marks}
        if total.currency in currencies and Decimal(match["value"].replace(",", "")) > total.value:
            yield Hit(*context.plain.span(*match.span()))


def _delivered(context: MessageContext) -> bool:
    scan = context.order.delivered_at if context.order else None
    return scan is not None and (context.at is None or scan <= context.at)


def _has(context: MessageContext, *kinds: type) -> bool:
    return any(isinstance(event, kinds) for event in context.history)


RECORD: dict[str, Callable[[MessageContext], bool]] = {
    "delivered": _delivered,
    "not_delivered": lambda context: context.order is not None and not _delivered(context),
    "not_refunded": lambda context: bool(context.history) and not _has(context, SellerRefunded),
    "buyer_wrote": lambda context: _has(context, BuyerMessaged),
    "seller_never_wrote": lambda context: bool(context.history) and not _has(context, SellerMessaged),
}
"""The facts of the record that a text can contradict."""
