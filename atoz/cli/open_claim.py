"""`atoz open`: a claim from an order and the notice of its filing, or from what is typed in."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from atoz.cli.files import read_object, unreadable
from atoz.cli.options import EditionName, Output, Replace, instant_option
from atoz.cli.output import said, show_json, show_lines
from atoz.cli.output_files import write_output
from atoz.cli.remarks import show_remark
from atoz.cli.rules import choose_edition
from atoz.cli.stored import StoreUrl, required_store
from atoz.errors import Fault, InvalidDocument
from atoz.lifecycle.operations import open_claim
from atoz.model.claim import Claim
from atoz.model.order import Order
from atoz.model.reason import ClaimReason
from atoz.model.record import read_document
from atoz.rulebook.edition import DEFAULT_EDITION, Edition
from atoz.sources.notices.email import MAX_BYTES
from atoz.sources.notices.notice_record import Notice
from atoz.sources.notices.reading import open_from_notice, read_notice

_FILED_AT = "--filed-at: when it was filed, or --notice with Amazon's email"

EXAMPLE = {
    "schema_version": 1,
    "kind": "order",
    "order_id": "123-1234567-1234567",
    "marketplace": "US",
    "placed_at": "2026-10-30T15:00:00Z",
    "deliver_by": "2026-11-09",
    "delivered_at": None,
    "fulfilment": "seller",
    "claims_protected": "unknown",
    "total": "31.90 USD",
}
"""An order to start from: every fact that windows and plans ask for."""


def open_from_order(
    order_file: Annotated[
        str | None, typer.Argument(metavar="ORDER", help="The order as JSON, or - for standard input.")
    ] = None,
    notice_file: Annotated[
        Path | None, typer.Option("--notice", metavar="MAIL", help="Amazon's email about the claim, as an .eml file.")
    ] = None,
    reason: Annotated[
        str | None,
        typer.Option("--reason", metavar="REASON", help="Why the buyer claims: " + ", ".join(ClaimReason) + "."),
    ] = None,
    detail: Annotated[str | None, typer.Option("--detail", metavar="DETAIL", help="What exactly is disputed.")] = None,
    filed_at: Annotated[
        str | None,
        typer.Option("--filed-at", metavar="INSTANT", help="When it was filed; default: the email's date."),
    ] = None,
    amount: Annotated[
        str | None, typer.Option("--amount", metavar="AMOUNT", help='What the buyer asks for, for example "31.90 USD".')
    ] = None,
    edition: EditionName = DEFAULT_EDITION,
    output: Output = None,
    replace: Replace = False,
    store_url: StoreUrl = None,
    second: Annotated[bool, typer.Option("--second", help="Store another claim on an order that has one.")] = False,
    example: Annotated[bool, typer.Option("--example", help="Print an order to start from, and stop.")] = False,
) -> None:
    """Open a claim and write it to standard output, to a new file with -o, or into the store.

    On a terminal atoz asks for what is missing; elsewhere the command stops and lists it.
    """
    if example:
        show_json(EXAMPLE)
        return
    if order_file is None:
        order_missing = Fault("ORDER", "missing", "name an order file; `atoz open --example` prints one")
        others = _missing(reason, filed_at, has_notice=notice_file is not None).values()
        raise InvalidDocument("open", (order_missing, *(Fault("", "missing", words) for words in others)))
    order = read_document(Order, read_object(order_file), what=order_file)
    notice = _notice(notice_file, order.marketplace) if notice_file else None
    claim = _claim(order, notice, reason, detail, filed_at, amount, choose_edition(edition))
    if store_url and not output:
        _store(claim, store_url, second=second)
        return
    text = claim.model_dump_json(indent=2, exclude_none=True) + "\n"
    write_output(text, output, replace=replace, private=True)
    if output:
        typer.echo(f"{output}: {claim}", err=True)


def _store(claim: Claim, store_url: str, *, second: bool) -> None:
    """Store a claim; only a person can say that a known order has another claim."""
    with required_store(store_url, "open", create=True) as store:
        known = store.on_order(claim.order.order_id)
        if known and not second:
            stored = ", ".join(f"{other.claim_id} (filed {other.claim.filed_at or 'unknown'})" for other in known)
            words = f"the store already has a claim on this order: {stored}; add --second if this is another claim"
            raise InvalidDocument("open", (Fault("order_id", "known_order", words),))
        added = store.add(claim)
    show_lines([said("stored_added", claim_id=added.claim_id, status=claim.status, version=added.version)])


def _notice(path: Path, marketplace: str) -> Notice:
    try:
        with path.open("rb") as mail:
            parsed = read_notice(mail.read(MAX_BYTES + 1), marketplace=marketplace)
    except OSError as error:
        raise unreadable(str(path), error) from error
    for remark in parsed.notes:
        show_remark(str(path), remark)
    if parsed.value is None:
        raise InvalidDocument(str(path), (Fault("", "not_a_notice", "it does not mention a claim"),))
    return parsed.value


def _claim(
    order: Order,
    notice: Notice | None,
    reason: str | None,
    detail: str | None,
    filed_at: str | None,
    amount: str | None,
    edition: str | Edition,
) -> Claim:
    from_notice = notice is not None and filed_at is None
    asked = _missing(reason, filed_at, has_notice=notice is not None)
    answers = _ask(asked) if asked else {}
    why = reason or answers["reason"]
    if notice is not None and from_notice:
        claim = open_from_notice(order, notice, reason=why, edition=edition)
        facts = {"detail": detail} if detail else {}
        facts |= {"amount": amount} if amount else {}
        return read_document(Claim, claim.model_dump() | facts, what="claim") if facts else claim
    filed: datetime = instant_option("filed-at", filed_at or answers["filed_at"])
    return open_claim(order, reason=why, filed_at=filed, amount=amount, edition=edition, detail=detail)


def _missing(reason: str | None, filed_at: str | None, *, has_notice: bool) -> dict[str, str]:
    """What nobody has said, with the words that ask for it."""
    missing = {} if reason else {"reason": "--reason: one of " + ", ".join(ClaimReason)}
    return missing | ({} if filed_at or has_notice else {"filed_at": _FILED_AT})


def _ask(missing: dict[str, str]) -> dict[str, str]:
    """Answers from the terminal.

    Raises:
        InvalidDocument: nobody sits at one; all that is missing is named.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        faults = tuple(Fault("", "missing", words) for words in missing.values())
        raise InvalidDocument("open", faults)
    return {name: str(typer.prompt(words, err=True)) for name, words in missing.items()}
