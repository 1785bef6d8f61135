"""`atoz apply`: add an event to a claim file."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from atoz.cli.files import as_object, read_object, read_text
from atoz.cli.options import Output, Replace, instant_option, pairs_option
from atoz.cli.output import note, said, show_lines
from atoz.cli.output_files import locked_file, write_output
from atoz.cli.rules import OwnEdition, own_editions, read_noted
from atoz.cli.stored import ClaimSource, StoreUrl, is_claim_id, required_store
from atoz.errors import Fault, InvalidDocument, UnknownName
from atoz.lifecycle.corrections import record
from atoz.lifecycle.operations import apply, lapse
from atoz.model.claim import Claim
from atoz.model.events import EVENT_CLASSES, AnyEvent
from atoz.model.record import faults_of, parse_json
from atoz.rulebook.edition import Edition


def apply_event(
    file: ClaimSource,
    event: Annotated[
        str, typer.Argument(metavar="EVENT", help="Its kind, with --at and --set; or the event as JSON, or @FILE.")
    ],
    at: Annotated[
        str | None,
        typer.Option(metavar="INSTANT", help="When it happened, with its offset; `now` is the current time."),
    ] = None,
    setting: Annotated[
        list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="A field of the event; may be repeated.")
    ] = None,
    output: Output = None,
    replace: Replace = False,
    in_place: Annotated[
        bool, typer.Option("--in-place", help="Replace the file once the new claim is safely written.")
    ] = False,
    late: Annotated[
        bool, typer.Option("--late", help="The event was learnt late: insert it where it belongs in time.")
    ] = False,
    edition: OwnEdition = None,
    store_url: StoreUrl = None,
) -> None:
    """Apply an event to a claim: the new claim goes to standard output, to -o NEW, --in-place, or into the store."""
    editions = own_editions(edition)
    move = partial(record if late else apply, editions=editions)
    if is_claim_id(file):
        _apply_stored(file, event, at, setting or [], store_url, late=late, editions=editions)
        return
    if in_place and (output or file == "-"):
        raise InvalidDocument(
            "apply", (Fault("", "two_outputs", "--in-place needs a file and cannot be combined with -o"),)
        )
    if in_place:
        with locked_file(Path(file)) as stored:  # "now" is read under the lock, so that events keep their order
            claim = read_noted(parse_json(stored.text, what=file), what=file, editions=editions)
            happened = _event(claim, event, at, setting or [], editions)
            moved = move(claim, happened)
            stored.replace(claim_text(moved))
    else:
        claim = read_noted(read_object(file), what=file, editions=editions)
        happened = _event(claim, event, at, setting or [], editions)
        moved = move(claim, happened)
        write_output(claim_text(moved), output, replace=replace, private=True)
    if in_place or output:
        note(said("event_applied", event=happened.kind, before=claim.status, after=moved.status))


def _apply_stored(
    claim_id: str,
    event: str,
    at: str | None,
    setting: list[str],
    store_url: str | None,
    *,
    late: bool,
    editions: tuple[Edition, ...],
) -> None:
    """Apply an event to a stored claim; if another writer was faster nothing is written, and the error says so."""
    with required_store(store_url, "apply", editions=editions) as store:
        stored = store.get(claim_id)
        write = store.record if late else store.append
        moved = write(claim_id, _event(stored.claim, event, at, setting, editions), expected_version=stored.version)
    before, after = stored.claim.status, moved.claim.status
    show_lines([said("stored_moved", claim_id=claim_id, before=before, after=after, version=moved.version)])


def claim_text(claim: Claim) -> str:
    """A claim as the text of its file."""
    return claim.model_dump_json(indent=2) + "\n"


def _event(claim: Claim, text: str, at: str | None, setting: list[str], editions: tuple[Edition, ...]) -> AnyEvent:
    raw = read_text(text[1:]) if text.startswith("@") else text
    if raw.lstrip().startswith("{"):
        data = as_object(parse_json(raw, what="event"), "event")
    elif raw in EVENT_CLASSES:
        data = dict[str, object](kind=raw)
    else:
        raise UnknownName.with_suggestions("event", raw, EVENT_CLASSES)
    if at is not None:
        data["at"] = instant_option("at", at)
    data |= {name: _typed(value) for name, value in pairs_option("--set", "FIELD=VALUE", setting).items()}
    if data.get("kind") == "response_lapsed" and "due_at" not in data and at is not None:
        lapsed = lapse(claim, as_of=instant_option("at", at), editions=editions)
        data |= {"due_at": lapsed.due_at} if lapsed else {}
    try:
        return TypeAdapter[AnyEvent](AnyEvent).validate_python(data)
    except ValidationError as error:
        faults = tuple(_with_option(fault) for fault in faults_of(error))
    raise InvalidDocument("event", faults)


def _with_option(fault: Fault) -> Fault:
    """The fault with the option to add; pydantic's path begins with the kind of the event, which is known."""
    path = fault.path.rpartition(".")[2]
    how = "--at INSTANT" if path == "at" else f"--set {path}=VALUE"
    message = f"{fault.message}; add {how}" if fault.code == "missing" else fault.message
    return Fault(path, fault.code, message)


def _typed(value: str) -> object:
    """A field's value: yes-or-no fields want a boolean."""
    return {"true": True, "false": False}.get(value, value)
