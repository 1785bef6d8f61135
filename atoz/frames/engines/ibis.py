"""Ibis, over DuckDB: its functions, named one by one, on whole microseconds."""

# pyright: basic, reportAttributeAccessIssue=false, reportArgumentType=false, reportCallIssue=false
# pyright: reportOperatorIssue=false, reportReturnType=false, reportIndexIssue=false
# (the libraries used here are only partly typed)

from typing import TYPE_CHECKING, cast

import ibis
import ibis.expr.datatypes as dt
import narwhals as nw

from atoz.errors import Fault, InvalidDocument
from atoz.frames import labels
from atoz.frames.date_offsets import DAY, SECOND
from atoz.frames.engines import ZONE
from atoz.frames.frame_types import Frame
from atoz.frames.marketplaces import with_zone_name
from atoz.model.instant import FIRST_DAY, FIRST_YEAR, LAST_DAY, LAST_YEAR

if TYPE_CHECKING:
    import ibis.expr.types as ir

_UTC = dt.Timestamp("UTC")


@ibis.udf.scalar.builtin(name="timezone", signature=((dt.string, _UTC), dt.timestamp))
def _local_time_of(zone, at):  # noqa: ANN001, ANN202
    """What the clocks of a zone show at an instant."""


@ibis.udf.scalar.builtin(name="timezone", signature=((dt.string, dt.timestamp), _UTC))
def _instant_of(zone, local):  # noqa: ANN001, ANN202
    """The instant of a local time."""


@ibis.udf.scalar.builtin(name="epoch_us", signature=((dt.timestamp,), dt.int64))
def _micros(local):  # noqa: ANN001, ANN202
    """Microseconds since 1970 of a local time."""


@ibis.udf.scalar.builtin(name="make_timestamp", signature=((dt.int64,), dt.timestamp))
def _local(micros):  # noqa: ANN001, ANN202
    """The local time of microseconds since 1970."""


first_label = labels.first_label


def zoned(frame: Frame, marketplace: str) -> Frame:
    """Zones by name."""
    return with_zone_name(frame, marketplace, ZONE)


def day(frame: Frame, column: str, out: str) -> Frame:
    """The same day."""
    table = _table(frame)
    days = table[column].cast(dt.date)
    return _with(table, ibis.ifelse(days.between(FIRST_DAY, LAST_DAY), days, None), out)


def local_day(frame: Frame, column: str, out: str) -> Frame:
    """The day of the local time."""
    table = _table(frame)
    return _with(table, _local_time_of(table[ZONE], _in_known_years(table[column])).date(), out)


def from_local(frame: Frame, column: str, out: str) -> Frame:
    """DuckDB reads a repeated local time as the second one; the first is wanted."""
    table = _table(frame)
    return _with(table, _first_instant(table[ZONE], _micros(table[column].cast(dt.timestamp))), out)


def instant(frame: Frame, column: str, out: str) -> Frame:
    """As it is."""
    table = _table(frame)
    return _with(table, _in_known_years(table[column]), out)


def days_later(frame: Frame, column: str, out: str, days: tuple[int, ...]) -> Frame:
    """Local time, days later, back."""
    table = _table(frame)
    local = _micros(_local_time_of(table[ZONE], table[column]))
    weekday = _local_time_of(table[ZONE], table[column]).date().day_of_week.index()
    count = ibis.literal(days[0]) if len(set(days)) == 1 else weekday.cases(*enumerate(days))
    return _with(table, _first_instant(table[ZONE], local + count * DAY), out)


def whole_days(frame: Frame, column: str, out: str, since: int) -> Frame:
    """By whole numbers."""
    table = _table(frame)
    elapsed = _since_1970(table[column]) - since
    return _with(table, (elapsed / DAY).floor().cast(dt.int64), out)


def _since_1970(at: "ir.TimestampColumn") -> "ir.IntegerColumn":
    return _micros(_local_time_of(ibis.literal("UTC"), at))


def _first_instant(zone: "ir.StringColumn", local: "ir.IntegerColumn") -> "ir.TimestampColumn":
    """The instant of a local time: with the offset of three hours before, if that gives this local time."""
    late = _instant_of(zone, _local(local))
    before = _since_1970(late) - 3 * 3600 * SECOND
    offset = _micros(_local_time_of(zone, _instant_of(ibis.literal("UTC"), _local(before)))) - before
    early = _instant_of(ibis.literal("UTC"), _local(local - offset))
    return ibis.ifelse(_micros(_local_time_of(zone, early)) == local, early, late)


def _in_known_years(column: "ir.Column") -> "ir.TimestampColumn":
    at = column.cast(_UTC)
    return ibis.ifelse(_local_time_of(ibis.literal("UTC"), at).year().between(FIRST_YEAR, LAST_YEAR), at, None)


def _table(frame: Frame) -> "ir.Table":
    table = cast("ir.Table", frame.to_native())
    backend = table.get_backend().name
    if backend != "duckdb":
        fault = Fault("", "unknown_engine", f"Ibis over {backend} is not supported, only over DuckDB")
        raise InvalidDocument("table", (fault,))
    return table


def _with(table: "ir.Table", made: "ir.Column", out: str) -> Frame:
    return cast("Frame", nw.from_native(table.mutate(**{out: made})))
