"""`atoz store`: look after a claim store: list, log, check, export, load, back up, forget."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from atoz.cli.error_texts import error_text, sentence_in
from atoz.cli.exit_codes import Exit
from atoz.cli.files import read_lines
from atoz.cli.options import AsJson, pairs_option
from atoz.cli.output import asked_language, said, show_json, show_lines
from atoz.cli.rules import OwnEdition, own_editions
from atoz.cli.stored import StoreUrl, named_store, required_store
from atoz.errors import AtozError, Fault, InvalidDocument
from atoz.model.order import Order
from atoz.model.record import read_document
from atoz.model.status import ClaimStatus

if TYPE_CHECKING:
    from atoz.store.claim_store import ClaimStore

store = typer.Typer(help="Manage a claim store.", rich_markup_mode=None, no_args_is_help=True)


class ExchangeForm(StrEnum):
    """How claims leave a store and come back."""

    JSON_LINES = "jsonl"
    CSV = "csv"


ClaimId = Annotated[
    str, typer.Argument(metavar="CLAIM", help="The claim's id: the order id, with /2 for a second claim.")
]


@store.command("list")
def list_claims(
    store_url: StoreUrl = None,
    status: Annotated[
        list[ClaimStatus] | None, typer.Option("--status", help="Only claims with this status; may be repeated.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the claims, one a line: id, version, status."""
    with required_store(store_url, "store list") as opened:
        rows = opened.find(status=status or None)
        if as_json:
            sys.stdout.writelines(f"{stored.model_dump_json(exclude_none=True)}\n" for stored in rows)
        else:
            show_lines(
                said("stored_listed", claim_id=stored.claim_id, version=stored.version, status=stored.claim.status)
                for stored in rows
            )


@store.command("show")
def show_claim(claim_id: ClaimId, store_url: StoreUrl = None) -> None:
    """Print one claim as JSON, as every command reads it."""
    with required_store(store_url, "store show") as opened:
        show_json(opened.get(claim_id).claim)


@store.command("log")
def show_log(claim_id: ClaimId, store_url: StoreUrl = None, as_json: AsJson = False) -> None:
    """Print everything that was learnt about a claim, in order of arrival."""
    from atoz.store.entries import ClaimLog, described  # noqa: PLC0415  (the help of all commands needs no extra)

    with required_store(store_url, "store log") as opened:
        log = opened.log(claim_id)
    if as_json:
        show_json(ClaimLog.of(claim_id, log))
    else:
        show_lines(described(entry, asked_language()) for entry in log)


@store.command("correct")
def correct_order(
    claim_id: ClaimId,
    setting: Annotated[
        list[str], typer.Option("--set", metavar="FIELD=VALUE", help="A fact of the order; can be repeated.")
    ],
    store_url: StoreUrl = None,
    edition: OwnEdition = None,
) -> None:
    """Correct facts of a claim's order; an empty value says that the fact is not known. The log keeps the old ones."""
    with required_store(store_url, "store correct", editions=own_editions(edition)) as opened:
        stored = opened.get(claim_id)
        facts = dict[str, object](stored.claim.order.model_dump(mode="json", exclude_none=True))
        for name, value in pairs_option("--set", "FIELD=VALUE", setting).items():
            facts[name] = value or None
        known = {name: value for name, value in facts.items() if value is not None}
        order = read_document(Order, known, what="order")
        changed = opened.correct_order(claim_id, order, expected_version=stored.version)
    show_lines([said("order_corrected", claim_id=claim_id, version=changed.version)])


@store.command("dismiss")
def dismiss_decision(
    claim_id: ClaimId,
    decision: Annotated[str, typer.Argument(metavar="DECISION", help="The decision's id, as atoz inbox prints it.")],
    store_url: StoreUrl = None,
    edition: OwnEdition = None,
) -> None:
    """Decide against what mails or files suggest: it is not applied, and not listed again."""
    with required_store(store_url, "store dismiss", editions=own_editions(edition)) as opened:
        version = opened.get(claim_id).version
        changed = opened.dismiss(claim_id, decision, expected_version=version)
    show_lines([said("decision_dismissed", claim_id=claim_id, decision=decision, version=changed.version)])


@store.command("verify")
def verify_store(store_url: StoreUrl = None, edition: OwnEdition = None, as_json: AsJson = False) -> None:
    """Replay every claim from its log; exit with code 1 if anything was changed or is missing.

    Keep the printed head outside the store: a later one that differs without a reason means that the store was changed.
    """
    with required_store(store_url, "store verify", editions=own_editions(edition)) as opened:
        verification = opened.verify()
    if as_json:
        show_json(verification)
    else:
        for damage in verification.damages:
            message = sentence_in("damage", damage.message, asked_language())
            show_lines([said("damage", claim_id=damage.claim_id, version=damage.version, message=message)])
        counts = {"claims": verification.claims, "entries": verification.entries, "damaged": len(verification.damages)}
        show_lines([said("verified", **counts, head=verification.head)])
    if verification.damages:
        raise typer.Exit(Exit.FINDING)


@store.command("export")
def export_claims(
    store_url: StoreUrl = None,
    form: Annotated[ExchangeForm, typer.Option("--form", help="What to write.")] = ExchangeForm.JSON_LINES,
) -> None:
    """Print every claim, one a line: as JSON Lines, or as the rows of a CSV file that `atoz batch` reads too."""
    from atoz.store import export_csv, export_json_lines  # noqa: PLC0415

    with required_store(store_url, "store export") as opened:
        sys.stdout.writelines((export_csv if form is ExchangeForm.CSV else export_json_lines)(opened))


@store.command("load")
def load_claims(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Claims as JSON Lines or CSV, or - for standard input.")],
    store_url: StoreUrl = None,
    edition: OwnEdition = None,
    form: Annotated[
        ExchangeForm | None,
        typer.Option("--form", help="The form of the file; default: CSV if its name ends in .csv, else JSON Lines."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Store the claims of a file; loading it again changes nothing. Lines that cannot be stored give exit code 2."""
    from atoz.store import load_csv, load_json_lines  # noqa: PLC0415

    by_name = ExchangeForm.CSV if file.casefold().endswith(".csv") else ExchangeForm.JSON_LINES
    refused: list[AtozError] = []
    with required_store(store_url, "store load", create=True, editions=own_editions(edition)) as opened:
        load = load_csv if (form or by_name) is ExchangeForm.CSV else load_json_lines
        result = load(opened, read_lines(file), on_refused=refused.append)
    if as_json:
        show_json(result)
    else:
        show_lines([said("loaded", added=result.added, extended=result.extended, unchanged=result.unchanged)])
        for row, error in zip(result.refused, refused, strict=True):
            message = error_text(error, asked_language())
            sys.stderr.write(f"{said('line_refused', file=file, line=row.line, message=message)}\n")
    if result.refused:
        raise typer.Exit(Exit.BAD_INPUT)


@store.command("backup")
def back_up(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file for the copy.")], store_url: StoreUrl = None
) -> None:
    """Copy a SQLite store to a new private file; the store remembers where its backups are."""
    with required_store(store_url, "store backup") as opened:
        typer.echo(str(opened.back_up(file)))


@store.command("forget")
def forget_order(
    order_id: Annotated[str, typer.Argument(metavar="ORDER_ID", help="The order whose claims are to be deleted.")],
    store_url: StoreUrl = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete every claim on an order for good, and keep it from coming back with the next email."""
    with required_store(store_url, "store forget") as opened:
        if not yes and not _confirmed(opened, order_id):
            raise typer.Exit(Exit.FINDING)
        forgotten = opened.forget(order_id)
    if as_json:
        show_json(forgotten)
        return
    show_lines([said("forgotten", claims=forgotten.claims, entries=forgotten.entries)])
    show_lines(said("forgotten_backup", backup=backup) for backup in forgotten.backups)


def _confirmed(opened: "ClaimStore", order_id: str) -> bool:
    """The answer of a person at a terminal.

    Raises:
        InvalidDocument: there is no terminal to ask at.
    """
    count = len(opened.on_order(order_id))
    if not sys.stdin.isatty():
        raise InvalidDocument("store forget", (Fault("--yes", "missing", "nobody is there to confirm; add --yes"),))
    return typer.confirm(said("forget_asked", claims=count, order_id=order_id), err=True)


@store.command("upgrade")
def upgrade(
    store_url: StoreUrl = None,
    backup: Annotated[
        Path | None,
        typer.Option(
            "--backup",
            metavar="FILE",
            help="A new file for a copy of the store; default: beside it, named for its schema.",
        ),
    ] = None,
    backed_up: Annotated[
        bool, typer.Option("--backed-up", help="Write no backup: you have one, as you need with PostgreSQL.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Bring a store of an older release to the present schema, after a backup; all of it or nothing."""
    from atoz.store import upgrade_store  # noqa: PLC0415

    upgraded = upgrade_store(named_store(store_url, "store upgrade"), backup=backup, backed_up=backed_up)
    if as_json:
        show_json(upgraded)
    elif upgraded.before == upgraded.after:
        show_lines([said("schema_present", schema=upgraded.after)])
    else:
        show_lines([said("schema_upgraded", before=upgraded.before, after=upgraded.after)])
        show_lines([said("schema_backup", backup=upgraded.backup)] if upgraded.backup else [])
