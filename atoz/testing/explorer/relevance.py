"""Relevance (the cone of influence): which entries of a policy can still apply, given what a claim can come to.

A status can only be followed by those that the transition table leads to, and by the seller's own moves only if a step
makes them. What asks for other statuses, or for something that can never hold again, decides nothing any more.
"""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from atoz.lifecycle.transition_table import TABLE
from atoz.model.events import EVENT_CLASSES, Actor
from atoz.model.status import ClaimStatus
from atoz.planner.actions import COMPLETED_BY
from atoz.planner.claim_facts import ClaimFacts
from atoz.planner.condition_kinds import Ahead
from atoz.planner.conditions import NamedCondition
from atoz.planner.policy import Policy
from atoz.planner.policy_steps import Avoid, PolicyStep

SELLERS_MOVES = frozenset(
    row.event for row in TABLE if EVENT_CLASSES[row.event].model_fields["actor"].default is Actor.SELLER
)
"""The kinds of events by which the seller changes a status."""


class Entry:
    """A step or a warning, with what it asks of a claim."""

    def __init__(self, row: PolicyStep | Avoid) -> None:
        self.row, self.id, self.status = row, row.id, row.when.status
        named = tuple(asked for asked in row.when.named() if asked.name != "status")
        self.constant = tuple(asked for asked in named if asked.condition.constant)
        """What it asks of facts that never change during a claim."""
        self.changing = tuple(asked for asked in named if not asked.condition.constant)
        """What it asks of everything else, apart from the status."""
        self._losable = tuple((row.condition.lost, row.asked) for row in self.changing if row.condition.lost)

    def fits(self, facts: ClaimFacts) -> bool:
        """Whether the facts that never change are as it asks."""
        return all(condition.holds(asked, facts) for _, condition, asked in self.constant)

    def lies_ahead(self, here: ClaimStatus, ways: Mapping[ClaimStatus, int]) -> Ahead | None:
        """What comes before it can apply; none if no status ahead is one of its own."""
        wanted = ways.keys() if self.status is None else ways.keys() & set(self.status)
        return Ahead(here in wanted, {"seller_appealed": min(ways[status] for status in wanted)}) if wanted else None

    def is_lost(self, facts: ClaimFacts, ahead: Ahead) -> bool:
        """Whether what it asks can never hold again."""
        return any(lost(asked, facts, ahead) for lost, asked in self._losable)


def entries(policy: Policy) -> tuple[Entry, ...]:
    """Every step of a policy, then every warning."""
    return (*map(Entry, policy.steps), *map(Entry, policy.avoid))


def still_relevant(
    fitting: tuple[Entry, ...], facts: ClaimFacts, others_moves: frozenset[str] = frozenset()
) -> tuple[Entry, ...]:
    """The entries that can still apply.

    Asked until nothing changes: a step that makes the seller's only move to a status may itself be out of the
    question, and then nothing that follows by that move can come. `others_moves` can be made whatever the steps say.
    """
    moves = SELLERS_MOVES
    while True:
        ahead = _entries_ahead(fitting, facts.claim.status, moves)
        relevant = tuple(entry for entry, between in ahead if not entry.is_lost(facts, between))
        made = (moves_of(relevant) | others_moves) & moves
        if made == moves:
            return relevant
        moves = made


@lru_cache(maxsize=4096)
def _entries_ahead(
    fitting: tuple[Entry, ...], status: ClaimStatus, moves: frozenset[str]
) -> tuple[tuple[Entry, Ahead], ...]:
    """The entries for a status and for those that can follow it, with what comes before they can apply."""
    ways = statuses_ahead(status, moves)
    pairs = ((entry, entry.lies_ahead(status, ways)) for entry in fitting)
    return tuple((entry, between) for entry, between in pairs if between)


@cache
def moves_of(relevant: tuple[Entry, ...]) -> frozenset[str]:
    """The events by which the steps among these entries change a status."""
    completions = (COMPLETED_BY[entry.row.action] for entry in relevant if isinstance(entry.row, PolicyStep))
    return frozenset(completion.kind for completion in completions if completion) & SELLERS_MOVES


@cache
def statuses_ahead(status: ClaimStatus, moves: frozenset[str]) -> Mapping[ClaimStatus, int]:
    """A status and all that can follow it by others and by these moves, each with the fewest appeals on the way."""
    ways = {status: 0}
    while more := {
        row.target: ways[source] + (row.event == "seller_appealed")
        for row in TABLE
        if (row.event not in SELLERS_MOVES or row.event in moves) and row.target not in ways
        if (source := row.source) is not None and source in ways
    }:
        ways |= more
    return ways


def grouped(named: Iterable[NamedCondition]) -> tuple[tuple[NamedCondition, ...], ...]:
    """The same conditions side by side."""
    groups: dict[str, list[NamedCondition]] = {}
    for row in named:
        groups.setdefault(row.name, []).append(row)
    return tuple(map(tuple, groups.values()))
