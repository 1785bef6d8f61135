"""Lengths of time that atoz chose: each in a table, marked as its own, and used."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

import atoz
from atoz.model.citation import with_sources
from atoz.model.intervals import Interval, interval, intervals
from atoz.rulebook.odr_effect import odr_period

PACKAGE = Path(atoz.__file__).parent
ROOMS = sorted(".".join(file.parent.relative_to(PACKAGE.parent).parts) for file in PACKAGE.rglob("intervals.toml"))
ROWS = {(room, name): row for room in ROOMS for name, row in intervals(room).items()}
TREES = {str(file.relative_to(PACKAGE)): ast.parse(file.read_text(encoding="utf-8")) for file in PACKAGE.rglob("*.py")}
SHOWN_ONLY = {
    *{("planner/due_bucket.py", "days"), ("report/response_times.py", "days"), ("report/clock.py", "minutes")},
    ("testing/team/team_result.py", "minutes"),
}
"""Lengths that group or word what a reader sees; nothing is decided by them."""
EXAMPLES = {"planner/conditions.py", "planner/condition_kinds.py", "testing/explorer/initial_claims.py"}
"""The instants that the explorer and the checks of a policy try; they are examples, not rules."""
BUILDERS = {"testing/builders.py", "testing/strategies.py"}
"""Facts of made-up claims."""
CLOCKS = {"sources/notices/stated_times.py", "sources/notices/quoting.py"}
"""Facts about clocks: the zone that is furthest ahead, and the most that a clock is put forward."""
LEAST = {
    (f"{name}.py", "days")
    for name in ("rulebook/edition_selection", "rulebook/date_arithmetic", "frames/reading_spans")
}
"""The next day, or the one before."""
CALENDAR = {
    *{("testing/team/working_time.py", "days"), ("testing/team/team_check.py", "days")},
    *{("testing/team/team_check.py", "weeks"), ("testing/team/arrivals.py", "hours")},
}
"""The hours, days and weeks that a year consists of."""


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_every_interval_says_that_it_is_atoz_s_own(row: tuple[str, str]) -> None:
    """No source gives it, and the row does not pretend that one does."""
    assert ROWS[row].basis.endswith("atoz's own.")
    assert interval(*row) == ROWS[row].length > timedelta(0)


def test_every_interval_is_used() -> None:
    """A length that nothing reads goes."""
    asked = {
        tuple(argument.value for argument in node.args if isinstance(argument, ast.Constant))
        for tree in TREES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "interval"
    }
    assert asked - {()} == set(ROWS)


def test_no_length_of_time_that_decides_something_is_written_in_code() -> None:
    """A rule is cited data or, if it is atoz's own, a row of a table."""
    written = {
        (file, keyword.arg)
        for file, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "timedelta"
        for keyword in node.keywords
        if isinstance(keyword.value, (ast.Constant, ast.UnaryOp)) and keyword.arg != "microseconds"
    }
    rules = {row for row in written if row[0] not in EXAMPLES | BUILDERS | CLOCKS} - SHOWN_ONLY - LEAST - CALENDAR
    assert rules == set(), "write it into the edition with its source, or into intervals.toml as atoz's own"


def test_an_interval_has_a_length() -> None:
    """A row without a unit, or with one that there is not, is refused."""
    for row in (
        {"basis": "atoz's own."},
        {"weeks": 1, "basis": "atoz's own."},
        {"days": 1},
        {"days": -1, "basis": "x"},
    ):
        with pytest.raises(ValidationError):
            Interval.model_validate(row)
    assert Interval(hours=36, minutes=1, basis="atoz's own.").length == timedelta(days=1, hours=12, minutes=1)


def test_a_single_table_names_its_source_by_key_too() -> None:
    """One table cites like the rows of a list; a key that is not there is a fault at the table's own place."""
    page = {"title": "A page", "address": "https://example.com"}
    data: dict[str, object] = {"sources": {"page": page}, "period": {"days": 60, "source": "page"}}
    assert with_sources(data, ("period",)) == {**data, "period": {"days": 60, "source": page}}
    with pytest.raises(ValidationError) as caught:
        with_sources({**data, "period": {"source": "pgae"}}, ("period",))
    assert [(error["loc"], error["type"]) for error in caught.value.errors()] == [
        (("period", "source"), "unknown_source")
    ]


def test_how_long_an_order_counts_is_cited() -> None:
    """The rate's sixty days come from Amazon's page, and say so."""
    period = odr_period()
    assert (period.days, period.confidence.value) == (60, "amazon_page")
    assert period.source.address.startswith("https://sellercentral.amazon.com/")
    assert str(period.days) in period.source.words
