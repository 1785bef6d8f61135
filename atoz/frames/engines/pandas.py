"""pandas: what is read goes through PyArrow, which knows days, zones and nulls where numpy does not; the rest stays."""

# pyright: basic, reportAttributeAccessIssue=false, reportArgumentType=false, reportCallIssue=false
# (the libraries used here are only partly typed)

from collections.abc import Iterable
from typing import Any, cast

import narwhals as nw
import pandas as pd
import pyarrow as pa

from atoz.frames.frame_types import PREFIX, Frame


def as_arrow(frame: Frame, columns: Iterable[str]) -> tuple[Frame, frozenset[str]]:
    """Some columns as an Arrow table, and those that hold Python objects of several kinds: they are read as text."""
    native = cast("pd.DataFrame", frame.to_native())
    read = {name: _read(native[name]) for name in columns}
    mixed = frozenset(name for name, values in read.items() if values is None)
    arrays = {name: _as_text(native[name]) if values is None else values for name, values in read.items()}
    return nw.from_native(pa.table({**arrays, _ROWS: pa.nulls(len(native))})), mixed


_ROWS = f"{PREFIX}rows"
"""An Arrow table without columns has no rows."""


def _read(values: pd.Series) -> pa.Array | pa.ChunkedArray | None:
    if bool(values.isna().all()):
        return pa.nulls(len(values))
    try:
        made = cast("Any", pa.array)(values, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, TypeError):
        return None
    if values.dtype != object:
        return None if isinstance(made.type, pa.BaseExtensionType) else made
    dated = pa.types.is_date(made.type) or pa.types.is_timestamp(made.type)
    kinds = {(type(value), getattr(value, "tzinfo", None) is None) for value in values[values.notna()]} if dated else ()
    return None if len(kinds) > 1 else made


def _as_text(values: pd.Series) -> pa.Array:
    return pa.array([None if is_null else str(value) for value, is_null in zip(values, values.isna(), strict=True)])


def with_columns(frame: Frame, made: Frame) -> Frame:
    """A frame with the columns of an Arrow table at its right, under its own index."""
    native, table = cast("pd.DataFrame", frame.to_native()), cast("pa.Table", made.to_native())
    added = {
        name: pd.Series(cast("Any", pd.array)(values, dtype=pd.ArrowDtype(values.type)), index=native.index)
        for name, values in zip(table.column_names, table.columns, strict=True)
    }
    return cast("Frame", nw.from_native(native.assign(**added)))


def rows_of(frame: Frame, column: str, places: Iterable[int]) -> Frame:
    """Some rows of a column, as a table with an index of its own."""
    native = cast("pd.DataFrame", frame.to_native())
    return cast("Frame", nw.from_native(native[[column]].iloc[list(places)].reset_index(drop=True)))
