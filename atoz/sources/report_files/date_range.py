"""Date range transaction report (Payments > Reports Repository): a CSV in the language of the account.

Some lines of preamble, a header in any language of `date_range.toml`, then one row per transaction with its net total.
"""

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import tzinfo
from functools import cache, partial

from atoz.errors import Fault, InvalidDocument
from atoz.model.data_files import read_record
from atoz.model.marketplace import Marketplace, shop
from atoz.model.record import Record
from atoz.sources.parse_result import Level, ParseResult
from atoz.sources.report_files.delimited_text import Columns, column_key
from atoz.sources.report_files.locale_parsing import local_decimal, local_instant
from atoz.sources.report_files.row_aggregation import RowAggregator, TransactionRow
from atoz.sources.transactions.transaction import Release, System, Transaction, TransactionType
from atoz.sources.transactions.transaction_types import TypeMatch, match_type

_REQUIRED = ("time", "type", "order", "total")
_PREAMBLE = 60
_NAMES_SHOWN = 50
_LINES_OF_A_CELL = 5
_CURRENCY = re.compile(r"\b[A-Z]{3}\b")


class _Book(Record):
    columns: dict[str, tuple[str, ...]]
    files: dict[str, tuple[str, ...]]


def transactions_from_date_range(
    lines: Iterable[str], *, zone: tzinfo | None = None, currency: str | None = None
) -> Iterator[ParseResult[Transaction]]:
    """Transactions from the lines of a date range report, while it is read; bad rows come as results without a value.

    Give `zone` where the times name none, `currency` where the preamble names none. A row type that no table knows
    is shown once.

    Raises:
        InvalidDocument: no header of a known language is found.
    """
    rows = _numbered(lines)
    preamble: list[str] = []
    for _, row in rows:
        if row and _is_header(row):
            columns = Columns(row, _book().columns, required=_REQUIRED, what="date range report")
            english = column_key(row[columns.index("time")]) == column_key(_book().columns["time"][0])
            read_time = partial(local_instant, zone=zone, day_first=not english)
            aggregator = RowAggregator(System.DATE_RANGE, "csv", read_time)
            return _read(rows, columns, aggregator, currency or _currency_in(preamble))
        preamble.extend(row or ())
        if len(preamble) > _PREAMBLE:
            break
    words = "no header in a known language among the first lines"
    raise InvalidDocument("date range report", (Fault("", "no_header", words),))


def is_date_range_header(line: str) -> bool:
    """Whether a line is the header of this report, in any language that is known."""
    try:
        return any(map(_is_header, csv.reader([line])))
    except csv.Error:
        return False


def _numbered(lines: Iterable[str]) -> Iterator[tuple[int, list[str] | None]]:
    """Rows with the line that they begin on; none for one that is no CSV.

    A cell may hold line breaks. A quote that is not closed within a few lines spoils its own line and no other.
    """
    waiting: deque[tuple[int, str]] = deque()
    numbered = enumerate(lines, start=1)
    while True:
        number, text = waiting.popleft() if waiting else next(numbered, (0, ""))
        if number == 0:
            return
        row = [text]
        ahead: list[tuple[int, str]] = []
        while "\n".join(row).count('"') % 2 and len(ahead) < _LINES_OF_A_CELL:
            following = waiting.popleft() if waiting else next(numbered, None)
            if following is None:
                break
            ahead.append(following)
            row.append(following[1])
        if "\n".join(row).count('"') % 2:
            waiting.extendleft(reversed(ahead))
            yield number, None
            continue
        try:
            yield number, next(csv.reader([line + "\n" for line in row]), list[str]())
        except csv.Error:
            yield number, None


def _is_header(row: list[str]) -> bool:
    names = {column_key(name) for name in row}
    return all(any(column_key(name) in names for name in _book().columns[field]) for field in _REQUIRED)


def _read(
    rows: Iterator[tuple[int, list[str] | None]], columns: Columns, aggregator: RowAggregator, currency: str | None
) -> Iterator[ParseResult[Transaction]]:
    reported: set[str] = set(_book().files["harmless"])
    for number, row in rows:
        if row is None or (any(row) and len(row) < columns.width):
            yield aggregator.rejected("bad_row", "the row has too few cells, or is no CSV", number)
            continue
        called, text = columns.cell(row, "type"), columns.cell(row, "description")
        meaning = match_type(called)
        if meaning is None or meaning.type is TransactionType.UNKNOWN:
            described = match_type(text)
            meaning, called = (described, text) if described and _names_a_claim(described) else (meaning, called)
        if meaning is not None:
            yield from _add(aggregator, row, columns, meaning, called, number, currency)
        elif called and called not in reported and len(reported) < _NAMES_SHOWN + len(_book().files["harmless"]):
            reported.add(called)
            yield aggregator.rejected(
                "type_not_known", "a type of row that no table knows; shown once", number, level=Level.WARN
            )
    yield from aggregator.close()


def _names_a_claim(meaning: TypeMatch) -> bool:
    """A description is free text: only a name that the table knows counts, and a refund's is an item's title."""
    return meaning.type not in (TransactionType.UNKNOWN, TransactionType.REFUND)


def _add(
    aggregator: RowAggregator,
    row: list[str],
    columns: Columns,
    meaning: TypeMatch,
    called: str,
    number: int,
    currency: str | None,
) -> Iterator[ParseResult[Transaction]]:
    order_id, posted = columns.cell(row, "order"), columns.cell(row, "time")
    settlement = columns.cell(row, "settlement")
    market = shop(columns.cell(row, "marketplace"))
    part = TransactionRow(
        line=number,
        meaning=meaning,
        called=called,
        order_id=order_id,
        settlement=settlement,
        posted=posted,
        currency=currency or (market.currency if market else None),
        amount=local_decimal(columns.cell(row, "total")),
        release=Release.DEFERRED if columns.cell(row, "status").casefold() == "deferred" else Release.RELEASED,
    )
    yield from aggregator.add(part, key=(settlement, order_id, called, posted))


def _currency_in(preamble: list[str]) -> str | None:
    known = {marketplace.currency for marketplace in Marketplace.all()}
    named = {code for text in preamble for code in _CURRENCY.findall(text[:400]) if code in known}
    return named.pop() if len(named) == 1 else None


@cache
def _book() -> _Book:
    return read_record(_Book, "atoz.sources.report_files", "date_range.toml")
