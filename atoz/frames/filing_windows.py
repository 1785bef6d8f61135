"""Filing windows for a whole table.

>>> import polars as pl
>>> orders = pl.DataFrame({"placed_at": [date(2016, 6, 1)], "deliver_by": [date(2016, 6, 10)]})
>>> with_filing_window(orders, on=date(2016, 6, 7)).row(0)[2:]
(datetime.date(2016, 6, 7), datetime.date(2016, 9, 8), 'eligible', 93, 'faq-2016', None)
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import partial, reduce
from typing import cast

import narwhals as nw
from narwhals.typing import IntoFrameT

from atoz.errors import Fault, InvalidDocument
from atoz.frames.date_columns import check_dates, day_column
from atoz.frames.date_offsets import days_between, nothing_like
from atoz.frames.edition_per_row import (
    EditionChoice,
    choose_by_edition,
    edition_choice,
    group_editions,
    with_row_edition,
)
from atoz.frames.engine_errors import engine_errors
from atoz.frames.engines import engine_of
from atoz.frames.engines.dask import by_partition
from atoz.frames.frame_types import PREFIX
from atoz.frames.missing_facts import missing_edition, missing_of_window, without_edition
from atoz.frames.window_parameters import WindowParameter, WindowParameters, window_parameters, with_counted_days
from atoz.frames.workframe import Workframe, close_workframe, open_workframe, require
from atoz.model.reason import ClaimReason
from atoz.rulebook.edition import DEFAULT_EDITION, IN_FORCE, Edition, passed_editions
from atoz.rulebook.filing_window import Verdict
from atoz.rulebook.window_count import NO_SCAN

_FACTS = (
    *("marketplace", "placed_at", "deliver_by", "first_contact_at", "return_requested_at", "delivered_at"),
    *("on", "edition"),
)
_DAYS, _VERDICTS, _REASONS = ("opens", "closes"), ("verdict", "days_left"), ("window_edition", "window_missing")
_OPENS, _NO_EARLIER, _CLOSES = f"{PREFIX}opens", f"{PREFIX}no_earlier", f"{PREFIX}closes"
_MISSING = f"{PREFIX}window_missing"


def with_filing_window(
    frame: IntoFrameT,
    *,
    edition: str | Edition = DEFAULT_EDITION,
    reason: ClaimReason | str = ClaimReason.NOT_RECEIVED,
    on: date | str | None = None,
    columns: Mapping[str, str] | None = None,
    editions: Iterable[Edition] = (),
) -> IntoFrameT:
    """The table with `opens` and `closes`; with `on`, a day or a column of days, also `verdict` and `days_left`.

    Then `window_edition`, which edition counted the row, and `window_missing`, what it lacks where a day is not known:
    facts, `marketplace`, `edition` (none is in force there on that day, or the row names none that exists), and
    `window`, `opens` or `closes` where the edition does not define them.

    Reads `placed_at`, and of `deliver_by`, `first_contact_at`, `return_requested_at`, `delivered_at` what the edition
    counts from; `marketplace` only for aware datetimes and `in-force`, which picks each row's edition by its order
    day. A column `edition` is honoured row by row: an id, `in-force`, or nothing for the argument. Where rows can have
    different editions, facts that they wait for may have no column: they count as not known. `columns` maps
    these names, and those of the results, to the table's. `editions` are those of your own that rows may name.

    Raises:
        UnknownName: no such edition or reason; `columns` names what is not read.
        InvalidDocument: columns are missing, cannot be read or would be overwritten; all faults together.
    """
    why = reason if isinstance(reason, ClaimReason) else ClaimReason.parse(reason)
    asked = on if on is None or isinstance(on, str) else _as_day(on)
    passed = passed_editions(editions)
    with engine_errors("table"):
        count = partial(_windows, edition=edition, reason=why, on=asked, columns=columns, editions=passed)
        return by_partition(frame, count)


def _windows(
    frame: IntoFrameT,
    *,
    edition: str | Edition,
    reason: ClaimReason,
    on: date | str | None,
    columns: Mapping[str, str] | None,
    editions: tuple[Edition, ...],
) -> IntoFrameT:
    outputs = (*_DAYS, *(() if on is None else _VERDICTS), *_REASONS)
    names = {**(columns or {}), **({"on": on} if isinstance(on, str) else {})}
    workframe = open_workframe(frame, names, (*_FACTS, *_DAYS, *_VERDICTS, *_REASONS))
    choice = edition_choice(workframe, edition, editions)
    defined = [window_parameters(candidate, reason) for candidate in choice.candidates]
    days = ("placed_at", "on") if isinstance(on, str) else ("placed_at",)
    require(workframe, (*days, *_required(workframe, defined, choice)), outputs)
    editions_by_parameters = group_editions(
        choice.candidates, lambda candidate: window_parameters(candidate, reason).present(workframe)
    )
    figures = [figure for part in editions_by_parameters for figure in part.all]
    check_dates(workframe, (*days, *(fact for figure in figures for fact in figure.facts if workframe.has(fact))))
    workframe = with_row_edition(with_counted_days(workframe, figures, days), choice, "placed_at")
    workframe = _with_windows(workframe, choice, editions_by_parameters)
    if on is not None:
        workframe = _with_verdict(workframe, nw.col(day_column("on")) if isinstance(on, str) else on)
    return cast("IntoFrameT", close_workframe(workframe, outputs))


def _required(workframe: Workframe, parameters: Sequence[WindowParameters], choice: EditionChoice) -> list[str]:
    """The columns that a table must have besides its days: what its edition counts from.

    Where rows can have different editions, only what every closing day counts from, without which no row would have a
    window: that catches a column that is called otherwise, and asks nobody for columns of nothing.
    """
    if not choice.per_row:
        return [figure.fact for figure in parameters[0].all if not any(map(workframe.has, figure.facts))]
    closing = [{figure.fact for figure in part.closes} for part in parameters if part.closing]
    common = sorted(fact for fact in closing[0] if all(fact in facts for facts in closing)) if closing else []
    return [*common, *(("marketplace",) if choice.default == IN_FORCE else ())]


def _as_day(on: object) -> date:
    if isinstance(on, datetime) or not isinstance(on, date):
        fault = Fault("on", "not_a_day", "a calendar day is needed, or the name of a column")
        raise InvalidDocument("with_filing_window", (fault,))
    return on


def _with_windows(
    workframe: Workframe,
    choice: EditionChoice,
    editions_by_parameters: Mapping[WindowParameters, Sequence[Edition]],
) -> Workframe:
    """The workframe with openings, what they surely do not lie before, closings, and why a day is not known."""
    windows: dict[WindowParameters, dict[str, nw.Expr]] = {}
    for place, figures in enumerate(editions_by_parameters):
        no_earlier = f"{_NO_EARLIER}_{place}"
        workframe = workframe.with_columns(**{no_earlier: _no_earlier(figures)})
        windows[figures] = {
            **_window(figures, nw.col(no_earlier)),
            _MISSING: missing_of_window(workframe, figures),
        }
    edition = {f"{PREFIX}window_edition": choice.name()}
    if not choice.per_row:
        (columns,) = windows.values()
        return workframe.with_columns(**columns, **edition)
    chosen = choose_by_edition(choice, editions_by_parameters, windows)
    lacking = missing_edition(workframe, "placed_at", by_day=choice.column is None)
    chosen[_MISSING] = nw.when(without_edition()).then(lacking).otherwise(chosen[_MISSING])
    return workframe.with_columns(**chosen, **edition)


def _no_earlier(figures: WindowParameters) -> nw.Expr:
    """The later of the order day, all waits, and the soonest opening where all are known."""
    placed = nw.col(day_column("placed_at"))
    if not figures.defined:
        return nothing_like(placed)
    whole = figures.opens and not figures.opening_absent
    opening = [_where_known(_needed_openings(figures), _earliest(figures.opens))] if whole else []
    days = [placed, *(nw.col(figure.column) for figure in figures.not_before), *opening]
    return nw.max_horizontal(*days) if len(days) > 1 else placed


def _window(figures: WindowParameters, no_earlier: nw.Expr) -> dict[str, nw.Expr]:
    """Open on the sooner of all openings, but not before the later of all waits and the order day."""
    placed = nw.col(day_column("placed_at"))
    waits = [nw.col(figure.column) for figure in (*figures.not_before, *_needed_openings(figures))]
    known = _all_known([placed, *waits])
    closes = [nw.col(figure.column) for figure in figures.closes]
    return {
        _OPENS: nothing_like(placed)
        if figures.opening_absent or figures.wait_absent or not figures.opening
        else nw.when(known).then(no_earlier),
        _NO_EARLIER: no_earlier,
        _CLOSES: closes[0] if closes else nothing_like(placed),
    }


def _needed_openings(figures: WindowParameters) -> list[WindowParameter]:
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
