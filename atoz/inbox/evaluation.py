"""What is known of an order's claims: certain events and facts are applied, the rest are decisions for a person.

The result depends on which records there are, and not on when or how often they came: everything that the sources show
is worked out anew from all records each time, over what a person has entered.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from pydantic import Field

from atoz.errors import InvalidDocument, StoreUnusable
from atoz.inbox.decisions import Decision, Pending, decision, pending, second_filings, suggestion_name
from atoz.model.claim import Claim, impossible_facts
from atoz.model.record import Record, parse_json
from atoz.rulebook.edition import Edition
from atoz.sources.notices.notice_record import Notice
from atoz.sources.reconciliation.reconcile import reconcile
from atoz.sources.reconciliation.suggestions import Strength, Suggestion
from atoz.sources.records import AnyRecord, record_of
from atoz.sources.transactions.transaction import Transaction
from atoz.store.claim_store import ClaimStore
from atoz.store.entries import (
    Entry,
    EntryKind,
    SourceNews,
    StoredClaim,
    dismissed,
    replayed,
    source_news,
    with_source_news,
)
from atoz.store.privacy import event_without_note
from atoz.store.source_records import SourceRecord

_BEFORE = timedelta(microseconds=1)


class Applied(Record):
    """What was applied to a claim."""

    claim_id: str = Field(description="The claim.")
    version: int = Field(description="Its version now.")
    kinds: tuple[str, ...] = Field(description="The kinds of all events that mails and files show of it.")
    order_facts: tuple[str, ...] = Field(description="The facts of the order that only mails and files show.")


class Evaluation(NamedTuple):
    """What came of one order's records."""

    applied: tuple[Applied, ...] = ()
    pending: Pending | None = None
    decisions: tuple[Decision, ...] = ()


def evaluate(store: ClaimStore, order_id: str, *, as_of: datetime, least: Strength = Strength.FAIR) -> Evaluation:
    """Apply what is certain about an order's claims, and list what is not.

    Certain is what a verified mail or a file of the seller's own shows with at least this strength, what the state
    machine accepts, and what nothing contradicts. A further claim on the order takes what came after its filing, and
    of that nothing is certain: it may be about the claim before.
    """
    kept = store.source_records_on(order_id)
    if not kept:
        return Evaluation()
    every = [(record, _record(record)) for record in kept]
    stored = store.on_order(order_id)
    if not stored:
        return Evaluation(pending=pending(order_id, [value for _, value in every]))
    doubted = _doubted(kept)
    applied: list[Applied] = []
    decisions: list[Decision] = []
    for place, current in enumerate(stored):
        filed = current.claim.filed_at if place else None
        further = stored[place + 1].claim.filed_at if place + 1 < len(stored) else None
        own = [(record, value) for record, value in every if not _lies_before(value, filed)]
        sure = [value for record, value in own if record.verified and record.record_key not in doubted]
        if place:
            sure = [value for value in sure if not isinstance(value, (Notice, Transaction))]
        now = min(as_of, further - _BEFORE) if further else as_of
        log = store.log(current.claim_id)
        claim, news = _apply(store, current, log, sure, now, least)
        applied += [news] if news else []
        decided = dismissed(log) | _struck_out(claim.claim)
        values = [value for _, value in own]
        open_now = [*_open_decisions(claim, values, now, store.editions, several=bool(place))]
        open_now += second_filings(claim, stored, values) if further is None else ()
        decisions += [item for item in open_now if item.id not in decided]
    return Evaluation(applied=tuple(applied), decisions=tuple(decisions))


def _record(record: SourceRecord) -> AnyRecord:
    value = record_of(parse_json(record.body), record.record_key).value
    if value is None:
        raise StoreUnusable(f"order {record.order_id}", "a record that was stored for it cannot be read any more")
    return value


def _lies_before(value: AnyRecord, filed: datetime | None) -> bool:
    """Whether a record speaks of a time before a further claim was filed; facts of the order have no such time."""
    at = value.sent_at if isinstance(value, Notice) else value.posted_at if isinstance(value, Transaction) else None
    return filed is not None and at is not None and at < filed


def _doubted(records: Iterable[SourceRecord]) -> set[str]:
    """Mails with one Message-ID and different contents: one of them is not what it seems."""
    by_message: dict[str, set[str]] = {}
    for record in records:
        by_message.setdefault(record.message_key, set()).add(record.digest)
    return {record.record_key for record in records if record.message_key and len(by_message[record.message_key]) > 1}


def _struck_out(claim: Claim) -> set[str]:
    """The names of suggestions that are events which a person has struck out."""
    events = (struck.event for struck in claim.struck_out)
    return {f"{event.kind}@{event.at.isoformat().replace('+00:00', 'Z')}" for event in events}


def _apply(
    store: ClaimStore,
    current: StoredClaim,
    log: Sequence[Entry],
    certain: Sequence[AnyRecord],
    as_of: datetime,
    least: Strength,
) -> tuple[StoredClaim, Applied | None]:
    """Set what the sources show for certain, if it is something else than before."""
    by_hand = [entry for entry in log if entry.kind is not EntryKind.SOURCES]
    entered = replayed(current.claim_id, by_hand, store.editions)
    decided = dismissed(log) | _struck_out(entered)
    news = SourceNews()
    suggested = reconcile(entered, certain, as_of=as_of, editions=store.editions).suggestions
    for suggestion in _facts_first(suggested):
        too_weak = tuple(Strength).index(suggestion.strength) > tuple(Strength).index(least)
        if too_weak or suggestion.conflicts or suggestion_name(suggestion) in decided:
            continue
        more = _with(news, suggestion)
        if _holds_together(entered, current.claim_id, by_hand, more, store.editions):
            news = more
    if source_news(log) == news:
        return current, None
    current = store.set_source_news(current.claim_id, news, expected_version=current.version)
    return current, Applied(
        claim_id=current.claim_id,
        version=current.version,
        kinds=tuple(event.kind for event in news.events),
        order_facts=tuple(field for field, _ in news.order_facts),
    )


def _facts_first(suggestions: Iterable[Suggestion]) -> list[Suggestion]:
    return sorted(suggestions, key=lambda suggestion: suggestion.fact is None)


def _with(news: SourceNews, suggestion: Suggestion) -> SourceNews:
    if suggestion.event is not None:
        return news._replace(events=(*news.events, event_without_note(suggestion.event)))
    facts = {(suggestion.fact.field, suggestion.fact.value)} if suggestion.fact else set[tuple[str, str]]()
    return news._replace(order_facts=tuple(sorted({*news.order_facts, *facts})))


def _holds_together(
    entered: Claim, claim_id: str, by_hand: Sequence[Entry], news: SourceNews, editions: tuple[Edition, ...]
) -> bool:
    """Whether the machine accepts it all, and nothing would have been before the order was placed."""
    try:
        claim = with_source_news(claim_id, by_hand, news, editions)
    except InvalidDocument:
        return False
    return {fault.message for fault in impossible_facts(claim)} <= {
        fault.message for fault in impossible_facts(entered)
    }


def _open_decisions(
    current: StoredClaim,
    records: Sequence[AnyRecord],
    as_of: datetime,
    editions: tuple[Edition, ...],
    *,
    several: bool,
) -> Iterator[Decision]:
    """What the sources suggest beyond what is applied."""
    for suggestion in reconcile(current.claim, records, as_of=as_of, editions=editions).suggestions:
        yield decision(current, suggestion, several=several)
