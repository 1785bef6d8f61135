"""Events that observations speak for, before they are held against the claim."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from atoz.model.citation import Confidence
from atoz.model.claim import Claim
from atoz.model.events import AnyEvent, GrantedSellerFunded, LearntFrom, Observed, OrderCancelled, SellerRefunded
from atoz.model.money import Money
from atoz.model.order import Order, TriState
from atoz.model.status import ClaimStatus
from atoz.sources.notices.notice_record import Notice
from atoz.sources.notices.quoting import Route
from atoz.sources.reconciliation.suggestions import Evidence, Strength
from atoz.sources.sp_api.label_protection import LabelProtection
from atoz.sources.sp_api.order_snapshot import OrderState, OrderStatus
from atoz.sources.sp_api.tracking import Delivery
from atoz.sources.transactions.funding import HORIZON
from atoz.sources.transactions.transaction import Movement, MovementKind, System

_SAME_NOTICE = timedelta(days=2)
"""Two notices of the same thing within this time are one; later ones are news."""


class Candidate(NamedTuple):
    """An event and the observation behind it."""

    event: AnyEvent
    evidence: Evidence


def notice_candidates(notices: Iterable[Notice]) -> Iterator[Candidate]:
    """What notices say happened."""
    for notice in notices:
        trusted = notice.by_header and notice.from_amazon is TriState.YES and notice.route is Route.DIRECT
        evidence = Evidence(
            kind="notice",
            system="notice",
            key=notice.source.key,
            at=notice.sent_at,
            strength=Strength.FAIR if trusted else Strength.WEAK,
            says=f"a notice, {notice.route}; its headers can be forged",
        )
        yield from (Candidate(event, evidence) for event in notice.events())


def money_candidates(movements: Iterable[Movement], claim: Claim) -> Iterator[Candidate]:
    """What money shows: a debit is a grant at the seller's cost; a refund after the filing may be the seller's own."""
    filed = claim.filed_at or claim.history[0].at
    for movement in movements:
        if movement.amount is None or movement.amount.value >= 0:
            continue
        learnt = (
            LearntFrom.SP_API if movement.system in (System.FINANCES_2024, System.FINANCES_V0) else LearntFrom.REPORT
        )
        note = f"{movement.system}: {movement.source.key}"
        amount = -movement.amount
        if movement.type is MovementKind.GUARANTEE:
            says = f"{movement.amount} debited for a claim; the decision was then or before"
            event = GrantedSellerFunded(at=movement.posted_at, learnt_from=learnt, note=note, amount=amount)
            sure = movement.confidence is not Confidence.UNCLEAR
            yield Candidate(event, _money(movement, Strength.STRONG if sure else Strength.WEAK, says))
        elif movement.type is MovementKind.REFUND and movement.posted_at >= filed:
            says = f"{movement.amount} refunded; by whom is not said"
            refunded = SellerRefunded(at=movement.posted_at, learnt_from=learnt, note=note, amount=amount)
            yield Candidate(refunded, _money(movement, Strength.WEAK, says))


def state_candidates(state: OrderState | None, claim: Claim) -> Iterator[Candidate]:
    """A cancelled order, with who cancelled it, or the mere status where that is not said."""
    if state is None or state.status is not OrderStatus.CANCELLED or state.updated_at is None:
        return
    evidence = Evidence(
        kind="order_state",
        system="orders",
        key=state.source.key,
        at=state.updated_at,
        strength=Strength.STRONG,
        says="the order is cancelled; the time is that of its last change",
    )
    told = {"at": state.updated_at, "learnt_from": LearntFrom.SP_API, "note": f"orders {state.source.version}"}
    if state.cancelled_by is not None:
        yield Candidate(OrderCancelled.model_validate({**told, "actor": state.cancelled_by}), evidence)
    elif claim.status is ClaimStatus.UNDER_REVIEW:
        yield Candidate(Observed.model_validate({**told, "status": ClaimStatus.CANCELLED}), evidence)


def clusters(candidates: Iterable[Candidate]) -> list[tuple[Candidate, ...]]:
    """Candidates that speak of the same thing: the same kind of event within the time that money follows a decision."""
    found: list[list[Candidate]] = []
    for each in sorted(set(candidates), key=_place):
        last = found[-1] if found else None
        if last is not None and last[0].event.kind == each.event.kind and _joins(last, each):
            last.append(each)
        else:
            found.append([each])
    return [tuple(each) for each in found]


def merged(cluster: tuple[Candidate, ...]) -> AnyEvent:
    """One event of a cluster: its notice's time and amount, since money follows later and net; else the money's."""
    by_notice = [each.event for each in cluster if each.evidence.kind == "notice"]
    best = by_notice[0] if by_notice else cluster[0].event
    if getattr(best, "amount", None) is None or not by_notice:
        amounts = [amount for each in cluster if isinstance(amount := getattr(each.event, "amount", None), Money)]
        one_currency = len({amount.currency for amount in amounts}) == 1
        return best.model_copy(update={"amount": sum(amounts[1:], amounts[0])}) if one_currency else best
    return best


def _joins(cluster: list[Candidate], each: Candidate) -> bool:
    if each.event.at - cluster[0].event.at > HORIZON:
        return False
    if each.evidence.kind != "notice":
        return True
    earlier: list[datetime] = [other.event.at for other in cluster if other.evidence.kind == "notice"]
    return not earlier or each.event.at - earlier[0] <= _SAME_NOTICE


def _money(movement: Movement, strength: Strength, says: str) -> Evidence:
    return Evidence(
        kind="movement",
        system=movement.system.value,
        key=movement.source.key,
        at=movement.posted_at,
        strength=strength,
        says=says,
    )


def _place(each: Candidate) -> tuple[str, datetime, str, str]:
    return (each.event.kind, each.event.at, each.evidence.model_dump_json(), each.event.model_dump_json())


class FoundFact(NamedTuple):
    """A field of the order, its value as text, what shows it, and what other values were seen."""

    field: str
    value: str
    evidence: tuple[Evidence, ...]
    others: tuple[str, ...] = ()


def found_facts(
    states: Sequence[OrderState],
    orders: Sequence[Order],
    deliveries: Sequence[Delivery],
    labels: Sequence[LabelProtection],
) -> Iterator[FoundFact]:
    """Every fact that the observations of one order agree on, or the newest of them with the others named."""
    promises = [(state.deliver_by.isoformat(), _seen(state)) for state in states if state.deliver_by is not None]
    promises += [
        (
            order.deliver_by.isoformat(),
            Evidence(kind="order", system="orders", key=order.order_id, strength=Strength.STRONG, says="an order"),
        )
        for order in orders
        if order.deliver_by is not None
    ]
    if promises:
        value = max(promises, key=lambda each: (each[1].at is not None, each[1].at or _NEVER, each[0]))[0]
        yield _fact("deliver_by", value, promises)
    arrived = _arrival(states, deliveries)
    if arrived is not None:
        yield arrived
    said = {label.protected for label in labels if label.protected is not TriState.UNKNOWN}
    if said:
        evidence = [(label.protected.value, _label(label)) for label in labels if label.protected in said]
        yield _fact("claims_protected", (said.pop() if len(said) == 1 else TriState.UNKNOWN).value, evidence)


_NEVER = datetime(1, 1, 1, tzinfo=UTC)


def _arrival(states: Sequence[OrderState], deliveries: Sequence[Delivery]) -> FoundFact | None:
    """When the last parcel arrived, once every parcel that is known of has."""
    parcels = {parcel.tracking_id for state in states for parcel in state.packages or () if parcel.tracking_id}
    first: dict[str, Delivery] = {}
    for each in sorted(deliveries, key=lambda one: one.model_dump_json()):
        if each.delivered_at is None:
            continue
        key = each.tracking_id or ""
        known = first.get(key)
        if known is None or known.delivered_at is None or each.delivered_at < known.delivered_at:
            first[key] = each
    if not first or parcels - set(first):
        return None
    times = [(each.delivered_at.isoformat(), _scan(each)) for each in first.values() if each.delivered_at is not None]
    return FoundFact(
        "delivered_at", max(times)[0], tuple(sorted((seen for _, seen in times), key=lambda one: one.model_dump_json()))
    )


def _fact(field: str, value: str, seen: Sequence[tuple[str, Evidence]]) -> FoundFact:
    spelt = {one.model_dump_json(): one for stated, one in seen if stated == value or field == "claims_protected"}
    evidence = [spelt[text] for text in sorted(spelt)]
    return FoundFact(field, value, tuple(evidence), tuple(sorted({stated for stated, _ in seen if stated != value})))


def _seen(state: OrderState) -> Evidence:
    return Evidence(
        kind="order_state",
        system="orders",
        key=state.source.key,
        at=state.updated_at,
        strength=Strength.STRONG,
        says="an order",
    )


def _scan(delivery: Delivery) -> Evidence:
    return Evidence(
        kind="delivery",
        system="tracking",
        key=delivery.source.key,
        at=delivery.delivered_at,
        strength=Strength.STRONG,
        says="a delivery scan on the way to the buyer",
    )


def _label(label: LabelProtection) -> Evidence:
    return Evidence(
        kind="label", system="label", key=label.source.key, strength=Strength.STRONG, says="a label's benefits"
    )
