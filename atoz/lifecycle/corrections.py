"""News that comes late, and news that was wrong: put into a history at its place, or struck out of it.

Both replay what the history then is. Where the machine refuses an event of it, nothing is lost and nothing decided: the
claim stays as it was, and the error names every event that does not fit, for a person to decide.

>>> from datetime import UTC, datetime
>>> from atoz.lifecycle.operations import apply, open_claim
>>> from atoz.model.events import Denied, SellerResponded
>>> from atoz.model.order import Order
>>> order = Order(order_id="123-1234567-1234567", marketplace="US", placed_at=datetime(2016, 6, 1, tzinfo=UTC))
>>> claim = open_claim(order, reason="not_received", filed_at=datetime(2016, 7, 1, tzinfo=UTC))
>>> claim = apply(claim, Denied(at=datetime(2016, 7, 4, tzinfo=UTC)))
>>> late = record(claim, SellerResponded(at=datetime(2016, 7, 2, tzinfo=UTC)))
>>> [event.kind for event in late.history]
['filed', 'seller_responded', 'denied']
>>> corrected = retract(late, late.history[2], "the notice was about another claim")
>>> corrected.status.value, corrected.struck_out[0].event.kind
('under_review', 'denied')
"""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime

from atoz.errors import Fault, InvalidDocument, ReplayRefused
from atoz.lifecycle.replay import refusals
from atoz.lifecycle.transition_table import TRIGGERS
from atoz.model.arguments import check_claim, check_event
from atoz.model.claim import Claim, StruckOut, currency_fault, history_faults, impossible_facts
from atoz.model.events import AnyEvent, Observed
from atoz.rulebook.counted_history import CountedHistory
from atoz.rulebook.edition import Edition

_FIRST = ("filed", "buyer_messaged", "information_requested")
"""Of events of one instant these come first, in this order; then answers and other plain events, then decisions."""


def record(claim: Claim, event: AnyEvent, *, editions: Iterable[Edition] = ()) -> Claim:
    """A new claim with an event at its place in time, however late it was learnt; what follows it is replayed.

    Of events of one instant the filing comes first, then the buyer's messages and Amazon's questions, then answers and
    other plain events, then those that change the status, in the order of the table; the rest by their content.
    `editions` are those of your own that the claim may name.

    Raises:
        EditionMissing: the claim names an edition of your own that was not passed, or whose text has changed.
        ReplayRefused: with it, the machine refuses it or an event behind it; the claim that came in is untouched.
        InvalidDocument: the event is impossible: it lies before the order was placed, decides before the filing, files
            twice, or its amount is not in the order's currency.
    """
    check_claim(claim)
    check_event(event)
    wrong = currency_fault(claim.order, event)
    if wrong is not None:
        raise InvalidDocument(event.kind, (Fault("amount.currency", "wrong_currency", wrong),))
    place = bisect_right(claim.history, placed(event), key=placed)
    history = (*claim.history[:place], event, *claim.history[place:])
    return _replayed(claim, claim.model_copy(update={"history": history}), event, editions)


def retract(claim: Claim, event: AnyEvent, reason: str, *, editions: Iterable[Edition] = ()) -> Claim:
    """A new claim without an event that turned out wrong; it is kept in `struck_out`, with the reason.

    Of several equal events the last is struck out. What follows it is replayed. `editions` are those of your own that
    the claim may name.

    Raises:
        EditionMissing: the claim names an edition of your own that was not passed, or whose text has changed.
        ReplayRefused: without it, the machine refuses an event behind it; the claim that came in is untouched.
        InvalidDocument: the claim has no such event, it is its beginning, or no reason is given.
    """
    check_claim(claim)
    check_event(event)
    faults: list[Fault] = []
    if not reason.strip():
        faults.append(Fault("reason", "missing", "say why the event is struck out"))
    if event not in claim.history:
        faults.append(
            Fault("event", "no_such_event", f"the claim has no {event.kind} at {event.at.isoformat()} as given")
        )
    if faults:
        raise InvalidDocument("retract", tuple(faults))
    place = len(claim.history) - 1 - claim.history[::-1].index(event)
    struck = StruckOut(event=event, reason=reason)
    update = {
        "history": (*claim.history[:place], *claim.history[place + 1 :]),
        "struck_out": (*claim.struck_out, struck),
    }
    return _replayed(claim, claim.model_copy(update=update), event, editions)


def placed(event: AnyEvent) -> tuple[datetime, int, int, str]:
    """Where an event stands in a history: by its time; of one instant by what it is, and at last by its content."""
    if event.kind in _FIRST:
        rank, row = _FIRST.index(event.kind), 0
    elif event.kind in TRIGGERS:
        rank, row = len(_FIRST) + 1, TRIGGERS.index(event.kind)
    else:
        rank, row = len(_FIRST) + 2 * isinstance(event, Observed), 0
    return event.at, rank, row, event.model_dump_json()


def _replayed(before: Claim, claim: Claim, event: AnyEvent, editions: Iterable[Edition]) -> Claim:
    """The claim with the status that its history leads to, if the history holds together."""
    known = {fault.message for fault in impossible_facts(before)}
    impossible = (*history_faults(claim), *(fault for fault in impossible_facts(claim) if fault.message not in known))
    if impossible:
        raise InvalidDocument(event.kind, impossible)
    history = CountedHistory.of(claim, editions)
    refused = tuple(
        Fault(
            f"history.{entry.place}",
            refusal.code,
            f"{entry.event.kind} at {entry.event.at.isoformat()}: {refusal.message}",
        )
        for entry, refusal in refusals(history)
    )
    if refused:
        raise ReplayRefused(claim.order.order_id, f"{event.kind} at {event.at.isoformat()}", refused)
    return claim.model_copy(update={"status": history.entries[-1].after})
