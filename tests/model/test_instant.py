"""Instants and days: what is taken, what is refused, and on which local day a moment falls."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from atoz.errors import InvalidDocument
from atoz.model.instant import Day, Instant, instant_argument
from atoz.model.marketplace import Marketplace
from atoz.model.order import Order

INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)
DAY: TypeAdapter[date] = TypeAdapter(Day)
COUNTRIES = [each.country for each in Marketplace.all()]


def code(adapter: TypeAdapter[datetime] | TypeAdapter[date], value: object) -> str:
    """The code of the one fault of a value."""
    with pytest.raises(ValidationError) as caught:
        adapter.validate_python(value)
    [fault] = caught.value.errors()
    return fault["type"]


@pytest.mark.parametrize(
    "value", [1465000000, 1465000000.5, "1465000000", "1465000000.0", True, None, b"2016", date(2016, 6, 1), "", "soon"]
)
def test_no_number_or_guess_is_an_instant(value: object) -> None:
    """A number, numeric text, a bare day: none says which moment it is."""
    assert code(INSTANT, value) in {"instant", "naive_instant"}


@pytest.mark.parametrize(
    "value",
    ["2016-06-01T15:00:00", "2016-06-01", "20160601", datetime(2016, 6, 1), "2016-06-01 15:00"],  # noqa: DTZ001
)
def test_a_naive_time_is_refused(value: object) -> None:
    """A time without an offset is refused, with the hint to add one."""
    assert code(INSTANT, value) == "naive_instant"


@pytest.mark.parametrize(
    "value", [1465000000, "1465000000", 3.0, True, None, datetime(2016, 6, 1, tzinfo=UTC), "2016-06-31", "10/06/2016"]
)
def test_no_number_or_instant_is_a_day(value: object) -> None:
    """A day is a calendar day that exists; an instant is not one until a zone makes it one."""
    assert code(DAY, value) == "day"


@pytest.mark.parametrize("text", ["2015-02-29", "2100-02-29", "2016-02-30"])
def test_leap_days_that_are_none_are_refused(text: str) -> None:
    """The 29th of February exists only in leap years, for days and for instants."""
    assert code(DAY, text) == "day"
    assert code(INSTANT, f"{text}T12:00:00Z") == "instant"
    assert DAY.validate_python("2016-02-29") == date(2016, 2, 29)


@given(st.datetimes(datetime(1995, 1, 2), datetime(2199, 12, 30)), st.sampled_from(COUNTRIES))  # noqa: DTZ001
def test_an_instant_is_kept_in_utc(wall: datetime, country: str) -> None:
    """Whatever the zone, equal moments become equal bytes."""
    zone = Marketplace.of(country).zoneinfo
    aware = wall.replace(tzinfo=zone)
    kept = INSTANT.validate_python(aware)
    assert kept.tzinfo is UTC
    assert kept == aware.astimezone(UTC)
    assert kept.replace(tzinfo=None) + (aware.utcoffset() or timedelta(0)) == wall
    assert INSTANT.validate_json(INSTANT.dump_json(kept)) == kept


@pytest.mark.parametrize(
    ("wall", "first", "second"),
    [
        (datetime(2026, 11, 1, 1, 30), "08:30", "09:30"),  # noqa: DTZ001
        (datetime(2026, 3, 8, 2, 30), "10:30", "09:30"),  # noqa: DTZ001
    ],
)
def test_folds_and_gaps_are_told_apart(wall: datetime, first: str, second: str) -> None:
    """A repeated or a skipped local time is read by its fold."""
    zone = ZoneInfo("America/Los_Angeles")
    found = [INSTANT.validate_python(wall.replace(tzinfo=zone, fold=fold)).strftime("%H:%M") for fold in (0, 1)]
    assert found == [first, second]


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("1994-12-31T23:59:59.999999Z", False),
        ("1995-01-01T00:00:00Z", True),
        ("1995-01-01T00:00:00+14:00", False),
        ("1994-12-31T23:00:00-02:00", True),
        ("2199-12-31T23:59:59.999999Z", True),
        ("2200-01-01T00:00:00Z", False),
        ("2199-12-31T23:00:00-02:00", False),
        ("2200-01-01T01:00:00+02:00", True),
        ("0001-01-01T00:00:00+14:00", False),
        ("9999-12-31T23:59:59-14:00", False),
    ],
)
def test_the_years_taken_are_those_of_utc(text: str, *, taken: bool) -> None:
    """The first and last moment are kept in UTC, so what is taken can always be read back."""
    for value in (text, datetime.fromisoformat(text)):
        if taken:
            kept = INSTANT.validate_python(value)
            assert INSTANT.validate_json(INSTANT.dump_json(kept)) == kept
        else:
            assert code(INSTANT, value) == "out_of_range"


@pytest.mark.parametrize("day", [date.min, date(1994, 12, 31), date(2200, 1, 1), date.max])
def test_days_out_of_range_are_refused(day: date) -> None:
    """Days before Amazon opened, or so late that counting could overflow, are refused."""
    assert code(DAY, day) == "out_of_range"
    assert DAY.validate_python(date(1995, 1, 1)) == date(1995, 1, 1)
    assert DAY.validate_python(date(2199, 12, 31)) == date(2199, 12, 31)


def test_an_argument_fails_with_atozs_own_error() -> None:
    """A naive argument names itself in an `InvalidDocument`, not in pydantic's error."""
    with pytest.raises(InvalidDocument, match="as_of.*no time zone") as caught:
        instant_argument("as_of", datetime(2016, 6, 1))  # noqa: DTZ001
    assert [(fault.path, fault.code) for fault in caught.value.faults] == [("as_of", "naive_instant")]


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_promised_instant_becomes_the_local_day(country: str) -> None:
    """In every zone, over every change of clocks of 2026, the last microsecond belongs to the day, the next does not."""
    zone = Marketplace.of(country).zoneinfo
    offsets = {
        (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour)).astimezone(zone).utcoffset()
        for hour in range(0, 8760, 12)
    }
    changes = [
        at
        for at in (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(365))
        if at.astimezone(zone).utcoffset() != (at + timedelta(days=1)).astimezone(zone).utcoffset()
    ]
    assert bool(changes) is (len(offsets) > 1)
    for around in [datetime(2026, 6, 10, tzinfo=UTC), datetime(2028, 2, 29, tzinfo=UTC), *changes]:
        day = around.astimezone(zone).date()
        # the first moment of the next day, by the zone's own wall clock read the other way
        following = day + timedelta(days=1)
        start = min(
            datetime(following.year, following.month, following.day, hour, tzinfo=zone, fold=fold).astimezone(UTC)
            for hour in (0, 1)
            for fold in (0, 1)
            if datetime(following.year, following.month, following.day, hour, tzinfo=zone, fold=fold)
            .astimezone(UTC)
            .astimezone(zone)
            .date()
            == following
        )
        assert _promise(country, start) == following
        assert _promise(country, start - timedelta(microseconds=1)) == day
        shifted = start.astimezone(timezone(timedelta(hours=-11, minutes=-30)))
        assert _promise(country, shifted) == following
        assert _promise(country, shifted.isoformat()) == following


def _promise(country: str, value: object) -> date | None:
    order = Order.model_validate(
        {
            "order_id": "123-1234567-1234567",
            "marketplace": country,
            "placed_at": "2016-06-01T15:00:00Z",
            "deliver_by": value,
        }
    )
    return order.deliver_by
