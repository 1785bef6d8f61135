"""Disguised words put right: spaced out, with digits or signs for letters, drawn out, starred, or one letter wrong.

Words are only mended into words that the rules know, so that ordinary text is left as it is.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import NamedTuple

from atoz.messages.character_folding import Letter, Reading

_TOKEN = re.compile(r"[|!]{0,3}[a-z0-9@$€£*+]+(?:[|!]{1,3}[a-z0-9@$€£*+]+)*")
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


class Token(NamedTuple):
    """A word of the folded text: where it begins and ends there."""

    word: str
    start: int
    end: int


@dataclass(frozen=True)
class Vocabulary:
    """The words that the rules know: whole ones, and beginnings that may go on."""

    whole: frozenset[str]
    beginnings: frozenset[str]
    connectors: frozenset[str]
    """The little words between them, which no longer word is glued from."""
    is_right: Callable[[str], bool]
    """Whether a word is right as it stands, though the rules do not know it."""

    def knows(self, word: str) -> bool:
        """Whether a word is one of them; an ending adds at most four letters."""
        shortest = max(1, len(word) - _ENDING_AT_MOST)
        return word in self.whole or any(word[:size] in self.beginnings for size in range(shortest, len(word) + 1))

    def is_word(self, word: str) -> bool:
        """Whether it is one of them whole, or a beginning with a common ending."""
        return word in self.whole or any(
            word.endswith(ending) and word.removesuffix(ending) in self.beginnings for ending in _ENDINGS
        )

    def meant(self, word: str) -> str | None:
        """The known word that an unknown one is a single slip away from; none where there is none."""
        if not _LONG_WORD <= len(word) <= _LONGEST or self.is_right(word):
            return None
        return min(self._near(word), default=None)

    def like(self, word: str) -> str | None:
        """The first known word that has the letters of a starred one where it has letters."""
        pattern = re.compile("".join("[a-z]" if char == "*" else re.escape(char) for char in word))
        return next((known for known in self._by_length.get(len(word), ()) if pattern.fullmatch(known)), None)

    def _near(self, word: str) -> Iterator[str]:
        """The words a slip away: whole ones, and beginnings with the ending that the word has."""
        yield from (near for near in _close_to(word, self._whole_by_slip))
        for size in range(max(1, len(word) - _ENDING_AT_MOST), len(word)):
            yield from (near + word[size:] for near in _close_to(word[:size], self._beginnings_by_slip))

    @cached_property
    def _whole_by_slip(self) -> dict[str, list[str]]:
        return _by_slip(self.whole | self.beginnings)

    @cached_property
    def _beginnings_by_slip(self) -> dict[str, list[str]]:
        return _by_slip(self.beginnings)

    @cached_property
    def _by_length(self) -> dict[int, list[str]]:
        lengths: dict[int, list[str]] = defaultdict(list)
        for word in sorted(self.whole | self.beginnings):
            lengths[len(word)].append(word)
        return lengths


def edits(word: str) -> set[str]:
    """Every word that is one slip away: a letter left out, added, changed, or swapped with the next."""
    cuts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    letters = "abcdefghijklmnopqrstuvwxyz'"
    left_out = {left + right[1:] for left, right in cuts if right}
    swapped = {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    changed = {left + letter + right[1:] for left, right in cuts if right for letter in letters}
    added = {left + letter + right for left, right in cuts for letter in letters}
    return left_out | swapped | changed | added


def _shortened(word: str) -> set[str]:
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def _by_slip(words: Iterable[str]) -> dict[str, list[str]]:
    """Words by what is left of them without any one letter: two words a slip apart share such a rest."""
    index: dict[str, list[str]] = defaultdict(list)
    for word in words:
        for rest in _shortened(word):
            index[rest].append(word)
    return index


def _close_to(word: str, index: dict[str, list[str]]) -> Iterator[str]:
    for rest in _shortened(word):
        yield from (near for near in index.get(rest, ()) if _one_slip(word, near))


def _one_slip(left: str, right: str) -> bool:
    """Whether a letter was left out, added, changed, or swapped with the next."""
    while left and right and left[0] == right[0]:
        left, right = left[1:], right[1:]
    while left and right and left[-1] == right[-1]:
        left, right = left[:-1], right[:-1]
    return max(len(left), len(right)) <= 1 or (len(left) == len(right) == 2 and left == right[::-1])  # noqa: PLR2004


def mended(reading: Reading, vocabulary: Vocabulary) -> Reading:
    """A folded text with its disguised words put right."""
    return Reading(tuple(_mended(reading, vocabulary)))


def _mended(reading: Reading, vocabulary: Vocabulary) -> Iterator[Letter]:
    plain, letters = reading.text, reading.letters
    tokens = [Token(match.group(), match.start(), match.end()) for match in _TOKEN.finditer(plain)]
    known: dict[str, str | None] = {}
    done = index = 0
    while index < len(tokens):
        count, word = _next_word(tokens, index, plain, vocabulary, known)
        first, last = tokens[index], tokens[index + count - 1]
        yield from letters[done : first.start]
        stretch = letters[first.start : last.end]
        if word is None:
            yield from stretch
        else:
            start, end = min(letter.start for letter in stretch), max(letter.end for letter in stretch)
            yield from (Letter(char, start, end) for char in word)
        done, index = last.end, index + count
    yield from letters[done:]


def _next_word(
    tokens: list[Token], index: int, plain: str, vocabulary: Vocabulary, known: dict[str, str | None]
) -> tuple[int, str | None]:
    """How many tokens make the next word, and what it reads; none where it stays as it is."""
    word = tokens[index].word
    if word.isalpha() and len(word) > _LONG_WORD and vocabulary.knows(word):
        return 1, None
    for count in range(_run(tokens, index, plain), 1, -1):
        parts = [token.word for token in tokens[index : index + count]]
        if _is_one_word(parts, vocabulary):
            return count, "".join(parts)
    if word not in known:
        known[word] = None if vocabulary.knows(word) else _unmasked(word, vocabulary)
    return 1, known[word]


def _is_one_word(parts: list[str], vocabulary: Vocabulary) -> bool:
    """Whether pieces make one known word, and are not words by themselves that only happen to stand together."""
    joined = "".join(parts)
    if all(len(part) == 1 for part in parts):
        # `l'A-Z` is an article before a name, not a disguised `la`.
        if joined in vocabulary.connectors:
            return False
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
    if not tokens[index].word.isalpha():
        return 1
    for count in range(1, min(_FRAGMENTS_AT_MOST, len(tokens) - index)):
        left, right = tokens[index + count - 1], tokens[index + count]
        allowed = _BETWEEN_LETTERS if len(left.word) == len(right.word) == 1 else _BETWEEN_PARTS
        if not allowed.fullmatch(plain, left.end, right.start) or not right.word.isalpha():
            return count
    return min(_FRAGMENTS_AT_MOST, len(tokens) - index)


def _unmasked(word: str, vocabulary: Vocabulary) -> str | None:
    """A word with digits or signs for letters, stars in it, letters drawn out or one letter wrong."""
    if "*" in word:
        return _starred(word, vocabulary)
    if not word.isalpha():
        return _from_leet(word, vocabulary)
    for squeezed in (re.sub(r"(.)\1{2,}", r"\1", word), re.sub(r"(.)\1{2,}", r"\1\1", word)):
        if squeezed != word and vocabulary.knows(squeezed):
            return squeezed
    return vocabulary.meant(word)


def _from_leet(word: str, vocabulary: Vocabulary) -> str | None:
    choices = [_LEET.get(char, char) for char in word[: _LONGEST + 1]]
    odd = sum(len(readings) > 1 for readings in choices)
    if not any(char.isalpha() for char in word) or len(word) > _LONGEST or odd > _SIGNS_AT_MOST:
        return None
    readings = ("".join(letters) for letters in product(*choices))
    return next((reading for reading in readings if vocabulary.knows(reading)), None)


def _starred(word: str, vocabulary: Vocabulary) -> str | None:
    if sum(char.isalpha() for char in word) * 2 < len(word) or not _SHORTEST <= len(word) <= _LONGEST:
        return None
    return vocabulary.like(word)
