"""A text in plain letters, every character still knowing where it stood in the original.

Width, case, accents, invisible characters and look-alikes of other scripts go: `rеvіew` in Cyrillic reads `review`.
Chinese characters are read in their simplified form.
"""

import unicodedata
from collections.abc import Callable
from functools import cache, cached_property
from importlib import import_module
from typing import NamedTuple, cast

from atoz.errors import MissingExtra

_FIRST_HAN, _LAST_HAN = chr(0x3400), chr(0x9FFF)
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
    return "".join(_plain(part) for part in unicodedata.normalize("NFKC", letter).casefold())


def _plain(letter: str) -> str:
    base = unicodedata.normalize("NFD", letter)[0]
    if base.isascii():
        return base
    if _FIRST_HAN <= letter <= _LAST_HAN:
        return _simplified(letter)
    return _look_alikes().get(base) or _look_alikes().get(base.upper()) or letter


def _simplified(letter: str) -> str:
    """A Chinese character in its simplified form, so that the data files need only one; others stay."""
    return str(_to_simplified()(letter))


@cache
def _to_simplified() -> Callable[[str], object]:
    try:
        converter = import_module("opencc").OpenCC("t2s")
    except ImportError as error:
        raise MissingExtra("the message checker", "messages") from error
    return cast("Callable[[str], object]", converter.convert)


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


class Letter(NamedTuple):
    """One character as read, and the stretch of the original text that it was read from."""

    char: str
    start: int
    end: int


class Reading:
    """The text as read, and the way back."""

    def __init__(self, letters: tuple[Letter, ...]) -> None:
        self.letters = letters

    @cached_property
    def text(self) -> str:
        """The characters as read."""
        return "".join(letter.char for letter in self.letters)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of the reading stands in the original."""
        if start >= end:
            return (0, 0)
        stretch = self.letters[start:end]
        return min(letter.start for letter in stretch), max(letter.end for letter in stretch)


def fold(text: str) -> Reading:
    """A text folded to plain letters.

    >>> fold("Éva's ｒｅｖｉｅｗ").text
    "eva's review"

    Raises:
        MissingExtra: the extra `messages` is not installed.
    """
    return Reading(
        tuple(Letter(char, index, index + 1) for index, letter in enumerate(text) for char in folded(letter))
    )
