"""By when to act, for a table: what is refused, what is not known, and the types that come out."""

# ruff: noqa: E402  (the libraries are asked for before what needs them)

from datetime import UTC, datetime, timedelta

import pytest

pytest.importorskip("narwhals")
pytest.importorskip("numpy")
pa = pytest.importorskip("pyarrow")

from atoz.errors import InvalidDocument, UnknownName
from atoz.frames import with_act_by

from .engines import ENGINES

FILED = datetime(2026, 11, 20, 16, tzinfo=UTC)
AS_OF = FILED + timedelta(hours=8)


def table(**columns):
    """An Arrow table of claims."""
    return pa.table(columns)


def test_a_deadline_of_the_buyer_s_asks_nothing_of_the_seller():
    """It is refused by name, and so is a deadline that there is not."""
    claims = table(marketplace=["US"], denied_at=[FILED])
    with pytest.raises(InvalidDocument, match="buyer_appeal is the buyer's deadline"):
        with_act_by(claims, which="buyer_appeal", as_of=AS_OF)
    with pytest.raises(UnknownName):
        with_act_by(claims, which="answer", as_of=AS_OF)


def test_what_is_missing_is_named():
    """A start of the clock is needed, and the filing day where it picks the edition; results need free names."""
    with pytest.raises(InvalidDocument, match="filed_at: the table has no such column"):
        with_act_by(table(marketplace=["US"]), which="answer_amazon", as_of=AS_OF)
    asked = table(marketplace=["US"], information_requested_at=[FILED])
    with pytest.raises(InvalidDocument, match="filed_at: the table has no such column"):
        with_act_by(asked, which="answer_amazon", as_of=AS_OF, edition="in-force")
    with pytest.raises(InvalidDocument, match="act_by: the table has this column already"):
        with_act_by(asked.append_column("act_by", pa.array(["x"])), which="answer_amazon", as_of=AS_OF)


@pytest.mark.parametrize("engine", ["pandas", "polars", "pyarrow"])
def test_without_a_place_no_rule_in_force_can_be_told(engine):
    """Nulls, and the reason, where the marketplace is not known; the first event dates a claim without a filing."""
    known = {"information_requested_at": [FILED, FILED]}
    for claims in (table(**known), table(**known, marketplace=[None, "XX"])):
        rows = with_act_by(ENGINES[engine](claims), which="answer_amazon", as_of=AS_OF)
        rows = rows if engine == "pyarrow" else pa.table(rows.to_arrow()) if engine == "polars" else pa.table(rows)
        assert rows["act_by_missing"].to_pylist() == ["marketplace"] * 2
        assert [rows[name].null_count for name in ("act_by", "act_by_edition", "act_by_kind")] == [2, 2, 2]
        assert rows.schema.field("act_by").type == pa.timestamp("us", "UTC")


def test_without_a_filing_day_the_first_event_dates_the_claim():
    """A change of status tells the day; a question outside the review, as far as a row tells, starts nothing."""
    old = datetime(2016, 7, 1, 16, tzinfo=UTC)
    claims = table(
        marketplace=["US", "US"],
        information_requested_at=[old, old],
        denied_at=pa.array([old - timedelta(days=1), None], pa.timestamp("us", "UTC")),
        buyer_appealed_at=pa.array([old - timedelta(hours=1), None], pa.timestamp("us", "UTC")),
    )
    counted = with_act_by(claims, which="answer_amazon", as_of=AS_OF)
    assert counted["act_by"].to_pylist() == [old + timedelta(days=7), None]


def test_a_second_grant_has_a_soft_instant():
    """Granted, appealed, granted again: thirty days on, soft, and still there once they are over."""
    day = timedelta(days=1)
    claims = table(
        marketplace=["US", "US"],
        filed_at=[FILED, FILED],
        granted_seller_funded_at=[FILED + 3 * day, FILED + day],
        seller_appealed_at=pa.array([FILED + 2 * day, None], pa.timestamp("us", "UTC")),
    )
    for as_of, first in ((FILED + 4 * day, FILED + 31 * day), (FILED + 60 * day, None)):
        counted = with_act_by(claims, which="appeal", as_of=as_of)
        assert counted["act_by"].to_pylist() == [FILED + 33 * day, first]
        assert counted["act_by_kind"].to_pylist() == ["soft", "firm" if first else None]
