"""What observations say of an order itself: the promise, the arrival, a label's protection."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from atoz.model.order import Order, TriState
from atoz.sources.reconciliation.suggestions import Evidence, strong_evidence
from atoz.sources.sp_api.label_protection import LabelProtection
from atoz.sources.sp_api.order_snapshot import OrderState
from atoz.sources.sp_api.tracking import Delivery

_NEVER = datetime(1, 1, 1, tzinfo=UTC)


class ObservedFact(NamedTuple):
    """A field of the order, its value as text, what shows it, and what other values were seen."""

    field: str
    value: str
    evidence: tuple[Evidence, ...]
    others: tuple[str, ...] = ()


def observed_facts(
    states: Sequence[OrderState],
    orders: Sequence[Order],
    deliveries: Sequence[Delivery],
    labels: Sequence[LabelProtection],
) -> Iterator[ObservedFact]:
    """Every fact that the observations of one order agree on, or the newest of them with the others named."""
    promises = [(state.deliver_by.isoformat(), _seen(state)) for state in states if state.deliver_by is not None]
    promises += [
        (
            order.deliver_by.isoformat(),
            strong_evidence("order", "orders", order.order_id, "an order"),
        )
        for order in orders
        if order.deliver_by is not None
    ]
    if promises:
        value = max(promises, key=lambda promise: (promise[1].at is not None, promise[1].at or _NEVER, promise[0]))[0]
        yield _fact("deliver_by", value, promises)
    arrived = _arrival(states, deliveries)
    if arrived is not None:
        yield arrived
    protections = {label.protected for label in labels if label.protected is not TriState.UNKNOWN}
    if protections:
        evidence = [(label.protected.value, _label(label)) for label in labels if label.protected in protections]
        yield _fact(
            "claims_protected", (protections.pop() if len(protections) == 1 else TriState.UNKNOWN).value, evidence
        )


def _arrival(states: Sequence[OrderState], deliveries: Sequence[Delivery]) -> ObservedFact | None:
    """When the last parcel arrived, once every parcel that is known of has."""
    parcels = {parcel.tracking_id for state in states for parcel in state.packages or () if parcel.tracking_id}
    first: dict[str, Delivery] = {}
    for delivery in sorted(deliveries, key=lambda delivery: delivery.model_dump_json()):
        if delivery.delivered_at is None:
            continue
        key = delivery.tracking_id or ""
        known = first.get(key)
        if known is None or known.delivered_at is None or delivery.delivered_at < known.delivered_at:
            first[key] = delivery
    if not first or parcels - set(first):
        return None
    times = [
        (delivery.delivered_at.isoformat(), _scan(delivery))
        for delivery in first.values()
        if delivery.delivered_at is not None
    ]
    return ObservedFact(
        "delivered_at",
        max(times)[0],
        tuple(sorted((evidence for _, evidence in times), key=lambda evidence: evidence.model_dump_json())),
    )


def _fact(field: str, value: str, stated_by: Sequence[tuple[str, Evidence]]) -> ObservedFact:
    spelt = {
        evidence.model_dump_json(): evidence
        for stated, evidence in stated_by
        if stated == value or field == "claims_protected"
    }
    evidence = [spelt[text] for text in sorted(spelt)]
    return ObservedFact(
        field, value, tuple(evidence), tuple(sorted({stated for stated, _ in stated_by if stated != value}))
    )


def _seen(state: OrderState) -> Evidence:
    return strong_evidence("order_state", "orders", state.source.key, "an order", state.updated_at)


def _scan(delivery: Delivery) -> Evidence:
    says = "a delivery scan on the way to the buyer"
    return strong_evidence("delivery", "tracking", delivery.source.key, says, delivery.delivered_at)


def _label(label: LabelProtection) -> Evidence:
    return strong_evidence("label", "label", label.source.key, "a label's benefits")
