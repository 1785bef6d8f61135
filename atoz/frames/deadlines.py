"""Deadlines for a whole table.

>>> import polars as pl
>>> from datetime import UTC
>>> claims = pl.DataFrame({"marketplace": ["US"], "filed_at": [datetime(2016, 7, 1, 16, tzinfo=UTC)]})
>>> found = with_deadlines(claims, which="answer_amazon", as_of=datetime(2016, 7, 5, tzinfo=UTC))
>>> found["due_at"][0].isoformat(), *found.row(0)[3:]
('2016-07-08T16:00:00+00:00', 3, 'open')
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NamedTuple, cast

import narwhals as nw
from narwhals.typing import IntoFrameT

from atoz.errors import Fault, InvalidDocument, UnknownName
from atoz.frames.date_columns import check_dates, day, holds, needs_zone, with_days, with_instants, with_zone
from atoz.frames.edition_per_row import by_edition, editions_of, group, with_marketplaces
from atoz.frames.engines import engine_of
from atoz.frames.engines.dask import by_partition
from atoz.frames.latest_clock_run import STATES, Run, fact_of, kinds_read, with_run
from atoz.frames.window_parameters import with_instant_after
from atoz.frames.workframe import PREFIX, Workframe, close_sheet, open_sheet, require
from atoz.model.instant import instant_argument
from atoz.rulebook.date_arithmetic import Unit
from atoz.rulebook.deadline_clock import Clock, DeadlineName, clock
from atoz.rulebook.deadlines import DeadlineState, deadline_rule
from atoz.rulebook.edition import DEFAULT_EDITION, IN_FORCE, Edition

_OUTPUTS = ("due_at", "days_left", "state")
_FILED = "filed_at"


class Rule(NamedTuple):
    """What of an edition decides a deadline; no `value` where it names none."""

    starts_with: tuple[str, ...]
    value: int | None
    unit: Unit


def with_deadlines(
    frame: IntoFrameT,
    *,
    which: DeadlineName | str,
    as_of: datetime,
    edition: str = DEFAULT_EDITION,
    columns: Mapping[str, str] | None = None,
) -> IntoFrameT:
    """The table with one deadline of each claim at an aware instant: `due_at`, whole `days_left`, `state`.

    A row is one claim: `filed_at`, `information_requested_at`, `seller_responded_at`, ... tell when each kind of event
    happened last, `first_contact_at` is the order's fact, `respond_by` what Amazon's question states, `status` what
    is seen at `as_of`. One start of the clock is required; an event without a column counts as not known to
    have happened. `in-force` picks each row's edition by its filing day; where there is none, no figure is known.
    For a second deadline call it again, and name the results otherwise with `columns`.

    Raises:
        UnknownName: no such deadline or edition; `columns` names what is not read.
        InvalidDocument: `as_of` is naive; columns are missing, hold days or text, or would be overwritten.
    """
    name, now = _named(which), instant_argument("as_of", as_of)
    return by_partition(frame, partial(_deadlines, name=name, now=now, edition=edition, columns=columns))


def _deadlines(
    frame: IntoFrameT, *, name: DeadlineName, now: datetime, edition: str, columns: Mapping[str, str] | None
) -> IntoFrameT:
    watched = clock(name)
    parts = group(editions_of(edition), lambda each: _rule(each, name, watched))
    kinds = kinds_read(watched)
    dated = tuple(dict.fromkeys((*map(fact_of, kinds), *(("respond_by",) if STATES in kinds else ()))))
    sheet = open_sheet(frame, columns, (*dated, _FILED, "marketplace", "status", *_OUTPUTS))
    by_row = edition == IN_FORCE
    require(sheet, (*_starts_missing(sheet, watched), *((_FILED, "marketplace") if by_row else ())), _OUTPUTS)
    sheet = _read(sheet, [each for each in dated if sheet.has(each)], parts, by_row=by_row)
    sheet = _with_results(sheet, watched, parts, now, by_row=by_row)
    return cast("IntoFrameT", close_sheet(sheet, _OUTPUTS))


def _named(which: DeadlineName | str) -> DeadlineName:
    known = [each.value for each in DeadlineName]
    if which not in known:
        raise UnknownName.among("deadline", str(which), known)
    return DeadlineName(which)


def _rule(edition: Edition | None, name: DeadlineName, watched: Clock) -> Rule:
    rule = deadline_rule(edition.id, name) if edition else None
    return Rule(rule.starts_with, rule.value, rule.unit) if rule else Rule(watched.starts_with, None, Unit.HOUR)


def _starts_missing(sheet: Workframe, watched: Clock) -> tuple[str, ...]:
    """The clock's first start, unless the table has one of its starts."""
    starts = [fact_of(each) for each in watched.starts_with]
    return () if any(map(sheet.has, starts)) else (starts[0],)


def _read(
    sheet: Workframe, facts: Sequence[str], parts: Mapping[Rule, Sequence[Edition]], *, by_row: bool
) -> Workframe:
    """The sheet with every instant, and the filing day where it picks the edition."""
    dated = (*facts, *((_FILED,) if by_row and _FILED not in facts else ()))
    check_dates(sheet, dated)
    if sheet.has("status") and holds(sheet, "status") not in ("text", "object", "nothing"):
        raise InvalidDocument(
            "table", (Fault(sheet.name("status"), "not_text", "a status is text, such as under_review"),)
        )
    by_local_time = any(rule.value is not None and rule.unit is not Unit.HOUR for rule in parts)
    days = (_FILED,) if by_row else ()
    if by_local_time or needs_zone(sheet, days, facts):
        require(sheet, ("marketplace",), ())
        sheet = with_zone(sheet)
    return with_instants(with_days(sheet, days), dict.fromkeys(facts, "a deadline"))


def _with_results(
    sheet: Workframe, watched: Clock, parts: Mapping[Rule, Sequence[Edition]], now: datetime, *, by_row: bool
) -> Workframe:
    without = Rule(watched.starts_with, None, Unit.HOUR)
    rules = dict.fromkeys((*parts, *((without,) if by_row else ())))
    results: dict[Rule, dict[str, nw.Expr]] = {}
    runs: dict[tuple[str, ...], Run] = {}
    for index, rule in enumerate(rules):
        key = f"rule{index}"
        if rule.starts_with not in runs:  # rules that differ in their figures alone share their run
            sheet, runs[rule.starts_with] = with_run(sheet, watched, rule.starts_with, key)
        sheet = _with_one(sheet, rule, runs[rule.starts_with], key, now)
        results[rule] = {f"{PREFIX}{out}": nw.col(f"{PREFIX}{key}_{out}") for out in _OUTPUTS}
    if not by_row:
        return sheet.adding(**next(iter(results.values())))
    chosen = by_edition(parts, results, day(_FILED), otherwise=results[without])
    return with_marketplaces(sheet).adding(**chosen)


def _with_one(sheet: Workframe, rule: Rule, run: Run, key: str, now: datetime) -> Workframe:
    """The sheet with the results by one rule."""
    due, left = f"{PREFIX}{key}_due_at", f"{PREFIX}{key}_days_left"
    if rule.value is None:
        sheet = sheet.adding(**{due: nw.col(run.stated)})
    else:
        counted = f"{PREFIX}{key}_counted"
        sheet = with_instant_after(sheet, run.start, rule.value, rule.unit, counted)
        sheet = sheet.adding(**{due: nw.coalesce(nw.col(run.stated), nw.col(counted))})
    waiting = f"{PREFIX}{key}_waiting"
    stopped = ~nw.col(run.ended).is_null() | ~nw.col(run.left).is_null() | (nw.col(run.left_unseen) == 1)
    sheet = sheet.adding(**{waiting: nw.when(~stopped).then(nw.col(due))})
    sheet = _with_state(sheet, run, due, now, f"{PREFIX}{key}_state")
    since = (now - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    return sheet.on(engine_of(sheet.frame).whole_days(sheet.frame, waiting, left, since))


def _with_state(sheet: Workframe, run: Run, due_at: str, now: datetime, out: str) -> Workframe:
    """What `atoz.rulebook.deadlines` says of one run, said of all."""
    due, ended, left = nw.col(due_at), nw.col(run.ended), nw.col(run.left)
    unseen = nw.col(run.left_unseen) == 1
    stopped = nw.coalesce(ended, left)
    running = stopped.is_null()
    late = (stopped > due) | (running & (due < now)) | (running & unseen & (nw.col(run.last) > due))
    cases = (
        (DeadlineState.NOT_OFFERED, nw.col(run.started) == 0),
        (DeadlineState.UNDETERMINED, due.is_null() & running & ~unseen),
        (DeadlineState.MISSED, late),
        (DeadlineState.MET, ~ended.is_null()),
        (DeadlineState.NOT_OFFERED, ~left.is_null() | unseen),
    )
    return sheet.on(engine_of(sheet.frame).first_label(sheet.frame, cases, DeadlineState.OPEN, out))
