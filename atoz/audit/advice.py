"""What a policy advised at every moment of a real history.

The moments are those that really came: each event, and between two events each instant at which the advice changed by
time alone. Nothing is played; what the others would have done after other deeds is not known.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import zip_longest
from typing import NamedTuple

from atoz.errors import Fault, InvalidDocument
from atoz.lifecycle.replay import claim_after
from atoz.model.claim import Claim
from atoz.model.history import HistoryEntry
from atoz.planner.actions import Action
from atoz.planner.assessment import Assessment, assess
from atoz.planner.claim_facts import ClaimFacts
from atoz.planner.policy import Policy
from atoz.planner.step_status import ActionState, StepStatus
from atoz.rulebook.counted_history import CountedHistory
from atoz.rulebook.edition import Edition


class Advice(NamedTuple):
    """A claim at a moment that came, and what the policy comes to for it."""

    facts: ClaimFacts
    assessed: Assessment

    @property
    def to_do(self) -> tuple[StepStatus, ...]:
        """The steps to be taken now; waiting is none."""
        statuses = self.assessed.statuses
        return tuple(row for row in statuses if row.state is ActionState.NOW and row.step.action is not Action.WAIT)


class Stretch(NamedTuple):
    """One event, and all advice from then until right before the next."""

    entry: HistoryEntry
    advice: tuple[Advice, ...]
    """At least one; the last is for the instant of the next event, before it happened, or for the end."""

    @property
    def last(self) -> Advice:
        """What was known and advised right before the next event."""
        return self.advice[-1]


def stretches(
    claim: Claim, policy: Policy, editions: tuple[Edition, ...], *, as_of: datetime, pinned_only: bool
) -> Iterator[Stretch]:
    """A history in stretches, from the claim's beginning to `as_of`; what happened later is left out.

    Raises:
        InvalidDocument: the claim began after `as_of`.
    """
    history = CountedHistory.of(claim, editions)
    entries = [entry for entry in history.entries[history.beginning.place :] if entry.event.at <= as_of]
    if not entries:
        what = f"order {claim.order.order_id}"
        raise InvalidDocument(what, (Fault("as_of", "too_early", "it lies before the claim began"),))
    for entry, following in zip_longest(entries, entries[1:]):
        known = CountedHistory.of(claim_after(claim, entry), editions)
        until = following.event.at if following else as_of
        yield Stretch(entry, tuple(_advice(known, policy, entry.event.at, until, pinned_only=pinned_only)))


def _advice(
    known: CountedHistory, policy: Policy, start: datetime, until: datetime, *, pinned_only: bool
) -> Iterator[Advice]:
    """The advice whenever it changes from an instant on, and at last at the end."""
    now = start
    while True:
        facts = ClaimFacts.of(known, now, pinned_only=pinned_only)
        assessed = assess(facts, policy)
        yield Advice(facts, assessed)
        if now >= until:
            return
        now = min(assessed.changes_at or until, until)
