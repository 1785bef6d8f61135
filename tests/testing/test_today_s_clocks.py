"""Who follows the default plan today meets every stated and firm deadline of every rule that is in force.

Claims are opened by default, so they pin the seven days of 2016, and filed in June 2026: what Amazon's page of that day
says runs beside, and the plan has to know. The explorer plays every story up to a depth, with every reading counted.
"""

import sys
from collections import Counter

import pytest

from atoz.model.claim import Claim
from atoz.model.order import TriState
from atoz.model.reason import ClaimReason
from atoz.planner.policy import Policy
from atoz.planner.policy_choice import policy_for
from atoz.rulebook.edition import DEFAULT_EDITION
from atoz.testing.explorer.abstraction import PolicyAbstraction
from atoz.testing.explorer.initial_claims import initial_claims
from atoz.testing.explorer.search import Search, SearchResult
from atoz.testing.invariants import no_deadline_missed
from atoz.testing.seller import PROMPT, Seller

DEPTH = 2
COUNTRIES = ("US", "DE")


def played(policy: Policy, country: str, seller: Seller, depth: int) -> SearchResult:
    """Every story of the claims that a marketplace can bring today, all readings counted."""
    abstraction = PolicyAbstraction(policy, DEFAULT_EDITION, country)
    every = initial_claims(policy, abstraction, None).claims
    starts = tuple(claim for claim in every if _starts_a_clock_of_its_own(claim))
    assert {policy_for(claim).id for claim in starts} == {"current"}
    return Search(abstraction, starts, seller, (no_deadline_missed,), depth).run()


def _starts_a_clock_of_its_own(claim: Claim) -> bool:
    """Whether the facts of a beginning matter to a clock: labels, scans and amounts start none and are left out."""
    order = claim.order
    plain = order.claims_protected is TriState.UNKNOWN and order.delivered_at is None and claim.detail is None
    return plain and claim.reason in (ClaimReason.NOT_RECEIVED, ClaimReason.NOT_AS_DESCRIBED)


@pytest.mark.slow
def test_the_default_plan_misses_nothing_today() -> None:
    """No story in which a seller who does what the plan says, at once, misses a deadline."""
    figures = Counter[str]()
    for country in COUNTRIES:
        result = played(Policy.named("current"), country, PROMPT, DEPTH)
        missed = [finding for finding in result.findings if finding.invariant == "no_deadline_missed"]
        assert missed == [], f"{country}: {missed[0].says}\n{missed[0].story}"
        assert "no_deadline_missed" in result.reached.invariants
        figures.update(states=result.states, stories=result.stories, merged=result.merged)
    sys.stdout.write(f"{len(COUNTRIES)} marketplaces, depth up to {DEPTH}: {dict(figures)}\n")
    assert figures["states"] > 5000


LATE = {"value": 4, "unit": "calendar_day", "after": "information_requested"}
"""In time by the seven days of the pinned edition, and too late by the 72 hours of today."""


@pytest.mark.parametrize("serves", [pytest.param("answer_amazon", marks=pytest.mark.slow), None])
def test_a_plan_that_goes_by_the_seven_days_alone_is_caught(serves: str | None) -> None:
    """A policy that answers too late by today's rule has a story that shows it, unless it serves the deadline."""
    current = Policy.named("current").model_dump(mode="json")
    late = {"not_before": LATE, "due": None, "serves": serves}
    rows = [{**row, **(late if row["id"] == "answer_amazon" else {})} for row in current["steps"]]
    mutant = Policy.model_validate({**current, "id": "mutant", "steps": rows})
    found = played(mutant, "US", PROMPT, depth=1).findings
    caught = [finding.says for finding in found if finding.invariant == "no_deadline_missed"]
    assert bool(caught) is (serves is None)  # what serves a deadline is done by then, whatever its own times say
