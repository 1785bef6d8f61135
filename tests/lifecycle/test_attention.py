"""Whose turn it is: derived from the claim at an instant, on each side of every edge."""

from datetime import UTC, datetime, timedelta

import pytest

from atoz.errors import InvalidDocument
from atoz.lifecycle.attention import Attention, attention
from atoz.model import events
from atoz.model.claim import Claim
from atoz.model.events import AnyEvent
from atoz.model.order import Order
from atoz.model.status import ClaimStatus
from atoz.rulebook.edition import Edition

A = Attention
AT = datetime(2026, 6, 1, 16, tzinfo=UTC)
DAY, TICK = timedelta(days=1), timedelta(microseconds=1)


def turn(
    *history: AnyEvent, after: timedelta = timedelta(0), edition: str = "faq-2016", contact: datetime | None = None
) -> Attention:
    """Whose turn it is, some time after the filing."""
    order = Order(order_id="123-1234567-1234567", marketplace="US", placed_at=AT - 9 * DAY, first_contact_at=contact)
    facts = {"order": order, "reason": "other", "edition": edition, "history": history}
    return attention(Claim.model_validate(facts), as_of=AT + after)


FILED = events.Filed(at=AT)
ANSWERED = events.SellerResponded(at=AT + DAY)
GRANTED = events.GrantedSellerFunded(at=AT + DAY)


@pytest.mark.parametrize("days", [0, 7, 8, 100])
def test_an_unanswered_claim_of_2016_is_the_sellers(days: int) -> None:
    """From filing on, in time or late, until somebody answers or decides."""
    assert turn(FILED, after=days * DAY) is A.ACTION_REQUIRED
    assert turn(FILED, ANSWERED, after=days * DAY) is A.WAITING
    assert turn(FILED, events.Denied(at=AT + DAY), after=days * DAY) is A.DONE


def test_an_unasked_claim_of_today_waits() -> None:
    """Since 2020 nobody has to answer until Amazon asks, but to look whether it has; then the seller's clock runs."""
    for edition in ("us-2020-07", "us-2026", "uk-current"):
        assert turn(FILED, after=DAY, edition=edition) is A.ACTION_REQUIRED
        assert turn(FILED, events.NothingAsked(at=AT), after=DAY, edition=edition) is A.WAITING
        asked = events.InformationRequested(at=AT + DAY)
        assert turn(FILED, asked, after=DAY, edition=edition) is A.ACTION_REQUIRED
        assert turn(FILED, asked, after=9 * DAY, edition=edition) is A.ACTION_REQUIRED
        answered = events.SellerResponded(at=AT + 2 * DAY)
        assert turn(FILED, asked, answered, after=3 * DAY, edition=edition) is A.WAITING


def test_an_unanswered_buyer_is_the_sellers() -> None:
    """Until the 48 hours are over: on the last instant still, a microsecond later no more."""
    contact = AT - DAY
    looked = events.NothingAsked(at=AT)
    assert turn(FILED, looked, after=DAY, edition="us-2026", contact=contact) is A.ACTION_REQUIRED
    assert turn(FILED, looked, after=DAY + TICK, edition="us-2026", contact=contact) is A.WAITING


def test_an_appeal_is_open_until_its_last_instant() -> None:
    """Thirty days from the grant by any firm rule in force; where no source names a window it stays open."""
    assert turn(FILED, GRANTED, after=31 * DAY, edition="us-2026") is A.APPEALABLE
    assert turn(FILED, GRANTED, after=31 * DAY + TICK, edition="us-2026") is A.DONE
    assert turn(FILED, GRANTED, after=31 * DAY) is A.APPEALABLE
    assert turn(FILED, GRANTED, after=31 * DAY + TICK) is A.DONE
    old = datetime(2016, 6, 1, 16, tzinfo=UTC)
    history = (events.Filed(at=old), events.GrantedSellerFunded(at=old))
    order = Order(order_id="123-1234567-1234567", marketplace="US", placed_at=old - 9 * DAY)
    claim = Claim(order=order, reason="other", edition="faq-2016", history=history)
    assert attention(claim, as_of=old + 3000 * DAY) is A.APPEALABLE


@pytest.mark.parametrize(
    "back",
    [
        (GRANTED, events.SellerAppealed(at=AT + 20 * DAY)),
        (events.Denied(at=AT + DAY), events.BuyerAppealed(at=AT + 20 * DAY)),
        (events.Denied(at=AT + 9 * DAY), events.BuyerAppealed(at=AT + 20 * DAY)),
    ],
    ids=["seller", "buyer", "buyer, after a late decision"],
)
def test_a_claim_that_came_back_waits_for_amazon(back: tuple[AnyEvent, ...]) -> None:
    """After an appeal Amazon decides: the clock of the filing does not come back."""
    assert turn(FILED, *back, after=21 * DAY) is A.WAITING


@pytest.mark.parametrize("edition", Edition.all(), ids=lambda each: each.id)
@pytest.mark.parametrize("status", ClaimStatus)
def test_every_status_has_one(edition: Edition, status: ClaimStatus) -> None:
    """Only an open claim can wait or need an action, only one lost to the buyer can be appealed."""
    found = turn(events.Observed(at=AT, status=status), edition=edition.id)
    if status is ClaimStatus.UNDER_REVIEW:
        assert found in (A.ACTION_REQUIRED, A.WAITING)
    elif status is ClaimStatus.GRANTED_SELLER_FUNDED:
        assert found is A.APPEALABLE
    else:
        assert found is A.DONE
    assert found.label()
    assert found.label("zh")


def test_a_naive_instant_is_refused() -> None:
    """The instant asked about has a zone."""
    facts = {
        "order": Order(order_id="123-1234567-1234567", marketplace="US", placed_at=AT),
        "reason": "other",
        "history": (FILED,),
    }
    with pytest.raises(InvalidDocument):
        attention(Claim.model_validate(facts), as_of=datetime(2026, 6, 1))  # noqa: DTZ001
