"""Replay whole tables of events: each claim's status, and its first refused event.

>>> import polars as pl
>>> from datetime import UTC, datetime
>>> events = pl.DataFrame({"order_id": ["a", "a", "b", "b"], "kind": ["filed", "denied", "filed", "seller_appealed"],
...                        "at": [datetime(2016, 7, day, tzinfo=UTC) for day in (1, 4, 1, 5)], "marketplace": "US"})
>>> replay(events).rows()
[('a', 'closed', None), ('b', 'under_review', 1)]
"""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, cast

import narwhals as nw
import numpy as np
from narwhals.typing import IntoFrame, IntoFrameT

from atoz.errors import Fault, InvalidDocument
from atoz.frames.date_columns import (
    check_dates,
    check_text,
    content_of,
    instant_column,
    needs_zone,
    with_days,
    with_instants,
    with_zone,
)
from atoz.frames.edition_per_row import ROW_EDITION, EditionChoice, edition_choice, with_row_edition
from atoz.frames.engine_errors import engine_errors
from atoz.frames.engines import ZONE
from atoz.frames.frame_types import PREFIX, Frame
from atoz.frames.group_by_claim import by_claim
from atoz.frames.marketplaces import UNKNOWN
from atoz.frames.timezone_tables import Int64s
from atoz.frames.vectorized_clocks import KINDS, MISSING, STATUSES, EventColumns
from atoz.frames.vectorized_lifecycle import ReplayResult, replay_claims
from atoz.frames.workframe import Workframe, open_workframe, require
from atoz.rulebook.date_arithmetic import Unit
from atoz.rulebook.edition import DEFAULT_EDITION, IN_FORCE, Edition, passed_editions

_OPTIONAL = ("marketplace", "edition", "status", "consent_to_recharge", "due_at", "respond_by")
_DATED = ("at", "due_at", "respond_by")


def replay(
    events: IntoFrameT,
    *,
    edition: str | Edition = DEFAULT_EDITION,
    columns: Mapping[str, str] | None = None,
    editions: Iterable[Edition] = (),
) -> IntoFrameT:
    """One row per claim: `order_id`, its `status`, and `refused`, the place of the first event that may not happen.

    Each row of `events` is one event: `order_id`, `kind`, `at`, and where the table has them `marketplace`,
    `consent_to_recharge`, `due_at`, `respond_by` and the observed `status`, all named as the events' fields. Events
    are taken by time (equal instants keep their order) until one is refused, counted from 0; the status is the one
    before it. An unknown kind or instant is refused; with no beginning there is no status. `in-force` picks each
    claim's edition by its first event with a place and a day; a column `edition` is honoured as the first event has it.
    `editions` are those of your own that it may name.

    DuckDB and Ibis compute at once; Spark needs atoz on its executors.

    Raises:
        UnknownName: no such edition; `columns` names what is not read.
        InvalidDocument: columns are missing or cannot be read.
    """
    key = (columns or {}).get("order_id", "order_id")
    passed = passed_editions(editions)
    with engine_errors("events"):
        return by_claim(events, key, partial(_replay, edition=edition, columns=dict(columns or {}), editions=passed))


def _replay(
    native: object, *, edition: str | Edition, columns: Mapping[str, str], editions: tuple[Edition, ...]
) -> object:
    """The replay of one pandas, Polars or PyArrow table."""
    workframe = open_workframe(cast("IntoFrame", native), columns, ("order_id", "kind", "at", *_OPTIONAL))
    choice = edition_choice(workframe, edition, editions)
    candidates = choice.candidates
    picked = edition == IN_FORCE
    local = any(
        rule.role == "deadline" and rule.unit is not Unit.HOUR
        for candidate in candidates
        for rule in candidate.parameters
    )
    require(workframe, ("order_id", "kind", "at", *(("marketplace",) if picked or local else ())), ())
    dated = [fact for fact in _DATED if workframe.has(fact)]
    check_dates(workframe, dated)
    _check_columns(workframe)
    _check_ids(workframe)
    days = ("at",) if choice.per_row and workframe.has("marketplace") else ()
    if picked or local or needs_zone(workframe, days, dated):
        require(workframe, ("marketplace",), ())
        workframe = with_zone(workframe)
    workframe = with_instants(with_days(workframe, days), dict.fromkeys(dated, "an event"))
    workframe = _with_codes(with_row_edition(workframe, choice, "at"), choice)
    frame = workframe.frame.collect("polars") if isinstance(workframe.frame, nw.LazyFrame) else workframe.frame
    return _replay_frame(workframe, frame, candidates).to_native()


def _check_columns(workframe: Workframe) -> None:
    """Check that what is not dated can be read: texts, and consents as truth values or text."""
    check_text(workframe, ("kind", "status"))
    fact = "consent_to_recharge"
    if workframe.has(fact) and content_of(workframe, fact) == "other" and workframe.dtype(fact) != nw.Boolean:
        message = f"a consent is true or false; this column holds {workframe.dtype(fact)}"
        raise InvalidDocument("table", (Fault(workframe.column(fact), "not_a_truth_value", message),))


def _check_ids(workframe: Workframe) -> None:
    name = workframe.column("order_id")
    if name in ("status", "refused"):
        raise InvalidDocument(
            "table", (Fault(name, "same_name", "a result has this name; call the order ids otherwise"),)
        )
    if workframe.dtype("order_id").is_nested():
        raise InvalidDocument("table", (Fault(name, "not_an_id", f"this column holds {workframe.dtype('order_id')}"),))


_COLUMNS = ("kind", "at", "zone", "consent", "due_at", "respond_by", "observed", "edition")


def _with_codes(workframe: Workframe, choice: EditionChoice) -> Workframe:
    """The workframe with every column that the replay reads, as whole numbers."""
    unknown = nw.lit(MISSING)
    consents = (
        nw.col(workframe.column("consent_to_recharge")).cast(nw.String).str.to_lowercase() == "true"
    )  # objects, too
    coded = {
        "kind": _place_in(workframe.column("kind"), KINDS),
        "zone": nw.col(ZONE).cast(nw.Int64) if ZONE in workframe.frame.collect_schema().names() else unknown,
        "consent": nw.when(consents).then(nw.lit(1)).otherwise(nw.lit(0))
        if workframe.has("consent_to_recharge")
        else nw.lit(0),
        "observed": _place_in(workframe.column("status"), tuple(map(str, STATUSES)))
        if workframe.has("status")
        else unknown,
        **{
            fact: nw.col(instant_column(fact)).dt.timestamp("us") if workframe.has(fact) else unknown for fact in _DATED
        },
        "edition": nw.col(ROW_EDITION) if choice.per_row else nw.lit(0),
    }
    return workframe.with_columns(**{f"{PREFIX}{name}": value for name, value in coded.items()})


def _place_in(column: str, values: tuple[str, ...]) -> nw.Expr:
    """Each value's place in a list."""
    text = nw.col(column).cast(nw.String)
    place_of = nw.when(text == values[0]).then(nw.lit(0))
    for place, value in enumerate(values[1:], start=1):
        place_of = place_of.when(text == value).then(nw.lit(place))
    return place_of


def _replay_frame(workframe: Workframe, frame: "nw.DataFrame[Any]", editions: tuple[Edition, ...]) -> Frame:
    key, place = workframe.column("order_id"), f"{PREFIX}place"
    known = {name: nw.col(f"{PREFIX}{name}").fill_null(MISSING).cast(nw.Int64) for name in _COLUMNS}
    last = {f"{PREFIX}unknown_last": nw.col(f"{PREFIX}at").is_null()}
    claim = nw.col(key).cast(nw.String) if content_of(workframe, "order_id") == "nothing" else nw.col(key)
    frame = frame.select(claim, **{f"{PREFIX}{name}": value for name, value in known.items()}, **last)
    frame = frame.with_row_index(place).sort(key, f"{PREFIX}unknown_last", f"{PREFIX}at", place)
    column = {name: frame[f"{PREFIX}{name}"].to_numpy().astype(np.int64) for name in _COLUMNS}
    begins = (frame[key] != frame[key].shift(1)).fill_null(value=True).to_numpy().astype(np.bool_)
    if len(begins):
        begins[0] = True
    first = np.append(np.flatnonzero(begins), len(begins))
    events = EventColumns(
        first=first,
        kind=np.where(column["kind"] == MISSING, -1, column["kind"]),
        at=column["at"],
        zone=np.where(column["zone"] == MISSING, UNKNOWN, column["zone"]).astype(np.int8),
        consent=column["consent"] == 1,
        due_at=column["due_at"],
        respond_by=column["respond_by"],
        observed=column["observed"],
    )
    result = replay_claims(events, _edition_of(events, column["edition"], len(editions)), (*editions, None))
    claims = frame.select(key, place).filter(
        nw.new_series("begins", begins.tolist(), nw.Boolean, backend=frame.implementation)
    )
    return _with_results(workframe, claims, result)


def _edition_of(events: EventColumns, edition: Int64s, unknown: int) -> Int64s:
    """Each claim's edition: that of the event it begins with; `unknown` where there is none."""
    starts = np.isin(events.kind, [KINDS.index("filed"), KINDS.index("observed")])
    here = np.flatnonzero(starts)
    following = np.searchsorted(here, events.first[:-1])
    chosen = np.full(len(events.first) - 1, unknown, np.int64)
    has = (following < len(here)) & (np.append(here, 0)[np.minimum(following, len(here))] < events.first[1:])
    chosen[has] = edition[here[following[has]]]
    return np.where(chosen == MISSING, unknown, chosen)


def _with_results(workframe: Workframe, claims: "nw.DataFrame[Any]", result: ReplayResult) -> Frame:
    statuses = [None if status == MISSING else str(STATUSES[int(status)]) for status in result.status]
    refusals = [None if refusal == MISSING else int(refusal) for refusal in result.refused]
    key, engine = workframe.column("order_id"), claims.implementation
    results = claims.select(
        key,
        f"{PREFIX}place",
        nw.new_series("status", statuses, nw.String, backend=engine),
        nw.new_series("refused", refusals, nw.Int64, backend=engine),
    )
    if not workframe.original.implementation.is_pandas():
        return results.drop(f"{PREFIX}place")
    from atoz.frames.engines.pandas import rows_of, with_columns  # noqa: PLC0415

    begun = rows_of(workframe.original, key, results[f"{PREFIX}place"].to_list())
    return with_columns(begun, results.select("status", "refused"))
