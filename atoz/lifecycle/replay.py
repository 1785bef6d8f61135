"""Whole histories: rebuild a claim from a bag of events, verify one, see it under another edition."""

from collections.abc import Iterable

from atoz.errors import Fault, InvalidDocument, TransitionRefused
from atoz.lifecycle.operations import apply
from atoz.model.claim import Claim
from atoz.model.events import AnyEvent, Filed, Observed
from atoz.model.history import History, HistoryEntry
from atoz.model.money import Money
from atoz.model.order import Order
from atoz.model.reason import ClaimReason, ReasonDetail
from atoz.model.record import read_document
from atoz.rulebook.edition import DEFAULT_EDITION, Edition
from atoz.rulebook.edition_selection import pin_editions


def rebuild(
    order: Order,
    events: Iterable[AnyEvent],
    *,
    reason: ClaimReason | str,
    amount: Money | str | None = None,
    edition: str = DEFAULT_EDITION,
    detail: ReasonDetail | str | None = None,
    platform_words: str = "",
) -> Claim:
    """A claim from its events in any order: sorted by time (equal instants keep their order) and applied one by one.

    The status begins with `Filed`, or with `Observed` where the filing is unknown; plain events may lie before.

    Raises:
        InvalidDocument: there is no beginning, or a fact does not fit.
        TransitionRefused: the machine refuses one of the events.
    """
    ordered = sorted(events, key=lambda event: event.at)
    begins = next((index for index, event in enumerate(ordered) if isinstance(event, (Filed, Observed))), len(ordered))
    start = tuple(ordered[: begins + 1])
    facts = {
        "order": order,
        "reason": reason if isinstance(reason, ClaimReason) else ClaimReason.parse(reason),
        "detail": detail,
        "platform_words": platform_words,
        "amount": amount,
        **pin_editions(edition, order, start[-1].at if start else order.placed_at)._asdict(),
        "history": start,
    }
    claim = read_document(Claim, facts, what="claim")
    for event in ordered[begins + 1 :]:
        claim = apply(claim, event)
    return claim


def verify(claim: Claim) -> Claim:
    """The same claim, once its edition is known and its whole history has been replayed.

    Raises:
        InvalidDocument: every event that the machine refuses, by its place in the history, and an unknown edition.
    """
    faults = [
        Fault(field, "unknown_edition", f"edition {name!r} does not ship with atoz; see atoz editions")
        for field, name in (("edition", claim.edition), ("window_edition", claim.window_edition))
        if name is not None and all(name != known.id for known in Edition.all())
    ]
    if faults:
        raise InvalidDocument("claim", tuple(faults))
    history = History.of(claim)
    replayed = claim_after(claim, history.beginning)
    for entry in history.entries[history.beginning.place + 1 :]:
        try:
            replayed = apply(replayed, entry.event)
        except TransitionRefused as refused:
            faults.append(Fault(f"history.{entry.place}", refused.refusal.code, refused.refusal.message))
            replayed = claim_after(claim, entry)
    if faults:
        raise InvalidDocument("claim", tuple(faults))
    return claim


def claim_after(claim: Claim, entry: HistoryEntry) -> Claim:
    """The claim as it was right after one event of its history, from the beginning on."""
    return claim.model_copy(update={"history": claim.history[: entry.place + 1], "status": entry.after})


def read_claim(data: object, *, what: str = "claim") -> Claim:
    """A claim from parsed data, verified: every fault of shape, or else every fault of consistency, or of its history.

    Raises:
        InvalidDocument: all faults of the first of these that has any.
    """
    claim = read_document(Claim, data, what=what)
    try:
        return verify(claim)
    except InvalidDocument as invalid:
        raise InvalidDocument(what, invalid.faults) from invalid


def under(claim: Claim, edition: str) -> Claim:
    """The same claim as if another edition counted it: a what-if.

    Raises:
        UnknownName: no such edition.
        NoEditionInForce: `in-force` was asked for and none is supported.
    """
    begins = History.of(claim).beginning.event.at
    return claim.model_copy(update=pin_editions(edition, claim.order, begins)._asdict())
