"""PyArrow tables: the arrays of `zones`; pandas and Dask come through here, too."""

# pyright: basic, reportAttributeAccessIssue=false, reportArgumentType=false, reportCallIssue=false
# pyright: reportOperatorIssue=false, reportReturnType=false, reportIndexIssue=false
# (the libraries used here are only partly typed)

from collections.abc import Callable
from functools import partial
from typing import cast

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from atoz.frames import zones
from atoz.frames.engines import ZONE
from atoz.frames.marketplaces import zone_code
from atoz.frames.sheet import Frame

INSTANT = pa.timestamp("us", "UTC")
Count = Callable[[zones.Int64s, zones.Bools, zones.Codes], zones.Counted]


def zoned(frame: Frame, marketplace: str) -> Frame:
    """Zones as codes."""
    return _with(frame, codes_of(_table(frame)[marketplace]), ZONE)


def local_day(frame: Frame, column: str, out: str) -> Frame:
    """By table."""
    return _counted(frame, column, out, days_of)


def from_local(frame: Frame, column: str, out: str) -> Frame:
    """By table."""
    return _counted(frame, column, out, partial(instants_of, zones.from_local))


def instant(frame: Frame, column: str, out: str) -> Frame:
    """The same instant, in microseconds and UTC."""
    return _with(frame, utc_of(_table(frame)[column]), out)


def days_later(frame: Frame, column: str, out: str, days: tuple[int, ...]) -> Frame:
    """By table."""
    return _counted(frame, column, out, partial(instants_of, partial(zones.days_later, days=days)))


def whole_days(frame: Frame, column: str, out: str, since: int) -> Frame:
    """By whole numbers."""
    return _with(frame, whole_days_of(_table(frame)[column], since), out)


def codes_of(column: pa.ChunkedArray) -> pa.Array:
    """The zone codes of a column of marketplaces; each spelling is looked up once."""
    text = _whole(column)
    coded = text if pa.types.is_dictionary(text.type) else pc.dictionary_encode(text.cast(pa.string()))
    spelt = pa.array(
        [None if each is None else zone_code(str(each)) for each in coded.dictionary.to_pylist()], pa.int8()
    )
    return spelt.take(coded.indices)


def days_of(at: pa.ChunkedArray, codes: pa.ChunkedArray) -> pa.Array:
    """The local days of instants."""
    found, known = _count(zones.local_days, at, codes)
    return pa.array(found.astype(np.int32), mask=~known).cast(pa.date32())


def instants_of(count: Count, at: pa.ChunkedArray, codes: pa.ChunkedArray) -> pa.Array:
    """Instants that are counted from others."""
    found, known = _count(count, at, codes)
    return pa.array(found, mask=~known).cast(INSTANT)


def utc_of(column: pa.ChunkedArray) -> pa.Array:
    """Instants in microseconds and UTC; null outside the years that count."""
    at = _whole(column).cast(INSTANT, safe=False)
    number = at.cast(pa.int64())
    known = pc.and_(pc.greater_equal(number, zones.FIRST * zones.DAY), pc.less(number, zones.END * zones.DAY))
    return pc.if_else(known, at, pa.scalar(None, INSTANT))


def whole_days_of(column: pa.ChunkedArray, since: int) -> pa.Array:
    """Whole days from an instant to others."""
    at = _whole(column)
    number = at.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    return pa.array((number - since) // zones.DAY, mask=at.is_null().to_numpy(zero_copy_only=False))


def _count(count: Count, at: pa.ChunkedArray, codes: pa.ChunkedArray) -> zones.Counted:
    moment, code = _whole(at), _whole(codes)
    unit = pa.timestamp("us", moment.type.tz) if pa.types.is_timestamp(moment.type) else INSTANT
    number = moment.cast(unit, safe=False).cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    known = moment.is_valid().to_numpy(zero_copy_only=False)
    return count(number, known, code.fill_null(zones.UNKNOWN).to_numpy(zero_copy_only=False))


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _table(frame: Frame) -> pa.Table:
    return cast("pa.Table", frame.to_native())


def _counted(
    frame: Frame, column: str, out: str, count: Callable[[pa.ChunkedArray, pa.ChunkedArray], pa.Array]
) -> Frame:
    table = _table(frame)
    return _with(frame, count(table[column], table[ZONE]), out)


def _with(frame: Frame, made: pa.Array, out: str) -> Frame:
    return cast("Frame", nw.from_native(_table(frame).append_column(out, made)))
