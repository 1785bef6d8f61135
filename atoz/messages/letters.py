"""One character as it is meant: width, case, accents and look-alikes folded away, invisible ones dropped."""

import unicodedata
from functools import cache
from importlib import import_module

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
