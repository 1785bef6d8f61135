"""A file of orders or claims in, the same with windows or deadlines out; streamed, so it may be larger than memory.

Rows that cannot be read go to a rejects file with their line and the reason. The output appears when it is whole.
"""

import os
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import mkstemp
from typing import NamedTuple

import polars as pl
from polars.exceptions import ComputeError, PolarsError

from atoz.errors import Fault, InvalidDocument
from atoz.frames import cells, json_lines
from atoz.frames.sheet import PREFIX

Compute = Callable[[pl.LazyFrame], pl.LazyFrame]
FORMATS = {".csv": "csv", ".parquet": "parquet", ".jsonl": "jsonl", ".ndjson": "jsonl"}
LINE, FAULT, EXTRA, WRONG = (f"{PREFIX}{name}" for name in ("line", "fault", "extra", "wrong"))


class Counts(NamedTuple):
    """How many rows went where."""

    written: int
    rejected: int


def run_batch(
    source: Path, output: Path, rejects: Path, *, compute: Compute, facts: Mapping[str, str], dated: Sequence[str]
) -> Counts:
    """Compute a file; `facts` maps the names of facts to the file's columns, `dated` are the facts that are dates.

    CSV and Parquet come out as CSV, Parquet or JSON Lines, JSON Lines as JSON Lines, by the files' endings.

    Raises:
        InvalidDocument: a file's ending is not known, or it cannot be read or written.
    """
    kind, shape = format_of(source), format_of(output)
    if kind == "jsonl" and shape != "jsonl":
        raise _fault(output, "unknown_format", "JSON Lines come out as JSON Lines: end the name in .jsonl")
    run = partial(_run, source, output, rejects, compute=compute, facts=facts, dated=dated)
    try:
        try:
            return run(damaged=False)
        except ComputeError as error:
            if kind != "csv" or "utf-8" not in str(error):
                raise
            return run(damaged=True)  # once more from the start, with a look at every cell: no good file pays for it
    except PolarsError as error:
        raise _fault(source, "not_readable", str(error).splitlines()[0]) from error
    except OSError as error:
        raise _fault(Path(error.filename or source), "not_readable", error.strerror or "it cannot be read") from error


def _run(
    source: Path,
    output: Path,
    rejects: Path,
    *,
    compute: Compute,
    facts: Mapping[str, str],
    dated: Sequence[str],
    damaged: bool,
) -> Counts:
    """`damaged` says that a CSV file has bytes that are no UTF-8: their rows are rejected."""
    kind, shape = format_of(source), format_of(output)
    wanted = [facts.get(each, each) for each in (*dated, "marketplace", "status")]
    table = _scanned(source, kind, wanted, damaged=damaged)
    names = table.collect_schema().names()
    given = tuple(each for each in names if not each.startswith(PREFIX))
    market = facts.get("marketplace", "marketplace")
    good, bad = _parted(
        table,
        dated=[column for each in dated if (column := facts.get(each, each)) in given],
        marketplace=market if market in given else None,
        damaged=given if damaged else (),
    )
    sinks = _Sinks(compute(good), bad, table.select(pl.len()))
    return _written(sinks, output, rejects, shape, given)


def format_of(path: Path) -> str:
    """The format of a file, by its ending.

    Raises:
        InvalidDocument: it is none that is known.
    """
    found = FORMATS.get(path.suffix.lower())
    if found is None:
        raise _fault(path, "unknown_format", f"the name must end in one of {', '.join(FORMATS)}")
    return found


def _fault(path: Path, code: str, message: str) -> InvalidDocument:
    return InvalidDocument(str(path), (Fault("", code, message),))


def _scanned(source: Path, kind: str, wanted: Sequence[str], *, damaged: bool) -> pl.LazyFrame:
    """The lazy table of a file with its line numbers, and what is wrong with a line as a whole."""
    if kind == "parquet":
        return pl.scan_parquet(source, row_index_name=LINE, row_index_offset=1).with_columns(
            pl.lit(None, pl.String).alias(FAULT)
        )
    if kind == "jsonl":
        return json_lines.scanned(source, wanted, LINE, FAULT)
    with source.open("rb") as file:
        head = pl.read_csv(file, n_rows=0, infer_schema=False, encoding="utf8-lossy").columns
    table = pl.scan_csv(
        source,
        has_header=False,  # the header is read above: one column more shows rows with too many fields
        skip_rows=1,
        schema=dict.fromkeys((*head, EXTRA), pl.String),
        missing_columns="insert",
        encoding="utf8-lossy" if damaged else "utf8",
        truncate_ragged_lines=True,
        row_index_name=LINE,
        row_index_offset=2,
    )
    extra = pl.when(pl.col(EXTRA).is_not_null()).then(pl.lit("more fields than the header has"))
    return table.with_columns(extra.alias(FAULT)).drop(EXTRA)


def _parted(
    table: pl.LazyFrame, *, dated: Sequence[str], marketplace: str | None, damaged: Sequence[str]
) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """The good rows with their dates parsed, and the line and the faults of each bad one."""
    schema = table.collect_schema()
    clean, made, values = dict[str, pl.Expr](), dict[str, pl.Expr](), dict[str, pl.Expr]()
    checks = [cells.Check(pl.col(FAULT).is_not_null(), pl.col(FAULT))]
    for column in dated:
        parsed = pl.col(column)
        if schema[column] == pl.String:
            kind = _kind(table, column)
            text, value = f"{PREFIX}text_{column}", f"{PREFIX}value_{column}"
            clean[text] = pl.col(column).str.strip_chars()
            made[value] = cells.parsed(pl.col(text), kind or "day")
            parsed = values[column] = pl.col(value)
            checks.append(cells.date_check(column, kind, pl.col(text), parsed))
        if schema[column] == pl.String or schema[column].is_temporal():
            checks.append(cells.year_check(column, parsed))
    if marketplace is not None:
        checks.append(cells.marketplace_check(marketplace))
    if damaged:
        checks.append(cells.utf8_check(damaged))
    wrong = pl.any_horizontal(*(each.wrong.fill_null(value=False) for each in checks))
    said = pl.concat_str([pl.when(each.wrong).then(each.says) for each in checks], separator="; ", ignore_nulls=True)
    checked = table.with_columns(**clean).with_columns(**made).with_columns(wrong.alias(WRONG))
    bad = checked.filter(WRONG).select(pl.col(LINE).alias("line"), cells.harmless(said).alias("reason"))
    good = checked.filter(~pl.col(WRONG)).with_columns(**values)
    return good.drop(FAULT, LINE, WRONG, *clean, *made), bad


def _kind(table: pl.LazyFrame, column: str) -> cells.Kind | None:
    """What a column of text holds: what its first cell that is not empty is shaped like."""
    cell = pl.col(column).str.strip_chars()
    first = table.filter(pl.col(FAULT).is_null() & (cell != "")).select(column).head(1).collect(engine="streaming")
    return cells.kind_of(str(first[column][0])) if first.height else None


class _Sinks(NamedTuple):
    """What a batch computes: the good rows, the bad ones, and how many there are in all."""

    good: pl.LazyFrame
    bad: pl.LazyFrame
    every: pl.LazyFrame


def _written(sinks: _Sinks, output: Path, rejects: Path, shape: str, given: Sequence[str]) -> Counts:
    with whole_file(output) as new, whole_file(rejects) as refused:
        written = [_sink(sinks.good, new, shape, given), sinks.bad.sink_csv(refused, lazy=True)]
        *_, counted = pl.collect_all([*written, sinks.every], engine="streaming")
        rejected = int(pl.scan_csv(refused).select(pl.len()).collect().item())
    if not rejected:
        rejects.unlink(missing_ok=True)
    return Counts(int(counted.item()) - rejected, rejected)


def _sink(table: pl.LazyFrame, path: Path, shape: str, given: Sequence[str]) -> pl.LazyFrame:
    """The table on its way into a file; what was `given` may hold anything."""
    if shape == "parquet":
        return table.sink_parquet(path, lazy=True)
    if json_lines.TEXT in given:
        return json_lines.spliced(table).sink_csv(
            path, lazy=True, include_header=False, quote_style="never", separator="\x1f"
        )
    if shape == "jsonl":
        return table.sink_ndjson(path, lazy=True)
    schema = table.collect_schema()
    texts = [name for name in given if schema[name] == pl.String]
    heads = pl.Series(schema.names()).to_frame("name").select(cells.harmless(pl.col("name"))).to_series()
    safe = table.with_columns(cells.harmless(pl.col(name)).alias(name) for name in texts)
    return safe.rename(dict(zip(schema.names(), heads, strict=True))).sink_csv(
        path, lazy=True, datetime_format="%Y-%m-%dT%H:%M:%S%.f%:z"
    )


@contextmanager
def whole_file(path: Path) -> Generator[Path]:
    """A file beside another, which takes its place once it is safely written; if anything fails, nothing is left."""
    handle, name = mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".new")
    os.close(handle)
    new = Path(name)
    try:
        yield new
        with new.open("rb") as written:
            os.fsync(written.fileno())
        new.chmod(path.stat().st_mode & 0o7777 if path.exists() else 0o644)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
