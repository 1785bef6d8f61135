"""One fact of the appeal packet, or the gap where one is missing."""

from pydantic import Field

from atoz.model.citation import Source
from atoz.model.language import Text, fill
from atoz.model.record import Record


class PacketRow(Record):
    """One fact, or one gap."""

    label: Text = Field(description="What it is about.")
    says: Text = Field(description="What the record says, or that it says nothing.")
    gap: bool = Field(default=False, description="Whether the record does not hold it.")
    source: Source | None = Field(default=None, description="Whose rule it is about; none for plain facts.")
    caveat: Text | None = Field(default=None, description="What to bear in mind.")


def say(code: str, **values: object) -> Text:
    """A phrase of the packet, filled in."""
    return fill("atoz.report", f"packet_{code}", **values)


def as_text(words: str) -> Text:
    """Words that somebody wrote: the same in both languages."""
    return Text(en=words, zh=words)


def fact(code: str, says: Text | None, *, source: Source | None = None) -> PacketRow:
    """A fact under its label; none is a gap."""
    return PacketRow(label=say(code), says=says or say("gap"), gap=says is None, source=source)


def gap(code: str) -> PacketRow:
    """A gap under its label."""
    return fact(code, None)
