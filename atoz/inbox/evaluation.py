"""What is known of an order's claim: certain events are applied, the rest are decisions for a person.

The result depends on which records there are, and not on when or how often they came: everything that the sources show
is worked out anew from all records each time, over what a person has entered.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from pydantic import Field

from atoz.errors import InvalidDocument, StoreUnusable
from atoz.inbox.safe_clocks import SafeClock, safe_clocks
from atoz.model.events import AnyEvent
from atoz.model.intervals import interval
from atoz.model.record import Record, parse_json
from atoz.sources.notices.notice_record import Notice
from atoz.sources.reconciliation.reconcile import reconcile
from atoz.sources.reconciliation.suggestions import Strength, Suggestion
from atoz.sources.records import AnyRecord, record_of
from atoz.store.claim_store import ClaimStore
from atoz.store.entries import Entry, EntryKind, StoredClaim, replayed, source_events, with_source_events
from atoz.store.privacy import event_without_note
from atoz.store.source_records import SourceRecord


class Decision(Record):
    """Something that a person has to decide, and the command that carries the decision out."""

    order_id: str = Field(description="The order.")
    claim_id: str | None = Field(default=None, description="The claim; none where none is stored.")
    code: str = Field(description="Why it is not applied by itself: a stable code.")
    message: str = Field(description="What it is about, in a sentence.")
    command: str = Field(description="The command that takes it.")


class Pending(Record):
    """An order without a stored claim of which mails or files speak, and the clocks that are safe to go by."""

    order_id: str = Field(description="The order.")
    kinds: tuple[str, ...] = Field(description="The events that are waiting.")
    clocks: tuple[SafeClock, ...] = Field(description="The earliest supported deadlines, which need no order.")
    command: str = Field(description="The command that opens the claim.")


class Applied(Record):
    """What was applied to a claim."""

    claim_id: str = Field(description="The claim.")
    version: int = Field(description="Its version now.")
    kinds: tuple[str, ...] = Field(description="The kinds of all events that mails and files show of it.")


class Evaluation(NamedTuple):
    """What came of one order's records."""

    applied: Applied | None = None
    pending: Pending | None = None
    decisions: tuple[Decision, ...] = ()


def evaluate(store: ClaimStore, order_id: str, *, as_of: datetime, least: Strength = Strength.FAIR) -> Evaluation:
    """Apply what is certain about an order's claim, and list what is not.

    Certain is what a verified mail or a file of the seller's own shows with at least this strength, what the state
    machine accepts, and what nothing contradicts.
    """
    kept = store.source_records_on(order_id)
    if not kept:
        return Evaluation()
    every = [(record, _record(record)) for record in kept]
    stored = store.on_order(order_id)
    if not stored:
        return Evaluation(pending=_pending(order_id, [value for _, value in every if isinstance(value, Notice)]))
    current = stored[-1]
    doubted = _doubted(kept)
    certain = [value for record, value in every if record.verified and record.record_key not in doubted]
    current, applied = _apply(store, current, certain, as_of, least)
    decisions = [*_open_decisions(current, [value for _, value in every], as_of), *_second_filings(current, every)]
    return Evaluation(applied=applied, decisions=tuple(decisions))


def _record(record: SourceRecord) -> AnyRecord:
    value = record_of(parse_json(record.body), record.record_key).value
    if value is None:
        raise StoreUnusable(f"order {record.order_id}", "a record that was stored for it cannot be read any more")
    return value


def _doubted(records: Iterable[SourceRecord]) -> set[str]:
    """Mails with one Message-ID and different contents: one of them is not what it seems."""
    by_message: dict[str, set[str]] = {}
    for record in records:
        by_message.setdefault(record.message_key, set()).add(record.digest)
    return {record.record_key for record in records if record.message_key and len(by_message[record.message_key]) > 1}


def _apply(
    store: ClaimStore, current: StoredClaim, certain: Sequence[AnyRecord], as_of: datetime, least: Strength
) -> tuple[StoredClaim, Applied | None]:
    """Set the events that the sources show for certain, if they are other ones than before."""
    log = store.log(current.claim_id)
    by_hand = [entry for entry in log if entry.kind is not EntryKind.SOURCES]
    entered = replayed(current.claim_id, by_hand)
    strong_enough = tuple(Strength)[: tuple(Strength).index(least) + 1]
    events: list[AnyEvent] = []
    for suggestion in reconcile(entered, certain, as_of=as_of).suggestions:
        if suggestion.event is None or suggestion.conflicts or suggestion.strength not in strong_enough:
            continue
        event = event_without_note(suggestion.event)
        if _holds_together(current.claim_id, by_hand, [*events, event]):
            events.append(event)
    if source_events(log) == tuple(events):
        return current, None
    current = store.set_source_events(current.claim_id, events, expected_version=current.version)
    kinds = tuple(event.kind for event in events)
    return current, Applied(claim_id=current.claim_id, version=current.version, kinds=kinds)


def _holds_together(claim_id: str, by_hand: Sequence[Entry], events: Sequence[AnyEvent]) -> bool:
    try:
        with_source_events(claim_id, by_hand, events)
    except InvalidDocument:
        return False
    return True


def _open_decisions(current: StoredClaim, records: Sequence[AnyRecord], as_of: datetime) -> Iterable[Decision]:
    """What the sources suggest beyond what is applied."""
    for suggestion in reconcile(current.claim, records, as_of=as_of).suggestions:
        if suggestion.event is not None:
            yield _decision(current, suggestion, suggestion.event)


def _decision(current: StoredClaim, suggestion: Suggestion, event: AnyEvent) -> Decision:
    if suggestion.conflicts:
        code, why = "conflict", "; ".join(suggestion.conflicts)
    elif suggestion.refusal is not None:
        code, why = suggestion.refusal.code, suggestion.refusal.message
    else:
        code, why = "not_certain", "no verified mail and no record of Amazon's shows it"
    amount = getattr(event, "amount", None)
    setting = f" --set amount='{amount}'" if amount is not None else ""
    return Decision(
        order_id=current.claim.order.order_id,
        claim_id=current.claim_id,
        code=code,
        message=f"{event.kind} at {event.at.isoformat()} is not applied: {why}",
        command=f"atoz apply {current.claim_id} {event.kind} --at {event.at.isoformat()}{setting}",
    )


def _second_filings(current: StoredClaim, records: Sequence[tuple[SourceRecord, AnyRecord]]) -> Iterable[Decision]:
    """Notices of a filing long after the known one: another claim on the order, or Amazon writing again."""
    known = current.claim.filed_at
    for _, value in records:
        if not isinstance(value, Notice) or known is None:
            continue
        for event in value.events():
            if event.kind == "filed" and event.at - known > interval("atoz.sources", "same_notice"):
                filed = event.at.isoformat()
                yield Decision(
                    order_id=current.claim.order.order_id,
                    claim_id=current.claim_id,
                    code="second_filing",
                    message=f"a mail of {filed} speaks of a new claim; the known one was filed at {known.isoformat()}",
                    command=f"atoz open ORDER --filed-at {filed} --reason REASON --second",
                )


def _pending(order_id: str, notices: Sequence[Notice]) -> Pending:
    events = sorted((event for notice in notices for event in notice.events()), key=lambda event: event.at)
    return Pending(
        order_id=order_id,
        kinds=tuple(dict.fromkeys(event.kind for event in events)),
        clocks=safe_clocks(notices),
        command="atoz open ORDER --notice MAIL --reason REASON",
    )
