"""`atoz reconcile`: the events that imported records suggest for a claim; `--apply` applies the ones you name."""

import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from atoz.cli.files import read_object, write_new
from atoz.cli.options import AsJson, AsOf, Exit, Lang, LanguageChoice, instant_option
from atoz.cli.output import show, show_error, show_json
from atoz.errors import AtozError, Fault, InvalidDocument
from atoz.lifecycle.replay import read_claim
from atoz.model.claim import Claim
from atoz.sources.parse_result import Level
from atoz.sources.reconciliation.reconcile import apply_suggestions, reconcile
from atoz.sources.reconciliation.suggestions import Reconciliation, Suggestion
from atoz.sources.record_reading import read_records
from atoz.sources.records import AnyRecord


def reconcile_claim(
    claim_file: Annotated[str, typer.Argument(metavar="CLAIM", help="The claim as JSON, or - for standard input.")],
    observations: Annotated[
        list[str], typer.Argument(help="Output of atoz import, or any file it reads; - for standard input.")
    ],
    as_of: AsOf = "now",
    apply_ids: Annotated[list[str] | None, typer.Option("--apply", metavar="ID", help="Apply this suggestion.")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write a new file; it must not exist.")] = None,
    in_place: Annotated[
        bool, typer.Option("--in-place", help="Replace the claim's file, once the new is safely written.")
    ] = False,
    as_json: AsJson = False,
    lang: Lang = LanguageChoice.EN,
) -> None:
    """Compare a claim with imported records and suggest events; only those named by --apply are applied."""
    if (output or in_place) and not apply_ids:
        raise InvalidDocument("reconcile", (Fault("", "nothing_named", "name what to apply with --apply ID"),))
    if in_place and (output or claim_file == "-"):
        raise InvalidDocument(
            "reconcile", (Fault("", "two_outputs", "--in-place needs a file, and does not go with -o"),)
        )
    if claim_file in observations and claim_file == "-":
        raise InvalidDocument(
            "reconcile", (Fault("", "two_inputs", "standard input can be read for one argument only"),)
        )
    claim = read_claim(read_object(claim_file), what=claim_file)
    records = _Observations(observations)
    reconciliation = reconcile(claim, records, instant_option("as-of", as_of))
    if apply_ids:
        _write(claim, apply_suggestions(claim, reconciliation, apply_ids), claim_file, output, in_place=in_place)
    elif as_json:
        show_json(reconciliation)
    else:
        show(_view(reconciliation, lang.value == "zh"))
    if records.bad:
        raise typer.Exit(Exit.BAD_INPUT)


class _Observations:
    """The records of some files, read when they are asked for; what is bad is reported and counted."""

    def __init__(self, files: list[str]) -> None:
        self._files = files
        self.bad = 0

    def __iter__(self) -> Iterator[AnyRecord]:
        """Every record of every file."""
        for name in self._files:
            try:
                with nullcontext(sys.stdin.buffer) if name == "-" else Path(name).open("rb") as stream:
                    yield from self._of(name, stream)
            except OSError as error:
                self._report(InvalidDocument(name, (Fault("", "not_readable", error.strerror or "it cannot be read"),)))
            except AtozError as error:
                self._report(error)

    def _of(self, name: str, stream: BinaryIO) -> Iterator[AnyRecord]:
        for parsed in read_records(stream, what=name):
            if parsed.value is not None:
                yield parsed.value
            for note in parsed.notes:
                if note.level is not Level.INFO:
                    sys.stderr.write(f"{name}: {note}\n")
                    self.bad += note.level is Level.ERROR

    def _report(self, error: AtozError) -> None:
        self.bad += 1
        show_error(error)


def _write(claim: Claim, moved: Claim, file: str, output: Path | None, *, in_place: bool) -> None:
    text = moved.model_dump_json(indent=2) + "\n"
    if in_place:
        write_new(Path(file), text, replace=True)
    elif output:
        write_new(output, text, replace=False)
    else:
        sys.stdout.write(text)
        return
    sys.stderr.write(f"applied: {claim.status} -> {moved.status}\n")


def _view(reconciliation: Reconciliation, chinese: bool) -> RenderableType:
    table = Table("suggestion", "strength", "possible", "evidence", "conflicts")
    for suggestion in reconciliation.suggestions:
        table.add_row(
            suggestion.id,
            suggestion.strength.value,
            _possible(suggestion),
            _evidence(suggestion),
            "\n".join(suggestion.conflicts),
        )
    why = reconciliation.funding.why
    lines = [
        f"order {reconciliation.order_id} as of {reconciliation.as_of.isoformat()}",
        f"funding: {reconciliation.funding.funding.label('zh' if chinese else 'en')}. {why.zh if chinese else why.en}",
        *(f"confirmed: {kind}" for kind in reconciliation.confirmed),
        *(f"{note.level}: {note.detail} [{note.code}]" for note in reconciliation.findings),
    ]
    nothing = Text("no event is suggested") if not reconciliation.suggestions else table
    return Group(*(Text(line) for line in lines), nothing)


def _possible(suggestion: Suggestion) -> str:
    return "yes" if suggestion.refusal is None else f"{suggestion.refusal.code}: {suggestion.refusal.message}"


def _evidence(suggestion: Suggestion) -> str:
    return "\n".join(f"{item.system} {item.key}: {item.says}" for item in suggestion.evidence)
