"""Coverage: what an exploration has not reached is named, and disappears once it is reached."""

import json
import subprocess
import sys

import pytest

from atoz.planner.policy import Policy
from atoz.testing import PROMPT, Seller, explore


def test_what_is_never_reached_is_named() -> None:
    """At depth 0 nobody but the seller acts: no question is answered, no decision appealed, and that is said."""
    reached = explore("current", depth=0, editions=["us-2026"]).coverage
    assert "answer_amazon" in reached.steps_never_due
    assert "appeal_with_new_evidence" in reached.steps_never_due
    assert "appeal_the_odr_of_a_returning_parcel" in reached.warnings_never_shown
    assert "answer_amazon.asked_by_amazon" in reached.conditions_never_true
    assert "under_review -> denied" in reached.transitions_never_taken
    assert "deeper" in reached.needs
    assert "forgetful_sellers" in reached.needs
    assert 0 < reached.percent < 100


def test_every_warning_of_a_shipped_policy_is_shown() -> None:
    """What a plan shows is part of the state, so that no warning is merged away."""
    assert explore("current", depth=1, editions=["us-2026"], sellers=[PROMPT]).coverage.warnings_never_shown == ()


def test_a_forgetful_seller_reaches_what_is_said_to_one() -> None:
    """A missed answer is handed over only if it is missed; the policy is not blamed for it."""
    step = "hand_over_a_missed_answer"
    diligent = explore("current", depth=1, editions=["us-2026"], sellers=[PROMPT])
    assert step in diligent.coverage.steps_never_due
    forgets = Seller(forgets=("respond_to_amazon",))
    forgetful = explore("current", depth=1, editions=["us-2026"], sellers=[PROMPT, forgets])
    assert step not in forgetful.coverage.steps_never_due
    assert forgetful.holds, str(forgetful)
    assert "forgetful_sellers" not in forgetful.coverage.needs
    assert forgetful.coverage.percent > diligent.coverage.percent


def test_an_invariant_without_a_subject_is_vacuous() -> None:
    """The policy of the FAQ refunds nobody: that no protected claim is refunded says nothing about it."""
    vacuous = explore("faq-2016", depth=1, editions=["faq-2016"], sellers=[PROMPT]).coverage.invariants_vacuous
    assert "protected_never_refunded" in vacuous
    assert "no_deadline_missed" not in vacuous


def test_conditions_and_steps_are_those_of_the_policy() -> None:
    """Whatever is named stands in the policy."""
    policy = Policy.named("current")
    reached = explore(policy, depth=0, editions=["us-2026"], sellers=[PROMPT]).coverage
    ids = {step.id for step in policy.steps} | {entry.id for entry in policy.avoid}
    assert {name.split(".")[0] for name in reached.conditions_never_true} <= ids
    assert {*reached.steps_never_due, *reached.warnings_never_shown} <= ids


def _check(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "atoz", "policy", "check", "current", "--depth", "0", "--edition", "us-2026"]
    return subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("floor", "code"), [("10", 0), ("99", 1)])
def test_a_floor_fails_the_check(floor: str, code: int) -> None:
    """The command ends with 1 where fewer of the steps and warnings are reached than asked."""
    ran = _check("--coverage-floor", floor, "--json")
    assert (ran.returncode, ran.stderr) == (code, "")
    assert "answer_amazon" in json.loads(ran.stdout)["coverage"]["steps_never_due"]


def test_coverage_is_printed_in_both_languages() -> None:
    """The text names the steps, and what else to explore with."""
    assert "steps never due: " in _check().stdout
    assert "从未到期的步骤" in _check("--lang", "zh").stdout
