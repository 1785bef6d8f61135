"""What a row is called, to what it is: the table `labels.toml`, and a warning where a name only sounds like a claim."""

import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

from atoz.model.citation import Confidence, Source
from atoz.model.data_files import read_record
from atoz.model.record import Record
from atoz.sources.transactions.transaction import TransactionType


class _Label(Record):
    kind: TransactionType
    texts: tuple[str, ...]
    prefix: bool = False
    confidence: Confidence
    source: str


class _Book(Record):
    hints: tuple[str, ...]
    sources: dict[str, Source]
    labels: tuple[_Label, ...]


class TypeMatch(NamedTuple):
    """What a name means, how sure that is, and by whose word."""

    type: TransactionType
    confidence: Confidence
    source: Source | None


@lru_cache(maxsize=4096)
def match_type(name: str) -> TypeMatch | None:
    """What a row of this name is; `unknown` where the name only sounds like a claim; none where it has no part in one.

    >>> match_type("A-to-z Guarantee Claim").type.value
    'guarantee'
    >>> match_type("Garantie A à Z (neu)").type.value, match_type("Order")
    ('unknown', None)
    """
    key = _key(name)
    exact, prefixes, hints = _tables()
    known = exact.get(key) or next((value for start, value in prefixes.items() if key.startswith(start)), None)
    if known is not None:
        return known
    if any(hint in key for hint in hints):
        return TypeMatch(TransactionType.UNKNOWN, Confidence.UNCLEAR, None)
    return None


def known_names() -> dict[str, TransactionType]:
    """Every name of the table as it is written there."""
    return {text: label.kind for label in _book().labels for text in label.texts}


def _key(text: str) -> str:
    """Letters and digits only, in one case and without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in plain if character.isalnum())


@cache
def _book() -> _Book:
    return read_record(_Book, "atoz.sources.transactions", "labels.toml")


@cache
def _tables() -> tuple[dict[str, TypeMatch], dict[str, TypeMatch], tuple[str, ...]]:
    book = _book()
    exact: dict[str, TypeMatch] = {}
    prefixes: dict[str, TypeMatch] = {}
    for label in book.labels:
        table = prefixes if label.prefix else exact
        for text in label.texts:
            table[_key(text)] = TypeMatch(label.kind, label.confidence, book.sources[label.source])
    return exact, prefixes, tuple(_key(hint) for hint in book.hints)
