"""The log of a claim: what was learnt, in the order in which it arrived, chained by hashes.

The first entry opens the claim; each later one adds an event, strikes one out or corrects the order. An entry's hash
covers the hash before it, so that a changed, missing or exchanged entry shows. That finds accidents, not an attacker
who can write to the database: such a person can compute the hashes anew.
"""

import hashlib
import json
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from pydantic import Field, TypeAdapter

from atoz.lifecycle.operations import apply
from atoz.model.claim import Claim
from atoz.model.events import AnyEvent, Filed, Observed
from atoz.model.order import Order
from atoz.model.record import Record, read_document

_EVENT: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)
_EVENTS: TypeAdapter[list[AnyEvent]] = TypeAdapter(list[AnyEvent])


class EntryKind(StrEnum):
    """What an entry does."""

    OPENED = "opened"
    """Its body is the whole claim as it was first stored."""
    EVENT = "event"
    """Its body is one event."""
    SOURCES = "sources"
    """Its body is the list of events that mails and files show; it takes the place of the list before it."""
    ORDER = "order"
    """Its body is the corrected order."""


class Entry(NamedTuple):
    """One entry of a claim's log."""

    version: int
    """Its place: 1 for the entry that opens the claim."""
    kind: EntryKind
    body: str
    """Canonical JSON."""
    hash: str


class StoredClaim(Record):
    """A claim as a store holds it."""

    claim_id: str = Field(description="The order id; a second claim on the order has `/2` behind it. Never changed.")
    version: int = Field(description="How many entries its log has; give it back to change the claim.")
    head: str = Field(description="The hash of its last entry.")
    claim: Claim = Field(description="The claim as its entries leave it.")


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
    """The event that an entry of kind `event` carries."""
    return _EVENT.validate_json(entry.body)


def described(entry: Entry) -> str:
    """One line about an entry: its version, what it is, and when that happened."""
    if entry.kind is EntryKind.EVENT:
        event = event_of(entry)
        return f"{entry.version}: {event.kind} at {event.at.isoformat()}"
    if entry.kind is EntryKind.SOURCES:
        events = ", ".join(f"{event.kind} at {event.at.isoformat()}" for event in source_events([entry]))
        return f"{entry.version}: mails and files show {events or 'nothing'}"
    return f"{entry.version}: {'order corrected' if entry.kind is EntryKind.ORDER else entry.kind.value}"


def replayed(claim_id: str, log: Iterable[Entry]) -> Claim:
    """The claim that a log leads to: all events in order of time, applied by the state machine, under the latest order.

    Events of one instant keep the order in which they arrived; those that mails and files show come after them.

    Raises:
        InvalidDocument: the log does not begin by opening a claim, or a body cannot be read.
        TransitionRefused: an event does not fit what stands before it.
    """
    first, *rest = log
    opened = read_document(Claim, json.loads(first.body), what=claim_id)
    arrived: list[AnyEvent] = [*opened.history]
    shown: list[AnyEvent] = []
    for entry in rest:
        if entry.kind is EntryKind.EVENT:
            arrived.append(event_of(entry))
        elif entry.kind is EntryKind.SOURCES:
            shown = _EVENTS.validate_json(entry.body)
        else:
            opened = with_order(opened, read_document(Order, json.loads(entry.body), what=claim_id))
    events = sorted([*arrived, *shown], key=lambda event: event.at)
    begins = next(place for place, event in enumerate(events) if isinstance(event, (Filed, Observed))) + 1
    facts = {name: getattr(opened, name) for name in Claim.model_fields if name != "status"}
    claim = read_document(Claim, {**facts, "history": tuple(events[:begins])}, what=claim_id)
    for event in events[begins:]:
        claim = apply(claim, event)
    return claim


def source_events(log: Iterable[Entry]) -> tuple[AnyEvent, ...]:
    """The events that mails and files show of a claim, as the latest entry says."""
    bodies = [entry.body for entry in log if entry.kind is EntryKind.SOURCES]
    return tuple(_EVENTS.validate_json(bodies[-1])) if bodies else ()


def source_body(events: Iterable[AnyEvent]) -> str:
    """The body of an entry that says which events mails and files show."""
    return canonical_json([event.model_dump(mode="json", exclude_none=True) for event in events])


def with_source_events(claim_id: str, log: Iterable[Entry], events: Iterable[AnyEvent]) -> Claim:
    """The claim that a log leads to if these are the events that mails and files show.

    Raises:
        TransitionRefused: the history does not hold together with them.
    """
    known = list(log)
    return replayed(claim_id, [*known, chained(claim_id, known[-1], EntryKind.SOURCES, source_body(events))])


def with_order(claim: Claim, order: Order) -> Claim:
    """The claim with a corrected order, validated as a whole (currencies must still agree).

    Raises:
        InvalidDocument: the order does not fit the claim.
    """
    facts = {name: getattr(claim, name) for name in Claim.model_fields}
    return read_document(Claim, {**facts, "order": order}, what="claim")
