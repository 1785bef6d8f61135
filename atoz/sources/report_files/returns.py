"""Returns reports: the one per-order mark of a claim, and the SAFE-T columns; flat file and XML.

`GET_FLAT_FILE_RETURNS_DATA_BY_RETURN_DATE` and `GET_XML_RETURNS_DATA_BY_RETURN_DATE` hold return requests of
seller-fulfilled orders only: a claim for an item that never arrived does not show here.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date
from typing import Literal
from xml.etree import ElementTree as ET

from pydantic import Field

from atoz.errors import Fault, InvalidDocument
from atoz.model.instant import Day
from atoz.model.money import Money
from atoz.model.order import TriState
from atoz.model.order_id import OrderId
from atoz.model.record import Document
from atoz.sources.parse_result import Level, Note, Origin, ParseResult
from atoz.sources.payload_reader import flag_of, money_of, text_of
from atoz.sources.report_files.delimited_text import Columns, order_id_refusal
from atoz.sources.report_files.locale_parsing import local_decimal, local_instant

_COLUMNS = {
    "order_id": ("Order ID",),
    "requested_on": ("Return request date",),
    "returned_on": ("Return delivery date",),
    "a_to_z": ("A-to-Z Claim",),
    "in_policy": ("In policy",),
    "currency": ("Currency code",),
    "refunded": ("Refunded Amount",),
    "safe_t_claim_id": ("SafeT claim id",),
    "safe_t_state": ("SafeT claim state",),
    "safe_t_amount": ("SafeT claim reimbursement amount",),
}
_ELEMENTS = {
    "order_id": "order_id",
    "requested_on": "return_request_date",
    "returned_on": "return_delivery_date",
    "a_to_z": "a_to_z_claim",
    "in_policy": "in_policy",
    "currency": "currency_code",
    "refunded": "refund_amount",
}
_ELEMENT_NAMES = frozenset(_ELEMENTS.values())
_MAX_WORD = 400
_MAX_ELEMENTS = 3_000_000


class ReturnFlag(Document):
    """What one row of a returns report says of claims."""

    kind: Literal["flag"] = "flag"
    order_id: OrderId = Field(description="Amazon's order id.")
    requested_on: Day | None = Field(default=None, description="Day of the return request; the report names no zone.")
    returned_on: Day | None = Field(default=None, description="Day on which the returned parcel arrived.")
    a_to_z: TriState = Field(description="Whether a claim existed; whether it turns back after a denial is not known.")
    in_policy: TriState = Field(default=TriState.UNKNOWN, description="Whether the return is within policy.")
    refunded: Money | None = Field(default=None, description="What was refunded.")
    safe_t_claim_id: str | None = Field(default=None, max_length=_MAX_WORD, description="Joins a SAFE-T reimbursement.")
    safe_t_state: str | None = Field(default=None, max_length=_MAX_WORD, description="Amazon's word for its state.")
    safe_t_amount: Money | None = Field(default=None, description="What SAFE-T reimbursed.")
    source: Origin = Field(description="Where it was read.")


def return_flags(lines: Iterable[str]) -> Iterator[ParseResult[ReturnFlag]]:
    """The flags of a tab-separated returns report, row by row.

    Raises:
        InvalidDocument: the file is empty or lacks the order id or the claim column.
    """
    rows = iter(lines)
    header = next((line for line in rows if line.strip()), None)
    if header is None:
        raise InvalidDocument("returns report", (Fault("", "empty", "the file has no rows"),))
    cells = header.lstrip("\ufeff").split("\t")
    columns = Columns(cells, _COLUMNS, required=("order_id", "a_to_z"), what="returns report")
    return _read(rows, columns)


def _read(rows: Iterator[str], columns: Columns) -> Iterator[ParseResult[ReturnFlag]]:
    for number, line in enumerate(rows, start=2):
        cells = line.split("\t")
        if any(cell.strip() for cell in cells):
            yield _flag({field: columns.cell(cells, field) for field in _COLUMNS}, f"line {number}", "flat_file")


def return_flags_from_xml(lines: Iterable[str]) -> Iterator[ParseResult[ReturnFlag]]:
    """The flags of an XML returns report, while it is read; a document type, which could hide a bomb, is refused.

    Raises:
        InvalidDocument: it is no XML, declares a document type, or has too many elements.
    """
    rows = _Rows()
    parser = ET.XMLParser(target=rows)  # noqa: S314  (no document type, so no entities to expand)
    number = 0
    try:
        for line in lines:
            parser.feed(f"{line}\n")
            for row in rows.take():
                number += 1
                yield _flag({field: row.get(name, "") for field, name in _ELEMENTS.items()}, f"return {number}", "xml")
        parser.close()
    except (ET.ParseError, UnicodeError) as error:
        raise InvalidDocument("returns report", (Fault("", "not_xml", "it is no XML"),)) from error


class _Rows:
    """The elements that hold a return, while an XML file is parsed; no tree is built, so memory stays flat."""

    def __init__(self) -> None:
        self._open: list[dict[str, str]] = []
        self._text: list[str] = []
        self._size = 0
        self._ready: list[dict[str, str]] = []

    def take(self) -> list[dict[str, str]]:
        """The returns that have been closed since the last call."""
        ready, self._ready = self._ready, []
        return ready

    def doctype(self, *_names: str | None) -> None:
        """Refuse a document type."""
        raise InvalidDocument("returns report", (Fault("", "document_type", "a document type is refused"),))

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:  # noqa: ARG002  (what the parser calls)
        """An element opens."""
        self._size += 1
        if self._size > _MAX_ELEMENTS:
            words = f"more than {_MAX_ELEMENTS:,} elements; ask Amazon for a shorter period"
            raise InvalidDocument("returns report", (Fault("", "too_large", words),))
        self._open.append({})
        self._text = []

    def data(self, text: str) -> None:
        """Text of the open element."""
        if len(self._text) < _MAX_WORD:
            self._text.append(text[:_MAX_WORD])

    def end(self, tag: str) -> None:
        """An element closes: it is a return, or a field of the one around it."""
        row = self._open.pop()
        if "order_id" in row or "a_to_z_claim" in row:
            self._ready.append(row)
        name = _local(tag)
        if self._open and name in _ELEMENT_NAMES:
            self._open[-1].setdefault(name, "".join(self._text)[:_MAX_WORD])
        self._text = []

    def close(self) -> None:
        """The end of the file."""


def _flag(row: Mapping[str, str], where: str, version: str) -> ParseResult[ReturnFlag]:
    notes: list[Note] = []
    order_id = (row["order_id"] or "").strip()
    if refused := order_id_refusal(order_id):
        note = Note(code=refused.code, detail=refused.words, path=where, level=Level.ERROR)
        return ParseResult(None, (note,), Origin(system="returns", version=version))
    claim_flag = flag_of(row["a_to_z"])
    if claim_flag is None:
        notes.append(Note(code="odd_flag", detail="the claim column is neither Y nor N", path=where, level=Level.WARN))
    requested = _day(row["requested_on"], "the day of the request cannot be read", where, notes)
    returned = _day(row["returned_on"], "the day on which the return arrived cannot be read", where, notes)
    safe_t_id = text_of(row.get("safe_t_claim_id"))
    flag = ReturnFlag(
        order_id=order_id,
        requested_on=requested,
        returned_on=returned,
        a_to_z=_known(claim_flag),
        in_policy=_known(flag_of(row["in_policy"])),
        refunded=_money(row["refunded"], row["currency"]),
        safe_t_claim_id=safe_t_id,
        safe_t_state=text_of(row.get("safe_t_state")),
        safe_t_amount=_money(row.get("safe_t_amount", ""), row["currency"]),
        source=Origin(
            system="returns", version=version, key=f"{order_id}:{row['requested_on']}:{safe_t_id or ''}"[:400]
        ),
    )
    return ParseResult(flag, tuple(notes), flag.source)


def _day(cell: str, odd: str, where: str, notes: list[Note]) -> date | None:
    at = local_instant(cell, zone=UTC)
    if at is None and text_of(cell) is not None:
        notes.append(Note(code="odd_day", detail=odd, path=where, level=Level.WARN))
    return at.date() if at else None


def _money(amount: str, currency: str) -> Money | None:
    value = local_decimal(amount.strip()) if amount.strip() else None
    return None if value is None else money_of(value, currency)


def _known(flag: bool | None) -> TriState:  # noqa: FBT001  (three values, one argument)
    return {True: TriState.YES, False: TriState.NO, None: TriState.UNKNOWN}[flag]


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2].casefold()
