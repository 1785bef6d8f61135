"""One mail or file as records to keep: what it says of which order, and whether that may be applied by itself."""

import hashlib
import json
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import NamedTuple

from pydantic_core import PydanticCustomError

from atoz.errors import AtozError
from atoz.inbox.authentication import Trust, trust_of
from atoz.inbox.mailbox_reading import Incoming
from atoz.model.instant import to_instant
from atoz.model.intervals import interval
from atoz.model.text import Text, fill
from atoz.sources.format_detection import SourceKind, text_kind
from atoz.sources.notices.email import read_mail
from atoz.sources.notices.notice_record import Notice
from atoz.sources.notices.phrases import Topic
from atoz.sources.notices.quoting import Route
from atoz.sources.notices.reading import read_notice
from atoz.sources.parse_result import Level
from atoz.sources.record_reading import read_records
from atoz.sources.records import AnyRecord, to_line
from atoz.store.source_records import SourceRecord

_HEAD = 65_536
_ABOUT_ORDERS = ("delivery", "label", "movement", "flag", "notice")
"""Kinds of records that belong to an order, even where they do not name it."""


class Intake(NamedTuple):
    """What came of one mail or file."""

    records: tuple[SourceRecord, ...] = ()
    message_id: str = ""
    """The mail's Message-ID; it is only kept as a keyed hash."""
    trust: Trust | None = None
    """How far the sender of a claim mail is verified; none for files and other mail."""
    remarks: tuple[Text, ...] = ()
    """What a person should know about it."""
    unreadable: tuple[Text, ...] = ()
    """Parts of it that are lost."""

    @property
    def is_about_claims(self) -> bool:
        """Whether anything in it concerns a claim or an order."""
        return bool(self.records or self.unreadable or self.remarks)


def take_in(item: Incoming, *, server: str | None) -> Intake:
    """Read one mail or file; it never raises for what stands in it."""
    if item.data is None:
        return Intake(unreadable=(item.fault,))
    kind = text_kind(item.data[:_HEAD].decode("utf-8", errors="replace"))
    return _mail(item.data, server) if kind is SourceKind.NOTICE else _file(item, kind)


def _file(item: Incoming, kind: SourceKind | None) -> Intake:
    """The records of a report file or payload that name an order; a file of another kind is passed over."""
    if kind is None:
        return Intake()
    records: list[SourceRecord] = []
    lost: list[Text] = []
    without_order = 0
    try:
        for parsed in read_records(BytesIO(item.data or b""), what=item.name):
            lost += [Text(en=note.detail) for note in parsed.notes if note.level is Level.ERROR]
            value = parsed.value
            order_id = getattr(value, "order_id", None)
            if value is not None and order_id is not None:
                records.append(_source_record(value, order_id))
            elif value is not None and value.kind in _ABOUT_ORDERS:
                without_order += 1
    except AtozError as error:
        lost.append(Text(en=str(error)))
    remarks = (fill("atoz.inbox", "remark_without_order", count=without_order),) if without_order else ()
    return Intake(records=tuple(records), remarks=remarks, unreadable=tuple(lost))


def _source_record(value: AnyRecord, order_id: str) -> SourceRecord:
    body = to_line(value)
    return SourceRecord(order_id=order_id, record_key=_hash(body), body=body, verified=True)


def _mail(data: bytes, server: str | None) -> Intake:
    parsed = read_notice(data)
    notice = parsed.value
    if notice is None or notice.topic is not Topic.CLAIM:
        return Intake()
    message = message_from_bytes(data[:_HEAD])
    remarks: list[Text] = []
    sent_at = _earliest_date(message, notice, remarks)
    if notice.order_id is None:
        return Intake(remarks=(fill("atoz.inbox", "remark_no_order"), *remarks))
    mail = read_mail(data)
    digest = _hash(json.dumps([mail.subject, mail.sender, str(mail.sent_at), mail.text]))
    message_id = " ".join(str(message.get("Message-ID", "")).split())
    source = notice.source.model_copy(update={"key": digest[:16], "observed_at": sent_at})
    kept = notice.model_copy(update={"sent_at": sent_at, "source": source})
    trust = trust_of(message, server=server, marketplace=notice.marketplace)
    record = SourceRecord(
        order_id=notice.order_id,
        record_key=_hash(f"{digest}\n{notice.route}"),
        body=to_line(kept),
        digest=digest,
        verified=trust is Trust.VERIFIED and notice.route is Route.DIRECT and bool(message_id),
    )
    return Intake(records=(record,), message_id=message_id, trust=trust, remarks=tuple(remarks))


def _earliest_date(message: Message, notice: Notice, remarks: list[Text]) -> datetime | None:
    """The mail's date, or the time at which the last server received it, whichever is earlier.

    A date can be written by anybody; a clock that starts too early never makes the seller late.
    """
    received = _instant(str((message.get_all("Received") or [""])[0]).rpartition(";")[2])
    if notice.route is not Route.DIRECT:
        return notice.sent_at  # the day of a forwarding is not the day of the notice
    if notice.sent_at is None or received is None:
        return notice.sent_at or received
    if abs(received - notice.sent_at) > interval("atoz.inbox", "clock_skew"):
        stated, arrived = notice.sent_at.isoformat(), received.isoformat()
        remarks.append(fill("atoz.inbox", "remark_dates_differ", stated=stated, received=arrived))
    return min(received, notice.sent_at)


def _instant(text: str) -> datetime | None:
    try:
        return to_instant(parsedate_to_datetime(text.strip()))
    except (TypeError, ValueError, OverflowError, PydanticCustomError):
        return None


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", errors="replace")).hexdigest()
