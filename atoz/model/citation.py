"""Where a figure comes from and how far it can be trusted."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from atoz.model.language import Language, fill, phrases
from atoz.model.record import Record, is_mapping, is_sequence


class Confidence(StrEnum):
    """How far a source carries, strongest first."""

    AMAZON_PAGE = "amazon_page"
    """Amazon's own page, read in an archived copy."""
    AMAZON_COPY = "amazon_copy"
    """Amazon's text as reproduced elsewhere."""
    AMAZON_STAFF = "amazon_staff"
    """An Amazon employee on the seller forums."""
    SECONDARY = "secondary"
    """A third party's account."""
    UNCLEAR = "unclear"
    """Sources are silent, undated or disagree."""
    ATOZ = "atoz"
    """atoz's own reading, where a computation needs one and no source gives it."""

    def label(self, language: Language = "en") -> str:
        """Whose word it is, in English or Chinese."""
        return phrases("atoz.model")[f"confidence_{self}"].say(language)


class Source(Record):
    """A citation: title, address, the day it was seen, and a few of its words.

    >>> Source(title="Seller page", address="https://example.org/g", seen=date(2026, 5, 12)).short()
    'Seller page (seen 2026-05-12)'
    """

    title: str = Field(min_length=1, description="What the source is called.")
    address: str = Field(min_length=1, description="Where it was read: a web address or a well-known name.")
    seen: date | None = Field(default=None, description="Day it was captured or published; none if undated.")
    words: str = Field(default="", max_length=120, description="A citation of a few words at most.")

    def short(self, language: Language = "en") -> str:
        """Title and day, for one line of an explanation; the title as it is, whatever its language."""
        code = "source_seen" if self.seen else "source_undated"
        return fill("atoz.model", code, title=self.title, day=self.seen).say(language)


def with_sources(data: object, tables: tuple[str, ...]) -> object:
    """Raw data in which rows that name a source by its key carry the source itself, so that each is written once."""
    if not is_mapping(data):
        return data
    sources = data.get("sources")
    if not is_mapping(sources):
        return data
    return {**data, **{name: _resolved(data[name], sources) for name in tables if name in data}}


def _resolved(rows: object, sources: dict[str, object]) -> object:
    return [_cited(row, sources) for row in rows] if is_sequence(rows) else rows


def _cited(row: object, sources: dict[str, object]) -> object:
    key = row.get("source") if is_mapping(row) else None
    return {**row, "source": sources.get(key, key)} if is_mapping(row) and isinstance(key, str) else row
