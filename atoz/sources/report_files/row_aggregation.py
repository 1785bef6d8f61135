"""Rows that are parts of one transaction, summed while a file is read.

A bounded number of sums is held, so memory stays flat however long the file is.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from atoz.model.citation import Confidence
from atoz.model.money import Money
from atoz.sources.parse_result import Level, Note, Origin, ParseResult
from atoz.sources.payload_reader import money_of
from atoz.sources.report_files.delimited_text import order_id_refusal
from atoz.sources.transactions.transaction import Release, System, Transaction
from atoz.sources.transactions.transaction_types import TypeMatch

OPEN_TRANSACTIONS = 4096
"""How many transactions are held open: their rows stand close together in every file that was seen."""
_MAX_NAME = 400


@dataclass(slots=True)
class TransactionRow:
    """One row of a transaction."""

    line: int
    meaning: TypeMatch
    called: str
    order_id: str
    settlement: str
    posted: str
    currency: str | None
    amount: Decimal | None
    release: Release = Release.RELEASED


@dataclass(slots=True)
class _Open:
    first: TransactionRow
    total: Decimal
    fault: str


class RowAggregator:
    """The transactions that are still open, and how their time is read."""

    def __init__(self, system: System, version: str, read_time: Callable[[str], datetime | None]) -> None:
        self._system, self._version, self._read_time = system, version, read_time
        self._open: OrderedDict[tuple[str, ...], _Open] = OrderedDict()

    def add(self, part: TransactionRow, *, key: tuple[str, ...]) -> Iterator[ParseResult[Transaction]]:
        """Count a row; gives the transaction that had to be closed for it, if any, or why the row is refused."""
        if refused := order_id_refusal(part.order_id):
            yield self.rejected(refused.code, refused.words, part.line)
            return
        group = self._open.get(key)
        if group is None:
            group = self._open[key] = _Open(part, Decimal(0), "")
            if len(self._open) > OPEN_TRANSACTIONS:
                yield self._close(self._open.popitem(last=False)[1])
        else:
            self._open.move_to_end(key)
        if part.amount is None:
            group.fault = group.fault or f"the amount on line {part.line} cannot be read, so there is no sum"
        elif part.currency != group.first.currency:
            group.fault = group.fault or "several currencies in one transaction: no sum"
        else:
            group.total += part.amount

    def close(self) -> Iterator[ParseResult[Transaction]]:
        """Every transaction that is still open, in the order of their last rows."""
        while self._open:
            yield self._close(self._open.popitem(last=False)[1])

    def rejected(self, code: str, detail: str, line: int, *, level: Level = Level.ERROR) -> ParseResult[Transaction]:
        """A row that gave no transaction, and why."""
        note = Note(code=code, detail=detail, path=f"line {line}", level=level)
        return ParseResult(None, (note,), Origin(system=self._system.value, version=self._version))

    def _close(self, row: _Open) -> ParseResult[Transaction]:
        first = row.first
        posted_at = self._read_time(first.posted)
        if posted_at is None:
            return self.rejected(
                "no_posted_at", "no time that can be read without guessing, so it is no transaction", first.line
            )
        amount = money_of(row.total, first.currency) if not row.fault else None
        transaction = Transaction(
            type=first.meaning.type,
            order_id=first.order_id,
            posted_at=posted_at,
            amount=amount,
            release=first.release,
            called=first.called[:_MAX_NAME],
            confidence=first.meaning.confidence,
            system=self._system,
            source=Origin(
                system=self._system.value,
                version=self._version,
                key=f"{first.settlement}:{first.order_id}:{first.called}:{first.posted}"[:_MAX_NAME],
            ),
        )
        return ParseResult(transaction, tuple(self._notes(row, amount)), transaction.source)

    def _notes(self, row: _Open, amount: Money | None) -> Iterator[Note]:
        where = f"line {row.first.line}"
        if row.fault:
            yield Note(code="partial_amounts", detail=row.fault, path=where, level=Level.ERROR)
        elif amount is None:
            words = "no currency, or a sum beyond what money can be"
            yield Note(code="no_currency", detail=words, path=where, level=Level.ERROR)
        if row.first.meaning.confidence is Confidence.UNCLEAR:
            words = "sounds like a claim, but no table knows the name"
            yield Note(code="unknown_type", detail=words, path=where, level=Level.WARN)
