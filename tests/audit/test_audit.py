"""Audits: by hand-counted instants, and on simulated histories whose lateness and omissions are known."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from atoz.audit import Audit, AuditSummary, DeadlineResult, DepartureKind, StepResult, audit, audit_all
from atoz.errors import InvalidDocument
from atoz.events import (
    Filed,
    HandedOver,
    InformationRequested,
    NothingAsked,
    OrderCancelled,
    Purpose,
    ScoreRestorationAsked,
    SellerMessaged,
    SellerRefunded,
    SellerResponded,
)
from atoz.lifecycle import PaidBy, rebuild
from atoz.model import Claim
from atoz.planner import Policy
from atoz.planner.actions import Action
from atoz.planner.plan import Plan, plan
from atoz.planner.step_status import ActionState
from atoz.rulebook.deadline_clock import clock
from atoz.rulebook.deadlines import DeadlineState
from atoz.testing import Seller, Simulation, World, a_claim, after_hours, an_order, simulate

FILED = datetime(2026, 6, 16, 16, tzinfo=UTC)


def after(hours: float) -> datetime:
    """So long after the filing."""
    return FILED + timedelta(hours=hours)


def today(*events, **facts) -> Claim:
    """A claim of 2026, with these events."""
    return a_claim(edition="us-2026", events=events, **facts)


def kinds(made: Audit) -> list[tuple[str, str]]:
    """The departures in brief."""
    return [(row.kind.value, row.name) for row in made.departures]


ASKED, ANSWERED = InformationRequested(at=after(24)), SellerResponded(at=after(40))
LOOKED = NothingAsked(at=after(1))


def test_an_answer_in_time_has_its_margin() -> None:
    """72 hours from the question: answered after 16, 56 are in hand."""
    made = audit(today(ASKED, ANSWERED), as_of=after(50))
    answer = next(row for row in made.deadlines if row.started_by == "information_requested")
    assert (answer.name, answer.result, answer.margin) == ("answer_amazon", DeadlineResult.MET, timedelta(hours=56))
    assert answer.duty
    assert answer.counts
    assert "late" not in {kind for kind, _ in kinds(made)}


@pytest.mark.parametrize(
    ("hours", "result"), [(96, DeadlineResult.MET), (96 + 1 / 3600, DeadlineResult.LATE)], ids=["last", "first after"]
)
def test_the_last_instant_still_counts(hours: float, result: DeadlineResult) -> None:
    """At the due instant a deadline is met; a second later it is not, and the margin says by how much."""
    made = audit(today(ASKED, SellerResponded(at=after(hours))), as_of=after(120))
    answer = next(row for row in made.deadlines if row.started_by == "information_requested")
    assert (answer.result, answer.margin) == (result, after(96) - after(hours))
    assert bool(made.failed) is (result is DeadlineResult.LATE)


def test_silence_is_missed_and_the_first_departure_comes_first() -> None:
    """Nobody answers: the step was due before the deadline, and the policy was left then."""
    made = audit(today(ASKED), "current", as_of=after(200))
    answer = next(row for row in made.deadlines if row.started_by == "information_requested")
    assert (answer.result, answer.answered_at, answer.margin) == (DeadlineResult.MISSED, None, None)
    assert made.first is not None
    assert made.first.at == min(row.at for row in made.departures)
    omitted = [(row.name, row.at) for row in made.departures if row.kind is DepartureKind.MISSED]
    assert omitted == [("answer_amazon", after(24 + 48))]


def test_a_second_question_overtakes_the_first() -> None:
    """The clock starts anew: two runs, of which the first was neither met nor missed."""
    made = audit(today(ASKED, InformationRequested(at=after(48)), SellerResponded(at=after(60))), as_of=after(80))
    runs = [row.result for row in made.deadlines if row.started_by == "information_requested"]
    assert runs == [DeadlineResult.OVERTAKEN, DeadlineResult.MET]


@pytest.mark.parametrize(("hours", "missed"), [(72, 0), (72.01, 1)])
def test_a_second_question_does_not_hide_that_the_first_was_left(hours: float, missed: int) -> None:
    """The policy answers a day before the 72 hours are over; asked again after that, the first time stays missed."""
    again = InformationRequested(at=after(hours))
    made = audit(today(LOOKED, ASKED, again, SellerResponded(at=after(hours + 1))), as_of=after(90))
    assert [row.result.value for row in made.steps if row.step == "answer_amazon"] == ["missed"] * missed + ["done"]
    assert kinds(made).count(("missed", "answer_amazon")) == missed


def test_what_is_forbidden_is_named_by_the_warning() -> None:
    """A refund of a protected label, an order cancelled by the seller, a score asked for that is not lost."""
    protected = an_order(filed_at=FILED, claims_protected="yes")
    refunded = today(SellerRefunded(at=after(2)), order=protected, filed_at=FILED)
    cancelled = today(OrderCancelled(at=after(2), actor="seller"))
    asked = a_claim(edition="us-2026", status="closed", events=[ScoreRestorationAsked(at=after(48))])
    assert [kinds(audit(claim, "current", as_of=after(60))) for claim in (refunded, cancelled, asked)] == [
        [("forbidden", "refund_a_protected_order")],
        [("forbidden", "cancel_the_order")],
        [("forbidden", "ask_for_a_score_that_is_not_lost")],
    ]


def test_a_cancellation_by_the_buyer_is_nothing_the_seller_did() -> None:
    """The same event of somebody else departs from nothing."""
    assert kinds(audit(today(OrderCancelled(at=after(2), actor="buyer")), as_of=after(3))) == []


def test_messages_keep_their_distance() -> None:
    """`faq-2016` lets a day pass between two messages: an hour less is too close by an hour."""
    apart = Policy.named("faq-2016").messages_apart
    assert (apart.value, apart.unit) == (1, "calendar_day")
    filed = datetime(2016, 6, 21, 16, tzinfo=UTC)
    messages = [
        SellerMessaged(at=filed + timedelta(hours=24), purpose=Purpose.ASK_FOR_WITHDRAWAL),
        SellerMessaged(at=filed + timedelta(hours=47), purpose=Purpose.ASK_FOR_EVIDENCE),
    ]
    claim = a_claim(reason="not_as_described", events=messages)
    close = [row for row in audit(claim, as_of=filed + timedelta(hours=50)).departures if row.kind == "too_close"]
    assert [(row.at, row.by) for row in close] == [(messages[1].at, timedelta(hours=1))]


def test_early_and_without_advice() -> None:
    """The second message of the FAQ is for the third day; a handing over is not in its plan at all."""
    filed = datetime(2016, 6, 21, 16, tzinfo=UTC)
    message = SellerMessaged(at=filed + timedelta(hours=24), purpose=Purpose.ASK_FOR_EVIDENCE)
    early = audit(a_claim(reason="not_as_described", events=[message]), as_of=message.at)
    handed = audit(a_claim(events=[HandedOver(at=filed + timedelta(hours=1))]), as_of=filed + timedelta(hours=2))
    assert kinds(early) == [("early", "second_message")]
    assert kinds(handed) == [("not_advised", "handed_over")]


def test_to_look_again_is_never_wrong() -> None:
    """A second look after an hour binds nobody, whatever the policy says."""
    assert kinds(audit(today(LOOKED, NothingAsked(at=after(2))), as_of=after(3))) == []


def test_each_event_says_what_was_advised_before_it() -> None:
    """Before the filing nothing was; the look is advised, and done."""
    made = audit(today(LOOKED), as_of=after(2))
    assert [(row.event, row.completed) for row in made.events] == [
        ("filed", ()),
        ("nothing_asked", ("check_for_question",)),
    ]
    assert "check_for_question" in made.events[1].advised


def test_later_events_are_left_out() -> None:
    """The audit ends at its instant, whatever is known since; a claim of later cannot be audited."""
    claim = today(ASKED, ANSWERED)
    assert [row.event for row in audit(claim, as_of=after(30)).events] == ["filed", "information_requested"]
    assert len(audit(claim, as_of=FILED).events) == 1
    with pytest.raises(InvalidDocument, match="before the claim began"):
        audit(claim, as_of=FILED - timedelta(seconds=1))
    with pytest.raises(InvalidDocument):
        audit(claim, as_of=datetime(2026, 6, 20))  # noqa: DTZ001  (naive on purpose)


def test_a_claim_that_waits_for_ten_years_is_audited_at_once() -> None:
    """Advice that no longer changes is not asked for day by day."""
    claim = a_claim(edition="us-2026", status="granted_seller_funded")
    made = audit(claim, as_of=FILED + timedelta(days=3650))
    assert made.steps[-1].result in set(StepResult)


def test_an_observed_claim_has_deadlines_without_a_start() -> None:
    """Only the status was seen: nothing is invented about what lies before."""
    order = an_order(filed_at=FILED)
    seen = {"kind": "observed", "at": after(1), "status": "granted_seller_funded"}
    claim = Claim.model_validate({"order": order, "reason": "other", "edition": "us-2026", "history": [seen]})
    made = audit(claim, as_of=after(2))
    assert [(row.name, row.started_at, row.result) for row in made.deadlines] == [
        ("appeal", None, DeadlineResult.UNKNOWN)
    ]


def test_an_audit_comes_back_from_its_json() -> None:
    """It is a document."""
    made = audit(today(ASKED, ANSWERED), as_of=after(50))
    assert Audit.model_validate_json(made.model_dump_json()) == made


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_audit_speaks(language) -> None:
    """Events, departures, steps and deadlines, a line each."""
    made = audit(today(ASKED), as_of=after(200))
    text = made.say(language)
    assert text.count("\n") + 1 == 4 + len(made.events) + len(made.departures) + len(made.steps) + len(made.deadlines)
    assert "\n" not in made.line(language)


def test_many_are_streamed_and_summed() -> None:
    """Each audit comes before the next claim is read; the sums are those of the rows."""
    read: list[int] = []

    def claims() -> Iterator[Claim]:
        for number, claim in enumerate((today(ASKED, ANSWERED), today(SellerRefunded(at=after(5), amount="10 USD")))):
            read.append(number)
            yield claim

    rows = audit_all(claims(), "current", as_of=after(200))
    first = next(rows)
    assert (isinstance(first, Audit), read) == (True, [0])
    *others, summary = rows
    assert isinstance(summary, AuditSummary)
    assert (summary.claims, len(others)) == (2, 1)
    assert {(row.paid_by, str(row.amount)) for row in summary.money} == {
        (PaidBy.UNDECIDED, "31.90 USD"),
        (PaidBy.SELLER, "10 USD"),
    }
    answers = next(row for row in summary.deadlines if row.name == "answer_amazon")
    assert (answers.results[DeadlineResult.MET], answers.failed_rate) == (1, 0.0)
    assert AuditSummary.model_validate_json(summary.model_dump_json()) == summary


def test_no_claims_have_no_rates() -> None:
    """Nothing divided by nothing is no rate."""
    (summary,) = audit_all([], as_of=FILED)
    assert isinstance(summary, AuditSummary)
    assert (summary.claims, summary.followed_rate, summary.money, summary.deadlines) == (0, None, (), ())
    assert summary.say()


# Simulated histories ------------------------------------------------------------------------------------------------

EDITIONS = {"faq-2016": "faq-2016", "us-2026": "current"}
DAYS = 11
KINDS = ("information_requested", "buyer_messaged", "denied", "granted_seller_funded", "granted_amazon_funded")


DECISIONS = {
    "denied",
    "granted_seller_funded",
    "granted_amazon_funded",
    "response_lapsed",
    "seller_refunded",
    "withdrawn",
}
"""No clock of the order counts beyond one of these."""


class Game(NamedTuple):
    """A claim to be played: whose rules, what happens, and the seller's faults."""

    edition: str
    reason: str
    happenings: tuple[tuple[int, str], ...]
    seller: Seller

    def play(self) -> tuple[Simulation, Policy]:
        """What becomes of it under the policy of its rules."""
        policy = Policy.named(EDITIONS[self.edition])
        claim = a_claim(edition=self.edition, reason=self.reason)
        world = World.of(*(after_hours(hours, kind) for hours, kind in self.happenings))
        end = claim.updated_at + timedelta(days=DAYS)
        return simulate(claim, policy, world, until=end, seller=self.seller), policy


@st.composite
def games(draw: st.DrawFn) -> Game:
    """A seller with known faults, in a world with at most three happenings."""
    edition = draw(st.sampled_from(sorted(EDITIONS)))
    policy = Policy.named(EDITIONS[edition])
    happenings = draw(st.lists(st.tuples(st.integers(1, 24 * 6), st.sampled_from(KINDS)), max_size=3))
    names = sorted({step.id for step in policy.steps if step.action is not Action.WAIT})
    seller = Seller(
        late_by=timedelta(hours=draw(st.sampled_from([0, 1, 20, 30, 60, 100, 200]))),
        forgets=tuple(draw(st.lists(st.sampled_from(names), max_size=3, unique=True))),
    )
    reason = draw(st.sampled_from(["not_received", "not_as_described"]))
    return Game(edition, reason, tuple(happenings), seller)


def at_hand(claim: Claim, policy: Policy, at: datetime, *, before: int | None = None) -> Plan:
    """The plan at an instant, from what had happened by then, or from the first so many events."""
    known = [event for event in claim.history if event.at <= at] if before is None else claim.history[:before]
    so_far = rebuild(claim.order, known, reason=claim.reason, amount=claim.amount, edition=claim.edition)
    return plan(so_far, as_of=at, policy=policy, pinned_only=True)


def hourly(simulation: Simulation, policy: Policy) -> Iterator[Plan]:
    """The plan of every hour, and of right after it: due instants of these claims lie on whole hours."""
    begun = simulation.claim.history[0].at
    for hour in range(24 * DAYS + 1):
        for at in (begun + timedelta(hours=hour), begun + timedelta(hours=hour, microseconds=1)):
            if at <= simulation.until:
                yield at_hand(simulation.claim, policy, at)


def done_late(simulation: Simulation, policy: Policy) -> set[tuple[str, datetime]]:
    """The steps that the seller did while the plan called them overdue, by the plan made again right before.

    A message of the buyer that went unanswered in time is history for the plan: the step has no end any more.
    """
    claim, late = simulation.claim, set()
    serves = {step.id: step.serves for step in policy.steps}
    for turn in simulation.turns:
        if turn.step and not turn.refused and turn.event is not None:
            before = at_hand(claim, policy, turn.at, before=claim.history.index(turn.event))
            missed = {row.name for row in before.deadlines if row.state is DeadlineState.MISSED}
            late |= {
                (turn.step, turn.at)
                for action in before.now
                if action.step == turn.step
                and (action.overdue or (action.due_at is None and serves[turn.step] in missed))
            }
    return late


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(game=Game("us-2026", "not_received", ((1, "buyer_messaged"),), Seller(late_by=timedelta(hours=60))))
@given(game=games())
@pytest.mark.slow
def test_exactly_what_was_late_or_left_out_is_found(game: Game) -> None:
    """Lateness is what the plan itself calls overdue; omissions are looked for hour by hour."""
    simulation, policy = game.play()
    made = audit(simulation.claim, policy, as_of=simulation.until, pinned_only=True)

    late = {(step.step, step.done_at) for step in made.steps if step.result is StepResult.LATE}
    assert late == done_late(simulation, policy)
    if not simulation.seller.late_by:
        assert late == set()

    over: set[str] = set()
    shown: set[str] = set()
    for hour in hourly(simulation, policy):
        over |= {
            action.step
            for action in hour.actions
            if (action.state is ActionState.MISSED and action.step in shown) or action.overdue
        }
        shown |= {action.step for action in hour.now}
    failed = {step.step for step in made.steps if step.result in (StepResult.LATE, StepResult.MISSED)}
    assert failed == over
    assert {row.name for row in made.departures if row.kind in (DepartureKind.LATE, DepartureKind.MISSED)} == over


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(game=games())
def test_deadlines_end_as_they_were_played(game: Game) -> None:
    """Each missed deadline of the simulation is found, no other is, and nothing that was played lacks advice."""
    simulation, policy = game.play()
    made = audit(simulation.claim, policy, as_of=simulation.until, pinned_only=True)
    decided = [event.at for event in simulation.claim.history if event.kind in DECISIONS]
    missed = {
        (row.name, row.started_at)
        for row in simulation.deadlines
        if row.state is DeadlineState.MISSED
        and clock(row.name).party == "seller"
        and not (clock(row.name).before_claim and any(row.started_at <= at <= row.due_at for at in decided))
    }
    found = {(row.name, row.started_at) for row in made.failed}
    assert found == missed
    assert len({(row.name, row.started_by, row.started_at) for row in made.deadlines}) == len(made.deadlines)
    deeds = {DepartureKind.FORBIDDEN, DepartureKind.TOO_CLOSE, DepartureKind.EARLY, DepartureKind.NOT_ADVISED}
    assert [row for row in made.departures if row.kind in deeds] == []


def test_a_prompt_seller_follows_the_policy() -> None:
    """At once and whole: no departure."""
    claim = today()
    assert isinstance(claim.history[0], Filed)
    world = World.of(after_hours(24, "information_requested"))
    game = simulate(claim, "current", world, until=after(24 * 12))
    assert audit(game.claim, "current", as_of=game.until, pinned_only=True).departures == ()
