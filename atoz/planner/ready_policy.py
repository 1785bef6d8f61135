"""A policy made ready to be followed: what it asks of a claim in one status and for one reason, worked out once.

Status and reason rule out most of a policy, so that they are decided here, before a claim is looked at. Of what is
left, a step or a warning keeps only the conditions that it names.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from atoz.model.reason import ClaimReason
from atoz.model.status import ClaimStatus
from atoz.planner.actions import COMPLETED_BY
from atoz.planner.claim_facts import ClaimFacts
from atoz.planner.conditions import When
from atoz.planner.policy import Policy
from atoz.planner.policy_steps import Avoid, PolicyStep

_DECIDED = ("status", "reason")
"""The conditions that are decided when a policy is made ready."""


class Asked(NamedTuple):
    """One condition that a policy names: its test, and what is asked."""

    holds: Callable[[object, ClaimFacts], bool]
    value: object


class TimedCondition(NamedTuple):
    """A condition that time alone changes: the instants at which it does, and what is asked."""

    thresholds: Callable[[object, ClaimFacts], Iterable[datetime]]
    value: object


class ReadyStep(NamedTuple):
    """A step that may concern a claim in this status and for this reason."""

    step: PolicyStep
    is_possible: bool
    """Whether the status fits; where it does not, the step can only be one that is done."""
    asked: tuple[Asked, ...]
    completed_by: str | None
    """The kind of event that completes it."""

    def applies(self, facts: ClaimFacts) -> bool:
        """Whether everything that the step asks for holds."""
        return self.is_possible and _all_hold(self.asked, facts)


class ReadyWarning(NamedTuple):
    """Something not to do, which may concern a claim in this status and for this reason."""

    entry: Avoid
    asked: tuple[Asked, ...]

    def applies(self, facts: ClaimFacts) -> bool:
        """Whether everything that it asks for holds."""
        return _all_hold(self.asked, facts)


class ReadyPolicy(NamedTuple):
    """What of a policy may concern a claim in one status and for one reason."""

    steps: tuple[ReadyStep, ...]
    warnings: tuple[ReadyWarning, ...]
    timed: tuple[TimedCondition, ...]
    """The conditions, of whatever status and reason, that time alone changes."""


@lru_cache(maxsize=512)
def ready(policy: Policy, status: ClaimStatus, reason: ClaimReason) -> ReadyPolicy:
    """A policy for every claim in a status and for a reason; a step for another reason is neither asked nor done."""
    return ReadyPolicy(
        steps=tuple(
            ReadyStep(step, _fits(step.when.status, status), _asked(step.when), completion.kind if completion else None)
            for step in policy.steps
            for completion in [COMPLETED_BY[step.action]]
            if _fits(step.when.reason, reason) and (completion or _fits(step.when.status, status))
        ),
        warnings=tuple(
            ReadyWarning(entry, _asked(entry.when))
            for entry in policy.avoid
            if _fits(entry.when.status, status) and _fits(entry.when.reason, reason)
        ),
        timed=tuple(
            TimedCondition(named.condition.thresholds, named.asked)
            for when in policy.conditions
            for named in when.named()
            if named.condition.thresholds
        ),
    )


def _fits(asked: tuple[object, ...] | None, value: object) -> bool:
    return asked is None or value in asked


def _asked(when: When) -> tuple[Asked, ...]:
    """What is named besides the status and the reason, in the order of the table."""
    return tuple(Asked(named.condition.holds, named.asked) for named in when.named() if named.name not in _DECIDED)


def _all_hold(asked: tuple[Asked, ...], facts: ClaimFacts) -> bool:
    for holds, value in asked:  # noqa: SIM110  (no part of a plan is busier)
        if not holds(value, facts):
            return False
    return True
