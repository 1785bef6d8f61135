"""PySpark: SQL over microseconds, which no session zone can touch; nothing of atoz is needed on the executors."""

from typing import cast

import narwhals as nw
from pyspark.sql import DataFrame

from atoz.frames import labels
from atoz.frames.date_offsets import DAY, END, FIRST
from atoz.frames.engines import ZONE
from atoz.frames.frame_types import Frame
from atoz.frames.marketplaces import with_zone_name
from atoz.model.instant import FIRST_DAY, LAST_DAY

first_label = labels.first_label


def zoned(frame: Frame, marketplace: str) -> Frame:
    """Zones by name."""
    return with_zone_name(frame, marketplace, ZONE)


def day(frame: Frame, column: str, out: str) -> Frame:
    """The same day."""
    days = f"CAST({_quoted(column)} AS DATE)"
    return _with(frame, f"CASE WHEN {days} BETWEEN DATE '{FIRST_DAY}' AND DATE '{LAST_DAY}' THEN {days} END", out)


def local_day(frame: Frame, column: str, out: str) -> Frame:
    """`to_date` would use the session's zone; whole days since 1970 do not."""
    days = f"floor(unix_micros(from_utc_timestamp({_in_known_years(column)}, {ZONE})) / {DAY})"
    return _with(frame, f"date_from_unix_date(CAST({days} AS INT))", out)


def from_local(frame: Frame, column: str, out: str) -> Frame:
    """Spark reads skipped and repeated local times as wanted."""
    at = _quoted(column)
    micros = (
        f"unix_date(CAST({at} AS DATE)) * {DAY}L + hour({at}) * 3600000000L + minute({at}) * 60000000L"
        f" + CAST(extract(SECOND FROM {at}) * 1000000 AS BIGINT)"
    )
    return _with(frame, f"to_utc_timestamp(timestamp_micros({micros}), {ZONE})", out)


def instant(frame: Frame, column: str, out: str) -> Frame:
    """As it is."""
    return _with(frame, _in_known_years(column), out)


def days_later(frame: Frame, column: str, out: str, days: tuple[int, ...]) -> Frame:
    """Local time, days later, back."""
    local = f"unix_micros(from_utc_timestamp({_quoted(column)}, {ZONE}))"
    day = f"date_from_unix_date(CAST(floor({local} / {DAY}) AS INT))"
    cases = " ".join(f"WHEN {day_of_week} THEN {count}" for day_of_week, count in enumerate(days))
    count = str(days[0]) if len(set(days)) == 1 else f"CASE weekday({day}) {cases} END"
    return _with(frame, f"to_utc_timestamp(timestamp_micros({local} + {count} * {DAY}L), {ZONE})", out)


def whole_days(frame: Frame, column: str, out: str, since: int) -> Frame:
    """By whole numbers."""
    return _with(frame, f"CAST(floor((unix_micros({_quoted(column)}) - {since}L) / {DAY}) AS BIGINT)", out)


def _in_known_years(column: str) -> str:
    at = f"CAST({_quoted(column)} AS TIMESTAMP)"
    first, end = FIRST * DAY, END * DAY
    return f"CASE WHEN unix_micros({at}) >= {first}L AND unix_micros({at}) < {end}L THEN {at} END"


def _quoted(column: str) -> str:
    return "`" + column.replace("`", "``") + "`"


def _with(frame: Frame, sql: str, out: str) -> Frame:
    native = cast("DataFrame", frame.to_native())
    return cast("Frame", nw.from_native(native.selectExpr("*", f"{sql} AS {_quoted(out)}")))
