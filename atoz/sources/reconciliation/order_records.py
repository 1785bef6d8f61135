"""The observations of one order, sorted by what they are."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from atoz.model.claim import Claim
from atoz.model.order import Order
from atoz.sources.notices.notice_record import Notice
from atoz.sources.records import AnyRecord
from atoz.sources.report_files.returns import ReturnFlag
from atoz.sources.sp_api.label_protection import LabelProtection
from atoz.sources.sp_api.order_snapshot import OrderState
from atoz.sources.sp_api.tracking import Delivery
from atoz.sources.transactions.deduplication import once
from atoz.sources.transactions.transaction import Movement

_Kind = TypeVar("_Kind", bound=AnyRecord)


class OrderRecords:
    """The observations of one order, each once, in one fixed order; what lies after `now` is only counted."""

    def __init__(self, order_id: str, observations: Iterable[AnyRecord], now: datetime) -> None:
        spelt = {
            each.model_dump_json(): each
            for each in observations
            if not isinstance(each, Claim) and _may_belong(each, order_id)
        }
        distinct = [spelt[text] for text in sorted(spelt)]
        self.flags = _of(ReturnFlag, distinct, order_id)
        joined = {flag.safe_t_claim_id for flag in self.flags if flag.safe_t_claim_id}
        safe_t = [
            each
            for each in distinct
            if isinstance(each, Movement) and each.order_id is None and each.safe_t_claim_id in joined
        ]
        movements = [*_of(Movement, distinct, order_id), *safe_t]
        notices = _of(Notice, distinct, order_id)
        states = _of(OrderState, distinct, order_id)
        self.movements = once(each for each in movements if each.posted_at <= now)
        self.notices = [each for each in notices if each.sent_at is None or each.sent_at <= now]
        known = [each for each in states if each.updated_at is None or each.updated_at <= now]
        self.states = sorted(known, key=lambda one: (one.updated_at is not None, one.updated_at or now))
        self.orders = _of(Order, distinct, order_id)
        parcels = {parcel.tracking_id for state in self.states for parcel in state.packages or () if parcel.tracking_id}
        scans = [
            each
            for each in distinct
            if isinstance(each, Delivery) and (each.order_id == order_id or each.tracking_id in parcels)
        ]
        self.deliveries = [each for each in scans if each.delivered_at is not None and each.delivered_at <= now]
        self.labels = [
            each
            for each in distinct
            if isinstance(each, LabelProtection) and (each.order_id == order_id or each.tracking_id in parcels)
        ]
        ahead = [each for each in movements if each.posted_at > now]
        self.later = len(ahead) + len(notices) - len(self.notices) + len(states) - len(self.states)


def _may_belong(record: AnyRecord, order_id: str) -> bool:
    """Whether a record is of this order, or names none and is joined by a parcel's or a SAFE-T claim's number."""
    return getattr(record, "order_id", None) in (order_id, None)


def _of(kind: type[_Kind], records: Sequence[AnyRecord], order_id: str) -> list[_Kind]:
    return [each for each in records if isinstance(each, kind) and getattr(each, "order_id", None) == order_id]
