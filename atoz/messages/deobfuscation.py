"""A text as it is read: obfuscated words put right, every character still knowing where it stood.

Words are only mended into words that the rules know, so that ordinary text is left as it is.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache, cached_property
from importlib import import_module
from itertools import product
from typing import NamedTuple

from atoz.errors import MissingExtra

_QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "–": "-", "—": "-"})


@cache
def folded(letter: str) -> str:
    r"""The plain letters that a character stands for; none where it only hides between others.

    >>> folded("Ｒ"), folded("е"), folded("é"), folded("\u200b")  # wide, Cyrillic, accented, zero width
    ('r', 'e', 'e', '')

    Raises:
        MissingExtra: the extra `messages` is not installed.
    """
    if letter.isascii():
        return letter.lower()
    if unicodedata.category(letter) in ("Cf", "Mn", "Me"):
        return ""
    if letter in "’‘ʼ´“”–—":
        return letter.translate(_QUOTES)
    if unicodedata.category(letter) == "Zs":
        return " "
    return "".join(_plain(each) for each in unicodedata.normalize("NFKC", letter).casefold())


def _plain(letter: str) -> str:
    base = unicodedata.normalize("NFD", letter)[0]
    return base if base.isascii() else _look_alikes().get(base) or _look_alikes().get(base.upper()) or letter


@cache
def _look_alikes() -> dict[str, str]:
    """Every character that looks like one ASCII letter, by Unicode's own table."""
    try:
        table = import_module("confusable_homoglyphs.confusables").confusables_data
    except ImportError as error:
        raise MissingExtra("the message checker", "messages") from error
    return {
        odd: twin["c"].lower()
        for odd, twins in table.items()
        if len(odd) == 1 and not odd.isascii()
        for twin in twins
        if len(twin["c"]) == 1 and twin["c"].isascii() and twin["c"].isalpha()
    }


_TOKEN = re.compile(r"[a-z0-9@$€£|!*+]*[a-z0-9@$€£*+]")
_FRAGMENTS_AT_MOST = 14
_ENDING_AT_MOST = 4
_SIGNS_AT_MOST = 4
_SHORTEST, _LONGEST = 4, 20
_LEET = {
    "0": "o",
    "1": "il",
    "3": "e",
    "4": "a",
    "5": "s",
    "7": "t",
    "@": "a",
    "$": "s",
    "|": "il",
    "!": "i",
    "€": "e",
    "+": "t",
}
_BETWEEN_LETTERS = re.compile(r"[ .,_~/|'·-]{1,3}")
_BETWEEN_PARTS = re.compile(r" |[._~/|'·-]{1,2}")
_LONG_WORD = 5
_ENDINGS = ("", "e", "s", "ed", "es", "ing", "ion", "d")
_SHORT_WORDS = ("a", "i")


class Letter(NamedTuple):
    """One character as read, and the stretch of the original text that it was read from."""

    char: str
    start: int
    end: int


class Token(NamedTuple):
    """A word of the folded text: where it begins and ends there."""

    word: str
    start: int
    end: int


class Vocabulary(NamedTuple):
    """The words that the rules know: whole ones, and beginnings that may go on."""

    whole: frozenset[str]
    beginnings: frozenset[str]
    connectors: frozenset[str]
    """The little words between them, which no longer word is glued from."""
    misspelt: Callable[[str], str | None]
    """What an unknown word most likely was meant to be, if that is one of these."""

    def knows(self, word: str) -> bool:
        """Whether a word is one of them; an ending adds at most four letters."""
        shortest = max(1, len(word) - _ENDING_AT_MOST)
        return word in self.whole or any(word[:size] in self.beginnings for size in range(shortest, len(word) + 1))

    def is_word(self, word: str) -> bool:
        """Whether it is one of them whole, or a beginning with a common ending."""
        return word in self.whole or any(
            word.endswith(ending) and word.removesuffix(ending) in self.beginnings for ending in _ENDINGS
        )


class Reading:
    """The text as read, and the way back."""

    def __init__(self, letters: tuple[Letter, ...]) -> None:
        self._letters = letters

    @cached_property
    def text(self) -> str:
        """The characters as read."""
        return "".join(each.char for each in self._letters)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of the reading stands in the original."""
        if start >= end:
            return (0, 0)
        stretch = self._letters[start:end]
        return min(each.start for each in stretch), max(each.end for each in stretch)


def read(text: str, vocabulary: Vocabulary | None = None) -> Reading:
    """A text folded to plain letters and, with a vocabulary, its disguised words mended.

    Raises:
        MissingExtra: the extra `messages` is not installed.
    """
    letters = tuple(Letter(char, index, index + 1) for index, original in enumerate(text) for char in folded(original))
    return Reading(letters if vocabulary is None else tuple(_mended(letters, vocabulary)))


def _mended(letters: tuple[Letter, ...], vocabulary: Vocabulary) -> Iterator[Letter]:
    plain = "".join(each.char for each in letters)
    tokens = [Token(found.group(), found.start(), found.end()) for found in _TOKEN.finditer(plain)]
    done = index = 0
    while index < len(tokens):
        count, word = _next_word(tokens, index, plain, vocabulary)
        first, last = tokens[index], tokens[index + count - 1]
        yield from letters[done : first.start]
        stretch = letters[first.start : last.end]
        if word is None:
            yield from stretch
        else:
            start, end = min(each.start for each in stretch), max(each.end for each in stretch)
            yield from (Letter(char, start, end) for char in word)
        done, index = last.end, index + count
    yield from letters[done:]


def _next_word(tokens: list[Token], index: int, plain: str, vocabulary: Vocabulary) -> tuple[int, str | None]:
    """How many tokens make the next word, and what it reads; none where it stays as it is."""
    token = tokens[index]
    if token.word.isalpha() and len(token.word) > _LONG_WORD and vocabulary.knows(token.word):
        return 1, None
    for count in range(_run(tokens, index, plain), 1, -1):
        parts = [each.word for each in tokens[index : index + count]]
        if _is_one_word(parts, vocabulary):
            return count, "".join(parts)
    return 1, None if vocabulary.knows(token.word) else _unmasked(token.word, vocabulary)


def _is_one_word(parts: list[str], vocabulary: Vocabulary) -> bool:
    """Whether pieces make one known word, and are not words by themselves that only happen to stand together."""
    joined = "".join(parts)
    if all(len(part) == 1 for part in parts):
        return joined in vocabulary.whole or (len(joined) >= _LONG_WORD and vocabulary.knows(joined))
    if len(joined) < _LONG_WORD:
        return False
    if parts[0] in vocabulary.connectors:
        return False
    if vocabulary.is_word(joined):
        return True
    return vocabulary.knows(joined) and not any(part in _SHORT_WORDS or vocabulary.knows(part) for part in parts)


def _run(tokens: list[Token], index: int, plain: str) -> int:
    """How many tokens from here on could be pieces of one word."""
    count = 1
    for left, right in zip(tokens[index:], tokens[index + 1 :], strict=False):
        between = plain[left.end : right.start]
        allowed = _BETWEEN_LETTERS if len(left.word) == len(right.word) == 1 else _BETWEEN_PARTS
        if count == _FRAGMENTS_AT_MOST or not allowed.fullmatch(between) or not right.word.isalpha():
            break
        count += 1
    return count if tokens[index].word.isalpha() else 1


def _unmasked(word: str, vocabulary: Vocabulary) -> str | None:
    """A word with digits or signs for letters, stars in it, letters drawn out or one letter wrong."""
    if "*" in word:
        return _starred(word, vocabulary)
    if not word.isalpha():
        return _from_leet(word, vocabulary)
    for squeezed in (re.sub(r"(.)\1{2,}", r"\1", word), re.sub(r"(.)\1{2,}", r"\1\1", word)):
        if squeezed != word and vocabulary.knows(squeezed):
            return squeezed
    return vocabulary.misspelt(word) if len(word) >= _LONG_WORD else None


def _from_leet(word: str, vocabulary: Vocabulary) -> str | None:
    choices = [_LEET.get(char, char) for char in word]
    odd = sum(len(each) > 1 for each in choices)
    if not any(char.isalpha() for char in word) or len(word) > _LONGEST or odd > _SIGNS_AT_MOST:
        return None
    readings = ("".join(each) for each in product(*choices))
    return next((each for each in readings if vocabulary.knows(each)), None)


def _starred(word: str, vocabulary: Vocabulary) -> str | None:
    seen = sum(char.isalpha() for char in word)
    if seen * 2 < len(word) or not _SHORTEST <= len(word) <= _LONGEST:
        return None
    shape = re.compile("".join("[a-z]" if char == "*" else re.escape(char) for char in word))
    return next((each for each in sorted(vocabulary.whole | vocabulary.beginnings) if shape.fullmatch(each)), None)
