"""The envelope of everything that is read: a value, what was noticed on the way, and where it came from."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Literal, TypeVar

from pydantic import Field

from atoz.model.instant import Instant
from atoz.model.record import Record

_Value_co = TypeVar("_Value_co", covariant=True)


class Level(StrEnum):
    """How much a note matters."""

    INFO = "info"
    WARN = "warn"
    """The value is there, but something about it is odd."""
    ERROR = "error"
    """There is no value, or a part of the input is lost."""


class Note(Record):
    """One thing noticed while reading: a stable code, where in the input, and a sentence.

    A note never repeats free text of the input, so that nothing about a buyer can travel in it.
    """

    kind: Literal["note"] = "note"
    code: str = Field(description="A stable code, for example not_a_local_day_end.")
    detail: str = Field(description="One sentence.")
    path: str = Field(default="", description="Where in the input: a dotted path, or a line.")
    level: Level = Field(default=Level.INFO, description="How much it matters.")

    def __str__(self) -> str:
        """`level: path: detail`, for a line of a log."""
        return f"{self.level}: {self.path + ': ' if self.path else ''}{self.detail} [{self.code}]"


class Origin(Record):
    """Where a record came from; two observations of one fact are ranked and shown by it."""

    system: str = Field(description="What was read, for example orders, finances, settlement, notice.")
    version: str = Field(default="", description="Which shape of it, for example v0 or 2026-01-01.")
    observed_at: Instant | None = Field(default=None, description="When the source itself says it was written.")
    key: str = Field(default="", description="What tells this record from others of the same source.")


@dataclass(frozen=True, slots=True)
class ParseResult(Generic[_Value_co]):
    """What was read: a value, or none where an error note says why, with every note and the origin.

    >>> note = Note(code="no_order_id", detail="there is no order id", level=Level.ERROR)
    >>> ParseResult(None, (note,), Origin(system="orders")).ok
    False
    """

    value: _Value_co | None
    notes: tuple[Note, ...]
    source: Origin

    @property
    def ok(self) -> bool:
        """Whether there is a value."""
        return self.value is not None

    def codes(self) -> tuple[str, ...]:
        """The codes of the notes, in order."""
        return tuple(note.code for note in self.notes)


@dataclass(frozen=True, slots=True)
class Page(Generic[_Value_co]):
    """Several of them and the token of the next page; an empty page with a token is not the end."""

    items: tuple[ParseResult[_Value_co], ...]
    next_token: str | None = None
