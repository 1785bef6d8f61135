"""The machine that users get: hooks, vetoes, rollback, threads; and the refusal that it raises."""

import logging
import pickle
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from time import sleep
from typing import Any, NoReturn

import pytest
from transitions import EventData, Machine
from transitions.core import Condition
from transitions.extensions import AsyncMachine, GraphMachine, HierarchicalMachine, LockedGraphMachine, LockedMachine

from atoz.errors import AtozError, InvalidDocument, Refusal, TransitionRefused, UnknownName
from atoz.lifecycle.machine import machine, shared_machine
from atoz.lifecycle.operations import apply, open_claim, options
from atoz.lifecycle.replay import verify
from atoz.lifecycle.transition_table import TABLE, TRIGGERS, Guard, Row, is_final, triggers_from
from atoz.model import events
from atoz.model.claim import Claim
from atoz.model.money import Money
from atoz.model.order import Order
from atoz.model.status import ClaimStatus

AT = datetime(2026, 6, 1, 16, tzinfo=UTC)
DAY = timedelta(days=1)
ORDER = Order(order_id="123-1234567-1234567", marketplace="US", placed_at=AT - 9 * DAY)
CLAIM = open_claim(ORDER, reason="other", filed_at=AT)
DENIED = events.Denied(at=AT + DAY)


class Trouble(Exception):
    """What a hook raises."""


def raises(_: EventData) -> NoReturn:
    """A hook that fails."""
    raise Trouble


def test_hooks_see_the_old_claim_and_then_the_new() -> None:
    """Before the change the claim is the old one, after it the new one; the event is there throughout."""
    seen: list[tuple[str, str, int]] = []

    def note(where: str) -> object:
        return lambda data: seen.append((where, data.model.claim.status.value, len(data.model.claim.history)))

    hooked = machine(
        prepare_event=note("prepare"),  # type: ignore[arg-type]
        before_state_change=note("before"),  # type: ignore[arg-type]
        after_state_change=[note("after")],  # type: ignore[list-item]
        finalize_event=note("finalize"),  # type: ignore[arg-type]
    )
    hooked.on_enter_closed(note("enter"))
    hooked.on_exit_under_review(note("exit"))
    moved = apply(CLAIM, DENIED, machine=hooked)
    assert moved == apply(CLAIM, DENIED)
    old, new = ("under_review", 1), ("closed", 2)
    assert seen == [
        ("prepare", *old),
        ("before", *old),
        ("exit", *old),
        ("enter", *new),
        ("after", *new),
        ("finalize", *new),
    ]


@pytest.mark.parametrize("where", ["prepare_event", "before_state_change", "after_state_change"])
def test_a_hook_that_raises_stops_the_event(where: str) -> None:
    """Whenever it raises, the claim that came in is untouched, its error is what the caller sees, and all works on."""
    hooked = machine()
    setattr(hooked, where, raises)
    before = CLAIM.model_dump_json()
    with pytest.raises(Trouble):
        apply(CLAIM, DENIED, machine=hooked)
    assert CLAIM.model_dump_json() == before
    setattr(hooked, where, [])
    assert apply(CLAIM, DENIED, machine=hooked).status is ClaimStatus.CLOSED


def test_entering_can_fail_too() -> None:
    """A hook on entering a status runs after the holder has moved; the claim has not."""
    hooked = machine()
    hooked.on_enter_closed(raises)
    with pytest.raises(Trouble):
        apply(CLAIM, DENIED, machine=hooked)
    assert CLAIM.status is ClaimStatus.UNDER_REVIEW
    assert apply(CLAIM, events.Withdrawn(at=AT), machine=hooked).status is ClaimStatus.WITHDRAWN


def test_a_condition_can_veto() -> None:
    """A user's condition that says no becomes a refusal of its own code; the table's own refusal comes first."""
    strict = machine()
    for each in strict.get_transitions("denied"):
        each.conditions.append(Condition(lambda _: False))
    with pytest.raises(TransitionRefused) as caught:
        apply(CLAIM, DENIED, machine=strict)
    assert caught.value.refusal.code == "vetoed"
    assert apply(CLAIM, events.Withdrawn(at=AT), machine=strict).status is ClaimStatus.WITHDRAWN
    for each in strict.get_transitions("response_lapsed"):
        each.conditions.append(Condition(lambda _: False))
    with pytest.raises(TransitionRefused) as early:
        apply(CLAIM, events.ResponseLapsed(at=AT, due_at=AT), machine=strict)
    assert early.value.refusal.code == "too_early"


def test_a_veto_of_an_earlier_event_is_forgotten() -> None:
    """A machine keeps nothing of a claim: a refusal never leaks into the next event."""
    strict = machine()
    for _ in range(2):
        with pytest.raises(TransitionRefused):
            apply(CLAIM, events.ResponseLapsed(at=AT, due_at=AT), machine=strict)
    assert apply(CLAIM, DENIED, machine=strict) == apply(CLAIM, DENIED)


def test_unknown_callbacks_are_refused() -> None:
    """A misspelt callback would never be called; it is refused with the names that there are."""
    with pytest.raises(UnknownName, match="after_state_changed") as caught:
        machine(after_state_changed=raises)  # type: ignore[call-arg]
    assert "after_state_change" in caught.value.nearest


@pytest.mark.parametrize("cls", [LockedMachine, GraphMachine, LockedGraphMachine])
def test_a_subclass_of_the_machine_drives_claims(cls: type[Machine]) -> None:
    """The claim comes out as from the plain machine, hooks and refusals work, and nothing of it is kept."""
    seen: list[str] = []
    built = machine(cls=cls, after_state_change=lambda data: seen.append(data.model.claim.status.value))
    assert isinstance(built, cls)
    assert apply(CLAIM, DENIED, machine=built) == apply(CLAIM, DENIED)
    assert seen == ["closed"]
    with pytest.raises(TransitionRefused):
        apply(CLAIM, events.ResponseLapsed(at=AT, due_at=AT), machine=built)
    built.on_enter_closed(raises)
    with pytest.raises(Trouble):
        apply(CLAIM, DENIED, machine=built)
    assert built.models == []
    assert not getattr(built, "model_graphs", {})
    assert not getattr(built, "model_context_map", {})


def test_a_locked_machine_lets_one_event_through_at_a_time() -> None:
    """No two threads are inside its hooks together."""
    inside, most = 0, 0

    def enter(_: EventData) -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        sleep(0.002)
        inside -= 1

    locked = machine(cls=LockedMachine, before_state_change=enter)
    with ThreadPoolExecutor(4) as pool:
        moved = list(pool.map(lambda _: apply(CLAIM, DENIED, machine=locked), range(12)))
    assert {claim.status for claim in moved} == {ClaimStatus.CLOSED}
    assert most == 1


class MermaidMachine(GraphMachine):
    """A graph machine that needs no drawing library."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(graph_engine="mermaid", **settings)


def test_a_graph_machine_draws_the_lifecycle_and_the_place_of_a_claim() -> None:
    """Every edge of the table is drawn, an own one too; in a hook the claim's new status is the active one."""
    drawn: list[str] = []
    built = machine(cls=MermaidMachine, after_state_change=lambda data: drawn.append(data.model.get_graph().source))
    built.add_transition("seller_appealed", "closed", "under_review")
    whole = built.get_graph(title="claims").source
    for row in TABLE:
        assert row.source is None or (row.event in whole and row.target.value in whole)
    assert "claims" in whole
    assert re.search(r"closed --> under_review: .*seller_appealed", whole)
    apply(CLAIM, DENIED, machine=built)
    (picture,) = drawn
    assert not re.search(r"Class \w+ s_active", whole)
    assert re.search(r"Class closed s_active", picture)


@pytest.mark.parametrize("cls", [HierarchicalMachine, AsyncMachine, type("Mine", (HierarchicalMachine,), {})])
def test_a_machine_that_cannot_drive_a_claim_is_refused_by_name(cls: type[Machine]) -> None:
    """Nested states and awaited events do not fit; the error says which class, why, and what to pass."""
    with pytest.raises(InvalidDocument, match=cls.__name__) as caught:
        machine(cls=cls)
    (fault,) = caught.value.faults
    assert (fault.path, fault.code) == ("cls", "unsuitable_machine")
    assert "LockedMachine" in fault.message


def test_what_is_no_machine_class_is_refused() -> None:
    """An instance, or another class, is not what makes a machine."""
    for wrong in (machine(), dict, None):
        with pytest.raises(InvalidDocument, match="no subclass of transitions"):
            machine(cls=wrong)  # type: ignore[call-overload]


async def awaited(_: EventData) -> bool:
    """A hook that nobody would await."""
    return True


@pytest.mark.parametrize("where", ["prepare_event", "before_state_change", "finalize_event", "on_exception"])
def test_an_async_hook_is_refused_by_name(where: str) -> None:
    """It would never run; the error names the callback and the function."""
    for hook in (awaited, [raises, awaited], partial(awaited)):
        with pytest.raises(InvalidDocument, match=f"{where}: .* is async") as caught:
            machine(**{where: hook})  # type: ignore[call-overload]
        assert caught.value.faults[0].code == "async_hook"


def test_an_async_hook_that_is_added_later_is_refused_when_it_would_run() -> None:
    """A callback of a status and a condition alike; the claim stays as it was."""
    entered, vetoed = machine(), machine()
    entered.on_enter_closed(awaited)
    for transition in vetoed.get_transitions("denied"):
        transition.conditions.append(Condition(awaited))
    for hooked in (entered, vetoed):
        with pytest.raises(InvalidDocument, match="awaited is async"):
            apply(CLAIM, DENIED, machine=hooked)


@pytest.mark.parametrize("cls", [Machine, LockedMachine])
def test_a_new_source_of_an_event_is_honoured(cls: type[Machine]) -> None:
    """One transition more: `apply`, `options` and `verify` with the machine know it, without it they do not."""
    own = machine(cls=cls)
    own.add_transition("seller_appealed", "closed", "under_review")
    closed, appeal = apply(CLAIM, DENIED), events.SellerAppealed(at=AT + 2 * DAY)
    with pytest.raises(TransitionRefused, match=r"a claim that is .* allows (only|no further event)"):
        apply(closed, appeal)
    appealed = apply(closed, appeal, machine=own)
    assert appealed.status is ClaimStatus.UNDER_REVIEW
    plain = options(closed, AT + DAY)
    assert {kind for kind in TRIGGERS if (plain[kind] is None) is not _can(closed, kind, own)} == {"seller_appealed"}
    assert verify(appealed, machine=own) is appealed
    with pytest.raises(InvalidDocument, match=r"history\.2: a claim that is closed allows only buyer_appealed"):
        verify(appealed)
    with pytest.raises(
        TransitionRefused, match="a claim that is closed allows only seller_appealed, buyer_appealed on your machine"
    ) as no:
        apply(closed, events.SellerRefunded(at=AT + DAY), machine=own)
    assert no.value.allowed == ("seller_appealed", "buyer_appealed")


def _can(claim: Claim, kind: str, own: Machine) -> bool:
    return options(claim, AT + DAY, machine=own)[kind] is None


def test_a_transition_that_was_taken_out_is_no_option() -> None:
    """What a machine of one's own no longer has is not possible with it, in the past either."""
    own = machine()
    own.remove_transition("denied", "under_review")
    assert options(CLAIM, AT)["denied"] is None
    assert not _can(CLAIM, "denied", own)
    with pytest.raises(
        InvalidDocument, match=r"history\.1: a claim that is under_review allows only .* on your machine"
    ):
        verify(apply(CLAIM, DENIED), machine=own)


def test_an_event_cannot_bring_another_status_than_its_own() -> None:
    """The status is read back from the events, so a transition elsewhere would not survive saving: it is refused."""
    own = machine()
    own.add_transition("seller_appealed", "closed", "withdrawn")
    with pytest.raises(TransitionRefused, match=r"to withdrawn, but .* always leads to under_review") as caught:
        apply(apply(CLAIM, DENIED), events.SellerAppealed(at=AT + 2 * DAY), machine=own)
    assert caught.value.refusal.code == "other_status"


def test_the_machine_is_made_from_the_table() -> None:
    """States, finals and transitions are the table's; there are no back doors to a status, and no models."""
    built = machine()
    assert isinstance(built, Machine)
    assert set(built.states) == {status.value for status in ClaimStatus}
    assert set(built.events) == set(TRIGGERS) - {"filed"}
    rows = {
        (each.source, name, each.dest) for name, event in built.events.items() for each in built.get_transitions(name)
    }
    assert rows == {(row.source.value, row.event, row.target.value) for row in TABLE if row.source}
    for status in ClaimStatus:
        assert built.get_state(status.value).final is is_final(status) is (not triggers_from(status))
    assert built.models == []
    assert shared_machine() is shared_machine()
    assert shared_machine() is not built


def test_every_status_can_be_reached() -> None:
    """From the filing the table leads to each of the seven."""
    reached = {ClaimStatus.UNDER_REVIEW}
    while more := {row.target for row in TABLE if row.source in reached} - reached:
        reached |= more
    assert reached == set(ClaimStatus)


def test_guards_and_rows_have_words() -> None:
    """Each row has a meaning and each guard a sentence, in both languages; a plain event is no row."""
    for row in TABLE:
        assert row.meaning.en != row.meaning.zh
        assert row.guard is None or row.guard.says.en != row.guard.says.zh
    assert Guard("needs", "consent_to_recharge").says.en == "consent to a new charge"
    with pytest.raises(ValueError, match="changes no status"):
        _ = Row("buyer_messaged", None, "no phrase").target


def test_one_machine_serves_many_threads() -> None:
    """Eight threads over one machine, legal and illegal events mixed: every result is that of one thread alone."""
    shared = machine(after_state_change=lambda data: data.model)
    claims = [
        open_claim(ORDER.model_copy(update={"order_id": f"123-1234567-{number:07}"}), reason="other", filed_at=AT)
        for number in range(400)
    ]

    def life(claim: Claim) -> tuple[str, str]:
        number = int(claim.order.order_id[-7:])
        code = ""
        steps: tuple[events.AnyEvent, ...] = (
            events.GrantedSellerFunded(at=AT + DAY) if number % 2 else events.Denied(at=AT + DAY),
            events.SellerAppealed(at=AT + 2 * DAY),
            events.BuyerAppealed(at=AT + 3 * DAY),
            events.Withdrawn(at=AT + 4 * DAY, consent_to_recharge=number % 3 == 0),
        )
        for event in steps:
            try:
                claim = apply(claim, event, machine=shared)
            except TransitionRefused as refused:
                code += refused.refusal.code[0] + refused.order_id[-1]
        return claim.model_dump_json(), code

    alone = [life(claim) for claim in claims]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(life, claims)) == alone


def test_moving_a_claim_logs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing of atoz's own is logged; transitions speaks below warning only."""
    with caplog.at_level(logging.WARNING):
        apply(CLAIM, DENIED)
    assert caplog.records == []


def test_a_refusal_crosses_a_process_boundary() -> None:
    """The real refusal pickles with all its facts and says them in two lines: the sentence, and what is allowed."""
    granted = apply(CLAIM.model_copy(update={"edition": "us-2026"}), events.GrantedSellerFunded(at=AT))
    with pytest.raises(TransitionRefused) as caught:
        apply(granted, events.SellerAppealed(at=AT + 31 * DAY))
    refused = caught.value
    assert refused.refusal.code == "too_late"
    assert refused.refusal.possible_until == AT + 30 * DAY
    assert refused.allowed == ()
    copy = pickle.loads(pickle.dumps(refused))  # noqa: S301  (our own bytes)
    assert vars(copy) == vars(refused)
    assert str(copy) == str(refused)
    assert len(str(copy).splitlines()) == 2
    assert isinstance(copy, AtozError)


def test_allowed_lists_what_may_happen_now() -> None:
    """The refusal of a first wrong event names the right ones, as `options` does."""
    with pytest.raises(TransitionRefused) as caught:
        apply(CLAIM, events.BuyerAppealed(at=AT))
    assert set(caught.value.allowed) == {
        "granted_seller_funded",
        "granted_amazon_funded",
        "seller_refunded",
        "denied",
        "withdrawn",
        "order_cancelled",
    }
    assert options(CLAIM, AT)["withdrawn"] is None
    assert options(CLAIM, AT)["filed"] == Refusal(
        "no_such_transition",
        options(CLAIM, AT)["filed"].message,  # type: ignore[union-attr]
    )


def test_another_currency_is_refused() -> None:
    """A grant in euros on an order in dollars is a fault of the event."""
    with pytest.raises(InvalidDocument, match="USD"):
        apply(CLAIM, events.GrantedSellerFunded(at=AT, amount=Money.parse("1.00 EUR")))


def test_naive_instants_are_refused() -> None:
    """Asking or opening without a zone is an `InvalidDocument` that names the argument."""
    naive = datetime(2026, 6, 1)  # noqa: DTZ001
    with pytest.raises(InvalidDocument, match="at:"):
        options(CLAIM, naive)
    with pytest.raises(InvalidDocument, match="filed_at:"):
        open_claim(ORDER, reason="other", filed_at=naive)


def test_a_refusal_lists_what_is_possible_instead() -> None:
    """In whole sentences: some events, one, or none, and whose machine it is where it is the user's own."""
    own = machine()
    own.add_transition("seller_appealed", "closed", "under_review")
    closed, refunded = apply(CLAIM, DENIED), apply(CLAIM, events.SellerRefunded(at=AT + DAY))
    for claim, driver, message in (
        (closed, None, "a claim that is closed allows only buyer_appealed"),
        (closed, own, "a claim that is closed allows only seller_appealed, buyer_appealed on your machine"),
        (refunded, None, "a claim that is refunded allows no further event"),
        (refunded, own, "a claim that is refunded allows no further event on your machine"),
    ):
        refusal = options(claim, AT + DAY, machine=driver)["denied"]
        assert refusal is not None
        assert refusal.message == message
