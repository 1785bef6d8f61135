"""Coverage: what an exploration has not reached is named, and disappears once it is reached."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from atoz.__main__ import main
from atoz.planner.policy import Policy
from atoz.testing import PROMPT, Exploration, Seller, explore

TESTED = Path(__file__).parents[2] / "examples" / "policies" / "tested.toml"


@pytest.fixture(scope="module")
def diligent() -> Exploration:
    """The policy of today, followed at once by everybody, to the first happening."""
    return explore("current", depth=1, editions=["us-2026"], sellers=[PROMPT])


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


@pytest.mark.slow
def test_every_warning_of_a_shipped_policy_is_shown(diligent: Exploration) -> None:
    """What a plan shows is part of the state, so that no warning is merged away."""
    assert diligent.coverage.warnings_never_shown == ()
    assert "hand_over_a_missed_answer" in diligent.coverage.steps_never_due  # nobody here forgets to answer


@pytest.mark.slow
def test_a_forgetful_seller_reaches_what_is_said_to_one(diligent: Exploration) -> None:
    """A missed answer is handed over only if it is missed; the policy is not blamed for it."""
    step = "hand_over_a_missed_answer"
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


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """`atoz policy check` on an example, nobody but the seller acting: exit code, output, errors."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["atoz", "policy", "check", str(TESTED), "--depth", "0", *arguments])
        return main(), *capfd.readouterr()

    return run


@pytest.mark.parametrize(("floor", "code"), [("10", 0), ("99", 1)])
def test_a_floor_fails_the_check(check: Callable[..., tuple[int, str, str]], floor: str, code: int) -> None:
    """The command ends with 1 where fewer of the steps and warnings are reached than asked."""
    ended, out, errors = check("--coverage-floor", floor, "--json")
    assert (ended, errors) == (code, "")
    assert json.loads(out)["coverage"]["steps_never_due"]


def test_coverage_is_printed_in_both_languages(check: Callable[..., tuple[int, str, str]]) -> None:
    """The text names the steps, and what else to explore with."""
    assert "steps never due: " in check()[1]
    assert "从未到期的步骤" in check("--lang", "zh")[1]
