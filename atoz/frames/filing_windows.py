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
from atoz.frames.date_columns import check_dates, day_column
from atoz.frames.date_offsets import days_between, nothing_like
from atoz.frames.edition_per_row import candidate_editions, choose_by_edition, group_editions, with_marketplaces
from atoz.frames.engines import engine_of
from atoz.frames.engines.dask import by_partition
from atoz.frames.frame_types import PREFIX
from atoz.frames.window_parameters import WindowParameter, WindowParameters, window_parameters, with_counted_days
from atoz.frames.workframe import Workframe, close_workframe, open_workframe, require
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
    asked = on if on is None or isinstance(on, str) else _as_day(on)
    return by_partition(frame, partial(_windows, edition=edition, reason=why, on=asked, columns=columns))


def _windows(
    frame: IntoFrameT, *, edition: str, reason: ClaimReason, on: date | str | None, columns: Mapping[str, str] | None
) -> IntoFrameT:
    editions_by_parameters = group_editions(
        candidate_editions(edition), lambda candidate: window_parameters(candidate, reason)
    )
    figures = [figure for part in editions_by_parameters for figure in part.all]
    outputs = ("opens", "closes") if on is None else ("opens", "closes", "verdict", "days_left")
    names = {**(columns or {}), **({"on": on} if isinstance(on, str) else {})}
    workframe = open_workframe(frame, names, (*_FACTS, "opens", "closes", "verdict", "days_left"))
    days = ("placed_at", "on") if isinstance(on, str) else ("placed_at",)
    dated = (*days, *(figure.fact for figure in figures))
    require(workframe, (*dated, *(("marketplace",) if edition == IN_FORCE else ())), outputs)
    check_dates(workframe, dated)
    workframe = with_counted_days(workframe, figures, days)
    workframe = _with_windows(workframe, editions_by_parameters, per_row=edition == IN_FORCE)
    if on is not None:
        workframe = _with_verdict(workframe, nw.col(day_column("on")) if isinstance(on, str) else on)
    return cast("IntoFrameT", close_workframe(workframe, outputs))


def _as_day(on: object) -> date:
    if isinstance(on, datetime) or not isinstance(on, date):
        fault = Fault("on", "not_a_day", "a calendar day is needed, or the name of a column")
        raise InvalidDocument("with_filing_window", (fault,))
    return on


def _with_windows(
    workframe: Workframe, editions_by_parameters: Mapping[WindowParameters, Sequence[Edition]], *, per_row: bool
) -> Workframe:
    """The workframe with openings, what they surely do not lie before, and closings."""
    windows: dict[WindowParameters, dict[str, nw.Expr]] = {}
    for place, figures in enumerate(editions_by_parameters):
        no_earlier = f"{_NO_EARLIER}_{place}"
        workframe = workframe.with_columns(**{no_earlier: _no_earlier(figures)})
        windows[figures] = _window(figures, nw.col(no_earlier))
    if not per_row:
        (columns,) = windows.values()
        return workframe.with_columns(**columns)
    return with_marketplaces(workframe).with_columns(
        **choose_by_edition(editions_by_parameters, windows, day_column("placed_at"))
    )


def _no_earlier(figures: WindowParameters) -> nw.Expr:
    """The later of the order day, all waits, and the soonest opening where all are known."""
    placed = nw.col(day_column("placed_at"))
    if not figures.defined:
        return nothing_like(placed)
    opening = [_where_known(_needed(figures), _earliest(figures.opens))] if figures.opens else []
    days = [placed, *(nw.col(figure.column) for figure in figures.not_before), *opening]
    return nw.max_horizontal(*days) if len(days) > 1 else placed


def _window(figures: WindowParameters, no_earlier: nw.Expr) -> dict[str, nw.Expr]:
    """Open on the sooner of all openings, but not before the later of all waits and the order day."""
    placed = nw.col(day_column("placed_at"))
    known = _all_known([placed, *(nw.col(figure.column) for figure in (*figures.not_before, *_needed(figures)))])
    closes = [nw.col(figure.column) for figure in figures.closes]
    return {
        _OPENS: nw.when(known).then(no_earlier),
        _NO_EARLIER: no_earlier,
        _CLOSES: closes[0] if closes else nothing_like(placed),
    }


def _needed(figures: WindowParameters) -> list[WindowParameter]:
    return [figure for figure in figures.opens if figure.fact != NO_SCAN]


def _earliest(figures: Sequence[WindowParameter]) -> nw.Expr:
    days = [nw.col(figure.column) for figure in figures]
    return nw.min_horizontal(*days) if len(days) > 1 else days[0]


def _where_known(needed: Sequence[WindowParameter], value: nw.Expr) -> nw.Expr:
    days = [nw.col(figure.column) for figure in needed]
    return nw.when(_all_known(days)).then(value) if days else value


def _all_known(days: Sequence[nw.Expr]) -> nw.Expr:
    return reduce(lambda known, day: known & ~day.is_null(), days[1:], ~days[0].is_null())


def _with_verdict(workframe: Workframe, on: nw.Expr | date) -> Workframe:
    """A known bound may prove `not_yet` or `expired`, never `eligible`."""
    opens, no_earlier, closes = nw.col(_OPENS), nw.col(_NO_EARLIER), nw.col(_CLOSES)
    unknown = opens.is_null() | closes.is_null()
    cases = (
        (Verdict.EXPIRED, closes < on),
        (Verdict.NOT_YET, no_earlier > on),
        (Verdict.UNDETERMINED, unknown if isinstance(on, date) else unknown | on.is_null()),
    )
    frame = engine_of(workframe.frame).first_label(workframe.frame, cases, Verdict.ELIGIBLE, f"{PREFIX}verdict")
    return workframe.with_frame(frame).with_columns(
        **{f"{PREFIX}days_left": days_between(on, closes, workframe.frame.implementation)}
    )
