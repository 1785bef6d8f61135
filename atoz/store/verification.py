"""Whether a store is whole: every claim replayed from its entries, every hash computed anew."""

import hashlib
from collections.abc import Iterator
from itertools import groupby
from typing import Literal

from pydantic import Field, ValidationError
from sqlalchemy import Engine, Row, select

from atoz.errors import AtozError
from atoz.model.claim import Claim
from atoz.model.record import Document, Record
from atoz.rulebook.edition import Edition
from atoz.store.connection import reading
from atoz.store.entries import Entry, EntryKind, chained, replayed
from atoz.store.schema import claims, entries


class Damage(Record):
    """One thing that is wrong with one claim."""

    claim_id: str = Field(description="The claim.")
    version: int = Field(description="The entry at which it shows; 0 for the claim as a whole.")
    message: str = Field(description="What is wrong.")


class Verification(Document):
    """What a store holds, and what is wrong with it."""

    kind: Literal["verification"] = Field(
        default="verification", description="Says that this document is a verification."
    )
    claims: int = Field(description="How many claims were replayed.")
    entries: int = Field(description="How many entries they have.")
    head: str = Field(description="One hash over the heads of all claims: keep it elsewhere to compare it later.")
    damages: tuple[Damage, ...] = Field(description="What is wrong; empty if the store is whole.")


def verify_claims(engine: Engine, editions: tuple[Edition, ...] = ()) -> Verification:
    """Replay every claim; both tables are read in batches, in the order of claim ids, from one snapshot."""
    damages: list[Damage] = []
    counts = {"claims": 0, "entries": 0}
    whole = hashlib.sha256()
    by_claim = select(entries).order_by(entries.c.claim_id, entries.c.version)
    with reading(engine) as connection, reading(engine) as other:
        logs = groupby(other.execute(by_claim), key=lambda row: row.claim_id)
        claim_id, log = next(logs, (None, iter(())))
        for row in connection.execute(select(claims).order_by(claims.c.claim_id)):
            own = tuple(_entry(item) for item in log) if claim_id == row.claim_id else ()
            if claim_id == row.claim_id:
                claim_id, log = next(logs, (None, iter(())))
            counts["claims"], counts["entries"] = counts["claims"] + 1, counts["entries"] + len(own)
            whole.update(f"{row.claim_id} {row.head}\n".encode())
            damages += _damages(row, own, editions)
    return Verification(
        claims=counts["claims"], entries=counts["entries"], head=whole.hexdigest(), damages=tuple(damages)
    )


def _entry(row: Row[tuple[object, ...]]) -> Entry:
    return Entry(row.version, EntryKind(row.kind), row.body, row.hash)


def _damages(row: Row[tuple[object, ...]], log: tuple[Entry, ...], editions: tuple[Edition, ...]) -> Iterator[Damage]:
    """What is wrong with one claim: gaps, broken hashes, entries that do not replay, a row that says otherwise."""
    broken = list(_broken_links(row.claim_id, log))
    yield from broken
    last = log[-1] if log else None
    if last is None or (last.version, last.hash) != (row.version, row.head):
        has = f"entry {last.version}" if last else "no entries"
        yield Damage(
            claim_id=row.claim_id, version=0, message=f"the claim is at version {row.version}, its log ends with {has}"
        )
    if broken or not log:
        return
    try:
        claim = replayed(row.claim_id, log, editions)
    except AtozError as error:
        yield Damage(claim_id=row.claim_id, version=0, message=f"its entries do not replay: {error}")
        return
    if _stored(row.document) != claim:
        yield Damage(claim_id=row.claim_id, version=0, message="the stored claim is not what its entries lead to")


def _stored(document: str) -> Claim | None:
    """The claim of a row, or none if it cannot be read; an older release may have written it with fewer fields."""
    try:
        return Claim.model_validate_json(document)
    except ValidationError:
        return None


def _broken_links(claim_id: str, log: tuple[Entry, ...]) -> Iterator[Damage]:
    previous: Entry | None = None
    for entry in log:
        expected = chained(claim_id, previous, entry.kind, entry.body)
        if entry.version != expected.version:
            message = f"entry {expected.version} is missing"
            yield Damage(claim_id=claim_id, version=expected.version, message=message)
            return
        if entry.hash != expected.hash:
            message = "its content does not match its hash: it was changed after it was written"
            yield Damage(claim_id=claim_id, version=entry.version, message=message)
            return
        previous = entry
