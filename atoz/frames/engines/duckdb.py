"""DuckDB: SQL; a zone is its name, and `timezone` converts both ways whatever the session's zone is."""

from typing import cast

import duckdb
import narwhals as nw

from atoz.frames import labels
from atoz.frames.date_offsets import DAY
from atoz.frames.engines import ZONE
from atoz.frames.frame_types import Frame
from atoz.frames.marketplaces import with_zone_name
from atoz.model.instant import FIRST_DAY, FIRST_YEAR, LAST_DAY, LAST_YEAR

first_label = labels.first_label


def zoned(frame: Frame, marketplace: str) -> Frame:
    """Zones by name."""
    return with_zone_name(frame, marketplace, ZONE)


def day(frame: Frame, column: str, out: str) -> Frame:
    """The same day."""
    days = f"CAST({_quoted(column)} AS DATE)"
    return _with(frame, f"CASE WHEN {days} BETWEEN DATE '{FIRST_DAY}' AND DATE '{LAST_DAY}' THEN {days} END", out)


def local_day(frame: Frame, column: str, out: str) -> Frame:
    """The day of the local time."""
    return _with(frame, f'CAST(timezone("{ZONE}", {_in_known_years(column)}) AS DATE)', out)


def from_local(frame: Frame, column: str, out: str) -> Frame:
    """DuckDB reads a repeated local time as the second one; the first is wanted."""
    return _with(frame, _first_instant(_quoted(column)), out)


def instant(frame: Frame, column: str, out: str) -> Frame:
    """As it is."""
    return _with(frame, _in_known_years(column), out)


def days_later(frame: Frame, column: str, out: str, days: tuple[int, ...]) -> Frame:
    """Local time, days later, back."""
    local = f'timezone("{ZONE}", {_quoted(column)})'
    cases = " ".join(f"WHEN {day} THEN {count}" for day, count in enumerate(days, start=1))
    count = str(days[0]) if len(set(days)) == 1 else f"CASE isodow({local}) {cases} END"
    return _with(frame, _first_instant(f"({local} + to_days({count}))"), out)


def whole_days(frame: Frame, column: str, out: str, since: int) -> Frame:
    """By whole numbers."""
    return _with(frame, f"CAST(floor((epoch_us({_quoted(column)}) - {since}) / {DAY}) AS BIGINT)", out)


def _first_instant(local: str) -> str:
    """The instant of a local time: with the offset of three hours before, if that gives this local time."""
    late = f'timezone("{ZONE}", {local})'
    before = f"({late} - to_hours(3))"
    offset = f"(timezone(\"{ZONE}\", {before}) - timezone('UTC', {before}))"
    early = f"timezone('UTC', {local} - {offset})"
    return f'CASE WHEN timezone("{ZONE}", {early}) = {local} THEN {early} ELSE {late} END'


def _in_known_years(column: str) -> str:
    at = f"CAST({_quoted(column)} AS TIMESTAMPTZ)"
    first, last = FIRST_YEAR, LAST_YEAR
    return f"CASE WHEN year(timezone('UTC', {at})) BETWEEN {first} AND {last} THEN {at} END"


def _quoted(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _with(frame: Frame, sql: str, out: str) -> Frame:
    native = cast("duckdb.DuckDBPyRelation", frame.to_native())
    return cast("Frame", nw.from_native(native.project(f"*, {sql} AS {_quoted(out)}")))
