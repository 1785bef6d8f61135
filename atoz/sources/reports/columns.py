"""The columns of a table by name, in any case and spacing; columns nobody asked for are ignored."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from atoz.errors import Fault, InvalidDocument


def column_key(name: str) -> str:
    """A column's name without case, spaces, hyphens, colons and quotes.

    >>> column_key(" Order-ID: ") == column_key("order id")
    True
    """
    return "".join(each for each in name.casefold() if each.isalnum())


class Columns:
    """Where each wanted column stands."""

    def __init__(
        self, header: Sequence[str], wanted: Mapping[str, Sequence[str]], *, required: Sequence[str], what: str
    ) -> None:
        """Find the wanted columns under any of their names.

        Raises:
            InvalidDocument: required ones are missing; all of them are named together.
        """
        places: dict[str, int] = {}
        for index, name in enumerate(header):
            places.setdefault(column_key(name), index)
        self._index = {
            field: next((places[column_key(name)] for name in names if column_key(name) in places), -1)
            for field, names in wanted.items()
        }
        missing = [field for field in required if self._index[field] < 0]
        if missing:
            raise InvalidDocument(what, tuple(_missing(wanted[field][0], header) for field in missing))
        self.width = max(self._index.values()) + 1
        self.length = len(header)

    def index(self, field: str) -> int:
        """Where a column stands; -1 where it is absent."""
        return self._index[field]

    def cell(self, row: Sequence[str], field: str) -> str:
        """A row's cell, without the space around it; blank where the column or the cell is absent."""
        index = self._index[field]
        return row[index].strip() if 0 <= index < len(row) else ""


def _missing(name: str, header: Sequence[str]) -> Fault:
    near = get_close_matches(column_key(name), [column_key(each) for each in header[:200]], n=1, cutoff=0.7)
    hint = f"; the nearest column is {near[0]}" if near else ""
    return Fault("line 1", "missing_column", f"the column {name} is missing{hint}")
