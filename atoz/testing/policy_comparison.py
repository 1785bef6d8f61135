"""What if: the same claims under two policies, or under one policy and two editions, and what differs.

>>> from atoz.testing.builders import a_claim
>>> claim = a_claim()
>>> comparison = compare_policies([claim], "faq-2016", Side("current", "us-2026"), as_of=claim.updated_at)
>>> comparison.rows[0].only_b
('check_for_question', 'collect_proof_of_delivery')
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from pydantic import Field

from atoz.lifecycle.replay import under
from atoz.model.claim import Claim
from atoz.model.money import Money
from atoz.model.order import TriState
from atoz.model.record import Document, Record
from atoz.model.status import ClaimStatus
from atoz.planner.plan import Plan, plan
from atoz.planner.policy import Policy
from atoz.planner.worklist import worklist_row
from atoz.rulebook.edition import Edition, passed_editions
from atoz.rulebook.explanation import shown
from atoz.testing.seller import PROMPT, Seller
from atoz.testing.simulator import simulate
from atoz.testing.world import SILENCE, World


class Side(NamedTuple):
    """One side of a comparison: a policy, and the edition that counts; the claim's own unless said."""

    policy: Policy | str
    edition: str | Edition | None = None

    @property
    def name(self) -> str:
        """What the side is called."""
        chosen = self.policy.id if isinstance(self.policy, Policy) else self.policy
        named = self.edition.reference if isinstance(self.edition, Edition) else self.edition
        return f"{chosen} under {named}" if named else chosen


class TimedStep(NamedTuple):
    """A step and its times."""

    step: str
    at: datetime | None
    due_at: datetime | None


class Difference(Record):
    """One claim under both sides."""

    order_id: str = Field(description="The claim's order.")
    only_a: tuple[str, ...] = Field(description="Steps that only the first side has.")
    only_b: tuple[str, ...] = Field(description="Steps that only the second side has.")
    moved: tuple[tuple[TimedStep, TimedStep], ...] = Field(description="Steps of both, at other times.")
    status: tuple[ClaimStatus, ClaimStatus] = Field(description="Where the claim stands, or ends.")
    missed: tuple[int, int] = Field(description="Deadlines of the seller's that were missed.")
    at_risk: tuple[Money | None, Money | None] = Field(description="What the claim still asks for.")
    counts_against_odr: tuple[TriState, TriState] = Field(description="Whether it counts.")
    look_again_at: tuple[datetime | None, datetime | None] = Field(description="When to look again.")

    @property
    def differs(self) -> bool:
        """Whether the two sides say anything different."""
        pairs = (self.status, self.missed, self.at_risk, self.counts_against_odr, self.look_again_at)
        return bool(self.only_a or self.only_b or self.moved) or any(first != second for first, second in pairs)

    def __str__(self) -> str:
        """What differs, on one line."""
        parts = [f"- {step}" for step in self.only_a] + [f"+ {step}" for step in self.only_b]
        parts += [f"{before.step} {_when(before)} -> {_when(after)}" for before, after in self.moved]
        named = (("status", self.status), ("missed", self.missed), ("at risk", self.at_risk))
        parts += [f"{name} {first} -> {second}" for name, (first, second) in named if first != second]
        odr = self.counts_against_odr
        parts += [f"ODR {odr[0]} -> {odr[1]}"] * (odr[0] != odr[1])
        return f"{self.order_id}: {'; '.join(parts) or 'the same'}"


class PolicyComparison(Document):
    """Every claim under both sides."""

    kind: Literal["policy_comparison"] = Field(
        default="policy_comparison", description="Says that this document is a comparison of policies."
    )
    a: str = Field(description="The first side.")
    b: str = Field(description="The second side.")
    rows: tuple[Difference, ...] = Field(description="One for each claim, in their order.")

    @property
    def differing(self) -> tuple[Difference, ...]:
        """The claims for which the sides differ."""
        return tuple(row for row in self.rows if row.differs)

    def __str__(self) -> str:
        """A line for each claim that differs."""
        head = f"{self.a} against {self.b}: {len(self.differing)} of {len(self.rows)} claims differ"
        return "\n".join([head, *map(str, self.differing)])


def compare_policies(
    claims: Iterable[Claim],
    a: Policy | str | Side,
    b: Policy | str | Side,
    *,
    as_of: datetime,
    editions: Iterable[Edition] = (),
) -> PolicyComparison:
    """Plan the same claims on both sides at one instant; `editions` are those of your own that claims may name.

    Raises:
        EditionMissing: a claim names an edition of your own that was not passed, or whose text has changed.
        UnknownName: no such policy or edition.
        InvalidDocument: `as_of` is naive.
    """
    first, second, passed = _side(a), _side(b), passed_editions(editions)
    rows = tuple(
        _difference(claim, *(_planned(_under(claim, side), side, as_of, passed) for side in (first, second)))
        for claim in claims
    )
    return PolicyComparison(a=first.name, b=second.name, rows=rows)


def compare_simulations(
    claims: Iterable[Claim],
    a: Policy | str | Side,
    b: Policy | str | Side,
    world: World = SILENCE,
    *,
    until: datetime,
    seller: Seller = PROMPT,
    editions: Iterable[Edition] = (),
) -> PolicyComparison:
    """Simulate the same claims on both sides in one world; `editions` are those of your own that claims may name.

    Raises:
        EditionMissing: a claim names an edition of your own that was not passed, or whose text has changed.
        UnknownName: no such policy or edition.
        InvalidDocument: `until` is naive, or before a claim's last event.
    """
    first, second, passed = _side(a), _side(b), passed_editions(editions)
    rows = tuple(
        _difference(
            claim, *(_played(_under(claim, side), side, world, until, seller, passed) for side in (first, second))
        )
        for claim in claims
    )
    return PolicyComparison(a=first.name, b=second.name, rows=rows)


class _Outcome(NamedTuple):
    """What one side says of one claim."""

    steps: tuple[TimedStep, ...]
    plan: Plan
    claim: Claim
    missed: int


def _side(given: Policy | str | Side) -> Side:
    return given if isinstance(given, Side) else Side(given)


def _under(claim: Claim, side: Side) -> Claim:
    return under(claim, side.edition) if side.edition else claim


def _known(side: Side, editions: tuple[Edition, ...]) -> tuple[Edition, ...]:
    """The editions that a claim may name on a side: its own is one of them."""
    return (*editions, side.edition) if isinstance(side.edition, Edition) else editions


def _planned(claim: Claim, side: Side, as_of: datetime, editions: tuple[Edition, ...]) -> _Outcome:
    made = plan(claim, as_of=as_of, policy=side.policy, pinned_only=True, editions=_known(side, editions))
    steps = tuple(TimedStep(action.step, action.at, action.due_at) for action in made.actions)
    return _Outcome(steps, made, claim, sum(action.state == "missed" for action in made.actions))


def _played(
    claim: Claim, side: Side, world: World, until: datetime, seller: Seller, editions: tuple[Edition, ...]
) -> _Outcome:
    played = simulate(claim, side.policy, world, until=until, seller=seller, editions=_known(side, editions))
    steps = tuple(TimedStep(turn.step, turn.at, None) for turn in played.turns if turn.step and not turn.refused)
    return _Outcome(steps, played.turns[-1].plan, played.claim, len(played.missed))


def _difference(claim: Claim, a: _Outcome, b: _Outcome) -> Difference:
    rows = worklist_row(a.claim, a.plan), worklist_row(b.claim, b.plan)
    known_a, known_b = ({step.step: step for step in side.steps} for side in (a, b))
    return Difference(
        order_id=claim.order.order_id,
        only_a=_only(a.steps, known_b),
        only_b=_only(b.steps, known_a),
        moved=tuple(
            (timed, known_b[step]) for step, timed in known_a.items() if step in known_b and known_b[step] != timed
        ),
        status=(a.claim.status, b.claim.status),
        missed=(a.missed, b.missed),
        at_risk=(rows[0].at_risk, rows[1].at_risk),
        counts_against_odr=(rows[0].counts_against_odr, rows[1].counts_against_odr),
        look_again_at=(a.plan.look_again_at, b.plan.look_again_at),
    )


def _only(steps: Sequence[TimedStep], others: dict[str, TimedStep]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(step.step for step in steps if step.step not in others))


def _when(step: TimedStep) -> str:
    start = shown(step.at) if step.at else "–"
    return f"{start} (by {shown(step.due_at)})" if step.due_at else start
