"""What a policy can tell apart: two claims that look the same through this abstraction have the same plans from now on.

Exploring merges them. Instants count only by their distance from now, and only while something still counts from them.
"""

from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import NamedTuple

from atoz.model.claim import Claim
from atoz.model.history import History
from atoz.model.order import Order
from atoz.model.status import ClaimStatus
from atoz.planner.claim_facts import ClaimFacts
from atoz.planner.policy import Policy
from atoz.testing.explorer.abstraction import AbstractionBuilder, ClaimAbstraction
from atoz.testing.explorer.relevance import Relevance, by_weekday, entries, kinds, of_facts

AFTER = timedelta(minutes=1)
"""How long after a deadline it is looked at again: at the due instant it is still met."""


class StateKey(NamedTuple):
    """A claim at an instant, seen through a abstraction."""

    value: Hashable
    next_at: datetime | None
    """The next instant at which something changes; none once nothing is ahead."""


class PolicyAbstraction:
    """What one policy can tell apart under one edition."""

    def __init__(self, policy: Policy, edition: str) -> None:
        self.policy, self.edition = policy, edition
        self._watched: dict[tuple[ClaimStatus, frozenset[str]], Relevance] = {}
        self._fixed = [(each, of_facts(each.when)) for each in entries(policy)]
        self._fitting: dict[Hashable, frozenset[str]] = {}
        self._kept: list[Order] = []
        self._kinds = kinds(policy, edition)
        self.by_weekday = by_weekday(policy, edition)

    def of_claim(self, claim: Claim) -> ClaimAbstraction:
        """What the policy sees of a claim, until something happens to it."""
        return AbstractionBuilder(self._seen, claim, self.fitting(claim), self.policy.messages_apart).build()

    def _seen(self, status: ClaimStatus, moves: frozenset[str]) -> Relevance:
        """What is watched from a status on, with these moves of the seller's."""
        if (status, moves) not in self._watched:
            self._watched[status, moves] = Relevance(self.policy, status, moves)
        return self._watched[status, moves]

    def state_key(self, claim_abstraction: ClaimAbstraction, claim: Claim, now: datetime) -> StateKey:
        """What the policy sees at an instant: distances from now, and only to what lies ahead."""
        ahead: list[datetime] = []
        recent: list[Hashable] = []
        for name, at, edges in claim_abstraction.anchors:
            still = [edge for edge in edges if edge >= now]
            ahead += still
            recent.append((name, (now - at).total_seconds() if still else None))
        deadlines_now: list[Hashable] = []
        for due_at, until, after in claim_abstraction.running:
            deadlines_now.append((until, (due_at - now).total_seconds()) if now <= due_at else after)
            ahead += [due_at, due_at + AFTER]
        day = now.astimezone(claim.order.zone).strftime("%w %H:%M:%S") if self.by_weekday else None
        key = (claim_abstraction.fixed, tuple(recent), tuple(deadlines_now), day)
        return StateKey(key, min((at for at in ahead if at > now), default=None))

    def sees(self, kind: str) -> bool:
        """Whether anything hangs on a plain event of this kind."""
        return kind in self._kinds

    def fitting(self, claim: Claim) -> frozenset[str]:
        """The steps and entries whose conditions on the order and the reason hold: they never change during a claim."""
        about = (id(claim.order), claim.reason, claim.detail, claim.amount)
        if about not in self._fitting:
            history = History.of(claim)
            facts = ClaimFacts.of(history, claim.updated_at)
            self._fitting[about] = frozenset(each.id for each, when in self._fixed if when.matches(facts))
            self._kept.append(claim.order)  # so that its id stays its own
        return self._fitting[about]
