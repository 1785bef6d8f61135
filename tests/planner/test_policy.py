"""Escalation policies are checked as a whole when they are loaded: every fault, with the file and the key."""

import tomllib
from importlib.resources import files

import pytest

from atoz.errors import InvalidDocument, UnknownName
from atoz.lifecycle.transition_table import ROWS
from atoz.model.events import EVENT_CLASSES, Purpose
from atoz.model.status import ClaimStatus
from atoz.planner.actions import COMPLETED_BY, Action, is_message
from atoz.planner.policy import Policy, shipped_policies
from atoz.planner.policy_choice import policy_for
from atoz.rulebook.edition import Edition
from atoz.rulebook.evidence_checklist import evidence_items
from atoz.testing.builders import a_claim

HEAD = """
id = "mine"
title = { en = "Mine", zh = "我的" }
editions = ["faq-2016"]
messages_apart = { value = 1, unit = "calendar_day" }
look_again = { value = 1, unit = "calendar_day" }
[sources.me]
title = "Me"
address = "my own head"
"""
WORDS = """
why = { en = "because", zh = "因为" }
source = "me"
confidence = "atoz"
"""


def step(name: str = "one", action: str = "wait", rest: str = "") -> str:
    """A step."""
    return f'\n[[steps]]\nid = "{name}"\naction = "{action}"\n{rest}\n{WORDS}'


def avoid(name: str = "never", rest: str = "") -> str:
    """An entry of what not to do."""
    return f'\n[[avoid]]\nid = "{name}"\nwhat = {{ en = "not", zh = "不" }}\n{rest}\n{WORDS}'


def faults(text: str) -> dict[str, str]:
    """The faults of a policy, key to code; the file is named."""
    with pytest.raises(InvalidDocument) as caught:
        Policy.read(text, what="mine.toml")
    assert caught.value.what == "mine.toml"
    assert str(caught.value).startswith("mine.toml: ")
    return {fault.path: fault.code for fault in caught.value.faults}


def test_the_skeleton_itself_loads() -> None:
    """The smallest policy is fine, so that each fault below is the one that it is meant to be."""
    policy = Policy.read(HEAD + step() + avoid())
    assert policy.steps[0].source.title == "Me"
    assert policy.step("one").action is Action.WAIT
    with pytest.raises(UnknownName, match="two"):
        policy.step("two")


SOURCE = {
    f"{at}.{key}": code
    for at in ("sources.me", "steps.0.source")
    for key, code in {"address": "missing", "addres": "extra_forbidden"}.items()
}
"""A fault of a source is told where it stands and where it is cited."""
SERVES = 'serves = "answer_amazon"\nwhen = { status = ["under_review"] }\n'


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("id = ", {"": "not_toml"}),
        (
            "",
            dict.fromkeys(("id", "title", "editions", "messages_apart", "look_again", "sources", "steps"), "missing"),
        ),
        (HEAD.replace("address", "addres") + step(), SOURCE),
        ('colour = "red"\n' + HEAD + step(), {"colour": "extra_forbidden"}),
        (HEAD + step(rest='moment = "now"'), {"steps.0.moment": "extra_forbidden"}),
        (HEAD + step(rest='when = { stauts = ["closed"] }'), {"steps.0.when.stauts": "extra_forbidden"}),
        (HEAD + step(rest='when = { status = ["open"] }'), {"steps.0.when.status.0": "enum"}),
        (HEAD + step(rest="when = { status = [] }"), {"steps.0.when.status": "too_short"}),
        (HEAD + step(rest='when = { amount_at_least = "lots" }'), {"steps.0.when.amount_at_least": "money"}),
        (HEAD.replace("look_again = { value = 1", "look_again = { value = 0") + step(), {"": "value_error"}),
        (HEAD + step(action="cancel_the_order"), {"steps.0.action": "enum"}),
        (HEAD + step("Not An Id"), {"steps.0.id": "string_pattern_mismatch"}),
        (HEAD + step().replace('"me"', '"you"'), {"steps.0.source": "unknown_source"}),
        (HEAD + step() + step(), {"steps.1.id": "repeated_id"}),
        (HEAD + step() + avoid() + avoid(), {"avoid.1.id": "repeated_id"}),
        (HEAD.replace("faq-2016", "us-2025") + step(), {"editions.0": "unknown_edition"}),
        (HEAD + step(rest='after = ["two"]'), {"steps.0.after.0": "unknown_step"}),
        (HEAD + step(action="escalate", rest='after = ["one"]'), {"steps.0.after": "cycle"}),
        (
            HEAD + step(action="escalate", rest='after = ["two"]') + step("two", "escalate", 'after = ["one"]'),
            {"steps.0.after": "cycle"},
        ),
        (HEAD + step() + step("two", "escalate", 'after = ["one"]'), {"steps.1.after": "unreachable"}),
        (
            HEAD + step(rest='not_before = { value = 1, unit = "hour", after = "field" }'),
            {"steps.0.not_before.after": "unknown_event"},
        ),
        (
            HEAD + step(rest='due = { value = 1, unit = "hour", after = "lunch" }'),
            {"steps.0.due.after": "unknown_event"},
        ),
        (HEAD + step(rest='due = { value = 1, unit = "week", after = "filed" }'), {"steps.0.due.unit": "enum"}),
        (
            HEAD + step(rest='due = { value = -1, unit = "hour", after = "filed" }'),
            {"steps.0.due.value": "greater_than_equal"},
        ),
        (HEAD + step(rest='due = { value = 1, unit = "hour" }'), {"steps.0.due": "value_error"}),
        (
            HEAD + step(rest='due = { value = 1, unit = "hour", after = "filed", before = "appeal" }'),
            {"steps.0.due": "value_error"},
        ),
        (
            HEAD + step(rest='due = { value = 1, unit = "business_day", before = "answer_amazon" }'),
            {"steps.0.due": "value_error"},
        ),
        (
            HEAD
            + step(
                rest='not_before = { value = 3, unit = "calendar_day", after = "filed" }\n'
                'due = { value = 70, unit = "hour", after = "filed" }'
            ),
            {"steps.0.due": "due_before_start"},
        ),
        (
            HEAD
            + step("late", "respond_to_amazon", SERVES + 'due = { value = 8, unit = "calendar_day", after = "filed" }'),
            {"steps.0.due": "after_deadline"},
        ),
        (
            HEAD + step("late", "respond_to_amazon", SERVES + 'due = { value = 168, unit = "hour", after = "filed" }'),
            {"steps.0.due": "after_deadline"},  # seven days last 167 hours where the clocks go forward
        ),
        (
            HEAD
            + step(
                "late",
                "respond_to_amazon",
                SERVES + 'not_before = { value = 8, unit = "calendar_day", after = "filed" }',
            ),
            {"steps.0.not_before": "after_deadline"},
        ),
        (
            HEAD.replace('"faq-2016"', '"faq-2016", "us-2016-11"')
            + step("late", "respond_to_amazon", SERVES + 'due = { value = 4, unit = "calendar_day", after = "filed" }'),
            {"steps.0.due": "after_deadline"},
        ),
        (HEAD + step(action="appeal", rest='when = { status = ["closed"] }'), {"steps.0.when.status": "unreachable"}),
        (
            HEAD + step(action="refund_buyer", rest='when = { status = ["withdrawn", "cancelled"] }'),
            {"steps.0.when.status": "unreachable"},
        ),
        (
            HEAD
            + step("refund", "refund_buyer", 'when = { status = ["under_review"] }')
            + step("then", rest='after = ["refund"]\nwhen = { status = ["under_review"] }'),
            {"steps.1.after": "unreachable"},
        ),
        (
            HEAD + step(rest='when = { reason = ["not_received"], detail = ["damaged"] }'),
            {"steps.0.when.detail": "unreachable"},
        ),
        (
            HEAD + step(rest="when = { messages_at_least = 2, messages_at_most = 1 }"),
            {"steps.0.when.messages_at_most": "unreachable"},
        ),
        (
            HEAD + step(rest="when = { appeals_at_least = 1, appeals_at_most = 0 }"),
            {"steps.0.when.appeals_at_most": "unreachable"},
        ),
        (
            HEAD + step(rest='when = { amount_at_least = "20 USD", amount_at_most = "19.99 USD" }'),
            {"steps.0.when.amount_at_most": "unreachable"},
        ),
        (HEAD + step(rest="when = { deadlines = { appeal = [] } }"), {"steps.0.when.deadlines": "unreachable"}),
        (
            HEAD + step() + avoid(rest='when = { reason = ["not_received"], detail = ["damaged"] }'),
            {"avoid.0.when.detail": "unreachable"},
        ),
        (
            HEAD + step(rest='when = { evidence_held = ["signature"], evidence_lacking = ["signature"] }'),
            {"steps.0.when.evidence_lacking": "unreachable"},
        ),
        (
            HEAD + step(rest='when = { evidence_lacking = ["signature", "conversation"] }'),
            {"steps.0.when.evidence_lacking.1": "unknown_evidence"},
        ),
        (
            HEAD + step() + avoid(rest='when = { evidence_held = ["photo"] }'),
            {"avoid.0.when.evidence_held.0": "unknown_evidence"},
        ),
    ],
)
def test_every_fault_with_file_and_key(text: str, found: dict[str, str]) -> None:
    """Each is refused on load, at its key."""
    assert faults(text) == found


@pytest.mark.parametrize(
    "rest",
    [
        SERVES + 'due = { value = 7, unit = "calendar_day", after = "filed" }',
        SERVES + 'due = { value = 167, unit = "hour", after = "filed" }',
        SERVES + 'due = { value = 1, unit = "hour", before = "answer_amazon" }',
        SERVES + 'due = { value = 30, unit = "calendar_day", after = "buyer_messaged" }',
        (
            'not_before = { value = 3, unit = "calendar_day", after = "filed" }\n'
            'due = { value = 71, unit = "hour", after = "filed" }'
        ),
        'when = { reason = ["not_received", "not_as_described"], detail = ["damaged"] }',
        f"when = {{ evidence_held = {[item.id for item in evidence_items()]} }}",
        'when = { amount_at_least = "20 USD", amount_at_most = "20 USD", appeals_at_least = 1, appeals_at_most = 1 }',
    ],
)
def test_the_last_that_is_allowed(rest: str) -> None:
    """On the other side of each edge the policy loads."""
    assert Policy.read(HEAD + step("answer", "respond_to_amazon", rest))


def test_faults_come_together() -> None:
    """Everything that could not work is told at once, in the order of the file."""
    text = (
        HEAD.replace("faq-2016", "us-2025")
        + step(rest='after = ["nobody"]')
        + step()
        + step("two", "appeal", 'when = { status = ["closed"] }')
    )
    assert list(faults(text).items()) == [
        ("editions.0", "unknown_edition"),
        ("steps.1.id", "repeated_id"),
        ("steps.0.after.0", "unknown_step"),
        ("steps.2.when.status", "unreachable"),
    ]


@pytest.mark.parametrize("name", ["faq-2016", "current"])
def test_what_ships(name: str) -> None:
    """Both load; each step and warning has words in both languages, a source, and a confidence."""
    policy = Policy.named(name)
    assert policy.id == name
    rows = [(each.why, each.source) for each in policy.steps] + [(each.why, each.source) for each in policy.avoid]
    for why, source in rows:
        assert why.en != why.zh
        assert source.title
        assert source.address
    assert set(policy.editions) <= {edition.id for edition in Edition.all()}
    assert {source for _, source in rows} == set(policy.sources.values()), "a source that nothing cites"


def test_both_policies_cover_the_editions() -> None:
    """The FAQ's advice is for its time, `current` for today's; a mail address of the FAQ is called historic."""
    assert shipped_policies() == ("current", "faq-2016")
    assert policy_for(a_claim()).id == "faq-2016"
    assert Policy.named("faq-2016").editions == ("faq-2016", "us-2016-06")
    current = Policy.named("current").editions
    assert current[:4] == ("us-2016-11", "us-2020-07", "us-2021-05", "us-2026")
    covered = [edition for name in shipped_policies() for edition in Policy.named(name).editions]
    assert len(covered) == len(set(covered)) >= 13
    assert set(covered) <= {edition.id for edition in Edition.all()}
    assert "historic" in Policy.named("faq-2016").step("restore_the_score").why.en
    assert {each.id for each in Policy.named("faq-2016").avoid} == {
        "refund_a_protected_order",
        "careless_answer",
        "refund_outright",
        "cancel_the_order",
        "wait_for_the_next_claim",
    }
    with pytest.raises(UnknownName, match="curent") as caught:
        Policy.named("curent")
    assert caught.value.nearest == ("current",)


def test_house_names_the_actions() -> None:
    """The closed list, and the event that completes each, typed from the design."""
    messages = ["message_buyer", "ask_for_withdrawal", "explain_withdrawal", "ask_for_evidence"]
    events = {
        **dict.fromkeys(messages, "seller_messaged"),
        "collect_evidence": "evidence_added",
        "respond_to_amazon": "seller_responded",
        "refund_buyer": "seller_refunded",
        "appeal": "seller_appealed",
        "ask_score_restoration": "score_restoration_asked",
        "check_for_question": "nothing_asked",
        "escalate": "handed_over",
        "wait": None,
    }
    assert {each.value: done and done.kind for each, done in COMPLETED_BY.items()} == events
    assert list(COMPLETED_BY) == list(Action)
    assert [each.value for each in Action if is_message(each)] == messages
    assert {each.value for each in Purpose} == set(messages)
    for each, done in COMPLETED_BY.items():
        assert done is None or done.kind in EVENT_CLASSES
        assert done is None or (done.purpose is None) is (not is_message(each))
        assert each.label() != each.label("zh")


def test_every_status_has_a_step() -> None:
    """No policy is silent about a status that leads somewhere.

    Where Amazon paid, `current` has nothing to do, since nothing counts and nothing was debited: there it only warns.
    """
    leads = {source for source, _ in ROWS if source}
    for name in shipped_policies():
        policy = Policy.named(name)
        spoken = {status for each in policy.steps for status in (each.when.status or ClaimStatus)}
        warned = {status for each in policy.avoid for status in (each.when.status or ClaimStatus)}
        assert leads - spoken == ({ClaimStatus.GRANTED_AMAZON_FUNDED} if name == "current" else set())
        assert leads <= spoken | warned


def test_no_key_of_the_files_is_lost() -> None:
    """Every step of the file is a step of the policy: nothing is dropped on the way."""
    for name in shipped_policies():
        data = tomllib.loads(files("atoz.planner").joinpath("policies", f"{name}.toml").read_text(encoding="utf-8"))
        policy = Policy.named(name)
        assert [row["id"] for row in data["steps"]] == [each.id for each in policy.steps]
        for row, each in zip(data["steps"], policy.steps, strict=True):
            assert set(row) == each.model_fields_set


def test_an_evidence_that_no_checklist_has_is_named_with_the_nearest() -> None:
    """Policies and checklists share one list, and a slip of the pen is answered by what was meant."""
    with pytest.raises(InvalidDocument) as caught:
        Policy.read(HEAD + step(rest='when = { evidence_lacking = ["proof_of_delivry"] }'))
    assert "'proof_of_delivry' is no evidence that a checklist knows; there is proof_of_delivery" in str(caught.value)
