"""`atoz reconcile`: the events that imported records suggest for a claim; `--apply` applies the ones you name."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from atoz.cli.apply import claim_text
from atoz.cli.exit_codes import Exit
from atoz.cli.files import opened, read_object, unreadable
from atoz.cli.options import (
    AsJson,
    AsOf,
    Lang,
    LanguageChoice,
    Output,
    Replace,
    ZoneName,
    instant_option,
    zone_option,
)
from atoz.cli.output import note, said, show, show_error, show_json, show_lines
from atoz.cli.output_files import locked_file, write_output
from atoz.cli.remarks import show_remark
from atoz.cli.rules import OwnEdition, own_editions, read_noted
from atoz.cli.stored import ClaimSource, StoreUrl, claim_object, is_claim_id, required_store
from atoz.errors import AtozError, Fault, InvalidDocument
from atoz.model.claim import Claim
from atoz.model.record import parse_json
from atoz.model.text import Language
from atoz.report.clock import Clock
from atoz.report.phrases import say
from atoz.rulebook.edition import Edition
from atoz.sources.parse_result import Level
from atoz.sources.reconciliation.reconcile import apply_suggestions, reconcile
from atoz.sources.reconciliation.suggestions import Reconciliation, Suggestion
from atoz.sources.record_reading import read_records
from atoz.sources.records import AnyRecord


def reconcile_claim(
    claim_file: ClaimSource,
    observations: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE", help="Output of `atoz import`, or any file that it reads, or - for standard input."
        ),
    ],
    as_of: AsOf = "now",
    apply_ids: Annotated[
        list[str] | None, typer.Option("--apply", metavar="ID", help="Apply this suggestion; may be repeated.")
    ] = None,
    output: Output = None,
    replace: Replace = False,
    in_place: Annotated[
        bool, typer.Option("--in-place", help="Replace the claim's file once the new claim is safely written.")
    ] = False,
    edition: OwnEdition = None,
    store_url: StoreUrl = None,
    zone: ZoneName = None,
    as_json: AsJson = False,
    lang: Lang = LanguageChoice.EN,
) -> None:
    """Compare a claim with imported records and suggest events; only those named by --apply are applied."""
    _check_usage(claim_file, observations, apply_ids, output, in_place=in_place)
    own, editions = zone_option(zone), own_editions(edition)
    now, records = instant_option("as-of", as_of), _Observations(observations)
    if apply_ids and is_claim_id(claim_file):
        _apply_stored(claim_file, records, now, apply_ids, store_url, editions)
    elif apply_ids and in_place:
        with locked_file(Path(claim_file)) as stored:
            claim = read_noted(parse_json(stored.text, what=claim_file), what=claim_file, editions=editions)
            moved = _moved(claim, records, now, apply_ids, editions)
            stored.replace(claim_text(moved))
        _report_change(claim, moved)
    elif apply_ids:
        claim = read_noted(read_object(claim_file), what=claim_file, editions=editions)
        moved = _moved(claim, records, now, apply_ids, editions)
        write_output(claim_text(moved), output, replace=replace, private=True)
        _report_change(claim, moved)
    else:
        claim = read_noted(claim_object(claim_file, store_url, "reconcile"), what=claim_file, editions=editions)
        reconciliation = reconcile(claim, records, as_of=now, editions=editions)
        clock = Clock(claim.order.zone, own)
        show_json(reconciliation) if as_json else show(_view(reconciliation, lang.value, clock))
    if records.bad:
        raise typer.Exit(Exit.BAD_INPUT)


def _moved(
    claim: Claim, records: "_Observations", now: datetime, apply_ids: list[str], editions: tuple[Edition, ...]
) -> Claim:
    """The claim with the suggestions that are named."""
    reconciliation = reconcile(claim, records, as_of=now, editions=editions)
    return apply_suggestions(claim, reconciliation, apply_ids, editions=editions)


def _apply_stored(
    claim_id: str,
    records: "_Observations",
    now: datetime,
    apply_ids: list[str],
    store_url: str | None,
    editions: tuple[Edition, ...],
) -> None:
    """Apply suggestions to a stored claim: the corrected order first, then each event at its place in time."""
    with required_store(store_url, "reconcile", editions=editions) as store:
        stored = store.get(claim_id)
        reconciliation = reconcile(stored.claim, records, as_of=now, editions=editions)
        moved = apply_suggestions(stored.claim, reconciliation, apply_ids, editions=editions)
        changed = stored
        if moved.order != stored.claim.order:
            changed = store.correct_order(claim_id, moved.order, expected_version=changed.version)
        events = [suggestion.event for suggestion in reconciliation.suggestions if suggestion.id in apply_ids]
        for event in events:
            if event is not None:
                changed = store.record(claim_id, event, expected_version=changed.version)
    before, after = stored.claim.status, changed.claim.status
    show_lines([said("stored_moved", claim_id=claim_id, before=before, after=after, version=changed.version)])


def _check_usage(
    claim_file: str, observations: list[str], apply_ids: list[str] | None, output: Path | None, *, in_place: bool
) -> None:
    faults: list[Fault] = []
    if (output or in_place) and not apply_ids:
        faults.append(Fault("", "nothing_named", "name what to apply with --apply ID"))
    if in_place and (output or claim_file == "-"):
        faults.append(Fault("", "two_outputs", "--in-place needs a file and cannot be combined with -o"))
    if [claim_file, *observations].count("-") > 1:
        faults.append(Fault("", "two_inputs", "standard input can be used for only one argument"))
    if faults:
        raise InvalidDocument("reconcile", tuple(faults))


def _report_change(before: Claim, after: Claim) -> None:
    note(said("suggestions_applied", before=before.status, after=after.status))


class _Observations:
    """The records of some files, read when they are asked for; what is bad is reported and counted."""

    def __init__(self, files: list[str]) -> None:
        self._files = files
        self.bad = 0

    def __iter__(self) -> Iterator[AnyRecord]:
        """Every record of every file."""
        for name in self._files:
            try:
                with opened(name) as stream:
                    yield from self._of(name, stream)
            except OSError as error:
                self._report(unreadable(name, error))
            except AtozError as error:
                self._report(error)

    def _of(self, name: str, stream: BinaryIO) -> Iterator[AnyRecord]:
        for parsed in read_records(stream, what=name):
            if parsed.value is not None:
                yield parsed.value
            for remark in parsed.notes:
                if remark.level is not Level.INFO:
                    show_remark(name, remark)
                    self.bad += remark.level is Level.ERROR

    def _report(self, error: AtozError) -> None:
        self.bad += 1
        show_error(error)


def _view(reconciliation: Reconciliation, language: Language, clock: Clock) -> RenderableType:
    """Blocks rather than columns: a suggestion's id has to be typed, so no narrow screen may cut it."""
    funding = reconciliation.funding
    paid = f"{funding.funding.label(language)}. {funding.why.say(language)}"
    lines = [
        say("reconcile_head", language, order=reconciliation.order_id, as_of=clock.at(reconciliation.as_of)),
        say("reconcile_funding", language, says=paid),
        *(say("reconcile_confirmed", language, event=_name(kind, language)) for kind in reconciliation.confirmed),
        *(
            say("reconcile_note", language, level=say(f"level_{note.level}", language), says=note.detail)
            + f" [{note.code}]"
            for note in reconciliation.findings
        ),
    ]
    if not reconciliation.suggestions:
        return Group(*map(Text, lines), Text(say("reconcile_nothing", language)))
    blocks = [part for suggestion in reconciliation.suggestions for part in _block(suggestion, language, clock)]
    return Group(*map(Text, lines), *blocks, Text(), Text(say("reconcile_how", language)))


def _block(suggestion: Suggestion, language: Language, clock: Clock) -> Iterator[RenderableType]:
    yield Text()
    yield Text(suggestion.id, style="bold", no_wrap=True, overflow="ignore")
    if suggestion.event:
        yield _indented(f"{_name(suggestion.event.kind, language)}, {clock.at(suggestion.event.at)}")
    strength = say(f"strength_{suggestion.strength}", language)
    if suggestion.refusal is None:
        yield _indented(say("reconcile_possible", language, strength=strength))
    else:
        reason = f"{suggestion.refusal.message} [{suggestion.refusal.code}]"
        yield _indented(say("reconcile_refused", language, strength=strength, reason=reason))
    for evidence in suggestion.evidence:
        says = f"{evidence.system} {evidence.key}: {evidence.says}"
        yield _indented(say("reconcile_evidence", language, says=says))
    for conflict in suggestion.conflicts:
        yield _indented(say("reconcile_conflict", language, says=conflict.say(language)))


def _indented(words: str) -> RenderableType:
    return Padding(Text(words), (0, 0, 0, 2), expand=False)


def _name(kind: str, language: Language) -> str:
    return say(f"event_{kind}", language)
