"""The drawn state machine: all of the table, and nothing on top of anything."""

from datetime import timedelta
from itertools import combinations

import pytest

from atoz.lifecycle.operations import apply, open_claim
from atoz.lifecycle.transition_table import TABLE, is_final
from atoz.model.claim import Claim
from atoz.model.events import EVENT_CLASSES, Denied, Observed, SellerAppealed
from atoz.model.status import ClaimStatus
from atoz.report.state_diagram_layout import draw_machine, possible


@pytest.fixture
def claim(example):
    """A claim under review."""
    return example("not-received")


def test_every_row_is_drawn_once(claim):
    """Each row of the table is one line, each status one box, and there is one beginning."""
    drawing = draw_machine(claim)

    assert sorted(map(str, (line.row for line in drawing.lines))) == sorted(map(str, TABLE))
    assert sorted(str(box.status) for box in drawing.boxes) == sorted(["None", *ClaimStatus])
    assert all(box.final is is_final(box.status) for box in drawing.boxes if box.status)


def test_lines_end_at_their_boxes(claim):
    """A line starts on the edge of its source, ends on the edge of its target, and is level with both."""
    drawing = draw_machine(claim)
    boxes = {box.status: box for box in drawing.boxes}

    for line in drawing.lines:
        source, target = boxes[line.row.source], boxes[line.row.target]
        assert line.start in (source.left, source.right)
        assert line.end in (target.left, target.right)
        assert source.top <= line.y <= source.bottom
        assert target.top <= line.y <= target.bottom
        assert line.back is (line.end < line.start)


def test_nothing_covers_anything(claim):
    """Boxes lie apart, no line runs through a box, and no two lines share a place."""
    drawing = draw_machine(claim)

    for one, other in combinations(drawing.boxes, 2):
        assert one.right < other.left or other.right < one.left or one.bottom < other.top or other.bottom < one.top
    for line in drawing.lines:
        left, right = sorted((line.start, line.end))
        for box in drawing.boxes:
            assert not (box.top <= line.y <= box.bottom and left < box.right and box.left < right)
    for one, other in combinations(drawing.lines, 2):
        apart = max(one.start, one.end) <= min(other.start, other.end)
        assert abs(one.y - other.y) >= 40 or apart or max(other.start, other.end) <= min(one.start, one.end)
    assert all(box.left >= 0 and box.right <= drawing.width and box.bottom <= drawing.height for box in drawing.boxes)


@pytest.mark.parametrize("status", list(ClaimStatus))
def test_current_status_is_marked(claim, status):
    """Exactly the claim's own box is marked, whatever its status."""
    seen = apply(claim, Observed(at=claim.updated_at, status=status))

    assert [box.status for box in draw_machine(seen).boxes if box.current] == [status]
    assert {row.event for row in possible(seen)} == {row.event for row in TABLE if row.source is status}


def test_way_taken_is_marked(claim):
    """The lines that the history went through are marked, and no others; an observation goes through none."""
    order, at = claim.order, claim.filed_at
    moved = open_claim(order, reason="other", filed_at=at)
    moved = apply(moved, EVENT_CLASSES["granted_seller_funded"](at=at + timedelta(hours=1)))
    moved = apply(moved, SellerAppealed(at=at + timedelta(hours=2)))
    moved = apply(moved, Denied(at=at + timedelta(hours=3)))
    taken = [(line.row.source, line.row.event) for line in draw_machine(moved).lines if line.taken]
    seen = Claim(order=order, reason="other", history=(Observed(at=at, status="closed"),))

    assert taken == [
        (None, "filed"),
        (ClaimStatus.UNDER_REVIEW, "granted_seller_funded"),
        (ClaimStatus.UNDER_REVIEW, "denied"),
        (ClaimStatus.GRANTED_SELLER_FUNDED, "seller_appealed"),
    ]
    assert not any(line.taken for line in draw_machine(seen).lines)
