"""A file of orders or claims in, the same with windows or deadlines out; streamed, so it may be larger than memory.

Rows that cannot be read go to a rejects file with their line and the reason. The output appears when it is whole.
"""

import os
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkstemp
from typing import NamedTuple

import polars as pl
from polars.exceptions import PolarsError

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


class Facts(NamedTuple):
    """The columns of the table that hold dates, and the one that holds marketplaces, if there is one."""

    dated: tuple[str, ...]
    marketplace: str | None


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
    try:
        table, text = _scanned(source, kind, [facts.get(each, each) for each in (*dated, "marketplace", "status")])
        names = table.collect_schema().names()
        columns = Facts(tuple(facts.get(each, each) for each in dated if facts.get(each, each) in names), None)
        market = facts.get("marketplace", "marketplace")
        good, bad = _parted(table, columns._replace(marketplace=market if market in names else None), text)
        sinks = _Sinks(compute(good), bad, table.select(pl.len()))
        return _written(sinks, output, rejects, shape, spliced=kind == "jsonl")
    except PolarsError as error:
        raise _fault(source, "not_readable", str(error).splitlines()[0]) from error
    except OSError as error:
        raise _fault(Path(error.filename or source), "not_readable", error.strerror or "it cannot be read") from error


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


def _scanned(source: Path, kind: str, wanted: Sequence[str]) -> tuple[pl.LazyFrame, tuple[str, ...]]:
    """The lazy table of a file with its line numbers, and the columns whose bytes may be no UTF-8."""
    if kind == "parquet":
        return pl.scan_parquet(source, row_index_name=LINE, row_index_offset=1).with_columns(
            pl.lit(None, pl.String).alias(FAULT)
        ), ()
    if kind == "jsonl":
        return json_lines.scanned(source, wanted, LINE, FAULT), ()
    with source.open("rb") as file:
        head = pl.read_csv(file, n_rows=0, infer_schema=False, encoding="utf8-lossy").columns
    schema = dict.fromkeys((*head, EXTRA), pl.String)
    table = pl.scan_csv(
        source,
        has_header=False,  # the header is read above: one column more shows rows with too many fields
        skip_rows=1,
        schema=schema,
        missing_columns="insert",
        encoding="utf8-lossy",
        truncate_ragged_lines=True,
        row_index_name=LINE,
        row_index_offset=2,
    )
    extra = pl.when(pl.col(EXTRA).is_not_null()).then(pl.lit("more fields than the header has"))
    return table.with_columns(extra.alias(FAULT)).drop(EXTRA), tuple(head)


def _parted(table: pl.LazyFrame, facts: Facts, text: Sequence[str]) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """The good rows with their dates parsed, and the line and the faults of each bad one."""
    schema = table.collect_schema()
    made, values = dict[str, pl.Expr](), dict[str, pl.Expr]()
    checks = [cells.Check(pl.col(FAULT).is_not_null(), pl.col(FAULT))]
    for column in facts.dated:
        parsed = pl.col(column)
        if schema[column] == pl.String:
            kind = _kind(table, column)
            made[_value(column)] = cells.parsed(pl.col(column), kind or "day")
            parsed = values[column] = pl.col(_value(column))
            checks.append(cells.date_check(column, kind, parsed))
        if schema[column] == pl.String or schema[column].is_temporal():
            checks.append(cells.year_check(column, parsed))
    if facts.marketplace is not None:
        checks.append(cells.marketplace_check(facts.marketplace))
    if text:
        checks.append(cells.utf8_check(text))
    wrong = pl.any_horizontal(*(each.wrong.fill_null(value=False) for each in checks))
    said = pl.concat_str([pl.when(each.wrong).then(each.says) for each in checks], separator="; ", ignore_nulls=True)
    checked = table.with_columns(**made).with_columns(wrong.alias(WRONG))
    bad = checked.filter(WRONG).select(pl.col(LINE).alias("line"), cells.harmless(said).alias("reason"))
    return checked.filter(~pl.col(WRONG)).with_columns(**values).drop(FAULT, LINE, WRONG, *made), bad


def _value(column: str) -> str:
    """Where the parsed dates of a column are kept beside its text."""
    return f"{PREFIX}value_{column}"


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


def _written(sinks: _Sinks, output: Path, rejects: Path, shape: str, *, spliced: bool) -> Counts:
    with whole_file(output) as new, whole_file(rejects) as refused:
        result = json_lines.spliced(sinks.good) if spliced else sinks.good
        written = [_sink(result, new, shape), sinks.bad.sink_csv(refused, lazy=True)]
        *_, counted = pl.collect_all([*written, sinks.every], engine="streaming")
        rejected = int(pl.scan_csv(refused).select(pl.len()).collect().item())
    if not rejected:
        rejects.unlink(missing_ok=True)
    return Counts(int(counted.item()) - rejected, rejected)


def _sink(table: pl.LazyFrame, path: Path, shape: str) -> pl.LazyFrame:
    """The table on its way into a file."""
    if shape == "parquet":
        return table.sink_parquet(path, lazy=True)
    if json_lines.SPLICED in table.collect_schema().names():
        return table.sink_csv(path, lazy=True, include_header=False, quote_style="never", separator="\x1f")
    if shape == "jsonl":
        return table.sink_ndjson(path, lazy=True)
    texts = [name for name, dtype in table.collect_schema().items() if dtype == pl.String]
    safe = table.with_columns(cells.harmless(pl.col(name)).alias(name) for name in texts)
    names = safe.collect_schema().names()
    heads = (
        pl.DataFrame({"name": names}, schema={"name": pl.String})
        .select(cells.harmless(pl.col("name")).alias("name"))["name"]
        .to_list()
    )
    return safe.rename(dict(zip(names, heads, strict=True))).sink_csv(
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
