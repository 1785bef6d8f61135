"""A worklist as lines of text: a claim or an order each, in columns, or in a few short lines on a narrow screen."""

from collections.abc import Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

from rich.cells import cell_len, set_cell_size

from atoz.lifecycle.attention import Attention
from atoz.model.marketplace import Marketplace
from atoz.model.status import ClaimStatus
from atoz.model.text import Language
from atoz.planner.actions import Action
from atoz.planner.due_bucket import Bucket
from atoz.planner.money_at_risk import AtRisk
from atoz.planner.step_status import ActionState
from atoz.planner.worklist import OrderRow, WorklistRow
from atoz.report.clock import Clock
from atoz.report.phrases import say

_UTC = ZoneInfo("UTC")
_BRACKETS = len(" (2016-06-23 00:00 CST)")
"""Columns that an instant in a second zone takes."""
_RULES = 36
"""The columns that the policy and the edition of a row take."""
_EDITION = 13
"""The columns that the edition of a deadline takes, for most."""


def worklist_lines(
    rows: Iterable[WorklistRow | OrderRow],
    language: Language,
    width: int | None = None,
    *,
    zone: ZoneInfo | None = None,
) -> Iterator[str]:
    """Many claims, and orders without one, a line each.

    Columns are as wide as their longest label, so that no row has to wait for another. Where a line is wider than the
    screen, each row gets a few short lines: nothing is cut. Instants are in UTC; with a `zone` they stand on the
    marketplace's clock, and in the zone beside it.
    """
    columns = ("order", "attention", "action", "due", "deadline", "amount", "status", "rules")
    heads = [say(f"column_{code}", language) for code in columns]
    widths = (
        19,
        max(longest_label(Attention, language), cell_len(say("ahead", language))),
        max(cell_len(say("later_action", language, what=action.label(language))) for action in Action),
        22 + _BRACKETS * (zone is not None),
        20 + _EDITION + _BRACKETS * (zone is not None),
        14,
        longest_label(ClaimStatus, language),
        0,
    )
    narrow = width is not None and width < sum(widths) + 2 * len(widths) + _RULES
    if not narrow:
        yield _padded(heads, widths)
    for row in rows:
        clock = Clock(Marketplace.of(row.marketplace).zoneinfo if zone else _UTC, zone)
        cells = (
            row.order_id,
            _turn(row, language),
            *_what_and_when(row, clock, language),
            *_where_it_stands(row, language),
            say("plan_by", language, policy=row.policy, edition=row.edition) if isinstance(row, WorklistRow) else "–",
        )
        if narrow:
            yield f"{cells[0]}  {cells[1]}"
            yield from (f"  {head}: {cell}" for head, cell in list(zip(heads, cells, strict=True))[2:] if cell != "–")
        else:
            yield _padded(cells, widths)
    if zone is not None:
        yield say("own_zone", language, zone=zone.key)


def _turn(row: WorklistRow | OrderRow, language: Language) -> str:
    """Whose turn it is; of a claim that goes on after the instant asked about, that."""
    if isinstance(row, OrderRow):
        return row.attention.label(language) if row.step else "–"
    return say("ahead", language) if row.bucket is Bucket.AHEAD else row.attention.label(language)


def _what_and_when(row: WorklistRow | OrderRow, clock: Clock, language: Language) -> tuple[str, str, str]:
    """What to do, by when, and the deadline with its edition; before a claim the last two are one."""
    if isinstance(row, OrderRow):
        due = clock.at(row.due_at) if row.due_at else "–"
        return row.step.label(language) if row.step else "–", due + (" !" if row.overdue else ""), due
    due_at = row.due_at if row.action else row.next_due_at
    return (
        to_do(row, language),
        (clock.at(due_at) if due_at else "–") + (" !" if row.overdue else ""),
        f"{clock.at(row.deadline_at)} {row.deadline_edition}" if row.deadline_at else "–",
    )


def to_do(row: WorklistRow, language: Language) -> str:
    """What to do now; where that is nothing, what comes next, marked as later."""
    if row.action:
        return row.action.label(language)
    return say("later_action", language, what=row.next_action.label(language)) if row.next_action else "–"


def money_line(sums: Iterable[AtRisk], language: Language) -> str:
    """The money at risk in one line, a sum for each currency, and how much of it is late."""
    parts = [
        say("late_of_it", language, total=money.total, late=money.parts[Bucket.LATE])
        if Bucket.LATE in money.parts
        else str(money.total)
        for money in sums
    ]
    return say("money_line", language, sums="; ".join(parts)) if parts else say("nothing_at_risk", language)


def _where_it_stands(row: WorklistRow | OrderRow, language: Language) -> tuple[str, str]:
    """The amount at risk and the status; an order without a claim says when the buyer may file."""
    if isinstance(row, OrderRow):
        opens = row.can_file_from or "?"
        return "–", say(f"no_claim_{row.can_file_now}", language, opens=opens)
    return str(row.at_risk) if row.at_risk else "–", row.status.label(language) + ("" if row.policy_fits else " *")


def longest_label(labels: Iterable[Attention | Action | ClaimStatus | ActionState], language: Language) -> int:
    """The columns that the longest label takes; a Chinese character takes two."""
    return max(cell_len(member.label(language)) for member in labels)


def _padded(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Cells side by side; Chinese characters are two columns wide."""
    return "  ".join(
        set_cell_size(cell, max(cell_len(cell), width)) for cell, width in zip(cells, widths, strict=True)
    ).rstrip()
