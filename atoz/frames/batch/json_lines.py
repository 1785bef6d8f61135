"""JSON Lines: each line is kept as it is, and gets the results as further members."""

import json
import re
from collections.abc import Sequence
from mmap import ACCESS_READ, mmap
from pathlib import Path

import polars as pl

from atoz.errors import Fault, InvalidDocument
from atoz.frames.batch.cell_parsing import REPLACED
from atoz.model.record import is_mapping, parse_json

TEXT, EMPTY, SPLICED = "atoz_json_text", "atoz_json_empty", "atoz_json_spliced"
"""Columns for the line itself, whether it is an empty object, and the line with the results."""


def scan_json_lines(source: Path, wanted: Sequence[str], line: str, fault: str, *, invalid_utf8: bool) -> pl.LazyFrame:
    """The lines of a file with the members that are wanted, as text, and what is wrong with a line."""
    columns = members_of(source, wanted)
    if not columns:
        message = "no line has a member that is read, such as placed_at or filed_at"
        raise InvalidDocument(str(source), (Fault("", "nothing_to_read", message),))
    fields: dict[str, type[pl.DataType]] = {**dict.fromkeys((*columns, fault), pl.String), EMPTY: pl.Boolean}

    def read(lines: pl.Series) -> pl.Series:
        rows = [_read(text, columns, fault, invalid_utf8=invalid_utf8) for text in lines]
        return pl.Series(rows, dtype=pl.Struct(fields))

    text = pl.scan_csv(
        source,
        has_header=False,
        schema={TEXT: pl.String},
        separator="\x1f",
        quote_char=None,
        encoding="utf8-lossy" if invalid_utf8 else "utf8",
        glob=False,
        row_index_name=line,
        row_index_offset=1,
        truncate_ragged_lines=True,
    )
    parsed = text.with_columns(
        pl.col(TEXT).map_batches(read, return_dtype=pl.Struct(fields), is_elementwise=True).alias("read")
    )
    return parsed.unnest("read").filter(pl.col(TEXT).str.strip_chars().fill_null("") != "")


def members_of(source: Path, names: Sequence[str]) -> list[str]:
    """Those of some names that any line has as a member: a line may leave out what it does not know."""
    with source.open("rb") as file:
        if not source.stat().st_size:
            return []
        with mmap(file.fileno(), 0, access=ACCESS_READ) as text:
            encoded = {name: json.dumps(name, ensure_ascii=False).encode() for name in dict.fromkeys(names)}
            return [name for name, spelling in encoded.items() if re.search(re.escape(spelling) + rb"\s*:", text)]


def _object(text: str, *, invalid_utf8: bool) -> dict[str, object] | str:
    """A line's object, or what is wrong with it."""
    if invalid_utf8 and REPLACED in text:
        return "not UTF-8 text"
    try:
        value = parse_json(text)
    except InvalidDocument as error:
        return "; ".join(fault.message for fault in error.faults)
    return value if is_mapping(value) else "not a JSON object"


def _read(text: str | None, columns: Sequence[str], fault: str, *, invalid_utf8: bool) -> dict[str, str | bool | None]:
    members = _object(text or "", invalid_utf8=invalid_utf8)
    if isinstance(members, str):
        return {**dict.fromkeys(columns), fault: members, EMPTY: False}
    not_text = [column for column in columns if members.get(column) is not None and not _is_text(members[column])]
    message = "; ".join(f"{column}: text is expected" for column in not_text) or None
    values = {column: None if column in not_text else members.get(column) for column in columns}
    return {
        **{column: value if isinstance(value, str) else None for column, value in values.items()},
        fault: message,
        EMPTY: not members,
    }


def _is_text(value: object) -> bool:
    """Whether a value is text that can be written: half a surrogate pair cannot."""
    return isinstance(value, str) and not any("\ud800" <= character <= "\udfff" for character in value)


def splice_results(source: Path, table: pl.LazyFrame) -> pl.LazyFrame:
    """Each line with the results before its closing brace.

    Raises:
        InvalidDocument: lines have members of these names already.
    """
    names = table.collect_schema().names()
    results = names[names.index(EMPTY) + 1 :]
    message = "lines have this member already; call the new one otherwise: --column {0}=NAME"
    faults = tuple(Fault(name, "column_exists", message.format(name)) for name in members_of(source, results))
    if faults:
        raise InvalidDocument(str(source), faults)
    members = pl.struct(results).struct.json_encode()
    body = pl.col(TEXT).str.strip_chars().str.strip_suffix("}")
    comma = pl.when(pl.col(EMPTY)).then(pl.lit("")).otherwise(pl.lit(", "))
    return table.select(pl.concat_str(body, comma, members.str.slice(1)).alias(SPLICED))
