"""What the checker finds: a rule, how much it matters, the words concerned, and why by whose word."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from pydantic import Field, computed_field

from atoz.messages.deobfuscation import Reading
from atoz.model.citation import Confidence, Source
from atoz.model.claim import Claim
from atoz.model.events import AnyEvent, BuyerMessaged, SellerMessaged, SellerRefunded
from atoz.model.instant import Day
from atoz.model.order import Order
from atoz.model.record import Record
from atoz.model.text import Language, Text, phrases


class MessageKind(StrEnum):
    """Whom a message goes to and what prompted it: other rules hold for each."""

    REPLY = "reply"
    """To a buyer who wrote, or whose claim is open."""
    PROACTIVE = "proactive"
    """To a buyer who did not ask."""
    AMAZON = "amazon"
    """To Amazon: an answer, an appeal, a letter."""

    def label(self, language: Language = "en") -> str:
        """What the kind is called, in English or Chinese."""
        return phrases("atoz.messages")[f"kind_{self}"].say(language)


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    """It breaks a rule, or contradicts the record."""
    WARNING = "warning"
    """It is likely to do harm, or the rule's words are not known well."""
    ADVICE = "advice"
    """It would be better otherwise."""

    def label(self, language: Language = "en") -> str:
        """What the severity is called, in English or Chinese."""
        return phrases("atoz.messages")[f"severity_{self}"].say(language)


class Finding(Record):
    """One thing that a message should not say, or should; `start` and `end` are 0 where no words are concerned."""

    rule: str = Field(description="The rule's id.")
    severity: Severity = Field(description="Error, warning or advice.")
    start: int = Field(ge=0, description="Where the words concerned begin in the text.")
    end: int = Field(ge=0, description="Where they end.")
    words: str = Field(description="The words concerned, as they stand in the text.")
    why: Text = Field(description="Why, in both languages.")
    source: Source = Field(description="Where the rule comes from.")
    since: Day | None = Field(default=None, description="The day the rule took effect; none if not known.")
    confidence: Confidence = Field(description="How far the source can be trusted.")

    @computed_field(description="The day the source was seen; none if undated.")  # type: ignore[prop-decorator]
    @property
    def seen(self) -> date | None:
        """The day the source was seen; none if undated."""
        return self.source.seen


@dataclass(frozen=True, slots=True)
class MessageContext:
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


Detector = Callable[[MessageContext, int], Iterator[Hit]]
"""A measurement: what is given and the rule's figure, to the stretches concerned."""


def _delivered(given: MessageContext) -> bool:
    scan = given.order.delivered_at if given.order else None
    return scan is not None and (given.at is None or scan <= given.at)


def _has(given: MessageContext, *kinds: type) -> bool:
    return any(isinstance(event, kinds) for event in given.history)


RECORD: dict[str, Callable[[MessageContext], bool]] = {
    "delivered": _delivered,
    "not_delivered": lambda given: given.order is not None and not _delivered(given),
    "not_refunded": lambda given: bool(given.history) and not _has(given, SellerRefunded),
    "buyer_wrote": lambda given: _has(given, BuyerMessaged),
    "seller_never_wrote": lambda given: bool(given.history) and not _has(given, SellerMessaged),
}
"""The facts of the record that a text can contradict."""
