"""Events in words: what happened, and who did it where that is not clear."""

from atoz.model.events import AnyEvent, EvidenceAdded, Observed, OrderCancelled
from atoz.model.language import Text, fill
from atoz.model.money import Money
from atoz.report.packet_row import in_both, say, written_money
from atoz.rulebook.evidence import evidence_items

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
