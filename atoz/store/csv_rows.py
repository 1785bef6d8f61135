"""A claim as one row of CSV and back: facts in cells of their own, the history as JSON in one cell.

The columns `filed_at`, `denied_at` and so on hold the last instant of each kind of event, for spreadsheets and for
`atoz batch`. Without a history they are read as the history, so that a list kept by hand can be loaded.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from atoz.errors import AtozError, Fault, InvalidDocument
from atoz.lifecycle.corrections import placed
from atoz.lifecycle.replay import read_claim
from atoz.model.claim import Claim
from atoz.model.events import EVENT_CLASSES, AnyEvent, InformationRequested
from atoz.model.instant import to_instant
from atoz.model.order import Order
from atoz.model.record import faults_of, parse_json
from atoz.rulebook.edition import Edition
from atoz.store.entries import canonical_json

_WINDOW = "edition_for_window"
"""The claim's `window_edition`; under that name `atoz batch` says which edition it has counted a window by."""
_ORDER = tuple(name for name in Order.model_fields if name not in {"kind", "schema_version", "labels"})
_LAST = ("history", "struck_out", "labels")
_CLAIM = tuple(
    name
    for name in Claim.model_fields
    if name not in {"kind", "schema_version", "order", "status", "platform_words", "window_edition", *_LAST}
)
_INSTANTS = {f"{kind}_at": kind for kind in EVENT_CLASSES}
_DERIVED = ("claim_id", "status", "respond_by", *_INSTANTS)
COLUMNS = ("claim_id", *_ORDER, *_CLAIM, _WINDOW, "status", "respond_by", *_INSTANTS, *_LAST, "order_labels")
"""Every column, in the order in which they are written."""
_MOST_COLUMNS = 500
"""More columns than this are no list of claims: the file is refused as a whole, not column by column."""
_EVENTS: TypeAdapter[list[AnyEvent]] = TypeAdapter(list[AnyEvent])


def csv_row(claim: Claim, claim_id: str = "") -> dict[str, str]:
    """A claim's cells by column; what is not known is left out.

    >>> from datetime import UTC, datetime
    >>> from atoz.lifecycle.operations import open_claim
    >>> from atoz.model.order import Order
    >>> order = Order(order_id="123-1234567-1234567", marketplace="US", placed_at=datetime(2026, 6, 1, tzinfo=UTC))
    >>> row = csv_row(open_claim(order, reason="other", filed_at=datetime(2026, 7, 1, tzinfo=UTC)))
    >>> row["filed_at"], row["status"]
    ('2026-07-01T00:00:00Z', 'under_review')
    """
    data = claim.model_dump(mode="json", exclude_none=True)
    order = data["order"]
    facts = {name: order.get(name) for name in _ORDER} | {name: data.get(name) for name in (*_CLAIM, "status", *_LAST)}
    facts |= {"claim_id": claim_id, _WINDOW: claim.window_edition, "order_labels": order["labels"]}
    facts |= {"total": claim.order.total and str(claim.order.total), "amount": claim.amount and str(claim.amount)}
    for event, dumped in zip(claim.history, data["history"], strict=True):
        facts[f"{event.kind}_at"] = dumped["at"]
        if isinstance(event, InformationRequested):
            facts["respond_by"] = dumped.get("respond_by")
    known = {name: value for name, value in facts.items() if value not in (None, "", {}, [])}
    return {name: value if isinstance(value, str) else canonical_json(value) for name, value in known.items()}


def unknown_columns(names: Iterable[str]) -> tuple[Fault, ...]:
    """A fault for every column that is none of ours: what it holds would be lost without a word."""
    words = "no such column; take it out, or rename it to one of: " + ", ".join(COLUMNS)
    return tuple(Fault(name, "unknown_column", words) for name in names if name not in COLUMNS)


def claim_of_row(row: Mapping[str, str], *, what: str, editions: tuple[Edition, ...] = ()) -> Claim:
    """The claim that a row holds, replayed.

    Raises:
        InvalidDocument: a cell cannot be read, or one that repeats the history says something else than it.
    """
    cells = {name: text.strip() for name, text in row.items() if text and text.strip()}
    facts = {name: _content(text, f"{what} {name}") for name, text in cells.items()}
    order = {name: facts[name] for name in _ORDER if name in facts}
    order |= {"labels": facts["order_labels"]} if "order_labels" in facts else {}
    own = {name: facts[name] for name in (*_CLAIM, *_LAST) if name in facts}
    own |= {"window_edition": facts[_WINDOW]} if _WINDOW in facts else {}
    own |= {} if "history" in own else {"history": _history(cells, what)}
    claim = read_claim({**own, "order": order}, what=what, editions=editions)
    faults = tuple(_disagreements(cells, csv_row(claim)))
    if faults:
        raise InvalidDocument(what, faults)
    return claim


def _content(text: str, what: str) -> object:
    """What a cell holds: JSON, or the text itself."""
    return parse_json(text, what=what) if text[0] in "[{" else text


def _history(cells: Mapping[str, str], what: str) -> list[object]:
    """The history of a row that has none: one event for each instant, in order of time."""
    events: list[dict[str, object]] = []
    for column, kind in _INSTANTS.items():
        if column in cells:
            extra = {"respond_by": cells.get("respond_by")} if kind == "information_requested" else {}
            extra |= {"status": cells.get("status")} if kind == "observed" else {}
            events.append({"kind": kind, "at": cells[column], **extra})
    try:
        read = sorted(_EVENTS.validate_python(events), key=placed)
    except ValidationError as error:
        raise InvalidDocument(what, faults_of(error)) from None
    return [event.model_dump(mode="json", exclude_none=True) for event in read]


def _disagreements(cells: Mapping[str, str], expected: Mapping[str, str]) -> Iterator[Fault]:
    """Cells that repeat what the history says, and say something else."""
    for name in _DERIVED:
        said = cells.get(name)
        if name == "claim_id":
            if said and said.partition("/")[0] != cells.get("order_id"):
                yield Fault(name, "other_order", f"{said} is not a claim on order {cells.get('order_id')}")
        elif said and not _same(said, expected.get(name, "")):
            words = f"it says {said}, the history {expected.get(name, 'nothing')}; correct one or empty this cell"
            yield Fault(name, "disagrees", words)


def _same(first: str, second: str) -> bool:
    """Whether two cells say the same: texts, or instants in whatever zone."""
    try:
        return first == second or to_instant(first) == to_instant(second)
    except (PydanticCustomError, ValueError, TypeError):
        return False


def csv_claims(lines: Iterable[str], editions: tuple[Edition, ...] = ()) -> Iterator[tuple[int, Claim | AtozError]]:
    """The claim of every row of a CSV file with the number of its line, or what is wrong there.

    A comma, semicolon or tab may part the cells; rows without any content are passed over.

    Raises:
        InvalidDocument: the file has no header, or an unknown or a duplicate column.
    """
    source = iter(lines)
    header = next(source, "").removeprefix("\ufeff")
    delimiter = max(",;\t", key=header.count)
    names: list[str] = []
    try:
        names = next(csv.reader([header], delimiter=delimiter), names)
    except csv.Error as error:
        raise InvalidDocument("CSV file", (Fault("", "not_csv", f"its header is no CSV: {error}"),)) from None
    if len(names) > _MOST_COLUMNS:
        words = f"{len(names):,} columns; a file of claims has {len(COLUMNS)}"
        raise InvalidDocument("CSV file", (Fault("", "too_many_columns", words),))
    faults = unknown_columns(names) if names else (Fault("", "empty", "there is no header in it"),)
    repeated = [name for name, times in Counter(names).items() if times > 1]
    faults += tuple(Fault(name, "twice", "duplicate column") for name in repeated)
    if faults:
        raise InvalidDocument("CSV file", faults)
    rows = csv.reader(source, delimiter=delimiter, strict=True)
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:
            yield rows.line_num + 1, _row_fault(rows.line_num + 1, "not_csv", str(error))
            continue
        number = rows.line_num + 1  # the header is the first line
        if row is None:
            return
        if len(row) > len(names):
            yield number, _row_fault(number, "too_long", "it has more cells than the header")
        elif any(cell.strip() for cell in row):
            try:
                cells = dict(zip(names, row, strict=False))
                yield number, claim_of_row(cells, what=f"line {number}", editions=editions)
            except AtozError as error:
                yield number, error


def _row_fault(number: int, code: str, message: str) -> InvalidDocument:
    return InvalidDocument(f"line {number}", (Fault("", code, message),))
