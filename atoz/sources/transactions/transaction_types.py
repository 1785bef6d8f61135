"""What a row is called, to what it is: the table `labels.toml`, and a warning where a name only sounds like a claim."""

import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

from atoz.model.citation import Confidence, Source
from atoz.model.record import Record
from atoz.model.text import read_toml
from atoz.sources.transactions.transaction import MovementKind


class _Label(Record):
    kind: MovementKind
    texts: tuple[str, ...]
    prefix: bool = False
    confidence: Confidence
    source: str


class _Book(Record):
    hints: tuple[str, ...]
    sources: dict[str, Source]
    labels: tuple[_Label, ...]


class Labelled(NamedTuple):
    """What a name means, how sure that is, and by whose word."""

    kind: MovementKind
    confidence: Confidence
    source: Source | None


@lru_cache(maxsize=4096)
def labelled(name: str) -> Labelled | None:
    """What a row of this name is; `unknown` where the name only sounds like a claim; none where it has no part in one.

    >>> labelled("A-to-z Guarantee Claim").kind.value, labelled("Garantie A à Z (neu)").kind.value, labelled("Order")
    ('guarantee', 'unknown', None)
    """
    key = _key(name)
    exact, prefixes, hints = _tables()
    found = exact.get(key) or next((value for start, value in prefixes.items() if key.startswith(start)), None)
    if found is not None:
        return found
    if any(hint in key for hint in hints):
        return Labelled(MovementKind.UNKNOWN, Confidence.UNCLEAR, None)
    return None


def label_texts() -> dict[str, MovementKind]:
    """Every name of the table as it is written there."""
    return {text: label.kind for label in _book().labels for text in label.texts}


def _key(text: str) -> str:
    """Letters and digits only, in one case and without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in plain if each.isalnum())


@cache
def _book() -> _Book:
    return _Book.model_validate(read_toml("atoz.sources.transactions", "labels.toml"))


@cache
def _tables() -> tuple[dict[str, Labelled], dict[str, Labelled], tuple[str, ...]]:
    book = _book()
    exact: dict[str, Labelled] = {}
    prefixes: dict[str, Labelled] = {}
    for label in book.labels:
        table = prefixes if label.prefix else exact
        for text in label.texts:
            table[_key(text)] = Labelled(label.kind, label.confidence, book.sources[label.source])
    return exact, prefixes, tuple(_key(hint) for hint in book.hints)
