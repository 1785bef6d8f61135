"""What a message looks like as a whole: its length, its courtesy, its order id, and what does not belong in text."""

import re
import unicodedata
from collections.abc import Iterator

from atoz.messages.given import Given, Hit
from atoz.messages.point import points
from atoz.messages.reading import read
from atoz.messages.rule import rule_book

_WORD = re.compile(r"[\u3400-\u9fff]|[^\W\d_\u3400-\u9fff]+")
_PARTS = re.compile(r"[.!?。,\n]+")
_ORDER_ID = re.compile(r"(?<![\d-])\d{3}-\d{7}-\d{7}(?![\d-])")
_BREAKS = re.compile(r"(?:\r?\n[ \t]*){3,}")
_EMBEDDED = re.compile(r"<\s*(?:img|script|iframe|style|object|link|svg)\b[^>]*>?|!\[[^\]]*\]\(", re.IGNORECASE)
_SIGN_OFF = 4
_EMOJI_FROM = 0x2190


def too_short(given: Given, limit: int) -> Iterator[Hit]:
    """Fewer words than the figure."""
    if len(_WORD.findall(given.text)) < limit:
        yield Hit(0, len(given.text))


def thanks_only(given: Given, _limit: int) -> Iterator[Hit]:
    """Nothing but greetings, thanks and offers of help."""
    book = rule_book()
    parts = [part for part in _PARTS.split(given.plain.text) if part.strip()]
    polite = [any(book.regex(each).match(part.strip()) for each in book.courtesy.patterns) for part in parts]
    rest = [part for part, courtesy in zip(parts, polite, strict=True) if not courtesy]
    if any(polite) and all(len(_WORD.findall(part)) <= _SIGN_OFF and not re.search(r"\d", part) for part in rest):
        yield Hit(0, len(given.text))


def missing_order_id(given: Given, _limit: int) -> Iterator[Hit]:
    """No order id anywhere."""
    if not _ORDER_ID.search(given.plain.text):
        yield Hit()


def wrong_order_id(given: Given, _limit: int) -> Iterator[Hit]:
    """Order ids that are not this order's."""
    if given.order is not None:
        for found in _ORDER_ID.finditer(given.plain.text):
            if found.group() != given.order.order_id:
                yield Hit(*given.plain.span(*found.span()))


def emoji(given: Given, _limit: int) -> Iterator[Hit]:
    """Pictures among the letters."""
    for index, letter in enumerate(given.text):
        if ord(letter) >= _EMOJI_FROM and unicodedata.category(letter) == "So":
            yield Hit(index, index + 1)


def line_breaks(given: Given, _limit: int) -> Iterator[Hit]:
    """More line breaks in a row than are allowed."""
    for found in _BREAKS.finditer(given.text):
        yield Hit(found.start(), found.end())


def embedded(given: Given, _limit: int) -> Iterator[Hit]:
    """Images and markup."""
    for found in _EMBEDDED.finditer(given.text):
        yield Hit(found.start(), found.end())


def no_evidence(given: Given, _limit: int) -> Iterator[Hit]:
    """Not one word of proof."""
    book = rule_book()
    if not any(book.regex(each).search(given.plain.text) for each in book.proof.patterns):
        yield Hit()


def point_unanswered(given: Given, _limit: int) -> Iterator[Hit]:
    """Points of the claim that the text does not touch."""
    if given.claim is None:
        return
    buyer_says = read(given.claim.platform_words).text
    for point in points():
        if point.raised(given.claim, buyer_says) and not point.touched(given.plain.text):
            yield Hit(point=point.label)
