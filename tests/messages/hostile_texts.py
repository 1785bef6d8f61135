"""Texts made to cost the checker as much as they can, for the test of its limits and the benchmark of its growth."""

from collections.abc import Callable, Iterator
from random import Random
from string import ascii_lowercase


def _repeated(unit: str) -> Callable[[int], str]:
    return lambda length: (unit * (length // len(unit) + 1))[:length]


def _random_words(alphabet: str, longest: int = 6) -> Callable[[int], str]:
    def text(length: int) -> str:
        random = Random(1)  # noqa: S311  (the same text every time)
        words = ("".join(random.choice(alphabet) for _ in range(longest)) for _ in range(length // longest))
        return " ".join(words)[:length]

    return text


def _english_with_unknown_words(length: int) -> str:
    return _repeated("the you your please we have for ")(length // 2) + _random_words(ascii_lowercase)(length // 2)


TEXTS: dict[str, Callable[[int], str]] = {
    "Chinese review words": _repeated("请更新评价"),
    "English review words": _repeated("please update your review "),
    "German review words": _repeated("bitte ändern Sie Ihre Bewertung "),
    "Japanese review words": _repeated("レビューを削除"),
    "every rule at once": _repeated("refund if you withdraw the claim and change your positive review "),
    "unknown words": _random_words(ascii_lowercase),
    "English with unknown words": _english_with_unknown_words,
    "starred words": _random_words("revw*"),
    "words with digits": _random_words("rev1w3"),
    "spaced letters": _repeated("r e v "),
    "one long word": _repeated("a"),
    "signs": _repeated("!"),
    "digits": _repeated("12"),
    "spaced digits": _repeated("1 2 3-"),
    "plus signs": _repeated("+1"),
    "mail addresses": _repeated("a@b.com "),
    "addresses in words": _repeated("a at b dot "),
    "dots": _repeated("a.b."),
    "one long link": _repeated("http://a.b/"),
    "link beginnings": _repeated("www."),
    "markup beginnings": _repeated("!["),
    "commas": _repeated("claim, "),
    "short sentences": _repeated("Thanks. "),
    "line breaks": _repeated("\n"),
    "blanks": lambda length: "a" + " " * (length - 1),
}
"""For each kind of text, a text of a given length."""


def texts(length: int) -> Iterator[tuple[str, str]]:
    """Every kind of text at one length."""
    for name, make in TEXTS.items():
        yield name, make(length)
