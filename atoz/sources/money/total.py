"""The net of several amounts, exact, or none where they cannot be summed."""

from collections.abc import Iterable

from pydantic import ValidationError

from atoz.model.money import Money
from atoz.sources.parsed import Level
from atoz.sources.wire import Reader


def net(reader: Reader, amounts: Iterable[Money | None]) -> Money | None:
    """The sum; a part that cannot be read or is in another currency leaves no sum, since half a sum misleads."""
    parts = list(amounts)
    known = [part for part in parts if part is not None]
    if not known:
        reader.note("no_amounts", "the row has no amounts; it is kept without one", level=Level.WARN)
        return None
    if len(known) < len(parts):
        reader.note("partial_amounts", "a part of the amount cannot be read, so there is no sum", level=Level.ERROR)
        return None
    if len({part.currency for part in known}) > 1:
        reader.note("mixed_currencies", "several currencies in one movement: no sum", level=Level.ERROR)
        return None
    try:
        return sum(known[1:], known[0])
    except (ValidationError, ArithmeticError):
        reader.note("odd_sum", "the sum is beyond what money can be", level=Level.ERROR)
        return None
