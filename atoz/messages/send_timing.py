"""When a message is sent: how many went unanswered before it, how soon after the last, how late after delivery."""

from collections.abc import Iterator
from datetime import timedelta

from atoz.messages.context import Hit, MessageContext
from atoz.model.events import BuyerMessaged, SellerMessaged


def too_many_messages(context: MessageContext, limit: int) -> Iterator[Hit]:
    """As many messages unanswered already as the figure says; this would be one more."""
    if len(_unanswered(context)) >= limit:
        yield Hit()


def too_soon(context: MessageContext, limit: int) -> Iterator[Hit]:
    """The last message is unanswered and fewer hours old than the figure says; or two on record already are."""
    sent = [message.at for message in _unanswered(context)]
    if context.at is not None:
        sent.append(context.at)
    if len(sent) > 1 and sent[-1] - sent[-2] < timedelta(hours=limit):
        yield Hit()


def too_late(context: MessageContext, limit: int) -> Iterator[Hit]:
    """More days after the delivery scan than the figure says."""
    scan = context.order.delivered_at if context.order else None
    if context.at is not None and scan is not None and context.at > scan + timedelta(days=limit):
        yield Hit()


def _unanswered(context: MessageContext) -> list[SellerMessaged]:
    """The seller's messages since the buyer last wrote, up to the instant of sending."""
    unanswered: list[SellerMessaged] = []
    for event in context.history:
        if context.at is not None and event.at > context.at:
            break
        if isinstance(event, BuyerMessaged):
            unanswered = []
        elif isinstance(event, SellerMessaged):
            unanswered.append(event)
    return unanswered
