"""One fact of the appeal packet, or the gap where one is missing."""

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pydantic import Field

from atoz.model.citation import Source
from atoz.model.events import AnyEvent, EvidenceAdded, Observed, OrderCancelled
from atoz.model.money import Money
from atoz.model.record import Record
from atoz.model.text import Language, Text, fill
from atoz.report.formatting import format_day, format_instant, format_money
from atoz.rulebook.evidence_checklist import evidence_items


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


def in_both(write: Callable[[Language], str]) -> Text:
    """Whatever is written differently in each language."""
    return Text(en=write("en"), zh=write("zh"))


def written_day(day: date) -> Text:
    """A calendar day."""
    return in_both(lambda language: format_day(day, language))


def written_instant(at: datetime, zone: ZoneInfo) -> Text:
    """An instant at the local time of a zone."""
    return in_both(lambda language: format_instant(at, zone, language))


def written_money(money: Money) -> Text:
    """An amount."""
    return in_both(lambda language: format_money(money, language))


def fact(code: str, says: Text | None, *, source: Source | None = None) -> PacketRow:
    """A fact under its label; none is a gap."""
    return PacketRow(label=say(code), says=says or say("gap"), gap=says is None, source=source)


def gap(code: str) -> PacketRow:
    """A gap under its label."""
    return fact(code, None)


_ROOM = "atoz.report"


def event_text(event: AnyEvent) -> Text:
    """What happened, with the status, amount or evidence that the event carries.

    >>> from datetime import UTC, datetime
    >>> event_text(EvidenceAdded(at=datetime(2026, 6, 1, tzinfo=UTC), evidence="signature")).en
    "Evidence was added (the seller): The buyer's signature at delivery"
    """
    plain = fill(_ROOM, f"event_{event.kind}")
    if isinstance(event, (OrderCancelled, EvidenceAdded)):  # the only ones whose words do not say who
        plain = say("event_by", event=plain, actor=fill(_ROOM, f"actor_{event.actor}"))
    amount: Money | None = getattr(event, "amount", None)
    if isinstance(event, Observed):
        status = in_both(event.status.label)
        return say("event_status", event=plain, status=status)
    if isinstance(event, EvidenceAdded):
        return say("event_evidence", event=plain, evidence=evidence_text(event.evidence))
    return say("event_amount", event=plain, amount=written_money(amount)) if amount else plain


def evidence_text(evidence: str) -> Text:
    """What a piece of evidence is called; its id where the rulebook does not know it."""
    known = next((item.label for item in evidence_items() if item.id == evidence), None)
    return known or Text(en=evidence, zh=evidence)
