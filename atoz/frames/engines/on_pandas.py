"""pandas: through PyArrow arrays, which know days and time zones where numpy does not."""

# pyright: basic, reportAttributeAccessIssue=false, reportArgumentType=false, reportCallIssue=false
# pyright: reportOperatorIssue=false, reportReturnType=false, reportIndexIssue=false
# (the libraries used here are only partly typed)

from collections.abc import Callable
from functools import partial
from typing import Any, cast

import narwhals as nw
import pandas as pd
import pyarrow as pa

from atoz.frames import zones
from atoz.frames.engines import ZONE, on_arrow
from atoz.frames.sheet import Frame


def zoned(frame: Frame, marketplace: str) -> Frame:
    """Zones as codes."""
    return _wrap(add_zone(_native(frame), marketplace))


def local_day(frame: Frame, column: str, out: str) -> Frame:
    """By table."""
    return _wrap(add_counted(_native(frame), column, out, on_arrow.days_of))


def from_local(frame: Frame, column: str, out: str) -> Frame:
    """By table."""
    return _wrap(add_counted(_native(frame), column, out, partial(on_arrow.instants_of, zones.from_local)))


def instant(frame: Frame, column: str, out: str) -> Frame:
    """The same instant, in microseconds and UTC."""
    return _wrap(add_made(_native(frame), column, out, on_arrow.utc_of))


def days_later(frame: Frame, column: str, out: str, days: tuple[int, ...]) -> Frame:
    """By table."""
    count = partial(on_arrow.instants_of, partial(zones.days_later, days=days))
    return _wrap(add_counted(_native(frame), column, out, count))


def whole_days(frame: Frame, column: str, out: str, since: int) -> Frame:
    """By whole numbers."""
    return _wrap(add_made(_native(frame), column, out, partial(on_arrow.whole_days_of, since=since)))


def add_zone(frame: pd.DataFrame, marketplace: str) -> pd.DataFrame:
    """One partition with its zones."""
    return _assign(frame, ZONE, on_arrow.codes_of(pa.array(frame[marketplace].astype("string[pyarrow]"))))


def add_made(frame: pd.DataFrame, column: str, out: str, make: Callable[[pa.Array], pa.Array]) -> pd.DataFrame:
    """One partition with a column made of another."""
    return _assign(frame, out, make(_array(frame[column])))


def add_counted(
    frame: pd.DataFrame, column: str, out: str, count: Callable[[pa.Array, pa.Array], pa.Array]
) -> pd.DataFrame:
    """One partition with a column made of another and the zones."""
    return _assign(frame, out, count(_array(frame[column]), _array(frame[ZONE])))


def _array(column: object) -> pa.Array:
    made: Any = pa.array(column)
    return made.combine_chunks() if hasattr(made, "combine_chunks") else made  # ArrowDtype columns come in chunks


def _assign(frame: pd.DataFrame, out: str, made: pa.Array) -> pd.DataFrame:
    values = cast("Any", pd.array)(made, dtype=pd.ArrowDtype(made.type))
    return frame.assign(**{out: pd.Series(values, index=frame.index)})


def _native(frame: Frame) -> pd.DataFrame:
    return cast("pd.DataFrame", frame.to_native())


def _wrap(native: pd.DataFrame) -> Frame:
    return cast("Frame", nw.from_native(native))


def with_objects_read(frame: Frame, column: str, out: str) -> Frame | None:
    """A column of Python objects as what they are; none if they are not all of one kind of date."""
    native = _native(frame)
    values = native[column]
    if bool(values.isna().all()):
        return _wrap(_assign(native, out, pa.nulls(len(values))))
    try:
        made = pa.array(values.where(values.notna(), None), from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return None
    kinds = {type(each) for each in values[values.notna()]}
    plain = len(kinds) == 1 and (pa.types.is_date(made.type) or pa.types.is_timestamp(made.type))
    return _wrap(_assign(native, out, made)) if plain else None


def with_columns(
    frame: "nw.DataFrame[Any]", **columns: tuple[list[str | None] | list[int | None], str]
) -> "nw.DataFrame[Any]":
    """A frame with columns of values, each with its Arrow type."""
    native = cast("pd.DataFrame", frame.to_native())
    for out, (values, kind) in columns.items():
        native = _assign(native, out, pa.array(values, kind))
    return nw.from_native(native, eager_only=True)
