"""The calendar file, read back by the library as a calendar would."""

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from atoz.errors import InvalidDocument, UnknownName
from atoz.lifecycle.operations import apply, open_claim
from atoz.model.events import BuyerMessaged, Denied, InformationRequested, SellerMessaged, SellerResponded, Withdrawn
from atoz.model.order import Order
from atoz.planner.plan import plan
from atoz.planner.step_status import ActionState
from atoz.report.calendar import calendar
from atoz.report.calendar_entries import MOST_EVENTS_PLANNED
from atoz.rulebook.deadlines import DeadlineState, deadlines
from atoz.testing.strategies import claims as any_claims

FILED = datetime(2016, 6, 20, 16, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def entries(text):
    """The entries of a file by their identity, which no two share."""
    found = Calendar.from_ical(text).walk("VEVENT")
    by_uid = {str(each["uid"]): each for each in found}
    assert len(by_uid) == len(found)
    return by_uid


def live(text):
    """The entries that stand."""
    return {uid: each for uid, each in entries(text).items() if each["status"] == "CONFIRMED"}


def imported(*texts):
    """What a calendar holds after these files, in this order: an entry is replaced by one of a higher sequence."""
    held = {}
    for text in texts:
        for uid, each in entries(text).items():
            if uid not in held or held[uid]["sequence"] <= each["sequence"]:
                held[uid] = each
    return {uid: each["dtstart"].dt for uid, each in held.items() if each["status"] == "CONFIRMED"}


def test_deadlines_and_actions_are_there(example):
    """Every open deadline and every open action is an entry at its instant, in UTC, and nothing else stands."""
    claim = example("not-received")
    found = live(calendar([claim], as_of=FILED))
    made = plan(claim, as_of=FILED)
    expected = {each.due_at for each in deadlines(claim, as_of=FILED) if each.state is DeadlineState.OPEN}
    expected |= {each.at for each in made.actions if each.state in (ActionState.NOW, ActionState.LATER) and each.at}

    assert {each["dtstart"].dt for each in found.values()} == expected
    assert all(each["dtstart"].dt.tzinfo is not None for each in found.values())
    assert all(each["dtstart"].dt.utcoffset() == timedelta(0) for each in found.values())
    assert all(each["dtstamp"].dt == FILED for each in found.values())


def rings(entry):
    """When an entry rings."""
    return [entry["dtstart"].dt + alarm["trigger"].dt for alarm in entry.walk("VALARM")]


def test_deadline_has_alarms_before_it(example):
    """A deadline rings a day and two hours before; an action as it begins, and a day and two hours before its end."""
    found = live(calendar([example("not-received")], as_of=FILED))
    due = FILED + 7 * DAY

    assert rings(found["atoz-123-1234567-1234567-deadline-answer_amazon"]) == [due - DAY, due - 2 * HOUR]
    step = found["atoz-123-1234567-1234567-step-faq-2016-answer_with_reasons"]
    assert rings(step) == [FILED, due - 2 * DAY, due - DAY - 2 * HOUR]


@settings(max_examples=60, deadline=None)
@given(claim=any_claims(), hours=st.integers(-24, 30 * 24), policy=st.sampled_from([None, "faq-2016", "current"]))
def test_every_alarm_rings_before_what_it_is_for(claim, hours, policy):
    """No alarm rings at a due instant or after it; while time is left, one is still to ring before each `act_by`."""
    now = claim.updated_at + timedelta(hours=hours)
    made = plan(claim, as_of=now, policy=policy)
    found = live(calendar([claim], as_of=now, policy=policy))
    prefix, due = f"atoz-{claim.order.order_id}", {}
    for deadline in made.deadlines:
        due[f"{prefix}-deadline-{deadline.name}"] = due[f"{prefix}-act-by-{deadline.name}"] = (
            deadline.act_by or deadline.due_at
        )
    due |= {f"{prefix}-step-{made.policy}-{action.step}": action.due_at for action in made.actions}
    for uid, entry in found.items():
        assert all(at < due[uid] for at in rings(entry) if due[uid]), uid
    for deadline in made.deadlines:
        if deadline.act_by and deadline.act_by > now + timedelta(seconds=2):
            kinds = [kind for kind in ("act-by", "deadline") if f"{prefix}-{kind}-{deadline.name}" in found]
            entry = found[f"{prefix}-{kinds[0]}-{deadline.name}"]
            assert entry["dtstart"].dt == deadline.act_by.replace(microsecond=0)
            assert any(now.replace(microsecond=0) <= at < deadline.act_by for at in rings(entry))


def test_the_pinned_entry_is_silent_where_another_rule_comes_first(example):
    """With seven days by the FAQ and 72 hours by today's rule, nothing rings after the 72 hours."""
    filed_at = datetime(2026, 11, 20, 16, tzinfo=UTC)
    order = example("not-received").order.model_copy(update={"placed_at": filed_at - 30 * DAY, "deliver_by": None})
    claim = apply(open_claim(order, reason="not_received", filed_at=filed_at), InformationRequested(at=filed_at))
    found = live(calendar([claim], as_of=filed_at))

    assert rings(found["atoz-123-1234567-1234567-deadline-answer_amazon"]) == []
    assert rings(found["atoz-123-1234567-1234567-act-by-answer_amazon"]) == [
        filed_at + 2 * DAY,
        filed_at + 3 * DAY - 2 * HOUR,
    ]


@pytest.mark.parametrize(("left", "expected"), [(3 * HOUR, HOUR), (2 * HOUR, HOUR), (HOUR, HOUR / 2), (0 * HOUR, None)])
def test_with_little_time_left_it_rings_halfway(example, left, expected):
    """A file made within the last two hours still rings once before the instant; at the instant itself no more."""
    claim = example("not-received")
    now = FILED + 7 * DAY - left
    entry = live(calendar([claim], as_of=now))["atoz-123-1234567-1234567-deadline-answer_amazon"]

    assert [at - now for at in rings(entry) if at > now] == ([expected] if expected else [])


def test_same_input_same_file(example):
    """The file is the same byte for byte, lines end as the format wants, and none is longer than 75 octets."""
    text = calendar([example("not-received")], as_of=FILED)

    assert text == calendar([example("not-received")], as_of=FILED)
    assert text.endswith("END:VCALENDAR\r\n")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75


def test_importing_again_updates(example):
    """A file made later replaces the entries of an earlier one and lets go of what is done; nothing is doubled."""
    claim = example("not-received")
    first = calendar([claim], as_of=FILED + HOUR)
    sent = apply(claim, SellerMessaged(at=FILED + DAY, purpose="ask_for_withdrawal"))
    second = calendar([sent], as_of=FILED + DAY + HOUR)
    uid = "atoz-123-1234567-1234567-step-faq-2016-try_for_a_withdrawal"

    assert uid in imported(first)
    assert uid not in imported(first, second)
    assert imported(first, second) == imported(second)
    assert entries(second)[uid]["sequence"] > entries(first)[uid]["sequence"]


def test_deadline_that_moves_keeps_its_identity(example):
    """When Amazon asks again and states a new deadline, the one entry moves there."""
    claim = example("not-received")
    stated = FILED + 4 * DAY
    asked = apply(claim, InformationRequested(at=FILED + 2 * DAY, respond_by=stated))
    uid = "atoz-123-1234567-1234567-deadline-answer_amazon"
    first, second = calendar([claim], as_of=FILED), calendar([asked], as_of=FILED + 2 * DAY)

    assert imported(first)[uid] == FILED + 7 * DAY
    assert imported(first, second)[uid] == stated


def test_settled_claim_leaves_nothing_behind(example):
    """Once the buyer has withdrawn, nothing of an earlier file still rings."""
    claim = example("not-received")
    gone = apply(claim, Withdrawn(at=FILED + 2 * DAY))
    later = FILED + 60 * DAY

    assert set(imported(calendar([claim], as_of=FILED), calendar([gone], as_of=later))) == set(
        live(calendar([gone], as_of=later))
    )
    assert not any("deadline" in uid for uid in live(calendar([gone], as_of=later)))


MOVES = (
    lambda at: SellerMessaged(at=at, purpose="ask_for_withdrawal"),
    lambda at: SellerMessaged(at=at, purpose="ask_for_evidence"),
    lambda at: SellerResponded(at=at),
    lambda at: InformationRequested(at=at),
    lambda at: Denied(at=at),
    lambda at: Withdrawn(at=at),
)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 72), st.sampled_from(MOVES)), max_size=5),
    st.sampled_from(["faq-2016", "current"]),
)
def test_any_earlier_file_is_superseded(moves, policy):
    """Whatever happens after an import: after the last file a calendar holds exactly what that file says stands."""
    order = Order(
        order_id="123-1234567-1234567",
        marketplace="US",
        placed_at=FILED - 20 * DAY,
        deliver_by=(FILED - 10 * DAY).date(),
    )
    claim = open_claim(order, reason="not_received", filed_at=FILED)
    texts = [calendar([claim], as_of=claim.updated_at, policy=policy)]
    for hours, move in moves:
        event = move(claim.updated_at + timedelta(hours=hours, minutes=1))
        if claim.status != "under_review" and event.leads_to:
            continue
        claim = apply(claim, event)
        texts.append(calendar([claim], as_of=claim.updated_at, policy=policy))

    assert imported(*texts) == imported(texts[-1])


def test_wall_clock_in_the_words_is_the_marketplaces(example):
    """The description tells the marketplace's wall clock, the entry itself the exact instant."""
    found = live(calendar([example("not-received")], as_of=FILED))
    entry = found["atoz-123-1234567-1234567-deadline-answer_amazon"]

    assert entry["dtstart"].dt.astimezone(ZoneInfo("America/Los_Angeles")).hour == 9
    assert "Mon, Jun 27, 2016, 09:00 PDT" in entry["description"]
    assert "moss (seen 2016-06-07)" in entry["description"]


def test_chinese_calendar(example):
    """In Chinese the words change, the identities do not."""
    claim = example("not-received")
    english, chinese = (live(calendar([claim], as_of=FILED, language=each)) for each in ("en", "zh"))

    assert set(english) == set(chinese)
    assert "时限:回应亚马逊(123-1234567-1234567)" in {str(each["summary"]) for each in chinese.values()}


def test_no_claims_make_an_empty_calendar():
    """A calendar of nothing is a calendar."""
    assert entries(calendar([], as_of=FILED)) == {}


def test_bad_arguments_are_atozs_own_errors(example):
    """A naive instant and an unknown policy are refused by name."""
    with pytest.raises(InvalidDocument, match="as_of"):
        calendar([], as_of=datetime(2016, 6, 22))  # noqa: DTZ001
    with pytest.raises(UnknownName, match="policy"):
        calendar([example("not-received")], as_of=FILED, policy="nobody")


def test_a_stricter_rule_has_an_entry_of_its_own(example):
    """Counted by the FAQ, a claim of 2026 has seven days; today's earlier instant stands beside it and rings."""
    placed = {"placed_at": datetime(2026, 11, 1, tzinfo=UTC), "deliver_by": date(2026, 11, 10)}
    filed_at = datetime(2026, 11, 20, 16, tzinfo=UTC)
    order = example("not-received").order.model_copy(update=placed)
    claim = open_claim(order, reason="not_received", filed_at=filed_at)
    made = plan(claim, as_of=filed_at)
    entry = live(calendar([claim], as_of=filed_at))["atoz-123-1234567-1234567-act-by-answer_amazon"]

    assert made.act_by is not None
    assert made.act_by < filed_at + 7 * DAY
    assert entry["dtstart"].dt == made.act_by
    assert len(list(entry.walk("VALARM"))) == 2
    assert "us-2026" in entry["description"]


def long(claim, count):
    """The claim with so many messages, a minute apart."""
    kinds = itertools.cycle([BuyerMessaged, SellerMessaged])
    more = tuple(next(kinds)(at=claim.updated_at + timedelta(minutes=minute)) for minute in range(1, count + 1))
    return claim.model_copy(update={"history": (*claim.history, *more)})


@pytest.mark.parametrize("count", [10, 100, 400, 1600, 3200])
def test_the_work_grows_with_the_history_and_no_faster(example, monkeypatch, count):
    """However long a history is, its plans read no more than so many events together, beside those of one plan."""
    read = []

    def counted(claim, **arguments):
        read.append(len(claim.history))
        return plan(claim, **arguments)

    monkeypatch.setattr("atoz.report.calendar_entries.plan", counted)
    claim = long(example("not-received"), count)
    calendar([claim], as_of=claim.updated_at)
    assert sum(read) <= MOST_EVENTS_PLANNED + 2 * len(claim.history)
    assert len(read) == min(len(claim.history), MOST_EVENTS_PLANNED // len(claim.history)) + 1


def test_a_long_history_lets_go_of_everything_an_earlier_file_may_have_held(example):
    """Where not every event is planned, whatever is not due is cancelled; what is due is as it is."""
    claim = example("not-received")
    longer = apply(long(claim, 150), Withdrawn(at=claim.updated_at + DAY))
    first, second = calendar([claim], as_of=FILED), calendar([longer], as_of=longer.updated_at)
    assert set(live(first)) - set(live(second))
    assert set(imported(first, second)) == set(live(second))
