"""`atoz window`: when the buyer may file a claim."""

from datetime import date
from typing import Annotated

import typer
from pydantic_core import PydanticCustomError

from atoz.cli.files import read_object
from atoz.cli.options import AsJson, Explain, Lang, LanguageChoice, ZoneName, instant_option, typed_in, zone_option
from atoz.cli.output import show, show_json
from atoz.cli.rules import choose_edition, read_noted
from atoz.cli.window_answer import WindowAnswer
from atoz.errors import Fault, InvalidDocument
from atoz.model.claim import Claim
from atoz.model.instant import to_day
from atoz.model.order import Order
from atoz.model.reason import ClaimReason
from atoz.model.record import read_document
from atoz.rulebook.edition import DEFAULT_EDITION, Edition
from atoz.rulebook.edition_comparison import compare_editions
from atoz.rulebook.filing_window import filing_window, windows_in_force


def show_window(
    context: typer.Context,
    file: Annotated[
        str | None,
        typer.Argument(metavar="FILE", help="An order or a claim as JSON, or - for standard input."),
    ] = None,
    marketplace: Annotated[str | None, typer.Option(metavar="CODE", help="Country code or marketplace id.")] = None,
    placed_at: Annotated[
        str | None, typer.Option(metavar="INSTANT", help="When the order was placed, with its offset.")
    ] = None,
    deliver_by: Annotated[str | None, typer.Option(metavar="DAY", help="The last day of the delivery promise.")] = None,
    first_contact_at: Annotated[str | None, typer.Option(metavar="INSTANT", help="When the buyer first wrote.")] = None,
    delivered_at: Annotated[
        str | None, typer.Option(metavar="INSTANT", help="When the carrier scanned the delivery.")
    ] = None,
    return_requested_at: Annotated[
        str | None, typer.Option(metavar="INSTANT", help="When the buyer asked for a return.")
    ] = None,
    order_id: Annotated[str | None, typer.Option(metavar="ORDER_ID", help="The order id.")] = None,
    reason: Annotated[
        ClaimReason | None, typer.Option(help="The reason; default: the claim's own, or not_received.")
    ] = None,
    edition: Annotated[
        str | None,
        typer.Option(
            metavar="ID|FILE",
            envvar="ATOZ_EDITION",
            help="An edition's id, `in-force`, or a TOML file of your own. Default: the claim's own, or faq-2016.",
        ),
    ] = None,
    on: Annotated[
        str | None, typer.Option(metavar="DAY", help="A day, or an instant, to give a verdict for; default: today.")
    ] = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="Compare every edition that applies to the order.")
    ] = False,
    zone: ZoneName = None,
    as_json: AsJson = False,
    explain: Explain = False,
    lang: Lang = LanguageChoice.EN,
) -> None:
    """Say when the buyer may file a claim, from an order or claim file or from options."""
    flags = {
        "order_id": order_id,
        "marketplace": marketplace,
        "placed_at": placed_at,
        "deliver_by": deliver_by,
        "first_contact_at": first_contact_at,
        "delivered_at": delivered_at,
        "return_requested_at": return_requested_at,
    }
    if file and any(value is not None for value in flags.values()):
        named = ", ".join(f"--{name.replace('_', '-')}" for name, value in flags.items() if value is not None)
        raise InvalidDocument("window", (Fault("", "two_orders", f"use a file or {named}, not both"),))
    own = zone_option(zone)
    counting = choose_edition(edition or DEFAULT_EDITION)
    passed = (counting,) if isinstance(counting, Edition) else ()
    order, claim = _facts_in(file, passed) if file else (_order_of(flags), None)
    reason = reason or (claim.reason if claim else ClaimReason.NOT_RECEIVED)
    if claim and not typed_in(context, "edition"):
        counting = claim.window_edition or claim.edition  # what the environment says is for orders: a claim is pinned
        counting = Edition.named(counting, passed)
    if compare:
        comparison = compare_editions(order, reason=reason, editions=passed)
        if as_json:
            show_json(comparison)
        else:
            from atoz.report.window_view import comparison_view  # noqa: PLC0415  (JSON does not wait for tables)

            show(comparison_view(comparison, lang.value))
        return
    window = filing_window(order, edition=counting, reason=reason)
    day, in_force = _day(order, on), windows_in_force(order, besides=window)
    if as_json:
        added = {"on": day, "verdict": window.verdict(day), "days_left": window.days_left(day)}
        others = [{**other.model_dump(), "verdict": other.verdict(day)} for other in in_force]
        words = {"explanation": window.explain(editions=passed)} if explain else {}
        answer = WindowAnswer.model_validate({**window.model_dump(), **added, "in_force": others, **words})
        show_json(answer)
    else:
        from atoz.report.window_view import window_view  # noqa: PLC0415  (JSON does not wait for tables)

        show(window_view(window, day, lang.value, in_force=in_force, zone=own, editions=passed))


def _facts_in(file: str, editions: tuple[Edition, ...]) -> tuple[Order, Claim | None]:
    """What a document holds: an order, or a claim and its order."""
    data = read_object(file)
    if data.get("kind") == "claim" or ("kind" not in data and "history" in data):
        claim = read_noted(data, what=file, editions=editions)
        return claim.order, claim
    return read_document(Order, data, what=file), None


def _order_of(flags: dict[str, str | None]) -> Order:
    facts = {name: value for name, value in flags.items() if value is not None}
    if not facts:
        raise InvalidDocument(
            "window", (Fault("", "no_order", "name an order or claim file, or use --marketplace and --placed-at"),)
        )
    return read_document(Order, {"order_id": "000-0000000-0000000", **facts}, what="the order from the options")


def _day(order: Order, on: str | None) -> date:
    if on is None:
        return order.local_day(instant_option("on", "now"))
    if "T" in on.upper():
        return order.local_day(instant_option("on", on))
    try:
        return to_day(on)
    except PydanticCustomError as error:
        raise InvalidDocument("--on", (Fault("", error.type, error.message()),)) from error
