"""What an importer's type checker sees; read by mypy and pyright in strict mode, never run.

Each `type: ignore` is an assertion: the line has to be an error of that kind, since unused ignores are errors too.
"""

# pyright: strict, reportUnnecessaryTypeIgnoreComment=true, reportUnusedExpression=false
# ruff: noqa: B018  (an attribute that is not there is the point)

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import assert_type

from transitions import Machine
from transitions.extensions import LockedMachine

import atoz
from atoz import (
    Claim,
    ClaimReason,
    ClaimStatus,
    InvalidDocument,
    Money,
    Order,
    TransitionRefused,
    apply,
    attention,
    compare_editions,
    deadlines,
    diagram,
    events,
    filing_window,
    lapse,
    machine,
    odr_effect,
    open_claim,
    options,
    plan,
    read_claim,
    rebuild,
    under,
    verify,
)
from atoz.errors import AtozError, Fault, Refusal
from atoz.lifecycle import Attention
from atoz.model.events import ResponseLapsed
from atoz.model.order import TriState
from atoz.planner import Plan, PlannedAction, Policy
from atoz.rulebook import Comparison, Deadline, Edition, Explanation, FilingWindow, OdrEffect, Verdict

AT = datetime(2016, 6, 20, 16, tzinfo=UTC)


def right(order: Order, claim: Claim) -> None:
    """The public face as the README uses it, and what each call gives back."""
    order = Order(order_id="123-1234567-1234567", marketplace="US", placed_at=AT, claims_protected="yes")
    Order(order_id="123-1234567-1234567", marketplace="US", placed_at=AT, claims_protected=True, fulfilment="amazon")
    assert_type(order.claims_protected, TriState)
    window = filing_window(order, edition="faq-2016", reason=ClaimReason.OTHER)
    assert_type(window, FilingWindow)
    assert_type(window.opens, date | None)
    assert_type(window.verdict(date(2016, 6, 6)), Verdict)
    assert_type(window.days_left(date(2016, 6, 6)), int | None)
    assert_type(window.explain(), Explanation)
    assert_type(open_claim(order, reason="not_received", filed_at=AT, amount="31.90 USD"), Claim)
    assert_type(apply(claim, events.SellerResponded(at=AT)), Claim)
    assert_type(apply(claim, events.Withdrawn(at=AT, consent_to_recharge=True), machine=machine()), Claim)
    assert_type(options(claim, at=AT), dict[str, Refusal | None])
    assert_type(deadlines(claim, as_of=AT), tuple[Deadline, ...])
    assert_type(deadlines(claim, as_of=AT)[0].due_at, datetime | None)
    assert_type(plan(claim, as_of=AT), Plan)
    assert_type(plan(claim, as_of=AT, policy=Policy.named("current")).now, tuple[PlannedAction, ...])
    assert_type(lapse(claim, as_of=AT), ResponseLapsed | None)
    assert_type(rebuild(order, [events.Filed(at=AT)], reason="other"), Claim)
    assert_type(verify(claim), Claim)
    assert_type(read_claim({}), Claim)
    assert_type(under(claim, "us-2026"), Claim)
    assert_type(attention(claim, as_of=AT), Attention)
    assert_type(odr_effect(claim), OdrEffect)
    assert_type(compare_editions(order), Comparison)
    assert_type(diagram("dot", claim=claim, language="zh"), str)
    assert_type(machine(after_state_change=lambda data: data.model), Machine)
    assert_type(machine(cls=LockedMachine, after_state_change=lambda data: data.model), LockedMachine)
    assert_type(claim.status, ClaimStatus)
    assert_type(ClaimStatus.parse("Claim Closed"), ClaimStatus)
    assert_type(ClaimStatus.CLOSED.label("zh"), str)
    assert_type(claim.amount, Money | None)
    assert_type(Money.parse("1 USD").value, Decimal)
    leads_to: ClaimStatus | None = events.Denied(at=AT).leads_to
    assert leads_to
    first: Callable[[Claim, events.AnyEvent], Claim] = apply
    first(claim, claim.history[0])


def own_rules(order: Order, claim: Claim, ours: Edition) -> None:
    """An edition of one's own: in place of an id, and in a list wherever a claim is counted."""
    assert_type(Edition.read("id = 'ours'"), Edition)
    assert_type(Edition.named(ours, [ours]), Edition)
    assert_type(ours.reference, str)
    assert_type(filing_window(order, edition=ours), FilingWindow)
    assert_type(open_claim(order, reason="other", filed_at=AT, edition=ours), Claim)
    assert_type(under(claim, ours), Claim)
    assert_type(plan(claim, as_of=AT, editions=(ours,)), Plan)
    assert_type(deadlines(claim, as_of=AT, editions={ours}), tuple[Deadline, ...])
    assert_type(apply(claim, events.Denied(at=AT), editions=iter([ours])), Claim)
    assert_type(read_claim({}, editions=[ours]), Claim)
    assert_type(Policy.read("", editions=[ours]), Policy)
    plan(claim, as_of=AT, editions=ours)  # type: ignore[arg-type]
    plan(claim, as_of=AT, editions=["us-2026"])  # type: ignore[list-item]
    plan(claim, as_of=AT, edition=ours)  # type: ignore[call-arg]


def caught() -> tuple[tuple[Fault, ...], Refusal] | None:
    """Errors carry their facts, typed."""
    try:
        read_claim({})
    except InvalidDocument as invalid:
        return invalid.faults, Refusal("code", "words")
    except TransitionRefused as refused:
        return (), refused.refusal
    except AtozError as error:
        assert_type(error.code, str)
    return None


def wrong(order: Order, claim: Claim) -> None:
    """Each of these is an error before anything runs."""
    Order(order_id="1", marketplace="US", placed_at=AT, claims_protected="maybe")  # type: ignore[arg-type]
    Order(order_id="123-1234567-1234567", marketplace="US", placed_at="today")  # type: ignore[arg-type]
    Order(order_id="123-1234567-1234567", marketplace="US")  # type: ignore[call-arg]
    filing_window(order, "faq-2016")  # type: ignore[call-arg]
    filing_window(order, editon="faq-2016")  # type: ignore[call-arg]
    filing_window(claim)  # type: ignore[arg-type]
    filing_window(order, reason=3)  # type: ignore[arg-type]
    filing_window(order).verdict("2016-06-06")  # type: ignore[arg-type]
    filing_window(order).open  # type: ignore[attr-defined]
    open_claim(order, reason="other")  # type: ignore[call-arg]
    open_claim(order, reason="other", filed_at="today")  # type: ignore[arg-type]
    open_claim(order, reason="other", filed_at=AT, amount=31.90)  # type: ignore[arg-type]
    apply(claim, "denied")  # type: ignore[arg-type]
    apply(claim, events.Denied)  # type: ignore[arg-type]
    events.Denied()  # type: ignore[call-arg]
    events.Denied(at=AT, consent_to_recharge=True)  # type: ignore[call-arg]
    events.OrderCancelled(at=AT)  # type: ignore[call-arg]
    events.OrderCancelled(at=AT, actor=events.Actor.CLOCK)  # pyright: ignore[reportArgumentType]
    events.Deneid  # type: ignore[attr-defined]
    options(claim)  # type: ignore[call-arg]
    plan(claim)  # type: ignore[call-arg]
    deadlines(claim, AT)  # type: ignore[call-arg]
    lapse(claim, AT)  # type: ignore[call-arg]
    plan(claim, as_of=date(2016, 6, 6))  # type: ignore[arg-type]
    plan(claim, as_of=AT, policy=3)  # type: ignore[arg-type]
    diagram("svg")  # type: ignore[arg-type]
    diagram(language="de")  # type: ignore[arg-type]
    machine(on_lunch=lambda data: data)  # type: ignore[call-overload]
    machine(cls=dict)  # type: ignore[type-var]
    claim.stauts  # type: ignore[attr-defined]
    ClaimStatus.OPEN  # type: ignore[attr-defined]
    atoz.filling_window  # type: ignore[attr-defined]
    Money.parse("1 USD") + 1  # type: ignore[operator]
