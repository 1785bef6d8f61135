"""The seven claim statuses, and how they are spelt in public."""

import re
import unicodedata
from functools import cache

from pydantic import Field

from atoz.errors import AmbiguousName, UnknownName, nearest_names
from atoz.model.data_files import read_toml
from atoz.model.enums import LabelledEnum
from atoz.model.record import Record
from atoz.model.text import Language, Text


class ClaimStatus(LabelledEnum):
    """Where a claim stands. Labels and other spellings are data: `statuses.toml`.

    >>> ClaimStatus.parse("Granted/Seller Funded")
    <ClaimStatus.GRANTED_SELLER_FUNDED: 'granted_seller_funded'>
    >>> ClaimStatus.CLOSED.label("zh")
    '索赔已被拒绝'
    """

    UNDER_REVIEW = "under_review"
    GRANTED_SELLER_FUNDED = "granted_seller_funded"
    GRANTED_AMAZON_FUNDED = "granted_amazon_funded"
    REFUNDED = "refunded"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"

    @property
    def label_text(self) -> Text:
        """What it is called, in both languages."""
        return _book()[self].label

    @property
    def meaning_text(self) -> Text:
        """One sentence in both languages: what the status says."""
        return _book()[self].meaning

    def meaning(self, language: Language = "en") -> str:
        """One sentence: what the status says."""
        return self.meaning_text.say(language)

    @classmethod
    def parse(cls, text: str) -> "ClaimStatus":
        """Read a status as people and pages spell it, in any case, spacing, width, hyphen or slash.

        Raises:
            AmbiguousName: the text fits more than one status ("Claim granted").
            UnknownName: the text fits none; the nearest labels are named.
        """
        key = _key(text)
        meant = _spellings().get(key, frozenset[ClaimStatus]())
        if not meant:  # a Chinese and an English half, each of which must be known and agree
            halves = [half for half in (_CHINESE.sub("", key), "".join(_CHINESE.findall(key))) if half]
            meanings = [_spellings().get(half, frozenset[ClaimStatus]()) for half in halves]
            meant = frozenset[ClaimStatus]().union(*meanings) if len(halves) > 1 and all(meanings) else meant
        if not meant:
            labels = {_key(label): label for status in cls for label in (status.label(), status.label("zh"))}
            near = nearest_names(key, labels)
            known = () if near else tuple(status.label() for status in cls)
            raise UnknownName("claim status", text, tuple(labels[label] for label in near), known)
        if len(meant) > 1:
            raise AmbiguousName("claim status", text, tuple(status.label() for status in cls if status in meant))
        return next(iter(meant))


class _Entry(Record):
    label: Text
    meaning: Text
    also: tuple[str, ...] = Field(default=())


_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_LIST_NUMBER = re.compile(r"^\s*\d+\s*[.)、．]?\s*")


def _key(text: str) -> str:
    """Letters and Chinese characters only, in one width and case; a list number in front does not count."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in _LIST_NUMBER.sub("", plain) if letter.isalnum())


@cache
def _book() -> dict[ClaimStatus, _Entry]:
    rows = read_toml("atoz.model", "statuses.toml")
    return {status: _Entry.model_validate(rows[status.value]) for status in ClaimStatus}


@cache
def _spellings() -> dict[str, frozenset[ClaimStatus]]:
    """Every known spelling, to the statuses it can mean."""
    known: dict[str, set[ClaimStatus]] = {}
    for status, entry in _book().items():
        for text in (status.value, entry.label.en, entry.label.zh, *entry.also):
            known.setdefault(_key(text), set()).add(status)
    return {key: frozenset(statuses) for key, statuses in known.items()}
