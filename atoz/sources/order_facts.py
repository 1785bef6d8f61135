"""Facts of the order that observations show: the promise, the delivery, the label's protection."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from atoz.model.order import Known, Order
from atoz.sources.sp_api.labels import LabelProtection
from atoz.sources.sp_api.order_state import OrderState
from atoz.sources.sp_api.tracking import Delivery
from atoz.sources.suggestion import Evidence, Strength


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
    said = {label.protected for label in labels if label.protected is not Known.UNKNOWN}
    if said:
        evidence = [(label.protected.value, _label(label)) for label in labels if label.protected in said]
        yield _fact("claims_protected", (said.pop() if len(said) == 1 else Known.UNKNOWN).value, evidence)


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
