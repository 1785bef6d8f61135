"""The points that a claim raises, read from `points.toml`, and whether an answer touches them."""

import re
from functools import cache

from pydantic import Field

from atoz.messages.pattern import compiled
from atoz.model.claim import Claim
from atoz.model.document import read_document
from atoz.model.language import Text, read_toml
from atoz.model.reason import ClaimReason, ReasonDetail
from atoz.model.record import Record


class Point(Record):
    """One thing that a claim can say."""

    id: str = Field(pattern="^[a-z][a-z_]*$", description="Its id.")
    label: Text = Field(description="What it is called.")
    reasons: tuple[ClaimReason, ...] = Field(default=(), description="Reasons that raise it.")
    details: tuple[ReasonDetail, ...] = Field(default=(), description="Details that raise it.")
    raised_by: tuple[str, ...] = Field(min_length=1, description="The buyer's words that raise it.")
    answered_by: tuple[str, ...] = Field(min_length=1, description="Words of an answer that touch it.")

    def raised(self, claim: Claim, buyer_says: str) -> bool:
        """Whether a claim raises it, by its reason, its detail or the buyer's words (folded)."""
        return (
            claim.reason in self.reasons
            or claim.detail in self.details
            or any(_regex(each).search(buyer_says) for each in self.raised_by)
        )

    def touched(self, answer: str) -> bool:
        """Whether an answer (folded) touches it."""
        return any(_regex(each).search(answer) for each in self.answered_by)


class _Points(Record):
    points: tuple[Point, ...]


@cache
def points() -> tuple[Point, ...]:
    """Every point, in the order of the data file."""
    return read_document(_Points, read_toml("atoz.messages", "points.toml"), what="points.toml").points


@cache
def _regex(pattern: str) -> re.Pattern[str]:
    return compiled(pattern, {})
