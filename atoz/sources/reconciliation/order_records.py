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
from atoz.sources.transactions.deduplication import deduplicate
from atoz.sources.transactions.transaction import Transaction

_Kind = TypeVar("_Kind", bound=AnyRecord)


class OrderRecords:
    """The observations of one order, each once, in one fixed order; what lies after `now` is only counted."""

    def __init__(self, order_id: str, observations: Iterable[AnyRecord], now: datetime) -> None:
        spelt = {
            record.model_dump_json(): record
            for record in observations
            if not isinstance(record, Claim) and _may_belong(record, order_id)
        }
        distinct = [spelt[text] for text in sorted(spelt)]
        self.flags = _of(ReturnFlag, distinct, order_id)
        joined = {flag.safe_t_claim_id for flag in self.flags if flag.safe_t_claim_id}
        safe_t = [
            record
            for record in distinct
            if isinstance(record, Transaction) and record.order_id is None and record.safe_t_claim_id in joined
        ]
        transactions = [*_of(Transaction, distinct, order_id), *safe_t]
        notices = _of(Notice, distinct, order_id)
        states = _of(OrderState, distinct, order_id)
        self.transactions = deduplicate(transaction for transaction in transactions if transaction.posted_at <= now)
        self.notices = [notice for notice in notices if notice.sent_at is None or notice.sent_at <= now]
        known = [state for state in states if state.updated_at is None or state.updated_at <= now]
        self.states = sorted(known, key=lambda state: (state.updated_at is not None, state.updated_at or now))
        self.orders = _of(Order, distinct, order_id)
        parcels = {parcel.tracking_id for state in self.states for parcel in state.packages or () if parcel.tracking_id}
        scans = [
            record
            for record in distinct
            if isinstance(record, Delivery) and (record.order_id == order_id or record.tracking_id in parcels)
        ]
        self.deliveries = [scan for scan in scans if scan.delivered_at is not None and scan.delivered_at <= now]
        self.labels = [
            record
            for record in distinct
            if isinstance(record, LabelProtection) and (record.order_id == order_id or record.tracking_id in parcels)
        ]
        ahead = [transaction for transaction in transactions if transaction.posted_at > now]
        self.later = len(ahead) + len(notices) - len(self.notices) + len(states) - len(self.states)


def _may_belong(record: AnyRecord, order_id: str) -> bool:
    """Whether a record is of this order, or names none and is joined by a parcel's or a SAFE-T claim's number."""
    return getattr(record, "order_id", None) in (order_id, None)


def _of(kind: type[_Kind], records: Sequence[AnyRecord], order_id: str) -> list[_Kind]:
    return [record for record in records if isinstance(record, kind) and getattr(record, "order_id", None) == order_id]
