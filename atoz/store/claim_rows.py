"""The rows behind a stored claim: read as claims and entries, and written from them."""

from collections.abc import Sequence

from sqlalchemy import Connection, Row, delete, insert, select

from atoz.errors import UnknownName
from atoz.model.claim import Claim
from atoz.store.entries import Entry, EntryKind, StoredClaim, body_of
from atoz.store.schema import claims, entries, labels


def claim_row(connection: Connection, claim_id: str, *, lock: bool = False) -> Row[tuple[object, ...]]:
    """The row of a claim, locked until the transaction ends if asked for.

    Raises:
        UnknownName: there is no claim of this id; similar ids are named.
    """
    asked = select(claims).where(claims.c.claim_id == claim_id)
    row = connection.execute(asked.with_for_update() if lock else asked).one_or_none()
    if row is None:
        known = connection.execute(
            select(claims.c.claim_id).where(claims.c.claim_id.startswith(claim_id[:3])).limit(50)
        )
        raise UnknownName.with_suggestions("claim", claim_id, [row.claim_id for row in known])
    return row


def stored_claim(row: Row[tuple[object, ...]]) -> StoredClaim:
    """The claim that a row holds."""
    return StoredClaim(
        claim_id=row.claim_id, version=row.version, head=row.head, claim=Claim.model_validate_json(row.document)
    )


def log_of(connection: Connection, claim_id: str) -> tuple[Entry, ...]:
    """A claim's entries, in the order in which they arrived."""
    asked = select(entries).where(entries.c.claim_id == claim_id).order_by(entries.c.version)
    return tuple(Entry(row.version, EntryKind(row.kind), row.body, row.hash) for row in connection.execute(asked))


def row_values(claim: Claim, last: Entry) -> dict[str, object]:
    """What the row of a claim says; the stored plan is that of an older version, so it goes."""
    return {
        "version": last.version,
        "status": claim.status.value,
        "head": last.hash,
        "document": body_of(claim),
        "planned_at": None,
        "plan_key": None,
        "look_again_at": None,
        "act_by": None,
    }


def write_entries(connection: Connection, claim_id: str, log: Sequence[Entry]) -> None:
    """Add entries to a claim's log."""
    if log:
        connection.execute(insert(entries), [{"claim_id": claim_id, **entry._asdict()} for entry in log])


def write_labels(connection: Connection, claim_id: str, claim: Claim) -> None:
    """Make the labels of a claim the ones that it is found by."""
    connection.execute(delete(labels).where(labels.c.claim_id == claim_id))
    rows = [{"claim_id": claim_id, "name": name, "value": value} for name, value in claim.all_labels.items()]
    if rows:
        connection.execute(insert(labels), rows)


def ordinal(claim_id: str) -> int:
    """Which claim on its order it is: 1 for the first."""
    return int(claim_id.partition("/")[2] or 1)
