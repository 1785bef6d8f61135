"""Counting days, business days and hours, against plain loops."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from atoz.model.marketplace import Marketplace
from atoz.rulebook.date_arithmetic import Unit, add_to_day, add_to_instant, longest_hours, shortest_hours

LA = ZoneInfo("America/Los_Angeles")
ZONES = sorted({each.zone for each in Marketplace.all()})
days = st.dates(date(2000, 1, 1), date(2060, 12, 31))
zones = st.sampled_from(ZONES).map(ZoneInfo)


@cache
def changes_of_clocks(zone: ZoneInfo, year: int) -> list[datetime]:
    """The hours of a year at which a zone's clocks change; the year's middle where they never do."""
    hours = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=hour) for hour in range(8760)]
    offsets = [each.astimezone(zone).utcoffset() for each in hours]
    found = [hour for hour, before, after in zip(hours[1:], offsets, offsets[1:], strict=False) if before != after]
    return found or [hours[4380]]


@st.composite
def moments(draw: st.DrawFn) -> tuple[datetime, ZoneInfo]:
    """An instant and a zone; half of them within two hours and some days of a change of clocks."""
    zone = draw(zones)
    if draw(st.booleans()):
        return datetime(2000, 1, 1, tzinfo=UTC) + timedelta(minutes=draw(st.integers(0, 30_000_000))), zone
    change = draw(st.sampled_from(changes_of_clocks(zone, draw(st.sampled_from([2016, 2026])))))
    near = timedelta(minutes=draw(st.integers(-180, 180)))
    return change + near - timedelta(days=draw(st.integers(-40, 40))), zone


def business_days_on(day: date, count: int) -> date:
    """One day at a time; only Monday to Friday count."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def same_wall_time(at: datetime, days_on: int, zone: ZoneInfo) -> datetime:
    """The first instant at which the zone's clocks show the same time, that many days on; by trying every offset.

    Where no clock shows it, the time is read with the offset of the day before.
    """
    wall = at.astimezone(zone).replace(tzinfo=None) + timedelta(days=days_on)
    around = [
        (wall + timedelta(hours=hour)).replace(tzinfo=UTC).astimezone(zone).utcoffset() for hour in range(-36, 37)
    ]
    tried = {(wall - offset).replace(tzinfo=UTC) for offset in around if offset is not None}
    shown = [each for each in tried if each.astimezone(zone).replace(tzinfo=None) == wall]
    return min(shown) if shown else max(tried)


@given(days, st.integers(0, 60))
def test_business_days_are_mondays_to_fridays(day: date, count: int) -> None:
    """The same as counting one by one, from any weekday; the day itself is not counted."""
    assert add_to_day(day, count, Unit.BUSINESS_DAY) == business_days_on(day, count)


@pytest.mark.parametrize(
    ("day", "count", "result"),
    [
        (date(2016, 6, 9), 1, date(2016, 6, 10)),  # Thursday to Friday
        (date(2016, 6, 10), 1, date(2016, 6, 13)),  # Friday to Monday
        (date(2016, 6, 11), 1, date(2016, 6, 13)),  # Saturday to Monday
        (date(2016, 6, 12), 1, date(2016, 6, 13)),  # Sunday to Monday
        (date(2016, 6, 10), 5, date(2016, 6, 17)),
        (date(2016, 12, 23), 1, date(2016, 12, 26)),  # no holidays: the sources name none
        (date(2016, 6, 11), 0, date(2016, 6, 11)),
    ],
)
def test_weekends_are_skipped(day: date, count: int, result: date) -> None:
    """Each weekday, counted by hand."""
    assert add_to_day(day, count, Unit.BUSINESS_DAY) == result


@given(days, st.integers(-400, 400))
def test_calendar_days_are_just_days(day: date, count: int) -> None:
    """Over leap days and years, forth and back; added to, a day is not counted itself, the last one is."""
    there = add_to_day(day, count, Unit.CALENDAR_DAY)
    assert there.toordinal() == day.toordinal() + count
    assert add_to_day(there, -count, Unit.CALENDAR_DAY) == day


@pytest.mark.parametrize(("value", "unit"), [(1, Unit.HOUR), (0, Unit.HOUR), (-1, Unit.BUSINESS_DAY)])
def test_what_cannot_be_counted_is_refused(value: int, unit: Unit) -> None:
    """Hours have no place on a day, and no source counts business days back."""
    with pytest.raises(ValueError, match="cannot add"):
        add_to_day(date(2016, 6, 10), value, unit)


@given(moments(), st.integers(-60, 60))
def test_days_keep_the_local_time(moment: tuple[datetime, ZoneInfo], count: int) -> None:
    """N calendar days end at the same local wall time, in gaps and folds too; none is no time at all."""
    at, zone = moment
    expected = at if count == 0 else same_wall_time(at, count, zone)
    assert add_to_instant(at, count, Unit.CALENDAR_DAY, zone) == expected


@given(moments(), st.integers(1, 15))
def test_business_days_keep_the_local_time(moment: tuple[datetime, ZoneInfo], count: int) -> None:
    """So do business days: they are counted on the local calendar."""
    at, zone = moment
    local = at.astimezone(zone).date()
    on = (business_days_on(local, count) - local).days
    assert add_to_instant(at, count, Unit.BUSINESS_DAY, zone) == same_wall_time(at, on, zone)


@given(moments(), st.integers(-200, 200))
def test_hours_are_elapsed_time(moment: tuple[datetime, ZoneInfo], count: int) -> None:
    """Clocks never change how long an hour is."""
    at, zone = moment
    later = add_to_instant(at, count, Unit.HOUR, zone)
    assert (later - at).total_seconds() == count * 3600
    assert later.tzinfo is UTC


@given(moments(), st.integers(0, 20), st.sampled_from(Unit))
@example((datetime(2026, 10, 30, 20, tzinfo=UTC), LA), 3, Unit.CALENDAR_DAY)
def test_how_long_a_span_can_last(moment: tuple[datetime, ZoneInfo], count: int, unit: Unit) -> None:
    """The bounds that policies are checked with hold for every span, whatever the clocks do."""
    at, zone = moment
    hours = (add_to_instant(at, count, unit, zone) - at).total_seconds() / 3600
    assert shortest_hours(count, unit) <= hours <= longest_hours(count, unit)


@pytest.mark.parametrize(
    ("at", "zone", "days_last"),
    [
        ("2026-03-06T20:00Z", "America/Los_Angeles", 71),
        ("2026-10-30T20:00Z", "America/Los_Angeles", 73),
        ("2026-03-27T20:00Z", "Europe/London", 71),
        ("2026-10-23T20:00Z", "Europe/London", 73),
        ("2026-04-03T04:00Z", "Australia/Sydney", 73),
        ("2026-10-02T04:00Z", "Australia/Sydney", 71),
        ("2026-03-06T20:00Z", "Asia/Tokyo", 72),
        ("2026-03-07T20:00Z", "Asia/Kolkata", 72),
        # 02:30 does not exist on 2026-03-08 in Los Angeles: read with the winter offset it is 72 hours on
        ("2026-03-05T10:30Z", "America/Los_Angeles", 72),
        # 01:30 comes twice on 2026-11-01: the first counts
        ("2026-10-29T08:30Z", "America/Los_Angeles", 72),
        # begun in the second 01:30: three days on there is one again
        ("2026-11-01T09:30Z", "America/Los_Angeles", 72),
    ],
)
def test_three_days_and_72_hours_differ(at: str, zone: str, days_last: int) -> None:
    """By hand, around changes of clocks, in a gap and in a fold."""
    start = datetime.fromisoformat(at)
    end = add_to_instant(start, 3, Unit.CALENDAR_DAY, ZoneInfo(zone))
    assert (end - start) == timedelta(hours=days_last)
    assert add_to_instant(start, 72, Unit.HOUR, ZoneInfo(zone)) - start == timedelta(hours=72)


def test_no_days_from_the_second_of_two_equal_times() -> None:
    """Nothing added is nothing moved, in the hour that comes twice too."""
    second = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
    assert add_to_instant(second, 0, Unit.CALENDAR_DAY, LA) == second
    assert add_to_instant(second, 0, Unit.BUSINESS_DAY, LA) == second


@pytest.mark.parametrize("at", ["2016-02-28T12:00Z", "2024-02-28T12:00Z", "2100-02-28T12:00Z"])
def test_leap_days_count(at: str) -> None:
    """A leap day is a day; 2100 has none."""
    start = datetime.fromisoformat(at)
    leap = start.year % 4 == 0 and start.year % 100 != 0
    assert add_to_instant(start, 1, Unit.CALENDAR_DAY, ZoneInfo("Asia/Tokyo")).day == (29 if leap else 1)
