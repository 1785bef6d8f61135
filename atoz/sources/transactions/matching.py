"""How far apart two records may lie and still speak of the same thing: the table `matching.toml`."""

from datetime import timedelta
from functools import cache

from atoz.model.data_files import read_toml
from atoz.model.record import Record


class _Interval(Record):
    hours: int
    basis: str


@cache
def interval(name: str) -> timedelta:
    """The length of an interval of the table.

    >>> interval("same_notice").days
    2
    """
    return timedelta(hours=_intervals()[name].hours)


@cache
def _intervals() -> dict[str, _Interval]:
    table = read_toml("atoz.sources.transactions", "matching.toml")
    return {name: _Interval.model_validate(row) for name, row in table.items()}
