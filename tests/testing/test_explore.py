"""Exploring bites: each broken policy is caught by the invariant that it breaks, with a story no longer than needed."""

import importlib.util
from collections.abc import Hashable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from atoz.errors import InvalidDocument, UnknownName
from atoz.model.claim import Claim
from atoz.planner.policy import Policy, shipped_policies
from atoz.testing import INVARIANTS, LAST_MINUTE, PROMPT, Moment, Seller, Story, a_claim, an_order, explore, invariants
from atoz.testing.builders import FILED_AT
from atoz.testing.explorer.abstraction import PolicyAbstraction
from atoz.testing.explorer.initial_claims import initial_claims
from atoz.testing.explorer.search import Search, SearchResult

_SPEC = importlib.util.spec_from_file_location("written", Path(__file__).with_name("written_policies.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
_MODULE = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_MODULE)
written = _MODULE.written

HOURS_AFTER_ASKED = {"unit": "hour", "after": "information_requested"}
REFUND = {"action": "refund_buyer", "when": {"status": ["under_review"]}}
ASK = {"action": "ask_for_evidence", "when": {"status": ["under_review"]}}


def slow(cases: Iterable[str], quick: frozenset[str]) -> list[object]:
    """The names of cases, those that say what a quick one says marked as slow."""
    return [name if name in quick else pytest.param(name, marks=pytest.mark.slow) for name in cases]


class Broken(NamedTuple):
    """A policy broken in one place: what catches it, and how long the story has to be."""

    changes: dict[str, object]
    caught_by: str
    happenings: int
    """What the buyer, Amazon and the clock have to do for it to show."""
    acts: int = 0
    """What the seller has to do for it to show."""


BROKEN = {
    "answers an hour after the deadline": Broken(
        {"answer": {"serves": None, "due": None, "not_before": {"value": 73, **HOURS_AFTER_ASKED}}},
        "no_deadline_missed",
        1,
    ),
    "never answers Amazon": Broken({"answer": None}, "no_deadline_missed", 1),
    "answers only once the buyer has written": Broken(
        {"answer": {"when": {"status": ["under_review"], "buyer_wrote": True}}}, "no_deadline_missed", 1
    ),
    "answers only one kind of claim": Broken(
        {"answer": {"when": {"status": ["under_review"], "asked_by_amazon": True, "reason": ["not_received"]}}},
        "no_deadline_missed",
        1,
    ),
    "answers only for what it ships itself": Broken(
        {"answer": {"when": {"status": ["under_review"], "asked_by_amazon": True, "fulfilment": ["seller"]}}},
        "no_deadline_missed",
        1,
    ),
    "answers only after four days of collecting": Broken(
        {
            "collect": {
                "action": "collect_evidence",
                "when": {"status": ["under_review"]},
                "not_before": {"value": 4, "unit": "calendar_day", "after": "filed"},
            },
            "answer": {"after": ["collect"], "serves": None},
        },
        "no_deadline_missed",
        1,
    ),
    "answers the first question alone": Broken(
        {"answer": {"serves": None, "due": None, "not_before": {"value": 0, "unit": "hour", "after": "filed"}}},
        "no_deadline_missed",
        2,
        1,
    ),
    "forgets questions after an appeal": Broken(
        {"answer": {"when": {"status": ["under_review"], "asked_by_amazon": True, "appeals_at_most": 0}}},
        "no_deadline_missed",
        2,
        1,
    ),
    "takes a day although the notice states one": Broken(
        {"answer": {"serves": None, "due": None, "not_before": {"value": 25, **HOURS_AFTER_ASKED}}},
        "no_deadline_missed",
        1,
    ),
    "never replies to the buyer": Broken({"reply": None}, "no_deadline_missed", 0),
    "replies to the buyer on the third day": Broken(
        {"reply": {"serves": None, "not_before": {"value": 3, "unit": "calendar_day", "after": "first_contact_at"}}},
        "no_deadline_missed",
        0,
    ),
    "refunds a protected claim": Broken({"refund": REFUND}, "protected_never_refunded", 0),
    "refunds a protected claim when asked": Broken(
        {"refund": {"action": "refund_buyer", "when": {"status": ["under_review"], "asked_by_amazon": True}}},
        "protected_never_refunded",
        1,
    ),
    "has nothing to say while Amazon decides": Broken({"wait": None}, "always_something_to_do", 0),
    "a dead end after a lost appeal": Broken({"accept": None}, "always_something_to_do", 2, 1),
    "no plan for a denied claim": Broken(
        {"watch": {"when": {"status": ["granted_amazon_funded"]}}}, "every_status_has_a_plan", 1
    ),
    "writes to the buyer whatever has become of the claim": Broken(
        {"chase": {"action": "message_buyer", "not_before": {"value": 9, "unit": "calendar_day", "after": "filed"}}},
        "nothing_once_settled",
        1,
    ),
    "hands over what is settled": Broken({"hand_over": {"action": "escalate", "when": {}}}, "nothing_once_settled", 1),
    "a daily message for as long as the claim is open": Broken(
        {
            "write": {**ASK, "not_before": {"value": 1, "unit": "calendar_day", "after": "evidence_added"}},
            "note": {
                "action": "collect_evidence",
                "when": {"status": ["under_review"]},
                "not_before": {"value": 0, "unit": "hour", "after": "seller_messaged"},
            },
        },
        "comes_to_rest",
        0,
        2,
    ),
}


QUICK = frozenset(
    {
        "answers the first question alone",
        "never answers Amazon",
        "never replies to the buyer",
        "replies to the buyer on the third day",
        "refunds a protected claim",
        "has nothing to say while Amazon decides",
        "no plan for a denied claim",
        "hands over what is settled",
        "a daily message for as long as the claim is open",
    }
)
"""A policy for each invariant, and for each number of happenings that it takes."""


def test_the_sound_policy_holds() -> None:
    """What the broken policies are broken from breaks nothing itself, so that each break is the one that is caught."""
    found = explore(written(), depth=3)
    assert found.holds, str(found)


@pytest.mark.parametrize("name", slow(BROKEN, QUICK))
def test_broken_policy_is_caught(name: str) -> None:
    """The expected invariant fails, and its story is as short as it can be and shows the fault when it is replayed."""
    broken = BROKEN[name]
    policy = written(**broken.changes)
    found = explore(policy, depth=broken.happenings + 1)
    caught = next((each for each in found.violations if each.invariant == broken.caught_by), None)
    assert caught is not None, str(found)
    others = caught.story.of_others
    assert others == broken.happenings, str(caught)
    assert len(caught.story.events) - others <= max(broken.acts, 1), str(caught)
    if broken.happenings:
        shorter = explore(policy, depth=broken.happenings - 1)
        assert broken.caught_by not in {each.invariant for each in shorter.violations}
    if broken.caught_by not in {"comes_to_rest", "honest_wait"}:
        invariant = getattr(invariants, broken.caught_by)
        assert invariant(caught.story.moment(policy)) == caught.says


def test_there_are_at_least_fifteen() -> None:
    """Fifteen broken policies were promised; every invariant that one of them breaks has a quick one."""
    assert len(BROKEN) >= 15
    assert {broken.caught_by for broken in BROKEN.values()} == {BROKEN[name].caught_by for name in QUICK}


def two_messages_at_most(moment: Moment) -> str | None:
    """An invariant of the user's own."""
    sent = sum(event.kind == "seller_messaged" for event in moment.claim.history)
    return f"{sent} messages" if sent > 2 else None


def messages_sent(claim: Claim) -> Hashable:
    """What it looks at."""
    return sum(event.kind == "seller_messaged" for event in claim.history)


def test_own_invariant_with_its_own_facts() -> None:
    """A third message is caught by a user's own rule, and `tells_apart` keeps the claims apart that it tells apart."""
    chain = {
        f"message_{day}": {**ASK, "not_before": {"value": day, "unit": "calendar_day", "after": "filed"}}
        for day in (1, 2, 3)
    }
    chain["message_2"]["action"], chain["message_3"]["action"] = "message_buyer", "explain_withdrawal"
    found = explore(
        written(**chain), depth=0, invariants=[two_messages_at_most], sellers=[PROMPT], tells_apart=messages_sent
    )
    caught = next(each for each in found.violations if each.invariant == "two_messages_at_most")
    assert caught.says.en == "3 messages"
    assert caught.story.of_others == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("policy", "edition"), [(name, edition) for name in shipped_policies() for edition in Policy.named(name).editions]
)
def test_shipped_policy_holds(policy: str, edition: str) -> None:
    """A policy that ships breaks nothing under any edition that it names; depth 6 is in the benchmarks."""
    found = explore(policy, depth=2, editions=[edition])
    assert found.holds, str(found)
    assert found.states > 0


def _history(claim: Claim) -> Hashable:
    """Everything about a claim, so that no two stories are merged."""
    return claim.order, claim.reason, claim.detail, claim.history


def test_a_return_is_tried_where_the_policy_serves_its_clocks() -> None:
    """Asked for, arrived, or both, for the reasons that are about returns; a policy without such a step tries none."""
    policy = Policy.named("current")
    begun = initial_claims(policy, PolicyAbstraction(policy, "us-2026"), None).claims
    orders = [found.order for found in begun if found.order.return_requested_at or found.order.return_received_at]
    known = {(bool(order.return_requested_at), bool(order.return_received_at)) for order in orders}
    assert known == {(True, False), (False, True), (True, True)}
    reasons = {found.reason.value for found in begun if found.order in orders}
    assert reasons == {"not_as_described", "return_not_refunded"}  # a refused return has the plans of the first
    faq = Policy.named("faq-2016")
    plain = initial_claims(faq, PolicyAbstraction(faq, "faq-2016"), None).claims
    assert not any(found.order.return_requested_at or found.order.return_received_at for found in plain)


@pytest.mark.parametrize("policy", ["faq-2016", "current"])
def test_merging_hides_nothing(policy: str) -> None:
    """Every plan that unmerged stories meet is met by the merged ones, and the other way round."""
    chosen = Policy.named(policy)
    abstraction = PolicyAbstraction(chosen, chosen.editions[0])
    begun = initial_claims(chosen, abstraction, None).claims[:3]
    shapes = []
    for tells_apart in (None, _history):
        search = Search(abstraction, begun, PROMPT, (), 1, tells_apart)
        search.run()
        shapes.append(
            {
                (
                    expanded.made.status,
                    tuple((action.step, action.state, action.overdue) for action in expanded.made.now),
                    frozenset((action.step, action.state) for action in expanded.made.actions),
                    tuple(entry.id for entry in expanded.made.do_not),
                )
                for expanded in search.known.values()
            }
        )
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize(
    "name",
    slow(
        [*BROKEN, *shipped_policies()],
        frozenset({"never answers Amazon", "never replies to the buyer", "no plan for a denied claim"}),
    ),
)
def test_merging_changes_no_verdict(name: str) -> None:
    """With every history kept apart the same invariants fail, with stories of the same length, for both sellers."""
    policy = written(**BROKEN[name].changes) if name in BROKEN else Policy.named(name)
    if name in BROKEN and BROKEN[name].caught_by == "comes_to_rest":
        pytest.skip("a story that never rests comes round to no state if each keeps its own")
    abstraction = PolicyAbstraction(policy, policy.editions[0])
    begun = initial_claims(policy, abstraction, None).claims[:6]
    for seller in (PROMPT, LAST_MINUTE):
        merged, apart = (Search(abstraction, begun, seller, INVARIANTS, 1, tell).run() for tell in (None, _history))
        assert _verdicts(merged) == _verdicts(apart)
        assert merged.states < apart.states
        assert merged.stories > 0


def _verdicts(searched: SearchResult) -> set[tuple[str, int, int]]:
    return {(each.invariant, each.story.of_others, len(each.story.events)) for each in searched.findings}


def test_result_says_what_was_played_and_what_was_not() -> None:
    """States, stories, merged states and what is left out are printed; the same exploration gives the same result."""
    found, again = (explore(written(), depth=1) for _ in range(2))
    assert found == again
    text = str(found)
    for words in (f"{found.states:,} states", f"{found.stories:,} stories", f"{found.merged:,} merged", "not covered"):
        assert words in text
    assert "卖家" in found.say("zh")
    assert found.stories > found.beginnings


def test_workers_change_nothing() -> None:
    """Two workers find what one finds."""
    assert explore(written(answer=None), depth=1, workers=2) == explore(written(answer=None), depth=1)


def test_bad_arguments_are_reported_together() -> None:
    """Every fault of the arguments comes at once; unknown names have their own error."""
    with pytest.raises(InvalidDocument) as raised:
        explore("current", depth=-1, workers=0, sellers=[Seller(late_by=timedelta(hours=1))])
    assert [fault.path for fault in raised.value.faults] == ["depth", "workers", "sellers"]
    with pytest.raises(InvalidDocument, match="workers=1"):
        explore("current", depth=0, workers=2, invariants=[*INVARIANTS, lambda _: None])
    with pytest.raises(UnknownName):
        explore("currant")
    with pytest.raises(UnknownName):
        explore("current", editions=["us-1999"])


def test_violation_as_a_test_replays() -> None:
    """The story survives JSON and replays to the same moment."""
    policy = written(answer=None)
    caught = explore(policy, depth=1, sellers=[LAST_MINUTE]).violations[0]
    story = Story.model_validate_json(caught.story.model_dump_json())
    assert story == caught.story
    assert invariants.no_deadline_missed(story.moment(policy)) == caught.says
    source = caught.as_test("mine.toml")
    compile(source, "as_test", "exec")
    assert "no_deadline_missed" in source


def test_a_story_names_every_fact_that_a_policy_can_ask_about() -> None:
    """The promised day, the amount and what is known of a return stand in its first line, in both languages."""
    received = FILED_AT - timedelta(hours=1)
    order = an_order(return_received_at=received, deliver_by="2016-06-10")
    claim = a_claim(order=order, reason="not_as_described", amount={"value": "99.50", "currency": "USD"})
    story = Story(start=claim, at=claim.updated_at)
    first = story.say().splitlines()[0]
    for words in ("promised for 2016-06-10", f"amount {claim.amount}", "return_received_at 2016-06-21 08:00 PDT"):
        assert words in first
    assert f"金额 {claim.amount}" in story.say("zh").splitlines()[0]
    assert "amount" not in Story(start=a_claim(amount=None), at=FILED_AT).say()
