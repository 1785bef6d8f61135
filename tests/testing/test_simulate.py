"""Simulations: what the seller does when, what is missed, who paid; by hand-counted instants."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atoz.errors import InvalidDocument
from atoz.lifecycle import PaidBy
from atoz.lifecycle.replay import verify
from atoz.model.events import Actor, LearntFrom
from atoz.rulebook.deadlines import DeadlineState
from atoz.testing import (
    LAST_MINUTE,
    PROMPT,
    SILENCE,
    Seller,
    Simulation,
    World,
    a_claim,
    after_hours,
    an_order,
    assert_reaches,
    on_day,
    simulate,
)
from atoz.testing.strategies import claims
from atoz.testing.world import WORLDLY

FILED = datetime(2016, 6, 21, 16, tzinfo=UTC)


def _days(count: float) -> datetime:
    return FILED + timedelta(days=count)


def _acts(played: Simulation) -> list[tuple[str, datetime]]:
    return [(turn.step, turn.at) for turn in played.turns if turn.step]


def test_faq_policy_in_silence() -> None:
    """A prompt seller does each step on the FAQ's day; nobody decides, so the claim stays under review."""
    played = simulate(a_claim(reason="not_as_described"), "faq-2016", until=_days(30))
    assert sorted(_acts(played)) == [
        ("answer_the_claim", _days(3)),
        ("first_message", _days(1)),
        ("second_message", _days(3)),
    ]
    assert played.missed == ()
    assert played.messages == (_days(1), _days(3))
    assert played.messages_apart == (timedelta(days=2),)
    assert played.paid_by is PaidBy.UNDECIDED


def test_last_minute_is_in_time() -> None:
    """A seller who waits until things are due answers on the fifth day, and the deadline is met."""
    played = simulate(a_claim(reason="not_as_described"), "faq-2016", until=_days(30), seller=LAST_MINUTE)
    assert ("answer_the_claim", _days(5)) in _acts(played)
    assert [each.state for each in played.deadlines if each.name == "answer_amazon"] == [DeadlineState.MET]


@pytest.mark.parametrize(("late", "missed"), [(timedelta(days=7), False), (timedelta(days=7, minutes=1), True)])
def test_late_seller_on_each_side_of_the_deadline(late: timedelta, missed: bool) -> None:
    """Seven days late the answer is given at the due instant and counts; a minute more and Amazon decides silence."""
    played = simulate(a_claim(), "current", until=_days(7.5), seller=Seller(late_by=late))
    assert bool(played.missed) is missed
    assert ("response_lapsed" in [event.kind for event in played.claim.history]) is missed


def test_forgetful_seller_lapses() -> None:
    """Who never answers is decided against a minute after the seventh day, by the clock."""
    played = simulate(a_claim(), "faq-2016", until=_days(30), seller=Seller(forgets=("respond_to_amazon",)))
    last = played.claim.history[-1]
    assert (last.kind, last.at, last.actor) == ("response_lapsed", _days(7) + timedelta(minutes=1), Actor.CLOCK)
    assert_reaches(played, "granted_seller_funded")
    assert "missed" in str(played)


def test_a_world_without_lapses() -> None:
    """Where Amazon does not decide silence the claim only stays late."""
    world = World(lapses=False)
    played = simulate(a_claim(), "faq-2016", world, until=_days(30), seller=Seller(forgets=("respond_to_amazon",)))
    assert played.paid_by is PaidBy.UNDECIDED
    assert len(played.missed) == 1


def test_scripted_world_comes_before_the_seller() -> None:
    """A denial at the instant of the first message comes first, so that the message is never sent."""
    claim = a_claim(reason="not_as_described")
    played = simulate(claim, "faq-2016", World.of(on_day(1, "denied")), until=_days(10))
    assert played.messages == ()
    assert played.paid_by is PaidBy.NOBODY
    assert ("restore_the_score", _days(1)) in _acts(played)


def test_what_the_machine_refuses_does_not_happen() -> None:
    """A denial after a withdrawal is kept as a turn that says why it did not happen."""
    world = World.of(on_day(1, "withdrawn"), on_day(2, "denied"))
    played = simulate(a_claim(), "faq-2016", world, until=_days(3))
    refused = [turn for turn in played.turns if turn.refused]
    assert [turn.event.kind for turn in refused if turn.event] == ["denied"]
    assert "did not happen" in str(played)
    assert played.claim.status == "withdrawn"


def test_days_keep_local_time_over_a_change_of_clocks() -> None:
    """Three days over the change of clocks in March are 71 hours; 72 hours are 72."""
    order = an_order(placed_at="2026-02-20T15:00:00Z", deliver_by="2026-02-25")
    claim = a_claim(order=order, filed_at=datetime(2026, 3, 6, 20, tzinfo=UTC))
    assert on_day(3, "denied").at(claim) - claim.updated_at == timedelta(hours=71)
    assert after_hours(72, "denied").at(claim) - claim.updated_at == timedelta(hours=72)


def test_withdrawal_after_a_grant_brings_its_consent() -> None:
    """A world's withdrawal after the decision includes the buyer's consent, unless the world says otherwise."""
    world = World.of(on_day(2, "granted_seller_funded"), on_day(3, "withdrawn"))
    assert simulate(a_claim(), "faq-2016", world, until=_days(9)).claim.status == "withdrawn"
    without = World.of(on_day(2, "granted_seller_funded"), on_day(3, "withdrawn", consent_to_recharge=False))
    assert simulate(a_claim(), "faq-2016", without, until=_days(9)).claim.status == "granted_seller_funded"


def test_worlds_are_read_from_toml() -> None:
    """A world in TOML is the world in Python; every fault of a bad one is reported."""
    text = """
        [[happenings]]
        value = 2
        unit = "calendar_day"
        event = "buyer_messaged"
    """
    assert World.read(text) == World.of(on_day(2, "buyer_messaged"))
    with pytest.raises(InvalidDocument) as raised:
        World.read('[[happenings]]\nvalue = -1\nunit = "week"\nevent = "seller_refunded"')
    assert {fault.path for fault in raised.value.faults} == {
        "happenings.0.value",
        "happenings.0.unit",
        "happenings.0.event",
    }
    with pytest.raises(InvalidDocument, match="not TOML"):
        World.read("happenings = [")


def test_bad_ends_are_refused() -> None:
    """A naive end, and one before the claim's last event, are atoz's own errors."""
    with pytest.raises(InvalidDocument):
        simulate(a_claim(), "faq-2016", until=FILED.replace(tzinfo=None))
    with pytest.raises(InvalidDocument, match="before the claim's last event"):
        simulate(a_claim(), "faq-2016", until=FILED - timedelta(seconds=1))


def test_simulations_compare_by_value_and_survive_json() -> None:
    """The same play is equal; another seller's is not."""
    one, again = (simulate(a_claim(), "faq-2016", until=_days(9)) for _ in range(2))
    assert one == again
    assert one != simulate(a_claim(), "faq-2016", until=_days(9), seller=LAST_MINUTE)
    assert '"paid_by":"undecided"' in one.model_dump_json()


_HAPPENINGS = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from([kind for kind in WORLDLY if kind != "evidence_added"])), max_size=5
)


@settings(max_examples=40, deadline=None)
@given(claim=claims(max_events=3), script=_HAPPENINGS, seller=st.sampled_from([PROMPT, LAST_MINUTE]))
def test_any_simulation_is_a_history_that_the_machine_accepts(
    claim: object, script: list[tuple[int, str]], seller: Seller
) -> None:
    """Whatever happens, the result replays, its times rise, and its turns tell the events that were added."""
    world = World.of(*(on_day(days, kind) for days, kind in script)) if script else SILENCE
    played = simulate(claim, "current", world, until=claim.updated_at + timedelta(days=45), seller=seller)  # type: ignore[attr-defined,arg-type]
    verify(played.claim)
    events = [turn.event for turn in played.turns if turn.event and not turn.refused]
    assert tuple(events) == played.claim.history[len(claim.history) :]  # type: ignore[attr-defined]
    assert [turn.at for turn in played.turns] == sorted(turn.at for turn in played.turns)
    assert all(event.learnt_from in (LearntFrom.SIMULATION, LearntFrom.CLOCK) for event in events)
