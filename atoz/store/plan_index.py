"""What the last plan of each claim said, kept so that a long list need not be planned to find what is due.

A stored answer holds while the same policy and the same editions are used, and from the instant it was planned for
until the plan said to look again. Outside of that the claim is planned anew.
"""

import hashlib
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Engine, Select, bindparam, or_, select, update

from atoz.model.claim import Claim
from atoz.planner.plan import plan
from atoz.planner.policy import Policy, shipped_policies
from atoz.rulebook.edition import Edition, known_editions
from atoz.store.connection import reading, writing
from atoz.store.schema import claims

_BATCH = 500


class PlanIndex:
    """The stored answers of one policy."""

    def __init__(self, policy: Policy | str | None, editions: tuple[Edition, ...] = ()) -> None:
        self._own = editions
        self._policy = Policy.named(policy) if isinstance(policy, str) else policy

    @cached_property
    def key(self) -> str:
        """Changes with the policy and with any edition of the rules."""
        policies = (self._policy,) if self._policy else map(Policy.named, shipped_policies())
        named = "\n".join(policy.model_dump_json() for policy in policies)
        editions = "\n".join(edition.model_dump_json() for edition in known_editions(self._own).values())
        return hashlib.sha256(f"{named}\n{editions}".encode()).hexdigest()

    def refresh(self, engine: Engine, now: datetime) -> int:
        """Plan every claim whose stored answer does not hold at an instant, and say how many there were."""
        count, last = 0, ""
        while True:
            outdated = self._outdated(now).where(claims.c.claim_id > last).order_by(claims.c.claim_id).limit(_BATCH)
            with reading(engine) as connection:
                rows = connection.execute(outdated).all()
            if not rows:
                return count
            count, last = count + len(rows), rows[-1].claim_id
            answers = [
                {"id": row.claim_id, "read_version": row.version, **self._answer(row.document, now)} for row in rows
            ]
            with writing(engine) as connection:
                connection.execute(_UPDATE, answers)

    def due_claims(self, until: datetime | None) -> Select[Any, Any]:
        """The claims on which the seller has to act, before an instant if one is given, soonest first."""
        asked = select(claims.c.claim_id, claims.c.act_by).where(claims.c.act_by.is_not(None))
        asked = asked.where(claims.c.act_by < stored_instant(until)) if until else asked
        return asked.order_by(claims.c.act_by, claims.c.claim_id)

    def due_before(self, asked: Select[tuple[object, ...]], until: datetime) -> Select[tuple[object, ...]]:
        """Narrow a listing to claims on which the seller has to act before an instant."""
        return asked.where(claims.c.act_by < stored_instant(until))

    def _outdated(self, now: datetime) -> Select[Any, Any, Any]:
        at = stored_instant(now)
        return select(claims.c.claim_id, claims.c.version, claims.c.document).where(
            or_(
                claims.c.plan_key.is_(None),
                claims.c.plan_key != self.key,
                claims.c.planned_at > at,
                claims.c.look_again_at <= at,
            )
        )

    def _answer(self, document: str, now: datetime) -> dict[str, str | None]:
        claim = Claim.model_validate_json(document)
        planned = plan(claim, as_of=now, policy=self._policy, editions=self._own)
        return {
            "key": self.key,
            "at": stored_instant(now),
            "again": stored_instant(planned.look_again_at) if planned.look_again_at else None,
            "due": stored_instant(planned.act_by) if planned.act_by else None,
        }


_UPDATE = (
    update(claims)
    .where(claims.c.claim_id == bindparam("id"), claims.c.version == bindparam("read_version"))
    .values(
        plan_key=bindparam("key"),
        planned_at=bindparam("at"),
        look_again_at=bindparam("again"),
        act_by=bindparam("due"),
    )
)


def stored_instant(at: datetime) -> str:
    """An instant in UTC as text of one width, so that text compares as time does."""
    return at.isoformat(timespec="microseconds")
