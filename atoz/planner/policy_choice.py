"""Which policy is followed where none is named, and whether one fits: both by the rules of the filing day."""

from datetime import date

from atoz.model.claim import Claim
from atoz.planner.policy import Policy
from atoz.rulebook.edition_selection import editions_in_force
from atoz.rulebook.readings import LAST_DAY_OF_SEVEN_DAYS

FIRST_POLICY, LATER_POLICY = "faq-2016", "current"
"""The shipped policies: for the seven days of the FAQ, and for the shorter clocks since."""


def begun_on(claim: Claim) -> date:
    """The local day of a claim's filing; where that is unknown, of the first event that says a status."""
    first = claim.filed_at or next(event.at for event in claim.history if event.kind == "observed" or event.leads_to)
    return claim.order.local_day(first)


def policy_for(claim: Claim) -> Policy:
    """The shipped policy that is written for what was in force on the filing day: the default.

    >>> from atoz.testing.builders import a_claim
    >>> policy_for(a_claim()).id, policy_for(a_claim(edition="us-2026")).id
    ('faq-2016', 'current')
    """
    return Policy.named(_shipped_for(begun_on(claim)))


def chosen_policy(claim: Claim, policy: Policy | str | None) -> Policy:
    """The policy that is asked for, by itself or by its id; unless one is, the default of the claim.

    Raises:
        UnknownName: no policy of this id ships with atoz.
    """
    return Policy.named(policy) if isinstance(policy, str) else policy or policy_for(claim)


def fits(policy: Policy, claim: Claim) -> bool:
    """Whether a policy is written for an edition in force on the filing day; where none is, for that time."""
    return fits_on(policy, claim, begun_on(claim))


def fits_on(policy: Policy, claim: Claim, day: date) -> bool:
    """The same, where the day on which the claim began is known already."""
    in_force = editions_in_force(claim.order.marketplace, day)
    if in_force:
        return any(edition.id in policy.editions for edition in in_force)
    return policy.id == _shipped_for(day) or (
        policy.id not in (FIRST_POLICY, LATER_POLICY) and claim.edition.partition("@")[0] in policy.editions
    )


def _shipped_for(day: date) -> str:
    return FIRST_POLICY if day <= LAST_DAY_OF_SEVEN_DAYS else LATER_POLICY
