"""Which edition counts which row: one for all, the row's own, or the one in force in its marketplace on its day."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NamedTuple, TypeVar

import narwhals as nw

from atoz.frames.date_columns import check_text, day_column
from atoz.frames.date_offsets import nothing_like
from atoz.frames.frame_types import PREFIX
from atoz.frames.marketplaces import is_one_of, normalized
from atoz.frames.workframe import Workframe
from atoz.model.instant import LAST_DAY
from atoz.model.marketplace import Marketplace
from atoz.rulebook.edition import IN_FORCE, Edition, known_editions
from atoz.rulebook.edition_selection import timeline

_Rules = TypeVar("_Rules", bound=Hashable)
ROW_MARKETPLACE = f"{PREFIX}marketplace"
"""Each row's marketplace as the editions spell it; there where `in-force` can be asked for."""
ROW_EDITION = f"{PREFIX}edition"
"""The place of each row's edition among the candidates; null where it has none."""


@dataclass(frozen=True, slots=True)
class EditionChoice:
    """How the editions of a table's rows are chosen."""

    default: str
    """The edition of rows that name none, as documents call it, or `in-force`."""
    column: str | None
    """The table's column of editions, if it has one."""
    candidates: tuple[Edition, ...]
    """Every edition that can count a row."""

    @property
    def per_row(self) -> bool:
        """Whether rows can have different editions."""
        return self.column is not None or self.default == IN_FORCE

    def name(self) -> nw.Expr:
        """The id of each row's edition; null where it has none."""
        if not self.per_row:
            return nw.lit(self.default)
        return _value_by_place([nw.lit(edition.reference) for edition in self.candidates])


def edition_choice(workframe: Workframe, edition: str | Edition, editions: Sequence[Edition] = ()) -> EditionChoice:
    """How a table's rows get their editions: by its column `edition` where it has one, else all by `edition`.

    Rows may name what ships, what packages offer, and the `editions` that are passed.

    Raises:
        UnknownName: there is no edition of this id.
        InvalidDocument: the column of editions is not text.
    """
    named = None if edition == IN_FORCE else Edition.named(edition, editions)
    default = named.reference if named else IN_FORCE
    if not workframe.has("edition"):
        return EditionChoice(default, None, (named,) if named else _editions_in_force())
    check_text(workframe, ("edition",))
    known = known_editions((*editions, *((named,) if named else ())))
    return EditionChoice(default, workframe.column("edition"), tuple(known.values()))


def _editions_in_force() -> tuple[Edition, ...]:
    """Every edition that is in force somewhere on some day."""
    return tuple(dict.fromkeys(span.edition for span in in_force_spans()))


class InForceSpan(NamedTuple):
    """Days on which `in-force` means an edition in some marketplaces, first and last included."""

    edition: Edition
    countries: tuple[str, ...]
    first: date
    last: date


@cache
def in_force_spans() -> tuple[InForceSpan, ...]:
    """What `in-force` means on every day in every marketplace: the scalar code's timelines, put together."""
    countries: dict[tuple[Edition, date, date], list[str]] = {}
    for marketplace in Marketplace.all():
        for span in timeline(marketplace.country):
            days = (span.edition, span.first, span.last or LAST_DAY)
            countries.setdefault(days, []).append(marketplace.country)
    return tuple(
        InForceSpan(edition, tuple(places), first, last) for (edition, first, last), places in countries.items()
    )


def with_row_edition(workframe: Workframe, choice: EditionChoice, fact: str) -> Workframe:
    """The workframe with each row's edition; the local day of a fact decides what is in force, where it was read."""
    if not choice.per_row:
        return workframe
    places = {edition.reference: nw.lit(place) for place, edition in enumerate(choice.candidates)}
    day = day_column(fact)
    readable = workframe.has("marketplace") and day in workframe.frame.collect_schema().names()
    if readable:
        check_text(workframe, ("marketplace",))
        workframe = workframe.with_columns(**{ROW_MARKETPLACE: normalized(workframe.column("marketplace"))})
    in_force = _in_force(places, day) if readable else nothing_like(nw.lit(0))
    if choice.column is None:
        return workframe.with_columns(**{ROW_EDITION: in_force})
    asked = nw.col(choice.column).cast(nw.String).str.strip_chars()
    default = in_force if choice.default == IN_FORCE else places[choice.default]
    row = nw.when(asked.is_null() | (asked == "")).then(default).when(asked == IN_FORCE).then(in_force)
    for edition in choice.candidates:  # a row may name one of your own by its id alone, too
        row = row.when(asked.is_in(sorted({edition.id, edition.reference}))).then(places[edition.reference])
    return workframe.with_columns(**{ROW_EDITION: row})


def _in_force(places: Mapping[str, nw.Expr], day: str) -> nw.Expr:
    """The place of the edition that is in force in the row's marketplace on its day."""
    choice = None
    for span in in_force_spans():
        covered = is_one_of(ROW_MARKETPLACE, span.countries) & nw.col(day).is_between(span.first, span.last)
        place = places[span.edition.reference]
        choice = nw.when(covered).then(place) if choice is None else choice.when(covered).then(place)
    return nothing_like(nw.lit(0)) if choice is None else choice


def choose_by_edition(
    choice: EditionChoice,
    editions_by_rules: Mapping[_Rules, Sequence[Edition]],
    values: Mapping[_Rules, Mapping[str, nw.Expr]],
    otherwise: Mapping[str, nw.Expr] | None = None,
) -> dict[str, nw.Expr]:
    """For every row the values by its edition; the others where it has none, or null."""
    chosen: dict[str, nw.Expr] = {}
    for name in next(iter(values.values())):
        selected = None
        for rules, editions in editions_by_rules.items():
            covered = nw.col(ROW_EDITION).is_in([choice.candidates.index(edition) for edition in editions])
            value = values[rules][name]
            selected = nw.when(covered).then(value) if selected is None else selected.when(covered).then(value)
        if selected is not None:
            chosen[name] = selected.otherwise(otherwise[name]) if otherwise else selected
    return chosen


def _value_by_place(values: Sequence[nw.Expr]) -> nw.Expr:
    selected = nw.when(nw.col(ROW_EDITION) == 0).then(values[0])
    for place, value in enumerate(values[1:], start=1):
        selected = selected.when(nw.col(ROW_EDITION) == place).then(value)
    return selected


def group_editions(editions: Iterable[Edition], rules: Callable[[Edition], _Rules]) -> dict[_Rules, list[Edition]]:
    """Editions by their figures, so that each set of figures is counted once."""
    groups: dict[_Rules, list[Edition]] = {}
    for edition in editions:
        groups.setdefault(rules(edition), []).append(edition)
    return groups
