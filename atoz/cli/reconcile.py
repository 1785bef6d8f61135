"""`atoz reconcile`: what observations suggest for a claim; `--apply` writes it with those that are named."""

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
        list[str], typer.Argument(help="What atoz import wrote, or any file that it reads; - for standard input.")
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
    """Hold a claim against what the sources show; nothing is changed but by --apply, and only what is named."""
    if (output or in_place) and not apply_ids:
        raise InvalidDocument("reconcile", (Fault("", "nothing_named", "name what to apply: --apply ID"),))
    if in_place and (output or claim_file == "-"):
        raise InvalidDocument("reconcile", (Fault("", "two_outputs", "--in-place needs a file, without -o"),))
    if claim_file in observations and claim_file == "-":
        raise InvalidDocument("reconcile", (Fault("", "two_inputs", "standard input holds one thing only"),))
    claim = read_claim(read_object(claim_file), what=claim_file)
    seen = _Seen(observations)
    found = reconcile(claim, seen, instant_option("as-of", as_of))
    if apply_ids:
        _write(claim, apply_suggestions(claim, found, apply_ids), claim_file, output, in_place=in_place)
    elif as_json:
        show_json(found)
    else:
        show(_view(found, lang.value == "zh"))
    if seen.bad:
        raise typer.Exit(Exit.BAD_INPUT)


class _Seen:
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


def _view(found: Reconciliation, chinese: bool) -> RenderableType:
    table = Table("suggestion", "strength", "possible", "evidence", "conflicts")
    for each in found.suggestions:
        table.add_row(each.id, each.strength.value, _possible(each), _evidence(each), "\n".join(each.conflicts))
    why = found.funding.why
    lines = [
        f"order {found.order_id} as of {found.as_of.isoformat()}",
        f"funding: {found.funding.funding.label('zh' if chinese else 'en')}. {why.zh if chinese else why.en}",
        *(f"confirmed: {kind}" for kind in found.confirmed),
        *(f"{note.level}: {note.detail} [{note.code}]" for note in found.findings),
    ]
    nothing = Text("nothing is suggested") if not found.suggestions else table
    return Group(*(Text(line) for line in lines), nothing)


def _possible(each: Suggestion) -> str:
    return "yes" if each.refusal is None else f"{each.refusal.code}: {each.refusal.message}"


def _evidence(each: Suggestion) -> str:
    return "\n".join(f"{seen.system} {seen.key}: {seen.says}" for seen in each.evidence)
