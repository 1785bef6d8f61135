"""What a message looks like as a whole: its length, its courtesy, its order id, and what does not belong in text."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from pydantic import Field

from atoz.messages.deobfuscation import read
from atoz.messages.findings import Hit, MessageContext
from atoz.messages.rules import compiled, rule_book
from atoz.model.claim import Claim
from atoz.model.reason import ClaimReason, ReasonDetail
from atoz.model.record import Record, read_document
from atoz.model.text import Text, read_toml


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


_WORD = re.compile(r"[\u3400-\u9fff]|[^\W\d_\u3400-\u9fff]+")
_PARTS = re.compile(r"[.!?。,\n]+")
_ORDER_ID = re.compile(r"(?<![\d-])\d{3}-\d{7}-\d{7}(?![\d-])")
_BREAKS = re.compile(r"(?:\r?\n[ \t]*){3,}")
_EMBEDDED = re.compile(r"<\s*(?:img|script|iframe|style|object|link|svg)\b[^>]*>?|!\[[^\]]*\]\(", re.IGNORECASE)
_SIGN_OFF = 4
_EMOJI_FROM = 0x2190


def too_short(given: MessageContext, limit: int) -> Iterator[Hit]:
    """Fewer words than the figure."""
    if len(_WORD.findall(given.text)) < limit:
        yield Hit(0, len(given.text))


def thanks_only(given: MessageContext, _limit: int) -> Iterator[Hit]:
    """Nothing but greetings, thanks and offers of help."""
    book = rule_book()
    parts = [part for part in _PARTS.split(given.plain.text) if part.strip()]
    polite = [any(book.regex(each).match(part.strip()) for each in book.courtesy.patterns) for part in parts]
    rest = [part for part, courtesy in zip(parts, polite, strict=True) if not courtesy]
    if any(polite) and all(len(_WORD.findall(part)) <= _SIGN_OFF and not re.search(r"\d", part) for part in rest):
        yield Hit(0, len(given.text))


def missing_order_id(given: MessageContext, _limit: int) -> Iterator[Hit]:
    """No order id anywhere."""
    if not _ORDER_ID.search(given.plain.text):
        yield Hit()


def wrong_order_id(given: MessageContext, _limit: int) -> Iterator[Hit]:
    """Order ids that are not this order's."""
    if given.order is not None:
        for found in _ORDER_ID.finditer(given.plain.text):
            if found.group() != given.order.order_id:
                yield Hit(*given.plain.span(*found.span()))


def emoji(given: MessageContext, _limit: int) -> Iterator[Hit]:
    """Pictures among the letters."""
    for index, letter in enumerate(given.text):
        if ord(letter) >= _EMOJI_FROM and unicodedata.category(letter) == "So":
            yield Hit(index, index + 1)


def line_breaks(given: MessageContext, _limit: int) -> Iterator[Hit]:
    """More line breaks in a row than are allowed."""
    for found in _BREAKS.finditer(given.text):
        yield Hit(found.start(), found.end())


def embedded(given: MessageContext, _limit: int) -> Iterator[Hit]:
    """Images and markup."""
    for found in _EMBEDDED.finditer(given.text):
        yield Hit(found.start(), found.end())


def no_evidence(given: MessageContext, _limit: int) -> Iterator[Hit]:
    """Not one word of proof."""
    book = rule_book()
    if not any(book.regex(each).search(given.plain.text) for each in book.proof.patterns):
        yield Hit()


def point_unanswered(given: MessageContext, _limit: int) -> Iterator[Hit]:
    """Points of the claim that the text does not touch."""
    if given.claim is None:
        return
    buyer_says = read(given.claim.platform_words).text
    for point in points():
        if point.raised(given.claim, buyer_says) and not point.touched(given.plain.text):
            yield Hit(point=point.label)
