"""JSON Lines: each line is kept as it is, and gets the results as further members."""

import json
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from atoz.frames.cells import REPLACED
from atoz.model.record import is_mapping

TEXT, EMPTY, SPLICED = "atoz_json_text", "atoz_json_empty", "atoz_json_spliced"
"""Columns for the line itself, whether it is an empty object, and the line with the results."""


def scanned(source: Path, wanted: Sequence[str], line: str, fault: str) -> pl.LazyFrame:
    """The lines of a file with the members that are wanted, as text, and what is wrong with a line."""
    first = _first_object(source)
    columns = [each for each in dict.fromkeys(wanted) if each in first]
    fields: dict[str, type[pl.DataType]] = {**dict.fromkeys((*columns, fault), pl.String), EMPTY: pl.Boolean}

    def read(lines: pl.Series) -> pl.Series:
        return pl.Series([_read(each, columns, fault) for each in lines], dtype=pl.Struct(fields))

    text = pl.scan_csv(
        source,
        has_header=False,
        schema={TEXT: pl.String},
        separator="\x1f",
        quote_char=None,
        encoding="utf8-lossy",
        row_index_name=line,
        row_index_offset=1,
        truncate_ragged_lines=True,
    )
    parsed = text.with_columns(
        pl.col(TEXT).map_batches(read, return_dtype=pl.Struct(fields), is_elementwise=True).alias("read")
    )
    return parsed.unnest("read").filter(pl.col(TEXT).str.strip_chars().fill_null("") != "")


def _first_object(source: Path) -> dict[str, object]:
    """The first line that is an object; it says which members the lines have."""
    with source.open(encoding="utf-8", errors="replace") as lines:
        for each in lines:
            found = _object(each)
            if isinstance(found, dict):
                return found
    return {}


def _object(text: str) -> dict[str, object] | str:
    """A line's object, or what is wrong with it."""
    if REPLACED in text:
        return "not UTF-8 text"
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        return "not JSON"
    return found if is_mapping(found) else "not a JSON object"


def _read(text: str | None, columns: Sequence[str], fault: str) -> dict[str, str | bool | None]:
    found = _object(text or "")
    if isinstance(found, str):
        return {**dict.fromkeys(columns), fault: found, EMPTY: False}
    odd = [each for each in columns if not isinstance(found.get(each), (str, type(None)))]
    wrong = "; ".join(f"{each}: text is expected" for each in odd) or None
    values = {each: None if each in odd else found.get(each) for each in columns}
    return {
        **{each: value if isinstance(value, str) else None for each, value in values.items()},
        fault: wrong,
        EMPTY: not found,
    }


def spliced(table: pl.LazyFrame) -> pl.LazyFrame:
    """Each line with the results before its closing brace."""
    names = table.collect_schema().names()
    results = names[names.index(EMPTY) + 1 :]
    members = pl.struct(results).struct.json_encode()
    body = pl.col(TEXT).str.strip_chars().str.strip_suffix("}")
    comma = pl.when(pl.col(EMPTY)).then(pl.lit("")).otherwise(pl.lit(", "))
    return table.select(pl.concat_str(body, comma, members.str.slice(1)).alias(SPLICED))
