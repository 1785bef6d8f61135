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
from atoz.model.events import AnyEvent
from atoz.model.order import Order
from atoz.model.record import Record, read_document

_EVENT: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)


class EntryKind(StrEnum):
    """What an entry does."""

    OPENED = "opened"
    """Its body is the whole claim as it was first stored."""
    EVENT = "event"
    """Its body is one event."""
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
    if entry.kind is not EntryKind.EVENT:
        return f"{entry.version}: {entry.kind.value}"
    event = event_of(entry)
    return f"{entry.version}: {event.kind} at {event.at.isoformat()}"


def replayed(claim_id: str, log: Iterable[Entry]) -> Claim:
    """The claim that a log leads to, every entry applied by the state machine.

    Raises:
        InvalidDocument: the log does not begin by opening a claim, or a body cannot be read.
        TransitionRefused: an event does not fit what stands before it.
    """
    claim: Claim | None = None
    for entry in log:
        claim = _next(claim_id, claim, entry)
    if claim is None:
        return read_document(Claim, None, what=claim_id)
    return claim


def _next(claim_id: str, claim: Claim | None, entry: Entry) -> Claim:
    if claim is None:
        return read_document(Claim, json.loads(entry.body), what=claim_id)
    if entry.kind is EntryKind.ORDER:
        order = read_document(Order, json.loads(entry.body), what=claim_id)
        return with_order(claim, order)
    return apply(claim, event_of(entry))


def with_order(claim: Claim, order: Order) -> Claim:
    """The claim with a corrected order, validated as a whole (currencies must still agree).

    Raises:
        InvalidDocument: the order does not fit the claim.
    """
    facts = {name: getattr(claim, name) for name in Claim.model_fields}
    return read_document(Claim, {**facts, "order": order}, what="claim")
