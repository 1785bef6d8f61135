"""Where a step stands: each rule alone, on a policy of one or two steps, on both sides of its edge."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import ValidationError
from transitions import Machine

from atoz.lifecycle.machine import machine
from atoz.lifecycle.operations import options
from atoz.model.claim import Claim
from atoz.model.events import AnyEvent, Filed, Observed
from atoz.model.reason import ReasonDetail
from atoz.planner.plan import Plan
from atoz.planner.plan import plan as plan_by_all_rules
from atoz.planner.policy import Policy
from atoz.testing import a_claim, an_event, an_order
from atoz.testing.builders import FILED_AT

DAY, HOUR, TICK = timedelta(days=1), timedelta(hours=1), timedelta(microseconds=1)
WORDS = {"en": "a test", "zh": "测试"}
ROW = {"why": WORDS, "source": "own", "confidence": "atoz"}
OPEN = {"when": {"status": ["under_review"]}}


def policy(*avoid: dict[str, object], apart: int = 1, **steps: dict[str, object]) -> Policy:
    """A policy of these steps, by their ids."""
    return Policy.model_validate(
        {
            "id": "own",
            "title": WORDS,
            "editions": ["us-2026"],
            "messages_apart": {"value": apart, "unit": "calendar_day"},
            "look_again": {"value": 5, "unit": "calendar_day"},
            "sources": {"own": {"title": "a test", "address": "written for the tests"}},
            "steps": [{"id": name, **ROW, **step} for name, step in steps.items()],
            "avoid": [{"id": f"not_{number}", "what": WORDS, **ROW, **row} for number, row in enumerate(avoid)],
        }
    )


def hours(value: int, kind: str, **facts: object) -> AnyEvent:
    """An event so many hours after the filing."""
    return an_event(kind, FILED_AT + value * HOUR, **facts)


def claim(*events: AnyEvent, first: AnyEvent | None = None, edition: str = "us-2026", **order: object) -> Claim:
    """A claim that was filed, or began otherwise, with this history."""
    return Claim.model_validate(
        {
            "order": an_order(**order),
            "reason": "not_received",
            "edition": edition,
            "history": (first or Filed(at=FILED_AT), *events),
        }
    )


def plan(about: Claim, *, as_of: datetime, policy: Policy, machine: Machine | None = None) -> Plan:
    """The plan by the claim's own edition alone, so that each rule of the planner stands for itself."""
    return plan_by_all_rules(about, as_of=as_of, policy=policy, pinned_only=True, machine=machine)


def states(made: Plan) -> dict[str, str]:
    """Each step of a plan with its state."""
    return {action.step: action.state.value for action in made.actions}


ASKED = hours(1, "information_requested")
ANSWER = {"action": "respond_to_amazon", "serves": "answer_amazon", **OPEN}
AFTER_ASKED = {"not_before": {"value": 0, "unit": "hour", "after": "information_requested"}}


@pytest.mark.parametrize("status", ["closed", "granted_seller_funded", "withdrawn", "refunded", "cancelled"])
def test_what_the_machine_refuses_is_never_recommended(status: str) -> None:
    """A policy may ask for a refund whatever the status: on a claim that cannot be refunded the plan has no action."""
    refund = policy(refund={"action": "refund_buyer"})
    decided = a_claim(status=status, edition="us-2026")
    assert options(decided, decided.updated_at).get("seller_refunded", True)
    made = plan(decided, as_of=decided.updated_at + DAY, policy=refund)
    assert [action for action in made.actions if action.state != "done"] == []
    assert states(plan(claim(), as_of=FILED_AT, policy=refund)) == {"refund": "now"}


def test_an_appeal_that_comes_too_late_is_missed_and_no_other_refusal_is() -> None:
    """The code of the refusal decides: too late is a missed step; what the table does not know is no step at all."""
    appeal = policy(appeal={"action": "appeal"})
    granted = a_claim(status="granted_seller_funded", edition="us-2026")
    due = granted.updated_at + 30 * DAY
    assert states(plan(granted, as_of=due, policy=appeal)) == {"appeal": "now"}
    assert states(plan(granted, as_of=due + TICK, policy=appeal)) == {"appeal": "missed"}
    assert states(plan(claim(), as_of=FILED_AT, policy=appeal)) == {}


def test_one_message_at_a_time() -> None:
    """Two messages are due: the first of the policy goes, the other waits for it by name; then the cadence holds it."""
    both = policy(first={"action": "message_buyer", **OPEN}, second={"action": "ask_for_evidence", **OPEN}, apart=2)
    first, second = plan(claim(), as_of=FILED_AT, policy=both).actions
    assert (first.step, first.state, first.waits_for) == ("first", "now", ())
    assert (second.step, second.state, second.waits_for) == ("second", "later", ("first",))
    sent = claim(hours(0, "seller_messaged", purpose="message_buyer"))
    for as_of, state in ((FILED_AT + 2 * DAY - TICK, "later"), (FILED_AT + 2 * DAY, "now")):
        made = plan(sent, as_of=as_of, policy=both)
        assert states(made) == {"first": "done", "second": state}
        assert next(action for action in made.actions if action.step == "second").at == FILED_AT + 2 * DAY


def test_a_message_that_serves_a_deadline_goes_when_it_is_due() -> None:
    """The cadence would hold it for ten days; the deadline comes first."""
    reply = policy(reply={"action": "message_buyer", "serves": "answer_buyer", **OPEN}, apart=10)
    wrote = claim(hours(1, "seller_messaged", purpose="ask_for_evidence"), hours(2, "buyer_messaged"))
    made = plan(wrote, as_of=FILED_AT + 2 * HOUR, policy=reply)
    assert [(action.state, action.at) for action in made.actions] == [("later", FILED_AT + 50 * HOUR)]


def test_a_done_step_stays_listed_while_it_is_held_back() -> None:
    """A warning takes back what is still to be done, not what was done."""
    held = policy({"action": "escalate", **OPEN}, hand_over={"action": "escalate", **OPEN})
    assert states(plan(claim(), as_of=FILED_AT, policy=held)) == {}
    done = plan(claim(hours(0, "handed_over")), as_of=FILED_AT + HOUR, policy=held)
    assert states(done) == {"hand_over": "done"}
    assert [entry.id for entry in done.do_not] == ["not_0"]


def test_a_claim_that_was_only_observed_is_answered_at_once() -> None:
    """The question lies unseen, the clock may run: a step that serves it is due from the beginning on."""
    answer = policy(answer={**ANSWER, **AFTER_ASKED})
    seen = Observed(at=FILED_AT, status="under_review")  # type: ignore[arg-type]
    old = claim(first=seen, edition="faq-2016")  # the filing alone asks for an answer
    (action,) = plan(old, as_of=FILED_AT + HOUR, policy=answer).actions
    assert (action.state, action.at, action.due_at) == ("now", FILED_AT, None)
    answered = claim(hours(1, "seller_responded"), first=seen, edition="faq-2016")
    assert states(plan(answered, as_of=FILED_AT + 2 * HOUR, policy=answer)) == {"answer": "done"}
    without = policy(answer={**ANSWER, "serves": None, **AFTER_ASKED})
    assert states(plan(old, as_of=FILED_AT + HOUR, policy=without)) == {}
    assert states(plan(claim(), as_of=FILED_AT + HOUR, policy=answer)) == {}


NOTICE_CHECK = {
    "action": "check_for_question",
    "when": {"status": ["under_review"], "asked_by_amazon": False},
    "due": {"value": 24, "unit": "hour", "before": "answer_amazon"},
    "again": {"value": 48, "unit": "hour"},
}


def test_a_claim_notice_alone_asks_for_a_look_and_never_for_an_answer() -> None:
    """Due before the soft clock of the notice ends, never overdue; again 48 hours after the last look; until asked."""
    both = policy(look=NOTICE_CHECK, answer=ANSWER)
    (check,) = plan(claim(), as_of=FILED_AT, policy=both).actions
    assert (check.step, check.state, check.due_at) == ("look", "now", FILED_AT + 48 * HOUR)
    (late,) = plan(claim(), as_of=FILED_AT + 500 * HOUR, policy=both).actions
    assert (late.step, late.state, late.overdue) == ("look", "now", False)
    looked = claim(hours(5, "nothing_asked"))
    (again,) = plan(looked, as_of=FILED_AT + 53 * HOUR - TICK, policy=both).actions
    assert (again.state, again.at) == ("later", FILED_AT + 53 * HOUR)
    (again,) = plan(looked, as_of=FILED_AT + 53 * HOUR, policy=both).actions
    assert (again.state, again.due_at, again.overdue) == ("now", FILED_AT + 53 * HOUR, False)
    (again,) = plan(looked, as_of=FILED_AT + 90 * HOUR, policy=both).actions
    assert (again.state, again.at) == ("now", FILED_AT + 53 * HOUR)
    asked = plan(
        claim(hours(5, "nothing_asked"), hours(6, "information_requested")), as_of=FILED_AT + 9 * HOUR, policy=both
    )
    assert states(asked) == {"look": "done", "answer": "now"}
    old = plan(claim(edition="faq-2016"), as_of=FILED_AT, policy=both)
    assert states(old) == {"answer": "now"}
    answered = plan(claim(hours(5, "seller_responded"), edition="faq-2016"), as_of=FILED_AT + 6 * HOUR, policy=both)
    assert states(answered) == {"answer": "done"}


def test_nobody_looks_for_a_question_that_has_come() -> None:
    """Once Amazon has asked there is nothing to look for, whatever the policy names."""
    checking = policy(look={"action": "check_for_question", **OPEN})
    assert states(plan(claim(), as_of=FILED_AT, policy=checking)) == {"look": "now"}
    assert states(plan(claim(ASKED), as_of=FILED_AT + 2 * HOUR, policy=checking)) == {}


def test_a_step_for_another_detail_is_not_done_by_the_same_event() -> None:
    """The event completes the step for the claim's own detail, and no step at all where the detail is another."""
    step = policy(step={"action": "escalate", "when": {"status": ["under_review"], "detail": ["not_shipped"]}})
    handed = claim(hours(1, "handed_over"))
    for detail, expected in ((ReasonDetail.NOT_SHIPPED, {"step": "done"}), (ReasonDetail.IN_TRANSIT_LATE, {})):
        about = handed.model_copy(update={"detail": detail})
        assert states(plan(about, as_of=FILED_AT + 2 * HOUR, policy=step)) == expected


def test_a_step_that_waits_and_has_no_end_is_no_reason_to_look() -> None:
    """Of a claim that was only observed the answer's end is not known: the policy's own interval is left."""
    chosen = policy(first={"action": "collect_evidence", **OPEN}, answer={**ANSWER, "after": ["first"]})
    seen = Observed(at=FILED_AT, status="under_review")  # type: ignore[arg-type]
    made = plan(claim(first=seen, edition="faq-2016"), as_of=FILED_AT + HOUR, policy=chosen)
    assert [(action.step, action.state, action.due_at) for action in made.actions] == [
        ("first", "now", None),
        ("answer", "later", None),
    ]
    assert made.look_again_at


def test_only_an_answer_that_serves_the_clock_waits_for_a_question() -> None:
    """An answer for its own sake, and another action that serves the clock, are planned while nothing was asked."""
    for step in ({"action": "respond_to_amazon", **OPEN}, {**ANSWER, "action": "message_buyer"}):
        assert states(plan(claim(), as_of=FILED_AT, policy=policy(step=step))) == {"step": "now"}
    assert states(plan(claim(), as_of=FILED_AT, policy=policy(step=ANSWER))) == {}


def test_only_a_deadline_ends_the_waiting_for_another_step() -> None:
    """A step past the policy's own time still waits; one that serves a deadline waits no more when it is due."""
    due = {"value": 4, "unit": "hour", "after": "information_requested"}
    first = {"action": "collect_evidence", **OPEN}
    for served, state, waits in ((None, "later", ("first",)), ("answer_amazon", "now", ())):
        chosen = policy(first=first, second={**ANSWER, "serves": served, "after": ["first"], "due": due})
        made = plan(claim(ASKED), as_of=FILED_AT + 80 * HOUR, policy=chosen)
        second = [(action.state, action.waits_for) for action in made.actions if action.step == "second"]
        assert second == [(state, waits)]
    chosen = policy(first=first, second={**ANSWER, "after": ["first"]})
    for at, state in ((FILED_AT + 73 * HOUR - TICK, "later"), (FILED_AT + 73 * HOUR, "now")):
        assert states(plan(claim(ASKED), as_of=at, policy=chosen))["second"] == state


def test_a_step_that_belongs_to_nothing_is_done_by_the_first_event_too() -> None:
    """A message that opened the history, before the filing, is the message of a step for any status."""
    wrote = an_event("seller_messaged", FILED_AT - HOUR, purpose="message_buyer")
    about = claim(Filed(at=FILED_AT), first=wrote)
    assert states(plan(about, as_of=FILED_AT, policy=policy(step={"action": "message_buyer"}))) == {"step": "done"}


def test_the_last_question_of_one_instant_is_the_one_to_answer() -> None:
    """Asked, answered and asked again at once: open; and a question after the decision takes no answer back."""
    answer = policy(answer=ANSWER)
    said = hours(1, "seller_responded")
    after = FILED_AT + 4 * HOUR
    assert states(plan(claim(ASKED, said, ASKED), as_of=after, policy=answer)) == {"answer": "now"}
    assert states(plan(claim(ASKED, said), as_of=after, policy=answer)) == {"answer": "done"}
    granted = (hours(2, "granted_seller_funded"), hours(3, "information_requested"))
    assert states(plan(claim(ASKED, said, *granted), as_of=after, policy=answer)) == {"answer": "done"}


@pytest.mark.parametrize(
    ("first", "events", "wait"),
    [
        (Observed(at=FILED_AT, status="closed"), (), 30 * DAY + TICK),  # type: ignore[arg-type]
        (None, (hours(1, "denied"),), 30 * DAY + HOUR + TICK),
        (None, (hours(1, "denied"), hours(2, "buyer_appealed")), 5 * DAY + 2 * HOUR),
    ],
)
def test_the_end_of_the_buyers_window_is_a_reason_to_look(
    first: AnyEvent | None, events: tuple[AnyEvent, ...], wait: timedelta
) -> None:
    """While it runs, surely or perhaps; once the buyer has appealed it is no reason any more."""
    about = claim(*events, first=first, edition="uk-current")
    made = plan(about, as_of=about.updated_at, policy=policy(wait={"action": "wait"}))
    assert made.look_again_at == FILED_AT + wait


def test_a_missed_step_is_a_line_without_a_start() -> None:
    """Of what was missed there is only by when it was to be done."""
    chosen = policy(answer={**ANSWER, "serves": None, **AFTER_ASKED}, appeal={"action": "appeal", "serves": "appeal"})
    granted = claim(hours(1, "granted_seller_funded"))
    (missed,) = plan(granted, as_of=FILED_AT + 31 * DAY, policy=chosen).actions
    assert str(missed) == "missed: appeal (appeal), by 2016-07-21 17:00 UTC"


def test_a_what_if_counts_by_one_edition_alone() -> None:
    """No other edition is in force in it, and whether the policy fits goes by the one that the claim pins."""
    about, chosen = claim(edition="us-2026"), policy(wait=WAIT)
    alone, whole = (plan_by_all_rules(about, as_of=FILED_AT, policy=chosen, pinned_only=only) for only in (True, False))
    assert (alone.in_force, alone.policy_fits) == ((), True)
    assert (whole.in_force, whole.policy_fits) == (("us-2016-06",), False)
    turkish = claim(edition="us-2026", marketplace="TR")
    for only, expected in ((True, False), (False, True)):
        made = plan_by_all_rules(turkish, as_of=FILED_AT, policy=chosen, pinned_only=only)
        assert any("TR" in note.en for note in made.notes) is expected


def test_only_what_follows_a_missed_deadline_comes_before_what_is_due() -> None:
    """A step that asks for a deadline in another state is ordered by its own time like any other."""
    soon = {"action": "respond_to_amazon", **OPEN, "due": {"value": 20, "unit": "hour", "after": "filed"}}
    running = {"action": "escalate", "when": {"deadlines": {"answer_amazon": ["open"]}}}
    made = plan(claim(ASKED), as_of=FILED_AT + 2 * HOUR, policy=policy(running=running, soon=soon))
    assert [action.step for action in made.now] == ["soon", "running"]


def test_a_claim_that_was_only_observed_is_looked_at_and_not_answered() -> None:
    """Whether Amazon has asked lies unseen: look, until a look finds nothing; without a clock in 48 hours."""
    both = policy(look=NOTICE_CHECK, answer=ANSWER)
    seen = Observed(at=FILED_AT, status="under_review")  # type: ignore[arg-type]
    (check,) = plan(claim(first=seen), as_of=FILED_AT, policy=both).actions
    assert (check.step, check.state, check.due_at) == ("look", "now", FILED_AT + 48 * HOUR)
    made = plan(claim(hours(1, "nothing_asked"), first=seen), as_of=FILED_AT + HOUR, policy=both)
    assert (states(made), made.attention) == ({"look": "later"}, "waiting")


def test_only_a_look_comes_again() -> None:
    """Nothing else is to be done over and over, and something has to lie in between."""
    for row in (
        {"action": "escalate", "again": {"value": 2, "unit": "hour"}},
        {**NOTICE_CHECK, "again": {"value": 0, "unit": "hour"}},
    ):
        with pytest.raises(ValidationError, match="again"):
            policy(again=row)


def test_an_answer_before_the_question_does_not_answer_it() -> None:
    """Neither earlier nor at the same instant: the place in the history decides; a second question asks again."""
    answer = policy(answer={**ANSWER, **AFTER_ASKED})
    said, after = hours(1, "seller_responded"), FILED_AT + 2 * HOUR
    assert states(plan(claim(said, ASKED), as_of=after, policy=answer)) == {"answer": "now"}
    assert states(plan(claim(ASKED, said), as_of=after, policy=answer)) == {"answer": "done"}
    assert states(plan(claim(ASKED, said, ASKED), as_of=after, policy=answer)) == {"answer": "now"}


def test_the_event_that_started_the_clock_is_the_one_that_counts() -> None:
    """Two messages of the buyer and a reply between them, all at one instant: the first started the clock."""
    reply = policy(reply={"action": "message_buyer", "serves": "answer_buyer", **OPEN}, apart=0)
    wrote, sent = hours(1, "buyer_messaged"), hours(1, "seller_messaged", purpose="message_buyer")
    after = FILED_AT + 2 * HOUR
    assert states(plan(claim(wrote, sent, wrote), as_of=after, policy=reply)) == {"reply": "done"}
    assert states(plan(claim(sent, wrote, wrote), as_of=after, policy=reply)) == {"reply": "now"}


def test_a_message_sent_in_another_status_is_not_the_step() -> None:
    """What was sent while Amazon decided does not explain a withdrawal after its decision."""
    explain = policy(explain={"action": "explain_withdrawal", "when": {"status": ["granted_seller_funded"]}})
    sent, granted = hours(1, "seller_messaged", purpose="explain_withdrawal"), hours(2, "granted_seller_funded")
    after = FILED_AT + 40 * HOUR
    assert states(plan(claim(sent, granted), as_of=after, policy=explain)) == {"explain": "now"}
    resent = hours(3, "seller_messaged", purpose="explain_withdrawal")
    assert states(plan(claim(sent, granted, resent), as_of=after, policy=explain)) == {"explain": "done"}


def test_a_step_can_count_from_the_first_contact() -> None:
    """A fact of the order is an anchor like any event; without it the step has no beginning."""
    step = {"action": "escalate", **OPEN, "not_before": {"value": 2, "unit": "hour", "after": "first_contact_at"}}
    contacted = claim(first_contact_at=FILED_AT - HOUR)
    start = FILED_AT + HOUR
    assert states(plan(contacted, as_of=start - TICK, policy=policy(step=step))) == {"step": "later"}
    assert states(plan(contacted, as_of=start, policy=policy(step=step))) == {"step": "now"}
    assert states(plan(claim(), as_of=start, policy=policy(step=step))) == {}


def test_a_time_counted_back_never_lies_before_the_clock_started() -> None:
    """A notice that leaves less time than the policy wants in hand is due when it comes, and not the day before."""
    answer = policy(answer={**ANSWER, "due": {"value": 24, "unit": "hour", "before": "answer_amazon"}})
    short = hours(10, "information_requested", respond_by=FILED_AT + 20 * HOUR)
    long = hours(10, "information_requested", respond_by=FILED_AT + 40 * HOUR)
    for question, due in ((short, FILED_AT + 10 * HOUR), (long, FILED_AT + 16 * HOUR)):
        (action,) = plan(claim(question), as_of=FILED_AT + 10 * HOUR, policy=answer).actions
        assert (action.due_at, action.overdue) == (due, False)


WAIT = {"action": "wait", **OPEN}


@pytest.mark.parametrize(
    ("chosen", "events", "expected"),
    [
        (policy(wait=WAIT), (), FILED_AT + 5 * DAY),  # nothing sets an instant: the policy's own interval
        (policy(wait=WAIT), (ASKED,), FILED_AT + 73 * HOUR + TICK),  # a deadline that runs
        (
            policy(later={**WAIT, "not_before": {"value": 3, "unit": "hour", "after": "filed"}}),
            (),
            FILED_AT + 3 * HOUR,
        ),
        (
            policy(due={"action": "escalate", **OPEN, "due": {"value": 4, "unit": "hour", "after": "filed"}}),
            (),
            FILED_AT + 4 * HOUR + TICK,  # on the due instant it is still in time
        ),
        (
            policy(
                before={"action": "collect_evidence", **OPEN},
                answer={**ANSWER, "after": ["before"], "due": {"value": 9, "unit": "hour", "before": "answer_amazon"}},
            ),
            (ASKED,),
            FILED_AT + 64 * HOUR,  # from then on it waits for nothing any more
        ),
        (
            policy(near={"action": "escalate", "when": {"hours_left_at_most": {"answer_amazon": 70}}}),
            (ASKED,),
            FILED_AT + 3 * HOUR,
        ),
        (policy(near={"action": "escalate", "when": {"hours_left_at_most": {"appeal": 70}}}), (), FILED_AT + 5 * DAY),
        (
            policy(near={"action": "escalate", "when": {"hours_left_at_most": {"answer_amazon": 60}}}),
            (ASKED, hours(2, "seller_responded")),  # a clock that stands still has no threshold
            FILED_AT + 2 * HOUR + 5 * DAY,
        ),
    ],
)
def test_each_reason_to_look_again_alone(chosen: Policy, events: tuple[AnyEvent, ...], expected: datetime) -> None:
    """The next start, end, deadline or threshold, whichever there is; the policy's own interval if there is none."""
    about = claim(*events)
    assert plan(about, as_of=about.updated_at, policy=chosen).look_again_at == expected


def test_a_lapse_is_noted_only_where_it_is_offered() -> None:
    """After the deadline of an edition that is certain of it; at the last event too, and not before it."""
    answer = policy(answer=ANSWER)
    note = "apply the lapse"
    filed = claim(edition="faq-2016")
    due = FILED_AT + 7 * DAY
    assert not any(note in text.en for text in plan(filed, as_of=due, policy=answer).notes)
    assert any(note in text.en for text in plan(filed, as_of=due + TICK, policy=answer).notes)
    wrote = claim(an_event("buyer_messaged", due + DAY), edition="faq-2016")
    assert any(note in text.en for text in plan(wrote, as_of=due + DAY, policy=answer).notes)
    assert not any(note in text.en for text in plan(wrote, as_of=due + DAY - TICK, policy=answer).notes)
    assert not any(note in text.en for text in plan(claim(ASKED), as_of=due, policy=answer).notes)


def test_no_lapse_is_noted_that_the_users_own_machine_does_not_know() -> None:
    """On a machine without the lapse there is nothing to offer."""
    own, filed = machine(), claim(edition="faq-2016")
    own.remove_transition("response_lapsed")
    for driver, noted in ((None, True), (own, False)):
        made = plan(filed, as_of=FILED_AT + 7 * DAY + TICK, policy=policy(answer=ANSWER), machine=driver)
        assert any("apply the lapse" in text.en for text in made.notes) is noted


def test_a_policy_for_other_rules_names_those_that_it_is_for() -> None:
    """All of them, in one sentence, with what was in force."""
    notes = [note.en for note in plan_by_all_rules(claim(), as_of=FILED_AT, policy="current").notes]
    assert any("us-2016-11, us-2020-07, us-2021-05" in note and "us-2016-06" in note for note in notes)


@pytest.mark.parametrize(
    ("day", "noted"), [(12, "apply the lapse"), (13, "apply the lapse"), (14, "the rules in force do not say so")]
)
def test_where_no_edition_is_known_silence_is_decided_until_2016_11_13(day: int, noted: str) -> None:
    """The last day of the seven days, on the clock of the marketplace, and the first day after it."""
    filed_at = datetime(2016, 11, day, 12, tzinfo=UTC)
    order = an_order(filed_at=filed_at, marketplace="TR")
    about = claim(edition="faq-2016").model_copy(update={"order": order, "history": (Filed(at=filed_at),)})
    made = plan_by_all_rules(about, as_of=filed_at + 8 * DAY, policy=policy(answer=ANSWER))
    words = ("apply the lapse", "the rules in force do not say so")
    assert [word for word in words if any(word in text.en for text in made.notes)] == [noted]


def test_an_instant_before_the_last_event_is_noted_and_no_other() -> None:
    """One microsecond decides."""
    wrote = claim(ASKED)
    note = "lies before the last event"
    for as_of, noted in ((wrote.updated_at - TICK, True), (wrote.updated_at, False), (wrote.updated_at + DAY, False)):
        assert any(note in text.en for text in plan(wrote, as_of=as_of, policy=policy(wait=WAIT)).notes) is noted


def test_a_window_of_which_only_a_bound_is_known_is_noted_by_that_bound() -> None:
    """Filed before the earliest day on which it can have opened: the note names that day."""
    order = an_order(placed_at=datetime(2026, 4, 20, 15, tzinfo=UTC), deliver_by=date(2026, 6, 20))
    early = claim(edition="faq-2016").model_copy(update={"order": order})
    made = plan(early, as_of=FILED_AT, policy=policy(wait=WAIT))
    opens = made.window.opens or made.window.opens_no_earlier
    assert opens is not None
    assert any(f"before its window opened ({opens.isoformat()})" in text.en for text in made.notes)


def test_actions_come_in_order_of_urgency() -> None:
    """What follows a missed deadline first, then by due time, what has no end last; later steps by their start."""
    escalate = {"action": "escalate", **OPEN}
    chosen = policy(
        open_ended={**WAIT, "action": "collect_evidence"},
        due_late={"action": "respond_to_amazon", **OPEN, "due": {"value": 90, "unit": "hour", "after": "filed"}},
        due_soon={"action": "ask_score_restoration", **OPEN, "due": {"value": 80, "unit": "hour", "after": "filed"}},
        missed={**escalate, "when": {"status": ["under_review"], "deadlines": {"answer_amazon": ["missed"]}}},
        fifth={**escalate, "not_before": {"value": 5, "unit": "calendar_day", "after": "filed"}},
        fourth={
            **escalate,
            "not_before": {"value": 4, "unit": "calendar_day", "after": "filed"},
            "due": {"value": 9, "unit": "calendar_day", "after": "filed"},
        },
    )
    made = plan(claim(ASKED), as_of=FILED_AT + 74 * HOUR, policy=chosen)
    assert [action.step for action in made.now] == ["missed", "due_soon", "due_late", "open_ended"]
    assert [action.step for action in made.actions if action.state == "later"] == ["fourth", "fifth"]


def test_a_step_is_planned_where_the_users_own_machine_allows_it() -> None:
    """An appeal after a denial is no row of the table; with a machine that has it, the step is there."""
    appeal = policy(appeal={"action": "appeal", "when": {"status": ["closed", "granted_seller_funded"]}})
    own, denied, after = machine(), claim(hours(1, "denied")), FILED_AT + 2 * HOUR
    own.add_transition("seller_appealed", "closed", "under_review")
    assert states(plan(denied, as_of=after, policy=appeal)) == {}
    assert states(plan(denied, as_of=after, policy=appeal, machine=own)) == {"appeal": "now"}
