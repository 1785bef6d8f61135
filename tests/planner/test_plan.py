"""Plans: deterministic, never against the machine, something for every status, and honest about when to look again."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from atoz.errors import InvalidDocument, TransitionRefused, UnknownName
from atoz.lifecycle.attention import Attention
from atoz.lifecycle.operations import apply, open_claim, options
from atoz.model import events
from atoz.model.claim import Claim
from atoz.model.events import EVENT_CLASSES, AnyEvent, Purpose
from atoz.model.marketplace import Marketplace
from atoz.model.order import Order, TriState
from atoz.model.reason import ClaimReason
from atoz.model.status import ClaimStatus
from atoz.planner.actions import COMPLETED_BY, Action, is_message
from atoz.planner.plan import Plan, plan
from atoz.planner.policy import Policy, shipped_policies
from atoz.planner.policy_steps import PolicyStep
from atoz.planner.step_status import ActionState
from atoz.planner.timeliness import Timeliness
from atoz.report.clock import Clock, minute_after
from atoz.report.plan_view import plan_view
from atoz.rulebook.deadlines import DeadlineState
from atoz.rulebook.edition import Edition
from atoz.rulebook.filing_window import Verdict
from atoz.testing.builders import FILED_TODAY, a_claim, an_order

AT = datetime(2026, 6, 1, 16, tzinfo=UTC)
DAY, HOUR, TICK = timedelta(days=1), timedelta(hours=1), timedelta(microseconds=1)
EDITIONS = [each.id for each in Edition.all()]
KINDS = [kind for kind in EVENT_CLASSES if kind not in ("filed", "observed")]


def order(**facts: object) -> Order:
    """An order whose claim of 1 June 2026 lies in every window."""
    return Order.model_validate(
        {
            "order_id": "123-1234567-1234567",
            "marketplace": "US",
            "placed_at": datetime(2026, 5, 1, 15, tzinfo=UTC),
            "deliver_by": date(2026, 5, 10),
            **facts,
        }
    )


def claim(*history: AnyEvent, edition: str = "faq-2016", reason: str = "not_received", **facts: object) -> Claim:
    """A claim filed on 1 June 2026, with this history after it."""
    return Claim.model_validate(
        {
            "order": order(**facts),
            "reason": reason,
            "amount": "31.90 USD",
            "edition": edition,
            "history": (events.Filed(at=AT), *history),
        }
    )


def happen(kind: str, at: datetime, pick: st.DrawFn) -> AnyEvent:
    """An event of a kind with drawn facts."""
    facts: dict[str, dict[str, object]] = {
        "response_lapsed": {"due_at": at - HOUR},
        "withdrawn": {"consent_to_recharge": True},
        "order_cancelled": {"actor": "buyer"},
    }
    if kind == "evidence_added":
        facts[kind] = {"evidence": pick(st.sampled_from(["proof_of_delivery", "correspondence", "photo"]))}
    if kind == "seller_messaged":
        facts[kind] = {"purpose": pick(st.sampled_from(Purpose))}
    if kind == "information_requested":
        facts[kind] = {"respond_by": pick(st.none() | st.just(at + 2 * DAY))}
    return EVENT_CLASSES[kind].model_validate({"at": at, **facts.get(kind, {})})  # type: ignore[return-value]


@st.composite
def reachable(draw: st.DrawFn) -> Claim:
    """A claim that the machine can bring about, under any edition, with any facts that a plan looks at."""
    maybe = st.none() | st.integers(-3 * 24, 3 * 24).map(lambda hours: AT + hours * HOUR)
    found = claim(
        edition=draw(st.sampled_from(EDITIONS)),
        reason=draw(st.sampled_from(ClaimReason)).value,
        first_contact_at=draw(maybe),
        delivered_at=draw(maybe),
        claims_protected=draw(st.sampled_from(TriState)),
        deliver_by=draw(st.none() | st.just(date(2026, 5, 10))),
    )
    if draw(st.booleans()):
        seen = events.Observed(at=AT, status=draw(st.sampled_from(ClaimStatus)))
        found = Claim.model_validate({**dict(found), "history": (seen,), "status": seen.status})
    for gap, kind in draw(st.lists(st.tuples(st.integers(0, 9 * 24), st.sampled_from(KINDS)), max_size=6)):
        try:
            found = apply(found, happen(kind, found.updated_at + gap * HOUR, draw))
        except TransitionRefused:
            continue
    return found


policies = st.sampled_from(shipped_policies())
waits = st.integers(0, 40 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))


@given(reachable(), waits, policies)
@settings(max_examples=200)
def test_a_plan_never_recommends_what_the_machine_refuses(found: Claim, wait: timedelta, policy: str) -> None:
    """Every action to take now, its event applied now, is taken by the machine; `options` says so too."""
    as_of = found.updated_at + wait
    for action in plan(found, as_of=as_of, policy=policy).now:
        done = COMPLETED_BY[action.action]
        if done is None:
            continue
        facts = {"evidence_added": {"evidence": "photo"}}.get(done.kind, {})
        event = EVENT_CLASSES[done.kind].model_validate({"at": as_of, **facts})
        assert apply(found, event)  # type: ignore[arg-type]
        assert options(found, as_of).get(done.kind) is None


@given(reachable(), waits, policies)
@settings(max_examples=120)
def test_the_same_input_gives_the_same_bytes(found: Claim, wait: timedelta, policy: str) -> None:
    """Twice, and from a claim that was read back from its own JSON."""
    as_of = found.updated_at + wait
    first = plan(found, as_of=as_of, policy=policy).model_dump_json()
    again = Claim.model_validate_json(found.model_dump_json())
    assert plan(again, as_of=as_of, policy=Policy.named(policy)).model_dump_json() == first
    assert plan(found, as_of=as_of.astimezone(order().zone), policy=policy).model_dump_json() == first


def _asks_for_a_miss(step: PolicyStep) -> bool:
    asked = step.when.deadlines or {}
    return any(DeadlineState.MISSED in states for states in asked.values())


@given(reachable(), waits, policies)
@settings(max_examples=120)
def test_actions_are_in_order_of_urgency(found: Claim, wait: timedelta, policy: str) -> None:
    """Now, later, done, missed; what is due first comes first; no step twice; every step is the policy's."""
    as_of = found.updated_at + wait
    made = plan(found, as_of=as_of, policy=policy)
    states = [list(ActionState).index(each.state) for each in made.actions]
    assert states == sorted(states)
    after_a_miss = {step.id for step in Policy.named(policy).steps if _asks_for_a_miss(step)}
    first = [action.step in after_a_miss for action in made.now]
    assert first == sorted(first, reverse=True), "what follows a missed deadline comes first"
    now = [action.due_at or datetime.max.replace(tzinfo=UTC) for action in made.now if action.step not in after_a_miss]
    assert now == sorted(now)
    later = [each.at for each in made.actions if each.state is ActionState.LATER]
    assert later == sorted(later, key=lambda at: at or datetime.max.replace(tzinfo=UTC))
    assert len({each.step for each in made.actions}) == len(made.actions)
    assert {each.step for each in made.actions} <= {step.id for step in Policy.named(policy).steps}
    for each in made.actions:
        step = Policy.named(policy).step(each.step)
        assert (each.action, each.why, each.source, each.confidence) == (
            step.action,
            step.why,
            step.source,
            step.confidence,
        )
        assert not each.waits_for or each.state is ActionState.LATER
        was_due = each.state is ActionState.NOW and each.due_at is not None and as_of > each.due_at
        assert was_due or not each.overdue  # what rests on a soft clock is past and yet not overdue
        assert each.state is not ActionState.NOW or (each.at and each.at <= as_of)
        assert each.state is not ActionState.LATER or each.waits_for or (each.at and each.at > as_of)
    assert len([each for each in made.now if is_message(each.action)]) <= 1


@given(reachable(), waits, policies)
@settings(max_examples=120)
def test_an_avoided_action_is_never_recommended(found: Claim, wait: timedelta, policy: str) -> None:
    """What stands under "do not" with an action is neither now nor later; each entry has its words and source."""
    made = plan(found, as_of=found.updated_at + wait, policy=policy)
    entries = {each.id: each for each in Policy.named(policy).avoid}
    avoided = {entries[each.id].action for each in made.do_not}
    assert not avoided & {each.action for each in made.actions if each.state in (ActionState.NOW, ActionState.LATER)}
    for each in made.do_not:
        assert (each.what, each.why, each.source) == (
            entries[each.id].what,
            entries[each.id].why,
            entries[each.id].source,
        )


def standing(made: Plan) -> tuple[Timeliness, list[tuple[str, ActionState, bool]]]:
    """What of a plan must not change before it says that it may."""
    return made.timeliness, sorted((each.step, each.state, each.overdue) for each in made.actions)


@given(reachable(), waits, policies, st.floats(0, 1, exclude_max=True))
@settings(max_examples=100)
def test_nothing_changes_before_the_next_look(found: Claim, wait: timedelta, policy: str, part: float) -> None:
    """Between two looks the plan stays as it is, up to the last microsecond; a look is always ahead."""
    as_of = found.updated_at + wait
    for _ in range(4):
        made = plan(found, as_of=as_of, policy=policy)
        if made.look_again_at is None:
            assert made.attention is Attention.DONE
            assert all(each.state is ActionState.DONE for each in made.actions)
            assert standing(plan(found, as_of=as_of + 400 * DAY, policy=policy)) == standing(made)
            return
        assert made.look_again_at > as_of
        last = made.look_again_at - TICK
        for at in (min(last, as_of + (last - as_of) * part), last):
            assert standing(plan(found, as_of=at, policy=policy)) == standing(made)
        as_of = made.look_again_at


@given(reachable(), st.sampled_from(Marketplace.all()), policies, st.data())
@settings(max_examples=100)
def test_no_plan_says_look_again_at_the_instant_asked(
    found: Claim, place: Marketplace, policy: str, data: st.DataObject
) -> None:
    """Asked at any event, at any due instant of any reading, or when it said: it names a later instant, also as text.

    A minute is the least that a text shows: what changes a moment after a due instant is looked at a minute later.
    """
    about = found.model_copy(update={"order": found.order.model_copy(update={"marketplace": place.country})})
    made = plan(about, as_of=about.updated_at, policy=policy)
    dues = [at for row in made.deadlines for part in row.readings for at in (part.due_at, part.due_no_later) if at]
    dues += [action.due_at for action in made.actions if action.due_at]
    asked = sorted({about.updated_at, *(event.at for event in about.history), *dues, *(at + TICK for at in dues)})
    as_of = data.draw(st.sampled_from(asked))
    for _ in range(3):
        again_at = plan(about, as_of=as_of, policy=policy).look_again_at
        if again_at is None:
            return
        assert again_at > as_of
        clock = Clock(place.zoneinfo)
        assert minute_after(again_at) >= again_at
        assert clock.at(minute_after(again_at)) != clock.at(as_of)
        as_of = again_at


def test_a_text_never_names_the_instant_asked() -> None:
    """At the very instant of a deadline the claim is looked at a minute later, in both languages."""
    asked = claim(events.InformationRequested(at=AT), edition="us-2026")
    made = plan(asked, as_of=AT + 3 * DAY, policy="current")
    assert made.look_again_at == AT + 3 * DAY + TICK
    for language, says in (("en", "Check again at 2026-06-04 09:01 PDT"), ("zh", "请于 2026-06-04 09:01 PDT")):
        screen = Console(file=StringIO(), width=200)
        screen.print(plan_view(made, language))  # type: ignore[arg-type]
        assert isinstance(screen.file, StringIO)
        assert says in screen.file.getvalue()


def test_a_look_is_taken_when_a_deadline_comes_near() -> None:
    """A policy that asks how many hours are left is looked at again when so many are."""
    text = """
id = "near"
title = { en = "Near", zh = "临近" }
editions = ["faq-2016"]
messages_apart = { value = 1, unit = "calendar_day" }
look_again = { value = 1, unit = "calendar_day" }
[sources.me]
title = "Me"
address = "my own head"
[[steps]]
id = "hurry"
action = "escalate"
when = { hours_left_at_most = { answer_amazon = 30 } }
why = { en = "It is due soon.", zh = "即将到期。" }
source = "me"
confidence = "atoz"
"""
    policy, due = Policy.read(text), AT + 7 * DAY
    early = plan(claim(), as_of=AT, policy=policy, pinned_only=True)
    assert (early.now, early.look_again_at) == ((), due - 30 * HOUR)
    assert not plan(claim(), as_of=due - 30 * HOUR - TICK, policy=policy, pinned_only=True).now
    assert [each.step for each in plan(claim(), as_of=due - 30 * HOUR, policy=policy, pinned_only=True).now] == [
        "hurry"
    ]
    assert plan(claim(), as_of=due, policy=policy, pinned_only=True).now
    assert not plan(claim(), as_of=due + TICK, policy=policy, pinned_only=True).now


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("policy", shipped_policies())
@pytest.mark.parametrize("status", ClaimStatus)
def test_every_status_has_a_plan(status: ClaimStatus, policy: str, edition: str) -> None:
    """Under every edition and both policies; a claim that is not settled has something to do, even if it is to wait."""
    seen = events.Observed(at=AT, status=status)
    found = Claim.model_validate({"order": order(), "reason": "not_received", "edition": edition, "history": (seen,)})
    made = plan(found, as_of=AT + DAY, policy=policy)
    assert (made.status, made.edition, made.policy) == (status, edition, policy)
    assert len(made.deadlines) == 7
    if status in (ClaimStatus.UNDER_REVIEW, ClaimStatus.GRANTED_SELLER_FUNDED):
        assert made.now
        assert made.look_again_at
    if status in (ClaimStatus.REFUNDED, ClaimStatus.CANCELLED):
        assert not made.actions


@pytest.mark.parametrize("policy", shipped_policies())
@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("detail", [None, "not_shipped", "in_transit_late", "delivered_disputed"])
def test_a_protected_order_is_never_refunded(detail: str | None, edition: str, policy: str) -> None:
    """Not received, under a protected label: no plan of forty days recommends a refund, and the list says not to."""
    found = Claim.model_validate({**dict(claim(edition=edition, claims_protected="yes")), "detail": detail})
    as_of: datetime | None = AT
    while as_of is not None and as_of < AT + 40 * DAY:
        made = plan(found, as_of=as_of, policy=policy)
        assert Action.REFUND_BUYER not in {each.action for each in made.actions}
        assert any("refund" in each.what.en.casefold() for each in made.do_not)
        as_of = made.look_again_at


def test_refunding_needs_that_nothing_protects() -> None:
    """`current` refunds only what was never shipped, and only without protection: the warning replaces it exactly."""
    for protected, refunds in (("no", True), ("unknown", True), ("yes", False)):
        found = claim(edition="us-2026", claims_protected=protected)
        found = Claim.model_validate({**dict(found), "detail": "not_shipped"})
        made = plan(found, as_of=AT + HOUR, policy="current")
        assert (Action.REFUND_BUYER in {each.action for each in made.now}) is refunds
        assert ("refund_a_protected_order" in {each.id for each in made.do_not}) is not refunds
    described = claim(edition="us-2026", reason="not_as_described", claims_protected="yes")
    assert "refund_a_protected_order" not in {each.id for each in plan(described, as_of=AT, policy="current").do_not}


def test_another_edition_is_noted() -> None:
    """A policy that is written for other rules says so, in both languages; one that fits does not.

    A what-if asks for the edition that it names; a plan for what is in force on the filing day, whatever is pinned.
    """
    for edition, name, alone in product(EDITIONS, shipped_policies(), (True, False)):
        made = plan(claim(edition=edition), as_of=AT, policy=name, pinned_only=alone)
        said = [note for note in made.notes if f"Policy {name} is written for" in note.en]
        rules = edition if alone else "us-2026"
        assert bool(said) is (rules not in Policy.named(name).editions) is not made.policy_fits
        assert all(rules in note.zh for note in said)


@pytest.mark.parametrize(
    ("country", "filed", "policy"),
    [
        ("US", "2016-11-13T20:00:00Z", "faq-2016"),
        ("US", "2016-11-14T20:00:00Z", "current"),
        ("US", "2016-11-14T06:00:00Z", "faq-2016"),  # still the 13th in Seattle
        ("TR", "2016-11-13T12:00:00Z", "faq-2016"),  # no edition is known there
        ("TR", "2016-11-14T12:00:00Z", "current"),
        ("US", "2024-03-01T12:00:00Z", "current"),  # between two dated editions
    ],
)
def test_the_default_policy_goes_by_the_filing_day(country: str, filed: str, policy: str) -> None:
    """The FAQ's until 2016-11-13 on the clock of the marketplace, then today's; it fits, and the plan says which."""
    at = datetime.fromisoformat(filed)
    sold = order(marketplace=country, placed_at=at - 19 * DAY)
    filed_then = open_claim(sold, reason="not_received", filed_at=at)
    made = plan(filed_then, as_of=at)
    assert (made.policy, made.policy_fits, made.edition) == (policy, True, "faq-2016")
    other = plan(filed_then, as_of=at, policy={"faq-2016": "current"}.get(policy, "faq-2016"))
    assert not other.policy_fits


@pytest.mark.parametrize(
    ("filed", "verdict", "words"),
    [
        ("2026-05-06", Verdict.NOT_YET, "before its window opened (2026-05-07)"),
        ("2026-05-07", Verdict.ELIGIBLE, None),
        ("2026-08-08", Verdict.ELIGIBLE, None),
        ("2026-08-09", Verdict.EXPIRED, "after its window closed (2026-08-08)"),
    ],
)
def test_a_claim_outside_its_window_is_an_argument(filed: str, verdict: Verdict, words: str | None) -> None:
    """It is kept, the verdict stands in the plan, and a note says to say so; on each side of each edge."""
    at = datetime.fromisoformat(f"{filed}T18:00:00Z")
    found = Claim.model_validate({"order": order(), "reason": "not_received", "history": (events.Filed(at=at),)})
    made = plan(found, as_of=at)
    assert made.window_verdict is verdict
    said = " ".join(note.en for note in made.notes)
    assert (words in said) if words else ("window" not in said)


def test_an_undetermined_window_is_noted() -> None:
    """What is missing is named, in words: a fact of the order, or a rule that the edition does not have."""
    for found, en, zh in (
        (claim(deliver_by=None), "latest delivery day", "最迟送达日"),
        (claim(edition="in-current"), "a closing day", "截止日"),
        (claim(edition="us-2026", reason="other"), "a window for this reason", "此理由的索赔期"),
    ):
        made = plan(found, as_of=AT)
        assert made.window_verdict is Verdict.UNDETERMINED
        assert any(note.en.endswith("not known: " + en + ".") or en in note.en for note in made.notes)
        assert any("无法判断" in note.zh and zh in note.zh for note in made.notes)
    assert not any("cannot be told" in note.en for note in plan(claim(), as_of=AT).notes)


def test_an_unknown_filing_day_is_noted() -> None:
    """Of a claim that was only seen nobody knows whether it was filed in time; a filing on record is not noted."""
    seen = events.Observed(at=AT, status=ClaimStatus.UNDER_REVIEW)
    found = Claim.model_validate({"order": order(), "reason": "not_received", "history": (seen,)})
    made = plan(found, as_of=AT)
    assert made.window.opens
    assert made.window_verdict is Verdict.UNDETERMINED
    assert any("Only the status was observed" in note.en and "观察所得" in note.zh for note in made.notes)
    assert not any("observed" in note.en for note in plan(claim(), as_of=AT).notes)


def test_an_instant_before_the_last_event_is_noted() -> None:
    """On the last event there is nothing to say; a microsecond earlier the plan says what it has used."""
    found = claim(events.SellerResponded(at=AT + DAY))
    for as_of, noted in ((AT + DAY, False), (AT + DAY - TICK, True)):
        notes = plan(found, as_of=as_of).notes
        assert any("before the last event" in note.en for note in notes) is noted
        assert any("2026-06-02 09:00 PDT" in note.zh for note in notes) is noted


def test_an_observed_window_is_looked_at_when_it_is_over() -> None:
    """Only seen as lost: the plan stays until the appeal is surely over, and is looked at then."""
    seen = events.Observed(at=AT, status=ClaimStatus.GRANTED_SELLER_FUNDED)
    facts = {"order": order(), "reason": "not_received", "edition": "us-2026", "history": (seen,)}
    found, bound = Claim.model_validate(facts), AT + 30 * DAY
    for wait in (10 * DAY, 30 * DAY - HOUR, 30 * DAY):
        made = plan(found, as_of=AT + wait, policy="current")
        assert [each.step for each in made.now] == ["appeal_with_new_evidence"]
        assert made.look_again_at == bound + TICK
    over = plan(found, as_of=bound + TICK, policy="current")
    assert (over.now, over.attention) == ((), Attention.DONE)


def test_the_lapse_is_noted_not_taken() -> None:
    """After the due instant a note offers the lapse where every rule in force says `will`; the claim is as it was."""
    filed = datetime(2016, 7, 1, 16, tzinfo=UTC)
    of_2016 = Claim(
        order=Order(order_id="123-1234567-1234567", marketplace="US", placed_at=filed - 20 * DAY),
        reason="not_received",
        history=(events.Filed(at=filed),),
    )
    for after, noted in ((7 * DAY, False), (7 * DAY + TICK, True)):
        made = plan(of_2016, as_of=filed + after)
        assert any("apply the lapse" in note.en for note in made.notes) is noted
        assert made.status is ClaimStatus.UNDER_REVIEW
    answered = apply(of_2016, events.SellerResponded(at=filed + DAY))
    assert not any("apply the lapse" in note.en for note in plan(answered, as_of=filed + 9 * DAY).notes)


def test_no_lapse_is_offered_where_today_s_rule_does_not_say_so() -> None:
    """A claim of 2026 pinned to 2016: the note says that the old rule would have decided and today's does not."""
    notes = [note.en for note in plan(claim(), as_of=AT + 7 * DAY + TICK).notes]
    assert not any("apply the lapse" in note for note in notes)
    assert any("the rules in force do not say so" in note for note in notes)
    alone = plan(claim(), as_of=AT + 7 * DAY + TICK, pinned_only=True)
    assert any("apply the lapse" in note.en for note in alone.notes)
    turkey = claim().model_copy(update={"order": order(marketplace="TR")})
    assert not any("apply the lapse" in note.en for note in plan(turkey, as_of=AT + 8 * DAY).notes)


@pytest.mark.parametrize(("policy", "apart"), [("faq-2016", 1), ("current", 2)])
def test_messages_keep_their_distance(policy: str, apart: int) -> None:
    """A message of any purpose delays the next by the policy's cadence: on the instant it may go, not before."""
    sent = AT + (3 * DAY if policy == "faq-2016" else HOUR)
    history: tuple[AnyEvent, ...] = (events.SellerMessaged(at=sent),)
    facts: dict[str, object] = {"edition": "faq-2016"}
    if policy == "current":
        history = (events.GrantedSellerFunded(at=AT), *history)
        facts = {"edition": "us-2026", "delivered_at": AT + TICK}
    found = claim(*history, **facts)  # type: ignore[arg-type]
    for as_of, state in ((sent + apart * DAY - TICK, ActionState.LATER), (sent + apart * DAY, ActionState.NOW)):
        messages = [each for each in plan(found, as_of=as_of, policy=policy).actions if is_message(each.action)]
        assert messages[0].state is state
        assert messages[0].at == sent + apart * DAY


def test_the_cadence_never_costs_a_deadline() -> None:
    """A reply that the rules demand is not held back past its due instant for the sake of the policy's own distance."""
    text = Policy.named("current").model_copy(
        update={"messages_apart": Policy.named("current").look_again.model_copy(update={"value": 5})}
    )
    contact = AT - HOUR
    before = events.SellerMessaged(at=contact - TICK)
    found = Claim.model_validate(
        {
            "order": order(first_contact_at=contact),
            "reason": "not_received",
            "edition": "us-2026",
            "history": (before, events.Filed(at=AT)),
        }
    )
    for as_of in (contact + 24 * HOUR, contact + 48 * HOUR):
        reply = next(
            each for each in plan(found, as_of=as_of, policy=text).actions if each.step == "reply_to_the_buyer"
        )
        assert reply.state is ActionState.NOW


def test_plans_of_nonsense() -> None:
    """A naive instant, an unknown policy, an edition that does not ship."""
    with pytest.raises(InvalidDocument, match="as_of"):
        plan(claim(), as_of=datetime(2026, 6, 2))  # noqa: DTZ001
    with pytest.raises(UnknownName, match="faq-2061"):
        plan(claim(), as_of=AT, policy="faq-2061")
    with pytest.raises(UnknownName, match="mine"):
        plan(claim(edition="mine"), as_of=AT)


def test_a_plan_is_a_value() -> None:
    """Equal plans are one key, and a plan survives JSON, its explanations included."""
    one, other = (plan(claim(), as_of=AT + DAY) for _ in range(2))
    assert one == other
    assert len({one, other}) == 1
    read = Plan.model_validate_json(one.model_dump_json())
    assert read == one
    assert hash(read) == hash(one)
    assert read.window.explain() == one.window.explain()
    assert [deadline.explain() for deadline in read.deadlines] == [deadline.explain() for deadline in one.deadlines]


@pytest.mark.parametrize(
    ("edition", "detail", "words"),
    [
        ("us-2026", None, "say so in the answer to Amazon"),
        ("us-2016-06", None, "say so in the answer to Amazon"),
        ("faq-2016", None, "no page of Amazon's says so"),
        ("jp-current", None, "no page of Amazon's says so"),
        ("us-2026", "not_shipped", "do not argue with that"),
        ("us-2026", "returned_to_sender", "do not argue with that"),
        ("us-2026", "in_transit_late", "say so in the answer to Amazon"),
    ],
)
def test_an_early_filing_is_an_argument_by_a_page_of_amazons_alone(
    edition: str, detail: str | None, words: str
) -> None:
    """Neither a third party's figure nor a case that Amazon refunds without waiting is one."""
    sold = an_order(filed_at=FILED_TODAY, deliver_by=(FILED_TODAY + 60 * DAY).date(), first_contact_at=FILED_TODAY)
    early = a_claim(edition=edition, order=sold, filed_at=FILED_TODAY, detail=detail)
    made = plan(early, as_of=FILED_TODAY)
    assert made.window_verdict is Verdict.NOT_YET
    (note,) = (note for note in made.notes if "before its window opened" in note.en)
    assert words in note.en
    assert "索赔期起始日" in note.zh


def test_a_plan_says_what_a_seller_can_do_where_amazon_ships() -> None:
    """Point it out; and what is not in the seller's hands is said, too."""
    shipped = (plan(a_claim(order=an_order(fulfilment=who)), as_of=FILED_TODAY) for who in ("seller", "amazon"))
    noted = [[note.en for note in made.notes if "Amazon ships this order" in note.en] for made in shipped]
    assert noted[0] == []
    (note,) = noted[1]
    assert "SAFE-T" in note
