"""What a message looks like as a whole: its length, its courtesy, its order id, and what does not belong in text."""

import re
import unicodedata
from collections.abc import Iterator

from atoz.messages.context import Hit, MessageContext
from atoz.messages.matching import IndexedText
from atoz.messages.rules import patterns
from atoz.model.order_id import ORDER_ID

_WORD = re.compile(r"[\u3400-\u9fff]|[^\W\d_\u3400-\u9fff]+")
_PART = re.compile(r"[^.!?。,\n\s][^.!?。,\n]*")
_ORDER_ID = re.compile(rf"(?<![\d-]){ORDER_ID.pattern}(?![\d-])")
_BREAKS = re.compile(r"(?:\r?\n[ \t]*){3,}")
_EMBEDDED = re.compile(r"<\s*(?:img|script|iframe|style|object|link|svg)\b[^>]*>?|!\[[^\]]{0,500}\]\(", re.IGNORECASE)
_SIGN_OFF = 4
_EMOJI_FROM = 0x2190


def too_short(context: MessageContext, limit: int) -> Iterator[Hit]:
    """Fewer words than the figure."""
    if len(_WORD.findall(context.text)) < limit:
        yield Hit(0, len(context.text))


def thanks_only(context: MessageContext, _limit: int) -> Iterator[Hit]:
    """Nothing but greetings, thanks and offers of help."""
    text = IndexedText(context.plain.text)
    polite = {start for pattern in patterns(context.languages, "courtesy") for start, _ in text.spans(pattern)}
    parts = [(match.start(), match.group()) for match in _PART.finditer(text.text)]
    rest = [part for start, part in parts if start not in polite]
    if len(rest) < len(parts) and not any(map(_says_something, rest)):
        yield Hit(0, len(context.text))


def _says_something(part: str) -> bool:
    """More than a signature: five words, or any digit."""
    return len(_WORD.findall(part)) > _SIGN_OFF or bool(re.search(r"\d", part))


def missing_order_id(context: MessageContext, _limit: int) -> Iterator[Hit]:
    """No order id anywhere."""
    if not _ORDER_ID.search(context.plain.text):
        yield Hit()


def wrong_order_id(context: MessageContext, _limit: int) -> Iterator[Hit]:
    """Order ids that are not this order's."""
    if context.order is not None:
        for match in _ORDER_ID.finditer(context.plain.text):
            if match.group() != context.order.order_id:
                yield Hit(*context.plain.span(*match.span()))


def emoji(context: MessageContext, _limit: int) -> Iterator[Hit]:
    """Pictures among the letters."""
    for index, letter in enumerate(context.text):
        if ord(letter) >= _EMOJI_FROM and unicodedata.category(letter) == "So":
            yield Hit(index, index + 1)


def line_breaks(context: MessageContext, _limit: int) -> Iterator[Hit]:
    """More line breaks in a row than are allowed."""
    for match in _BREAKS.finditer(context.text):
        yield Hit(match.start(), match.end())


def embedded(context: MessageContext, _limit: int) -> Iterator[Hit]:
    """Images and markup."""
    for match in _EMBEDDED.finditer(context.text):
        yield Hit(match.start(), match.end())


def no_evidence(context: MessageContext, _limit: int) -> Iterator[Hit]:
    """Not one word of proof."""
    text = IndexedText(context.plain.text)
    if not any(text.holds(pattern) for pattern in patterns(context.languages, "proof")):
        yield Hit()
