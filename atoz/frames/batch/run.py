"""A file of orders or claims in, the same with windows or deadlines out; streamed, so it may be larger than memory.

Rows that cannot be read go to a rejects file with their line and the reason. The output appears when it is whole.
"""

import os
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from secrets import token_hex

import polars as pl
from polars.exceptions import ComputeError

from atoz.errors import Fault, InvalidDocument
from atoz.frames.batch import cell_parsing, json_lines
from atoz.frames.batch.output_columns import check_columns
from atoz.frames.batch.row_validation import Counts, scan_rows, validate_rows
from atoz.frames.engine_errors import is_engine_error, reason_of
from atoz.frames.frame_types import PREFIX
from atoz.rulebook.edition import Edition

Compute = Callable[[pl.LazyFrame], pl.LazyFrame]
FORMATS = {".csv": "csv", ".parquet": "parquet", ".jsonl": "jsonl", ".ndjson": "jsonl"}


def run_batch(
    source: Path,
    output: Path,
    rejects: Path,
    *,
    compute: Compute,
    facts: Mapping[str, str],
    dated: Sequence[str],
    editions: Sequence[Edition] = (),
) -> Counts:
    """Compute a file; `facts` maps the names of facts to the file's columns, `dated` are the facts that are dates.

    Rows may name the `editions` that are passed, besides those that ship.


    CSV and Parquet come out as CSV, Parquet or JSON Lines, JSON Lines as JSON Lines, by the files' endings. Blank rows
    of a CSV file, and rows with more or fewer fields than its header, are rejected.

    Raises:
        InvalidDocument: a file's ending is not known, or it cannot be read or written.
    """
    input_format, output_format = format_of(source), format_of(output)
    if input_format == "jsonl" and output_format != "jsonl":
        raise _fault(output, "unknown_format", "JSON Lines come out as JSON Lines: end the name in .jsonl")
    run = partial(_run, source, output, rejects, compute=compute, facts=facts, dated=dated, editions=editions)
    try:
        try:
            return run(invalid_utf8=False)
        except ComputeError as error:
            if input_format == "parquet" or "utf-8" not in str(error):
                raise
            return run(
                invalid_utf8=True
            )  # once more from the start, with a look at every cell: no good file pays for it
    except OSError as error:
        raise _fault(Path(error.filename or source), "not_readable", error.strerror or "it cannot be read") from error
    except BaseException as error:  # Polars' panics are no `Exception`
        if not is_engine_error(error):
            raise
        raise _fault(source, "not_readable", f"it cannot be read: {reason_of(error)}") from error


def _run(  # noqa: PLR0913  (a run is all of these)
    source: Path,
    output: Path,
    rejects: Path,
    *,
    compute: Compute,
    facts: Mapping[str, str],
    dated: Sequence[str],
    editions: Sequence[Edition],
    invalid_utf8: bool,
) -> Counts:
    """`invalid_utf8` says that a CSV file has bytes that are no UTF-8: their rows are rejected."""
    input_format, output_format = format_of(source), format_of(output)
    wanted = [facts.get(fact, fact) for fact in (*dated, "marketplace", "status", "edition")]
    table = scan_rows(source, input_format, wanted, invalid_utf8=invalid_utf8)
    names = table.collect_schema().names()
    original = tuple(name for name in names if not name.startswith(PREFIX))
    rows = validate_rows(
        table,
        dated=[column for fact in dated if (column := facts.get(fact, fact)) in original],
        facts=facts,
        editions=editions,
        invalid_utf8=original if invalid_utf8 and input_format == "csv" else (),  # JSON is looked at line by line
    )
    counts = rows.counted()
    good = compute(rows.good(every=not counts.rejected))
    check_columns(output, good.collect_schema(), output_format)
    if input_format == "jsonl":
        good = json_lines.splice_results(source, good)
    try:
        with whole_file(output) as new, whole_file(rejects) as refused:
            if counts.rejected:
                rows.bad().sink_csv(refused)
            _sink(good, new, output_format, original)
    except OSError as error:
        raise _fault(output, "not_writable", error.strerror or "it cannot be written") from error
    if not counts.rejected:
        rejects.unlink(missing_ok=True)
    return counts


def format_of(path: Path) -> str:
    """The format of a file, by its ending.

    Raises:
        InvalidDocument: it is none that is known.
    """
    known = FORMATS.get(path.suffix.lower())
    if known is None:
        raise _fault(path, "unknown_format", f"the name must end in one of {', '.join(FORMATS)}")
    return known


def _fault(path: Path, code: str, message: str) -> InvalidDocument:
    return InvalidDocument(str(path), (Fault("", code, message),))


def _sink(table: pl.LazyFrame, path: Path, output_format: str, original: Sequence[str]) -> None:
    """Write the table; the `original` columns may hold anything."""
    if output_format == "parquet":
        table.sink_parquet(path)
    elif table.collect_schema().names() == [json_lines.SPLICED]:
        table.sink_csv(path, include_header=False, quote_style="never", separator="\x1f")
    elif output_format == "jsonl":
        table.sink_ndjson(path)
    else:
        schema = table.collect_schema()
        texts = [name for name in original if isinstance(schema[name], (pl.String, pl.Categorical, pl.Enum))]
        heads = (
            pl.Series(schema.names()).to_frame("name").select(cell_parsing.escape_formulas(pl.col("name"))).to_series()
        )
        safe = [cell_parsing.escape_formulas(pl.col(name).cast(pl.String)).alias(name) for name in texts]
        times = [
            pl.col(name).dt.to_string(f"%Y-%m-%dT%H:%M:%S%.f{'%:z' if dtype.time_zone else ''}")
            for name, dtype in schema.items()
            if isinstance(dtype, pl.Datetime)
        ]
        table.with_columns(*safe, *times).rename(dict(zip(schema.names(), heads, strict=True))).sink_csv(path)


@contextmanager
def whole_file(path: Path) -> Generator[Path]:
    """A file beside another, which takes its place once it is safely written; if anything fails, nothing is left."""
    new = path.with_name(f".{path.name}.{token_hex(8)}.new")
    new.touch(exist_ok=False)
    try:
        yield new
        with new.open("rb") as written:
            os.fsync(written.fileno())
        if path.exists():
            new.chmod(path.stat().st_mode & 0o7777)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
