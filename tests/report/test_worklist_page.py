"""The worklist page: what is late, due today, due this week, and what is at risk."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from atoz.errors import InvalidDocument
from atoz.lifecycle.operations import apply
from atoz.model.events import SellerResponded
from atoz.model.labels import Labels
from atoz.model.reason import ClaimReason
from atoz.planner.plan import plan
from atoz.report.worklist_page import Bucket, at_risk, worklist_entry, worklist_page

FILED = datetime(2016, 6, 20, 16, tzinfo=UTC)


def bucket(claim, at):
    """Where a claim falls at an instant."""
    return worklist_entry(claim, plan(claim, as_of=at)).bucket


def test_days_are_the_marketplaces(example):
    """Due on 22 June at 09:00 in Seattle: this week until midnight there, then today, then late."""
    claim = example("not-received").model_copy(update={"reason": ClaimReason.NOT_AS_DESCRIBED})
    due = datetime(2016, 6, 22, 16, tzinfo=UTC)
    midnight = datetime(2016, 6, 22, 7, tzinfo=UTC)

    assert bucket(claim, midnight - timedelta(seconds=1)) is Bucket.WEEK
    assert bucket(claim, midnight) is Bucket.TODAY
    assert bucket(claim, due) is Bucket.TODAY
    assert bucket(claim, due + timedelta(seconds=1)) is Bucket.LATE


def test_seven_days_after_today_are_this_week(example):
    """A deadline on the seventh day after today is due this week, on the eighth it is due later."""
    claim = example("not-received").model_copy(update={"reason": ClaimReason.NOT_AS_DESCRIBED})
    first = worklist_entry(claim, plan(claim, as_of=FILED))
    day = timedelta(days=1)

    assert first.due_at == FILED + 2 * day
    assert bucket(claim, first.due_at - 7 * day) is Bucket.WEEK
    assert bucket(claim, first.due_at - 8 * day) is Bucket.LATER


def test_only_the_sellers_deadlines_are_due(example):
    """Once the seller has answered, the buyer's clock makes nothing due for the seller."""
    answered = apply(example("not-received"), SellerResponded(at=FILED + timedelta(hours=1)))
    entry = worklist_entry(answered, plan(answered, as_of=FILED + timedelta(days=30)))

    assert entry.what not in ("answer_amazon", "buyer_appeal")


def test_currencies_are_never_added(many, as_of):
    """Each currency has its own sum; the parts of a sum add up to it, and a settled claim is in none."""
    entries = [worklist_entry(claim, plan(claim, as_of=as_of)) for claim in many]
    sums = at_risk(entries)
    expected = {}
    for each in entries:
        if each.row.at_risk:
            expected[each.row.at_risk.currency] = (
                expected.get(each.row.at_risk.currency, Decimal(0)) + each.row.at_risk.value
            )

    assert (
        {each.total.currency: each.total.value for each in sums}
        == expected
        == {"GBP": Decimal("45.50"), "USD": Decimal("147.80")}
    )
    assert all(sum(part.value for part in each.parts.values()) == each.total.value for each in sums)


def test_page_names_every_claim_once_a_language(many, as_of):
    """No claim is lost between the buckets, and what could not be read is owned up to."""
    text = worklist_page(many, as_of=as_of, unreadable=2)

    assert text.count('<th scope="row" class="nowrap">') == 2 * len(many)
    assert "Lines that could not be read and are missing from this page: 2." in text
    assert "另有 2 个无法读取" in text


def test_empty_worklist_says_so(as_of):
    """No claims make a page that says that there are none."""
    assert "No claims" in worklist_page([], as_of=as_of)


def test_naive_instant_is_refused(many):
    """An instant without a zone is refused by name, for an empty worklist too."""
    with pytest.raises(InvalidDocument, match="as_of"):
        worklist_page([], as_of=datetime(2016, 6, 22))  # noqa: DTZ001


def test_the_page_says_by_when_to_act_and_whose_policy_does_not_fit(example):
    """Money comes first, each row has the plan's `act_by`, and a policy for other rules is said as on the terminal."""
    claim = example("not-received")
    text = worklist_page([claim], as_of=FILED)
    assert text.index("Money at risk") < text.index('<th scope="row" class="nowrap">')
    assert "act by" in text
    assert "was not written for the rules" not in text
    assert "was not written for the rules" in worklist_page([claim], as_of=FILED, policy="current")


def test_claims_stand_together_by_a_label(example):
    """As on the terminal: a part for each account, in its order, those without it last; nothing is lost."""
    claim = example("not-received")
    labelled = [
        claim.model_copy(
            update={
                "labels": Labels(labels),
                "order": claim.order.model_copy(update={"order_id": f"123-1234567-{place:07}"}),
            }
        )
        for place, labels in enumerate([{}, {"account": "south<b>"}, {"account": "north"}, {"account": "south<b>"}])
    ]
    text = worklist_page(labelled, as_of=FILED, group_by="account")
    english = text[: text.index('lang="zh"', text.index("<article"))] if 'lang="zh"' in text else text
    heads = ["account: north</bdi> (1)", "account: south&lt;b&gt;</bdi> (2)", "account: –</bdi> (1)"]
    assert [text.index(head) for head in heads] == sorted(text.index(head) for head in heads)
    assert english.index(heads[0]) < english.index("123-1234567-0000002") < english.index(heads[1])
    assert english.index(heads[2]) < english.index("123-1234567-0000000")
    assert text.count('<th scope="row" class="nowrap">') == 2 * len(labelled)
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
