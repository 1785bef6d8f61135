"""Claims kept in a database: every change is a new entry, and a writer who read an older version is refused.

>>> from datetime import UTC, datetime
>>> from pathlib import Path
>>> from tempfile import TemporaryDirectory
>>> from atoz.lifecycle.operations import open_claim
>>> from atoz.model.events import Denied
>>> order = Order(order_id="123-1234567-1234567", marketplace="US", placed_at=datetime(2026, 6, 1, tzinfo=UTC))
>>> claim = open_claim(order, reason="not_received", filed_at=datetime(2026, 7, 1, tzinfo=UTC))
>>> folder = TemporaryDirectory()
>>> with ClaimStore.open(Path(folder.name) / "claims.db") as store:
...     stored = store.add(claim)
...     stored = store.append(stored.claim_id, Denied(at=datetime(2026, 7, 4, tzinfo=UTC)), expected_version=1)
...     stored.claim_id, stored.version, store.get("123-1234567-1234567").claim.status.value
('123-1234567-1234567', 2, 'closed')
>>> folder.cleanup()
"""

import os
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, func, insert, select, update

from atoz.errors import Fault, InvalidDocument, OrderForgotten, StaleClaim
from atoz.lifecycle.corrections import record, retract
from atoz.lifecycle.operations import apply
from atoz.model.claim import Claim, StruckOut, impossible_facts
from atoz.model.events import AnyEvent, Event
from atoz.model.order import Order
from atoz.rulebook.edition import Edition, passed_editions
from atoz.store.claim_rows import (
    claim_row,
    log_of,
    row_values,
    stored_claim,
    write_entries,
    write_labels,
)
from atoz.store.connection import writing
from atoz.store.entries import (
    Entry,
    EntryKind,
    SourceNews,
    StoredClaim,
    body_of,
    canonical_json,
    chained,
    described,
    replayed,
    source_body,
)
from atoz.store.forgetting import Forgotten, forget_order, order_is_forgotten
from atoz.store.migration import back_up, open_database
from atoz.store.privacy import StrikeReason, event_without_note, strike_reason, without_free_text
from atoz.store.schema import claims
from atoz.store.source_records import (
    SourceRecord,
    keep_source_records,
)
from atoz.store.stored_claims import StoredClaims

_SUGGESTION = re.compile(r"[a-z_.]{1,60}[@=][0-9a-z:.+TZ-]{1,60}")


class ClaimStore(StoredClaims):
    """Claims in a database.

    Open one with `ClaimStore.open`; it is a context manager. Methods that change a claim take the version that the
    caller has read: if the claim has moved on, nothing is written and `StaleClaim` says what was missed.
    """

    @staticmethod
    def open(url: str | os.PathLike[str], *, create: bool = True, editions: Iterable[Edition] = ()) -> "ClaimStore":
        """A store by its path (SQLite) or URL (PostgreSQL); it is made if there is none, unless `create` is false.

        `editions` are those of your own that its claims may name; they are not stored, the claims name their content.

        Raises:
            InvalidDocument: the URL is not one of a supported database.
            StoreUnusable: there is no store, it cannot be reached, or another release made it.
            MissingExtra: SQLAlchemy is not installed.
        """
        return ClaimStore(*open_database(url, create=create), passed_editions(editions))

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        """The store itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def add(self, claim: Claim) -> StoredClaim:
        """Store a claim that is not stored yet; its id is the order id, with `/2` for a second claim on the order.

        Free text (`platform_words`, notes of events) is not stored.

        Raises:
            OrderForgotten: the order was forgotten; it does not come back.
        """
        kept = without_free_text(claim)
        order_id = claim.order.order_id
        with writing(self._engine) as connection:
            if order_is_forgotten(connection, self._key, order_id):
                raise OrderForgotten(order_id)
            count = connection.execute(select(func.count()).where(claims.c.order_id == order_id)).scalar_one()
            claim_id = order_id if count == 0 else f"{order_id}/{count + 1}"
            entry = chained(claim_id, None, EntryKind.OPENED, body_of(kept))
            connection.execute(insert(claims).values(claim_id=claim_id, order_id=order_id, **row_values(kept, entry)))
            write_labels(connection, claim_id, kept)
            write_entries(connection, claim_id, [entry])
        return StoredClaim(claim_id=claim_id, version=entry.version, head=entry.hash, claim=kept)

    def append(self, claim_id: str, events: AnyEvent | Sequence[AnyEvent], *, expected_version: int) -> StoredClaim:
        """Apply events to a claim and store them, all or none.

        Raises:
            UnknownName: there is no claim of this id.
            StaleClaim: the claim has moved on since it was read; `missed` holds the entries.
            TransitionRefused: the state machine refuses an event; nothing is stored.
        """
        added = [events] if isinstance(events, Event) else list(events)
        kept = [event_without_note(event) for event in added]
        with writing(self._engine) as connection:
            claim, log = self._current(connection, claim_id, expected_version)
            for event in kept:
                claim = apply(claim, event, editions=self.editions)
            return self._advanced(
                connection, claim_id, claim, log, [(EntryKind.EVENT, body_of(event)) for event in kept]
            )

    def record(self, claim_id: str, event: AnyEvent, *, expected_version: int) -> StoredClaim:
        """Store an event that was learnt late at its place in time; see `atoz.record`.

        Raises:
            UnknownName: there is no claim of this id.
            StaleClaim: the claim has moved on since it was read.
            ReplayRefused: with it the history does not hold together; nothing is stored, a person has to decide.
        """
        late = event_without_note(event)
        return self._corrected(
            claim_id,
            lambda claim: record(claim, late, editions=self.editions),
            EntryKind.LATE,
            body_of(late),
            expected_version,
        )

    def retract(
        self, claim_id: str, event: AnyEvent, reason: StrikeReason | str, *, expected_version: int
    ) -> StoredClaim:
        """Strike out an event that turned out wrong; the log keeps it, and the reason; see `atoz.retract`.

        The reason is one of a list: what a person would write could name somebody, and a store keeps no such text.

        Raises:
            UnknownName: there is no claim of this id, or no such reason.
            StaleClaim: the claim has moved on since it was read.
            InvalidDocument: the claim has no such event.
            ReplayRefused: without it the history does not hold together; nothing is stored, a person has to decide.
        """
        wrong = event_without_note(event)
        why = strike_reason(reason)
        body = body_of(StruckOut(event=wrong, reason=why))
        return self._corrected(
            claim_id,
            lambda claim: retract(claim, wrong, why, editions=self.editions),
            EntryKind.RETRACTED,
            body,
            expected_version,
        )

    def _corrected(
        self, claim_id: str, check: Callable[[Claim], Claim], kind: EntryKind, body: str, expected_version: int
    ) -> StoredClaim:
        """Store a correction that the claim as it stands allows."""
        with writing(self._engine) as connection:
            claim, last = self._current(connection, claim_id, expected_version)
            check(claim)
            log = [*log_of(connection, claim_id), chained(claim_id, last, kind, body)]
            return self._advanced(connection, claim_id, replayed(claim_id, log, self.editions), last, [(kind, body)])

    def set_source_news(self, claim_id: str, news: SourceNews, *, expected_version: int) -> StoredClaim:
        """Make this what mails and files show of a claim, in place of what was set before.

        Raises:
            UnknownName: there is no claim of this id.
            StaleClaim: the claim has moved on since it was read.
            InvalidDocument: the history does not hold together with it; nothing is stored.
        """
        kept = news._replace(events=tuple(event_without_note(event) for event in news.events))
        return self._corrected(claim_id, lambda claim: claim, EntryKind.SOURCES, source_body(kept), expected_version)

    def dismiss(self, claim_id: str, suggestion: str, *, expected_version: int) -> StoredClaim:
        """Decide against something that mails or files suggest, by the id of the decision; it is not listed again.

        Raises:
            UnknownName: there is no claim of this id.
            StaleClaim: the claim has moved on since it was read.
            InvalidDocument: this is no such id.
        """
        if not _SUGGESTION.fullmatch(suggestion):
            words = f"{suggestion!r} is no decision; the inbox lists them, for example denied@2026-07-04T00:00:00Z"
            raise InvalidDocument("dismiss", (Fault("suggestion", "not_a_decision", words),))
        body = canonical_json(suggestion)
        return self._corrected(claim_id, lambda claim: claim, EntryKind.DISMISSED, body, expected_version)

    def correct_order(self, claim_id: str, order: Order, *, expected_version: int) -> StoredClaim:
        """Replace what is known of a claim's order; the old facts stay in the log.

        Raises:
            UnknownName: there is no claim of this id.
            StaleClaim: the claim has moved on since it was read.
            InvalidDocument: it is another order, or the claim would not have been possible on it.
        """
        known = claim_id.partition("/")[0]
        if order.order_id != known:
            words = f"this is order {order.order_id}; the claim is on {known}"
            raise InvalidDocument("order", (Fault("order_id", "other_order", words),))

        def check(claim: Claim) -> Claim:
            before = {fault.message for fault in impossible_facts(claim)}
            after = impossible_facts(claim.model_copy(update={"order": order}))
            new = tuple(fault for fault in after if fault.message not in before)
            if new:
                raise InvalidDocument("order", new)
            return claim

        return self._corrected(claim_id, check, EntryKind.ORDER, body_of(order), expected_version)

    def _current(self, connection: Connection, claim_id: str, expected_version: int) -> tuple[Claim, Entry]:
        """A claim and its last entry, locked until the transaction ends, if its version is the expected one."""
        row = claim_row(connection, claim_id, lock=True)
        if row.version != expected_version:
            missed = tuple(entry for entry in log_of(connection, claim_id) if entry.version > expected_version)
            raise StaleClaim(claim_id, expected_version, row.version, tuple(described(entry) for entry in missed))
        stored = stored_claim(row)
        return stored.claim, Entry(stored.version, EntryKind.EVENT, "", stored.head)

    def _advanced(
        self, connection: Connection, claim_id: str, claim: Claim, last: Entry, bodies: Sequence[tuple[EntryKind, str]]
    ) -> StoredClaim:
        """Store new entries and what they make of the claim."""
        log: list[Entry] = []
        for kind, body in bodies:
            last = chained(claim_id, last, kind, body)
            log.append(last)
        write_entries(connection, claim_id, log)
        connection.execute(update(claims).where(claims.c.claim_id == claim_id).values(**row_values(claim, last)))
        write_labels(connection, claim_id, claim)
        return StoredClaim(claim_id=claim_id, version=last.version, head=last.hash, claim=claim)

    def keep_source_records(self, records: Iterable[SourceRecord]) -> int:
        """Store what mails and files say, each once, and return how many were new; forgotten orders are passed over."""
        with writing(self._engine) as connection:
            return keep_source_records(
                connection,
                (record for record in records if not order_is_forgotten(connection, self._key, record.order_id)),
            )

    def forget(self, order_id: str) -> Forgotten:
        """Delete every claim on an order, its entries and labels, and keep a keyed hash so that it does not come back.

        On SQLite the deleted pages are overwritten, the write-ahead log is emptied and the file is rebuilt. Backups
        that atoz wrote and that still exist are named: they hold the order until you delete them.
        """
        return forget_order(self._engine, self._key, order_id)

    def back_up(self, target: str | os.PathLike[str]) -> Path:
        """Copy a SQLite store to a new private file and note the copy, so that `forget` can name it.

        Raises:
            StoreUnusable: the store is in PostgreSQL, which has tools of its own, or the file exists.
        """
        return back_up(self._engine, Path(target))
