"""Compare a claim with what the sources show and suggest what it lacks; nothing is changed.

Each suggestion says what supports it, what contradicts it, and whether the state machine accepts it.

The result depends on what was observed and on nothing else: not on order, not on repetition. What was applied is not
suggested again.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime

from atoz.errors import Refusal, TransitionRefused, UnknownName
from atoz.lifecycle.operations import apply
from atoz.model.claim import Claim, currency_fault
from atoz.model.events import AnyEvent, Filed, Observed, status_after
from atoz.model.instant import instant_argument
from atoz.model.intervals import interval
from atoz.model.order import Order, TriState
from atoz.model.record import read_document
from atoz.model.text import Text
from atoz.rulebook.edition import Edition, passed_editions
from atoz.sources.reconciliation.candidates import (
    Candidate,
    clusters,
    merged,
    notice_candidates,
    state_candidates,
    transaction_candidates,
)
from atoz.sources.reconciliation.findings import findings
from atoz.sources.reconciliation.observed_facts import ObservedFact, observed_facts
from atoz.sources.reconciliation.order_records import OrderRecords
from atoz.sources.reconciliation.return_facts import return_facts
from atoz.sources.reconciliation.suggestions import OrderFact, Reconciliation, Strength, Suggestion, conflict
from atoz.sources.records import AnyRecord
from atoz.sources.transactions.funding import funding


def reconcile(
    claim: Claim, observations: Iterable[AnyRecord], *, as_of: datetime, editions: Iterable[Edition] = ()
) -> Reconciliation:
    """What the observations suggest for a claim, at an instant; those of other orders and of later times do not count.

    >>> from datetime import UTC, datetime
    >>> from atoz.lifecycle.operations import open_claim
    >>> at = datetime(2026, 6, 1, tzinfo=UTC)
    >>> order = Order(order_id="111-0000001-0000001", marketplace="US", placed_at=at)
    >>> reconcile(open_claim(order, reason="other", filed_at=at), [], as_of=at).suggestions
    ()

    `editions` are those of your own that the claim may name.

    Raises:
        EditionMissing: the claim names an edition of your own that was not passed, or whose text has changed.
        InvalidDocument: `as_of` is naive.
    """
    now, passed = instant_argument("as_of", as_of), passed_editions(editions)
    records = OrderRecords(claim.order.order_id, observations, now)
    candidates = [
        *notice_candidates(records.notices, claim, Edition.named(claim.edition, passed)),
        *transaction_candidates(records.transactions, claim),
        *state_candidates(records.states[-1] if records.states else None, claim),
    ]
    new, confirmed = _news(claim, clusters(candidate for candidate in candidates if candidate.event.at <= now))
    facts = [
        *observed_facts(records.states, records.orders, records.deliveries, records.labels),
        *return_facts(records.flags, claim.order),
    ]
    events = [_event(claim, cluster, passed) for cluster in new]
    suggestions = [*_facts(claim.order, facts), *_conflicting(claim, events)]
    decided = [
        candidate.event.at
        for cluster in (*new, *confirmed)
        for candidate in cluster
        if candidate.event.kind.startswith("granted")
    ]
    return Reconciliation(
        order_id=claim.order.order_id,
        as_of=now,
        suggestions=tuple(sorted(suggestions, key=_place)),
        confirmed=tuple(sorted({merged(cluster).kind for cluster in confirmed})),
        findings=findings(
            records.flags, records.transactions, records.notices, records.states, records.labels, later=records.later
        ),
        funding=funding(records.transactions, decided_at=min((*decided, *_decisions(claim)), default=None), as_of=now),
    )


def apply_suggestions(
    claim: Claim, reconciliation: Reconciliation, ids: Iterable[str], *, editions: Iterable[Edition] = ()
) -> Claim:
    """The claim with those suggestions that are named: facts first, then events in order of time.

    `editions` are those of your own that the claim may name.

    Raises:
        EditionMissing: the claim names an edition of your own that was not passed, or whose text has changed.
        UnknownName: no suggestion has this name.
        TransitionRefused: the state machine refuses one; the claim that came in is untouched.
        InvalidDocument: a fact does not fit.
    """
    by_id = {suggestion.id: suggestion for suggestion in reconciliation.suggestions}
    asked, passed = set(ids), passed_editions(editions)
    for name in sorted(asked - set(by_id)):
        raise UnknownName("suggestion", name, tuple(by_id))
    for suggestion in reconciliation.suggestions:
        if suggestion.id in asked and suggestion.fact is not None:
            facts = {**claim.order.model_dump(mode="json"), suggestion.fact.field: suggestion.fact.value}
            claim = claim.model_copy(update={"order": read_document(Order, facts, what="order")})
    for suggestion in reconciliation.suggestions:
        if suggestion.id in asked and suggestion.event is not None:
            claim = apply(claim, suggestion.event, editions=passed)
    return claim


_Cluster = tuple[Candidate, ...]


def _news(claim: Claim, found_clusters: list[_Cluster]) -> tuple[list[_Cluster], list[_Cluster]]:
    """Which clusters the claim's history does not have yet, and which it has.

    An event confirms one cluster at most: that of its very instant first, then the one that is near. A filing confirms
    every notice of it.
    """
    free = list(claim.history)
    events = [merged(cluster) for cluster in found_clusters]
    confirmed: set[int] = set()
    for exact in (True, False):
        for place, cluster in enumerate(found_clusters):
            if place in confirmed:
                continue
            match = next((known for known in free if _same(known, events[place], cluster, exact=exact)), None)
            if match is not None:
                confirmed.add(place)
                free = free if isinstance(match, Filed) else [event for event in free if event is not match]
    return (
        [cluster for place, cluster in enumerate(found_clusters) if place not in confirmed],
        [found_clusters[place] for place in sorted(confirmed)],
    )


def _same(known: AnyEvent, event: AnyEvent, cluster: _Cluster, *, exact: bool) -> bool:
    """Whether an event of the history is what a cluster speaks of: its kind, or where only a status was seen, that."""
    if isinstance(event, Filed):
        return isinstance(known, Filed)
    if exact:
        return known.kind == event.kind and known.at == event.at
    observed = isinstance(known, Observed) or isinstance(event, Observed)
    status = status_after(event)
    same = status is not None and status_after(known) is status if observed else known.kind == event.kind
    within = interval("atoz.sources", "debit_after_decision")
    return same and min(abs(candidate.event.at - known.at) for candidate in cluster) <= within


def _event(claim: Claim, cluster: _Cluster, editions: tuple[Edition, ...]) -> Suggestion:
    event = merged(cluster)
    conflicts = tuple(dict.fromkeys(text for candidate in cluster for text in candidate.conflicts))
    if currency_fault(claim.order, event) is not None:
        event = event.model_copy(update={"amount": None})
        conflicts = (*conflicts, conflict("currency"))
    evidence = tuple(dict.fromkeys(candidate.evidence for candidate in cluster))
    return Suggestion(
        id=f"{event.kind}@{event.at.isoformat().replace('+00:00', 'Z')}",
        event=event,
        evidence=evidence,
        strength=min((item.strength for item in evidence), key=list(Strength).index),
        refusal=_refusal(claim, event, editions),
        conflicts=conflicts,
    )


def _refusal(claim: Claim, event: AnyEvent, editions: tuple[Edition, ...]) -> Refusal | None:
    try:
        apply(claim, event, editions=editions)
    except TransitionRefused as refused:
        return refused.refusal
    return None


def _conflicting(claim: Claim, suggestions: list[Suggestion]) -> Iterator[Suggestion]:
    """Each with what it contradicts: a decision of another kind at about the same time, or the claim's own status."""
    within = interval("atoz.sources", "debit_after_decision")
    decisions = sorted(
        (suggestion.event.at, suggestion.id, status)
        for suggestion in suggestions
        if suggestion.event is not None
        and not isinstance(suggestion.event, Filed)
        and (status := status_after(suggestion.event)) is not None
    )
    times = [at for at, _, _ in decisions]
    for suggestion in suggestions:
        status = status_after(suggestion.event) if suggestion.event else None
        if suggestion.event is None or status is None or isinstance(suggestion.event, Filed):
            yield suggestion
            continue
        at = suggestion.event.at
        near = decisions[bisect_left(times, at - within) : bisect_right(times, at + within)]
        against = [conflict("event", suggestion=name) for _, name, other in near if other is not status]
        refused = suggestion.refusal is not None and suggestion.refusal.code == "no_such_transition"
        if refused and status is not claim.status:
            against.append(conflict("status", status=Text(en=claim.status, zh=claim.status.label("zh"))))
        yield suggestion.model_copy(update={"conflicts": (*suggestion.conflicts, *against)})


def _facts(order: Order, facts: Iterable[ObservedFact]) -> Iterator[Suggestion]:
    for fact in facts:
        now = order.model_dump(mode="json")[fact.field]
        then = read_document(Order, {**order.model_dump(mode="json"), fact.field: fact.value}).model_dump(mode="json")[
            fact.field
        ]
        if now == then:
            continue
        known = now is not None and now != TriState.UNKNOWN
        conflicts = (
            *((conflict("order", value=now),) if known else ()),
            *(conflict("source", value=other) for other in fact.others),
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


def _place(suggestion: Suggestion) -> tuple[bool, datetime | None, str]:
    return (True, suggestion.event.at, suggestion.id) if suggestion.event else (False, None, suggestion.id)
