"""Days, instants and money in both languages."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from babel.numbers import parse_decimal
from hypothesis import given
from hypothesis import strategies as st

from atoz.model.marketplace import Marketplace
from atoz.model.money import Money
from atoz.report.formatting import format_day, format_instant, format_money


@pytest.mark.parametrize(
    ("zone", "english", "chinese"),
    [
        ("America/Los_Angeles", "Tue, Jun 21, 2016, 09:00 PDT", "2016年6月21日周二 09:00 PDT"),
        ("Asia/Dubai", "Tue, Jun 21, 2016, 20:00 UTC+04", "2016年6月21日周二 20:00 UTC+04"),
        ("Asia/Tokyo", "Wed, Jun 22, 2016, 01:00 JST", "2016年6月22日周三 01:00 JST"),
    ],
)
def test_instant_names_its_zone(zone, english, chinese):
    """The same instant on three walls; the day may differ, the zone is always named."""
    at = datetime(2016, 6, 21, 16, tzinfo=UTC)

    assert format_instant(at, ZoneInfo(zone), "en") == english
    assert format_instant(at, ZoneInfo(zone), "zh") == chinese


def test_both_ends_of_an_hour_that_happens_twice_differ():
    """When the clocks go back, the zone's name tells the first 01:30 from the second."""
    zone = ZoneInfo("America/Los_Angeles")
    first = datetime(2016, 11, 6, 8, 30, tzinfo=UTC)

    assert format_instant(first, zone, "en").endswith("01:30 PDT")
    assert format_instant(first + timedelta(hours=1), zone, "en").endswith("01:30 PST")


def test_seconds_are_kept():
    """A deadline one second before midnight does not read as midnight."""
    at = datetime(2016, 6, 21, 23, 59, 59, tzinfo=UTC)

    assert "23:59:59" in format_instant(at, ZoneInfo("UTC"), "en")


@given(
    st.datetimes(datetime(1995, 1, 2), datetime(2199, 12, 30), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(Marketplace.all()),
)
def test_instant_can_be_read_back(at, marketplace):
    """What is shown is the instant, to the second, for every marketplace: parsed back it is the same."""
    local = at.astimezone(marketplace.zoneinfo)
    day, clock, _ = format_instant(at, marketplace.zoneinfo, "en").rsplit(" ", 2)
    read = datetime.strptime(day, "%a, %b %d, %Y,").date()  # noqa: DTZ007

    assert read == local.date()
    assert (f"{clock}:00" if clock.count(":") == 1 else clock) == local.strftime("%H:%M:%S")


@given(
    st.decimals("-99999999", "99999999", allow_nan=False, places=3),
    st.sampled_from(sorted({each.currency for each in Marketplace.all()})),
)
def test_money_is_never_rounded(value, currency):
    """Whatever the currency's custom, all digits of the amount are shown."""
    for language in ("en", "zh"):
        shown = format_money(Money(value=value, currency=currency), language)
        digits = "".join(each for each in shown if each.isdigit() or each in "-.")

        assert parse_decimal(digits.strip("."), locale="en") == Decimal(value)


def test_day_has_a_weekday():
    """A leap day, in both languages."""
    assert format_day(date(2016, 2, 29), "en") == "Mon, Feb 29, 2016"
    assert format_day(date(2016, 2, 29), "zh") == "2016年2月29日周一"


def test_offset_zone_is_named_too():
    """An instant in a bare offset is moved to the zone asked for."""
    at = datetime(2016, 6, 21, 9, tzinfo=timezone(timedelta(hours=-7)))

    assert format_instant(at, ZoneInfo("UTC"), "en") == "Tue, Jun 21, 2016, 16:00 UTC"
