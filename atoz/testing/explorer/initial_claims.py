"""Where stories begin: a claim for every combination of facts that a policy could ask about.

Those that the policy cannot tell apart are played once; how many there were is counted.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import product
from typing import NamedTuple

from atoz.model.claim import Claim
from atoz.model.money import Money
from atoz.model.order import RETURN_FACTS, Fulfilment, TriState
from atoz.model.reason import ClaimReason
from atoz.planner.conditions import CONDITIONS
from atoz.planner.policy import Policy
from atoz.rulebook.deadline_clock import clock
from atoz.rulebook.edition import Edition
from atoz.testing.builders import FILED_TODAY, a_claim, an_order, filed_in, home_of
from atoz.testing.explorer.abstraction import PolicyAbstraction
from atoz.testing.explorer.limits import NO_LIMITS, Limits
from atoz.testing.explorer.state_key import state_key

TellsApart = Callable[[Claim], Hashable]
"""Facts of a claim that an invariant of your own looks at."""


class InitialClaims(NamedTuple):
    """The claims to begin with, and how many combinations they stand for."""

    claims: tuple[Claim, ...]
    combinations: int
    whole: bool = True
    """Whether every combination was looked at."""


COMBINATIONS_PER_STATE = 10
"""Under a limit on states, so many combinations of facts are looked at for each state."""


def initial_claims(
    policy: Policy, abstraction: PolicyAbstraction, tells_apart: TellsApart | None, limits: Limits = NO_LIMITS
) -> InitialClaims:
    """One claim for each combination of facts that can be told apart."""
    known: dict[Hashable, Claim] = {}
    total = 0
    for claim in every_claim((policy,), abstraction.edition, abstraction.marketplace):
        total += 1
        key = state_key(abstraction.of_claim(claim), claim, claim.updated_at, by_weekday=abstraction.by_weekday).value
        key = (key, tells_apart(claim)) if tells_apart else key
        known.setdefault(key, claim)
        if limits.reached(max(len(known), total // COMBINATIONS_PER_STATE)):
            return InitialClaims(tuple(known.values()), total, whole=False)
    return InitialClaims(tuple(known.values()), total)


def every_claim(policies: Sequence[Policy], edition: Edition, marketplace: str | None = None) -> Iterator[Claim]:
    """A claim for every combination of the facts that conditions or invariants read, or that start a clock."""
    values = dict(_USUAL_FACTS)
    for fact, examples in _examples(policies):
        values[fact] = tuple(dict.fromkeys((*values[fact], *examples)))
    values |= dict.fromkeys(_starts_of_returns(policies), (None, timedelta(hours=-1)))
    currency = an_order(marketplace=marketplace or home_of(edition)).currency
    values["amount"] = tuple(bound for bound in values["amount"] if _currency_of(bound) in {None, currency})
    for combination in product(*values.values()):
        facts = dict(zip(values, combination, strict=True))
        if getattr(facts["detail"], "reason", facts["reason"]) is facts["reason"] and _return_fits(facts):
            yield _claim(facts, edition, marketplace)  # a detail belongs to one reason


def _starts_of_returns(policies: Sequence[Policy]) -> list[str]:
    """The facts of a return that start a clock which a policy asks about or serves."""
    names = {name for policy in policies for when in policy.conditions for name in when.deadlines}
    names |= {step.serves for policy in policies for step in policy.steps if step.serves}
    starts = {start for name in names for start in clock(name).starts_with}
    return [fact for fact in RETURN_FACTS if fact in starts]


def _return_fits(facts: dict[str, object]) -> bool:
    """Whether a combination is worth playing: a return only where the claim is about one, and with plain facts."""
    if not any(facts.get(fact) for fact in RETURN_FACTS):
        return True
    plain = (facts["first_contact_at"], facts["claims_protected"]) == (None, TriState.UNKNOWN)
    return plain and facts["reason"] in _ABOUT_RETURNS


_ABOUT_RETURNS = (ClaimReason.NOT_AS_DESCRIBED, ClaimReason.RETURN_NOT_REFUNDED, ClaimReason.RETURN_REFUSED)

_USUAL_FACTS: dict[str, tuple[object, ...]] = {
    "fulfilment": (Fulfilment.SELLER,),
    "claims_protected": (TriState.UNKNOWN, TriState.NO, TriState.YES),
    "first_contact_at": (None, timedelta(hours=-72), timedelta(hours=-47), timedelta()),
    "delivered_at": (None,),
    "deliver_by": (timedelta(days=-10),),
    "reason": tuple(ClaimReason),
    "detail": (None,),
    "amount": (None,),
}
"""What is tried whatever a policy asks, the plainest first, since that is the one that a story shows.

Invariants read the reason and the label. The buyer wrote never, too long ago to be answered, with an hour left, or with
the claim. Instants and days are distances from the filing.
"""


def _examples(policies: Sequence[Policy]) -> Iterator[tuple[str, Sequence[object]]]:
    """Each fact that the policies' conditions ask for, with values on every side of what they ask."""
    asked: dict[str, list[object]] = {}
    for when in (when for policy in policies for when in policy.conditions):
        for name, _, value in when.named():
            asked.setdefault(name, []).append(value)
    for name, values in asked.items():
        condition = CONDITIONS[name]
        if condition.fact is not None:
            yield condition.fact, condition.examples(values)


def _claim(facts: dict[str, object], edition: Edition, marketplace: str | None) -> Claim:
    """A claim of the edition's own days; in a marketplace, one that is opened by default today."""
    filed_at = filed_in(edition) if marketplace is None else FILED_TODAY
    promised = facts.pop("deliver_by")
    about = {name: facts.pop(name) for name in ("reason", "detail", "amount")}
    instants = {name: filed_at + value if isinstance(value, timedelta) else value for name, value in facts.items()}
    placed = timedelta(days=-20)
    if isinstance(promised, timedelta):
        placed = min(placed, promised - timedelta(days=10))  # nothing is promised for a day before the order
    order = an_order(
        marketplace=marketplace or home_of(edition),
        placed_at=filed_at + placed,
        deliver_by=(filed_at + promised).date() if isinstance(promised, timedelta) else None,
        **instants,  # type: ignore[arg-type]
    )
    return a_claim(order=order, edition=edition, filed_at=filed_at, **about)  # type: ignore[arg-type]


def _currency_of(amount: object) -> str | None:
    return amount.currency if isinstance(amount, Money) else None


def filed_on(claim: Claim) -> datetime:
    """When a start was filed, on the clock of its marketplace."""
    return (claim.filed_at or claim.history[0].at).astimezone(claim.order.zone)
