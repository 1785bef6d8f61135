"""Tables that are counted by an edition of somebody's own: for all rows, or for those that name it."""

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from atoz.errors import EditionMissing, InvalidDocument, UnknownName
from atoz.frames import replay, with_deadlines, with_filing_window
from atoz.rulebook.edition import Edition

TEXT = (Path(__file__).parents[2] / "examples" / "editions" / "our-rules.toml").read_text(encoding="utf-8")
OURS = Edition.read(TEXT)
LATER = Edition.read(TEXT.replace("value = 4\n", "value = 5\n").replace("value = 5\n", "value = 6\n"))
FILED = datetime(2026, 6, 20, 16, tzinfo=UTC)
ROWS = {"marketplace": ["US"] * 4, "placed_at": [date(2026, 6, 1)] * 4, "deliver_by": [date(2026, 6, 10)] * 4}
NAMED = ["our-rules", OURS.reference, "faq-2016", None]


def test_one_edition_for_all_rows():
    """A day more in the file is a day more in every row, and the rows say by which text."""
    opens = [with_filing_window(pl.DataFrame(ROWS), edition=edition) for edition in (OURS, LATER, OURS)]
    assert [frame["opens"].unique().to_list() for frame in opens] == [
        [date(2026, 6, 14)],
        [date(2026, 6, 16)],
        [date(2026, 6, 14)],
    ]
    assert opens[0]["window_edition"].unique().to_list() == [OURS.reference]


@pytest.mark.parametrize("default", ["us-2016-06", OURS])
def test_rows_name_it(default):
    """By its id or its reference, beside what ships; where a row names none, the argument counts."""
    frame = with_filing_window(pl.DataFrame({**ROWS, "edition": NAMED}), edition=default, editions=[OURS], columns={})
    fallback = OURS.reference if isinstance(default, Edition) else default
    assert frame["window_edition"].to_list() == [OURS.reference, OURS.reference, "faq-2016", fallback]
    assert frame["opens"].to_list()[:3] == [date(2026, 6, 14), date(2026, 6, 14), date(2026, 6, 7)]


def test_deadlines_and_replays_count_by_it():
    """The due instant, and the guard that it is."""
    claims = pl.DataFrame({"marketplace": ["US"] * 4, "filed_at": [FILED] * 4, "edition": NAMED})
    due = with_deadlines(claims, which="answer_amazon", as_of=FILED, editions=[OURS])
    assert [at.day for at in due["due_at"].to_list()] == [25, 25, 27, 27]
    events = pl.DataFrame(
        {
            "order_id": ["a", "a", "b", "b"],
            "kind": ["filed", "response_lapsed"] * 2,
            "at": [FILED, datetime(2026, 6, 26, tzinfo=UTC)] * 2,
            "due_at": [None, datetime(2026, 6, 25, 16, tzinfo=UTC)] * 2,
            "marketplace": "US",
            "edition": ["our-rules", None, "faq-2016", None],
        }
    )
    assert replay(events, editions=[OURS]).rows() == [("a", "granted_seller_funded", None), ("b", "under_review", 1)]
    assert replay(events.drop("edition"), edition=OURS)["refused"].to_list() == [None, None]


def test_a_row_that_names_what_was_not_passed_has_no_edition():
    """It is not counted by another text: its window is not known, and the table says why."""
    frame = with_filing_window(pl.DataFrame({**ROWS, "edition": NAMED}))
    assert frame["window_missing"].to_list() == ["edition", "edition", None, None]
    changed = with_filing_window(pl.DataFrame({**ROWS, "edition": [OURS.reference] * 4}), editions=[LATER])
    assert changed["window_missing"].to_list() == ["edition"] * 4


def test_what_is_refused():
    """An unknown name, a reference without its edition, two texts of one id."""
    table = pl.DataFrame(ROWS)
    with pytest.raises(UnknownName):
        with_filing_window(table, edition="our-rules")
    with pytest.raises(EditionMissing):
        with_filing_window(table, edition=OURS.reference, editions=[LATER])
    with pytest.raises(InvalidDocument, match="other texts"):
        with_filing_window(table, editions=[OURS, LATER])
