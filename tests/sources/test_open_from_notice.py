"""A notice that a claim was received opens it; any other does not."""

from datetime import UTC, datetime

import pytest

from atoz import deadlines
from atoz.errors import InvalidDocument, UnknownName
from atoz.model.order import Order
from atoz.model.status import ClaimStatus
from atoz.sources.notices.reading import open_from_notice, read_notice
from atoz.sources.reconciliation.reconcile import reconcile

AT = datetime(2026, 3, 10, 16, tzinfo=UTC)
ORDER = Order(order_id="111-0000001-0000001", marketplace="US", placed_at=datetime(2026, 2, 20, tzinfo=UTC))
MAIL = b"""From: atoz-guarantee-no-reply@amazon.com
Subject: Action required: Claim received on order 111-0000001-0000001
Date: Tue, 10 Mar 2026 09:00:00 -0700
X-Space-Notification-Type: A_Z_CLAIM_RESPONDENT_NOTIFY
X-Marketplace-ID: ATVPDKIKX0DER

We received an A-to-z Guarantee claim of $31.90. Respond within 72 hours.
"""


def test_a_notice_opens_the_claim():
    """Filed at the notice's date, with its amount and the deadline that it states; the notice then suggests nothing."""
    notice = read_notice(MAIL).value
    claim = open_from_notice(ORDER, notice, reason="not_received", edition="us-2026")
    assert (claim.status, claim.filed_at, str(claim.amount)) == (ClaimStatus.UNDER_REVIEW, AT, "31.90 USD")
    assert claim.history[1].respond_by == datetime(2026, 3, 13, 16, tzinfo=UTC)
    assert reconcile(claim, [notice], as_of=datetime(2026, 4, 1, tzinfo=UTC)).suggestions == ()


def test_what_does_not_open_a_claim():
    """Another order and a decision are refused together; so is a reason that does not exist."""
    decided = read_notice(MAIL.replace(b"NOTIFY", b"CLOSE").replace(b"0000001-0000001", b"0000002-0000002")).value
    with pytest.raises(InvalidDocument) as refused:
        open_from_notice(ORDER, decided, reason="other")
    assert [fault.code for fault in refused.value.faults] == ["other_order", "no_filing"]
    with pytest.raises(UnknownName):
        open_from_notice(ORDER, read_notice(MAIL).value, reason="because")


def test_a_foreign_amount_is_left_out():
    """An order in another currency keeps its own."""
    euro = ORDER.model_copy(update={"marketplace": "DE"})
    assert open_from_notice(euro, read_notice(MAIL).value, reason="other").amount is None


@pytest.mark.parametrize("edition", ["faq-2016", "us-2026"])
def test_a_notice_without_a_time_starts_the_soft_clock(edition):
    """A claim mail that states no time is acted on within 72 hours of it, whatever edition the claim is pinned to."""
    notice = read_notice(MAIL.replace(b"Action required: ", b"").replace(b" Respond within 72 hours.", b"")).value
    claim = open_from_notice(ORDER, notice, reason="not_received", edition=edition)
    (answer,) = [row for row in deadlines(claim, as_of=AT) if row.name == "answer_amazon"]
    assert [event.kind for event in claim.history] == ["filed"]
    assert answer.act_by == datetime(2026, 3, 13, 16, tzinfo=UTC)
