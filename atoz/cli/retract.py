"""`atoz retract`: strike a wrong event out of a claim.

A command of its own, not an option of `atoz apply`: it names an event that is there and takes a reason, where `apply`
describes a new event by its fields.
"""

from pathlib import Path
from typing import Annotated

import typer

from atoz.cli.apply import claim_text
from atoz.cli.files import read_object
from atoz.cli.options import Output, Replace, instant_option
from atoz.cli.output import note, said, show_lines
from atoz.cli.output_files import locked_file, write_output
from atoz.cli.rules import OwnEdition, own_editions, read_noted
from atoz.cli.stored import ClaimSource, StoreUrl, is_claim_id, required_store
from atoz.errors import Fault, InvalidDocument
from atoz.lifecycle.corrections import retract
from atoz.model.claim import Claim
from atoz.model.events import AnyEvent
from atoz.model.record import parse_json
from atoz.rulebook.edition import Edition
from atoz.store.privacy import StrikeReason


def retract_event(
    file: ClaimSource,
    event: Annotated[
        str,
        typer.Argument(
            metavar="EVENT",
            help="The event that is wrong: its kind, or its place in the history, for example history.3.",
        ),
    ],
    reason: Annotated[
        str,
        typer.Option(
            "--reason",
            metavar="TEXT",
            help=f"Why it is wrong; kept with the event. A store keeps no free text: one of {', '.join(StrikeReason)}.",
        ),
    ],
    at: Annotated[
        str | None, typer.Option("--at", metavar="INSTANT", help="When it happened, if there are several of its kind.")
    ] = None,
    output: Output = None,
    replace: Replace = False,
    in_place: Annotated[
        bool, typer.Option("--in-place", help="Replace the file, once the new is safely written.")
    ] = False,
    edition: OwnEdition = None,
    store_url: StoreUrl = None,
) -> None:
    """Strike out a wrong event: it is kept with the reason and counts for nothing; what follows is replayed."""
    editions = own_editions(edition)
    if is_claim_id(file):
        _retract_stored(file, event, at, reason, store_url, editions)
        return
    if in_place and (output or file == "-"):
        fault = Fault("", "two_outputs", "--in-place needs a file, and does not go with -o")
        raise InvalidDocument("retract", (fault,))
    if in_place:
        with locked_file(Path(file)) as stored:
            claim = read_noted(parse_json(stored.text, what=file), what=file, editions=editions)
            wrong = event_of(claim, event, at)
            moved = retract(claim, wrong, reason, editions=editions)
            stored.replace(claim_text(moved))
    else:
        claim = read_noted(read_object(file), what=file, editions=editions)
        wrong = event_of(claim, event, at)
        moved = retract(claim, wrong, reason, editions=editions)
        write_output(claim_text(moved), output, replace=replace, private=True)
    if in_place or output:
        note(said("event_struck_out", event=wrong.kind, before=claim.status, after=moved.status))


def _retract_stored(
    claim_id: str, event: str, at: str | None, reason: str, store_url: str | None, editions: tuple[Edition, ...]
) -> None:
    """Strike out an event of a stored claim; if another writer was faster nothing is written, and the error says so."""
    with required_store(store_url, "retract", editions=editions) as store:
        stored = store.get(claim_id)
        wrong = event_of(stored.claim, event, at)
        moved = store.retract(claim_id, wrong, reason, expected_version=stored.version)
    before, after = stored.claim.status, moved.claim.status
    show_lines([said("stored_moved", claim_id=claim_id, before=before, after=after, version=moved.version)])


def event_of(claim: Claim, name: str, at: str | None) -> AnyEvent:
    """The one event of a claim that is called so: by its place, or by its kind and, where several have it, its instant.

    Raises:
        InvalidDocument: there is none, or there are several; each event that is meant is listed.
    """
    moment = instant_option("at", at) if at else None
    places = {f"history.{place}": event for place, event in enumerate(claim.history)}
    named = {
        place: event
        for place, event in places.items()
        if name in {place, event.kind} and (moment is None or event.at == moment)
    }
    if len(set(named.values())) == 1:
        return next(iter(named.values()))
    listed = tuple(
        Fault(place, "several_events" if named else "no_such_event", f"{event.kind} at {event.at.isoformat()}")
        for place, event in (named or places).items()
    )
    words = "there are several; name its place, or say --at" if named else "the claim has no such event"
    raise InvalidDocument("retract", (Fault(name, "several_events" if named else "no_such_event", words), *listed))
