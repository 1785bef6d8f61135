"""A change of rules: the same claims counted by one edition and by another, each alone.

>>> from atoz.testing.builders import a_claim
>>> claim = a_claim(edition="us-2016-11")
>>> changed = impact([claim], "us-2016-11", "us-2026", "current", as_of=claim.updated_at)
>>> [(row.name.value, row.tightens) for row in changed.figures if row.name == "answer_amazon"]
[('answer_amazon', False)]
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from atoz.audit.impact_result import (
    ClaimImpact,
    FigureChange,
    FigureSide,
    Impact,
    MovedDay,
    MovedDeadline,
    StepSlack,
)
from atoz.lifecycle.replay import under
from atoz.model.arguments import check_claim
from atoz.model.claim import Claim
from atoz.model.instant import instant_argument
from atoz.planner.assessment import Assessment, assess
from atoz.planner.claim_facts import ClaimFacts
from atoz.planner.policy import Policy
from atoz.planner.step_status import ActionState
from atoz.rulebook.counted_history import CountedHistory
from atoz.rulebook.date_arithmetic import shortest_hours
from atoz.rulebook.deadline_basis import deadline_rule
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.edition import Edition, passed_editions


def impact(
    claims: Iterable[Claim],
    from_edition: Edition | str,
    to_edition: Edition | str,
    policy: Policy | str = "current",
    *,
    as_of: datetime,
    editions: Iterable[Edition] = (),
) -> Impact:
    """What a change from one edition to another moves, over claims that are read one at a time.

    Each side counts by its edition and by no other. Which invariants of the policy break is asked of
    `atoz.testing.explore`, since it does not depend on the claims. `editions` are those of your own.

    Raises:
        UnknownName: no such policy or edition.
        InvalidDocument: `as_of` is naive.
    """
    change = RuleChange(from_edition, to_edition, policy, editions)
    return change.impact((change.of(claim, as_of=as_of) for claim in claims), as_of=as_of)


class _Side(NamedTuple):
    """A claim as one edition counts it."""

    facts: ClaimFacts
    assessed: Assessment

    @property
    def due(self) -> dict[DeadlineName, datetime | None]:
        """When each deadline that has started is due."""
        return {row.name: row.due_at for row in self.facts.deadlines if row.started_by is not None}

    @property
    def slack(self) -> dict[str, timedelta]:
        """The time of each step that is to be done and has an end."""
        return {
            row.step.id: row.due_at - row.at
            for row in self.assessed.statuses
            if row.state in (ActionState.NOW, ActionState.LATER) and row.at and row.due_at
        }


class RuleChange:
    """Two editions and a policy."""

    def __init__(
        self,
        from_edition: Edition | str,
        to_edition: Edition | str,
        policy: Policy | str,
        editions: Iterable[Edition] = (),
    ) -> None:
        given = [edition for edition in (from_edition, to_edition) if isinstance(edition, Edition)]
        self._passed = passed_editions((*editions, *given))
        self.before, self.after = (Edition.named(name, self._passed) for name in (from_edition, to_edition))
        self.policy = Policy.named(policy) if isinstance(policy, str) else policy

    def of(self, claim: Claim, *, as_of: datetime) -> ClaimImpact:
        """What the change means for one claim.

        Raises:
            InvalidDocument: `as_of` is naive.
        """
        check_claim(claim)
        now = instant_argument("as_of", as_of)
        before, after = (self._side(claim, edition, now) for edition in (self.before, self.after))
        steps = dict.fromkeys((*before.slack, *after.slack))
        return ClaimImpact(
            order_id=claim.order.order_id,
            window=tuple(_moved_days(before, after)),
            deadlines=tuple(_moved_deadlines(before.due, after.due)),
            steps=tuple(
                StepSlack(step=step, before=before.slack.get(step), after=after.slack.get(step)) for step in steps
            ),
        )

    def _side(self, claim: Claim, edition: Edition, now: datetime) -> _Side:
        counted = CountedHistory.of(under(claim, edition), self._passed)
        facts = ClaimFacts.of(counted, now, pinned_only=True)
        return _Side(facts, assess(facts, self.policy))

    def impact(self, rows: Iterable[ClaimImpact], *, as_of: datetime) -> Impact:
        """The whole: what changes for every claim, and for each that changes."""
        count, changed = 0, list[ClaimImpact]()
        least: dict[str, StepSlack] = {}
        for row in rows:
            count += 1
            for step in row.steps:
                least[step.step] = _least(least.get(step.step, step), step)
            if row.changes:
                changed.append(row)
        return Impact(
            from_edition=self.before.reference,
            to_edition=self.after.reference,
            policy=self.policy.id,
            as_of=instant_argument("as_of", as_of),
            claims=count,
            figures=tuple(_figures(self.before, self.after)),
            slack=tuple(least[step.id] for step in self.policy.steps if step.id in least),
            rows=tuple(changed),
        )


def _figures(before: Edition, after: Edition) -> Iterator[FigureChange]:
    for name in DeadlineName:
        old, new = (deadline_rule(edition, name) for edition in (before, after))
        sides = [
            FigureSide(value=rule.value, unit=rule.unit, starts_with=rule.starts_with) if rule else None
            for rule in (old, new)
        ]
        if sides[0] != sides[1]:
            tightens = new is not None and (
                old is None or shortest_hours(new.value, new.unit) < shortest_hours(old.value, old.unit)
            )
            yield FigureChange(name=name, before=sides[0], after=sides[1], tightens=tightens)


def _moved_days(before: _Side, after: _Side) -> Iterator[MovedDay]:
    ends: tuple[Literal["opens", "closes"], ...] = ("opens", "closes")
    for name in ends:
        old, new = getattr(before.facts.window, name), getattr(after.facts.window, name)
        if old != new:
            yield MovedDay(name=name, before=old, after=new)


def _moved_deadlines(
    before: dict[DeadlineName, datetime | None], after: dict[DeadlineName, datetime | None]
) -> Iterator[MovedDeadline]:
    for name in DeadlineName:
        old, new = before.get(name), after.get(name)
        if old != new:
            yield MovedDeadline(name=name, before=old, after=new, moves_by=new - old if old and new else None)


def _least(first: StepSlack, second: StepSlack) -> StepSlack:
    before = min(filter(None, (first.before, second.before)), default=first.before)
    after = min(filter(None, (first.after, second.after)), default=first.after)
    return StepSlack(step=first.step, before=before, after=after)
