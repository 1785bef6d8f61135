"""What the checker is given: the text, and what is known of the order, the claim and the history."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from atoz.messages.finding import MessageKind
from atoz.messages.reading import Reading
from atoz.model.claim import Claim
from atoz.model.events import AnyEvent, BuyerMessaged, SellerMessaged, SellerRefunded
from atoz.model.order import Order


@dataclass(frozen=True, slots=True)
class Given:
    """One message and its surroundings."""

    text: str
    plain: Reading
    """Folded, not mended: what contacts, dates and amounts are looked for in."""
    kind: MessageKind
    order: Order | None
    history: tuple[AnyEvent, ...]
    claim: Claim | None
    at: datetime | None
    """When it is to be sent, if that is known."""


class Hit(NamedTuple):
    """A stretch of the original text that a rule concerns; 0 to 0 where it is about no words."""

    start: int = 0
    end: int = 0
    point: object = None
    """What the rule's words name, for the rule that names something."""


Detector = Callable[[Given, int], Iterator[Hit]]
"""A measurement: what is given and the rule's figure, to the stretches concerned."""


def _delivered(given: Given) -> bool:
    scan = given.order.delivered_at if given.order else None
    return scan is not None and (given.at is None or scan <= given.at)


def _has(given: Given, *kinds: type) -> bool:
    return any(isinstance(event, kinds) for event in given.history)


RECORD: dict[str, Callable[[Given], bool]] = {
    "delivered": _delivered,
    "not_delivered": lambda given: given.order is not None and not _delivered(given),
    "not_refunded": lambda given: bool(given.history) and not _has(given, SellerRefunded),
    "buyer_wrote": lambda given: _has(given, BuyerMessaged),
    "seller_never_wrote": lambda given: bool(given.history) and not _has(given, SellerMessaged),
}
"""The facts of the record that a text can contradict."""
