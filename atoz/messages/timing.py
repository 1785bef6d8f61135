"""Too many messages, too close together, too late: told from the history and the instant of sending."""

from collections.abc import Iterator
from datetime import timedelta

from atoz.messages.given import Given, Hit
from atoz.model.events import BuyerMessaged, SellerMessaged


def too_many_messages(given: Given, limit: int) -> Iterator[Hit]:
    """As many messages unanswered already as the figure says; this would be one more."""
    if len(_unanswered(given)) >= limit:
        yield Hit()


def too_soon(given: Given, limit: int) -> Iterator[Hit]:
    """The last message is unanswered and fewer hours old than the figure says; or two on record already are."""
    sent = [each.at for each in _unanswered(given)]
    if given.at is not None:
        sent.append(given.at)
    if len(sent) > 1 and sent[-1] - sent[-2] < timedelta(hours=limit):
        yield Hit()


def too_late(given: Given, limit: int) -> Iterator[Hit]:
    """More days after the delivery scan than the figure says."""
    scan = given.order.delivered_at if given.order else None
    if given.at is not None and scan is not None and given.at > scan + timedelta(days=limit):
        yield Hit()


def _unanswered(given: Given) -> list[SellerMessaged]:
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
