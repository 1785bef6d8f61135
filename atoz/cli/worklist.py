"""A worklist on the command line: many claims, and orders without one, sorted and printed in the form asked for."""

import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

import typer

from atoz.cli.output import screen_width, show, show_error, show_json_list, show_lines, shows_progress
from atoz.cli.rules import Rules, counted_claim
from atoz.errors import AtozError, InvalidDocument
from atoz.model.order import Order
from atoz.model.record import read_document
from atoz.model.text import Language
from atoz.planner.money_at_risk import at_risk
from atoz.planner.plan import plan
from atoz.planner.policy import shipped_policies
from atoz.planner.prevention import prevent
from atoz.planner.worklist import OrderRow, Urgency, Worklist, WorklistRow, order_row, urgency, worklist_row
from atoz.report.clock import Clock
from atoz.report.phrases import say
from atoz.report.worklist_csv import worklist_csv

_Document = tuple[str, dict[str, object] | InvalidDocument]
"""Where a document stands, and what it is, or why it cannot be read."""


class Printing(NamedTuple):
    """How plans are printed."""

    as_json: bool
    explain: bool
    language: Language
    group_by: str | None = None
    """The label that a worklist is grouped by."""
    zone: ZoneInfo | None = None
    """The seller's own zone."""
    as_csv: bool = False


class Group(NamedTuple):
    """The value of the label that a worklist is grouped by; rows without it come last."""

    unlabelled: bool
    value: str


class Line(NamedTuple):
    """A row of the worklist as text, and where it stands: a hundred thousand claims have to fit in memory."""

    group: Group
    urgency: Urgency
    text: str
    order_id: str | None = None
    """The order's id, where it has no claim."""

    @property
    def row(self) -> WorklistRow | OrderRow:
        """The row itself."""
        return (OrderRow if self.order_id else WorklistRow).model_validate_json(self.text)


class Lines(NamedTuple):
    """What was read of many documents: the lines, most urgent first, and what else there was."""

    claims: list[Line]
    orders: list[Line]
    labels: set[str]
    bad: tuple[str, ...]
    """Where something stands that could not be read."""
    other: int
    """Records of other kinds, and orders whose claim is on the list: its plan says what they ask for."""
    unfit: bool
    """Whether the policy was not written for the rules of some claim."""


def is_order(data: dict[str, object]) -> bool:
    """Whether a document is an order without a claim; one written by hand need not say its kind."""
    return data.get("kind", "order" if "placed_at" in data and "history" not in data else "claim") == "order"


def plan_many(
    documents: Iterable[_Document],
    now: datetime,
    rules: Rules,
    printing: Printing,
) -> tuple[bool, int]:
    """Print the worklist of many documents; whether anything on it is overdue, and how many could not be read."""
    lines = _read(documents, now, rules, printing.group_by)
    if printing.as_csv:
        _print_csv(lines, printing)
    elif printing.as_json:
        _print_json(lines, now, rules)
    else:
        _print_table(lines, now, rules, printing)
    return any(line.urgency.late for line in (*lines.claims, *lines.orders)), len(lines.bad)


def _read(
    documents: Iterable[_Document],
    now: datetime,
    rules: Rules,
    group_by: str | None,
) -> Lines:
    """Plan every claim and every order without one; bad lines are reported, other kinds of records are counted."""
    claims: list[Line] = []
    orders: list[Line] = []
    claimed: set[str] = set()
    labels: set[str] = set()
    bad: list[str] = []
    other, unfit = 0, False
    for where, data in _with_progress(documents):
        try:
            if isinstance(data, InvalidDocument):
                raise data
            if is_order(data):
                orders.append(_order_line(data, where, now, group_by))
                continue
            if data.get("kind", "claim") != "claim":
                other += 1
                continue
            claim = counted_claim(data, where, rules.edition)
            row = worklist_row(claim, plan(claim, as_of=now, policy=rules.policy, editions=rules.own))
        except AtozError as error:
            bad.append(where)
            show_error(error)
            continue
        claims.append(Line(_group(row, group_by), urgency(row), row.model_dump_json()))
        claimed.add(row.order_id)
        labels |= row.labels.keys()
        unfit |= not row.policy_fits
    unclaimed = [line for line in orders if line.order_id not in claimed]
    other += len(orders) - len(unclaimed)
    return Lines(_sorted(claims), _sorted(unclaimed), labels, tuple(bad), other, unfit)


def _with_progress(documents: Iterable[_Document]) -> Iterable[_Document]:
    """The documents, with their progress on standard error where somebody watches it."""
    if not shows_progress():
        return documents
    from rich.console import Console  # noqa: PLC0415  (nobody else waits for it)
    from rich.progress import track  # noqa: PLC0415

    return track(documents, console=Console(stderr=True), transient=True)


def _sorted(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=attrgetter("group", "urgency"))


def _order_line(data: object, where: str, now: datetime, group_by: str | None) -> Line:
    """The line of an order without a claim."""
    row = order_row(prevent(read_document(Order, data, what=where), as_of=now))
    return Line(_group(row, group_by), urgency(row), row.model_dump_json(), row.order_id)


def _group(row: WorklistRow | OrderRow, label: str | None) -> Group:
    value = row.labels.get(label) if label else ""
    return Group(value is None, value or "")


def _print_csv(lines: Lines, printing: Printing) -> None:
    """The claims as CSV; orders without a claim have other columns, and are counted on standard error."""
    sys.stdout.writelines(worklist_csv(_rows(lines), sorted(lines.labels)))
    if lines.orders:
        typer.echo(say("csv_without_orders", printing.language, count=len(lines.orders)), err=True)


def _rows(lines: Lines) -> Iterator[WorklistRow]:
    return (WorklistRow.model_validate_json(line.text) for line in lines.claims)


def _print_json(lines: Lines, now: datetime, rules: Rules) -> None:
    """The worklist as one document, its claims a row at a time."""
    head = Worklist(
        as_of=now,
        policy=rules.policy.id if rules.policy else None,
        bad_lines=lines.bad,
        other_records=lines.other,
        orders=tuple(OrderRow.model_validate_json(line.text) for line in lines.orders),
        at_risk=tuple(money.total for money in at_risk(_rows(lines))),
        claims=(),
    )
    show_json_list(head.model_dump(mode="json", exclude={"claims"}), "claims", (line.text for line in lines.claims))


def _print_table(lines: Lines, now: datetime, rules: Rules, printing: Printing) -> None:
    """The worklist for people, and a line that says what it holds."""
    language = printing.language
    if lines.claims:
        from atoz.report.worklist_lines import money_line  # noqa: PLC0415  (JSON does not wait for tables)

        show(money_line(at_risk(_rows(lines)), language))
    _show_groups(_sorted((*lines.claims, *lines.orders)), printing)
    # instants of a worklist are in UTC; the seller's own zone stands beside
    as_of = now.isoformat() if printing.zone is None else Clock(ZoneInfo("UTC"), printing.zone).at(now)
    parts = [say("worklist_tail", language, count=len(lines.claims), as_of=as_of)]
    if lines.orders:
        parts.append(say("worklist_orders", language, count=len(lines.orders)))
    if lines.other:
        parts.append(say("worklist_other", language, count=lines.other))
    if lines.bad:
        parts.append(say("worklist_bad", language, count=len(lines.bad)))
    show(", ".join(parts))
    show(say("worklist_marks", language))
    if lines.unfit:
        named = rules.policy.id if rules.policy else "–"
        others = ", ".join(shipped for shipped in shipped_policies() if shipped != named)
        show(say("worklist_unfit", language, policy=named, others=others))


def _show_groups(lines: list[Line], printing: Printing) -> None:
    """The rows as one table, or as one for each value of the label that they are grouped by."""
    if not printing.group_by or not lines:
        _show_rows(lines, printing)
        return
    for group, members in groupby(lines, key=attrgetter("group")):
        show(f"{printing.group_by}: {'–' if group.unlabelled else group.value}")
        _show_rows(members, printing)


def _show_rows(lines: Iterable[Line], printing: Printing) -> None:
    from atoz.report.worklist_lines import worklist_lines  # noqa: PLC0415  (JSON does not wait for tables)

    rows = (line.row for line in lines)
    show_lines(worklist_lines(rows, printing.language, screen_width(), zone=printing.zone))
