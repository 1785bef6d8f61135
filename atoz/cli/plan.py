"""`atoz plan`: what to do about one claim, or a worklist of many."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from itertools import chain
from typing import Annotated

import typer

from atoz.cli.drafts import SetValues, ValuesFile, due_drafts, show_drafts, template_values
from atoz.cli.exit_codes import Exit
from atoz.cli.options import (
    AsJson,
    AsOf,
    Explain,
    GroupBy,
    Lang,
    LanguageChoice,
    PolicyName,
    ZoneName,
    instant_option,
    zone_option,
)
from atoz.cli.output import show, show_error, show_json
from atoz.cli.rules import CountBy, Rules, counted_claim
from atoz.cli.stored import ClaimsSource, StoreUrl, claim_objects
from atoz.cli.worklist import Printing, is_order, plan_many
from atoz.errors import Fault, InvalidDocument
from atoz.model.claim import Claim
from atoz.model.order import Order
from atoz.model.record import read_document
from atoz.planner.plan import Plan, plan
from atoz.planner.prevention import prevent
from atoz.planner.worklist import order_row, worklist_row
from atoz.rulebook.edition import Edition


class FailOn(StrEnum):
    """Findings that can be asked to give exit code 1."""

    OVERDUE = "overdue"


def plan_claims(
    file: ClaimsSource = None,
    store_url: StoreUrl = None,
    policy: PolicyName = None,
    edition: CountBy = None,
    as_of: AsOf = "now",
    fail_on: Annotated[
        FailOn | None, typer.Option("--fail-on", help="Exit with code 1 if anything is overdue.")
    ] = None,
    single: Annotated[
        bool, typer.Option("--one", help="Print the whole plan of a JSON Lines file that holds only one claim.")
    ] = False,
    draft: Annotated[bool, typer.Option("--draft", help="Print the filled text of each message due now.")] = False,
    pairs: SetValues = None,
    values_file: ValuesFile = None,
    group_by: GroupBy = None,
    zone: ZoneName = None,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Print a worklist as CSV, for a spreadsheet; also of one claim.")
    ] = False,
    as_json: AsJson = False,
    explain: Explain = False,
    lang: Lang = LanguageChoice.EN,
) -> None:
    """Say what to do about a claim or an order, and why; for many, print a worklist, most urgent first."""
    rules = Rules.chosen(policy, edition)
    now = instant_option("as-of", as_of)
    own = zone_option(zone)
    if as_csv and (as_json or single or draft):
        fault = Fault("--csv", "two_outputs", "--csv is a worklist: it does not go with --json, --one or --draft")
        raise InvalidDocument("plan", (fault,))
    objects = claim_objects(file, store_url, "plan", rules.own)
    nothing: tuple[str, dict[str, object] | InvalidDocument] = ("", {})
    where, first = next(objects, nothing)
    if single and not isinstance(first, InvalidDocument):
        _check_only(where, next(objects, nothing)[0], file)
    if (single or where == file) and not as_csv and not isinstance(first, InvalidDocument):
        values = template_values(pairs, values_file) if draft else None
        printing = Printing(as_json, explain, lang.value, zone=own)
        if is_order(first):
            refused = {"--draft": draft, "--edition": edition is not None}
            _refuse_for_orders(where, (option for option, asked in refused.items() if asked))
            overdue, bad = _prevent_one(first, where, now, printing), 0
        else:
            overdue, bad = _plan_one(counted_claim(first, where, rules.edition), now, rules, values, printing)
    elif draft:
        raise InvalidDocument(
            file or "plan",
            (
                Fault(
                    "",
                    "not_one_claim",
                    "--draft works on one claim at a time; for a JSON Lines file with one claim, add --one",
                ),
            ),
        )
    else:
        lines = chain([(where, first)] if where else (), objects)
        printing = Printing(as_json, explain, lang.value, group_by, own, as_csv)
        overdue, bad = plan_many(lines, now, rules, printing)
    if bad:
        raise typer.Exit(Exit.BAD_INPUT)
    if fail_on is FailOn.OVERDUE and overdue:
        raise typer.Exit(Exit.FINDING)


def _check_only(first: str, second: str, file: str | None) -> None:
    """Refuse --one for a file or store that has no claim, or several.

    Raises:
        InvalidDocument: there is not one claim.
    """
    if not first or second:
        words = "--one is for one claim; there are several" if second else "--one is for one claim; there is none"
        raise InvalidDocument(file or "plan", (Fault("", "not_one_claim", words),))


def _refuse_for_orders(where: str, options: Iterable[str]) -> None:
    """Refuse options that mean nothing for an order: it has no messages to draft, and goes by the rules in force.

    Raises:
        InvalidDocument: there are some.
    """
    faults = tuple(
        Fault(option, "not_a_claim", "this is for claims; an order goes by the rules in force") for option in options
    )
    if faults:
        raise InvalidDocument(where, faults)


def _prevent_one(data: object, where: str, now: datetime, printing: Printing) -> bool:
    """What one order asks for before there is a claim; whether anything is overdue.

    Raises:
        InvalidDocument: it is no order.
    """
    made = prevent(read_document(Order, data, what=where), as_of=now)
    if printing.as_json:
        show_json(made.model_dump(mode="json"))
    else:
        from atoz.report.prevention_view import prevention_view  # noqa: PLC0415  (JSON does not wait for tables)

        show(prevention_view(made, printing.language, zone=printing.zone))
    return order_row(made).overdue


def _explained(made: Plan, editions: tuple[Edition, ...]) -> Plan:
    """A plan with the window and every deadline explained in words."""
    window = made.window.model_copy(update={"explanation": made.window.explain(editions=editions)})
    explained = tuple(
        deadline.model_copy(update={"explanation": deadline.explain(editions=editions)}) for deadline in made.deadlines
    )
    return made.model_copy(update={"window": window, "deadlines": explained})


def _plan_one(
    claim: Claim,
    now: datetime,
    rules: Rules,
    values: dict[str, object] | None,
    printing: Printing,
) -> tuple[bool, int]:
    """Plan one claim; with values, the messages that are due follow the plan, or what they still need."""
    made = plan(claim, as_of=now, policy=rules.policy, editions=rules.own)
    texts, needed = ((), []) if values is None else due_drafts(made, claim, values)
    if printing.as_json:
        document = _explained(made, rules.own) if printing.explain else made
        asked = {} if values is None else {"drafts": [text.model_dump(mode="json") for text in texts]}
        show_json({**document.model_dump(mode="json"), **asked})
    else:
        from atoz.report.plan_view import plan_view  # noqa: PLC0415  (JSON does not wait for tables)

        show(plan_view(made, printing.language, struck_out=claim.struck_out, zone=printing.zone))
        show_drafts(texts if values is not None and not needed else texts or None, printing.language)
    if needed:
        show_error(InvalidDocument("drafts", tuple(needed)))
    return worklist_row(claim, made).overdue, len(needed)
