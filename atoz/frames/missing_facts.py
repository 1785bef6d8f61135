"""Why a row's window is not known: the facts that are missing, said row by row."""

from collections.abc import Sequence
from typing import TypeAlias

import narwhals as nw

from atoz.frames.date_columns import ZONE, content_of, day_column
from atoz.frames.date_offsets import nothing_like
from atoz.frames.edition_per_row import ROW_EDITION, ROW_MARKETPLACE
from atoz.frames.marketplaces import is_one_of
from atoz.frames.window_parameters import WindowParameters
from atoz.frames.workframe import Workframe
from atoz.model.marketplace import Marketplace

Missing: TypeAlias = Sequence[tuple[str, nw.Expr]]
"""What can be missing, and the rows that miss it."""


def missing_of_window(workframe: Workframe, figures: WindowParameters) -> nw.Expr:
    """What a row lacks for a window by some figures, separated by commas; null where nothing is missing.

    Names of facts; `marketplace` where only the row's place keeps an instant from having a day; `window`, `opens` and
    `closes` where the edition does not define them.
    """
    return _joined(
        [
            *_missing_days(workframe, figures),
            *((fact, nw.lit(1) == 1) for fact in figures.absent),
            *((name, nw.lit(1) == 1) for name in figures.unsupported),
        ]
    )


def missing_edition(workframe: Workframe, fact: str, *, by_day: bool) -> nw.Expr:
    """What a row without an edition lacks: the day or the place that picks it, or else a known edition."""
    reasons: list[tuple[str, nw.Expr]] = []
    if by_day:
        unknown_place = ~is_one_of(ROW_MARKETPLACE, tuple(market.country for market in Marketplace.all()))
        placeless = unknown_place | nw.col(ROW_MARKETPLACE).is_null()
        reasons = [(fact, nw.col(workframe.column(fact)).is_null()), ("marketplace", placeless)]
    known = [condition for _, condition in reasons]
    rest = ~(known[0] | known[1]) if known else nw.lit(1) == 1
    return _joined([*reasons, ("edition", rest)])


def without_edition() -> nw.Expr:
    """Whether a row has no edition that could count it."""
    return nw.col(ROW_EDITION).is_null()


def _missing_days(workframe: Workframe, figures: WindowParameters) -> list[tuple[str, nw.Expr]]:
    """The order day and what the figures count from, and the marketplace where only it is missing."""
    days = {("placed_at",): day_column("placed_at")} | {figure.facts: figure.column for figure in figures.needed}
    reasons: list[tuple[str, nw.Expr]] = []
    placeless: nw.Expr | None = None
    for facts, column in days.items():
        unread, present = nw.col(column).is_null(), [fact for fact in facts if workframe.has(fact)]
        if not any(_needs_place(workframe, fact, figures) for fact in present):
            reasons.append((facts[0], unread))
            continue
        unknown = nw.all_horizontal(*(nw.col(workframe.column(fact)).is_null() for fact in present), ignore_nulls=False)
        here = unread & ~unknown & _zone_is_unknown(workframe)
        placeless = here if placeless is None else placeless | here
        reasons.append((facts[0], unread & (unknown | ~_zone_is_unknown(workframe))))
    return [*reasons, *([("marketplace", placeless)] if placeless is not None else [])]


def _needs_place(workframe: Workframe, fact: str, figures: WindowParameters) -> bool:
    """Whether the fact's day can only be told where its marketplace is known."""
    by_hours = any(fact in figure.facts and figure.from_instant for figure in figures.needed)
    return by_hours or content_of(workframe, fact) == "instant"


def _zone_is_unknown(workframe: Workframe) -> nw.Expr:
    if ZONE not in workframe.frame.collect_schema().names():
        return nw.lit(1) == 0
    return nw.col(ZONE).is_null()


def _joined(reasons: Missing) -> nw.Expr:
    """The names whose condition holds, separated by commas; null where none does."""
    names = [nw.when(condition).then(nw.lit(name)) for name, condition in reasons]
    if not names:
        return nothing_like(nw.lit("").cast(nw.String))
    if len(names) == 1:
        return names[0]
    joined = nw.concat_str(names, separator=", ", ignore_nulls=True)
    return nw.when(joined != "").then(joined)
