"""Spelling, by the English dictionary of pyspellchecker: what is unknown, and what it most likely was meant to be."""

import re
from collections.abc import Iterator
from functools import cache, partial
from typing import TYPE_CHECKING

from atoz.errors import MissingExtra
from atoz.messages.deobfuscation import Vocabulary
from atoz.messages.findings import Hit, MessageContext
from atoz.messages.rules import RuleBook, rule_book

if TYPE_CHECKING:
    from spellchecker import SpellChecker

_PLAIN_WORD = re.compile(r"(?<![\w@./'-])[a-z]{4,20}(?![\w@/'-]|[.:]\S)")
_WATCHED = re.compile(r"(?<![\w{])[a-z]{4,}\*?(?![\w}])")
_SHORTEST, _LONGEST = 4, 20


def misspelt(given: MessageContext, _limit: int) -> Iterator[Hit]:
    """Lower-case words that the dictionary lacks and that are one letter from one that it has."""
    right = set(rule_book().spelling.also)
    for found in _PLAIN_WORD.finditer(given.text):
        word = found.group()
        if word not in right and not _known(word) and any(map(_known, _dictionary().edit_distance_1(word))):
            yield Hit(found.start(), found.end())


@cache
def vocabulary() -> Vocabulary:
    """The words of the rules, for mending disguised text."""
    book = rule_book()
    words = {part for each in _all_words(book) for part in each.split() if part.rstrip("*").isascii()}
    whole = {each for each in words if each.isalpha()} | set(book.mending.connectors)
    beginnings = {each[:-1] for each in words if each.endswith("*") and each[:-1].isalpha() and len(each) > _SHORTEST}
    known = Vocabulary(frozenset(whole), frozenset(beginnings), frozenset(book.mending.connectors), _never)
    return known._replace(misspelt=partial(_meant, known))


def _never(_word: str) -> None:
    return None


def _all_words(book: RuleBook) -> Iterator[str]:
    for group in book.words.values():
        yield from group
    for rule in book.rules:
        for case in rule.cases:
            for pattern in case.patterns:
                yield from _WATCHED.findall(pattern)


def _meant(known: Vocabulary, word: str) -> str | None:
    if len(word) > _LONGEST or _known(word):
        return None
    return next((each for each in sorted(_dictionary().edit_distance_1(word)) if known.knows(each)), None)


def _known(word: str) -> bool:
    return word in _dictionary()


@cache
def _dictionary() -> "SpellChecker":
    try:
        from spellchecker import SpellChecker  # noqa: PLC0415  (an optional extra)
    except ImportError as error:
        raise MissingExtra("the message checker", "messages") from error
    return SpellChecker(distance=1)
