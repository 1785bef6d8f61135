"""One pass over a claim's events: what it adds up to, checked against the plain definitions."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings

from atoz.lifecycle.operations import apply, open_claim
from atoz.model import events
from atoz.model.claim import Claim
from atoz.model.events import status_after
from atoz.model.history import History, Moment
from atoz.model.order import Order
from atoz.model.status import ClaimStatus
from atoz.planner.plan import plan
from atoz.testing.strategies import claims

AT, HOUR = datetime(2026, 6, 1, 16, tzinfo=UTC), timedelta(hours=1)
ORDER = Order(
    order_id="123-1234567-1234567", marketplace="US", placed_at=AT - 200 * HOUR, first_contact_at=AT - 60 * HOUR
)


def claim_of(*history: events.AnyEvent) -> Claim:
    """A claim with this history."""
    return Claim(order=ORDER, reason="other", history=history)


def test_every_question_of_one_story() -> None:
    """Messages before and at the filing, a repeated status, an appeal, a second decision."""
    story = claim_of(
        events.SellerMessaged(at=AT - HOUR),
        events.Filed(at=AT),
        events.SellerMessaged(at=AT),
        events.EvidenceAdded(at=AT + HOUR, evidence="photo"),
        events.GrantedSellerFunded(at=AT + 2 * HOUR),
        events.Observed(at=AT + 3 * HOUR, status=ClaimStatus.GRANTED_SELLER_FUNDED),
        events.SellerAppealed(at=AT + 4 * HOUR),
        events.Denied(at=AT + 5 * HOUR),
    )
    history = History.of(story)
    assert [entry.before for entry in history.entries] == [
        None,
        None,
        ClaimStatus.UNDER_REVIEW,
        ClaimStatus.UNDER_REVIEW,
        ClaimStatus.UNDER_REVIEW,
        ClaimStatus.GRANTED_SELLER_FUNDED,
        ClaimStatus.GRANTED_SELLER_FUNDED,
        ClaimStatus.UNDER_REVIEW,
    ]
    assert [entry.changes_status for entry in history.entries] == [False, True, False, False, True, False, True, True]
    assert (history.total("seller_messaged"), history.since_filing("seller_messaged")) == (2, 1)
    assert (history.total("denied"), history.total("withdrawn"), history.since_filing("withdrawn")) == (1, 0, 0)
    assert history.latest["seller_messaged"] == Moment(AT, 2)
    assert history.latest["status_changed"] == Moment(AT + 5 * HOUR, 7)
    assert history.latest["first_contact_at"] == Moment(AT - 60 * HOUR, -1)
    assert "withdrawn" not in history.latest
    assert history.evidence == {"photo"}
    assert (history.beginning.place, history.decision.place, history.filed_at) == (1, 7, AT)


def test_the_status_at_an_instant() -> None:
    """The events of the instant itself have happened; a microsecond sooner they have not."""
    history = History.of(claim_of(events.Filed(at=AT), events.Denied(at=AT + HOUR)))
    tick = timedelta(microseconds=1)
    assert history.status_at(AT - tick) is None
    assert history.status_at(AT) is ClaimStatus.UNDER_REVIEW
    assert history.status_at(AT + HOUR - tick) is ClaimStatus.UNDER_REVIEW
    assert history.status_at(AT + HOUR) is ClaimStatus.CLOSED


def test_a_repeated_status_decides_nothing() -> None:
    """What is observed again was decided before; a correction decides anew."""
    seen, again = (events.Observed(at=AT + hours * HOUR, status=ClaimStatus.GRANTED_AMAZON_FUNDED) for hours in (0, 1))
    assert History.of(claim_of(seen, again)).decision.event is seen
    corrected = events.Observed(at=AT + 2 * HOUR, status=ClaimStatus.CLOSED)
    assert History.of(claim_of(seen, again, corrected)).decision.event is corrected


def test_without_a_filing_everything_counts() -> None:
    """A claim that entered by observation has no filing to count from."""
    history = History.of(
        claim_of(events.SellerMessaged(at=AT), events.Observed(at=AT + HOUR, status=ClaimStatus.CLOSED))
    )
    assert (history.filed_at, history.since_filing("seller_messaged")) == (None, 1)


@given(claims(max_events=6))
@settings(max_examples=60)
def test_the_pass_agrees_with_the_plain_definitions(claim: Claim) -> None:
    """Each answer by its own definition, one after the other."""
    history = History.of(claim)
    statuses = [status_after(event) for event in claim.history]
    for entry in history.entries:
        known = [status for status in statuses[: entry.place] if status is not None]
        assert entry.before is (known[-1] if known else None)
        assert entry.says is statuses[entry.place]
    assert history.entries[-1].after is claim.status
    for kind in events.EVENT_CLASSES:
        places = [place for place, event in enumerate(claim.history) if event.kind == kind]
        assert history.total(kind) == len(places)
        assert history.latest.get(kind) == (Moment(claim.history[places[-1]].at, places[-1]) if places else None)


def test_a_plan_reads_the_history_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deadlines, conditions, guards, the lapse and the ODR effect all share one pass."""
    claim = open_claim(ORDER, reason="not_received", filed_at=AT)
    for event in (
        events.SellerMessaged(at=AT + HOUR),
        events.InformationRequested(at=AT + 2 * HOUR),
        events.EvidenceAdded(at=AT + 3 * HOUR, evidence="photo"),
    ):
        claim = apply(claim, event)
    reads: list[Claim] = []
    read = History.of

    def counting(claim: Claim) -> History:
        reads.append(claim)
        return read(claim)

    monkeypatch.setattr(History, "of", counting)
    for day in (0, 5, 40):
        plan(claim, as_of=AT + timedelta(days=day, hours=4))
    assert len(reads) == 3
