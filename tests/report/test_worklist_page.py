"""The worklist page: what is late, due today, due this week, and what is at risk."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from atoz.errors import InvalidDocument
from atoz.lifecycle.operations import apply, open_claim
from atoz.model.events import InformationRequested
from atoz.model.labels import Labels
from atoz.planner.due_bucket import Bucket
from atoz.planner.plan import plan
from atoz.planner.worklist import urgency, worklist_row
from atoz.report.claim_page import claim_page
from atoz.report.worklist_page import worklist_page

FILED = datetime(2016, 6, 20, 16, tzinfo=UTC)


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
    assert text.index("At risk (USD)") < text.index('<th scope="row" class="nowrap">')
    assert "<code>faq-2016</code> answer Amazon" in text
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


def test_order_is_that_of_the_function_for_the_terminal_too(many, as_of):
    """The claims stand as `urgency` ranks them, and one with an event after the instant stands last, under its head."""
    rows = [worklist_row(claim, plan(claim, as_of=as_of)) for claim in many]
    text = worklist_page(many, as_of=as_of)
    listed = re.findall(r'<th scope="row" class="nowrap">([-\d]+)<', text)

    assert listed == [row.order_id for row in sorted(rows, key=urgency)] * 2
    later = [row.order_id for row in rows if row.bucket is Bucket.AHEAD]
    assert later
    assert listed[len(many) - len(later) : len(many)] == sorted(later)
    assert "Not ranked: an event lies after this time" in text


@pytest.mark.parametrize(("edition", "says"), [("us-2016-06", "lost already"), ("us-2026", "late, can still be won")])
def test_a_missed_deadline_says_whether_the_claim_can_still_be_won(example, edition, says):
    """Where every rule in force decides silence it is lost; where one only may, it is late; both pages say which."""
    filed_at = FILED if edition == "us-2016-06" else datetime(2026, 11, 2, 16, tzinfo=UTC)
    old = example("not-received").order
    order = old.model_copy(update={"placed_at": filed_at - timedelta(days=30), "deliver_by": None})
    claim = open_claim(order, reason="not_received", filed_at=filed_at, edition=edition)
    asked = apply(claim, InformationRequested(at=filed_at + timedelta(hours=1)))
    now = filed_at + timedelta(days=9)

    assert plan(asked, as_of=now).timeliness.label("en") == says
    for text in (worklist_page([asked], as_of=now), claim_page(asked, as_of=now)):
        assert f'<span class="left late">{says}</span>' in text
