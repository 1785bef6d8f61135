"""Events in words: what happened, and who did it."""

from atoz.model.events import AnyEvent, EvidenceAdded, Observed
from atoz.model.language import Text, fill
from atoz.model.money import Money
from atoz.report.written import written_money
from atoz.rulebook.evidence import evidence_items

_ROOM = "atoz.report"


def event_text(event: AnyEvent) -> Text:
    """What happened, with the status, amount or evidence that the event carries.

    >>> from datetime import UTC, datetime
    >>> event_text(EvidenceAdded(at=datetime(2026, 6, 1, tzinfo=UTC), evidence="signature")).en
    "Evidence was added: The buyer's signature at delivery"
    """
    plain = fill(_ROOM, f"event_{event.kind}")
    amount: Money | None = getattr(event, "amount", None)
    if isinstance(event, Observed):
        status = Text(en=event.status.label(), zh=event.status.label("zh"))
        return fill(_ROOM, "event_with_status", event=plain, status=status)
    if isinstance(event, EvidenceAdded):
        return fill(_ROOM, "event_with_evidence", event=plain, evidence=evidence_text(event.evidence))
    return fill(_ROOM, "event_with_amount", event=plain, amount=written_money(amount)) if amount else plain


def actor_text(event: AnyEvent) -> Text:
    """Who did it."""
    return fill(_ROOM, f"actor_{event.actor}")


def evidence_text(evidence: str) -> Text:
    """What a piece of evidence is called; its id where the rulebook does not know it."""
    known = next((item.label for item in evidence_items() if item.id == evidence), None)
    return known or Text(en=evidence, zh=evidence)
