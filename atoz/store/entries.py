"""The log of a claim: what was learnt, in the order in which it arrived, chained by hashes.

The first entry opens the claim; each later one adds an event, strikes one out or corrects the order. An entry's hash
covers the hash before it, so that a changed, missing or exchanged entry shows. That finds accidents, not an attacker
who can write to the database: such a person can compute the hashes anew.
"""

import hashlib
import json
from bisect import insort_right
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Literal, NamedTuple

from pydantic import Field, TypeAdapter

from atoz.lifecycle.corrections import placed
from atoz.lifecycle.replay import verify
from atoz.model.claim import Claim, StruckOut
from atoz.model.events import AnyEvent
from atoz.model.instant import Instant
from atoz.model.order import Order, TriState
from atoz.model.record import Document, Record, read_document
from atoz.model.text import Language, Text, fill
from atoz.rulebook.edition import Edition

_EVENT: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)
_EVENTS: TypeAdapter[list[AnyEvent]] = TypeAdapter(list[AnyEvent])


class EntryKind(StrEnum):
    """What an entry does."""

    OPENED = "opened"
    """Its body is the whole claim as it was first stored."""
    EVENT = "event"
    """Its body is one event, later than all before it."""
    LATE = "late"
    """Its body is one event that was learnt late: it belongs at its place in time."""
    RETRACTED = "retracted"
    """Its body is an event that turned out wrong, and the reason."""
    SOURCES = "sources"
    """Its body is what mails and files show, events and facts of the order; it takes the place of the one before it."""
    ORDER = "order"
    """Its body is the corrected order."""
    DISMISSED = "dismissed"
    """Its body names what mails or files suggest and a person has decided against."""


class Entry(NamedTuple):
    """One entry of a claim's log."""

    version: int
    """Its place: 1 for the entry that opens the claim."""
    kind: EntryKind
    body: str
    """Canonical JSON."""
    hash: str


class LoggedEntry(Record):
    """An entry as it is shown."""

    version: int = Field(description="Its place: 1 for the entry that opens the claim.")
    kind: EntryKind = Field(description="What it does.")
    body: str = Field(description="What it says, as the canonical JSON that is hashed.")
    hash: str = Field(description="Its hash, over the one before it too.")


class ClaimLog(Document):
    """Everything that was learnt about a claim."""

    kind: Literal["claim_log"] = Field(default="claim_log", description="Says that this document is a claim's log.")
    claim_id: str = Field(description="The claim.")
    entries: tuple[LoggedEntry, ...] = Field(description="Its entries, in order of arrival.")

    @staticmethod
    def of(claim_id: str, log: Iterable[Entry]) -> "ClaimLog":
        """The log of a claim as a document."""
        shown = tuple(LoggedEntry(**entry._asdict()) for entry in log)
        return ClaimLog(claim_id=claim_id, entries=shown)


class SourceNews(NamedTuple):
    """What mails and files show of a claim."""

    events: tuple[AnyEvent, ...] = ()
    order_facts: tuple[tuple[str, str], ...] = ()
    """Fields of the order and their values; where the order knows a fact, the order counts."""


class StoredClaim(Document):
    """A claim as a store holds it."""

    kind: Literal["stored_claim"] = Field(
        default="stored_claim", description="Says that this document is a stored claim."
    )
    claim_id: str = Field(description="The order id; a second claim on the order has `/2` behind it. Never changed.")
    version: int = Field(description="How many entries its log has; give it back to change the claim.")
    head: str = Field(description="The hash of its last entry.")
    claim: Claim = Field(description="The claim as its entries leave it.")


class DueClaim(Record):
    """A claim on which the seller has to act."""

    claim_id: str = Field(description="The claim.")
    act_by: Instant = Field(description="By when.")


def canonical_json(data: object) -> str:
    """JSON with sorted keys and no spaces: the same data give the same bytes."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def body_of(record: Record) -> str:
    """A record as the canonical JSON that is stored and hashed."""
    return canonical_json(record.model_dump(mode="json", exclude_none=True))


def chained(claim_id: str, previous: Entry | None, kind: EntryKind, body: str) -> Entry:
    """The next entry of a log."""
    version, before = (previous.version + 1, previous.hash) if previous else (1, "")
    covered = "\n".join((before, claim_id, str(version), kind.value, body))
    return Entry(version, kind, body, hashlib.sha256(covered.encode()).hexdigest())


def event_of(entry: Entry) -> AnyEvent:
    """The event that an entry of kind `event` or `late` carries."""
    return _EVENT.validate_json(entry.body)


def described(entry: Entry, language: Language = "en") -> str:
    """One line about an entry: its version, what it is, and when that happened."""
    facts: Mapping[str, object] = {}
    code = "other_entry"
    if entry.kind in (EntryKind.EVENT, EntryKind.LATE):
        code, facts = "event_entry", {"event": _dated(event_of(entry))}
    elif entry.kind is EntryKind.RETRACTED:
        code, facts = "struck_out_entry", {"event": _dated(StruckOut.model_validate_json(entry.body).event)}
    elif entry.kind is EntryKind.SOURCES:
        news = source_news([entry])
        parts = [_dated(event).say(language) for event in news.events]
        parts += [f"order.{field} {value}" for field, value in news.order_facts]
        code, facts = "sources_entry", {"news": ", ".join(parts) or fill("atoz.store", "nothing")}
    elif entry.kind is EntryKind.DISMISSED:
        code, facts = "dismissed_entry", {"decision": json.loads(entry.body)}
    elif entry.kind is EntryKind.ORDER:
        code = "order_entry"
    return fill("atoz.store", code, version=entry.version, entry=entry.kind.value, **facts).say(language)


def _dated(event: AnyEvent) -> Text:
    return fill("atoz.store", "event_at", event=event.kind, at=event.at.isoformat())


def replayed(claim_id: str, log: Iterable[Entry], editions: Iterable[Edition] = ()) -> Claim:
    """The claim that a log leads to: every event at its place in time, under the latest order, checked as a whole.

    What mails and files show is put in last, so that it does not matter when it arrived. An event of theirs that was
    struck out stays out.

    Raises:
        InvalidDocument: a body cannot be read, or the state machine refuses an event where it stands.
    """
    first, *rest = log
    claim = read_document(Claim, json.loads(first.body), what=claim_id)
    history, struck_out, order = [*claim.history], [*claim.struck_out], claim.order
    struck_from_sources: list[AnyEvent] = []
    for entry in rest:
        if entry.kind is EntryKind.EVENT:
            history.append(event_of(entry))
        elif entry.kind is EntryKind.LATE:
            insort_right(history, event_of(entry), key=placed)
        elif entry.kind is EntryKind.RETRACTED:
            struck = StruckOut.model_validate_json(entry.body)
            struck_out.append(struck)
            if struck.event in history:
                del history[len(history) - 1 - history[::-1].index(struck.event)]
            else:
                struck_from_sources.append(struck.event)
        elif entry.kind is EntryKind.ORDER:
            order = read_document(Order, json.loads(entry.body), what=claim_id)
    news = source_news(rest)
    for event in news.events:
        if event not in struck_from_sources:
            insort_right(history, event, key=placed)
    facts = {name: getattr(claim, name) for name in Claim.model_fields if name != "status"}
    facts |= {"history": tuple(history), "struck_out": tuple(struck_out)}
    facts["order"] = _completed(order, news.order_facts, claim_id)
    return verify(read_document(Claim, facts, what=claim_id), editions=editions)


def _completed(order: Order, facts: Iterable[tuple[str, str]], claim_id: str) -> Order:
    """The order with facts that it does not know itself."""
    data = order.model_dump(mode="json", exclude_none=True)
    new = {name: value for name, value in facts if data.get(name, TriState.UNKNOWN) == TriState.UNKNOWN}
    return read_document(Order, data | new, what=claim_id) if new else order


def source_news(log: Iterable[Entry]) -> SourceNews:
    """What mails and files show of a claim, as the latest entry says."""
    bodies = [entry.body for entry in log if entry.kind is EntryKind.SOURCES]
    if not bodies:
        return SourceNews()
    data = json.loads(bodies[-1])
    return SourceNews(tuple(_EVENTS.validate_python(data["events"])), tuple(sorted(data["order"].items())))


def source_body(news: SourceNews) -> str:
    """The body of an entry that says what mails and files show."""
    events = [event.model_dump(mode="json", exclude_none=True) for event in news.events]
    return canonical_json({"events": events, "order": dict(news.order_facts)})


def with_source_news(claim_id: str, log: Iterable[Entry], news: SourceNews, editions: Iterable[Edition] = ()) -> Claim:
    """The claim that a log leads to if this is what mails and files show.

    Raises:
        InvalidDocument: the history does not hold together with it.
    """
    known = list(log)
    entry = chained(claim_id, known[-1], EntryKind.SOURCES, source_body(news))
    return replayed(claim_id, [*known, entry], editions)


def dismissed(log: Iterable[Entry]) -> frozenset[str]:
    """The names of what a person has decided against."""
    return frozenset(str(json.loads(entry.body)) for entry in log if entry.kind is EntryKind.DISMISSED)
