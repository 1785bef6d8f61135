"""`atoz batch`: windows or deadlines for a whole file of orders or claims."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from functools import partial
from glob import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import sleep
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from pydantic import Field
from pydantic_core import PydanticCustomError

from atoz.cli.exit_codes import Exit
from atoz.cli.options import EditionName, Replace, instant_option, pairs_option
from atoz.cli.output import said, show_json, show_lines, shows_progress
from atoz.cli.rules import choose_edition
from atoz.cli.stored import StoreUrl, required_store
from atoz.errors import Fault, InvalidDocument, MissingExtra
from atoz.model.events import EVENT_CLASSES
from atoz.model.history import ORDER_FACTS
from atoz.model.instant import Instant, to_day
from atoz.model.reason import ClaimReason
from atoz.model.record import Document
from atoz.rulebook.deadline_clock import DeadlineName, clock
from atoz.rulebook.edition import DEFAULT_EDITION, Edition

if TYPE_CHECKING:
    import polars as pl

_ORDER_DATES = ("placed_at", "deliver_by", "delivered_at", "respond_by", *ORDER_FACTS)
_WIND_UP = 0.3
"""Seconds after which the threads of a dataframe engine have noticed that they are to stop."""
_ACT_BY = ("act_by", "act_by_edition", "act_by_kind", "act_by_missing")
_RESULTS = {
    "due_at": "due_at",
    "days_left": "days_left",
    "state": "state",
    "deadline_edition": "edition",
    "deadline_missing": "missing",
}


class BatchResult(Document):
    """What `atoz batch --json` prints."""

    kind: Literal["batch_result"] = Field(
        default="batch_result", description="Says that this document is the result of a run over a file."
    )
    as_of: Instant | None = Field(default=None, description="The instant at which deadlines were judged; windows none.")
    written: int = Field(description="Rows in the output.")
    rejected: int = Field(description="Rows in the file of rejects.")


def run_batch_file(
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="OUT", help="The file to write, in any of these formats.")
    ],
    source: Annotated[
        Path | None,
        typer.Argument(
            metavar="IN",
            help="CSV, Parquet or JSON Lines (.csv, .parquet, .jsonl); without it, every stored claim.",
        ),
    ] = None,
    store_url: StoreUrl = None,
    deadline: Annotated[
        list[DeadlineName] | None, typer.Option("--deadline", help="Calculate this deadline; may be repeated.")
    ] = None,
    reason: Annotated[ClaimReason, typer.Option(help="The reason for the claims.")] = ClaimReason.NOT_RECEIVED,
    edition: EditionName = DEFAULT_EDITION,
    on: Annotated[
        str | None, typer.Option(metavar="DAY|COLUMN", help="A day to give verdicts for, or a column of days.")
    ] = None,
    as_of: Annotated[
        str,
        typer.Option(
            "--as-of", metavar="INSTANT", help="The instant at which deadlines are judged; `now` is the current time."
        ),
    ] = "now",
    column: Annotated[
        list[str] | None,
        typer.Option("--column", metavar="FACT=NAME", help="The column that holds a fact; may be repeated."),
    ] = None,
    rejects: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where bad rows go; default: OUT.rejects.csv.")
    ] = None,
    replace: Replace = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
) -> None:
    """Calculate the filing window, or deadlines, for every row of a file; bad rows go to a separate file.

    Beside a deadline's own date stands NAME_act_by: by when to act under the rules in force on the filing day.

    Stored claims are read as the rows that `atoz store export --form csv` prints.
    """
    try:
        from atoz.frames.batch.run import run_batch  # noqa: PLC0415  (only who needs dataframes needs their libraries)
    except ModuleNotFoundError as missing:
        raise MissingExtra("atoz batch", "polars") from missing
    refused = rejects or output.parent / f"{output.name}.rejects.csv"
    _check_paths([source] if source else [], output, refused, replace=replace)
    columns = pairs_option("--column", "FACT=NAME", column)
    verdicts = _day_or_column(on)
    now, counting_by = instant_option("as-of", as_of), choose_edition(edition)
    if deadline and on is not None:
        fault = Fault("--on", "not_with_deadlines", "--on is for windows; with --deadline, use --as-of")
        raise InvalidDocument("batch", (fault,))
    counting = (
        partial(_with_deadlines, which=deadline, edition=counting_by, columns=columns, as_of=now)
        if deadline
        else partial(_with_windows, edition=counting_by, reason=reason, on=verdicts, columns=columns)
    )
    own = (counting_by,) if isinstance(counting_by, Edition) else ()
    facts = {**columns, **({"on": verdicts} if isinstance(verdicts, str) else {})}
    dated = (*_ORDER_DATES, *(f"{kind}_at" for kind in EVENT_CLASSES), *(("on",) if "on" in facts else ()))
    with _rows(source, store_url) as rows, _swept(output, refused), _progress(output):
        counts = run_batch(rows, output, refused, compute=counting, facts=facts, dated=dated, editions=own)
    if as_json:
        at = now if deadline else None
        show_json(BatchResult(as_of=at, written=counts.written, rejected=counts.rejected))
    else:
        code = "row_written" if counts.written == 1 else "rows_written"
        parts = [said(code, written=counts.written, file=output, rejected=counts.rejected)]
        parts += [said("rows_refused", file=refused)] if counts.rejected else []
        parts += [said("rows_as_of", instant=now.isoformat())] if deadline else []
        show_lines(["".join(parts)])
    if counts.rejected:
        raise typer.Exit(Exit.BAD_INPUT)


@contextmanager
def _rows(source: Path | None, store_url: str | None) -> Generator[Path]:
    """The file of rows; those of the stored claims lie in a folder that nobody else may read, for as long as needed."""
    if source is not None:
        yield source
        return
    with required_store(store_url, "batch") as store, TemporaryDirectory() as folder:
        from atoz.store import export_csv  # noqa: PLC0415  (only who has a store needs its libraries)

        exported = Path(folder) / "claims.csv"
        with exported.open("w", encoding="utf-8", newline="") as rows:
            rows.writelines(export_csv(store))
        yield exported


def _with_windows(
    table: "pl.LazyFrame",
    *,
    edition: str | Edition,
    reason: ClaimReason,
    on: date | str | None,
    columns: Mapping[str, str],
) -> "pl.LazyFrame":
    from atoz.frames import with_filing_window  # noqa: PLC0415

    return with_filing_window(table, edition=edition, reason=reason, on=on, columns=columns)


def _with_deadlines(
    table: "pl.LazyFrame",
    *,
    which: Sequence[DeadlineName],
    edition: str | Edition,
    columns: Mapping[str, str],
    as_of: datetime,
) -> "pl.LazyFrame":
    from atoz.frames import with_act_by, with_deadlines  # noqa: PLC0415

    for name in dict.fromkeys(which):
        results = {result: f"{name}_{short}" for result, short in _RESULTS.items()}
        table = with_deadlines(table, which=name, edition=edition, as_of=as_of, columns={**columns, **results})
        if clock(name).party == "seller":
            results = {result: f"{name}_{result}" for result in _ACT_BY}
            table = with_act_by(table, which=name, edition=edition, as_of=as_of, columns={**columns, **results})
    return table


def _check_paths(sources: Sequence[Path], output: Path, rejects: Path, *, replace: bool) -> None:
    faults = [
        Fault(str(path), "exists", "the file exists; name another one, or use --replace")
        for path in (output, rejects)
        if path.exists() and not replace
    ]
    faults += [
        Fault(str(source), "not_readable", "there is no such file") for source in sources if not source.is_file()
    ]
    for path in (output, rejects):
        if path.is_dir():
            faults.append(Fault(str(path), "not_writable", "it is a folder"))
        elif not path.parent.is_dir():
            faults.append(Fault(str(path), "not_writable", "there is no such folder"))
    if rejects.resolve() in {path.resolve() for path in (output, *sources)}:
        faults.append(Fault(str(rejects), "same_file", "bad rows need a separate file: name one with --rejects"))
    if faults:
        raise InvalidDocument("batch", tuple(faults))


def _day_or_column(on: str | None) -> date | str | None:
    """A day where the text is one, otherwise the name of a column."""
    try:
        return None if on is None else to_day(on)
    except PydanticCustomError:
        return on


@contextmanager
def _swept(*outputs: Path) -> Generator[None]:
    """On Ctrl-C, take away what is half written, also what the engine's threads still began after it."""
    try:
        yield
    except KeyboardInterrupt:
        sleep(_WIND_UP)
        for output in outputs:
            for part in output.parent.glob(f".{escape(output.name)}.*.new"):
                part.unlink(missing_ok=True)
        raise


@contextmanager
def _progress(output: Path) -> Generator[None]:
    """How much is written, while it is being written, if anybody watches."""
    if not shows_progress():
        yield
        return
    from rich.console import Console  # noqa: PLC0415

    screen = Console(stderr=True)
    done = Event()

    def watch() -> None:
        with screen.status("reading") as status:
            while not done.wait(0.5):
                with suppress(OSError):  # it has just taken its place
                    size = sum(part.stat().st_size for part in output.parent.glob(f".{output.name}.*.new"))
                    status.update(f"{size / 1_000_000:.0f} MB written")

    watching = Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield
    finally:
        done.set()
        watching.join()
