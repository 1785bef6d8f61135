"""The points that a claim can raise, and whether an answer to Amazon touches each of them."""

from collections.abc import Iterator
from functools import cache

from pydantic import Field

from atoz.messages.character_folding import fold
from atoz.messages.context import Hit, MessageContext
from atoz.messages.matching import IndexedText
from atoz.messages.word_rows import Pattern, compiled
from atoz.model.claim import Claim
from atoz.model.data_files import read_record
from atoz.model.reason import ClaimReason, ReasonDetail
from atoz.model.record import Record
from atoz.model.text import Text


class Point(Record):
    """One thing that a claim can say."""

    id: str = Field(pattern="^[a-z][a-z_]*$", description="Its id.")
    label: Text = Field(description="What it is called.")
    reasons: tuple[ClaimReason, ...] = Field(default=(), description="Reasons that raise it.")
    details: tuple[ReasonDetail, ...] = Field(default=(), description="Details that raise it.")
    raised_by: tuple[str, ...] = Field(min_length=1, description="The buyer's words that raise it.")
    answered_by: tuple[str, ...] = Field(min_length=1, description="Words of an answer that touch it.")

    def raised(self, claim: Claim, buyer_says: IndexedText) -> bool:
        """Whether a claim raises it, by its reason, its detail or the buyer's words (folded)."""
        return (
            claim.reason in self.reasons
            or claim.detail in self.details
            or any(buyer_says.holds(_pattern(row)) for row in self.raised_by)
        )

    def touched(self, answer: IndexedText) -> bool:
        """Whether an answer (folded) touches it."""
        return any(answer.holds(_pattern(row)) for row in self.answered_by)


class _Points(Record):
    points: tuple[Point, ...]


@cache
def points() -> tuple[Point, ...]:
    """Every point, in the order of the data file."""
    return read_record(_Points, "atoz.messages", "points.toml").points


@cache
def _pattern(row: str) -> Pattern:
    return compiled(row, {})


def point_unanswered(context: MessageContext, _limit: int) -> Iterator[Hit]:
    """Points of the claim that the text does not touch."""
    if context.claim is None:
        return
    buyer_says, answer = IndexedText(fold(context.claim.platform_words).text), IndexedText(context.plain.text)
    for point in points():
        if point.raised(context.claim, buyer_says) and not point.touched(answer):
            yield Hit(detail=point.label)
