"""Move claims: open, apply an event, ask what is possible. Every function is pure; the old claim is untouched.

>>> from datetime import UTC, datetime
>>> from atoz.model.events import Denied, SellerRefunded
>>> order = Order(order_id="123-1234567-1234567", marketplace="US", placed_at=datetime(2016, 6, 1, tzinfo=UTC))
>>> claim = open_claim(order, reason="not_received", filed_at=datetime(2016, 7, 1, tzinfo=UTC), amount="31.90 USD")
>>> closed = apply(claim, Denied(at=datetime(2016, 7, 4, tzinfo=UTC)))
>>> closed.status.value, claim.status.value
('closed', 'under_review')
>>> apply(closed, SellerRefunded(at=datetime(2016, 7, 5, tzinfo=UTC)))
Traceback (most recent call last):
atoz.errors.TransitionRefused: order 123-1234567-1234567: seller_refunded is refused while the claim is closed: ...
allowed now: buyer_appealed
"""

from collections.abc import Iterable
from datetime import datetime

from transitions import Machine

from atoz.errors import Fault, InvalidDocument, Refusal, TransitionRefused
from atoz.lifecycle.guards import has_transition, no_such_transition, out_of_order, why_not
from atoz.lifecycle.machine import ClaimModel, drive, shared_machine, with_event
from atoz.lifecycle.transition_table import TRIGGERS
from atoz.model.arguments import check_claim, check_event, check_order
from atoz.model.claim import Claim, currency_fault, impossible_facts
from atoz.model.events import AnyEvent, Filed, Observed, ResponseLapsed
from atoz.model.instant import instant_argument
from atoz.model.money import Money
from atoz.model.order import Order
from atoz.model.reason import ClaimReason, ReasonDetail
from atoz.model.record import read_document
from atoz.rulebook.counted_history import CountedHistory
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.deadlines import Deadline, DeadlineState, deadline
from atoz.rulebook.edition import DEFAULT_EDITION, Edition, passed_editions
from atoz.rulebook.edition_selection import pin_editions


def open_claim(
    order: Order,
    *,
    reason: ClaimReason | str,
    filed_at: datetime,
    amount: Money | str | None = None,
    edition: str | Edition = DEFAULT_EDITION,
    detail: ReasonDetail | str | None = None,
    platform_words: str = "",
) -> Claim:
    """A claim as the buyer files it; it pins its edition, so that newer rules never move its dates.

    With `in-force` the window counts by the edition of the order day, the deadlines by that of the filing day. An
    edition of your own is pinned by its id and the hash of its content: pass it wherever the claim is counted.

    Raises:
        InvalidDocument: a fact does not fit, or the order was promised, delivered or filed before it was placed.
        UnknownName: no such reason or edition.
        NoEditionInForce: `in-force` was asked for and none is supported.
    """
    check_order(order)
    filed = instant_argument("filed_at", filed_at)
    why = reason if isinstance(reason, ClaimReason) else ClaimReason.parse(reason)
    facts = {
        "order": order,
        "reason": why,
        "detail": detail,
        "platform_words": platform_words,
        "amount": amount,
        **pin_editions(edition, order, filed)._asdict(),
        "history": (Filed(at=filed),),
    }
    claim = read_document(Claim, facts, what="claim")
    impossible = impossible_facts(claim)
    if impossible:
        raise InvalidDocument("claim", impossible)
    return claim


def apply(claim: Claim, event: AnyEvent, *, machine: Machine | None = None, editions: Iterable[Edition] = ()) -> Claim:
    """A new claim with one event more; the `transitions` machine decides whether it may happen.

    Plain events and observations are always possible, in order of time. Give your own `machine(...)` for hooks, or for
    an event that your own transition allows from one more status. `editions` are those of your own that the claim may
    name.

    Raises:
        EditionMissing: the claim names an edition of your own that was not passed, or whose text has changed.
        TransitionRefused: the machine refuses the event; `refusal` has the code and the reason.
        InvalidDocument: the event's amount is not in the order's currency.
    """
    check_claim(claim)
    check_event(event)
    wrong = currency_fault(claim.order, event)
    if wrong is not None:
        raise InvalidDocument(event.kind, (Fault("amount.currency", "wrong_currency", wrong),))
    passed = passed_editions(editions)
    Edition.named(claim.edition, passed)  # a claim whose rules are not there is not moved, by a plain event neither
    if event.at < claim.history[-1].at:
        raise _refused(claim, passed, event, out_of_order(claim, event.at), machine)
    if isinstance(event, Observed):
        return with_event(claim, event, event.status)
    if event.leads_to is None:
        return with_event(claim, event, claim.status)
    if not has_transition(claim.status, event.kind, machine):
        raise _refused(claim, passed, event, no_such_transition(claim.status, event.kind, machine), machine)
    moving = ClaimModel(claim, event, passed)
    driver = machine or shared_machine()
    if drive(driver, moving):
        return moving.claim
    raise _refused(
        claim, passed, event, moving.refusal or Refusal("vetoed", "a condition of your own machine says no"), machine
    )


def options(
    claim: Claim, at: datetime, *, machine: Machine | None = None, editions: Iterable[Edition] = ()
) -> dict[str, Refusal | None]:
    """Every status-changing event: none where it is possible at an instant, otherwise why not.

    An event that needs a fact (the buyer's consent) counts as without it. Give your own `machine(...)` if it has other
    transitions; its own conditions are asked by `apply` alone. `editions` are those of your own that the claim may
    name.

    Raises:
        EditionMissing: the claim names an edition of your own that was not passed, or whose text has changed.
        InvalidDocument: `at` is naive.
    """
    check_claim(claim)
    now = instant_argument("at", at)
    history = CountedHistory.of(claim, editions)
    return {kind: why_not(history, kind, now, machine=machine) for kind in TRIGGERS}


def lapse(claim: Claim, *, as_of: datetime, editions: Iterable[Edition] = ()) -> ResponseLapsed | None:
    """The lapse of the response deadline, if the clock has brought it; apply it yourself, it is never invented.

    Offered only where the edition's source says that silence *will* be decided against the seller. `editions` are
    those of your own that the claim may name.

    Raises:
        EditionMissing: the claim names an edition of your own that was not passed, or whose text has changed.
        InvalidDocument: `as_of` is naive.
    """
    check_claim(claim)
    history, now = CountedHistory.of(claim, editions), instant_argument("as_of", as_of)
    return lapse_of(history, deadline(history, DeadlineName.ANSWER_AMAZON, now), now)


def lapse_of(
    history: CountedHistory, answer: Deadline, now: datetime, *, machine: Machine | None = None
) -> ResponseLapsed | None:
    """The same, from a history and an answer deadline that have been read already, at an instant in UTC."""
    certain = answer.on_expiry is not None and answer.on_expiry.certainty == "will"
    if not certain or answer.state is not DeadlineState.MISSED or answer.due_at is None:
        return None
    lapsed = ResponseLapsed(at=now, due_at=answer.due_at)
    return lapsed if why_not(history, lapsed.kind, now, lapsed, machine=machine) is None else None


def _refused(
    claim: Claim, editions: tuple[Edition, ...], event: AnyEvent, refusal: Refusal, machine: Machine | None
) -> TransitionRefused:
    answers = options(claim, max(event.at, claim.updated_at), machine=machine, editions=editions)
    allowed = tuple(kind for kind, why in answers.items() if why is None)
    return TransitionRefused(claim.order.order_id, claim.status.value, event.kind, refusal, allowed)
