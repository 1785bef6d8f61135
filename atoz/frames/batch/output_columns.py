"""Columns that a format of files cannot hold: said before anything is written."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from atoz.errors import Fault, InvalidDocument


def check_columns(output: Path, schema: Mapping[str, pl.DataType], output_format: str) -> None:
    """Check that a file of this format can hold all columns; Polars panics where one cannot be written as JSON.

    Raises:
        InvalidDocument: some cannot; all are named.
    """
    faults = tuple(
        Fault(
            name, "not_writable", f"{_NAMES[output_format]} cannot hold a column of {dtype}; drop it or write .parquet"
        )
        for name, dtype in schema.items()
        if not _fits(dtype, output_format)
    )
    if faults:
        raise InvalidDocument(str(output), faults)


_NAMES = {"csv": "CSV", "jsonl": "JSON Lines", "parquet": "Parquet"}


def _fits(dtype: pl.DataType, output_format: str) -> bool:
    if output_format == "parquet":
        return not isinstance(dtype, pl.Object)
    if isinstance(dtype, (pl.List, pl.Array, pl.Struct)):
        return output_format == "jsonl" and not any(name in str(dtype) for name in ("Binary", "Object"))
    return not isinstance(dtype, (pl.Binary, pl.Object))
