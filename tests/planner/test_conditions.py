"""Every condition of a policy: true and false on each side of its edge, refused where it makes no sense."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

import pytest
from pydantic import ValidationError

from atoz.errors import UnknownName
from atoz.model.claim import Claim
from atoz.model.events import AnyEvent, Denied, EvidenceAdded, Filed, GrantedSellerFunded, Observed
from atoz.model.record import Record
from atoz.planner import condition_kinds as kinds
from atoz.planner.claim_facts import ClaimFacts
from atoz.planner.conditions import CONDITIONS, When, condition_table, thresholds
from atoz.rulebook.counted_history import CountedHistory
from atoz.testing import an_event
from atoz.testing.builders import FILED_AT, an_order

DAY, HOUR, TICK = timedelta(days=1), timedelta(hours=1), timedelta(microseconds=1)


def facts(
    *events: AnyEvent,
    as_of: datetime = FILED_AT + DAY,
    claim: Mapping[str, object] | None = None,
    first: AnyEvent | None = None,
    **order: object,
) -> ClaimFacts:
    """A claim that was filed (or began with `first`), with these events, at an instant."""
    data = {
        "order": an_order(**order),
        "reason": "not_received",
        "edition": "us-2026",
        "history": (first or Filed(at=FILED_AT), *events),
        **(claim or {}),
    }
    return ClaimFacts.of(CountedHistory.of(Claim.model_validate(data)), as_of, pinned_only=True)


def at(hours: float, kind: str, **more: object) -> AnyEvent:
    """An event so many hours after the filing."""
    return an_event(kind, FILED_AT + hours * HOUR, **more)


SCAN = FILED_AT + 30 * HOUR
GRANT = Observed(at=FILED_AT, status="granted_seller_funded")  # type: ignore[arg-type]
PHOTO, PROOF = (EvidenceAdded(at=FILED_AT, evidence=name) for name in ("photo", "proof_of_delivery"))
ASKED, LOOKED = at(1, "information_requested"), at(1, "nothing_asked")
MESSAGE, BUYERS, APPEAL = "seller_messaged", "buyer_messaged", at(5, "seller_appealed")
LOST = (at(2, "granted_seller_funded"), APPEAL)

CASES: list[tuple[str, object, ClaimFacts, bool]] = [
    ("status", ["under_review"], facts(), True),
    ("status", ["closed", "refunded"], facts(), False),
    ("status", ["closed", "refunded"], facts(Denied(at=FILED_AT)), True),
    ("reason", ["not_received", "other"], facts(), True),
    ("reason", ["other"], facts(), False),
    ("detail", ["not_shipped"], facts(claim={"detail": "not_shipped"}), True),
    ("detail", ["not_shipped"], facts(), False),
    ("detail_not", ["not_shipped"], facts(claim={"detail": "not_shipped"}), False),
    ("detail_not", ["not_shipped"], facts(claim={"detail": "delivered_disputed"}), True),
    ("detail_not", ["not_shipped"], facts(), True),
    ("fulfilment", ["amazon"], facts(fulfilment="amazon"), True),
    ("fulfilment", ["amazon"], facts(fulfilment="seller"), False),
    ("claims_protected", ["no", "unknown"], facts(), True),
    ("claims_protected", ["no", "unknown"], facts(claims_protected="yes"), False),
    *(
        (name, "20.00 USD", facts(claim={"amount": amount}), holds)
        for name, amount, holds in (
            ("amount_at_least", "19.99 USD", False),
            ("amount_at_least", "20.00 USD", True),
            ("amount_at_least", "20.01 USD", True),
            ("amount_at_least", None, False),
            ("amount_at_most", "19.99 USD", True),
            ("amount_at_most", "20.00 USD", True),
            ("amount_at_most", "20.01 USD", False),
            ("amount_at_most", None, False),
        )
    ),
    ("amount_at_least", "20.00 CAD", facts(claim={"amount": "31.90 USD"}), False),
    ("amount_at_most", "99.00 CAD", facts(claim={"amount": "31.90 USD"}), False),
    ("messages_at_least", 2, facts(at(1, MESSAGE)), False),
    ("messages_at_least", 2, facts(at(1, MESSAGE), at(2, MESSAGE)), True),
    ("messages_at_least", 0, facts(), True),
    ("messages_at_least", 1, facts(Filed(at=FILED_AT), first=at(-1, MESSAGE)), False),  # sent before the filing
    ("messages_at_least", 1, facts(at(0, MESSAGE)), True),
    ("messages_at_most", 1, facts(at(1, MESSAGE)), True),
    ("messages_at_most", 1, facts(at(1, MESSAGE), at(2, MESSAGE)), False),
    ("messages_at_most", 0, facts(Filed(at=FILED_AT), first=at(-1, MESSAGE)), True),
    ("appeals_at_least", 1, facts(), False),
    ("appeals_at_least", 1, facts(*LOST), True),
    ("appeals_at_least", 0, facts(), True),
    ("appeals_at_most", 0, facts(), True),
    ("appeals_at_most", 0, facts(*LOST), False),
    ("appeals_at_most", 1, facts(*LOST), True),
    ("evidence_held", ["photo"], facts(), False),
    ("evidence_held", ["photo", "proof_of_delivery"], facts(PHOTO), False),
    ("evidence_held", ["photo", "proof_of_delivery"], facts(PHOTO, PROOF), True),
    ("evidence_lacking", ["photo", "proof_of_delivery"], facts(PHOTO), False),
    ("evidence_lacking", ["photo"], facts(PROOF), True),
    ("attention", ["action_required"], facts(ASKED), True),
    ("attention", ["action_required"], facts(), True),  # the soft clock of the notice: somebody has to look
    ("attention", ["action_required"], facts(LOOKED), False),
    ("attention", ["waiting"], facts(LOOKED), True),
    ("asked_by_amazon", True, facts(), False),
    ("asked_by_amazon", True, facts(ASKED), True),
    ("asked_by_amazon", False, facts(), True),
    ("asked_by_amazon", False, facts(ASKED), False),
    ("buyer_wrote", True, facts(), False),
    ("buyer_wrote", True, facts(at(1, BUYERS)), True),
    ("buyer_wrote", True, facts(Filed(at=FILED_AT), first=at(-1, BUYERS)), False),
    ("buyer_wrote", False, facts(at(1, BUYERS)), False),
    ("buyer_messages_at_least", 2, facts(at(1, BUYERS)), False),
    ("buyer_messages_at_least", 2, facts(at(1, BUYERS), at(2, BUYERS)), True),
    ("delivered", True, facts(), False),
    ("delivered", True, facts(delivered_at=SCAN), True),
    ("delivered", False, facts(), True),
    ("delivered", False, facts(delivered_at=SCAN), False),
    ("delivered_after_decision", True, facts(GrantedSellerFunded(at=SCAN - TICK), delivered_at=SCAN), True),
    ("delivered_after_decision", True, facts(GrantedSellerFunded(at=SCAN), delivered_at=SCAN), False),
    ("delivered_after_decision", True, facts(GrantedSellerFunded(at=SCAN + HOUR), delivered_at=SCAN), False),
    ("delivered_after_decision", True, facts(first=GRANT, delivered_at=FILED_AT + TICK), True),
    ("delivered_after_decision", True, facts(), False),
    ("delivered_after_decision", False, facts(GrantedSellerFunded(at=SCAN), delivered_at=SCAN), True),
    ("delivered_after_decision", False, facts(GrantedSellerFunded(at=SCAN - TICK), delivered_at=SCAN), False),
    ("delivered_after_decision", False, facts(), True),
    ("window", ["eligible"], facts(claim={"edition": "faq-2016"}), True),
    ("window", ["undetermined"], facts(claim={"edition": "faq-2016"}), False),
    ("window", ["undetermined"], facts(first=Observed(at=FILED_AT, status="under_review")), True),  # type: ignore[arg-type]
    ("window", ["expired"], facts(deliver_by=date(2015, 6, 1), placed_at=datetime(2015, 5, 1, tzinfo=UTC)), True),
    ("deadlines", {"answer_amazon": ["open"]}, facts(), True),
    ("deadlines", {"answer_amazon": ["open"]}, facts(as_of=FILED_AT + 73 * HOUR), True),  # a soft one is never missed
    ("deadlines", {"answer_amazon": ["open"]}, facts(LOOKED), False),
    ("deadlines", {"answer_amazon": ["open"]}, facts(ASKED), True),
    ("deadlines", {"answer_amazon": ["open", "missed"]}, facts(ASKED, as_of=FILED_AT + 73 * HOUR + TICK), True),
    ("deadlines", {"answer_amazon": ["open"], "appeal": ["open"]}, facts(ASKED), False),
    ("hours_left_at_most", {"answer_amazon": 10}, facts(ASKED, as_of=FILED_AT + 63 * HOUR - TICK), False),
    ("hours_left_at_most", {"answer_amazon": 10}, facts(ASKED, as_of=FILED_AT + 63 * HOUR), True),
    ("hours_left_at_most", {"answer_amazon": 10}, facts(ASKED, as_of=FILED_AT + 73 * HOUR), True),
    ("hours_left_at_most", {"answer_amazon": 10}, facts(ASKED, as_of=FILED_AT + 73 * HOUR + TICK), False),
    ("hours_left_at_most", {"answer_amazon": 90}, facts(ASKED, at(2, "seller_responded")), False),
    ("hours_left_at_most", {"answer_amazon": 47}, facts(), False),
    ("hours_left_at_most", {"answer_amazon": 48}, facts(), True),
    ("hours_left_at_most", {"answer_amazon": 90}, facts(LOOKED), False),
    ("hours_left_at_most", {"answer_amazon": 90, "appeal": 90}, facts(ASKED), False),
]


@pytest.mark.parametrize(("name", "asked", "claim", "holds"), CASES)
def test_a_condition_holds_or_not(name: str, asked: object, claim: ClaimFacts, *, holds: bool) -> None:
    """Alone it decides; beside nothing else everything that is left out does not matter."""
    assert When.model_validate({name: asked}).matches(claim) is holds


def test_every_condition_is_seen_true_and_false() -> None:
    """Each row of the table has both answers above; a field without a kind cannot slip in."""
    assert list(CONDITIONS) == list(When.model_fields)
    answers = {name: {holds for other, _, _, holds in CASES if other == name} for name in CONDITIONS}
    assert all(seen == {True, False} for seen in answers.values()), answers


def test_all_that_is_named_has_to_hold() -> None:
    """One condition that fails is enough, whichever it is; naming nothing is no condition at all."""
    names = {"reason": ["not_received"], "asked_by_amazon": True, "attention": ["action_required"]}
    assert When.model_validate(names).matches(facts(ASKED))
    assert not When.model_validate(names).matches(facts(ASKED, claim={"reason": "other"}))
    assert not When.model_validate(names).matches(facts(ASKED, at(2, "seller_responded")))
    assert When().matches(facts())


@pytest.mark.parametrize(
    "name",
    [
        *("status", "reason", "detail", "detail_not", "fulfilment", "claims_protected"),
        *("attention", "window"),
        *("evidence_held", "evidence_lacking"),
    ],
)
def test_an_empty_list_is_refused(name: str) -> None:
    """A list that allows nothing would never hold."""
    with pytest.raises(ValidationError) as raised:
        When.model_validate({name: []})
    assert [(error["loc"], error["type"]) for error in raised.value.errors()] == [((name,), "too_short")]


COUNTS = [name for name in CONDITIONS if name.startswith(("messages", "appeals"))]


@pytest.mark.parametrize(
    ("name", "bad", "last"),
    [
        *((name, -1, 0) for name in COUNTS),
        ("hours_left_at_most", {"appeal": -1}, {"appeal": 0}),
        ("amount_at_least", "-1.00 USD", None),
    ],
)
def test_bounds_are_zero_or_more(name: str, bad: object, last: object) -> None:
    """A count or a time below zero is refused, and zero is a bound like any other; money may be negative."""
    if last is None:
        assert When.model_validate({name: bad})
        return
    with pytest.raises(ValidationError) as raised:
        When.model_validate({name: bad})
    assert [error["type"] for error in raised.value.errors()] == ["greater_than_equal"]
    assert getattr(When.model_validate({name: last}), name) == last


def test_a_threshold_is_where_the_condition_turns() -> None:
    """Hours left turn so many hours before the due instant; without a due instant there is nothing to turn at."""
    near = When.model_validate({"hours_left_at_most": {"answer_amazon": 10, "appeal": 5}})
    assert list(thresholds(near, facts(ASKED))) == [FILED_AT + 63 * HOUR]
    assert list(thresholds(near, facts())) == [FILED_AT + 62 * HOUR]
    assert list(thresholds(near, facts(LOOKED))) == []
    assert list(thresholds(When(), facts(ASKED))) == []


def test_a_row_names_conditions_and_events_that_there_are() -> None:
    """A slip in the table stops the import with a sentence; else the row would contradict, or count, nothing."""

    class Slipped(Record):
        messages_at_least: Annotated[int | None, kinds.at_least("seller_messaged")] = None
        messages_at_most: Annotated[int | None, kinds.at_most("seller_messaged", beside="mesages_at_least")] = None

    with pytest.raises(TypeError, match="messages_at_most: there is no condition 'mesages_at_least'") as caught:
        condition_table(Slipped)
    assert str(caught.value).endswith("name one of the table: messages_at_least; messages_at_most")

    class Strange(Record):
        appeals_at_least: Annotated[int | None, kinds.at_least("seller_appealed")] = None
        messages_at_least: Annotated[int | None, kinds.at_most("seller_messaged", beside="mesages_at_least")] = None
        delivered: Annotated[int | None, kinds.at_most("seller_messaged", beside="zzz")] = None

    with pytest.raises(TypeError, match=r"name one of the table: messages_at_least; appeals_at_least$"):
        condition_table(Strange)

    class Unlike(Record):
        delivered: Annotated[int | None, kinds.at_most("seller_messaged", beside="zzz")] = None

    with pytest.raises(TypeError, match=r"'zzz' .* name one of the table: delivered$"):
        condition_table(Unlike)
    for kind in (kinds.at_least, kinds.happened, lambda name: kinds.at_most(name, beside="messages_at_least")):
        with pytest.raises(UnknownName, match="seller_messaged"):
            kind("seller_mesaged")
