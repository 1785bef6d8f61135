"""A worklist as lines of text: a claim or an order each, in columns, or in a few short lines on a narrow screen."""

from collections.abc import Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

from rich.cells import cell_len, set_cell_size

from atoz.lifecycle.attention import Attention
from atoz.model.marketplace import Marketplace
from atoz.model.status import ClaimStatus
from atoz.model.text import Language
from atoz.planner.actions import Action
from atoz.planner.prevention import OrderRow
from atoz.planner.step_status import ActionState
from atoz.planner.worklist import WorklistRow
from atoz.report.clock import Clock
from atoz.report.phrases import say

_UTC = ZoneInfo("UTC")
_BRACKETS = len(" (2016-06-23 00:00 CST)")
"""Columns that an instant in a second zone takes."""
_RULES = 36
"""The columns that the policy and the edition of a row take."""


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
    columns = ("order", "attention", "action", "due", "ends", "amount", "status", "rules")
    heads = [say(f"column_{code}", language) for code in columns]
    widths = (
        19,
        *(longest_label(kind, language) for kind in (Attention, Action)),
        22 + _BRACKETS * (zone is not None),
        20 + _BRACKETS * (zone is not None),
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
            row.attention.label(language) if not isinstance(row, OrderRow) or row.step else "–",
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


def _what_and_when(row: WorklistRow | OrderRow, clock: Clock, language: Language) -> tuple[str, str, str]:
    """What to do, by when, and when the deadline ends; before a claim these two are one."""
    what, ends = (row.step, row.due_at) if isinstance(row, OrderRow) else (row.action, row.deadline_at)
    return (
        what.label(language) if what else "–",
        (clock.at(row.due_at) if row.due_at else "–") + (" !" if row.overdue else ""),
        clock.at(ends) if ends else "–",
    )


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
