"""`atoz inbox`: the day's mails and files into the claim store, then what changed and what has to be decided."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import track

from atoz.cli.exit_codes import Exit
from atoz.cli.options import AsJson, AsOf, Lang, LanguageChoice, PolicyName, ZoneName, instant_option, zone_option
from atoz.cli.output import show_json, show_lines, shows_progress
from atoz.cli.rules import OwnEdition, choose_policy, own_editions
from atoz.cli.stored import StoreUrl, required_store
from atoz.errors import Fault, InvalidDocument
from atoz.model.text import Language
from atoz.planner.plan import plan
from atoz.planner.worklist import urgency, worklist_row
from atoz.report.clock import Clock
from atoz.report.phrases import say
from atoz.report.worklist_lines import worklist_lines
from atoz.sources.reconciliation.suggestions import Strength

if TYPE_CHECKING:
    from atoz.inbox.mailbox_reading import Incoming
    from atoz.inbox.run import InboxResult


def take_in_mail(
    places: Annotated[
        list[str],
        typer.Argument(
            metavar="PLACE", help="A folder, a Maildir, an mbox file, an email or a report, or - for standard input."
        ),
    ],
    store_url: StoreUrl = None,
    server: Annotated[
        str | None,
        typer.Option(
            "--mail-server",
            metavar="ID",
            envvar="ATOZ_MAIL_SERVER",
            help="The authserv-id of your mail server: its Authentication-Results decide which emails are certain.",
        ),
    ] = None,
    certain: Annotated[
        Strength,
        typer.Option("--certain", help="Apply events backed by at least this much evidence; you decide on the rest."),
    ] = Strength.FAIR,
    policy: PolicyName = None,
    edition: OwnEdition = None,
    as_of: AsOf = "now",
    zone: ZoneName = None,
    as_json: AsJson = False,
    lang: Lang = LanguageChoice.EN,
) -> None:
    """Read emails and report files: apply what is certain, list what you have to decide, show what changed.

    Reading the same emails again, in any order, changes nothing. Without --mail-server no email is certain.
    """
    from atoz.inbox import run_inbox  # noqa: PLC0415  (the help of all commands needs no extra)

    editions = own_editions(edition)
    now, chosen = instant_option("as-of", as_of), choose_policy(policy, editions) if policy else None
    clock = Clock(ZoneInfo("UTC"), zone_option(zone))
    hidden = not shows_progress()
    with required_store(store_url, "inbox", create=True, editions=editions) as store:
        items = track(_items(places), console=Console(stderr=True), disable=hidden, transient=True)
        result = run_inbox(store, items, as_of=now, server=server, least=certain)
        if as_json:
            show_json(result)
        else:
            show_lines(_lines(result, lang.value, clock))
            changed = [store.get(applied.claim_id).claim for applied in result.applied]
            rows = [worklist_row(claim, plan(claim, as_of=now, policy=chosen, editions=editions)) for claim in changed]
            if rows:
                show_lines(worklist_lines(sorted(rows, key=urgency), lang.value, zone=clock.own))
    if result.unreadable:
        raise typer.Exit(Exit.BAD_INPUT)


def _items(places: Iterable[str]) -> "Iterator[Incoming]":
    from atoz.inbox import incoming  # noqa: PLC0415

    for place in places:
        try:
            yield from incoming(place)
        except OSError as error:
            fault = Fault("", "not_readable", error.strerror or "it cannot be read")
            raise InvalidDocument(place, (fault,)) from error


def _lines(result: "InboxResult", language: Language, clock: Clock) -> Iterator[str]:
    yield say("inbox_summary", language, read=result.read, about=result.about_claims, changed=len(result.applied))
    for remark in chain(result.unreadable, result.remarks):
        yield f"  {remark.name}: {remark.message.say(language)}"
    for pending in result.pending:
        kinds = [kind if language == "en" else say(f"event_{kind}", language) for kind in pending.kinds]
        said = say("inbox_between", language).join(kinds) or "-"
        yield say("inbox_pending", language, order=pending.order_id, kinds=said)
        for running in pending.clocks:
            by = clock.at(running.act_by) if clock.own else running.act_by.isoformat()
            name = running.name.label(language)
            yield "  " + say("inbox_clock", language, name=name, by=by, edition=running.edition)
        yield f"  {pending.command}"
    for decision in result.decisions:
        said = decision.message.say(language)
        yield say("inbox_decision", language, claim=decision.claim_id, message=said)
        yield f"  {decision.command}"
        yield "  " + say("inbox_or", language, command=decision.dismiss)
