"""Which edition counts which row: one for all, or the one in force in the row's marketplace on its day."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date
from functools import reduce
from typing import TypeVar

import narwhals as nw

from atoz.frames.frame_types import PREFIX
from atoz.frames.marketplaces import is_one_of, normalized
from atoz.frames.workframe import Workframe
from atoz.rulebook.edition import IN_FORCE, Edition

_Rules = TypeVar("_Rules", bound=Hashable)
_NORMALIZED = f"{PREFIX}marketplace"


def candidate_editions(edition: str) -> tuple[Edition, ...]:
    """The edition of this id, or all that can be in force, newest first.

    Raises:
        UnknownName: there is no edition of this id.
    """
    if edition != IN_FORCE:
        return (Edition.named(edition),)
    dated = [
        (edition.in_force.first, edition) for edition in Edition.all() if edition.in_force and edition.marketplaces
    ]
    return tuple(edition for _, edition in sorted(dated, key=_first, reverse=True))


def _first(row: tuple[date, Edition]) -> date:
    return row[0]


def with_marketplaces(workframe: Workframe) -> Workframe:
    """The workframe with the marketplaces as the editions spell them."""
    return workframe.with_columns(**{_NORMALIZED: normalized(workframe.column("marketplace"))})


def is_in_force(edition: Edition, day: str) -> nw.Expr:
    """The rows for which a dated edition is supported, by their local day."""
    span, on = edition.in_force, nw.col(day)
    if span is None:
        message = f"{edition.id} is undated"
        raise ValueError(message)
    until = on >= span.first if span.last is None else on.is_between(span.first, span.last)
    return is_one_of(_NORMALIZED, edition.marketplaces) & until


def choose_by_edition(
    editions_by_rules: Mapping[_Rules, Sequence[Edition]],
    values: Mapping[_Rules, Mapping[str, nw.Expr]],
    day: str,
    otherwise: Mapping[str, nw.Expr] | None = None,
) -> dict[str, nw.Expr]:
    """For every row the values of the edition in force; the others where there is none, or null."""
    conditions = {
        rules: _any(is_in_force(edition, day) for edition in editions) for rules, editions in editions_by_rules.items()
    }
    chosen: dict[str, nw.Expr] = {}
    for name in next(iter(values.values())):
        choice = None
        for rules, condition in conditions.items():
            value = values[rules][name]
            choice = nw.when(condition).then(value) if choice is None else choice.when(condition).then(value)
        if choice is not None:
            chosen[name] = choice.otherwise(otherwise[name]) if otherwise else choice
    return chosen


def group_editions(editions: Iterable[Edition], rules: Callable[[Edition], _Rules]) -> dict[_Rules, list[Edition]]:
    """Editions by their figures, so that each set of figures is counted once."""
    groups: dict[_Rules, list[Edition]] = {}
    for edition in editions:
        groups.setdefault(rules(edition), []).append(edition)
    return groups


def _any(conditions: Iterable[nw.Expr]) -> nw.Expr:
    return reduce(lambda combined, condition: combined | condition, conditions)
