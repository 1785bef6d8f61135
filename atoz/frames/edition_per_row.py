"""Which edition counts which row: one for all, or the one in force in the row's marketplace on its day."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date
from functools import reduce
from typing import TypeVar

import narwhals as nw

from atoz.frames.marketplaces import is_one_of, spelt
from atoz.frames.workframe import PREFIX, Workframe
from atoz.rulebook.edition import IN_FORCE, Edition

_Rules = TypeVar("_Rules", bound=Hashable)
_SPELT = f"{PREFIX}marketplace"


def editions_of(edition: str) -> tuple[Edition, ...]:
    """The edition of this id, or all that can be in force, newest first.

    Raises:
        UnknownName: there is no edition of this id.
    """
    if edition != IN_FORCE:
        return (Edition.named(edition),)
    dated = [(each.in_force.first, each) for each in Edition.all() if each.in_force and each.marketplaces]
    return tuple(each for _, each in sorted(dated, key=_first, reverse=True))


def _first(row: tuple[date, Edition]) -> date:
    return row[0]


def with_marketplaces(sheet: Workframe) -> Workframe:
    """The sheet with the marketplaces as the editions spell them."""
    return sheet.adding(**{_SPELT: spelt(sheet.name("marketplace"))})


def covered(edition: Edition, day: str) -> nw.Expr:
    """The rows for which a dated edition is supported, by their local day."""
    span, on = edition.in_force, nw.col(day)
    if span is None:
        message = f"{edition.id} is undated"
        raise ValueError(message)
    until = on >= span.first if span.last is None else on.is_between(span.first, span.last)
    return is_one_of(_SPELT, edition.marketplaces) & until


def by_edition(
    parts: Mapping[_Rules, Sequence[Edition]],
    values: Mapping[_Rules, Mapping[str, nw.Expr]],
    day: str,
    otherwise: Mapping[str, nw.Expr] | None = None,
) -> dict[str, nw.Expr]:
    """For every row the values of the edition in force; the others where there is none, or null."""
    where = {rules: _any(covered(each, day) for each in editions) for rules, editions in parts.items()}
    chosen: dict[str, nw.Expr] = {}
    for name in next(iter(values.values())):
        found = None
        for rules, condition in where.items():
            value = values[rules][name]
            found = nw.when(condition).then(value) if found is None else found.when(condition).then(value)
        if found is not None:
            chosen[name] = found.otherwise(otherwise[name]) if otherwise else found
    return chosen


def group(editions: Iterable[Edition], rules: Callable[[Edition], _Rules]) -> dict[_Rules, list[Edition]]:
    """Editions by their figures, so that each set of figures is counted once."""
    found: dict[_Rules, list[Edition]] = {}
    for edition in editions:
        found.setdefault(rules(edition), []).append(edition)
    return found


def _any(conditions: Iterable[nw.Expr]) -> nw.Expr:
    return reduce(lambda found, each: found | each, conditions)
