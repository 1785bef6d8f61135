"""Two policies are told apart wherever a plan differs, and nowhere else; a way that merges nothing says the same."""

import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from atoz.__main__ import main
from atoz.errors import InvalidDocument, UnknownName
from atoz.lifecycle.replay import under
from atoz.planner.plan import plan
from atoz.planner.policy import Policy, shipped_policies
from atoz.rulebook.edition import Edition
from atoz.testing import LAST_MINUTE, PROMPT, PolicyDiff, PolicyDifference, Seller, Side, policy_diff
from atoz.testing.explorer.advice import DifferenceKind, differences, subjects
from atoz.testing.explorer.joint_search import JointSearch, PolicySide
from atoz.testing.invariants import missed_duties

_SPEC = importlib.util.spec_from_file_location("written", Path(__file__).with_name("written_policies.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
_MODULE = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_MODULE)
written = _MODULE.written

HOUR_AFTER_ASKED = {"unit": "hour", "after": "information_requested"}
UNDER_REVIEW = {"status": ["under_review"]}
ASKED = {**UNDER_REVIEW, "asked_by_amazon": True}
GRANTED = {"status": ["granted_seller_funded"]}
Changes = dict[str, dict[str, object] | None]

CHANGING: dict[str, Changes] = {
    **{f"without {step}": {step: None} for step in ("reply", "answer", "appeal", "wait", "accept", "watch")},
    **{f"{step} says why in other words": {step: {"why": {"en": "x", "zh": "x"}}} for step in ("reply", "answer")},
    **{f"{step} is less sure": {step: {"confidence": "secondary"}} for step in ("reply", "appeal", "wait")},
    **{f"{step} has a template": {step: {"template": "lost"}} for step in ("reply", "answer")},
    **{
        f"answer is due {hours} hours before": {
            "answer": {"due": {"value": hours, "unit": "hour", "before": "answer_amazon"}}
        }
        for hours in (0, 23, 25, 48)
    },
    **{
        f"answer waits {hours} hours": {"answer": {"not_before": {"value": hours, **HOUR_AFTER_ASKED}}}
        for hours in (1, 24, 47)
    },
    "answer serves nothing": {"answer": {"serves": None, "not_before": {"value": 73, **HOUR_AFTER_ASKED}, "due": None}},
    "answer only what it ships": {"answer": {"when": {**ASKED, "fulfilment": ["seller"]}}},
    "answer for one reason": {"answer": {"when": {**ASKED, "reason": ["not_received"]}}},
    "answer unasked": {"answer": {"when": UNDER_REVIEW, "not_before": None}},
    "answer no second time": {"answer": {"when": {**ASKED, "appeals_at_most": 0}}},
    "appeal twice": {"appeal": {"when": {**GRANTED, "appeals_at_most": 1}}},
    "appeal only protected orders": {
        "appeal": {"when": {**GRANTED, "appeals_at_most": 0, "claims_protected": ["yes"]}}
    },
    "appeal a day late": {"appeal": {"not_before": {"value": 1, "unit": "calendar_day", "after": "status_changed"}}},
    "hand over instead of appealing": {"appeal": {"action": "escalate", "serves": None}},
    "reply only to one reason": {
        "reply": {"when": {**UNDER_REVIEW, "deadlines": {"answer_buyer": ["open"]}, "reason": ["not_received"]}}
    },
    "reply after a day": {
        "reply": {"serves": None, "not_before": {"value": 1, "unit": "calendar_day", "after": "filed"}}
    },
    "refund": {"refund": {"action": "refund_buyer", "when": UNDER_REVIEW}},
    "refund when asked": {"refund": {"action": "refund_buyer", "when": ASKED}},
    "write once denied": {"write": {"action": "message_buyer", "when": {"status": ["closed"]}}},
    "collect first": {
        "collect": {"action": "collect_evidence", "when": UNDER_REVIEW},
        "answer": {"after": ["collect"]},
    },
}
"""Changes of the sound policy that change what some plan says."""

SAME: dict[str, Changes] = {
    "nothing": {},
    "a step that no claim can come to": {
        "never": {
            "action": "escalate",
            "when": {**GRANTED, "asked_by_amazon": True, "appeals_at_least": 1, "appeals_at_most": 0},
        }
    },
    "a step under another name": {"accept": None, "let_it_stand": {"action": "wait", "when": GRANTED}},
}
"""Changes that no plan shows."""


def unmerged(a: Policy, b: Policy, seller: Seller, depth: int) -> set[tuple[DifferenceKind, str]]:
    """What differs in any story at all, with no state merged and none left out."""
    edition = Edition.named("us-2026")
    found = JointSearch(PolicySide(a, edition), PolicySide(b, edition), seller, depth, merging=False).run().differences
    return {(difference.kind, difference.subject) for difference in found}


def groups(diff: PolicyDiff) -> set[tuple[DifferenceKind, str]]:
    """What differs."""
    return {(difference.kind, difference.subject) for difference in diff.differences}


def shows(difference: PolicyDifference, a: Policy, b: Policy) -> bool:
    """Whether the plans of both policies differ as it says at the end of its story, read by the planner alone."""
    claim = difference.story.replay()
    plans = [plan(claim, as_of=difference.story.at, policy=policy, pinned_only=True) for policy in (a, b)]
    if difference.kind is DifferenceKind.MISSED_DEADLINE:
        policy = {"a": a, "b": b}[difference.follows]
        missed = missed_duties(difference.story.moment(policy))
        return difference.subject in {deadline.name.value for deadline, _ in missed}
    return (difference.kind, difference.subject) in {
        (row.kind, row.subject) for row in differences(plans[0], plans[1], subjects(a, b))
    }


def test_there_are_thirty_changes() -> None:
    """Thirty mutants that change a plan were promised."""
    assert len(CHANGING) >= 30


QUICK = frozenset({"without appeal", "reply says why in other words"})


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in CHANGING]
)
def test_a_change_of_a_plan_has_a_story(name: str) -> None:
    """Each mutant is told apart, and each story shows what it says when it is replayed under both policies."""
    sound, mutant = written(), written(**CHANGING[name])
    diff = policy_diff(sound, mutant, depth=1 if name in QUICK else 2)
    assert diff.differences, str(diff)
    for difference in diff.differences:
        assert shows(difference, sound, mutant), str(difference)


@pytest.mark.parametrize("name", SAME)
def test_a_change_that_no_plan_shows_has_none(name: str) -> None:
    """No story where no plan changes."""
    assert policy_diff(written(), written(**SAME[name]), depth=1).differences == ()


@pytest.mark.slow
@pytest.mark.parametrize("name", [*CHANGING, *SAME])
def test_merging_hides_no_difference(name: str) -> None:
    """With every history kept apart, and nothing left out, exactly the same things differ, for both sellers."""
    sound, mutant = written(), written(**{**CHANGING, **SAME}[name])
    for seller in (PROMPT, LAST_MINUTE):
        merged = policy_diff(sound, mutant, depth=1, sellers=[seller])
        assert groups(merged) == unmerged(sound, mutant, seller, 1)


def test_quick_merging_hides_no_difference() -> None:
    """The same to the first happening of nobody, for one change."""
    sound, mutant = written(), written(**CHANGING["collect first"])
    assert groups(policy_diff(sound, mutant, depth=0, sellers=[PROMPT])) == unmerged(sound, mutant, PROMPT, 0)


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped_policies())
def test_a_policy_does_not_differ_from_itself(name: str) -> None:
    """Nothing differs under any edition, and none of its steps is said to be unreached."""
    diff = policy_diff(name, name, depth=1)
    assert (diff.differences, diff.not_reached) == ((), ())
    assert len(diff.editions) == len(Policy.named(name).editions)


def test_the_sound_policy_does_not_differ_from_itself() -> None:
    """Nothing differs, also where nothing is left out because it is the same."""
    assert policy_diff(written(), written(), depth=1).differences == ()
    assert unmerged(written(), written(), PROMPT, 0) == set()


@pytest.mark.parametrize("name", sorted(QUICK))
def test_the_other_way_round_is_the_mirror(name: str) -> None:
    """The same stories, with what each side says exchanged."""
    sound, mutant = written(), written(**CHANGING[name])
    there, back = policy_diff(sound, mutant, depth=1), policy_diff(mutant, sound, depth=1)
    turned = {"a": "b", "b": "a", "both": "both"}
    assert back.differences == tuple(
        row.model_copy(update={"a": row.b, "b": row.a, "follows": turned[row.follows]}) for row in there.differences
    )
    assert (there.states, there.merged) == (back.states, back.merged)


def test_the_worst_comes_first_with_the_shortest_story() -> None:
    """A missed answer is worse than that nothing says to answer; one question is all it takes."""
    diff = policy_diff(written(), written(answer=None), depth=1, sellers=[PROMPT])
    kinds = [row.kind for row in diff.differences]
    assert kinds == sorted(kinds, key=list(DifferenceKind).index)
    first = diff.differences[0]
    assert (first.kind, first.subject, first.follows) == (DifferenceKind.MISSED_DEADLINE, "answer_amazon", "b")
    assert (first.story.of_others, first.a.en) == (1, "not missed")
    assert first.b.en.startswith("missed at ")


def test_an_early_difference_hides_no_late_one() -> None:
    """Other words at the filing, and no appeal after it: both are told, each with its story."""
    changed = written(wait={"confidence": "secondary"}, appeal=None)
    found = groups(policy_diff(written(), changed, depth=1))
    assert {(DifferenceKind.WORDING, "wait"), (DifferenceKind.ACTION, "appeal")} <= found


@pytest.mark.slow
def test_one_policy_under_two_editions() -> None:
    """The policy of today answers by 72 hours or by seven days; under one edition on both sides nothing differs."""
    diff = policy_diff(Side("current", "us-2026"), Side("current", "us-2016-11"), depth=1, sellers=[PROMPT])
    assert diff.editions == (("us-2026", "us-2016-11"),)
    assert DifferenceKind.TIME in {row.kind for row in diff.differences}
    row = next(row for row in diff.differences if row.kind is DifferenceKind.TIME)
    claim = row.story.replay()
    plans = [
        plan(under(claim, edition), as_of=row.story.at, policy="current", pinned_only=True)
        for edition in ("us-2026", "us-2016-11")
    ]
    assert plans[0].actions != plans[1].actions
    assert policy_diff(Side("current", "us-2026"), Side("current", "us-2026"), depth=1).differences == ()


def test_what_no_plan_came_to_is_named() -> None:
    """A step for a missed answer needs a seller who forgets to answer; until then it is said to be unreached."""
    extra = {"hand_over": {"action": "escalate", "when": {**UNDER_REVIEW, "deadlines": {"answer_amazon": ["missed"]}}}}
    changed = written(**extra)
    diligent = policy_diff(written(), changed, depth=1)
    assert (diligent.differences, diligent.not_reached) == ((), ("hand_over",))
    forgets = Seller(forgets=("respond_to_amazon",))
    forgetful = policy_diff(written(), changed, depth=1, sellers=[forgets])
    assert (DifferenceKind.ACTION, "escalate") in groups(forgetful)
    assert forgetful.not_reached == ()


def test_bad_arguments_are_reported_together() -> None:
    """Every fault at once; unknown names have their own error; policies of different rules need an edition."""
    with pytest.raises(InvalidDocument) as raised:
        policy_diff("current", "faq-2016", depth=-1, sellers=[], workers=0)
    assert [fault.path for fault in raised.value.faults] == ["depth", "workers", "sellers", "editions"]
    with pytest.raises(UnknownName):
        policy_diff("currant", "current")
    with pytest.raises(UnknownName):
        policy_diff("current", "current", editions=["us-1999"])


@pytest.fixture
def diff(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """`atoz policy diff`: exit code, output, errors."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["atoz", "policy", "diff", *arguments])
        return main(), *capfd.readouterr()

    return run


TESTED = str(Path(__file__).parents[2] / "examples" / "policies" / "tested.toml")
DRAFT = str(Path(__file__).parents[2] / "examples" / "policies" / "first-draft.toml")


def test_the_command_fails_only_if_asked(diff: Callable[..., tuple[int, str, str]]) -> None:
    """Differences alone are no failure; with `--fail` they are, and without any there is none."""
    code, out, errors = diff(DRAFT, TESTED, "--depth", "0")
    assert (code, errors) == (0, "")
    assert "### 1. Missed deadline: answer_buyer" in out
    assert diff(DRAFT, TESTED, "--depth", "0", "--fail")[0] == 1
    assert diff(TESTED, TESTED, "--depth", "0", "--fail")[0] == 0


def test_the_command_speaks_json_and_chinese(diff: Callable[..., tuple[int, str, str]]) -> None:
    """The document comes back as it was, and every line of the text is there in Chinese."""
    _, out, _ = diff(DRAFT, TESTED, "--depth", "0", "--json")
    document = json.loads(out)
    assert document["differences"][0]["kind"] == "missed_deadline"
    assert PolicyDiff.model_validate_json(out).differences[0].follows == "a"
    chinese = diff(DRAFT, TESTED, "--depth", "0", "--lang", "zh")[1]
    assert "### 1. 错过期限: answer_buyer" in chinese
    assert "- A: 稍后,自 2026-06-17 09:00 PDT 起" in chinese


def test_the_command_names_what_is_missing(diff: Callable[..., tuple[int, str, str]]) -> None:
    """Policies for no edition in common give 2 and say what to do; so does a name that is not there."""
    code, _, errors = diff("current", "faq-2016")
    assert code == 2
    assert "name one with --edition" in errors
    assert diff("current", "nobody.toml")[0] == 2
