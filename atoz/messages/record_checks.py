"""Days and amounts in a text that the order contradicts."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from dateutil.parser import ParserError, parse

from atoz.messages.findings import Hit, MessageContext
from atoz.model.events import BuyerMessaged, SellerMessaged
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


def wrong_day(given: MessageContext, _limit: int) -> Iterator[Hit]:
    """Days that are said to be the order's, its promise's or its delivery's, and are not."""
    if given.order is None:
        return
    known, text = _days(given.order), given.plain.text
    for found in _DAY.finditer(text):
        lead = text[max(0, found.start() - _BEFORE) : found.start()]
        named = next((fact for fact, words in _LEADS if words.search(lead)), None)
        said, real = _day(found), known.get(named or "")
        if said is not None and real is not None and said != real:
            yield Hit(*given.plain.span(*found.span()))


def _days(order: Order) -> dict[str, date | None]:
    scan = order.delivered_at
    return {
        "delivered_on": order.local_day(scan) if scan else None,
        "placed_on": order.placed_on,
        "deliver_by": order.deliver_by,
    }


def _day(found: re.Match[str]) -> date | None:
    try:
        return date.fromisoformat(found["iso"]) if found["iso"] else parse(found.group()).date()
    except (ParserError, ValueError, OverflowError):
        return None


def wrong_amount(given: MessageContext, _limit: int) -> Iterator[Hit]:
    """Amounts in the order's currency that are more than its total."""
    total = given.order.total if given.order else None
    if total is None:
        return
    for found in _AMOUNT.finditer(given.plain.text):
        marks = [each.strip() for each in (found["before"], found["after"]) if each]
        currencies = {_SIGNS.get(mark, mark.upper()) for mark in marks}
        if total.currency in currencies and Decimal(found["value"].replace(",", "")) > total.value:
            yield Hit(*given.plain.span(*found.span()))


def too_many_messages(given: MessageContext, limit: int) -> Iterator[Hit]:
    """As many messages unanswered already as the figure says; this would be one more."""
    if len(_unanswered(given)) >= limit:
        yield Hit()


def too_soon(given: MessageContext, limit: int) -> Iterator[Hit]:
    """The last message is unanswered and fewer hours old than the figure says; or two on record already are."""
    sent = [each.at for each in _unanswered(given)]
    if given.at is not None:
        sent.append(given.at)
    if len(sent) > 1 and sent[-1] - sent[-2] < timedelta(hours=limit):
        yield Hit()


def too_late(given: MessageContext, limit: int) -> Iterator[Hit]:
    """More days after the delivery scan than the figure says."""
    scan = given.order.delivered_at if given.order else None
    if given.at is not None and scan is not None and given.at > scan + timedelta(days=limit):
        yield Hit()


def _unanswered(given: MessageContext) -> list[SellerMessaged]:
    """The seller's messages since the buyer last wrote, up to the instant of sending."""
    found: list[SellerMessaged] = []
    for event in given.history:
        if given.at is not None and event.at > given.at:
            break
        if isinstance(event, BuyerMessaged):
            found = []
        elif isinstance(event, SellerMessaged):
            found.append(event)
    return found
