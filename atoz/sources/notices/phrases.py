"""The words of notices, ready to search: `phrases.toml`."""

import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from atoz.model.citation import Confidence, Source
from atoz.model.data_files import read_record
from atoz.model.record import Record
from atoz.rulebook.date_arithmetic import Unit


class Meaning(StrEnum):
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
    says: Meaning | None = None
    source: str


class Phrase(Record):
    """Words that say one thing in one language."""

    language: str
    says: Meaning
    texts: tuple[str, ...]
    confidence: Confidence
    source: str


class DeadlineWords(Record):
    """Words that state how long somebody has."""

    language: str
    pattern: str
    unit: Unit
    addresses_seller: bool = False
    inferred: bool = False
    confidence: Confidence
    source: str


class DoubtWords(Record):
    """The words of one language that leave a sentence in doubt, and those that end their reach."""

    negations: tuple[str, ...]
    conditions: tuple[str, ...]
    clauses: tuple[str, ...]
    coordinations: tuple[str, ...]


class AboutWords(Record):
    """The words of one language that say what a stated time is about."""

    answer: tuple[str, ...]
    other: tuple[str, ...]
    needless: tuple[str, ...]


class Domains(Record):
    """Amazon's domains besides its marketplaces', and the relays that carry a buyer's words."""

    amazon: tuple[str, ...]
    relays: tuple[str, ...]


class Phrasebook(Record):
    """All of `phrases.toml`."""

    sources: dict[str, Source]
    domains: Domains
    senders: tuple[Sender, ...]
    headers: tuple[SpaceHeader, ...]
    phrases: tuple[Phrase, ...]
    doubt: dict[str, DoubtWords]
    about: dict[str, AboutWords]
    deadlines: tuple[DeadlineWords, ...]
    numbers: dict[str, int]
    marks: dict[str, tuple[str, ...]]

    @model_validator(mode="after")
    def _words_of_every_language(self) -> "Phrasebook":
        """A phrase that says more than the guarantee's name needs its language's words of doubt, a time those of it."""
        said = {phrase.language for phrase in self.phrases if phrase.says is not Meaning.ABOUT}
        missing = [f"[doubt.{language}]" for language in sorted(said - set(self.doubt))]
        missing += [f"[about.{row.language}]" for row in self.deadlines if row.language not in self.about]
        if missing:
            raise PydanticCustomError("missing_words", "add the tables {tables}", {"tables": ", ".join(missing)})
        return self


@cache
def phrasebook() -> Phrasebook:
    """The book, read once."""
    return read_record(Phrasebook, "atoz.sources.notices", "phrases.toml")


_MAX_MARKS = 8
"""Accents in a row that any script needs; sorting a longer row takes a time that grows with the square."""


def plain(text: str) -> str:
    """Text in one case and width, without accents, soft hyphens and repeated space; lines stay lines.

    >>> plain("Soft\u00adhyphen  RÉCLAMATION")
    'softhyphen reclamation'
    """
    folded = (
        unicodedata.normalize("NFKC", "".join(_few_marks(text)))
        .casefold()
        .replace("\u00ad", "")
        .replace("\u2019", "'")
        .replace("\u2011", "-")
    )
    folded = unicodedata.normalize("NFKD", folded)
    bare = "".join(
        character for character in folded if not unicodedata.combining(character) or character in "\u3099\u309a"
    )
    return unicodedata.normalize("NFC", "\n".join(" ".join(line.split()) for line in bare.splitlines()))


def _few_marks(text: str) -> Iterator[str]:
    row = 0
    for character in text:
        row = row + 1 if unicodedata.combining(character) else 0
        if row <= _MAX_MARKS:
            yield character


class PhraseMatch(NamedTuple):
    """A phrase that stands in a text, and from where to where."""

    phrase: Phrase
    start: int
    end: int


def phrase_matches(text: str) -> list[PhraseMatch]:
    """Every place of every phrase in a text that `plain` has prepared, earliest first."""
    matches: list[PhraseMatch] = []
    for phrase, words in _plain_phrases():
        start = text.find(words)
        while start >= 0:
            matches.append(PhraseMatch(phrase, start, start + len(words)))
            start = text.find(words, start + len(words))
    return sorted(matches, key=lambda match: (match.end, match.phrase.says))


@cache
def _plain_phrases() -> tuple[tuple[Phrase, str], ...]:
    return tuple((phrase, plain(words)) for phrase in phrasebook().phrases for words in phrase.texts)


def any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """A pattern for any of some words, as words: Chinese and Japanese have no spaces between theirs."""
    return _any_of(words)


@cache
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    spelt = sorted({plain(word) for word in words}, key=len, reverse=True)
    return re.compile("|".join(_bounded(word) for word in spelt))


def _bounded(word: str) -> str:
    before = r"(?<!\w)" if word[0].isascii() and word[0].isalnum() and word != "n't" else ""
    after = r"(?!\w)" if word[-1].isascii() and word[-1].isalnum() else ""
    return f"{before}{re.escape(word)}{after}"
