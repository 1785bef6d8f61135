"""The phrases of notices, ready to search: `phrases.toml`."""

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from atoz.model.citation import Confidence, Source
from atoz.model.marketplace import Marketplace
from atoz.model.money import Money
from atoz.model.record import Record
from atoz.model.text import read_toml
from atoz.rulebook.date_arithmetic import Unit
from atoz.sources.parse_result import Level, Note
from atoz.sources.payload_reader import money_of
from atoz.sources.report_files.locale_parsing import local_decimal


class Says(StrEnum):
    """What a phrase or a header says."""

    ABOUT = "about"
    RECEIVED = "received"
    ACTION_REQUIRED = "action_required"
    DECIDED = "decided"
    GRANTED = "granted"
    AMAZON_FUNDED = "amazon_funded"
    SELLER_DEBITED = "seller_debited"
    NOT_RESPONSIBLE = "not_responsible"
    ODR_NO = "odr_no"
    ODR_YES = "odr_yes"


class Topic(StrEnum):
    """What a mail is about."""

    CLAIM = "claim"
    CHARGEBACK = "chargeback"
    OTHER = "other"
    """A notice of Amazon's about something else."""
    UNRECOGNISED = "unrecognised"


class Sender(Record):
    """A sender's address up to its ending, and what it writes about."""

    address: str
    topic: Topic
    source: str


class SpaceHeader(Record):
    """A value of `X-Space-Notification-Type`, and what it means."""

    value: str
    topic: Topic
    says: Says | None = None
    source: str


class Phrase(Record):
    """Words that say one thing in one language."""

    language: str
    says: Says
    texts: tuple[str, ...]
    confidence: Confidence
    source: str


class DeadlineWords(Record):
    """Words that state how long the seller has."""

    language: str
    pattern: str
    unit: Unit
    confidence: Confidence
    source: str


class Phrasebook(Record):
    """All of `phrases.toml`."""

    sources: dict[str, Source]
    senders: tuple[Sender, ...]
    headers: tuple[SpaceHeader, ...]
    phrases: tuple[Phrase, ...]
    deadlines: tuple[DeadlineWords, ...]
    marks: dict[str, tuple[str, ...]]


class Hit(NamedTuple):
    """A phrase found, and where."""

    phrase: Phrase
    end: int


@cache
def phrasebook() -> Phrasebook:
    """The book, read once."""
    return Phrasebook.model_validate(read_toml("atoz.sources.notices", "phrases.toml"))


def plain(text: str) -> str:
    """Text in one case and width, without accents, soft hyphens and repeated space; lines stay lines."""
    folded = (
        unicodedata.normalize("NFKC", text)
        .casefold()
        .replace("\u00ad", "")
        .replace("\u2019", "'")
        .replace("\u2011", "-")
    )
    folded = unicodedata.normalize("NFKD", folded)
    bare = "".join(each for each in folded if not unicodedata.combining(each) or each in "\u3099\u309a")
    return unicodedata.normalize("NFC", "\n".join(" ".join(line.split()) for line in bare.splitlines()))


def hits(text: str) -> list[Hit]:
    """Every phrase in a text that `plain` has prepared, also across line breaks, earliest first."""
    flat = text.replace("\n", " ")
    found: list[Hit] = []
    for phrase in phrasebook().phrases:
        places = [(flat.find(words), words) for words in map(plain, phrase.texts)]
        at = min(((start + len(words)) for start, words in places if start >= 0), default=None)
        if at is not None:
            found.append(Hit(phrase, at))
    return sorted(found, key=lambda hit: (hit.end, hit.phrase.says))


def deadline_words(text: str) -> tuple[DeadlineWords, int] | None:
    """How long the seller has, by the words of a text that `plain` has prepared."""
    flat = text.replace("\n", " ")
    for words in phrasebook().deadlines:
        found = re.search(re.escape(plain(words.pattern)).replace(r"\{n\}", r"(\d{1,2})"), flat)
        if found:
            return words, int(found[1])
    return None


_SIGNS = {
    "€": ("EUR",),
    "£": ("GBP",),
    "zł": ("PLN",),
    "₹": ("INR",),
    "¥": ("JPY", "CNY"),
    "$": ("USD", "CAD", "AUD", "MXN", "SGD"),
}
_CODES = tuple(sorted({each.currency for each in Marketplace.all()}))
_UNIT = "|".join(re.escape(each) for each in (*_SIGNS, *(code.casefold() for code in _CODES)))
_NUMBER = r"\d{1,3}(?:[., \u00a0']\d{3})*(?:[.,]\d{1,2})?(?!\d)|\d{1,9}(?:[.,]\d{1,2})?(?!\d)"
_AMOUNT = re.compile(
    rf"(?:(?P<before>{_UNIT})\s?(?P<first>{_NUMBER}))|(?:(?<![\d.,-])(?P<second>{_NUMBER})\s?(?P<after>{_UNIT})(?![a-z]))"
)
_TELLS = (Says.GRANTED, Says.ABOUT, Says.RECEIVED)
_NEAR = 120


def amount_in(text: str, marketplace: Marketplace | None, found: Sequence[Hit], notes: list[Note]) -> Money | None:
    """The only amount of a text that `plain` has prepared, or else the one right after a phrase on the claim."""
    flat = text.replace("\n", " ")
    amounts = [
        (hit.start(), money) for hit in _AMOUNT.finditer(flat) if (money := _money(hit, marketplace, notes)) is not None
    ]
    if len({(money.value, money.currency) for _, money in amounts}) == 1:
        return amounts[0][1]
    for words in (text_end for says in _TELLS for text_end in _ends(flat, found, says)):
        near = next((money for start, money in amounts if words <= start <= words + _NEAR), None)
        if near is not None:
            return near
    if amounts:
        notes.append(
            Note(code="several_amounts", detail="several amounts, none next to words on the claim", level=Level.WARN)
        )
    return None


def _ends(flat: str, found: Sequence[Hit], says: Says) -> list[int]:
    """Where a phrase ends in the body; the hits were counted with the subject in front."""
    texts = (plain(words) for hit in found if hit.phrase.says is says for words in hit.phrase.texts)
    return [at + len(words) for words in texts if (at := flat.find(words)) >= 0]


def _money(hit: re.Match[str], marketplace: Marketplace | None, notes: list[Note]) -> Money | None:
    unit = hit["before"] or hit["after"] or ""
    choices = _SIGNS.get(unit, (unit.upper(),))
    code = (
        choices[0]
        if len(choices) == 1
        else marketplace.currency
        if marketplace and marketplace.currency in choices
        else None
    )
    if code is None:
        if all(note.code != "currency_not_said" for note in notes):
            words = "a sign that several currencies share, and no marketplace to tell them apart"
            notes.append(Note(code="currency_not_said", detail=words, level=Level.WARN))
        return None
    return money_of(local_decimal(hit["first"] or hit["second"] or ""), code)
