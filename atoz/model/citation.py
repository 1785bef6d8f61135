"""Where a figure comes from and how far it can be trusted."""

from datetime import date

from pydantic import Field, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from atoz.model.enums import LabelledEnum
from atoz.model.record import Record, is_mapping, is_sequence
from atoz.model.text import Language, fill


class Confidence(LabelledEnum, package="atoz.model", prefix="confidence_"):
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
    """atoz's own assumption, where a computation needs one and no source gives it."""


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
    """Raw data in which tables that name a source by its key carry the source itself, so that each is written once.

    Raises:
        pydantic.ValidationError: a row names a source that is not there.
    """
    sources = data.get("sources") if is_mapping(data) else None
    if not is_mapping(data) or not is_mapping(sources):
        return data
    cited = {name: _cited_rows(data[name], sources) for name in tables if name in data}
    if unknown := [(name, *row) for name in tables for row in _unknown(data.get(name), sources)]:
        raise ValidationError.from_exception_data(
            "sources", [_no_source((name, *place, "source"), key, sources) for name, place, key in unknown]
        )
    return {**data, **cited}


def _cited_rows(rows: object, sources: dict[str, object]) -> object:
    return [_cited(row, sources) for row in rows] if is_sequence(rows) else _cited(rows, sources)


def _cited(row: object, sources: dict[str, object]) -> object:
    key = row.get("source") if is_mapping(row) else None
    return {**row, "source": sources.get(key, key)} if is_mapping(row) and isinstance(key, str) else row


def _unknown(rows: object, sources: dict[str, object]) -> list[tuple[tuple[int, ...], str]]:
    """The rows, by their place, that name a source which is not there; a single table has no place of its own."""
    places = [((index,), row) for index, row in enumerate(rows)] if is_sequence(rows) else [((), rows)]
    keys = [(place, row.get("source")) for place, row in places if is_mapping(row)]
    return [(place, key) for place, key in keys if isinstance(key, str) and key not in sources]


def _no_source(loc: tuple[str | int, ...], key: str, sources: dict[str, object]) -> InitErrorDetails:
    facts = {"key": repr(key), "there": ", ".join(sources) or "none"}
    return InitErrorDetails(
        type=PydanticCustomError("unknown_source", "no source {key}; there are: {there}", facts), loc=loc, input=key
    )
