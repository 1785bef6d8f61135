"""What a person has to decide about an order, said in both languages, and the commands that carry it out."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from pydantic import Field

from atoz.errors import Refusal
from atoz.inbox.safe_clocks import SafeClock, safe_clocks
from atoz.model.events import AnyEvent
from atoz.model.intervals import interval
from atoz.model.order import TriState
from atoz.model.record import Record
from atoz.model.text import Text, fill, phrases
from atoz.sources.notices.notice_record import Notice
from atoz.sources.reconciliation.suggestions import OrderFact, Suggestion
from atoz.sources.records import AnyRecord
from atoz.sources.report_files.returns import ReturnFlag
from atoz.sources.transactions.transaction import Transaction, TransactionType
from atoz.store.entries import StoredClaim


class Decision(Record):
    """Something that a person has to decide, and the command that carries the decision out."""

    id: str = Field(description="Its name; the same in every run.")
    order_id: str = Field(description="The order.")
    claim_id: str = Field(description="The claim.")
    code: str = Field(description="Why it is not applied by itself: a stable code.")
    message: Text = Field(description="What it is about, in a sentence.")
    command: str = Field(description="The command that takes it.")
    dismiss: str = Field(description="The command that decides against it.")


class Pending(Record):
    """An order without a stored claim of which mails or files speak, and the clocks that are safe to go by."""

    order_id: str = Field(description="The order.")
    kinds: tuple[str, ...] = Field(description="The events that are waiting.")
    clocks: tuple[SafeClock, ...] = Field(description="The earliest supported deadlines, which need no order.")
    command: str = Field(description="The command that opens the claim.")


def pending(order_id: str, records: Sequence[AnyRecord]) -> Pending | None:
    """An order without a claim, if anything speaks of one; an order's payload alone does not."""
    notices = [record for record in records if isinstance(record, Notice)]
    events = sorted((event for record in records for event in _events(record)), key=_by_time)
    kinds = tuple(dict.fromkeys(kind for _, kind in events))
    if not notices and not kinds:
        return None
    return Pending(
        order_id=order_id,
        kinds=kinds,
        clocks=safe_clocks(notices),
        command="atoz open ORDER --notice MAIL --reason REASON",
    )


def _events(record: AnyRecord) -> Iterator[tuple[datetime | None, str]]:
    """The kinds of the events that a record speaks of, and when they were."""
    if isinstance(record, Notice):
        yield from ((event.at, event.kind) for event in record.events())
    elif isinstance(record, ReturnFlag) and record.a_to_z is TriState.YES:
        yield None, "filed"
    elif isinstance(record, Transaction) and record.type is TransactionType.GUARANTEE:
        yield record.posted_at, "granted_seller_funded"


def _by_time(event: tuple[datetime | None, str]) -> tuple[bool, str, str]:
    at, kind = event
    return at is not None, at.isoformat() if at else "", kind


def decision(stored: StoredClaim, suggestion: Suggestion, *, several: bool) -> Decision:
    """What to decide about something that the sources suggest and nobody has applied."""
    if suggestion.conflicts:
        code, reason = "conflict", _joined(suggestion.conflicts)
    elif suggestion.refusal is not None:
        code, reason = suggestion.refusal.code, _refused(suggestion.refusal)
    elif suggestion.fact is not None:
        code, reason = "impossible", fill("atoz.inbox", "reason_impossible")
    else:
        code = "several_claims" if several else "not_certain"
        reason = fill("atoz.inbox", f"reason_{code}")
    if suggestion.event is None:
        return _fact_decision(stored, suggestion, code, reason)
    event = suggestion.event
    at = event.at.isoformat()
    amount = getattr(event, "amount", None)
    setting = f" --set amount='{amount}'" if amount is not None else ""
    return Decision(
        id=suggestion_name(suggestion),
        order_id=stored.claim.order.order_id,
        claim_id=stored.claim_id,
        code=code,
        message=fill("atoz.inbox", "decision_event", event=_event_name(event), at=at, reason=reason),
        command=f"atoz apply {stored.claim_id} {event.kind} --at {at}{setting}",
        dismiss=_dismiss(stored, suggestion_name(suggestion)),
    )


def suggestion_name(suggestion: Suggestion) -> str:
    """The name under which a suggestion is decided: that of a fact has its value, because another one is news."""
    fact = suggestion.fact
    return f"{suggestion.id}={fact.value}" if fact else suggestion.id


def second_filings(
    stored: StoredClaim, known: Sequence[StoredClaim], records: Iterable[AnyRecord]
) -> Iterator[Decision]:
    """Notices of a filing long after every known one: another claim on the order, or Amazon writing again."""
    filings = [other.claim.filed_at for other in known if other.claim.filed_at is not None]
    events = (event for record in records if isinstance(record, Notice) for event in record.events())
    for at in sorted({event.at for event in events if event.kind == "filed"}):
        if filings and at - max(filings) > interval("atoz.sources", "same_notice"):
            filed, name = at.isoformat(), f"second_filing@{at.isoformat()}"
            latest = max(filings).isoformat()
            yield Decision(
                id=name,
                order_id=stored.claim.order.order_id,
                claim_id=stored.claim_id,
                code="second_filing",
                message=fill("atoz.inbox", "decision_second_filing", at=filed, known=latest),
                command=f"atoz open ORDER --filed-at {filed} --reason REASON --second",
                dismiss=_dismiss(stored, name),
            )


def _fact_decision(stored: StoredClaim, suggestion: Suggestion, code: str, reason: Text) -> Decision:
    fact = suggestion.fact or OrderFact(field="", value="")
    return Decision(
        id=suggestion_name(suggestion),
        order_id=stored.claim.order.order_id,
        claim_id=stored.claim_id,
        code=code,
        message=fill("atoz.inbox", "decision_fact", field=fact.field, value=fact.value, reason=reason),
        command=f"atoz store correct {stored.claim_id} --set {fact.field}={fact.value}",
        dismiss=_dismiss(stored, suggestion_name(suggestion)),
    )


def _dismiss(stored: StoredClaim, name: str) -> str:
    return f"atoz store dismiss {stored.claim_id} {name}"


def _event_name(event: AnyEvent) -> Text:
    return Text(en=event.kind, zh=fill("atoz.report", f"event_{event.kind}").zh)


def _refused(refusal: Refusal) -> Text:
    """Why the state machine refuses an event; a code without words of its own is said in English."""
    if f"refused_{refusal.code}" not in phrases("atoz.inbox"):
        return Text(en=refusal.message, zh=refusal.message)
    return Text(en=refusal.message, zh=phrases("atoz.inbox")[f"refused_{refusal.code}"].zh)


def _joined(texts: Iterable[Text]) -> Text:
    said = tuple(texts)
    return Text(en="; ".join(text.en for text in said), zh=";".join(text.zh for text in said))
