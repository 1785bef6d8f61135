"""`atoz plan`: what to do about one claim, or a worklist of many."""

import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from itertools import chain, groupby
from operator import itemgetter
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import track

from atoz.cli.drafts import SetValues, ValuesFile, due_drafts, show_drafts, template_values
from atoz.cli.options import (
    AsJson,
    AsOf,
    Exit,
    Explain,
    GroupBy,
    Lang,
    LanguageChoice,
    PolicyName,
    ZoneName,
    instant_option,
    zone_option,
)
from atoz.cli.output import screen_width, show, show_error, show_json, show_json_list, show_lines, shows_progress
from atoz.cli.rules import CountBy, choose_edition, choose_policy, counted_claim
from atoz.cli.stored import ClaimsSource, StoreUrl, claim_objects
from atoz.errors import AtozError, Fault, InvalidDocument
from atoz.model.claim import Claim
from atoz.model.order import Order
from atoz.model.record import read_document
from atoz.model.text import Language
from atoz.planner.plan import Plan, plan
from atoz.planner.policy import Policy, shipped_policies
from atoz.planner.prevention import OrderRow, order_row, prevent
from atoz.planner.worklist import Urgency, Worklist, WorklistRow, urgency, worklist_row
from atoz.report.clock import Clock
from atoz.report.phrases import say
from atoz.report.prevention_view import prevention_view
from atoz.report.terminal import plan_view, worklist_lines
from atoz.report.worklist_csv import worklist_csv
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
        if _is_order(first):
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
        overdue, bad = _plan_many(lines, now, rules, printing)
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


class Rules(NamedTuple):
    """What a claim is planned by."""

    policy: Policy | None
    """The policy that was asked for; none for each claim's own default."""
    edition: str | Edition | None
    """The edition to count by; none for each claim's own."""
    own: tuple[Edition, ...]
    """The editions of the seller's own."""

    @staticmethod
    def chosen(policy: str | None, edition: str | None) -> "Rules":
        """The rules that the options name, each file read one time."""
        counting = None if edition is None else choose_edition(edition)
        own = (counting,) if isinstance(counting, Edition) else ()
        return Rules(choose_policy(policy, own) if policy else None, counting, own)


class Printing(NamedTuple):
    """How a plan is printed."""

    as_json: bool
    explain: bool
    language: Language
    group_by: str | None = None
    """The label that a worklist is grouped by."""
    zone: ZoneInfo | None = None
    """The seller's own zone."""
    as_csv: bool = False


def _is_order(data: dict[str, object]) -> bool:
    """Whether a document is an order without a claim; one written by hand need not say its kind."""
    return data.get("kind", "order" if "placed_at" in data and "history" not in data else "claim") == "order"


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
        show(prevention_view(made, printing.language, zone=printing.zone))
    return order_row(made).overdue


def _explained(made: Plan, editions: tuple[Edition, ...]) -> dict[str, object]:
    """A plan as JSON, with the window and every deadline explained in words."""
    document = made.model_dump(mode="json")
    document["window"]["explanation"] = made.window.explain(editions=editions).model_dump(mode="json")
    for row, deadline in zip(document["deadlines"], made.deadlines, strict=True):
        row["explanation"] = deadline.explain(editions=editions).model_dump(mode="json")
    return document


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
        document = _explained(made, rules.own) if printing.explain else made.model_dump(mode="json")
        show_json(
            document if values is None else {**document, "drafts": [text.model_dump(mode="json") for text in texts]}
        )
    else:
        show(plan_view(made, printing.language, struck_out=claim.struck_out, zone=printing.zone))
        show_drafts(texts if values is not None and not needed else texts or None, printing.language)
    if needed:
        show_error(InvalidDocument("drafts", tuple(needed)))
    return worklist_row(claim, made).overdue, len(needed)


def _plan_many(
    objects: Iterator[tuple[str, dict[str, object] | InvalidDocument]],
    now: datetime,
    rules: Rules,
    printing: Printing,
) -> tuple[bool, int]:
    """Plan every claim and every order without one; bad lines are reported, other kinds of records are counted."""
    rows: list[Line] = []  # each row as text: a hundred thousand claims have to fit in memory
    claimed: set[str] = set()
    bad: list[str] = []
    labels: set[str] = set()
    other = unfit = 0
    for where, data in track(objects, console=Console(stderr=True), disable=not shows_progress(), transient=True):
        try:
            if isinstance(data, InvalidDocument):
                raise data
            if _is_order(data):
                rows.append(_order_line(data, where, now, printing.group_by))
                continue
            if data.get("kind", "claim") != "claim":
                other += 1
                continue
            claim = counted_claim(data, where, rules.edition)
            row = worklist_row(claim, plan(claim, as_of=now, policy=rules.policy, editions=rules.own))
            claimed.add(row.order_id)
            rows.append(Line(_group(row, printing.group_by), urgency(row), row.model_dump_json()))
            unfit += not row.policy_fits
            labels |= row.labels.keys()
        except AtozError as error:
            bad.append(where)
            show_error(error)
    count = len(rows)
    rows = [row for row in rows if row.order_id not in claimed]  # the plan of its claim says what an order asks for
    other += count - len(rows)
    rows.sort(key=itemgetter(0, 1))
    orders = sum(row.order_id is not None for row in rows)
    if printing.as_csv:
        worklist = (WorklistRow.model_validate_json(row.text) for row in rows if not row.order_id)
        sys.stdout.writelines(worklist_csv(worklist, sorted(labels)))
        if orders:
            typer.echo(say("csv_without_orders", printing.language, count=orders), err=True)
    elif printing.as_json:
        name = rules.policy.id if rules.policy else None
        unclaimed = tuple(OrderRow.model_validate_json(row.text) for row in rows if row.order_id)
        head = Worklist(as_of=now, policy=name, bad_lines=tuple(bad), other_records=other, orders=unclaimed, claims=())
        members = head.model_dump(mode="json", exclude={"claims"})
        show_json_list(members, "claims", (row.text for row in rows if not row.order_id))
    else:
        _show_groups(rows, printing)
        at = _head_instant(now, printing.zone)
        tail = [say("worklist_tail", printing.language, count=len(rows) - orders, as_of=at)]
        tail += [say("worklist_orders", printing.language, count=orders)] * bool(orders)
        tail += [say("worklist_other", printing.language, count=other)] * bool(other)
        show(", ".join([*tail, *[say("worklist_bad", printing.language, count=len(bad))] * bool(bad)]))
        show(say("worklist_marks", printing.language))
        if unfit:
            _show_unfit(rules, printing.language)
    return any(not row.urgency.in_time for row in rows), len(bad)


def _show_unfit(rules: Rules, language: Language) -> None:
    """Say that the policy was not written for the rules of some claims."""
    named = rules.policy.id if rules.policy else "–"
    others = ", ".join(shipped for shipped in shipped_policies() if shipped != named)
    show(say("worklist_unfit", language, policy=named, others=others))


def _order_line(data: object, where: str, now: datetime, group_by: str | None) -> "Line":
    """The row of an order without a claim."""
    row = order_row(prevent(read_document(Order, data, what=where), as_of=now))
    return Line(_group(row, group_by), urgency(row), row.model_dump_json(), row.order_id)


def _head_instant(now: datetime, zone: ZoneInfo | None) -> str:
    """The instant that a worklist is counted at, in UTC, and in the seller's own zone."""
    return now.isoformat() if zone is None else Clock(ZoneInfo("UTC"), zone).at(now)


class Group(NamedTuple):
    """The value of the label that a worklist is grouped by; rows without it come last."""

    unlabelled: bool
    value: str


class Line(NamedTuple):
    """A row of the worklist as text, and where it stands."""

    group: Group
    urgency: Urgency
    text: str
    order_id: str | None = None
    """The order's id, where it has no claim."""

    @property
    def row(self) -> WorklistRow | OrderRow:
        """The row itself."""
        return (OrderRow if self.order_id else WorklistRow).model_validate_json(self.text)


def _group(row: WorklistRow | OrderRow, label: str | None) -> Group:
    value = row.labels.get(label) if label else ""
    return Group(value is None, value or "")


def _show_groups(rows: list[Line], printing: Printing) -> None:
    """The rows as one table, or as one for each value of the label that they are grouped by."""
    if not printing.group_by or not rows:
        shown = (line.row for line in rows)
        show_lines(worklist_lines(shown, printing.language, screen_width(), zone=printing.zone))
        return
    for group, members in groupby(rows, key=itemgetter(0)):
        show(f"{printing.group_by}: {'–' if group.unlabelled else group.value}")
        shown = (line.row for line in members)
        show_lines(worklist_lines(shown, printing.language, screen_width(), zone=printing.zone))
