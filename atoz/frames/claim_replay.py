"""Replay whole tables of events: each claim's status, and its first refused event.

>>> import polars as pl
>>> from datetime import UTC, datetime
>>> events = pl.DataFrame({"order_id": ["a", "a", "b", "b"], "kind": ["filed", "denied", "filed", "seller_appealed"],
...                        "at": [datetime(2016, 7, day, tzinfo=UTC) for day in (1, 4, 1, 5)], "marketplace": "US"})
>>> replay(events).rows()
[('a', 'closed', None), ('b', 'under_review', 1)]
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, cast

import narwhals as nw
import numpy as np
from narwhals.typing import IntoFrame, IntoFrameT

from atoz.errors import Fault, InvalidDocument
from atoz.frames.date_columns import check_dates, day, holds, instant, needs_zone, with_days, with_instants, with_zone
from atoz.frames.edition_per_row import by_edition, editions_of, with_marketplaces
from atoz.frames.engines import ZONE
from atoz.frames.group_by_claim import by_claim
from atoz.frames.marketplaces import UNKNOWN
from atoz.frames.timezone_tables import Int64s
from atoz.frames.vectorized_lifecycle import KINDS, NONE, STATUSES, Events, Folded, fold
from atoz.frames.workframe import PREFIX, Frame, Workframe, open_sheet, require
from atoz.rulebook.date_arithmetic import Unit
from atoz.rulebook.edition import DEFAULT_EDITION, IN_FORCE, Edition

_OPTIONAL = ("marketplace", "status", "consent_to_recharge", "due_at", "respond_by")
_DATED = ("at", "due_at", "respond_by")


def replay(
    events: IntoFrameT, *, edition: str = DEFAULT_EDITION, columns: Mapping[str, str] | None = None
) -> IntoFrameT:
    """One row per claim: `order_id`, its `status`, and `refused`, the place of the first event that may not happen.

    Each row of `events` is one event: `order_id`, `kind`, `at`, and where the table has them `marketplace`,
    `consent_to_recharge`, `due_at`, `respond_by` and the observed `status`, all named as the events' fields. Events
    are taken by time (equal instants keep their order) until one is refused, counted from 0; the status is the one
    before it. An unknown kind or instant is refused; with no beginning there is no status. `in-force` picks each
    claim's edition by its first event with a place and a day.

    DuckDB and Ibis compute at once; Spark needs atoz on its executors.

    Raises:
        UnknownName: no such edition; `columns` names what is not read.
        InvalidDocument: columns are missing or cannot be read.
    """
    key = (columns or {}).get("order_id", "order_id")
    return by_claim(events, key, partial(_replay, edition=edition, columns=dict(columns or {})))


def _replay(native: object, *, edition: str, columns: Mapping[str, str]) -> object:
    """The fold of one pandas, Polars or PyArrow table."""
    sheet = open_sheet(cast("IntoFrame", native), columns, ("order_id", "kind", "at", *_OPTIONAL))
    editions = editions_of(edition)
    by_row = edition == IN_FORCE
    local = any(rule.role == "deadline" and rule.unit is not Unit.HOUR for each in editions for rule in each.parameters)
    require(sheet, ("order_id", "kind", "at", *(("marketplace",) if by_row or local else ())), ())
    dated = [each for each in _DATED if sheet.has(each)]
    check_dates(sheet, dated)
    _check_text(sheet)
    _check_ids(sheet)
    days = ("at",) if by_row else ()
    if by_row or local or needs_zone(sheet, days, dated):
        require(sheet, ("marketplace",), ())
        sheet = with_zone(sheet)
    sheet = with_instants(with_days(sheet, days), dict.fromkeys(dated, "an event"))
    sheet = _coded(sheet, by_row=by_row, editions=editions)
    frame = sheet.frame.collect("polars") if isinstance(sheet.frame, nw.LazyFrame) else sheet.frame
    return _folded(sheet, frame, tuple(each.id for each in editions)).to_native()


def _check_text(sheet: Workframe) -> None:
    wrong = [
        Fault(sheet.name(fact), "not_text", f"this column holds {sheet.dtype(fact)}; text is needed")
        for fact in ("kind", "status")
        if sheet.has(fact) and holds(sheet, fact) not in ("text", "object", "nothing")
    ]
    if wrong:
        raise InvalidDocument("table", tuple(wrong))


def _check_ids(sheet: Workframe) -> None:
    name = sheet.name("order_id")
    if name in ("status", "refused"):
        raise InvalidDocument(
            "table", (Fault(name, "same_name", "a result has this name; call the order ids otherwise"),)
        )
    if sheet.dtype("order_id").is_nested():
        raise InvalidDocument("table", (Fault(name, "not_an_id", f"this column holds {sheet.dtype('order_id')}"),))


_COLUMNS = ("kind", "at", "zone", "consent", "due_at", "respond_by", "observed", "edition")


def _coded(sheet: Workframe, *, by_row: bool, editions: tuple[Edition, ...]) -> Workframe:
    """The sheet with every column that the fold reads, as whole numbers."""
    unknown = nw.lit(NONE)
    given = nw.col(sheet.name("consent_to_recharge")).cast(nw.String).str.to_lowercase() == "true"  # objects, too
    coded = {
        "kind": _places(sheet.name("kind"), KINDS),
        "zone": nw.col(ZONE).cast(nw.Int64) if ZONE in sheet.frame.collect_schema().names() else unknown,
        "consent": nw.when(given).then(nw.lit(1)).otherwise(nw.lit(0))
        if sheet.has("consent_to_recharge")
        else nw.lit(0),
        "observed": _places(sheet.name("status"), tuple(map(str, STATUSES))) if sheet.has("status") else unknown,
        **{fact: nw.col(instant(fact)).dt.timestamp("us") if sheet.has(fact) else unknown for fact in _DATED},
    }
    if by_row:
        sheet = with_marketplaces(sheet)
        parts = {each.id: [each] for each in editions}
        places = {each.id: {"edition": nw.lit(place)} for place, each in enumerate(editions)}
        coded |= by_edition(parts, places, day("at"))
    else:
        coded["edition"] = nw.lit(0)
    return sheet.adding(**{f"{PREFIX}{name}": value for name, value in coded.items()})


def _places(column: str, values: tuple[str, ...]) -> nw.Expr:
    """Each value's place in a list."""
    text = nw.col(column).cast(nw.String)
    found = nw.when(text == values[0]).then(nw.lit(0))
    for place, value in enumerate(values[1:], start=1):
        found = found.when(text == value).then(nw.lit(place))
    return found


def _folded(sheet: Workframe, frame: "nw.DataFrame[Any]", editions: tuple[str, ...]) -> Frame:
    key, place = sheet.name("order_id"), f"{PREFIX}place"
    known = {name: nw.col(f"{PREFIX}{name}").fill_null(NONE).cast(nw.Int64) for name in _COLUMNS}
    last = {f"{PREFIX}unknown_last": nw.col(f"{PREFIX}at").is_null()}
    claim = nw.col(key).cast(nw.String) if holds(sheet, "order_id") == "nothing" else nw.col(key)
    frame = frame.select(claim, **{f"{PREFIX}{name}": value for name, value in known.items()}, **last)
    frame = frame.with_row_index(place).sort(key, f"{PREFIX}unknown_last", f"{PREFIX}at", place)
    column = {name: frame[f"{PREFIX}{name}"].to_numpy().astype(np.int64) for name in _COLUMNS}
    begins = (frame[key] != frame[key].shift(1)).fill_null(value=True).to_numpy().astype(np.bool_)
    if len(begins):
        begins[0] = True
    first = np.append(np.flatnonzero(begins), len(begins))
    events = Events(
        first=first,
        kind=np.where(column["kind"] == NONE, -1, column["kind"]),
        at=column["at"],
        zone=np.where(column["zone"] == NONE, UNKNOWN, column["zone"]).astype(np.int8),
        consent=column["consent"] == 1,
        due_at=column["due_at"],
        respond_by=column["respond_by"],
        observed=column["observed"],
    )
    folded = fold(events, _edition_of(events, column["edition"], len(editions)), (*editions, None))
    claims = frame.select(key, place).filter(
        nw.new_series("begins", begins.tolist(), nw.Boolean, backend=frame.implementation)
    )
    return _with_results(sheet, claims, folded)


def _edition_of(events: Events, edition: Int64s, unknown: int) -> Int64s:
    """Each claim's edition: that of the event it begins with; `unknown` where there is none."""
    starts = np.isin(events.kind, [KINDS.index("filed"), KINDS.index("observed")])
    here = np.flatnonzero(starts)
    following = np.searchsorted(here, events.first[:-1])
    found = np.full(len(events.first) - 1, unknown, np.int64)
    has = (following < len(here)) & (np.append(here, 0)[np.minimum(following, len(here))] < events.first[1:])
    found[has] = edition[here[following[has]]]
    return np.where(found == NONE, unknown, found)


def _with_results(sheet: Workframe, claims: "nw.DataFrame[Any]", folded: Folded) -> Frame:
    said = [None if each == NONE else str(STATUSES[int(each)]) for each in folded.status]
    where = [None if each == NONE else int(each) for each in folded.refused]
    key, engine = sheet.name("order_id"), claims.implementation
    results = claims.select(
        key,
        f"{PREFIX}place",
        nw.new_series("status", said, nw.String, backend=engine),
        nw.new_series("refused", where, nw.Int64, backend=engine),
    )
    if not sheet.given.implementation.is_pandas():
        return results.drop(f"{PREFIX}place")
    from atoz.frames.engines.pandas import rows_of, with_columns  # noqa: PLC0415

    begun = rows_of(sheet.given, key, results[f"{PREFIX}place"].to_list())
    return with_columns(begun, results.select("status", "refused"))
