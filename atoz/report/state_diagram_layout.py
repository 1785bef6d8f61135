"""Where the boxes and lines of the drawn state machine lie; made from the transition table.

Every way from status to status gets a lane of its own, a level line between two boxes that are as tall as their lanes,
so that no line crosses another or a box. Statuses stand in columns by how many steps lead to them.
"""

from collections.abc import Iterator
from textwrap import wrap
from typing import NamedTuple

from atoz.lifecycle.transition_table import TABLE, Row, is_final
from atoz.model.claim import Claim
from atoz.model.history import History
from atoz.model.status import ClaimStatus
from atoz.model.text import Language

LANE, GAP, PAD, MARGIN = 44, 12, 2, 10
COLUMNS = ((0, 24), (214, 326), (670, 826), (1062, 1188))
"""Left and right edge of each column: the beginning, the hub, what it leads to, and what follows from that."""
_HUB, _SECOND = 1, 2
"""Columns by how many steps lead there."""
_LETTER, LEADING = 9, 18
"""The room that a letter of a label needs at most, and the distance of its lines."""


class Box(NamedTuple):
    """One status, or the beginning (no status)."""

    status: ClaimStatus | None
    left: int
    top: int
    right: int
    bottom: int
    current: bool
    final: bool

    @property
    def middle(self) -> int:
        """Half way down."""
        return (self.top + self.bottom) // 2

    def label(self, language: Language) -> list[tuple[int, str]]:
        """The lines of its label, each with its height; nothing for the beginning."""
        words = self.status.label(language) if self.status else ""
        lines = words.split() if language == "zh" else wrap(words, (self.right - self.left) // _LETTER)
        top = self.middle - LEADING * (len(lines) - 1) // 2
        return [(top + LEADING * number, line) for number, line in enumerate(lines)]


class Line(NamedTuple):
    """One row of the table, drawn level from its source to its target; `back` lines point to the left."""

    row: Row
    start: int
    end: int
    y: int
    back: bool
    taken: bool


class Drawing(NamedTuple):
    """The whole picture."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def draw_machine(claim: Claim) -> Drawing:
    """The state machine with a claim's status and the ways that it took marked."""
    depth = _depths()
    lanes = dict(_lanes(depth))
    for row in TABLE:  # lines that leave the second column start from the middle of their box
        if row not in lanes:
            lanes[row] = _middle(row.source, lanes, depth)
    boxes = tuple(_box(status, lanes, depth, claim) for status in (None, *ClaimStatus))
    by_status = {box.status: box for box in boxes}
    taken = frozenset(_taken(claim))
    lines = tuple(_line(row, lanes[row], by_status, row in taken) for row in TABLE)
    return Drawing(COLUMNS[-1][1] + MARGIN, max(box.bottom for box in boxes) + MARGIN, boxes, lines)


def possible(claim: Claim) -> tuple[Row, ...]:
    """The rows that lead on from where the claim stands."""
    return tuple(row for row in TABLE if row.source is claim.status)


def _depths() -> dict[ClaimStatus | None, int]:
    """How many steps lead to each status at most, without going in circles."""
    depths: dict[ClaimStatus | None, int] = {}

    def walk(status: ClaimStatus | None, path: tuple[ClaimStatus | None, ...]) -> None:
        depths[status] = max(depths.get(status, 0), len(path))
        for row in TABLE:
            if row.source is status and row.target not in (*path, status):
                walk(row.target, (*path, status))

    walk(None, ())
    return depths


def _lanes(depth: dict[ClaimStatus | None, int]) -> Iterator[tuple[Row, int]]:
    """A height for every row that starts or ends in the hub, one status of the second column after the other.

    Statuses that lead further come first, then the rows that pass the column by, then those where the story ends.
    """
    onward = {row.source for row in TABLE if depth[row.source] == _SECOND and depth[row.target] > _SECOND}
    second = sorted(
        (status for status in ClaimStatus if depth[status] == _SECOND), key=lambda status: status not in onward
    )
    groups = [
        [row for row in TABLE if status in (row.source, row.target) and depth[row.target] <= _SECOND]
        for status in second
    ]
    passing = [row for row in TABLE if depth[row.source] == _HUB and depth[row.target] > _SECOND]
    y = MARGIN
    for group in (*groups[: len(onward)], passing, *groups[len(onward) :]):
        for row in group:
            yield row, y + LANE // 2
            y += LANE
        y += GAP if group else 0


def _middle(status: ClaimStatus | None, lanes: dict[Row, int], depth: dict[ClaimStatus | None, int]) -> int:
    """The middle of the lanes that a box touches; for the beginning, of all the hub's."""
    lanes_here = (
        [y for row, y in lanes.items() if status in (row.source, row.target)] if depth[status] else [*lanes.values()]
    )
    return (min(lanes_here) + max(lanes_here)) // 2


def _box(status: ClaimStatus | None, lanes: dict[Row, int], depth: dict[ClaimStatus | None, int], claim: Claim) -> Box:
    """As tall as the lanes that touch it."""
    lanes_here = [y for row, y in lanes.items() if status in (row.source, row.target)]
    left, right = COLUMNS[depth[status]]
    half = LANE // 2 - PAD
    return Box(
        status,
        left,
        min(lanes_here) - half,
        right,
        max(lanes_here) + half,
        current=status is claim.status,
        final=status is not None and is_final(status),
    )


def _line(row: Row, y: int, boxes: dict[ClaimStatus | None, Box], taken: bool) -> Line:  # noqa: FBT001
    source, target = boxes[row.source], boxes[row.target]
    back = target.left < source.left
    return Line(row, source.left if back else source.right, target.right if back else target.left, y, back, taken)


def _taken(claim: Claim) -> Iterator[Row]:
    """The rows that the history went through."""
    for entry in History.of(claim).entries:
        yield from (row for row in TABLE if (row.source, row.event) == (entry.before, entry.event.kind))
