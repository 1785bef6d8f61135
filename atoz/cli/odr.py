"""`atoz odr`: the Order Defect Rate as Amazon states it, what one more claim does, and when orders leave the window."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated

import typer

from atoz.cli.files import opened, read_objects, unreadable
from atoz.cli.options import AsJson, Lang, LanguageChoice
from atoz.cli.output import show_json, show_lines
from atoz.cli.rules import OwnEdition, own_editions, read_noted
from atoz.cli.stored import StoreUrl, required_store
from atoz.errors import Fault, InvalidDocument
from atoz.model.instant import to_day
from atoz.model.order import Order
from atoz.model.record import read_document
from atoz.model.text import Language
from atoz.report.phrases import say
from atoz.rulebook.edition import Edition
from atoz.sources.odr_rate import OdrReport, OdrView, odr_view
from atoz.sources.record_reading import read_records
from atoz.sources.report_files.account_health import ChannelHealth


def show_defect_rate(
    report: Annotated[str, typer.Argument(metavar="REPORT", help="Amazon's account health report V2, as JSON.")],
    claims: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="CLAIMS",
            help="Claims or orders as JSON Lines, to see when they stop counting; default: the store's.",
        ),
    ] = None,
    reported_on: Annotated[
        str | None,
        typer.Option("--on", metavar="DAY", help="The day of the report, from which its period is counted back."),
    ] = None,
    store_url: StoreUrl = None,
    edition: OwnEdition = None,
    as_json: AsJson = False,
    lang: Lang = LanguageChoice.EN,
) -> None:
    """Show each channel's rate, its threshold, what one more claim would do, and when each order leaves the window."""
    day: date | None = to_day(reported_on) if reported_on else None
    editions = own_editions(edition)
    if claims or not store_url:
        orders = tuple(order for name in claims or () for order in _orders(name, editions))
    else:
        with required_store(store_url, "odr", editions=editions) as store:
            stored = {claim.claim.order.order_id: claim.claim.order for claim in store.find()}
        orders = tuple(stored.values())
    views = tuple(odr_view(health, orders=_on(orders, health), as_of=day) for health in _channels(report))
    if as_json:
        show_json(OdrReport(channels=views))
    else:
        show_lines(line for view in views for line in _lines(view, lang.value))


def _channels(path: str) -> list[ChannelHealth]:
    try:
        with opened(path) as stream:
            values = [parsed.value for parsed in read_records(stream, what=path)]
    except OSError as error:
        raise unreadable(path, error) from error
    channels = [value for value in values if isinstance(value, ChannelHealth)]
    if not channels:
        raise InvalidDocument(path, (Fault("", "no_rate", "it contains no Order Defect Rate"),))
    return channels


def _orders(path: str, editions: tuple[Edition, ...]) -> Iterator[Order]:
    for where, data in read_objects(path):
        if isinstance(data, InvalidDocument):
            raise data
        if data.get("kind", "claim") == "claim":
            yield read_noted(data, what=where, editions=editions).order
        else:
            yield read_document(Order, data, what=where)


def _on(orders: tuple[Order, ...], health: ChannelHealth) -> Iterator[Order]:
    """The orders of a channel: its marketplace, and who ships."""
    fulfilment = "seller" if health.channel == "mfn" else "amazon"
    return (
        order for order in orders if (order.marketplace, order.fulfilment.value) == (health.marketplace, fulfilment)
    )


def _lines(view: OdrView, language: Language) -> Iterator[str]:
    health = view.health
    yield say(
        "odr_channel",
        language,
        marketplace=health.marketplace,
        shipped=say("odr_shipped_mfn" if health.channel == "mfn" else "odr_shipped_afn", language),
        defects=_or_unknown(health.defects, language),
        orders=_or_unknown(health.orders, language),
    )
    yield "  " + say(
        "odr_rate", language, rate=_percent(health.rate, language), target=_percent(health.target, language)
    )
    if health.status:
        yield "  " + say("odr_status", language, status=health.status)
    if view.with_one_more is not None:
        outcome = {True: "odr_stays_under", False: "odr_reaches", None: "odr_no_threshold"}[view.one_more_is_under]
        yield "  " + say(
            "odr_one_more", language, rate=_percent(view.with_one_more, language), outcome=say(outcome, language)
        )
    if view.room is not None:
        yield "  " + say("odr_room", language, count=view.room)
    if view.leaving:
        yield "  " + say("odr_period", language, days=view.period.days, source=view.period.source.short(language))
    for leaving in view.leaving:
        until = say("odr_counted_until", language, day=leaving.counted_until) if leaving.counted_until else ""
        yield "  " + say("odr_leaving", language, order=leaving.order_id, day=leaving.last_window_ends_on, until=until)


def _or_unknown(count: int | None, language: Language) -> str:
    return say("odr_unknown", language) if count is None else str(count)


def _percent(share: Decimal | None, language: Language) -> str:
    return say("odr_unknown", language) if share is None else f"{share:.2%}"
