"""Records from any file: its kind is detected from its content, or stated by the caller."""

import io
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO
from zoneinfo import ZoneInfo

from atoz.errors import Fault, InvalidDocument
from atoz.model.limits import MAX_JSON
from atoz.model.marketplace import Marketplace
from atoz.model.record import is_mapping, is_sequence, parse_json
from atoz.sources.format_detection import SourceKind, payload_kind, text_kind
from atoz.sources.notices.email import MAX_BYTES
from atoz.sources.notices.reading import read_notice
from atoz.sources.parse_result import Level, Note, Origin, ParseResult
from atoz.sources.records import AnyRecord, record_of
from atoz.sources.report_files.account_health import account_health, claim_metrics
from atoz.sources.report_files.date_range import transactions_from_date_range
from atoz.sources.report_files.delimited_text import MAX_LINE, encoding_of, lines_of, unpacked
from atoz.sources.report_files.returns import return_flags, return_flags_from_xml
from atoz.sources.report_files.settlement import transactions_from_settlement
from atoz.sources.sp_api.label_protection import label_protection
from atoz.sources.sp_api.orders import order, order_rows, order_state
from atoz.sources.sp_api.tracking import delivery
from atoz.sources.transactions.finances import finance_transactions

MAX_ITEMS = 50_000
"""Payloads in one list: a page has a hundred. Any number is read as JSON Lines, one payload a line."""
_HEAD = 65_536

Records = Iterator[ParseResult[AnyRecord]]


def read_records(
    stream: BinaryIO,
    *,
    kind: SourceKind | None = None,
    what: str = "file",
    order_id: str | None = None,
    marketplace: str | None = None,
) -> Records:
    """The records of a file, while it is read; what cannot be read is a result without a value.

    Say `order_id` for tracking and labels that name no order, `marketplace` for date range reports that name no zone
    and for notices whose header names none.

    Raises:
        InvalidDocument: it is no kind that atoz reads, or not the kind that was said.
        UnknownName: no such marketplace.
    """
    plain = unpacked_file(stream, what)
    head = plain.peek(_HEAD)[:_HEAD]
    source_kind = kind or text_kind(head.decode(encoding_of(head), errors="replace"))
    if source_kind is None:
        words = "no kind that atoz reads; say which with --kind"
        raise InvalidDocument(what, (Fault("", "unknown_kind", words),))
    shop = Marketplace.of(marketplace) if marketplace else None
    if source_kind is SourceKind.NOTICE:
        yield read_notice(plain.read(MAX_BYTES + 1), marketplace=marketplace)
    elif source_kind is SourceKind.SETTLEMENT:
        yield from transactions_from_settlement(lines_of(plain, what=what))
    elif source_kind is SourceKind.DATE_RANGE:
        zone: ZoneInfo | None = shop.zoneinfo if shop else None
        currency = shop.currency if shop else None
        yield from transactions_from_date_range(lines_of(plain, what=what), zone=zone, currency=currency)
    elif source_kind is SourceKind.RETURNS:
        yield from _returns(plain, head, what)
    else:
        said = None if source_kind is SourceKind.JSON else source_kind
        yield from _json(lines_of(plain, what=what, longest=MAX_JSON + 1), said, what, order_id)


def unpacked_file(stream: BinaryIO, what: str) -> io.BufferedReader:
    """The stream, or what its gzip holds, its first bytes read already.

    Raises:
        InvalidDocument: the compressed file is broken, or the file cannot be read.
    """
    try:
        plain = unpacked(stream, what)
        plain.peek(_HEAD)
    except InvalidDocument:
        raise
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise InvalidDocument(what, (Fault("", "unreadable", "the file cannot be read"),)) from error
    return plain


def records_of(payload: object, kind: SourceKind, *, order_id: str | None = None) -> Records:
    """The records of one parsed payload of a known kind.

    Raises:
        InvalidDocument: the payload is not of this kind.
    """
    if kind is SourceKind.ORDERS:
        for row in order_rows(payload)[0]:
            yield order(row)
            state = order_state(row)
            yield ParseResult(state.value, (), state.source)  # its notes are the order's
    elif kind is SourceKind.FINANCES:
        yield from finance_transactions(payload).items
    elif kind is SourceKind.TRACKING:
        yield delivery(payload, order_id=order_id)
    elif kind is SourceKind.LABEL:
        yield label_protection(payload, order_id=order_id)
    elif kind is SourceKind.HEALTH:
        yield from account_health(payload)
    else:
        yield from claim_metrics(payload)


def _json(lines: Iterable[str], kind: SourceKind | None, what: str, order_id: str | None) -> Records:
    """One JSON document, or JSON Lines where the first line is a document by itself."""
    rows = ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
    first = next(rows, None)
    if first is None:
        raise InvalidDocument(what, (Fault("", "empty", "the file is empty"),))
    try:
        alone = parse_json(first[1], what=what)
    except InvalidDocument:
        second = next(rows, None)
        if kind is SourceKind.RECORDS or (
            second is not None and first[1].rstrip().endswith("}") and second[1].startswith("{")
        ):
            yield from _lines(chain([first], [second] if second else [], rows), kind, order_id)
            return
        yield from _payload(
            parse_json(_whole(chain([first], [second] if second else [], rows), what), what=what), kind, what, order_id
        )
        return
    second = next(rows, None)
    if second is None and kind is not SourceKind.RECORDS:
        yield from _payload(alone, kind, what, order_id)
        return
    yield from _lines(chain([first], [second] if second else [], rows), kind, order_id)


def _lines(rows: Iterable[tuple[int, str]], kind: SourceKind | None, order_id: str | None) -> Records:
    for number, line in rows:
        where = f"line {number}"
        try:
            payload = parse_json(line, what=where)
            if kind is SourceKind.RECORDS or payload_kind(payload) is SourceKind.RECORDS:
                yield record_of(payload, where)
            else:
                yield from (_at(result, where) for result in _payload(payload, kind, where, order_id))
        except InvalidDocument as invalid:
            faults = tuple(
                Note(code=fault.code, detail=fault.message, path=where, level=Level.ERROR) for fault in invalid.faults
            )
            yield ParseResult(None, faults, Origin(system="json_lines", key=where))


def _at(parsed: ParseResult[AnyRecord], where: str) -> ParseResult[AnyRecord]:
    notes = tuple(
        note.model_copy(
            update={"path": f"{where}: {note.path.removeprefix('line 1').removeprefix(': ')}".removesuffix(": ")}
        )
        for note in parsed.notes
    )
    return ParseResult(parsed.value, notes, parsed.source)


def _payload(payload: object, kind: SourceKind | None, what: str, order_id: str | None) -> Records:
    items = payload if is_sequence(payload) else [payload]
    if len(items) > MAX_ITEMS:
        words = f"a list of more than {MAX_ITEMS:,} payloads; write one payload a line (JSON Lines) instead"
        raise InvalidDocument(what, (Fault("", "too_many_items", words),))
    for item in items:
        item_kind = kind or payload_kind(item)
        if item_kind is SourceKind.RECORDS and is_mapping(item):
            yield from (record_of(item, what),)
        elif item_kind is None or item_kind is SourceKind.RECORDS:
            note = Note(code="unknown_payload", detail="no payload that says anything of claims", level=Level.ERROR)
            yield ParseResult(None, (note,), Origin(system="json", key=what))
        else:
            yield from records_of(item, item_kind, order_id=order_id)


def _whole(rows: Iterable[tuple[int, str]], what: str) -> str:
    held: list[str] = []
    size = 0
    for _, line in rows:
        size += len(line)
        if size > MAX_JSON:
            words = f"a JSON document of more than {MAX_JSON:,} characters is no page of a payload"
            raise InvalidDocument(what, (Fault("", "too_large", words),))
        held.append(line)
    return "\n".join(held)


def _returns(plain: io.BufferedReader, head: bytes, what: str) -> Records:
    is_xml = head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")
    lines = lines_of(plain, what=what, longest=MAX_JSON if is_xml else MAX_LINE)
    if is_xml:
        yield from return_flags_from_xml(lines)
    else:
        yield from return_flags(lines)
