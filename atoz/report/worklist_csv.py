"""A worklist as CSV, for a spreadsheet: a row for each claim, and a column for each label."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from atoz.planner.worklist import WorklistRow

COLUMNS = tuple(name for name in WorklistRow.model_fields if name != "labels")
"""The columns before those of the labels; codes and instants are written as in JSON."""
_FORMULA = tuple("=+-@\t\r")


def worklist_csv(rows: Iterable[WorklistRow], labels: Sequence[str]) -> Iterator[str]:
    """A header and a line for each row; each of these labels gets a column, such as `label:account`.

    No cell is a formula to a spreadsheet: one that begins like a formula gets an apostrophe in front.
    """
    yield _line((*COLUMNS, *(f"label:{name}" for name in labels)))
    for row in rows:
        data = row.model_dump(mode="json")
        cells = {**data, "at_risk": str(row.at_risk) if row.at_risk else None}
        yield _line((*(cells[name] for name in COLUMNS), *(row.labels.get(name) for name in labels)))


def escaped(text: str) -> str:
    """A cell that no spreadsheet takes for a formula.

    >>> escaped("=1+1"), escaped("north")
    ("'=1+1", 'north')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def _line(cells: Iterable[object]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow([_cell(cell) for cell in cells])
    return text.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    return ("true" if value else "false") if isinstance(value, bool) else escaped(str(value))
