"""Zones in SQL: on both sides of every change of clocks, in every marketplace, against the zones of Python."""

# ruff: noqa: E402  (the libraries are asked for before what needs them)

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

pytest.importorskip("narwhals")
pytest.importorskip("numpy")
pytest.importorskip("pyarrow")
duckdb = pytest.importorskip("duckdb")

import narwhals as nw
import pyarrow as pa

from atoz.frames.engines import ZONE
from atoz.frames.engines import duckdb as engine
from atoz.frames.timezone_tables import changes
from atoz.model.instant import FIRST_YEAR, LAST_YEAR
from atoz.model.marketplace import Marketplace

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
STEP = timedelta(microseconds=1)


def instants_of(zone):
    """Around every change of clocks and every new year of the years that count, and some hours in between."""
    turns = [EPOCH + timedelta(seconds=int(second)) for second in changes(zone)[0]]
    turns += [datetime(year, 1, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC) for year in range(FIRST_YEAR, LAST_YEAR + 1)]
    turns += [datetime(year, 1, 1, tzinfo=UTC) for year in range(FIRST_YEAR, LAST_YEAR + 1)]
    around = [turn + beside for turn in turns for beside in (-STEP, timedelta(), STEP, timedelta(hours=7))]
    return [at for at in around if FIRST_YEAR <= at.year <= LAST_YEAR]


def counted(instants, markets, convert, kind):
    """What an engine's function makes of instants or local times."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'Africa/Cairo'")  # no result depends on it
        table = pa.table({"key": range(len(instants)), "at": pa.array(instants, kind), "marketplace": markets})
        connection.register("given", table)
        frame = engine.zoned(nw.from_native(connection.sql("SELECT * FROM given")), "marketplace")
        rows = convert(frame).to_native().project("key, made").to_arrow_table().sort_by("key")
        return [made.astimezone(UTC) if isinstance(made, datetime) else made for made in rows["made"].to_pylist()]


MARKETS = tuple({market.zone: market.country for market in Marketplace.all()}.values())


@pytest.mark.slow
@pytest.mark.parametrize("country", MARKETS)
def test_local_days_and_times_are_those_of_the_zone(country):
    """Days of instants, instants of local times that are skipped or repeated too, and days later."""
    zone = ZoneInfo(Marketplace.of(country).zone)
    instants = instants_of(zone.key)
    markets = [country] * len(instants)
    utc = pa.timestamp("us", "UTC")
    days = counted(instants, markets, lambda frame: engine.local_day(frame, "at", "made"), utc)
    assert days == [at.astimezone(zone).date() for at in instants]

    local = [at.astimezone(zone).replace(tzinfo=None, fold=0) for at in instants]
    local = [at if FIRST_YEAR <= at.year <= LAST_YEAR else None for at in local]
    made = counted(local, markets, lambda frame: engine.from_local(frame, "at", "made"), pa.timestamp("us"))
    assert made == [at and at.replace(tzinfo=zone).astimezone(UTC) for at in local]

    week = counted(instants, markets, lambda frame: engine.days_later(frame, "at", "made", (7,) * 7), utc)
    assert week == [((at.astimezone(zone) + timedelta(days=7)).replace(fold=0)).astimezone(UTC) for at in instants]


def test_every_spelling_has_its_zone():
    """Codes, ids and Amazon's UK, in any case and between blanks; what is unknown has none."""
    names = [name for market in Marketplace.all() for name in (market.country, market.marketplace_id, *market.also)]
    spellings = [*names, *(f" \t{name.lower()}\n" for name in names), None, "", "XX", "U S"]
    at = datetime(2024, 7, 1, 23, 30, tzinfo=UTC)
    days = counted(
        [at] * len(spellings), spellings, lambda frame: engine.local_day(frame, "at", "made"), pa.timestamp("us", "UTC")
    )
    expected = [at.astimezone(Marketplace.of(name).zoneinfo).date() for name in names]
    assert days == [*expected, *expected, None, None, None, None]
    assert set(expected) == {date(2024, 7, 1), date(2024, 7, 2)}


def test_no_zone_outside_the_years_that_count():
    """The last instant of the years that count has a day, the next one has none; nor has eternity."""
    first, last = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC)
    instants = [first - STEP, first, last - STEP, last]
    days = counted(instants, ["JP"] * 4, lambda frame: engine.local_day(frame, "at", "made"), pa.timestamp("us", "UTC"))
    assert days == [None, date(FIRST_YEAR, 1, 1), date(LAST_YEAR + 1, 1, 1), None]
    with duckdb.connect() as connection:
        given = connection.sql("SELECT 'US' AS marketplace, CAST('infinity' AS TIMESTAMPTZ) AS at")
        frame = engine.zoned(nw.from_native(given), "marketplace")
        assert engine.local_day(frame, "at", "made").to_native().project("made").fetchall() == [(None,)]


def test_the_column_of_zones_is_a_number():
    """Zones whose clocks have always agreed share one."""
    with duckdb.connect() as connection:
        given = connection.sql("SELECT unnest(['DE', 'FR', 'US', 'xx']) AS marketplace")
        codes = engine.zoned(nw.from_native(given), "marketplace").to_native().project(f'"{ZONE}"').fetchall()
    (germany,), (france,), (america,), (unknown,) = codes
    assert germany == france != america
    assert unknown is None
