"""Whole histories: rebuild a claim from a bag of events, verify one, see it under another edition."""

from collections.abc import Iterable, Iterator

from transitions import Machine

from atoz.errors import EditionMissing, Fault, InvalidDocument, NoEditionInForce, Refusal, UnknownName
from atoz.lifecycle.guards import check_run, has_transition, no_such_transition
from atoz.lifecycle.operations import apply
from atoz.lifecycle.transition_table import ROWS
from atoz.model.arguments import check_claim, check_event, check_order
from atoz.model.claim import Claim, currency_fault
from atoz.model.events import AnyEvent, Filed, Observed
from atoz.model.history import History, HistoryEntry
from atoz.model.money import Money
from atoz.model.order import Order
from atoz.model.reason import ClaimReason, ReasonDetail
from atoz.model.record import is_mapping, read_document
from atoz.model.text import Text, fill
from atoz.rulebook.counted_history import CountedHistory
from atoz.rulebook.deadline_basis import starts_of
from atoz.rulebook.deadline_clock import DeadlineName, Run, runs
from atoz.rulebook.edition import DEFAULT_EDITION, IN_FORCE, Edition, passed_editions
from atoz.rulebook.edition_selection import pin_editions, why_in_force


def rebuild(
    order: Order,
    events: Iterable[AnyEvent],
    *,
    reason: ClaimReason | str,
    amount: Money | str | None = None,
    edition: str | Edition = DEFAULT_EDITION,
    detail: ReasonDetail | str | None = None,
    platform_words: str = "",
) -> Claim:
    """A claim from its events in any order: sorted by time (equal instants keep their order) and applied one by one.

    The status begins with `Filed`, or with `Observed` where the filing is unknown; plain events may lie before.

    Raises:
        InvalidDocument: there is no beginning, or a fact does not fit.
        TransitionRefused: the machine refuses one of the events.
    """
    check_order(order)
    events = tuple(events)
    for event in events:
        check_event(event)
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
    passed = (edition,) if isinstance(edition, Edition) else ()
    whole = claim.model_copy(update={"history": tuple(ordered)})
    history = CountedHistory.of(whole, passed)
    first = min((entry.place for entry, _ in refusals(history)), default=len(ordered))
    foreign = (place for place, event in enumerate(ordered) if currency_fault(order, event))
    first = min(first, next(foreign, first))
    if first < len(ordered):
        apply(
            claim_after(whole, history.entries[first - 1]), ordered[first], editions=passed
        )  # raises what is wrong with it
    return claim_after(whole, history.entries[-1])


def verify(claim: Claim, *, machine: Machine | None = None, editions: Iterable[Edition] = ()) -> Claim:
    """The same claim, once its edition is known and its whole history has been replayed.

    Give your own `machine(...)` if it has other transitions; its own conditions are asked by `apply` alone. `editions`
    are those of your own that the claim may name.

    Raises:
        InvalidDocument: every event that the machine refuses, by its place in the history, and an edition that is
            unknown, was not passed or has changed.
    """
    check_claim(claim)
    passed = passed_editions(editions)
    faults = list(_edition_faults(claim, passed))
    if faults:
        raise InvalidDocument("claim", tuple(faults))
    faults = [
        Fault(f"history.{entry.place}", refusal.code, refusal.message)
        for entry, refusal in refusals(CountedHistory.of(claim, passed), machine)
    ]
    if faults:
        raise InvalidDocument("claim", tuple(faults))
    return claim


def refusals(history: CountedHistory, machine: Machine | None = None) -> Iterator[tuple[HistoryEntry, Refusal]]:
    """Every event of a history that the machine refuses where it stands, as if the refused ones had happened.

    It is what `atoz.apply` says to each event in turn, in time in proportion to the history: the clocks that guards
    ask about are followed from event to event, not counted from the beginning for each.
    """
    clocks = {
        name: tuple(runs(name, starts_of(history.edition, name), history))
        for name in {
            DeadlineName(row.guard.subject) for row in ROWS.values() if row.guard and row.guard.kind != "needs"
        }
    }
    for entry in history.entries[history.beginning.place + 1 :]:
        event = entry.event
        if isinstance(event, Observed) or event.leads_to is None or entry.before is None:
            continue
        row = ROWS.get((entry.before, event.kind))
        if not has_transition(entry.before, event.kind, machine):
            yield entry, no_such_transition(entry.before, event.kind, machine)
        elif row and row.guard:
            run = Run() if row.guard.kind == "needs" else clocks[DeadlineName(row.guard.subject)][entry.place]
            refusal = check_run(row.guard, history, run, event.at, event)
            if refusal:
                yield entry, refusal


def claim_after(claim: Claim, entry: HistoryEntry) -> Claim:
    """The claim as it was right after one event of its history, from the beginning on."""
    return claim.model_copy(update={"history": claim.history[: entry.place + 1], "status": entry.after})


def _edition_faults(claim: Claim, editions: tuple[Edition, ...]) -> Iterator[Fault]:
    """An edition that is not there, or not as the claim was counted by; both of the claim's are looked for."""
    for field, name in (("edition", claim.edition), ("window_edition", claim.window_edition)):
        if name is None:
            continue
        try:
            Edition.named(name, editions)
        except UnknownName:
            words = f"unknown edition {name!r}: it does not ship with atoz, see atoz editions; pass one of your own"
            yield Fault(field, "unknown_edition", f"{words} with --edition FILE (in Python: editions=[...])")
        except EditionMissing as missing:
            yield Fault(field, missing.code, "; ".join(missing.parts()))


def read_claim(data: object, *, what: str = "claim", editions: Iterable[Edition] = ()) -> Claim:
    """A claim from parsed data, verified: every fault of shape, or else every fault of consistency, or of its history.

    A document may say `"edition": "in-force"`: the editions in force when the claim began are pinned, as `open_claim`
    pins them, and `how_pinned` says why. `editions` are those of your own that the claim may name; one that is named by
    its id alone is pinned with its content.

    Raises:
        InvalidDocument: all faults of the first of these that has any; also where `in-force` means no edition.
    """
    claim = read_document(Claim, data, what=what)
    passed = passed_editions(editions)
    try:
        return verify(_pinned(claim, passed), editions=passed)
    except InvalidDocument as invalid:
        raise InvalidDocument(what, invalid.faults) from invalid
    except NoEditionInForce as none:
        words = "; ".join(str(none).splitlines())
        raise InvalidDocument(what, (Fault("edition", none.code, words),)) from none


def _pinned(claim: Claim, editions: tuple[Edition, ...]) -> Claim:
    """The claim with the edition that it means in place of `in-force`, or of the id of an edition of one's own."""
    if claim.edition == IN_FORCE:
        return under(claim, IN_FORCE)
    pinned = {edition.id: edition.reference for edition in editions}
    named = {"edition": claim.edition, "window_edition": claim.window_edition}
    update = {field: pinned[name] for field, name in named.items() if name in pinned}
    return claim.model_copy(update=update) if update else claim


def how_pinned(data: object, claim: Claim) -> Text | None:
    """Why a document that says `in-force` was read as counted by these editions; none where it names its edition.

    >>> data = {"order": {"order_id": "123-1234567-1234567", "marketplace": "US", "placed_at": "2026-06-01T15:00:00Z"},
    ...         "reason": "other", "history": [{"kind": "filed", "at": "2026-06-20T16:00:00Z"}], "edition": "in-force"}
    >>> print(how_pinned(data, read_claim(data)).en)
    edition us-2026 is in force for the US marketplace on 2026-06-20: supported from 2026-05-12 until further notice
    """
    if not is_mapping(data) or data.get("edition") != IN_FORCE:
        return None
    order, begins = claim.order, History.of(claim).beginning.event.at
    reasons = [why_in_force(Edition.named(claim.edition), order.marketplace, order.local_day(begins))]
    if claim.window_edition is not None:
        window = why_in_force(Edition.named(claim.window_edition), order.marketplace, order.placed_on)
        reasons.append(fill("atoz.lifecycle", "window_pinned", why=window))
    return Text(en="; ".join(why.en for why in reasons), zh=";".join(why.zh for why in reasons))


def under(claim: Claim, edition: str | Edition) -> Claim:
    """The same claim as if another edition counted it, one of your own included: a what-if.

    Raises:
        UnknownName: no such edition.
        NoEditionInForce: `in-force` was asked for and none is supported.
    """
    check_claim(claim)
    begins = History.of(claim).beginning.event.at
    return claim.model_copy(update=pin_editions(edition, claim.order, begins)._asdict())
