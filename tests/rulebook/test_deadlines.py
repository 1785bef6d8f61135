"""Deadlines: on the due instant met, a microsecond later missed; every state, every clock, every edition."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atoz.errors import InvalidDocument, TransitionRefused, UnknownName
from atoz.lifecycle.operations import apply
from atoz.lifecycle.replay import under
from atoz.model import events
from atoz.model.claim import Claim
from atoz.model.events import AnyEvent, Event
from atoz.model.marketplace import Marketplace
from atoz.model.order import Order
from atoz.model.status import ClaimStatus
from atoz.rulebook.contradictions import contradictions_of
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.deadlines import Deadline, DeadlineState, deadlines
from atoz.rulebook.edition import Edition

S, D = DeadlineState, DeadlineName
AT = datetime(2026, 6, 1, 16, tzinfo=UTC)
TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)


def claim(*history: AnyEvent, edition: str = "faq-2016", country: str = "US", contact: datetime | None = None) -> Claim:
    """A claim with this history."""
    order = Order(
        order_id="123-1234567-1234567",
        marketplace=country,
        placed_at=datetime(2026, 1, 1, tzinfo=UTC),
        deliver_by=date(2026, 5, 1),
        first_contact_at=contact,
    )
    return Claim.model_validate({"order": order, "reason": "not_received", "edition": edition, "history": history})


def one(found: Claim, name: DeadlineName, as_of: datetime) -> Deadline:
    """One of the deadlines."""
    return next(each for each in deadlines(found, as_of=as_of) if each.name is name)


def filed(at: datetime = AT) -> AnyEvent:
    """The filing."""
    return events.Filed(at=at)


CASES: list[tuple[str, DeadlineName, tuple[AnyEvent, ...], timedelta]] = [
    ("faq-2016", D.ANSWER_AMAZON, (filed(),), timedelta(days=7)),
    ("us-2016-06", D.ANSWER_AMAZON, (filed(),), timedelta(days=7)),
    ("us-2016-11", D.ANSWER_AMAZON, (filed(),), timedelta(days=3)),
    ("us-2016-11", D.ANSWER_AMAZON, (filed(AT - 2 * DAY), events.InformationRequested(at=AT)), timedelta(days=3)),
    ("us-2020-07", D.ANSWER_AMAZON, (filed(AT - DAY), events.InformationRequested(at=AT)), timedelta(hours=48)),
    ("us-2026", D.ANSWER_AMAZON, (filed(AT - DAY), events.InformationRequested(at=AT)), timedelta(hours=72)),
    ("uk-current", D.ANSWER_AMAZON, (filed(AT - DAY), events.InformationRequested(at=AT)), timedelta(hours=48)),
    ("us-2020-07", D.APPEAL, (filed(AT - DAY), events.GrantedSellerFunded(at=AT)), timedelta(days=30)),
    ("us-2026", D.APPEAL, (filed(AT - DAY), events.ResponseLapsed(at=AT, due_at=AT)), timedelta(days=30)),
    ("uk-current", D.APPEAL, (filed(AT - DAY), events.GrantedSellerFunded(at=AT)), timedelta(days=30)),
    ("uk-current", D.BUYER_APPEAL, (filed(AT - DAY), events.Denied(at=AT)), timedelta(days=30)),
]
ANSWERS: dict[DeadlineName, type[Event]] = {
    D.ANSWER_BUYER: events.SellerMessaged,
    D.ANSWER_AMAZON: events.SellerResponded,
    D.APPEAL: events.SellerAppealed,
    D.BUYER_APPEAL: events.BuyerAppealed,
}


@pytest.mark.parametrize(("edition", "name", "history", "span"), CASES)
def test_met_at_the_due_instant_missed_after(
    edition: str, name: DeadlineName, history: tuple[AnyEvent, ...], span: timedelta
) -> None:
    """Open up to and on the due instant; an answer on it is in time; a microsecond later all is late."""
    found = claim(*history, edition=edition)
    due = AT + span
    assert one(found, name, AT).due_at == due
    assert (one(found, name, due).state, one(found, name, due).time_left) == (S.OPEN, timedelta(0))
    late = one(found, name, due + TICK)
    assert (late.state, late.time_left) == (S.MISSED, -TICK)
    for at, state in ((due, S.MET), (due + TICK, S.MISSED)):
        answered = claim(*history, ANSWERS[name](at=at), edition=edition)  # type: ignore[arg-type]
        found_again = one(answered, name, due + DAY)
        assert (found_again.state, found_again.ended_at, found_again.time_left) == (state, at, None)
        assert not found_again.running


@pytest.mark.parametrize("edition", ["us-2020-07", "us-2026", "uk-current"])
def test_the_buyer_has_to_be_answered_in_48_hours(edition: str) -> None:
    """From the first message; a message to the buyer ends it, one from before it does not."""
    contact = AT - DAY
    found = claim(filed(), edition=edition, contact=contact)
    assert one(found, D.ANSWER_BUYER, AT).due_at == contact + timedelta(hours=48)
    assert one(found, D.ANSWER_BUYER, contact + timedelta(hours=48)).state is S.OPEN
    assert one(found, D.ANSWER_BUYER, contact + timedelta(hours=48) + TICK).state is S.MISSED
    before = events.SellerMessaged(at=contact - TICK)
    assert one(claim(before, filed(), edition=edition, contact=contact), D.ANSWER_BUYER, AT).state is S.OPEN
    on_it = events.SellerMessaged(at=contact)
    assert one(claim(on_it, filed(), edition=edition, contact=contact), D.ANSWER_BUYER, AT).state is S.MET
    assert one(claim(filed(), edition=edition), D.ANSWER_BUYER, AT).state is S.NOT_OFFERED


def test_a_stated_deadline_wins() -> None:
    """What the notice states counts, shorter or longer than the edition's figure, and even where it names none."""
    for edition in ("us-2026", "faq-2016", "ca-current"):
        for gap in (timedelta(hours=5), timedelta(days=20)):
            asked = events.InformationRequested(at=AT, respond_by=AT + gap)
            found = claim(filed(AT - DAY), asked, edition=edition)
            at_due = one(found, D.ANSWER_AMAZON, AT + gap)
            assert (at_due.due_at, at_due.stated, at_due.state) == (AT + gap, True, S.OPEN)
            assert one(found, D.ANSWER_AMAZON, AT + gap + TICK).state is S.MISSED


def test_a_later_question_starts_a_new_run() -> None:
    """Answered once, asked again: the new question has its own clock, and the latest question counts."""
    asked = events.InformationRequested(at=AT + 2 * DAY)
    found = claim(filed(), events.SellerResponded(at=AT + DAY), asked)
    assert one(found, D.ANSWER_AMAZON, AT + 3 * DAY).due_at == AT + 9 * DAY
    assert one(found, D.ANSWER_AMAZON, AT + 3 * DAY).state is S.OPEN
    twice = claim(filed(), asked, events.InformationRequested(at=AT + 5 * DAY, respond_by=AT + 6 * DAY))
    assert one(twice, D.ANSWER_AMAZON, AT + 5 * DAY).due_at == AT + 6 * DAY


def test_an_answer_counts_once() -> None:
    """The first answer is the one that met it; a second in the same run changes nothing."""
    found = claim(filed(), events.SellerResponded(at=AT + DAY), events.SellerResponded(at=AT + 20 * DAY))
    assert (one(found, D.ANSWER_AMAZON, AT).state, one(found, D.ANSWER_AMAZON, AT).ended_at) == (S.MET, AT + DAY)


DECIDED: list[AnyEvent] = [
    events.GrantedSellerFunded(at=AT + DAY),
    events.GrantedAmazonFunded(at=AT + DAY),
    events.Denied(at=AT + DAY),
    events.SellerRefunded(at=AT + DAY),
    events.Withdrawn(at=AT + DAY),
    events.OrderCancelled(at=AT + DAY, actor=events.Actor.SELLER),
    events.Observed(at=AT + DAY, status=ClaimStatus.CLOSED),
]


@pytest.mark.parametrize("decision", DECIDED, ids=lambda each: str(each.kind))
def test_a_decision_stops_the_answer_clock(decision: AnyEvent) -> None:
    """Decided before it was due: nothing is left to answer, then or later."""
    found = claim(filed(), decision)
    for as_of in (AT + DAY, AT + 100 * DAY):
        answer = one(found, D.ANSWER_AMAZON, as_of)
        assert (answer.state, answer.time_left, answer.running) == (S.NOT_OFFERED, None, False)
        assert answer.left_at == AT + DAY


@pytest.mark.parametrize(
    ("decision", "back"),
    [
        (events.GrantedSellerFunded(at=AT + DAY), events.SellerAppealed(at=AT + 20 * DAY)),
        (events.Denied(at=AT + DAY), events.BuyerAppealed(at=AT + 20 * DAY)),
    ],
    ids=["seller", "buyer"],
)
def test_coming_back_does_not_restart_the_answer_clock(decision: AnyEvent, back: AnyEvent) -> None:
    """An appeal returns the claim to review: the old run was never missed, and only a new question starts another."""
    found = claim(filed(), decision, back)
    assert found.status is ClaimStatus.UNDER_REVIEW
    answer = one(found, D.ANSWER_AMAZON, AT + 21 * DAY)
    assert (answer.state, answer.running, answer.time_left) == (S.NOT_OFFERED, False, None)
    asked = claim(filed(), decision, back, events.InformationRequested(at=AT + 22 * DAY))
    answer = one(asked, D.ANSWER_AMAZON, AT + 23 * DAY)
    assert (answer.state, answer.due_at) == (S.OPEN, AT + 29 * DAY)


def test_a_late_decision_leaves_a_missed_deadline_missed() -> None:
    """Nobody answered by the due instant and Amazon decided only then: it was missed, and nothing runs any more."""
    for days, state in ((7, S.NOT_OFFERED), (8, S.MISSED)):
        answer = one(claim(filed(), events.Denied(at=AT + days * DAY)), D.ANSWER_AMAZON, AT + 30 * DAY)
        assert (answer.state, answer.running) == (state, False)


def test_an_appeal_has_its_own_run_each_time() -> None:
    """Granted, appealed, granted again: the second grant starts a run of its own, and no source says how long it is."""
    history = (
        filed(),
        events.GrantedSellerFunded(at=AT + DAY),
        events.SellerAppealed(at=AT + 2 * DAY),
        events.GrantedSellerFunded(at=AT + 3 * DAY),
    )
    assert one(claim(*history[:3], edition="us-2026"), D.APPEAL, AT + 2 * DAY).state is S.MET
    again = one(claim(*history, edition="us-2026"), D.APPEAL, AT + 33 * DAY)
    assert (again.state, again.due_at, again.started_at) == (S.UNDETERMINED, None, AT + 3 * DAY)
    assert [reading.due_at for reading in again.readings] == [AT + 33 * DAY] * len(again.readings)
    assert again.act_by == AT + 33 * DAY
    assert "no source says whether another is heard" in str(again.explain())


SEEN_STARTS = {
    ClaimStatus.UNDER_REVIEW: D.ANSWER_AMAZON,
    ClaimStatus.GRANTED_SELLER_FUNDED: D.APPEAL,
    ClaimStatus.CLOSED: D.BUYER_APPEAL,
}
"""The clock that may run unseen behind a status that is the first thing known of a claim."""
BOUNDED = {
    *(
        (edition, D.APPEAL)
        for edition in ("us-2020-07", "us-2021-05", "us-2026", "uk-current", "eu-current", "in-current")
    ),
    ("uk-current", D.BUYER_APPEAL),
}
"""Windows with a figure, 30 days in each: typed from the fact sheet. A new edition's are what its situations say."""


def window_of(edition: Edition, name: DeadlineName) -> timedelta | None:
    """The figure that an edition has for the time to appeal; every one so far is in calendar days."""
    days = [rule.value for rule in edition.parameters if rule.name == name and rule.unit == "calendar_day"]
    return timedelta(days=days[0]) if days else None


def test_windows_to_appeal_are_those_of_the_fact_sheet() -> None:
    """Thirty days where a source says so, and no figure anywhere else."""
    windows = {
        (edition.id, name): window_of(edition, name) for edition in Edition.all() for name in (D.APPEAL, D.BUYER_APPEAL)
    }
    assert {windows[row] for row in BOUNDED} == {30 * DAY}
    unnamed = ("faq-2016", "us-2016-06", "us-2016-11", "ca-current", "jp-current", "au-current", "ae-sa-current")
    assert {windows[edition, name] for edition in unnamed for name in (D.APPEAL, D.BUYER_APPEAL)} == {None}


@pytest.mark.parametrize("edition", Edition.all(), ids=lambda each: each.id)
@pytest.mark.parametrize("status", ClaimStatus)
def test_a_status_that_was_only_observed(edition: Edition, status: ClaimStatus) -> None:
    """It hides every start that it may have had, at an instant that nobody knows; a window is over at its longest.

    For Amazon's questions there is no such bound: one that was asked before may have been asked again.
    """
    seen = claim(events.Observed(at=AT, status=status), edition=edition.id)
    for name in D:
        running = SEEN_STARTS.get(status) is name
        window = window_of(edition, name) if running and name is not D.ANSWER_AMAZON else None
        bound = AT + window if window else None
        for as_of in (AT, AT + (window or 30 * DAY), AT + (window or 30 * DAY) + TICK, AT + 100 * DAY):
            each = one(seen, name, as_of)
            over = bound is not None and as_of > bound
            state = S.MISSED if over else S.UNDETERMINED if running else S.NOT_OFFERED
            assert (each.state, each.due_no_later) == (state, bound)
            assert (each.due_at, each.time_left, each.started_at) == (None, None, None)
            assert each.started_by == ("observed" if running else None)
            said = each.explain().say()
            assert (f"no later than {AT + window:%Y-%m-%d} 09:00 PDT" in said) if window else "no later" not in said


def test_an_observation_later_in_a_history() -> None:
    """It starts a clock only where an unrecorded event would have: a decision, never a question or a filing."""
    shut, lost, back = (
        events.Observed(at=AT + DAY, status=ClaimStatus.CLOSED),
        events.Observed(at=AT + 2 * DAY, status=ClaimStatus.GRANTED_SELLER_FUNDED),
        events.Observed(at=AT + 3 * DAY, status=ClaimStatus.UNDER_REVIEW),
    )
    reopened = claim(shut, back, edition="uk-current")
    assert one(reopened, D.ANSWER_AMAZON, AT + 4 * DAY).state is S.NOT_OFFERED
    denied = one(claim(filed(), shut, edition="uk-current"), D.BUYER_APPEAL, AT + 4 * DAY)
    assert (denied.state, denied.due_no_later) == (S.UNDETERMINED, AT + 31 * DAY)
    appeal = one(claim(filed(), shut, lost, edition="uk-current"), D.APPEAL, AT + 4 * DAY)
    assert (appeal.state, appeal.due_no_later) == (S.UNDETERMINED, AT + 32 * DAY)
    known = (filed(), events.GrantedSellerFunded(at=AT))
    again = one(claim(*known, lost, edition="uk-current"), D.APPEAL, AT + 4 * DAY)
    assert (again.due_at, again.due_no_later, again.started_by) == (AT + 30 * DAY, None, "granted_seller_funded")


def test_a_window_that_was_only_observed_ends() -> None:
    """On the bound the appeal may still be in time and is taken; a microsecond later it is surely too late."""
    for status, appealed in (
        (ClaimStatus.GRANTED_SELLER_FUNDED, events.SellerAppealed),
        (ClaimStatus.CLOSED, events.BuyerAppealed),
    ):
        seen = claim(events.Observed(at=AT, status=status), edition="uk-current")
        bound = AT + 30 * DAY
        assert apply(seen, appealed(at=bound)).status is ClaimStatus.UNDER_REVIEW
        with pytest.raises(TransitionRefused) as caught:
            apply(seen, appealed(at=bound + TICK))
        assert (caught.value.refusal.code, caught.value.refusal.possible_until) == ("too_late", bound)


def test_a_question_outside_the_review_starts_nothing() -> None:
    """Amazon's question after the decision is history; the clock to answer belongs to the review alone."""
    asked = events.InformationRequested(at=AT + 2 * DAY, respond_by=AT + 3 * DAY)
    for edition in ("faq-2016", "us-2026"):
        after = claim(filed(), events.Denied(at=AT + DAY), asked, edition=edition)
        assert one(after, D.ANSWER_AMAZON, AT + 9 * DAY).state is S.NOT_OFFERED
        during = claim(filed(), asked, edition=edition)
        assert one(during, D.ANSWER_AMAZON, AT + 9 * DAY).state is S.MISSED


def test_the_buyers_first_message_starts_the_clock_once() -> None:
    """A message in the history counts where the order names none; later ones do not start it again."""
    wrote, again = events.BuyerMessaged(at=AT - DAY), events.BuyerMessaged(at=AT + DAY)
    for edition in ("us-2020-07", "us-2026", "uk-current"):
        found = one(claim(wrote, filed(), again, edition=edition), D.ANSWER_BUYER, AT)
        assert (found.started_by, found.due_at) == ("buyer_messaged", AT + DAY)
        named = one(claim(wrote, filed(), edition=edition, contact=AT - 2 * DAY), D.ANSWER_BUYER, AT)
        assert (named.started_by, named.due_at) == ("first_contact_at", AT)


def test_an_observation_of_what_is_known_starts_nothing() -> None:
    """Seen again under review: the filing still counts."""
    found = claim(filed(), events.Observed(at=AT + DAY, status=ClaimStatus.UNDER_REVIEW))
    assert one(found, D.ANSWER_AMAZON, AT + DAY).due_at == AT + 7 * DAY


def test_a_clock_without_a_figure_is_undetermined() -> None:
    """The FAQ names no appeal window and Canada no response clock: they run, and nobody knows how long."""
    granted = one(claim(filed(), events.GrantedSellerFunded(at=AT)), D.APPEAL, AT + 1000 * DAY)
    assert (granted.state, granted.due_at, granted.on_expiry) == (S.UNDETERMINED, None, None)
    answer = one(claim(filed(), edition="ca-current"), D.ANSWER_AMAZON, AT + 1000 * DAY)
    assert (answer.state, answer.running) == (S.UNDETERMINED, True)
    answered = claim(filed(), events.SellerResponded(at=AT + DAY), edition="ca-current")
    assert one(answered, D.ANSWER_AMAZON, AT + DAY).state is S.MET


@pytest.mark.parametrize("each", Marketplace.all(), ids=lambda each: each.country)
@given(st.integers(0, 366 * 24 * 4))
def test_calendar_days_and_hours_by_zone(each: Marketplace, quarters: int) -> None:
    """Over a year in every zone: hours are elapsed time, days keep the wall time where it exists."""
    at = datetime(2026, 1, 1, tzinfo=UTC) + quarters * timedelta(minutes=15)
    asked = claim(filed(at), events.InformationRequested(at=at), country=each.country)
    hours = one(under(asked, "us-2026"), D.ANSWER_AMAZON, at)
    assert hours.due_at == at + timedelta(hours=72)
    for edition, days in (("us-2016-11", 3), ("faq-2016", 7)):
        due = one(under(asked, edition), D.ANSWER_AMAZON, at).due_at
        assert due
        wall, target = (moment.astimezone(each.zoneinfo).replace(tzinfo=None) for moment in (at, due))
        exists = target == wall + days * DAY
        assert exists or target - (wall + days * DAY) == timedelta(hours=1)  # a gap: read on the old clock
        assert abs((due - at) - days * DAY) <= timedelta(hours=1)


@given(st.sampled_from(Edition.all()), st.integers(-30, 60), st.integers(0, 40), st.sampled_from(DECIDED))
def test_states_are_a_function_of_time(edition: Edition, ask: int, gap: int, decision: AnyEvent) -> None:
    """With the same history time only moves an open deadline, or one with a bound, to a missed one; the rest stands."""
    history = (filed(), decision.model_copy(update={"at": AT + gap * DAY}))
    found = claim(*history, edition=edition.id, contact=AT - DAY)
    now = AT + ask * DAY
    for before, after in zip(deadlines(found, as_of=now), deadlines(found, as_of=now + 50 * DAY), strict=True):
        ends = S.UNDETERMINED if before.due_no_later else S.OPEN  # the one state that time can end
        assert (before.state, after.state) in {(state, state) for state in S} | {(ends, S.MISSED)}
        assert (before.due_at, before.due_no_later) == (after.due_at, after.due_no_later)
        assert before.due_at is None or before.due_no_later is None
        assert (before.time_left is None) is (after.time_left is None)


def test_on_expiry_says_how_certain_the_source_is() -> None:
    """Silence costs the decision in 2016, and on the European and Australian pages; since 2020 it may in the US."""
    by_hand = {
        "faq-2016": "will",
        "us-2016-06": "will",
        "us-2016-11": "will",
        "us-2020-07": "may",
        "us-2026": "may",
        "us-2021-05": "may",
        "uk-current": "may",
        "eu-current": "will",
        "au-current": "will",
        **dict.fromkeys(("in-current", "jp-current", "ca-current", "ae-sa-current")),
    }
    for edition, certainty in by_hand.items():
        expiry = one(claim(filed(), edition=edition), D.ANSWER_AMAZON, AT).on_expiry
        assert (expiry and expiry.certainty) == certainty


def test_deadlines_of_nonsense() -> None:
    """A naive instant and an edition that does not ship are refused."""
    with pytest.raises(InvalidDocument, match="as_of"):
        deadlines(claim(filed()), as_of=datetime(2026, 6, 2))  # noqa: DTZ001
    with pytest.raises(UnknownName, match="my-edition"):
        deadlines(claim(filed(), edition="my-edition"), as_of=AT)


def test_deadlines_come_in_one_order_and_hash() -> None:
    """Always all of them, in the order of the enum; each a hashable value that dumps without its order."""
    found = deadlines(claim(filed()), as_of=AT)
    assert [each.name for each in found] == list(DeadlineName)
    assert len(set(found)) == len(DeadlineName) == 7
    assert all("order_id" not in each.model_dump_json() for each in found)


def returning(edition: str = "us-2026", *history: AnyEvent, **facts: object) -> Claim:
    """A claim about a return, filed ten days after the return was asked for."""
    order = Order.model_validate(
        {
            "order_id": "123-1234567-1234567",
            "marketplace": "GB" if edition == "uk-current" else "US",
            "placed_at": datetime(2026, 1, 1, tzinfo=UTC),
            "deliver_by": date(2026, 5, 1),
            "return_requested_at": AT,
            **facts,
        }
    )
    filing = filed(AT + 10 * DAY)
    events_of = sorted((filing, *history), key=lambda event: event.at)
    data = {"order": order, "reason": "return_not_refunded", "edition": edition, "history": events_of}
    return Claim.model_validate(data)


RETURNS = [
    # edition, deadline, what starts it, how long
    ("us-2020-07", D.AUTHORISE_RETURN, "return_requested_at", timedelta(hours=48)),
    ("us-2021-05", D.AUTHORISE_RETURN, "return_requested_at", timedelta(hours=48)),
    ("us-2026", D.AUTHORISE_RETURN, "return_requested_at", timedelta(hours=48)),
    ("uk-current", D.AUTHORISE_RETURN, "return_requested_at", timedelta(hours=48)),
    ("us-2026", D.SEND_RETURN_LABEL, "return_requested_at", timedelta(days=2)),
    ("uk-current", D.SEND_RETURN_LABEL, "return_requested_at", timedelta(hours=48)),
    ("us-2026", D.REFUND_RETURN, "return_received_at", timedelta(days=4)),
]


@pytest.mark.parametrize(("edition", "name", "start", "span"), RETURNS)
def test_a_return_is_in_time_on_the_due_instant(edition: str, name: DeadlineName, start: str, span: timedelta) -> None:
    """A fact of the order starts it; open at the due instant, missed a microsecond later; without the fact no clock."""
    about = returning(edition, **{start: AT})
    due = one(about, name, AT + span)
    assert (due.state, due.due_at, due.started_by, due.started_at) == (S.OPEN, AT + span, start, AT)
    assert one(about, name, AT + span + TICK).state is S.MISSED
    without = returning(edition, **{start: None})
    assert one(without, name, AT + span).state is S.NOT_OFFERED


ENDS = {
    D.AUTHORISE_RETURN: ("return_authorised_at", "return_label_at", "return_received_at", "return_refunded_at"),
    D.SEND_RETURN_LABEL: ("return_label_at", "return_received_at", "return_refunded_at"),
    D.REFUND_RETURN: ("return_refunded_at",),
}


@pytest.mark.parametrize(("edition", "name", "start", "span"), RETURNS)
def test_what_ends_the_clock_of_a_return(edition: str, name: DeadlineName, start: str, span: timedelta) -> None:
    """Each fact that answers it, on time and late; one from before the start answers nothing."""
    begun = {"return_received_at": AT} if start == "return_received_at" else {}
    for fact in ENDS[name]:
        met = one(returning(edition, **{**begun, fact: AT + span}), name, AT + 9 * DAY)
        assert (met.state, met.ended_at) == (S.MET, AT + span)
        assert one(returning(edition, **{**begun, fact: AT + span + TICK}), name, AT + 9 * DAY).state is S.MISSED
        before = returning(edition, **{**begun, fact: AT - TICK})
        if not begun or fact != "return_received_at":
            assert one(before, name, AT).state is S.OPEN
    refund = events.SellerRefunded(at=AT + 11 * DAY)
    late = one(returning(edition, refund, **begun), name, AT + 12 * DAY)
    assert (late.state, late.ended_at) == (S.MISSED, refund.at)


def test_the_earliest_answer_to_a_return_counts() -> None:
    """A message before the authorisation answers the request; so does an authorisation before a message."""
    message = events.SellerMessaged(at=AT + timedelta(hours=3))
    for authorised, ended in ((AT + DAY, message.at), (AT + timedelta(hours=1), AT + timedelta(hours=1))):
        about = returning("us-2026", message, return_authorised_at=authorised)
        assert one(about, D.AUTHORISE_RETURN, AT + DAY).ended_at == ended
    assert one(returning("us-2026", message), D.SEND_RETURN_LABEL, AT + DAY).ended_at is None


def test_the_automatic_grant_is_a_later_reading_of_the_refund() -> None:
    """Four calendar days are due first, five stand beside them; both are said, and the sooner is the one to act by."""
    due = one(returning("us-2026", return_received_at=AT + 9 * DAY), D.REFUND_RETURN, AT + 11 * DAY)
    assert [(row.figure, row.kind.value, row.due_at) for row in due.readings] == [
        ("refund_return", "soft", AT + 13 * DAY),
        ("refund_before_automatic_grant", "firm", AT + 14 * DAY),
    ]
    assert (due.due_at, due.act_by) == (AT + 13 * DAY, AT + 13 * DAY)
    for figure in ("refund_return", "refund_before_automatic_grant"):
        assert "refund_after_a_return" in {row.id for row in contradictions_of("us-2026", figure)}


def test_four_calendar_days_hold_from_26_january_2026() -> None:
    """Between two editions both neighbours are read; the four days only from the day that the notice names."""
    for day, figures in (
        (25, ["refund_before_automatic_grant"]),
        (26, ["refund_return", "refund_before_automatic_grant"]),
    ):
        at = datetime(2026, 1, day, 20, tzinfo=UTC)
        order = Order(
            order_id="123-1234567-1234567",
            marketplace="US",
            placed_at=datetime(2026, 1, 1, tzinfo=UTC),
            return_received_at=at,
        )
        found = Claim.model_validate(
            {"order": order, "reason": "return_not_refunded", "edition": "us-2021-05", "history": (filed(at),)}
        )
        read = one(found, D.REFUND_RETURN, at).readings
        assert [row.figure for row in read if row.edition == "us-2026"] == figures


def test_what_was_not_done_before_the_claim_is_history() -> None:
    """A return that was not answered in time is missed, and nothing to act on once the claim is filed."""
    missed = one(returning("us-2026"), D.AUTHORISE_RETURN, AT + 11 * DAY)
    assert (missed.state, missed.act_by) == (S.MISSED, None)
    assert "never recorded" in missed.explain().say()


def test_a_deadline_of_a_return_is_borrowed_where_no_edition_has_one() -> None:
    """In Germany no source names one: the firm figure of another marketplace stands beside, as borrowed."""
    about = returning("eu-current", marketplace="DE")
    read = one(about, D.AUTHORISE_RETURN, AT + DAY)
    assert (read.state, read.due_at) == (S.UNDETERMINED, None)
    assert [(row.edition, row.kind.value) for row in read.readings] == [("eu-current", "soft"), ("us-2026", "borrowed")]
