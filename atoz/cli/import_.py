"""`atoz import`: payloads, report files and notices become JSON Lines of records."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.console import Console
from rich.progress import Progress

from atoz.cli.exit_codes import Exit
from atoz.cli.files import unreadable
from atoz.cli.output import note, said, show_error, shows_progress
from atoz.cli.remarks import remark_detail, show_remark
from atoz.errors import AtozError
from atoz.sources.format_detection import SourceKind
from atoz.sources.parse_result import Level, ParseResult
from atoz.sources.record_reading import read_records
from atoz.sources.records import AnyRecord, to_line


def import_files(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE", help="Payloads, report files or .eml notices, or - for standard input."),
    ],
    kind: Annotated[SourceKind | None, typer.Option("--kind", help="What the files are; detected by default.")] = None,
    order_id: Annotated[
        str | None, typer.Option("--order", metavar="ORDER_ID", help="The order id, for tracking files without one.")
    ] = None,
    marketplace: Annotated[
        str | None,
        typer.Option(
            "--marketplace",
            metavar="CODE",
            help="The marketplace whose time zone and currency apply, for reports and emails that name none.",
        ),
    ] = None,
) -> None:
    """Convert Amazon's files to JSON Lines, one record a line; what cannot be read is reported."""
    remarks: Counter[tuple[str, str]] = Counter()
    bad = 0
    hidden = not shows_progress() or sys.stdout.isatty()  # a bar and the records would share the screen
    bar = Progress(
        console=Console(stderr=True), transient=True, disable=hidden, redirect_stdout=False, redirect_stderr=False
    )
    with bar as progress:
        for name in files:
            try:
                with _opened(name, progress) as stream:
                    records = read_records(stream, kind=kind, what=name, order_id=order_id, marketplace=marketplace)
                    bad += _write(records, name, remarks)
            except AtozError as error:
                show_error(error)
                bad += 1
    for (code, detail), count in sorted(remarks.items()):
        note(said("remarks", count=count, detail=detail, named=code))
    if bad:
        raise typer.Exit(Exit.BAD_INPUT)


def _opened(name: str, progress: Progress) -> AbstractContextManager[BinaryIO]:
    """A file, counted by the progress bar while it is read.

    Raises:
        InvalidDocument: it cannot be opened.
    """
    if name == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return progress.open(Path(name), "rb", description=Path(name).name)
    except OSError as error:
        raise unreadable(name, error) from error


def _write(records: Iterator[ParseResult[AnyRecord]], name: str, remarks: Counter[tuple[str, str]]) -> int:
    """Write every record, report problems, and count what is lost; remarks are summed up at the end."""
    bad = 0
    for parsed in records:
        if parsed.value is not None:
            sys.stdout.write(f"{to_line(parsed.value)}\n")
        for remark in parsed.notes:
            if remark.level is Level.INFO:
                remarks[(remark.code, remark_detail(remark.code, remark.detail))] += 1
            else:
                show_remark(name, remark)
                bad += remark.level is Level.ERROR
    return bad
