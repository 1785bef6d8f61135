"""One message and what is known around it, and how a measurement of the checker answers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from atoz.messages.character_folding import Reading
from atoz.messages.findings import MessageKind
from atoz.model.claim import Claim
from atoz.model.events import AnyEvent
from atoz.model.order import Order
from atoz.model.text import Text


@dataclass(frozen=True, slots=True)
class MessageContext:
    """One message and its surroundings."""

    text: str
    plain: Reading
    """Folded, not mended: what contacts, dates and amounts are looked for in."""
    languages: tuple[str, ...]
    """The languages whose words are looked for, the main one first."""
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
    detail: Text | None = None
    """What the rule's words name, for the rule that names something."""


Detector = Callable[[MessageContext, int], Iterator[Hit]]
"""A measurement: the message and the rule's figure, to the stretches concerned."""
