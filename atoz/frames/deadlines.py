"""Deadlines for a whole table.

>>> import polars as pl
>>> from datetime import UTC
>>> claims = pl.DataFrame({"marketplace": ["US"], "filed_at": [datetime(2016, 7, 1, 16, tzinfo=UTC)]})
>>> counted = with_deadlines(claims, which="answer_amazon", as_of=datetime(2016, 7, 5, tzinfo=UTC))
>>> counted["due_at"][0].isoformat(), *counted.row(0)[3:]
('2016-07-08T16:00:00+00:00', 3, 'open', 'faq-2016', None)
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NamedTuple, cast

import narwhals as nw
from narwhals.typing import IntoFrameT

from atoz.frames.date_columns import needs_zone, with_days, with_instants, with_zone
from atoz.frames.deadline_question import FILED, ClaimColumns, DeadlineQuestion, deadline_question, open_claims
from atoz.frames.edition_per_row import EditionChoice, choose_by_edition, group_editions, with_row_edition
from atoz.frames.engine_errors import engine_errors
from atoz.frames.engines import engine_of
from atoz.frames.engines.dask import by_partition
from atoz.frames.frame_types import PREFIX
from atoz.frames.latest_clock_run import ClockRun, event_kinds_read, with_clock_run
from atoz.frames.missing_facts import missing_edition, without_edition
from atoz.frames.window_parameters import with_instant_after
from atoz.frames.workframe import Workframe, close_workframe, require
from atoz.rulebook.date_arithmetic import Unit
from atoz.rulebook.deadline_basis import deadline_rule
from atoz.rulebook.deadline_clock import Clock, DeadlineName
from atoz.rulebook.deadlines import DeadlineState
from atoz.rulebook.edition import DEFAULT_EDITION, Edition

_OUTPUTS = ("due_at", "days_left", "state", "deadline_edition", "deadline_missing")
_COUNTED = ("due_at", "days_left", "state", "deadline_missing")


class DeadlineFigure(NamedTuple):
    """What of an edition decides a deadline; no `value` where it names none."""

    starts_with: tuple[str, ...]
    value: int | None
    unit: Unit


def with_deadlines(
    frame: IntoFrameT,
    *,
    which: DeadlineName | str,
    as_of: datetime,
    edition: str | Edition = DEFAULT_EDITION,
    columns: Mapping[str, str] | None = None,
    editions: Iterable[Edition] = (),
) -> IntoFrameT:
    """The table with one deadline of each claim at an aware instant: `due_at`, whole `days_left`, `state`.

    A row is one claim: `filed_at`, `information_requested_at`, `seller_responded_at`, ... tell when each kind of event
    happened last, `first_contact_at` is the order's fact, `respond_by` what Amazon's question states, `status` what is
    seen at `as_of`. One start of the clock is required; an event without a column counts as not known to have happened.
    `in-force` picks each row's edition by its filing day; where there is none, no figure is known. A column `edition`
    is honoured row by row: an id, `in-force`, or nothing for the argument. `deadline_edition` is the edition that
    counted the row, and `deadline_missing` says why a row is `undetermined`: `figure` (the edition names none, or none
    for a second appeal), `start` (only the status was seen), `marketplace`, `filed_at`, or `edition` where the row has
    none.
    For a second deadline call it again, and name the results otherwise with `columns`. `editions` are those of your
    own that rows may name.

    Raises:
        UnknownName: no such deadline or edition; `columns` names what is not read.
        InvalidDocument: `as_of` is naive; columns are missing, hold days or text, or would be overwritten.
    """
    question = deadline_question(which, edition, columns, editions, as_of=as_of)
    with engine_errors("table"):
        return by_partition(frame, partial(_deadlines, question=question))


def _deadlines(frame: IntoFrameT, *, question: DeadlineQuestion) -> IntoFrameT:
    rules = question.rules
    claims = open_claims(frame, question, event_kinds_read(rules), _OUTPUTS, places_required=True)
    choice = claims.choice
    editions_by_figure = group_editions(choice.candidates, lambda candidate: _figure(candidate, question.name, rules))
    workframe = with_row_edition(_read(claims, editions_by_figure), choice, FILED)
    workframe = _with_results(workframe, rules, editions_by_figure, question.now, choice)
    return cast("IntoFrameT", close_workframe(workframe, _OUTPUTS))


def _figure(edition: Edition | None, name: DeadlineName, clock_rules: Clock) -> DeadlineFigure:
    rule = deadline_rule(edition, name) if edition else None
    return (
        DeadlineFigure(rule.starts_with, rule.value, rule.unit)
        if rule
        else DeadlineFigure(clock_rules.starts_with, None, Unit.HOUR)
    )


def _read(claims: ClaimColumns, editions_by_figure: Mapping[DeadlineFigure, Sequence[Edition]]) -> Workframe:
    """The workframe with every instant, and the filing day where it can pick the edition."""
    workframe, facts = claims.workframe, claims.facts
    by_local_time = any(rule.value is not None and rule.unit is not Unit.HOUR for rule in editions_by_figure)
    days = (FILED,) if claims.by_filing_day else ()
    if by_local_time or needs_zone(workframe, days, facts):
        require(workframe, ("marketplace",), ())
        workframe = with_zone(workframe)
    return with_instants(with_days(workframe, days), dict.fromkeys(facts, "a deadline"))


def _with_results(
    workframe: Workframe,
    clock_rules: Clock,
    editions_by_figure: Mapping[DeadlineFigure, Sequence[Edition]],
    now: datetime,
    choice: EditionChoice,
) -> Workframe:
    without = DeadlineFigure(clock_rules.starts_with, None, Unit.HOUR)
    rules = dict.fromkeys((*editions_by_figure, *((without,) if choice.per_row else ())))
    results: dict[DeadlineFigure, dict[str, nw.Expr]] = {}
    runs: dict[tuple[str, ...], ClockRun] = {}
    for index, rule in enumerate(rules):
        key = f"rule{index}"
        if rule.starts_with not in runs:  # rules that differ in their figures alone share their run
            workframe, runs[rule.starts_with] = with_clock_run(workframe, clock_rules, rule.starts_with, key)
        workframe = _with_figure(workframe, rule, runs[rule.starts_with], key, now)
        results[rule] = {f"{PREFIX}{out}": nw.col(f"{PREFIX}{key}_{out}") for out in _COUNTED}
    edition = {f"{PREFIX}deadline_edition": choice.name()}
    if not choice.per_row:
        return workframe.with_columns(**next(iter(results.values())), **edition)
    chosen = choose_by_edition(choice, editions_by_figure, results, otherwise=results[without])
    missing = f"{PREFIX}deadline_missing"
    lacking = missing_edition(workframe, FILED, by_day=choice.column is None)
    undetermined = without_edition() & ~chosen[missing].is_null()
    chosen[missing] = nw.when(undetermined).then(lacking).otherwise(chosen[missing])
    return workframe.with_columns(**chosen, **edition)


def _with_figure(workframe: Workframe, rule: DeadlineFigure, run: ClockRun, key: str, now: datetime) -> Workframe:
    """The workframe with the results by one rule."""
    due, left = f"{PREFIX}{key}_due_at", f"{PREFIX}{key}_days_left"
    if rule.value is None:
        workframe = workframe.with_columns(**{due: nw.col(run.stated)})
    else:
        counted = f"{PREFIX}{key}_counted"
        workframe = with_instant_after(workframe, run.start, rule.value, rule.unit, counted)
        sure = nw.when(nw.col(run.again) == 0).then(nw.col(counted))
        workframe = workframe.with_columns(**{due: nw.coalesce(nw.col(run.stated), sure)})
    waiting = f"{PREFIX}{key}_waiting"
    stopped = ~nw.col(run.ended).is_null() | ~nw.col(run.left).is_null() | (nw.col(run.left_unseen) == 1)
    workframe = workframe.with_columns(**{waiting: nw.when(~stopped).then(nw.col(due))})
    workframe = _with_state(workframe, run, due, now, f"{PREFIX}{key}_state")
    workframe = workframe.with_columns(
        **{f"{PREFIX}{key}_deadline_missing": _missing(rule, run, f"{PREFIX}{key}_state")}
    )
    since = (now - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    return workframe.with_frame(engine_of(workframe.frame).whole_days(workframe.frame, waiting, left, since))


def _missing(rule: DeadlineFigure, run: ClockRun, state: str) -> nw.Expr:
    """What keeps a deadline undetermined; null where it is not."""
    undetermined = nw.col(state) == DeadlineState.UNDETERMINED.value
    if rule.value is None:
        return nw.when(undetermined).then(nw.lit("figure"))
    again = undetermined & (nw.col(run.again) == 1)
    unseen_start = undetermined & nw.col(run.start).is_null()
    missing = nw.when(again).then(nw.lit("figure")).when(unseen_start).then(nw.lit("start"))
    return missing.when(undetermined).then(nw.lit("marketplace"))


def _with_state(workframe: Workframe, run: ClockRun, due_at: str, now: datetime, out: str) -> Workframe:
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
    return workframe.with_frame(engine_of(workframe.frame).first_label(workframe.frame, cases, DeadlineState.OPEN, out))
