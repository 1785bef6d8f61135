"""State keys: a claim's abstraction at an instant. Two states of one key have the same plans from then on."""

from collections.abc import Hashable
from datetime import datetime
from typing import NamedTuple

from atoz.model.claim import Claim
from atoz.model.intervals import interval
from atoz.testing.explorer.abstraction import ClaimAbstraction


class StateKey(NamedTuple):
    """What tells a state from others, and when time alone changes it."""

    value: Hashable
    next_at: datetime | None
    """The next instant at which something changes; none once nothing is ahead."""


def state_key(abstraction: ClaimAbstraction, claim: Claim, now: datetime, *, by_weekday: bool) -> StateKey:
    """The key of a claim at an instant: distances to what lies ahead, and the order of what lies behind."""
    edges = [at for at in (*abstraction.ranked, *abstraction.compared, *abstraction.thresholds) if at and at > now]
    dues = (due_at for _, due_at, _, _ in abstraction.running)
    behind = sorted({at for at in (*abstraction.ranked, *dues) if at and at < now})
    rank = {at: place for place, at in enumerate(behind)}
    deadlines: list[Hashable] = []
    missed_after = interval("atoz.testing", "silence_decided_after")
    for label, due_at, no_later, duty in abstraction.running:
        last = due_at or no_later
        left = rank[due_at] if due_at and due_at < now else _until(due_at, now)  # what was due first is listed first
        deadlines.append((label, left, _until(no_later, now), last is not None and last < now and duty))
        edges += [edge for at in (due_at, no_later) if at for edge in (at, at + missed_after) if edge > now]
    value = (
        abstraction.done,
        abstraction.relevant,
        abstraction.fixed,
        tuple(rank[at] if at < now else at - now for at in abstraction.ranked),
        tuple(at - now if at and at >= now else None for at in abstraction.compared),
        tuple(deadlines),
        now.astimezone(claim.order.zone).strftime("%w %H:%M:%S") if by_weekday else None,
    )
    return StateKey(value, min(edges, default=None))


def _until(at: datetime | None, now: datetime) -> Hashable:
    """How long until an instant; that it has passed, or that there is none."""
    return None if at is None else at - now if at >= now else "passed"
