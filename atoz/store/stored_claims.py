"""Claims in a database, to be read: one, those on an order, or all that meet some conditions, in batches."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from sqlalchemy import Engine, Select, func, select

from atoz.errors import Fault, InvalidDocument
from atoz.model.instant import instant_argument
from atoz.model.status import ClaimStatus
from atoz.planner.policy import Policy
from atoz.rulebook.edition import Edition
from atoz.store.claim_rows import claim_row, log_of, ordinal, stored_claim
from atoz.store.connection import reading
from atoz.store.entries import DueClaim, Entry, StoredClaim
from atoz.store.forgetting import order_is_forgotten
from atoz.store.plan_index import PlanIndex
from atoz.store.privacy import keyed_hash
from atoz.store.schema import claims
from atoz.store.schema import labels as label_rows
from atoz.store.source_records import SourceRecord, orders_with_records, source_records_on
from atoz.store.verification import Verification, verify_claims


class StoredClaims:
    """The claims of a store, as `ClaimStore` reads them."""

    def __init__(self, engine: Engine, key: str, editions: tuple[Edition, ...] = ()) -> None:
        self._engine, self._key = engine, key
        self.editions = editions
        """The editions of one's own that claims may name; they are passed, not stored."""

    def get(self, claim_id: str) -> StoredClaim:
        """One claim.

        Raises:
            UnknownName: there is no claim of this id.
        """
        with reading(self._engine) as connection:
            return stored_claim(claim_row(connection, claim_id))

    def log(self, claim_id: str) -> tuple[Entry, ...]:
        """Everything that was learnt about a claim, in the order in which it arrived.

        Raises:
            UnknownName: there is no claim of this id.
        """
        with reading(self._engine) as connection:
            claim_row(connection, claim_id)
            return log_of(connection, claim_id)

    def on_order(self, order_id: str) -> tuple[StoredClaim, ...]:
        """Every claim on an order, in the order in which they were added."""
        asked = select(claims).where(claims.c.order_id == order_id)
        with reading(self._engine) as connection:
            stored = [stored_claim(row) for row in connection.execute(asked)]
        return tuple(sorted(stored, key=lambda stored: ordinal(stored.claim_id)))

    def find(
        self,
        *,
        labels: Mapping[str, str] | None = None,
        status: Iterable[ClaimStatus] | None = None,
        due_before: datetime | None = None,
        as_of: datetime | None = None,
        policy: Policy | str | None = None,
    ) -> Iterator[StoredClaim]:
        """The claims that meet every condition, by claim id; read in batches, so that a long list needs little memory.

        `due_before` finds claims of which a plan made `as_of` says that the seller has to act before that instant.
        It is answered from what was stored the last time: only claims whose plan can have changed since are planned.

        Raises:
            InvalidDocument: `due_before` without `as_of`, or an instant without its offset.
            UnknownName: no such policy.
        """
        asked = select(claims).order_by(claims.c.claim_id)
        for name, value in (labels or {}).items():
            asked = asked.where(
                claims.c.claim_id.in_(
                    select(label_rows.c.claim_id).where(label_rows.c.name == name, label_rows.c.value == value)
                )
            )
        if status is not None:
            asked = asked.where(claims.c.status.in_([wanted.value for wanted in status]))
        if due_before is not None:
            if as_of is None:
                fault = Fault("as_of", "missing", "due_before needs the instant to plan for: pass as_of")
                raise InvalidDocument("find", (fault,))
            until = instant_argument("due_before", due_before)
            asked = self._planned(as_of, policy).due_before(asked, until)
        return self._streamed(asked)

    def due_claims(
        self, *, as_of: datetime, before: datetime | None = None, policy: Policy | str | None = None
    ) -> Iterator[DueClaim]:
        """The claims on which a plan made `as_of` says that the seller has to act, soonest first; read in batches.

        Raises:
            InvalidDocument: an instant is naive.
            UnknownName: no such policy.
        """
        index = self._planned(as_of, policy)
        asked = index.due_claims(instant_argument("before", before) if before else None)
        with reading(self._engine) as connection:
            for row in connection.execute(asked):
                yield DueClaim(claim_id=row.claim_id, act_by=row.act_by)

    def next_look(self, *, as_of: datetime, policy: Policy | str | None = None) -> datetime | None:
        """When a plan can first say something else than one made `as_of`, if nothing happens; none if it never can.

        Raises:
            InvalidDocument: the instant is naive.
            UnknownName: no such policy.
        """
        self._planned(as_of, policy)
        with reading(self._engine) as connection:
            soonest = connection.execute(select(func.min(claims.c.look_again_at))).scalar()
        return datetime.fromisoformat(soonest) if soonest else None

    def _planned(self, as_of: datetime, policy: Policy | str | None) -> PlanIndex:
        """The index of stored plans, brought up to an instant."""
        index = PlanIndex(policy, self.editions)
        index.refresh(self._engine, instant_argument("as_of", as_of))
        return index

    def _streamed(self, asked: Select[tuple[object, ...]]) -> Iterator[StoredClaim]:
        with reading(self._engine) as connection:
            for row in connection.execute(asked):
                yield stored_claim(row)

    def verify(self) -> Verification:
        """Replay every claim from its entries and compare: accidental changes and gaps show; read in batches."""
        return verify_claims(self._engine, self.editions)

    def is_forgotten(self, order_id: str) -> bool:
        """Whether an order was forgotten."""
        with reading(self._engine) as connection:
            return order_is_forgotten(connection, self._key, order_id)

    def source_records_on(self, order_id: str) -> tuple[SourceRecord, ...]:
        """Everything that mails and files say of an order."""
        with reading(self._engine) as connection:
            return source_records_on(connection, order_id)

    def orders_with_records(self) -> tuple[str, ...]:
        """The orders that mails or files speak of."""
        with reading(self._engine) as connection:
            return tuple(orders_with_records(connection))

    def message_key(self, message_id: str) -> str:
        """A Message-ID as the keyed hash that stands for it in the store; empty for a mail without one."""
        return keyed_hash(self._key, message_id) if message_id else ""
