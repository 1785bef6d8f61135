"""What-if: what differs between two policies, or two editions, for the same claims."""

from datetime import timedelta

from atoz.testing import (
    Seller,
    Side,
    World,
    a_claim,
    compare_policies,
    compare_simulations,
    on_day,
    scenario,
)


def test_the_same_policy_differs_in_nothing() -> None:
    """A policy against itself has no differing claims, whatever the claims."""
    claims = [a_claim(), scenario("denied_by_amazon").claim, scenario("silent_until_the_lapse").claim]
    found = compare_policies(claims, "faq-2016", "faq-2016", as_of=claims[-1].updated_at)
    assert (len(found.rows), found.differing) == (3, ())
    assert str(found) == "faq-2016 against faq-2016: 0 of 3 claims differ"


def test_two_policies_differ_in_steps() -> None:
    """For a claim that was just filed each policy has its own steps, and the line says which."""
    claim = a_claim()
    row = compare_policies([claim], "faq-2016", "current", as_of=claim.updated_at).rows[0]
    assert set(row.only_a) == {"collect_evidence", "try_for_a_withdrawal", "answer_with_reasons"}
    assert set(row.only_b) == {"collect_proof_of_delivery", "answer_the_filing"}
    assert "+ collect_proof_of_delivery" in str(row)


def test_one_policy_under_two_editions_moves_in_time() -> None:
    """Under three days to answer instead of seven, the answer's due time moves from the fifth day to the third."""
    claim = a_claim(reason="not_as_described")
    sides = Side("faq-2016", "faq-2016"), Side("faq-2016", "us-2016-11")
    row = compare_policies([claim], *sides, as_of=claim.updated_at).rows[0]
    assert (row.only_a, row.only_b) == ((), ())
    moved = {one.step: (one.due_at, other.due_at) for one, other in row.moved}
    assert moved["answer_the_claim"] == (claim.updated_at + timedelta(days=5), claim.updated_at + timedelta(days=3))


def test_simulations_show_what_each_policy_costs() -> None:
    """A seller who forgets one policy's answer to the filing loses a deadline by it, and none by the other policy."""
    claim, seller = a_claim(), Seller(forgets=("answer_the_filing",))
    found = compare_simulations(
        [claim], "faq-2016", "current", until=claim.updated_at + timedelta(days=20), seller=seller
    )
    (row,) = found.differing
    assert row.missed == (0, 1)
    assert {"hand_over_a_missed_answer", "appeal_with_new_evidence"} <= set(row.only_b)
    assert "answer_with_reasons" in row.only_a
    assert "missed 0 -> 1" in str(found)


def test_money_at_risk_is_compared() -> None:
    """What is still asked for differs once one side's claim is settled for the seller; here neither is or both are."""
    claim = a_claim()
    world = World.of(on_day(1, "denied"))
    found = compare_simulations([claim], "faq-2016", "current", world, until=claim.updated_at + timedelta(days=5))
    assert found.rows[0].at_risk == (None, None)
