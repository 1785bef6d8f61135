"""The phrases of notices, ready to search: `phrases.toml`."""

import re
import unicodedata
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from atoz.model.citation import Confidence, Source
from atoz.model.language import read_toml
from atoz.model.record import Record
from atoz.rulebook.count import Unit


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
