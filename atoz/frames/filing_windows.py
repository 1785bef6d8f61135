"""Filing windows for a whole table.

>>> import polars as pl
>>> orders = pl.DataFrame({"placed_at": [date(2016, 6, 1)], "deliver_by": [date(2016, 6, 10)]})
>>> with_filing_window(orders, on=date(2016, 6, 7)).row(0)[2:]
(datetime.date(2016, 6, 7), datetime.date(2016, 9, 8), 'eligible', 93)
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial, reduce
from typing import cast

import narwhals as nw
from narwhals.typing import IntoFrameT

from atoz.errors import Fault, InvalidDocument
from atoz.frames.date_columns import check_dates, day
from atoz.frames.date_offsets import days_between, nothing_like
from atoz.frames.edition_per_row import by_edition, editions_of, group, with_marketplaces
from atoz.frames.engines import engine_of
from atoz.frames.engines.dask import by_partition
from atoz.frames.window_parameters import Figure, Figures, figures_of, with_counted_days
from atoz.frames.workframe import PREFIX, Workframe, close_sheet, open_sheet, require
from atoz.model.reason import ClaimReason
from atoz.rulebook.edition import DEFAULT_EDITION, IN_FORCE, Edition
from atoz.rulebook.filing_window import NO_SCAN, Verdict

_FACTS = ("marketplace", "placed_at", "deliver_by", "first_contact_at", "delivered_at", "on")
_OPENS, _NO_EARLIER, _CLOSES = f"{PREFIX}opens", f"{PREFIX}no_earlier", f"{PREFIX}closes"


def with_filing_window(
    frame: IntoFrameT,
    *,
    edition: str = DEFAULT_EDITION,
    reason: ClaimReason | str = ClaimReason.NOT_RECEIVED,
    on: date | str | None = None,
    columns: Mapping[str, str] | None = None,
) -> IntoFrameT:
    """The table with `opens` and `closes`; with `on`, a day or a column of days, also `verdict` and `days_left`.

    Reads `placed_at`, and of `deliver_by`, `first_contact_at`, `delivered_at` what the edition counts from;
    `marketplace` only for aware datetimes and `in-force`, which picks each row's edition by its order day: a row
    for which there is none is `undetermined`. `columns` maps these names, and those of the results, to the table's.

    Raises:
        UnknownName: no such edition or reason; `columns` names what is not read.
        InvalidDocument: columns are missing, cannot be read or would be overwritten; all faults together.
    """
    why = reason if isinstance(reason, ClaimReason) else ClaimReason.parse(reason)
    asked = on if on is None or isinstance(on, str) else _a_day(on)
    return by_partition(frame, partial(_windows, edition=edition, reason=why, on=asked, columns=columns))


def _windows(
    frame: IntoFrameT, *, edition: str, reason: ClaimReason, on: date | str | None, columns: Mapping[str, str] | None
) -> IntoFrameT:
    parts = group(editions_of(edition), lambda each: figures_of(each, reason))
    figures = [each for part in parts for each in part.all]
    outputs = ("opens", "closes") if on is None else ("opens", "closes", "verdict", "days_left")
    names = {**(columns or {}), **({"on": on} if isinstance(on, str) else {})}
    sheet = open_sheet(frame, names, (*_FACTS, "opens", "closes", "verdict", "days_left"))
    days = ("placed_at", "on") if isinstance(on, str) else ("placed_at",)
    dated = (*days, *(each.fact for each in figures))
    require(sheet, (*dated, *(("marketplace",) if edition == IN_FORCE else ())), outputs)
    check_dates(sheet, dated)
    sheet = with_counted_days(sheet, figures, days)
    sheet = _with_windows(sheet, parts, by_row=edition == IN_FORCE)
    if on is not None:
        sheet = _with_verdict(sheet, nw.col(day("on")) if isinstance(on, str) else on)
    return cast("IntoFrameT", close_sheet(sheet, outputs))


def _a_day(on: object) -> date:
    if isinstance(on, datetime) or not isinstance(on, date):
        fault = Fault("on", "not_a_day", "a calendar day is needed, or the name of a column")
        raise InvalidDocument("with_filing_window", (fault,))
    return on


def _with_windows(sheet: Workframe, parts: Mapping[Figures, Sequence[Edition]], *, by_row: bool) -> Workframe:
    """The sheet with openings, what they surely do not lie before, and closings."""
    windows: dict[Figures, dict[str, nw.Expr]] = {}
    for place, figures in enumerate(parts):
        no_earlier = f"{_NO_EARLIER}_{place}"
        sheet = sheet.adding(**{no_earlier: _no_earlier(figures)})
        windows[figures] = _window(figures, nw.col(no_earlier))
    if not by_row:
        (one,) = windows.values()
        return sheet.adding(**one)
    return with_marketplaces(sheet).adding(**by_edition(parts, windows, day("placed_at")))


def _no_earlier(figures: Figures) -> nw.Expr:
    """The later of the order day, all waits, and the soonest opening where all are known."""
    placed = nw.col(day("placed_at"))
    if not figures.defined:
        return nothing_like(placed)
    opening = [_where_known(_needed(figures), _least(figures.opens))] if figures.opens else []
    days = [placed, *(nw.col(each.column) for each in figures.not_before), *opening]
    return nw.max_horizontal(*days) if len(days) > 1 else placed


def _window(figures: Figures, no_earlier: nw.Expr) -> dict[str, nw.Expr]:
    """Open on the sooner of all openings, but not before the later of all waits and the order day."""
    placed = nw.col(day("placed_at"))
    known = _all_known([placed, *(nw.col(each.column) for each in (*figures.not_before, *_needed(figures)))])
    closes = [nw.col(each.column) for each in figures.closes]
    return {
        _OPENS: nw.when(known).then(no_earlier),
        _NO_EARLIER: no_earlier,
        _CLOSES: closes[0] if closes else nothing_like(placed),
    }


def _needed(figures: Figures) -> list[Figure]:
    return [each for each in figures.opens if each.fact != NO_SCAN]


def _least(figures: Sequence[Figure]) -> nw.Expr:
    days = [nw.col(each.column) for each in figures]
    return nw.min_horizontal(*days) if len(days) > 1 else days[0]


def _where_known(needed: Sequence[Figure], value: nw.Expr) -> nw.Expr:
    days = [nw.col(each.column) for each in needed]
    return nw.when(_all_known(days)).then(value) if days else value


def _all_known(days: Sequence[nw.Expr]) -> nw.Expr:
    return reduce(lambda known, each: known & ~each.is_null(), days[1:], ~days[0].is_null())


def _with_verdict(sheet: Workframe, on: nw.Expr | date) -> Workframe:
    """A known bound may prove `not_yet` or `expired`, never `eligible`."""
    opens, no_earlier, closes = nw.col(_OPENS), nw.col(_NO_EARLIER), nw.col(_CLOSES)
    unknown = opens.is_null() | closes.is_null()
    cases = (
        (Verdict.EXPIRED, closes < on),
        (Verdict.NOT_YET, no_earlier > on),
        (Verdict.UNDETERMINED, unknown if isinstance(on, date) else unknown | on.is_null()),
    )
    frame = engine_of(sheet.frame).first_label(sheet.frame, cases, Verdict.ELIGIBLE, f"{PREFIX}verdict")
    return sheet.on(frame).adding(**{f"{PREFIX}days_left": days_between(on, closes, sheet.frame.implementation)})
