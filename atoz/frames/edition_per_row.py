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
from atoz.rulebook.edition_selection import timeline

_Rules = TypeVar("_Rules", bound=Hashable)
_NORMALIZED = f"{PREFIX}marketplace"


def candidate_editions(edition: str) -> tuple[Edition, ...]:
    """The edition of this id, or all that can be in force, newest first.

    Raises:
        UnknownName: there is no edition of this id.
    """
    if edition != IN_FORCE:
        return (Edition.named(edition),)
    known = [edition for edition in Edition.all() if edition.marketplaces and _first(edition) is not None]
    return tuple(sorted(known, key=lambda edition: _first(edition) or date.min, reverse=True))


def _first(edition: Edition) -> date | None:
    return edition.in_force.first if edition.in_force else edition.seen_from


def with_marketplaces(workframe: Workframe) -> Workframe:
    """The workframe with the marketplaces as the editions spell them."""
    return workframe.with_columns(**{_NORMALIZED: normalized(workframe.column("marketplace"))})


def is_in_force(edition: Edition, day: str) -> nw.Expr:
    """The rows whose marketplace pins an edition as the one in force on their local day."""
    on = nw.col(day)
    places: dict[tuple[date, date | None], list[str]] = {}
    for country in edition.marketplaces:
        for span in timeline(country):
            if span.edition.id == edition.id:
                places.setdefault((span.first, span.last), []).append(country)
    return _any(
        is_one_of(_NORMALIZED, tuple(countries)) & (on >= first if last is None else on.is_between(first, last))
        for (first, last), countries in places.items()
    )


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
