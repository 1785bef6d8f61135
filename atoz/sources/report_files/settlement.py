"""Settlement report V2 (`GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2`): its rows, summed into transactions.

One claim is many rows (principal, shipping, tax, fees): rows of one settlement, order, name and day are summed.
The file is read once from top to bottom, and memory stays flat.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC
from functools import partial

from atoz.errors import Fault, InvalidDocument
from atoz.model.marketplace import shop
from atoz.sources.parse_result import ParseResult
from atoz.sources.report_files.delimited_text import Columns
from atoz.sources.report_files.locale_parsing import local_decimal, local_instant
from atoz.sources.report_files.row_aggregation import RowAggregator, TransactionRow
from atoz.sources.transactions.transaction import System, Transaction
from atoz.sources.transactions.transaction_types import TypeMatch, match_type

_REQUIRED = ("settlement-id", "transaction-type", "order-id", "amount-description", "amount", "posted-date-time")
_WANTED = {name: (name,) for name in (*_REQUIRED, "currency", "marketplace-name")}
_OTHER = "other-transaction"
_MANY = 10_000


def transactions_from_settlement(lines: Iterable[str]) -> Iterator[ParseResult[Transaction]]:
    """Transactions from the lines of a settlement file, while it is read; bad rows come as results without a value.

    Raises:
        InvalidDocument: the file is empty, or it lacks columns (the old V1 file does).
    """
    rows = iter(lines)
    header = next((line for line in rows if line.strip()), None)
    if header is None:
        raise InvalidDocument("settlement", (Fault("", "empty", "the file has no rows"),))
    columns = Columns(header.lstrip("\ufeff").split("\t"), _WANTED, required=_REQUIRED, what="settlement")
    return _read(rows, columns)


def _read(rows: Iterator[str], columns: Columns) -> Iterator[ParseResult[Transaction]]:
    aggregator = RowAggregator(System.SETTLEMENT, "v2", partial(local_instant, zone=UTC))
    type_at, text_at, width = columns.index("transaction-type"), columns.index("amount-description"), columns.width
    currencies: dict[str, str] = {}
    meanings: dict[str, TypeMatch | None] = {"": None}
    for number, line in enumerate(rows, start=2):
        cells = line.split("\t")
        if len(cells) < width:
            if line.strip():
                yield aggregator.rejected("short_row", "the row has too few cells", number)
            continue
        called = cells[type_at].strip()
        called = cells[text_at].strip() if called == _OTHER else called
        if called not in meanings:
            if len(meanings) > _MANY:  # names are few; a hostile file must not fill the memory
                meanings = {"": None}
            meanings[called] = match_type(called)
        meaning = meanings[called]
        if meaning is not None:
            yield from _add(aggregator, cells, columns, meaning, called, number, currencies)
        elif not called and len(currencies) < _MANY:
            currencies[columns.cell(cells, "settlement-id")] = columns.cell(cells, "currency")
    yield from aggregator.close()


def _add(
    aggregator: RowAggregator,
    cells: list[str],
    columns: Columns,
    meaning: TypeMatch,
    called: str,
    number: int,
    currencies: dict[str, str],
) -> Iterator[ParseResult[Transaction]]:
    order_id, posted = columns.cell(cells, "order-id"), columns.cell(cells, "posted-date-time")
    settlement = columns.cell(cells, "settlement-id")
    stated = currencies.get(settlement) or columns.cell(cells, "currency")
    market = shop(columns.cell(cells, "marketplace-name"))
    part = TransactionRow(
        line=number,
        meaning=meaning,
        called=called,
        order_id=order_id,
        settlement=settlement,
        posted=posted,
        currency=stated or (market.currency if market else None),
        amount=local_decimal(columns.cell(cells, "amount")),
    )
    yield from aggregator.add(part, key=(settlement, order_id, called, posted.split(" ")[0]))
