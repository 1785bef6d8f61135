"""Everything that is read from outside, as one family: records that carry their `kind` and travel as JSON Lines."""

from collections.abc import Iterable, Iterator
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from atoz.errors import InvalidDocument
from atoz.model.claim import Claim
from atoz.model.order import Order
from atoz.model.record import faults_of, is_mapping, parse_json
from atoz.sources.notices.notice_record import Notice
from atoz.sources.parse_result import Level, Note, Origin, ParseResult
from atoz.sources.report_files.account_health import ChannelHealth, Metric
from atoz.sources.report_files.returns import ReturnFlag
from atoz.sources.sp_api.label_protection import LabelProtection
from atoz.sources.sp_api.order_snapshot import OrderState
from atoz.sources.sp_api.tracking import Delivery
from atoz.sources.transactions.transaction import Transaction

Observation = (
    Order | OrderState | Delivery | LabelProtection | Transaction | ReturnFlag | ChannelHealth | Metric | Notice
)
"""What a source shows about orders and claims."""

AnyRecord = Observation | Claim
"""Whatever `atoz import` writes and the other commands take."""

_ADAPTER: TypeAdapter[AnyRecord] = TypeAdapter(Annotated[AnyRecord, Field(discriminator="kind")])


def records_from(lines: Iterable[str]) -> Iterator[ParseResult[AnyRecord]]:
    """The records of JSON Lines; a bad line is a result without a value, and the rest is read.

    >>> [parsed.codes() for parsed in records_from(["", "{", '{"kind": "x"}'])]
    [('not_json',), ('union_tag_invalid',)]
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = f"line {number}"
        try:
            yield record_of(parse_json(line), where)
        except InvalidDocument as invalid:
            yield ParseResult(None, _notes(where, invalid), Origin(system="json_lines", key=where))


def kind_of(data: object) -> str | None:
    """The `kind` of a record; claims and orders written by hand are known without one."""
    if not is_mapping(data):
        return None
    stated = data.get("kind")
    if stated is not None:
        return stated if isinstance(stated, str) else None
    return "claim" if "history" in data else "order" if {"order_id", "placed_at"} <= set(data) else None


def record_of(data: object, where: str) -> ParseResult[AnyRecord]:
    """The record that parsed data is, by its `kind`; every fault of one that is none comes as a note."""
    kind = kind_of(data)
    try:
        kinded = {**data, "kind": kind} if is_mapping(data) and kind else data
        return ParseResult(_ADAPTER.validate_python(kinded), (), Origin(system="json_lines", key=where))
    except ValidationError as error:
        return ParseResult(
            None, _notes(where, InvalidDocument(where, faults_of(error))), Origin(system="json_lines", key=where)
        )


def to_line(record: AnyRecord) -> str:
    """A record as one line of JSON."""
    return record.model_dump_json(exclude_none=True)


def _notes(where: str, invalid: InvalidDocument) -> tuple[Note, ...]:
    return tuple(
        Note(
            code=fault.code,
            detail=fault.message,
            path=f"{where}: {fault.path}" if fault.path else where,
            level=Level.ERROR,
        )
        for fault in invalid.faults
    )
