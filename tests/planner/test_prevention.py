"""Before the claim: the clocks of an order, when the buyer may file, and what to do now."""

from datetime import UTC, date, datetime, timedelta

import pytest

from atoz.errors import InvalidDocument
from atoz.model.events import BuyerMessaged, Filed, SellerMessaged
from atoz.model.history import ORDER_FACTS
from atoz.model.order import Order
from atoz.planner.prevention import PreventionPlan, prevent
from atoz.planner.worklist import OrderRow, order_row, urgency
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.filing_window import Verdict
from atoz.rulebook.readings import ReadingKind

AT = datetime(2026, 6, 11, 9, tzinfo=UTC)
TICK, DAY = timedelta(microseconds=1), timedelta(days=1)
D = DeadlineName


def order(**facts):
    """An order of 1 June 2026 in the United States, promised for the 10th."""
    usual = {
        "order_id": "123-1234567-1234567",
        "marketplace": "US",
        "placed_at": datetime(2026, 6, 1, 15, tzinfo=UTC),
        "deliver_by": date(2026, 6, 10),
    }
    return Order.model_validate({**usual, **facts})


def steps(made):
    """What is to be done now, by when, and whether that has passed."""
    return [(step.step, step.by, step.overdue) for step in made.now]


def test_the_first_message_is_answered_within_48_hours():
    """Due at the instant itself, overdue a microsecond later; a reply ends it, before the message it does not."""
    asked = order(first_contact_at=AT)
    due = AT + timedelta(hours=48)
    assert steps(prevent(asked, as_of=due)) == [(D.ANSWER_BUYER, due, False)]
    assert steps(prevent(asked, as_of=due + TICK)) == [(D.ANSWER_BUYER, due, True)]
    for reply in (AT, AT + DAY):
        assert prevent(asked, [SellerMessaged(at=reply)], as_of=AT + DAY).now == ()
        assert prevent(order(first_contact_at=AT, first_reply_at=reply), as_of=AT + DAY).now == ()
    early = SellerMessaged(at=AT - TICK)
    assert [row.step for row in prevent(asked, [early], as_of=AT + DAY).now] == [D.ANSWER_BUYER]


def test_a_message_counts_like_the_fact_of_the_order():
    """The buyer's first message in the list starts the same clock; later ones do not start it again."""
    messages = [BuyerMessaged(at=AT + DAY), BuyerMessaged(at=AT)]
    made = prevent(order(), messages, as_of=AT + DAY)
    assert steps(made) == [(D.ANSWER_BUYER, AT + timedelta(hours=48), False)]
    assert prevent(order(), messages[:1], as_of=AT).now == ()  # it has not come yet


def test_each_step_of_a_return_has_its_time():
    """Authorise and label from the request, refund from the arrival; each step names edition, source and kind."""
    asked = prevent(order(return_requested_at=AT), as_of=AT + DAY)
    assert steps(asked) == [
        (D.AUTHORISE_RETURN, AT + timedelta(hours=48), False),
        (D.SEND_RETURN_LABEL, AT + timedelta(hours=48), False),
    ]
    assert [(step.edition, step.kind) for step in asked.now] == [
        ("us-2026", ReadingKind.FIRM),
        ("us-2026", ReadingKind.SOFT),
    ]
    back = prevent(order(return_requested_at=AT, return_received_at=AT + DAY), as_of=AT + DAY)
    assert steps(back) == [(D.REFUND_RETURN, AT + 5 * DAY, False)]
    assert [reading.due_at for reading in back.now[0].readings] == [AT + 5 * DAY, AT + 6 * DAY]
    assert back.now[0].source.title.startswith("Notice on refunds")
    done = order(return_requested_at=AT, return_received_at=AT + DAY, return_refunded_at=AT + DAY)
    assert prevent(done, as_of=AT + 2 * DAY).now == ()


def test_where_the_marketplace_has_no_rule_one_is_borrowed_and_said():
    """Germany names no time for a refund; Turkey has no edition at all, and the label has no firm figure to lend."""
    german = prevent(order(marketplace="DE", return_received_at=AT), as_of=AT + DAY)
    assert [(step.step, step.edition, step.kind) for step in german.now] == [
        (D.REFUND_RETURN, "us-2026", ReadingKind.BORROWED)
    ]
    turkish = prevent(order(marketplace="TR", return_requested_at=AT), as_of=AT + DAY)
    assert [step.step for step in turkish.now] == [D.AUTHORISE_RETURN]
    assert (turkish.in_force, turkish.windows[0].edition) == ((), "faq-2016")
    assert any("No edition" in note.en for note in turkish.notes)


def test_when_the_buyer_can_file_and_until_when():
    """The first day of all reasons and the last; on the eve not yet, on the day eligible, after the last expired."""
    asked = order(first_contact_at=AT)
    eve, day = datetime(2026, 6, 13, 6, 59, tzinfo=UTC), datetime(2026, 6, 13, 7, tzinfo=UTC)
    before, then = prevent(asked, as_of=eve), prevent(asked, as_of=day)
    assert (before.can_file_from, before.closes) == (date(2026, 6, 13), date(2026, 9, 8))
    assert before.look_again_at == day  # midnight of the first day, in Los Angeles
    assert then.can_file_now is Verdict.ELIGIBLE
    last, over = datetime(2026, 9, 9, 6, 59, tzinfo=UTC), datetime(2026, 9, 9, 7, tzinfo=UTC)
    assert prevent(asked, as_of=last).can_file_now is Verdict.ELIGIBLE
    assert prevent(asked, as_of=over).can_file_now is Verdict.EXPIRED


def test_a_clock_that_is_over_is_looked_at() -> None:
    """On the due instant the answer is in time; a plan made then is looked at when it is late, which is later."""
    asked = order(first_contact_at=AT)
    due = AT + 2 * DAY
    made = prevent(asked, as_of=due)
    assert [step.overdue for step in made.now] == [False]
    assert made.look_again_at == due + TICK
    assert [step.overdue for step in prevent(asked, as_of=due + TICK).now] == [True]


def test_the_rules_are_those_of_the_day_that_is_asked_about():
    """In 2020 a return was to be authorised in 48 hours, and no source gave a time for a refund in that marketplace."""
    at = datetime(2020, 10, 1, tzinfo=UTC)
    old = order(placed_at=at - 9 * DAY, deliver_by=None, return_requested_at=at)
    made = prevent(old, as_of=at + DAY)
    assert (made.in_force, [step.edition for step in made.now]) == (("us-2020-07",), ["us-2020-07"])


def test_what_lies_ahead_or_cannot_be_is_said():
    """A fact after the instant is not counted and named; dates that disagree are named; so is who ships."""
    ahead = prevent(order(return_requested_at=AT), as_of=AT - DAY)
    assert ahead.now == ()
    assert ahead.look_again_at == AT
    assert any("return_requested_at" in note.en for note in ahead.notes)
    wrong = prevent(order(return_requested_at=AT, return_received_at=AT - TICK), as_of=AT)
    assert any("before the buyer asked for it" in note.en for note in wrong.notes)
    amazon = prevent(order(fulfilment="amazon"), as_of=AT)
    assert any("Amazon ships" in note.en for note in amazon.notes)


def test_only_messages_are_taken():
    """Any other event is refused, all faults together; so is what is no event, no order, or a naive instant."""
    with pytest.raises(InvalidDocument) as raised:
        prevent(order(), [Filed(at=AT), BuyerMessaged(at=AT), Filed(at=AT)], as_of=AT)
    assert [(fault.path, fault.code) for fault in raised.value.faults] == [
        ("messages.0", "not_a_message"),
        ("messages.2", "not_a_message"),
    ]
    for arguments in ((order(), ["hello"]), ({"order_id": "x"}, ())):
        with pytest.raises(InvalidDocument):
            prevent(*arguments, as_of=AT)
    with pytest.raises(InvalidDocument):
        prevent(order(), as_of=AT.replace(tzinfo=None))


def test_it_comes_back_from_its_own_json():
    """Kind and schema version, every fact known and none; the row too."""
    known = order(**{name: AT + place * DAY for place, name in enumerate(ORDER_FACTS)})
    for subject in (order(), known, order(return_requested_at=AT), order(marketplace="TR", first_contact_at=AT)):
        made = prevent(subject, as_of=AT + DAY)
        assert PreventionPlan.model_validate_json(made.model_dump_json()) == made
        assert (made.kind, made.schema_version) == ("prevention_plan", 1)
        row = order_row(made)
        assert OrderRow.model_validate_json(row.model_dump_json()) == row
        assert urgency(row).order_id == subject.order_id


def test_rows_sort_by_what_is_late_and_what_is_due_first():
    """An overdue reply, one that is due, nothing to do, and one that nobody can file about any more."""
    late, due = order(first_contact_at=AT - 3 * DAY), order(first_contact_at=AT)
    over = order(placed_at=AT - 400 * DAY, deliver_by=(AT - 390 * DAY).date(), first_contact_at=None)
    rows = [order_row(prevent(subject, as_of=AT)) for subject in (over, order(), due, late)]
    ordered = sorted(rows, key=urgency)
    assert [(row.step, row.overdue) for row in ordered] == [
        (D.ANSWER_BUYER, True),
        (D.ANSWER_BUYER, False),
        (None, False),
        (None, False),
    ]
    assert ordered[-1].can_file_now is Verdict.EXPIRED
