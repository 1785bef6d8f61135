"""DuckDB: SQL over the tables of `sql_timezones`, so that nothing depends on the session's zone."""

from typing import cast

import duckdb
import narwhals as nw

from atoz.frames import labels, sql_timezones
from atoz.frames.date_offsets import DAY
from atoz.frames.engines import ZONE
from atoz.frames.frame_types import Frame
from atoz.frames.timezone_tables import LookedUpBy
from atoz.model.instant import FIRST_DAY, LAST_DAY

first_label = labels.first_label


def zoned(frame: Frame, marketplace: str) -> Frame:
    """Zones as codes."""
    return _with(frame, **{ZONE: sql_timezones.code_of(_quoted(marketplace))})


def day(frame: Frame, column: str, out: str) -> Frame:
    """The same day."""
    days = f"CAST({_quoted(column)} AS DATE)"
    known = f"{days} BETWEEN DATE '{FIRST_DAY}' AND DATE '{LAST_DAY}'"
    return _with(frame, **{out: f"CASE WHEN {known} THEN {days} END"})


def local_day(frame: Frame, column: str, out: str) -> Frame:
    """The day of the local time."""
    frame, at = _with_micros(frame, column, "TIMESTAMPTZ", out)
    frame, offset = _with_rule(frame, at, "instants", out)
    return _with(frame, **{out: f"CAST(make_timestamp({at} + {offset}) AS DATE)"})


def from_local(frame: Frame, column: str, out: str) -> Frame:
    """By table."""
    frame, local = _with_micros(frame, column, "TIMESTAMP", out)
    frame, offset = _with_rule(frame, local, "local", out)
    return _with(frame, **{out: f"make_timestamptz({local} - {offset})"})


def instant(frame: Frame, column: str, out: str) -> Frame:
    """As it is."""
    at = f"CAST({_quoted(column)} AS TIMESTAMPTZ)"
    return _with(frame, **{out: f"CASE WHEN epoch_us({at}) {sql_timezones.IN_KNOWN_YEARS} THEN {at} END"})


def days_later(frame: Frame, column: str, out: str, days: tuple[int, ...]) -> Frame:
    """Local time, days later, back."""
    frame, at = _with_micros(frame, column, "TIMESTAMPTZ", out)
    frame, offset = _with_rule(frame, at, "instants", out)
    frame = _with(frame, **{f"{out}_local": f"{at} + {offset}"})
    local, later = _quoted(f"{out}_local"), f"{out}_later"
    cases = " ".join(f"WHEN {day} THEN {count}" for day, count in enumerate(days, start=1))
    count = str(days[0]) if len(set(days)) == 1 else f"CASE isodow(make_timestamp({local})) {cases} END"
    frame = _with(frame, **{later: f"{local} + {count} * {DAY}"})
    frame, offset = _with_rule(frame, _quoted(later), "local", later)
    return _with(frame, **{out: f"make_timestamptz({_quoted(later)} - {offset})"})


def whole_days(frame: Frame, column: str, out: str, since: int) -> Frame:
    """By whole numbers."""
    return _with(frame, **{out: f"CAST(floor((epoch_us({_quoted(column)}) - {since}) / {DAY}) AS BIGINT)"})


def _with_micros(frame: Frame, column: str, kind: str, out: str) -> tuple[Frame, str]:
    """The frame with the microseconds of a column, null outside the years that count; and that column, quoted."""
    at, micros = f"epoch_us(CAST({_quoted(column)} AS {kind}))", f"{out}_micros"
    frame = _with(frame, **{micros: f"CASE WHEN {at} {sql_timezones.IN_KNOWN_YEARS} THEN {at} END"})
    return frame, _quoted(micros)


def _with_rule(frame: Frame, at: str, by: LookedUpBy, out: str) -> tuple[Frame, str]:
    """The frame with what the offset at some microseconds is looked up by; and the offset."""
    rule, time = f"{out}_rule", f"{out}_time"
    looked_up = {rule: sql_timezones.rule_of(_quoted(ZONE), at, by), time: sql_timezones.time_of_year(at)}
    return _with(frame, **looked_up), sql_timezones.offset_of(_quoted(rule), _quoted(time), by)


def _quoted(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _with(frame: Frame, **columns: str) -> Frame:
    native = cast("duckdb.DuckDBPyRelation", frame.to_native())
    made = ", ".join(f"{sql} AS {_quoted(out)}" for out, sql in columns.items())
    return cast("Frame", nw.from_native(native.project(f"*, {made}")))
