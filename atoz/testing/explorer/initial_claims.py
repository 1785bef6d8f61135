"""Where stories begin: a claim for every combination of facts that a policy could ask about.

Those that the policy cannot tell apart are played once; how many there were is counted.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import product
from typing import NamedTuple

from atoz.model.claim import Claim
from atoz.model.money import Money
from atoz.model.order import Fulfilment, TriState
from atoz.model.reason import ClaimReason, ReasonDetail
from atoz.planner.conditions import When
from atoz.planner.policy import Policy
from atoz.testing.builders import FILED_AT, a_claim, an_order, home_of
from atoz.testing.explorer.relevance import entries
from atoz.testing.explorer.state_key import PolicyAbstraction

TellsApart = Callable[[Claim], Hashable]
"""Facts of a claim that an invariant of your own looks at."""

FIRST_CONTACTS = (None, timedelta(hours=72), timedelta(hours=47), timedelta())
"""How long before the filing the buyer first wrote: never, too long ago to be answered, with an hour left, with it."""


class InitialClaims(NamedTuple):
    """The claims to begin with, and how many combinations they stand for."""

    claims: tuple[Claim, ...]
    combinations: int


def initial_claims(policy: Policy, abstraction: PolicyAbstraction, tells_apart: TellsApart | None) -> InitialClaims:
    """One claim for each combination of facts that can be told apart."""
    known: dict[Hashable, Claim] = {}
    total = 0
    for claim in _every(policy, abstraction.edition):
        total += 1
        seen = abstraction.state_key(abstraction.of_claim(claim), claim, FILED_AT)
        key = (seen.value, tells_apart(claim) if tells_apart else None)
        known.setdefault(key, claim)
    return InitialClaims(tuple(known.values()), total)


def _every(policy: Policy, edition: str) -> Iterator[Claim]:
    whens = [entry.when for entry in entries(policy)]
    details = {detail for when in whens for detail in when.detail or ()}
    amounts = {str(bound): bound for when in whens for bound in (when.amount_at_least, when.amount_at_most) if bound}
    labels = (TriState.UNKNOWN, TriState.NO, TriState.YES)  # the plainest first: it is the one that a story shows
    orders = product(Fulfilment, labels, FIRST_CONTACTS, _scans(whens), _promises(whens))
    for fulfilment, protected, contact, delivered, promised in orders:
        order = an_order(
            marketplace=home_of(edition),
            placed_at=FILED_AT - timedelta(days=20),
            deliver_by=promised,
            fulfilment=fulfilment,
            claims_protected=protected,
            first_contact_at=None if contact is None else FILED_AT - contact,
            delivered_at=None if delivered is None else FILED_AT + delivered,
        )
        for reason, detail in _reasons(details):
            for amount in _amounts(amounts.values(), order.currency):
                yield a_claim(order=order, reason=reason, detail=detail, amount=amount, edition=edition)


def _reasons(details: set[ReasonDetail]) -> Iterator[tuple[ClaimReason, ReasonDetail | None]]:
    for reason in ClaimReason:
        yield reason, None
        yield from ((reason, detail) for detail in reason.details if detail in details)


def _scans(whens: list[When]) -> tuple[timedelta | None, ...]:
    """The delivery scans to try: none, one before the filing, and where a policy asks for it one on the day after."""
    late = any(when.delivered_after_decision is not None for when in whens)
    return (None, timedelta(days=-2), timedelta(days=1)) if late else (None, timedelta(days=-2))


def _promises(whens: list[When]) -> tuple[date | None, ...]:
    """The delivery promises to try: one that fits, and where a policy asks for the window others and none."""
    day = FILED_AT.date()
    if all(when.window is None for when in whens):
        return (day - timedelta(days=10),)
    return (day - timedelta(days=10), day + timedelta(days=60), day - timedelta(days=200), None)


def _amounts(bounds: Iterable[Money], currency: str) -> Iterator[Money | None]:
    """No amount, and for each bound the amounts around it."""
    yield None
    for bound in bounds:
        if bound.currency == currency:
            cent = Money.parse(f"0.01 {currency}")
            yield from (bound - cent, bound, bound + cent)


def filed_on(claim: Claim) -> datetime:
    """When a start was filed, on the clock of its marketplace."""
    return (claim.filed_at or claim.history[0].at).astimezone(claim.order.zone)
