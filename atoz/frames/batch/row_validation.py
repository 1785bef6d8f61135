"""The rows of a file: its cells parsed, and the bad rows told from the good ones."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import polars as pl

from atoz.frames.batch import cell_parsing, json_lines
from atoz.frames.batch.short_rows import short_rows
from atoz.frames.frame_types import PREFIX
from atoz.frames.workframe import refuse_reserved
from atoz.rulebook.edition import Edition

LINE, FAULT, EXTRA, WRONG = (f"{PREFIX}{name}" for name in ("line", "fault", "extra", "wrong"))


class Counts(NamedTuple):
    """How many rows went where."""

    written: int
    rejected: int


def scan_rows(source: Path, kind: str, wanted: Sequence[str], *, invalid_utf8: bool) -> pl.LazyFrame:
    """The lazy table of a file with its line numbers, and what is wrong with a line as a whole."""
    if kind == "parquet":
        refuse_reserved(str(source), pl.scan_parquet(source, glob=False).collect_schema().names())
        numbered = pl.scan_parquet(source, glob=False, row_index_name=LINE, row_index_offset=1)
        return numbered.with_columns(pl.lit(None, pl.String).alias(FAULT))
    if kind == "jsonl":
        return json_lines.scan_json_lines(source, wanted, LINE, FAULT, invalid_utf8=invalid_utf8)
    with source.open("rb") as file:
        head = pl.read_csv(file, n_rows=0, infer_schema=False, encoding="utf8-lossy").columns
    refuse_reserved(str(source), head)
    first_line = 2 + sum(name.count("\n") for name in head)
    table = pl.scan_csv(
        source,
        glob=False,
        has_header=False,  # the header is read above: one column more shows rows with too many fields
        skip_rows=1,
        schema=dict.fromkeys((*head, EXTRA), pl.String),
        missing_columns="insert",
        encoding="utf8-lossy" if invalid_utf8 else "utf8",
        truncate_ragged_lines=True,
        row_index_name=LINE,
        row_index_offset=first_line,
    )
    breaks = pl.sum_horizontal(pl.col(name).str.count_matches("\n", literal=True).fill_null(0) for name in head)
    place = pl.col(LINE) - first_line
    fault = (
        pl.when(pl.col(EXTRA).is_not_null())
        .then(pl.lit("more fields than the header has"))
        .when(pl.all_horizontal(pl.col(name).is_null() for name in head))
        .then(pl.lit("a blank row"))
        .when(place.is_in(short_rows(source, len(head)).implode()))
        .then(pl.lit("fewer fields than the header has"))
    )
    return table.with_columns(fault.alias(FAULT), pl.col(LINE) + breaks.cum_sum() - breaks).drop(EXTRA)


class ValidatedRows(NamedTuple):
    """A table with its cells parsed and its faults found.

    What it gives is read from the file anew: a pass each holds only the rows that are under way, however large the file
    is, where one pass for all would have to keep what one result has taken and another has not.
    """

    table: pl.LazyFrame
    wrong: pl.Expr
    message: pl.Expr
    values: Mapping[str, pl.Expr]
    """The parsed cells, by column."""
    helpers: tuple[str, ...]
    """The columns that were added."""

    def counted(self) -> Counts:
        """How many rows are good, and how many are not."""
        wrong = self.wrong.sum().alias("wrong")
        every, bad = self.table.select(pl.len().alias("every"), wrong).collect(engine="streaming").row(0)
        return Counts(every - bad, bad)

    def bad(self) -> pl.LazyFrame:
        """The line and the faults of each bad row."""
        rows = self.table.with_columns(self.wrong.alias(WRONG)).filter(WRONG)
        return rows.select(pl.col(LINE).alias("line"), cell_parsing.escape_formulas(self.message).alias("reason"))

    def good(self, *, every: bool) -> pl.LazyFrame:
        """The good rows, which may be `every` row, with their dates."""
        rows = self.table if every else self.table.with_columns(self.wrong.alias(WRONG)).filter(~pl.col(WRONG))
        return rows.with_columns(**self.values).drop(*self.helpers, *(() if every else (WRONG,)))


def validate_rows(
    table: pl.LazyFrame,
    *,
    dated: Sequence[str],
    facts: Mapping[str, str],
    editions: Sequence[Edition],
    invalid_utf8: Sequence[str],
) -> ValidatedRows:
    """The table with its cells parsed and its faults found; `invalid_utf8` names columns to search for damaged text."""
    schema = table.collect_schema()
    stripped, helpers, values = dict[str, pl.Expr](), dict[str, pl.Expr](), dict[str, pl.Expr]()
    checks = [cell_parsing.CellCheck(pl.col(FAULT).is_not_null(), pl.col(FAULT))]
    texts = [column for column in dated if schema[column] == pl.String]
    kinds = _kinds(table, texts)
    for column in dict.fromkeys(dated):
        parsed = pl.col(column)
        if column in texts:
            kind = kinds.get(column)
            text, value = f"{PREFIX}text_{column}", f"{PREFIX}value_{column}"
            stripped[text] = pl.col(column).str.strip_chars()
            helpers[value] = cell_parsing.parse_dates(pl.col(text), kind)
            parsed = values[column] = pl.col(value)
            checks.append(cell_parsing.date_check(column, kind, pl.col(text), parsed))
        if column in kinds or schema[column].is_temporal():
            checks.append(cell_parsing.year_check(column, parsed))
    edition_check = partial(cell_parsing.edition_check, editions=editions)
    for fact, check in (("marketplace", cell_parsing.marketplace_check), ("edition", edition_check)):
        column = facts.get(fact, fact)
        if column in schema and isinstance(schema[column], (pl.String, pl.Categorical, pl.Enum)):
            checks.append(check(column))
    if invalid_utf8:
        checks.append(cell_parsing.utf8_check(invalid_utf8))
    whole, *others = checks  # what is wrong with a row as a whole makes its cells worth no word
    message = [whole.message, *(pl.when(check.wrong & whole.message.is_null()).then(check.message) for check in others)]
    return ValidatedRows(
        table.with_columns(**stripped).with_columns(**helpers),
        pl.any_horizontal(*(check.wrong.fill_null(value=False) for check in checks)),
        pl.concat_str(message, separator="; ", ignore_nulls=True),
        values,
        (FAULT, LINE, *stripped, *helpers),
    )


def _kinds(table: pl.LazyFrame, columns: Sequence[str]) -> dict[str, cell_parsing.Kind]:
    """What columns of text hold: what the first cell is that has the shape of a date; none if no cell has."""
    kinds: dict[str, cell_parsing.Kind] = {}
    for rows in (table.head(10_000), table):  # nearly always the beginning tells
        asked = [column for column in columns if column not in kinds]
        if asked:
            cell = {column: pl.col(column).str.strip_chars() for column in asked}
            first = [text.filter(cell_parsing.is_dated(text)).first().alias(column) for column, text in cell.items()]
            seen = rows.filter(pl.col(FAULT).is_null()).select(first).collect(engine="streaming").row(0, named=True)
            kinds |= {column: kind for column, text in seen.items() if (kind := cell_parsing.date_kind(text))}
    return kinds
