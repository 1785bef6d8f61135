"""Readings of a deadline, worked through by hand: what each edition says of one history, and by when to act.

Every claim is opened by default (pinned to the FAQ of 2016) and filed on 2026-11-20 at 16:00 UTC unless its test says
otherwise. Instants are hours after the filing; local clocks do not change in the weeks that follow.
"""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atoz.model import events
from atoz.model.claim import Claim
from atoz.model.events import AnyEvent
from atoz.model.order import Order
from atoz.model.status import ClaimStatus
from atoz.planner.plan import Plan, plan
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.deadlines import Deadline, DeadlineState, deadlines
from atoz.rulebook.edition import Edition
from atoz.testing.strategies import claims

FILED = datetime(2026, 11, 20, 16, tzinfo=UTC)
HOUR, TICK = timedelta(hours=1), timedelta(microseconds=1)
WEEK, MONTH = 7 * 24, 30 * 24

HISTORIES: dict[str, tuple[AnyEvent, ...]] = {
    "filed": (),
    "asked": (events.InformationRequested(at=FILED + 10 * HOUR),),
    "answered": (
        events.InformationRequested(at=FILED + 10 * HOUR),
        events.SellerResponded(at=FILED + 20 * HOUR),
    ),
    "asked again": (
        events.InformationRequested(at=FILED + 10 * HOUR),
        events.SellerResponded(at=FILED + 20 * HOUR),
        events.InformationRequested(at=FILED + 30 * HOUR),
    ),
    "granted": (events.GrantedSellerFunded(at=FILED + 30 * HOUR),),
    "granted twice": (
        events.GrantedSellerFunded(at=FILED + 30 * HOUR),
        events.SellerAppealed(at=FILED + 40 * HOUR),
        events.GrantedSellerFunded(at=FILED + 50 * HOUR),
    ),
    "withdrawn": (events.Withdrawn(at=FILED + 30 * HOUR),),
}


def claim_of(country: str, *history: AnyEvent, edition: str = "faq-2016", filed: datetime = FILED) -> Claim:
    """A claim on an order of a month before."""
    order = Order(
        order_id="123-1234567-1234567",
        marketplace=country,
        placed_at=filed - 40 * 24 * HOUR,
        deliver_by=(filed - 5 * 24 * HOUR).date(),
    )
    return Claim(order=order, reason="not_received", edition=edition, history=history or (events.Filed(at=filed),))


def deadline_of(claim: Claim, name: str, as_of: datetime) -> Deadline:
    """One deadline of a claim."""
    return next(row for row in deadlines(claim, as_of=as_of) if row.name == name)


def readings(claim: Claim, name: str, as_of: datetime) -> list[tuple[str, str, int | None, str, bool]]:
    """Edition, kind, due instant in hours after the filing, state, and whether the clock still runs."""
    return [
        (
            reading.edition,
            reading.kind.value,
            round((reading.due_at - FILED) / HOUR) if reading.due_at else None,
            reading.state.value,
            reading.runs,
        )
        for reading in deadline_of(claim, name, as_of).readings
    ]


# What the pinned seven days say: soft from the filing (since November 2016 no rule in force starts a clock with the
# notice alone), firm from a question.
PINNED_ANSWER = {
    "filed": ("faq-2016", "soft", WEEK, "open", True),
    "asked": ("faq-2016", "firm", 10 + WEEK, "open", True),
    "answered": ("faq-2016", "firm", 10 + WEEK, "met", False),
    "asked again": ("faq-2016", "firm", 30 + WEEK, "open", True),
    "granted": ("faq-2016", "soft", WEEK, "not_offered", False),
    "granted twice": ("faq-2016", "soft", WEEK, "not_offered", False),
    "withdrawn": ("faq-2016", "soft", WEEK, "not_offered", False),
}
ASKED_ANSWER = {
    "filed": (None, "not_offered", False),
    "asked": (10, "open", True),
    "answered": (10, "met", False),
    "asked again": (30, "open", True),
    "granted": (None, "not_offered", False),
    "granted twice": (None, "not_offered", False),
    "withdrawn": (None, "not_offered", False),
}
"""A clock that only a question starts: when, the state a moment after the last event, and whether it runs."""
US_NOTICE = {
    "filed": ("us-2026", "soft", 72, "open", True),
    "asked": ("us-2026", "soft", 72, "open", False),
    "answered": ("us-2026", "soft", 72, "met", False),
    "asked again": ("us-2026", "soft", 72, "met", False),
    "granted": ("us-2026", "soft", 72, "not_offered", False),
    "granted twice": ("us-2026", "soft", 72, "not_offered", False),
    "withdrawn": ("us-2026", "soft", 72, "not_offered", False),
}
ACT_BY: dict[str, dict[str, int | None]] = {
    "US": {"filed": 72, "asked": 82, "asked again": 102, "granted": 30 + MONTH, "granted twice": 50 + MONTH},
    "GB": {"filed": WEEK, "asked": 58, "asked again": 78, "granted": 30 + MONTH, "granted twice": 50 + MONTH},
}


@pytest.mark.parametrize("story", HISTORIES)
def test_the_united_states(story: str) -> None:
    """72 hours from a question, firm; 72 hours from the notice alone, soft, until Amazon asks."""
    claim = claim_of("US", events.Filed(at=FILED), *HISTORIES[story])
    due, state, runs = ASKED_ANSWER[story]
    assert readings(claim, "answer_amazon", claim.updated_at) == [
        PINNED_ANSWER[story],
        ("us-2026", "firm", due + 72 if due else None, state, runs),
        US_NOTICE[story],
    ]


@pytest.mark.parametrize("story", HISTORIES)
def test_the_united_kingdom(story: str) -> None:
    """48 hours from a question, soft, since another page says 72; no clock of the notice is known."""
    claim = claim_of("GB", events.Filed(at=FILED), *HISTORIES[story])
    due, state, runs = ASKED_ANSWER[story]
    assert readings(claim, "answer_amazon", claim.updated_at) == [
        PINNED_ANSWER[story],
        ("uk-current", "soft", due + 48 if due else None, state, runs),
    ]


@pytest.mark.parametrize("story", HISTORIES)
def test_a_marketplace_without_any_edition_borrows(story: str) -> None:
    """Brazil: the shortest firm figure in force elsewhere, as borrowed; soft figures are not lent."""
    claim = claim_of("BR", events.Filed(at=FILED), *HISTORIES[story])
    due, state, runs = ASKED_ANSWER[story]
    pinned, *others = readings(claim, "answer_amazon", claim.updated_at)
    assert pinned == PINNED_ANSWER[story]
    lender = Edition.named(others[0][0]).parameter("answer_amazon")
    assert lender.kind == "firm"
    assert others == [(others[0][0], "borrowed", due + lender.value if due else None, state, runs)]
    assert plan(claim, as_of=claim.updated_at).in_force == ()


@pytest.mark.parametrize(("country", "story"), [(country, story) for country in ("US", "GB") for story in HISTORIES])
def test_act_by(country: str, story: str) -> None:
    """The earliest instant that still runs; none once it was answered or the buyer withdrew."""
    claim = claim_of(country, events.Filed(at=FILED), *HISTORIES[story])
    hours = ACT_BY[country].get(story)
    made = plan(claim, as_of=claim.updated_at)
    assert made.act_by == (None if hours is None else FILED + hours * HOUR)
    assert made.act_by == min((row.act_by for row in made.deadlines if row.act_by), default=None)


def test_an_appeal_is_known_that_the_pinned_edition_does_not_name() -> None:
    """A loss by default: the FAQ names no appeal; today's rule gives 30 days at the same local time."""
    granted = claim_of("US", events.Filed(at=FILED), *HISTORIES["granted"])
    assert readings(granted, "appeal", granted.updated_at) == [
        ("faq-2016", "soft", None, "undetermined", True),
        ("us-2026", "firm", 30 + MONTH, "open", True),
    ]
    last = FILED + (30 + MONTH) * HOUR
    assert plan(granted, as_of=last).act_by == last
    assert plan(granted, as_of=last + TICK).act_by is None  # lost, and nothing mends it: history


def test_a_second_grant_leaves_the_appeal_open_to_question() -> None:
    """Whether a second appeal is heard is not known: undetermined, with a soft instant 30 days on."""
    twice = claim_of("US", events.Filed(at=FILED), *HISTORIES["granted twice"])
    assert readings(twice, "appeal", twice.updated_at)[1] == ("us-2026", "soft", 50 + MONTH, "undetermined", True)


@pytest.mark.parametrize("status", ClaimStatus)
def test_only_observed(status: ClaimStatus) -> None:
    """Nothing is overdue: an observed loss is due now until it is surely over; no answer clock gives an instant."""
    seen = claim_of("US", events.Observed(at=FILED, status=status))
    later = FILED + 24 * HOUR
    act_by = plan(seen, as_of=later).act_by
    assert act_by == (later if status is ClaimStatus.GRANTED_SELLER_FUNDED else None)
    assert plan(seen, as_of=FILED + (MONTH + 1) * HOUR).act_by is None


@pytest.mark.parametrize(
    ("filed", "editions"),
    [
        (datetime(2016, 7, 1, 16, tzinfo=UTC), ["us-2016-06"]),
        (datetime(2017, 6, 1, 16, tzinfo=UTC), ["us-2016-11"]),
        (datetime(2024, 3, 4, 18, tzinfo=UTC), ["us-2021-05", "us-2026"]),
        (datetime(2026, 5, 11, 16, tzinfo=UTC), ["us-2021-05", "us-2026"]),
        (datetime(2026, 5, 12, 16, tzinfo=UTC), ["us-2026"]),
    ],
)
def test_by_the_filing_day(filed: datetime, editions: list[str]) -> None:
    """In 2016 and 2017 the notice starts a firm clock; in a gap both neighbours are readings."""
    claim = claim_of("US", events.Filed(at=filed), filed=filed)
    made = plan(claim, as_of=filed)
    assert list(made.in_force) == editions
    answer = next(row for row in made.deadlines if row.name == "answer_amazon")
    assert list(dict.fromkeys(reading.edition for reading in answer.readings)) == ["faq-2016", *editions]
    assert (
        made.act_by
        == {
            "us-2016-06": filed + WEEK * HOUR,
            "us-2016-11": filed + 72 * HOUR,
            "us-2021-05": filed + 72 * HOUR,  # the later neighbour's clock of the notice
            "us-2026": filed + 72 * HOUR,
        }[editions[0]]
    )
    assert answer.readings[0].kind == ("firm" if filed.year <= 2017 else "soft")
    assert answer.due_at == answer.readings[0].due_at  # the pinned date never moves


def test_the_gap_once_amazon_asks() -> None:
    """2024-03: 48 hours by the edition before and 72 by the one after (firm); the sooner one is the safe one."""
    filed = datetime(2024, 3, 4, 18, tzinfo=UTC)
    asked = claim_of("US", events.Filed(at=filed), events.InformationRequested(at=filed + HOUR), filed=filed)
    answer = deadline_of(asked, "answer_amazon", filed + HOUR)
    found = [(reading.edition, reading.kind.value, reading.due_at) for reading in answer.readings if reading.runs]
    assert found == [
        ("faq-2016", "firm", filed + (1 + WEEK) * HOUR - HOUR),  # the clocks change on 2024-03-10
        ("us-2021-05", "firm", filed + 49 * HOUR),
        ("us-2026", "firm", filed + 73 * HOUR),
    ]
    assert answer.act_by == filed + 49 * HOUR


def test_of_one_instant_the_place_says_whether_a_decision_came_before_the_question() -> None:
    """Asked, answered, granted and appealed within one instant: a second question then starts a clock of its own."""
    asked, granted = events.InformationRequested(at=FILED), events.GrantedSellerFunded(at=FILED)
    lost = (events.Filed(at=FILED), asked, events.SellerResponded(at=FILED), granted, events.SellerAppealed(at=FILED))
    assert {row[-1] for row in readings(claim_of("US", *lost), "answer_amazon", FILED)} == {False}
    again = deadline_of(claim_of("US", *lost, asked), "answer_amazon", FILED)
    running = {(reading.edition, reading.figure) for reading in again.readings if reading.runs}
    assert running == {("faq-2016", "answer_amazon"), ("us-2026", "answer_amazon")}
    assert again.act_by == FILED + 72 * HOUR
    decided = claim_of("US", events.Filed(at=FILED), asked, granted, events.SellerAppealed(at=FILED))
    assert {row[-1] for row in readings(decided, "answer_amazon", FILED)} == {False}


def test_a_notice_that_states_longer_than_the_page() -> None:
    """A mail says three days where the page says 48 hours: the mail's instant everywhere, the page's beside it."""
    stated = FILED + 72 * HOUR
    claim = claim_of("GB", events.Filed(at=FILED), events.InformationRequested(at=FILED, respond_by=stated))
    assert readings(claim, "answer_amazon", FILED) == [
        ("faq-2016", "stated", 72, "open", True),
        ("uk-current", "stated", 72, "open", True),
        ("uk-current", "soft", 48, "open", True),
    ]
    assert deadline_of(claim, "answer_amazon", FILED).act_by == FILED + 48 * HOUR
    assert deadline_of(claim, "answer_amazon", FILED).due_at == stated


def test_a_message_not_answered_before_the_filing_is_history() -> None:
    """48 hours from the first message are over when the buyer files: no red date, no instant to act by."""
    wrote = claim_of("US", events.BuyerMessaged(at=FILED - 60 * HOUR), events.Filed(at=FILED))
    buyer = deadline_of(wrote, "answer_buyer", FILED)
    assert [reading.state for reading in buyer.readings] == [DeadlineState.UNDETERMINED, DeadlineState.MISSED]
    assert buyer.act_by is None
    in_time = claim_of("US", events.BuyerMessaged(at=FILED - HOUR), events.Filed(at=FILED))
    assert deadline_of(in_time, "answer_buyer", FILED).act_by == FILED + 47 * HOUR


def test_a_look_that_finds_nothing_ends_the_clock_of_the_notice() -> None:
    """For `act_by` alone: the pinned seven days and their guards are as they were; a later question starts anew."""
    looked = claim_of("US", events.Filed(at=FILED), events.NothingAsked(at=FILED + 5 * HOUR))
    answer = deadline_of(looked, "answer_amazon", FILED + 6 * HOUR)
    assert answer.act_by is None
    assert (answer.state, answer.due_at) == (DeadlineState.OPEN, FILED + WEEK * HOUR)
    history = (*looked.history, events.InformationRequested(at=FILED + 9 * HOUR))
    asked = claim_of("US", *history)
    assert deadline_of(asked, "answer_amazon", FILED + 9 * HOUR).act_by == FILED + 81 * HOUR
    of_2016 = datetime(2016, 7, 1, 16, tzinfo=UTC)
    firm = claim_of("US", events.Filed(at=of_2016), events.NothingAsked(at=of_2016 + HOUR), filed=of_2016)
    assert deadline_of(firm, "answer_amazon", of_2016 + HOUR).act_by == of_2016 + WEEK * HOUR


def test_a_claim_pinned_to_what_is_in_force_has_one_reading() -> None:
    """It pays for one edition only; the clock of the notice is a further figure of the same edition."""
    claim = claim_of("US", events.Filed(at=FILED), edition="us-2026")
    for row in deadlines(claim, as_of=FILED):
        assert {reading.edition for reading in row.readings} <= {"us-2026"}
    assert len(deadline_of(claim, "appeal", FILED).readings) == 1
    assert [row[1:3] for row in readings(claim, "answer_amazon", FILED)] == [("firm", None), ("soft", 72)]


def test_what_a_plan_says_of_today_s_rules() -> None:
    """No plan is silent about a stricter rule; a what-if counts by its own edition and says nothing of others."""

    def notes(made: Plan) -> str:
        return "\n".join(note.en for note in made.notes)

    asked = claim_of("US", events.Filed(at=FILED), *HISTORIES["asked"])
    said = notes(plan(asked, as_of=asked.updated_at))
    assert "Today's rule (us-2026): answer Amazon within 72 hours, by 2026-11-23 18:00 PST." in said
    assert "faq-2016 would give until 2026-11-27 18:00 PST" in said
    filed = claim_of("US", events.Filed(at=FILED))
    assert "72 hours from information_requested (us-2026)" in str(plan(filed, as_of=FILED))
    alone = plan(asked, as_of=asked.updated_at, pinned_only=True)
    assert "Today's rule (us-2026)" not in notes(alone)
    assert (alone.act_by, alone.in_force) == (FILED + (10 + WEEK) * HOUR, ())
    brazil = claim_of("BR", events.Filed(at=FILED))
    assert "No edition of the rules is known to be in force for BR on 2026-11-20" in notes(plan(brazil, as_of=FILED))
    other = claim_of("GB", events.Filed(at=FILED), edition="us-2026")
    assert "Edition us-2026 is supported for US only, not for GB." in notes(plan(other, as_of=FILED))


@given(claims(max_events=6), st.integers(0, 40 * 24))
@settings(max_examples=80, deadline=None)
def test_act_by_is_never_later_than_what_still_runs(claim: Claim, hours: int) -> None:
    """For every story: not later than any running reading that can still be met; the pinned date is untouched."""
    now = claim.updated_at + hours * HOUR
    for row in deadlines(claim, as_of=now):
        pinned = [reading for reading in row.readings if reading.edition == claim.edition]
        second = row.name is DeadlineName.APPEAL and row.state is DeadlineState.UNDETERMINED
        assert not pinned or pinned[0].due_at == row.due_at or (second and row.due_at is None)
        assert bool(row.readings) is (row.name is not DeadlineName.BUYER_APPEAL)
        for reading in row.readings:
            if reading.runs and reading.due_at and reading.state is not DeadlineState.MISSED:
                assert row.act_by is not None
                assert row.act_by <= reading.due_at
        assert Deadline.model_validate_json(row.model_dump_json()) == row


def test_the_day_that_decides_is_the_local_one() -> None:
    """2016-11-14 begins at 08:00 UTC in Los Angeles: a microsecond before it the seven days were the rule."""
    midnight = datetime(2016, 11, 14, 8, tzinfo=UTC)
    for filed, edition in ((midnight - TICK, "us-2016-06"), (midnight, "us-2016-11")):
        claim = claim_of("US", events.Filed(at=filed), filed=filed)
        assert plan(claim, as_of=filed).in_force == (edition,)
        assert claim.order.local_day(filed) == date(2016, 11, 13 if edition == "us-2016-06" else 14)
