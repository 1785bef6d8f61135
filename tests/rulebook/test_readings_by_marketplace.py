"""Marketplace by marketplace and year by year, by hand: what each edition says of a history, and by when to act.

Every expectation is written out from the facts: Germany and Italy (48 hours once asked, 30 days to appeal), India (72
hours, 30 days), Japan (48 hours for the buyer's message, nothing of Amazon's question or of appeals), Brazil (no
edition at all). Every claim is opened by default, and instants are hours after the filing; no local clock changes in
the weeks that follow.
"""

from datetime import UTC, datetime, timedelta

import pytest

from atoz.model import events
from atoz.model.claim import Claim
from atoz.model.events import AnyEvent
from atoz.model.order import Order
from atoz.model.status import ClaimStatus
from atoz.planner.plan import plan
from atoz.rulebook.deadlines import deadlines

FILED = datetime(2026, 11, 20, 16, tzinfo=UTC)
HOUR, TICK = timedelta(hours=1), timedelta(microseconds=1)
WEEK, MONTH = 7 * 24, 30 * 24


def history(story: str, filed: datetime) -> tuple[AnyEvent, ...]:
    """A claim's events by the name of its story."""
    asked = events.InformationRequested(at=filed + 10 * HOUR)
    answered = events.SellerResponded(at=filed + 20 * HOUR)
    granted = events.GrantedSellerFunded(at=filed + 30 * HOUR)
    after_filing: dict[str, tuple[AnyEvent, ...]] = {
        "filed": (),
        "asked": (asked,),
        "answered": (asked, answered),
        "asked again": (asked, answered, events.InformationRequested(at=filed + 30 * HOUR)),
        "granted": (granted,),
        "granted twice": (
            granted,
            events.SellerAppealed(at=filed + 40 * HOUR),
            events.GrantedSellerFunded(at=filed + 50 * HOUR),
        ),
        "withdrawn": (events.Withdrawn(at=filed + 30 * HOUR),),
    }
    return (events.Filed(at=filed), *after_filing[story])


def claim_of(country: str, events_of_claim: tuple[AnyEvent, ...], filed: datetime = FILED) -> Claim:
    """A claim on an order of forty days before."""
    order = Order(
        order_id="123-1234567-1234567",
        marketplace=country,
        placed_at=filed - 40 * 24 * HOUR,
        deliver_by=(filed - 5 * 24 * HOUR).date(),
    )
    return Claim(order=order, reason="not_received", history=events_of_claim)


def readings(claim: Claim, name: str, as_of: datetime) -> list[tuple[str, str, int | None, str, bool]]:
    """Edition, kind, due instant in hours after the filing, state, and whether the clock still runs."""
    row = next(row for row in deadlines(claim, as_of=as_of) if row.name == name)
    return [
        (
            reading.edition,
            reading.kind.value,
            round((reading.due_at - FILED) / HOUR) if reading.due_at else None,
            reading.state.value,
            reading.runs,
        )
        for reading in row.readings
    ]


ANSWERS: dict[str, dict[str, list[tuple[str, str, int | None, str, bool]]]] = {
    "DE": {
        "filed": [("eu-current", "firm", None, "not_offered", False)],
        "asked": [("eu-current", "firm", 58, "open", True)],
        "answered": [("eu-current", "firm", 58, "met", False)],
        "asked again": [("eu-current", "firm", 78, "open", True)],
        "granted": [("eu-current", "firm", None, "not_offered", False)],
        "granted twice": [("eu-current", "firm", None, "not_offered", False)],
        "withdrawn": [("eu-current", "firm", None, "not_offered", False)],
    },
    "IN": {
        "filed": [("in-current", "firm", None, "not_offered", False)],
        "asked": [("in-current", "firm", 82, "open", True)],
        "answered": [("in-current", "firm", 82, "met", False)],
        "asked again": [("in-current", "firm", 102, "open", True)],
        "granted": [("in-current", "firm", None, "not_offered", False)],
        "granted twice": [("in-current", "firm", None, "not_offered", False)],
        "withdrawn": [("in-current", "firm", None, "not_offered", False)],
    },
    "JP": {
        "filed": [
            ("jp-current", "soft", None, "undetermined", True),
            ("au-current", "borrowed", None, "not_offered", False),
        ],
        "asked": [("jp-current", "soft", None, "undetermined", True), ("au-current", "borrowed", 58, "open", True)],
        "answered": [("jp-current", "soft", None, "met", False), ("au-current", "borrowed", 58, "met", False)],
        "asked again": [
            ("jp-current", "soft", None, "undetermined", True),
            ("au-current", "borrowed", 78, "open", True),
        ],
        "granted": [
            ("jp-current", "soft", None, "not_offered", False),
            ("au-current", "borrowed", None, "not_offered", False),
        ],
        "granted twice": [
            ("jp-current", "soft", None, "not_offered", False),
            ("au-current", "borrowed", None, "not_offered", False),
        ],
        "withdrawn": [
            ("jp-current", "soft", None, "not_offered", False),
            ("au-current", "borrowed", None, "not_offered", False),
        ],
    },
}
ANSWERS["IT"] = ANSWERS["DE"]
"""The readings beside the pinned one of the deadline to answer Amazon, a moment after the last event."""
STORIES = list(ANSWERS["DE"])


@pytest.mark.parametrize(("country", "story"), [(country, story) for country in ANSWERS for story in STORIES])
def test_answers_to_amazon(country: str, story: str) -> None:
    """Firm where the page says so; borrowed, at its shortest, where no edition in force has a figure."""
    claim = claim_of(country, history(story, FILED))
    pinned, *others = readings(claim, "answer_amazon", claim.updated_at)
    assert pinned[0] == "faq-2016"
    assert others == ANSWERS[country][story]


APPEALS: dict[str, list[tuple[str, str]]] = {
    "DE": [("eu-current", "firm")],
    "IT": [("eu-current", "firm")],
    "IN": [("in-current", "firm")],
    "BR": [("eu-current", "borrowed")],
}


@pytest.mark.parametrize("country", APPEALS)
def test_appeals(country: str) -> None:
    """30 calendar days after a grant; of a second one nothing is known, and the same days are soft."""
    ((edition, kind),) = APPEALS[country]
    granted = claim_of(country, history("granted", FILED))
    assert readings(granted, "appeal", granted.updated_at) == [
        ("faq-2016", "soft", None, "undetermined", True),
        (edition, kind, 30 + MONTH, "open", True),
    ]
    twice = claim_of(country, history("granted twice", FILED))
    assert readings(twice, "appeal", twice.updated_at) == [
        ("faq-2016", "soft", None, "undetermined", True),
        (edition, "borrowed" if kind == "borrowed" else "soft", 50 + MONTH, "undetermined", True),
    ]


ACT_BY: dict[str, dict[str, int | None]] = {
    "DE": {
        "filed": WEEK,
        "asked": 58,
        "answered": None,
        "asked again": 78,
        "granted": 30 + MONTH,
        "granted twice": 50 + MONTH,
        "withdrawn": None,
    },
    "IN": {
        "filed": WEEK,
        "asked": 82,
        "answered": None,
        "asked again": 102,
        "granted": 30 + MONTH,
        "granted twice": 50 + MONTH,
        "withdrawn": None,
    },
}
ACT_BY |= dict.fromkeys(("IT", "JP", "BR"), ACT_BY["DE"])
"""Hours after the filing; in Japan and Brazil borrowed: 48 hours and 30 days are the shortest in force elsewhere."""


@pytest.mark.parametrize(("country", "story"), [(country, story) for country in ACT_BY for story in STORIES])
def test_act_by(country: str, story: str) -> None:
    """The earliest instant that still runs; none once it was answered or the buyer withdrew."""
    claim = claim_of(country, history(story, FILED))
    hours = ACT_BY[country][story]
    assert plan(claim, as_of=claim.updated_at).act_by == (None if hours is None else FILED + hours * HOUR)


@pytest.mark.parametrize("country", ["US", "GB", "DE", "IT", "JP", "IN", "BR"])
def test_only_observed(country: str) -> None:
    """A loss that was seen is due now until its thirty days are surely over; a review that was seen has no instant."""
    lost = claim_of(country, (events.Observed(at=FILED, status=ClaimStatus.GRANTED_SELLER_FUNDED),))
    last = FILED + MONTH * HOUR
    for as_of in (FILED, FILED + 24 * HOUR, last):
        assert plan(lost, as_of=as_of).act_by == as_of
    assert plan(lost, as_of=last + TICK).act_by is None
    review = claim_of(country, (events.Observed(at=FILED, status=ClaimStatus.UNDER_REVIEW),))
    answers = readings(review, "answer_amazon", FILED)
    assert {row[2:] for row in answers} == {(None, "undetermined", True)}
    assert plan(review, as_of=FILED).act_by is None


IN_THE_UNITED_STATES: dict[datetime, dict[str, int | None]] = {
    # us-2016-06: seven days from the notice and from a question; nothing is known of appeals, here or elsewhere
    datetime(2016, 7, 1, 16, tzinfo=UTC): {
        "filed": WEEK,
        "asked": 10 + WEEK,
        "answered": None,
        "asked again": 30 + WEEK,
        "granted": None,
        "granted twice": None,
        "withdrawn": None,
    },
    # between us-2021-05 (48 hours from a question) and us-2026 (72 hours, and 72 soft ones from the notice)
    datetime(2024, 3, 18, 16, tzinfo=UTC): {
        "filed": 72,
        "asked": 58,
        "answered": None,
        "asked again": 78,
        "granted": 30 + MONTH,
        "granted twice": 50 + MONTH,
        "withdrawn": None,
    },
    # the last day of that gap
    datetime(2026, 5, 11, 16, tzinfo=UTC): {
        "filed": 72,
        "asked": 58,
        "answered": None,
        "asked again": 78,
        "granted": 30 + MONTH,
        "granted twice": 50 + MONTH,
        "withdrawn": None,
    },
    # the day after: us-2026 alone
    datetime(2026, 5, 12, 16, tzinfo=UTC): {
        "filed": 72,
        "asked": 82,
        "answered": None,
        "asked again": 102,
        "granted": 30 + MONTH,
        "granted twice": 50 + MONTH,
        "withdrawn": None,
    },
}


@pytest.mark.parametrize(("filed", "story"), [(filed, story) for filed in IN_THE_UNITED_STATES for story in STORIES])
def test_by_the_day_of_the_filing(filed: datetime, story: str) -> None:
    """In a gap between two editions the stricter neighbour counts for `act_by`; the pinned date is as it ever was."""
    claim = claim_of("US", history(story, filed), filed)
    hours = IN_THE_UNITED_STATES[filed][story]
    made = plan(claim, as_of=claim.updated_at)
    assert made.act_by == (None if hours is None else filed + hours * HOUR)
    answer = next(row for row in made.deadlines if row.name == "answer_amazon")
    started = {"asked": 10, "answered": 10, "asked again": 30}.get(story, 0)
    assert answer.due_at == filed + (started + WEEK) * HOUR


def test_a_mail_that_gives_longer_than_the_page() -> None:
    """The Italian mail says three days, the page 48 hours: the mail's instant everywhere, the page's beside it."""
    question = events.InformationRequested(at=FILED + HOUR, respond_by=FILED + 73 * HOUR)
    claim = claim_of("IT", (events.Filed(at=FILED), question))
    assert readings(claim, "answer_amazon", question.at) == [
        ("faq-2016", "stated", 73, "open", True),
        ("eu-current", "stated", 73, "open", True),
        ("eu-current", "soft", 49, "open", True),
    ]
    assert plan(claim, as_of=question.at).act_by == FILED + 49 * HOUR
