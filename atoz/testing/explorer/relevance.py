"""What a policy's steps look at: for each status what can still come, and what that counts from or asks about."""

from collections.abc import Sequence

from atoz.lifecycle.transition_table import TABLE, Row
from atoz.model.events import EVENT_CLASSES, Actor, EvidenceAdded, SellerMessaged
from atoz.model.status import ClaimStatus
from atoz.planner.actions import COMPLETED_BY, Action
from atoz.planner.conditions import When
from atoz.planner.policy import Policy
from atoz.planner.policy_steps import Avoid, PolicyStep, RelativeTime
from atoz.rulebook.date_arithmetic import Unit
from atoz.rulebook.deadline_clock import DeadlineName, clock
from atoz.rulebook.deadlines import deadline_rule

SELLERS_MOVES = frozenset(
    row.event for row in TABLE if EVENT_CLASSES[row.event].model_fields["actor"].default is Actor.SELLER
)
"""The events of the seller's alone that change a status: without a step that does one, nothing follows by it."""


class Relevance:
    """What the steps for a status, and for every status that can follow by the seller's `moves`, look at."""

    def __init__(self, policy: Policy, status: ClaimStatus, moves: frozenset[str]) -> None:
        ahead = _ahead(status, moves)
        self.steps = _with_their_firsts(policy, ahead)
        clocked = any(ahead & set(clock(name).during) for name in DeadlineName)
        self.shown = policy.steps if clocked else self.steps
        self.avoided = [each for each in policy.avoid if each.when.status is None or ahead & set(each.when.status)]
        self.deadlines = tuple(
            name
            for name in DeadlineName
            if ClaimStatus.UNDER_REVIEW in ahead or ahead & set(clock(name).during) or name in named(self.steps)
        )
        self.appeals_ahead = _appeals_ahead(status, moves)


def entries(policy: Policy) -> list[PolicyStep | Avoid]:
    """Everything of a policy that has a condition."""
    return [*policy.steps, *policy.avoid]


MESSAGES = frozenset(
    action.value
    for action, done in COMPLETED_BY.items()
    if done and done.kind == SellerMessaged.model_fields["kind"].default
)


def of_facts(when: When) -> When:
    """What a condition asks of the order and the reason: what never changes during a claim."""
    return When().model_copy(update={name: getattr(when, name) for name in _OF_FACTS})


_OF_FACTS = (
    "reason",
    "detail",
    "fulfilment",
    "claims_protected",
    "delivered",
    "amount_at_least",
    "amount_at_most",
    "window",
)


def only_status(when: When) -> bool:
    """Whether a condition asks for nothing but the status, besides what never changes during a claim."""
    return when.model_copy(update=dict.fromkeys((*_OF_FACTS, "status"))) == When()


def covers(wide: Sequence[ClaimStatus] | None, narrow: Sequence[ClaimStatus] | None) -> bool:
    """Whether the one condition on the status holds wherever the other does."""
    return wide is None or (narrow is not None and set(narrow) <= set(wide))


def is_evidence_for(event: object, step: PolicyStep) -> bool:
    """Whether an event is evidence that a step asks for; any event is, for a step that collects none."""
    wanted = step.when.evidence_lacking
    if step.action is not Action.COLLECT_EVIDENCE or wanted is None:
        return True
    return isinstance(event, EvidenceAdded) and event.evidence in wanted


def _ahead(status: ClaimStatus, moves: frozenset[str]) -> frozenset[ClaimStatus]:
    """A status and every status that can follow."""
    found = {status}
    while more := {row.target for row in _possible(moves) if row.source in found} - found:
        found |= more
    return frozenset(found)


def _possible(moves: frozenset[str]) -> list[Row]:
    return [row for row in TABLE if row.event not in SELLERS_MOVES or row.event in moves]


def _appeals_ahead(status: ClaimStatus, moves: frozenset[str]) -> dict[ClaimStatus, int]:
    """For each status that can follow, the fewest appeals of the seller's on the way."""
    found = {status: 0}
    while more := {
        row.target: found[row.source] + (row.event == "seller_appealed")
        for row in _possible(moves)
        if row.source is not None and row.source in found and row.target not in found
    }:
        found |= more
    return found


def _with_their_firsts(policy: Policy, statuses: frozenset[ClaimStatus]) -> tuple[PolicyStep, ...]:
    """The steps for these statuses, and every step that has to be done before one of them."""
    names = {step.id for step in policy.steps if step.when.status is None or statuses & set(step.when.status)}
    while more := {name for step in policy.steps if step.id in names for name in step.after} - names:
        names |= more
    return tuple(step for step in policy.steps if step.id in names)


def moments_of(steps: Sequence[PolicyStep]) -> list[RelativeTime]:
    """The moments that steps name."""
    return [moment for step in steps for moment in (step.not_before, step.due) if moment]


def named(steps: tuple[PolicyStep, ...]) -> tuple[DeadlineName, ...]:
    """The deadlines that these steps speak of."""
    names = {name for step in steps for name in (step.serves, *step.when.deadlines, *step.when.hours_left_at_most)}
    names |= {moment.before for moment in moments_of(steps)}
    return tuple(name for name in DeadlineName if name in names)


def counts(whens: list[When]) -> dict[str, int]:
    """The kinds of events that are counted, and from how many on it no longer matters."""
    found = {"seller_messaged": 0, "seller_appealed": 0, "information_requested": 0, "buyer_messaged": 0}
    for when in whens:
        found["seller_messaged"] = max(
            found["seller_messaged"], when.messages_at_least or 0, _over(when.messages_at_most)
        )
        found["seller_appealed"] = max(
            found["seller_appealed"], when.appeals_at_least or 0, _over(when.appeals_at_most)
        )
        found["information_requested"] |= when.asked_by_amazon is not None
        found["buyer_messaged"] |= when.buyer_wrote is not None
    return found


def _over(most: int | None) -> int:
    return 0 if most is None else most + 1


def kinds(policy: Policy, edition: str) -> frozenset[str]:
    """The kinds of events that start a clock, or that a step counts from or asks about."""
    rules = [rule for name in DeadlineName if (rule := deadline_rule(edition, name))]
    clocks = {kind for rule in rules for kind in rule.starts_with}
    unruled = {
        kind for name in named(policy.steps) if not deadline_rule(edition, name) for kind in clock(name).starts_with
    }
    counted = {moment.after for moment in moments_of(policy.steps) if moment.after}
    asked = any(each.when.buyer_wrote is not None for each in entries(policy))
    return frozenset(counted | clocks | unruled | ({"buyer_messaged"} if asked else counted))


def by_weekday(policy: Policy, edition: str) -> bool:
    """Whether anything is counted in business days, so that the day of the week matters."""
    units = [policy.messages_apart.unit, *(moment.unit for moment in moments_of(policy.steps))]
    units += [rule.unit for name in DeadlineName if (rule := deadline_rule(edition, name))]
    return Unit.BUSINESS_DAY in units
