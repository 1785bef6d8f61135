"""Hold a claim against what the sources show: suggestions, each possible or with its refusal. Nothing is changed.

The result depends on what was observed and on nothing else: not on order, not on repetition. What was applied is not
suggested again.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from atoz.errors import Refusal, TransitionRefused, UnknownName
from atoz.lifecycle.operations import apply
from atoz.model.claim import Claim, currency_fault
from atoz.model.events import AnyEvent, Filed, Observed, status_after
from atoz.model.instant import instant_argument
from atoz.model.order import Order, TriState
from atoz.model.record import read_document
from atoz.sources.reconciliation.candidates import (
    Candidate,
    FoundFact,
    clusters,
    found_facts,
    merged,
    money_candidates,
    notice_candidates,
    state_candidates,
)
from atoz.sources.reconciliation.findings import findings
from atoz.sources.reconciliation.order_records import OrderRecords
from atoz.sources.reconciliation.suggestions import OrderFact, Reconciliation, Strength, Suggestion
from atoz.sources.records import AnyRecord
from atoz.sources.transactions.funding import HORIZON, funding


def reconcile(claim: Claim, observations: Iterable[AnyRecord], as_of: datetime) -> Reconciliation:
    """What the observations suggest for a claim, at an instant; those of other orders and of later times do not count.

    >>> from datetime import UTC, datetime
    >>> from atoz.lifecycle.operations import open_claim
    >>> at = datetime(2026, 6, 1, tzinfo=UTC)
    >>> order = Order(order_id="111-0000001-0000001", marketplace="US", placed_at=at)
    >>> reconcile(open_claim(order, reason="other", filed_at=at), [], at).suggestions
    ()

    Raises:
        InvalidDocument: `as_of` is naive.
    """
    now = instant_argument("as_of", as_of)
    bag = OrderRecords(claim.order.order_id, observations, now)
    candidates = [
        *notice_candidates(bag.notices),
        *money_candidates(bag.movements, claim),
        *state_candidates(bag.states[-1] if bag.states else None, claim),
    ]
    new, confirmed = _news(claim, clusters(each for each in candidates if each.event.at <= now))
    facts = found_facts(bag.states, bag.orders, bag.deliveries, bag.labels)
    suggestions = [*_facts(claim.order, facts), *_conflicting(claim, [_event(claim, each) for each in new])]
    decided = [
        each.event.at for cluster in (*new, *confirmed) for each in cluster if each.event.kind.startswith("granted")
    ]
    return Reconciliation(
        order_id=claim.order.order_id,
        as_of=now,
        suggestions=tuple(sorted(suggestions, key=_place)),
        confirmed=tuple(sorted({merged(each).kind for each in confirmed})),
        findings=findings(bag.flags, bag.movements, bag.notices, bag.states, bag.labels, later=bag.later),
        funding=funding(bag.movements, decided_at=min((*decided, *_decisions(claim)), default=None), as_of=now),
    )


def apply_suggestions(claim: Claim, found: Reconciliation, ids: Iterable[str]) -> Claim:
    """The claim with those suggestions that are named: facts first, then events in order of time.

    Raises:
        UnknownName: no suggestion has this name.
        TransitionRefused: the state machine refuses one; the claim that came in is untouched.
        InvalidDocument: a fact does not fit.
    """
    by_id = {each.id: each for each in found.suggestions}
    asked = set(ids)
    for name in sorted(asked - set(by_id)):
        raise UnknownName("suggestion", name, tuple(by_id))
    for each in found.suggestions:
        if each.id in asked and each.fact is not None:
            facts = {**claim.order.model_dump(mode="json"), each.fact.field: each.fact.value}
            claim = claim.model_copy(update={"order": read_document(Order, facts, what="order")})
    for each in found.suggestions:
        if each.id in asked and each.event is not None:
            claim = apply(claim, each.event)
    return claim


_Cluster = tuple[Candidate, ...]


def _news(claim: Claim, found: list[_Cluster]) -> tuple[list[_Cluster], list[_Cluster]]:
    """Which clusters the claim's history does not have yet, and which it has.

    An event confirms one cluster at most: that of its very instant first, then the one that is near. A filing confirms
    every notice of it.
    """
    free = list(claim.history)
    confirmed: list[_Cluster] = []
    for exact in (True, False):
        for cluster in found:
            if cluster in confirmed:
                continue
            match = next((each for each in free if _same(each, cluster, exact=exact)), None)
            if match is not None:
                confirmed.append(cluster)
                free = free if isinstance(match, Filed) else [each for each in free if each is not match]
    return [cluster for cluster in found if cluster not in confirmed], confirmed


def _same(known: AnyEvent, cluster: _Cluster, *, exact: bool) -> bool:
    """Whether an event of the history is what a cluster speaks of: its kind, or where only a status was seen, that."""
    event = merged(cluster)
    if isinstance(event, Filed):
        return isinstance(known, Filed)
    if exact:
        return known.kind == event.kind and known.at == event.at
    observed = isinstance(known, Observed) or isinstance(event, Observed)
    status = status_after(event)
    same = status is not None and status_after(known) is status if observed else known.kind == event.kind
    return same and min(abs(each.event.at - known.at) for each in cluster) <= HORIZON


def _event(claim: Claim, cluster: _Cluster) -> Suggestion:
    event = merged(cluster)
    conflicts: tuple[str, ...] = ()
    if currency_fault(claim.order, event) is not None:
        event = event.model_copy(update={"amount": None})
        conflicts = ("the amount is not in the order's currency and is left out",)
    evidence = tuple(dict.fromkeys(each.evidence for each in cluster))
    return Suggestion(
        id=f"{event.kind}@{event.at.isoformat().replace('+00:00', 'Z')}",
        event=event,
        evidence=evidence,
        strength=min((each.strength for each in evidence), key=list(Strength).index),
        refusal=_refusal(claim, event),
        conflicts=conflicts,
    )


def _refusal(claim: Claim, event: AnyEvent) -> Refusal | None:
    try:
        apply(claim, event)
    except TransitionRefused as refused:
        return refused.refusal
    return None


def _conflicting(claim: Claim, found: list[Suggestion]) -> Iterator[Suggestion]:
    """Each with what it contradicts: a decision of another kind at about the same time, or the claim's own status."""
    for each in found:
        status = status_after(each.event) if each.event else None
        if each.event is None or status is None or isinstance(each.event, Filed):
            yield each
            continue
        against = [other.id for other in found if other is not each and _contradict(each.event, other.event)]
        refused = each.refusal is not None and each.refusal.code == "no_such_transition"
        if refused and status is not claim.status:
            against.append(f"the claim says {claim.status}")
        yield each.model_copy(update={"conflicts": (*each.conflicts, *against)})


def _contradict(one: AnyEvent, other: AnyEvent | None) -> bool:
    if other is None or isinstance(other, Filed):
        return False
    one_status, other_status = status_after(one), status_after(other)
    both = one_status is not None and other_status is not None
    return both and one_status is not other_status and abs(one.at - other.at) <= HORIZON


def _facts(order: Order, found: Iterable[FoundFact]) -> Iterator[Suggestion]:
    for fact in found:
        now = order.model_dump(mode="json")[fact.field]
        then = read_document(Order, {**order.model_dump(mode="json"), fact.field: fact.value}).model_dump(mode="json")[
            fact.field
        ]
        if now == then:
            continue
        known = now is not None and now != TriState.UNKNOWN
        conflicts = (
            *((f"the claim's order says {now}",) if known else ()),
            *(f"another source says {other}" for other in fact.others),
        )
        yield Suggestion(
            id=f"order.{fact.field}",
            fact=OrderFact(field=fact.field, value=str(then)),
            evidence=fact.evidence,
            strength=Strength.STRONG,
            conflicts=conflicts,
        )


def _decisions(claim: Claim) -> list[datetime]:
    return [
        event.at
        for event in claim.history
        if event.kind in ("granted_seller_funded", "granted_amazon_funded", "denied")
    ]


def _place(each: Suggestion) -> tuple[bool, datetime | None, str]:
    return (True, each.event.at, each.id) if each.event else (False, None, each.id)
