"""PyArrow tables, and with them pandas and Dask: the arrays of `timezone_tables`."""

# pyright: basic, reportAttributeAccessIssue=false, reportArgumentType=false, reportCallIssue=false
# pyright: reportOperatorIssue=false, reportReturnType=false, reportIndexIssue=false
# (the libraries used here are only partly typed)

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import cast

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from atoz.frames import timezone_tables
from atoz.frames.date_offsets import DAY, END, FIRST
from atoz.frames.engines import ZONE
from atoz.frames.frame_types import Frame
from atoz.frames.labels import Cases
from atoz.frames.marketplaces import UNKNOWN, zone_code

INSTANT = pa.timestamp("us", "UTC")


def zoned(frame: Frame, marketplace: str) -> Frame:
    """Zones as codes."""
    return _with(frame, codes_of(_table(frame)[marketplace]), ZONE)


def day(frame: Frame, column: str, out: str) -> Frame:
    """The same day; tables that hold no other years, which is nearly all, are only looked through."""
    days = _table(frame)[column].cast(pa.date32(), safe=False)
    number = days.cast(pa.int32())
    least, most = pc.min_max(number).values()
    if least.is_valid and not FIRST <= least.as_py() <= most.as_py() < END:
        known = pc.and_(pc.greater_equal(number, FIRST), pc.less(number, END))
        days = pc.if_else(known, days, pa.scalar(None, pa.date32()))
    return _with(frame, days, out)


def local_day(frame: Frame, column: str, out: str) -> Frame:
    """By table."""
    return _converted(frame, column, out, days_of)


def from_local(frame: Frame, column: str, out: str) -> Frame:
    """By table."""
    return _converted(frame, column, out, partial(instants_of, timezone_tables.from_local))


def instant(frame: Frame, column: str, out: str) -> Frame:
    """The same instant, in microseconds and UTC."""
    return _with(frame, utc_of(_table(frame)[column]), out)


def days_later(frame: Frame, column: str, out: str, days: tuple[int, ...]) -> Frame:
    """By table."""
    return _converted(frame, column, out, partial(instants_of, partial(timezone_tables.days_later, days=days)))


def whole_days(frame: Frame, column: str, out: str, since: int) -> Frame:
    """By whole numbers."""
    return _with(frame, whole_days_of(_table(frame)[column], since), out)


def first_label(frame: Frame, cases: Cases, otherwise: StrEnum, out: str) -> Frame:
    """By place in a list: text is made once, of the places, and not once a case."""
    tests = frame.select(**{str(place): case[1].fill_null(value=False) for place, case in enumerate(cases)})
    masks = [_whole(test).to_numpy(zero_copy_only=False) for test in _table(tests).columns]
    place = np.select(masks, [np.int8(place) for place in range(len(masks))], np.int8(len(masks)))
    labels = pa.array([*(label.value for label, _ in cases), otherwise.value])
    return _with(frame, labels.take(pa.array(place)), out)


def codes_of(column: pa.ChunkedArray) -> pa.Array:
    """The zone codes of a column of marketplaces; each spelling is looked up once."""
    text = _whole(column)
    coded = text if pa.types.is_dictionary(text.type) else pc.dictionary_encode(text.cast(pa.string()))
    spelt = pa.array(
        [None if spelling is None else zone_code(str(spelling)) for spelling in coded.dictionary.to_pylist()], pa.int8()
    )
    return spelt.take(coded.indices)


def days_of(at: pa.ChunkedArray, codes: pa.ChunkedArray) -> pa.Array:
    """The local days of instants."""
    days, known = _convert(timezone_tables.local_days, at, codes)
    return pa.array(days.astype(np.int32), mask=~known).cast(pa.date32())


def instants_of(convert: timezone_tables.Conversion, at: pa.ChunkedArray, codes: pa.ChunkedArray) -> pa.Array:
    """Instants that are counted from others."""
    instants, known = _convert(convert, at, codes)
    return pa.array(instants, mask=~known).cast(INSTANT)


def utc_of(column: pa.ChunkedArray) -> pa.Array:
    """Instants in microseconds and UTC; null outside the years that count."""
    at = _whole(column).cast(INSTANT, safe=False)
    number = at.cast(pa.int64())
    known = pc.and_(pc.greater_equal(number, FIRST * DAY), pc.less(number, END * DAY))
    return pc.if_else(known, at, pa.scalar(None, INSTANT))


def whole_days_of(column: pa.ChunkedArray, since: int) -> pa.Array:
    """Whole days from an instant to others."""
    at = _whole(column)
    number = at.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    return pa.array((number - since) // DAY, mask=at.is_null().to_numpy(zero_copy_only=False))


def _convert(
    convert: timezone_tables.Conversion, at: pa.ChunkedArray, codes: pa.ChunkedArray
) -> timezone_tables.Converted:
    moment, code = _whole(at), _whole(codes)
    unit = pa.timestamp("us", moment.type.tz) if pa.types.is_timestamp(moment.type) else INSTANT
    number = moment.cast(unit, safe=False).cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    known = moment.is_valid().to_numpy(zero_copy_only=False)
    return convert(number, known, code.fill_null(UNKNOWN).to_numpy(zero_copy_only=False))


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _table(frame: Frame) -> pa.Table:
    return cast("pa.Table", frame.to_native())


def _converted(
    frame: Frame, column: str, out: str, convert: Callable[[pa.ChunkedArray, pa.ChunkedArray], pa.Array]
) -> Frame:
    table = _table(frame)
    return _with(frame, convert(table[column], table[ZONE]), out)


def _with(frame: Frame, made: pa.Array, out: str) -> Frame:
    return cast("Frame", nw.from_native(_table(frame).append_column(out, made)))
