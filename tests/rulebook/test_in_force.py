"""The edition in force: on each side of every change, by order day and by filing day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atoz.errors import NoEditionInForce, UnknownName
from atoz.lifecycle.operations import open_claim
from atoz.lifecycle.replay import rebuild, under
from atoz.model.events import Filed
from atoz.model.marketplace import Marketplace
from atoz.model.order import Order
from atoz.rulebook.deadlines import deadlines
from atoz.rulebook.edition import Edition
from atoz.rulebook.edition_selection import editions_in_force, in_force, pick_edition, timeline, why_in_force
from atoz.rulebook.filing_window import filing_window

# (day, edition in force in the United States), typed from the dates of the fact sheet; none: not supported
CHANGES = [
    (date(2016, 5, 31), None),
    (date(2016, 6, 1), "us-2016-06"),
    (date(2016, 11, 13), "us-2016-06"),
    (date(2016, 11, 14), "us-2016-11"),
    (date(2017, 12, 31), "us-2016-11"),
    (date(2018, 1, 1), "us-2016-11 us-2020-07"),
    (date(2020, 7, 26), "us-2016-11 us-2020-07"),
    (date(2020, 7, 27), "us-2020-07"),
    (date(2021, 5, 23), "us-2020-07"),
    (date(2021, 5, 24), "us-2021-05"),
    (date(2023, 9, 24), "us-2021-05"),
    (date(2023, 9, 25), "us-2021-05 us-2026"),
    (date(2024, 3, 1), "us-2021-05 us-2026"),
    (date(2026, 5, 11), "us-2021-05 us-2026"),
    (date(2026, 5, 12), "us-2026"),
    (date(2026, 11, 24), "us-2026"),
]


@pytest.mark.parametrize(("day", "editions"), CHANGES)
def test_each_side_of_every_change(day: date, editions: str | None) -> None:
    """The last day of one, the first day of the next; in a gap both neighbours, of which the earlier is pinned."""
    assert [edition.id for edition in editions_in_force("US", day)] == (editions.split() if editions else [])
    if editions:
        assert pick_edition("in-force", "US", day).id == editions.split()[0]
        why = why_in_force(in_force("US", day), "US", day)
        assert all(edition in why.en and edition in why.zh for edition in editions.split())
    else:
        with pytest.raises(NoEditionInForce):
            in_force("US", day)


@pytest.mark.parametrize(
    ("country", "day", "edition", "why"),
    [
        ("GB", date(2023, 9, 23), None, ""),
        ("GB", date(2023, 9, 24), "uk-current", "they were seen on 2023-09-24"),
        ("GB", date(2026, 11, 20), "uk-current", "they were seen on 2023-09-24"),
        *((country, date(2023, 9, 23), None, "") for country in ("DE", "ES", "FR", "IT")),
        *((country, date(2023, 9, 24), "eu-current", "seen on 2023-09-24") for country in ("DE", "ES", "FR", "IT")),
        *((country, date(2026, 5, 11), None, "") for country in ("JP", "CA", "AU", "AE", "SA")),
        ("JP", date(2026, 5, 12), "jp-current", "atoz's own assumption"),
        ("CA", date(2026, 5, 12), "ca-current", "atoz's own assumption"),
        ("AU", date(2026, 5, 12), "au-current", "atoz's own assumption"),
        *((country, date(2026, 5, 12), "ae-sa-current", "atoz's own assumption") for country in ("AE", "SA")),
        ("IN", date(2026, 5, 11), None, ""),
        ("IN", date(2026, 5, 12), "in-current", "from 2026-05-12 is atoz's own assumption"),
        ("BR", date(2026, 11, 20), None, ""),
    ],
)
def test_an_undated_edition_counts_from_the_day_it_was_seen(
    country: str, day: date, edition: str | None, why: str
) -> None:
    """The day of a dated source, or atoz's own; and a marketplace without any edition has none on any day."""
    assert [found.id for found in editions_in_force(country, day)] == ([edition] if edition else [])
    if edition:
        assert why in why_in_force(in_force(country, day), country, day).en


def test_the_timeline_pins_what_in_force_finds() -> None:
    """Span by span, at both ends and a day outside, the timeline names the edition that `in_force` picks."""
    for place in Marketplace.all():
        spans = timeline(place.country)
        for first, last, edition in spans:
            for day in (first, last or date(2199, 12, 31)):
                assert in_force(place.country, day).id == edition.id
        starts = {span.first for span in spans} | {span.last + timedelta(days=1) for span in spans if span.last}
        for day in starts:
            eve = day - timedelta(days=1)
            pinned = [span.edition.id for span in spans if span.first <= eve and (not span.last or eve <= span.last)]
            assert [found.id for found in editions_in_force(place.country, eve)][:1] == pinned[:1]


@pytest.mark.parametrize(
    ("country", "day", "nearest"),
    [
        ("US", date(2016, 5, 31), ("us-2016-06 (from 2016-06-01)",)),
        ("GB", date(2023, 9, 23), ("uk-current (from 2023-09-24)",)),
        ("IN", date(2016, 6, 1), ("in-current (from 2026-05-12)",)),
        ("BR", date(2026, 6, 1), ()),
    ],
)
def test_where_none_is_supported_the_nearest_are_named(country: str, day: date, nearest: tuple[str, ...]) -> None:
    """Those of the marketplace; never the seven days of an edition that names no place."""
    with pytest.raises(NoEditionInForce) as caught:
        in_force(country, day)
    assert caught.value.nearest == nearest
    assert "faq-2016" not in str(caught.value)
    assert (caught.value.marketplace, caught.value.day) == (country, day.isoformat())


@given(st.sampled_from(Marketplace.all()), st.dates(date(1995, 1, 1), date(2199, 12, 31)))
def test_what_is_picked_speaks_of_the_place(place: Marketplace, day: date) -> None:
    """What is picked names the place and began by the day; what is named by id is used whatever the day."""
    try:
        found = in_force(place.country, day)
    except NoEditionInForce:
        named = [edition for edition in Edition.all() if place.country in edition.marketplaces]
        assert not any(edition.in_force and edition.in_force.covers(day) for edition in named)
        assert not any(edition.seen_from and edition.seen_from <= day for edition in named)
    else:
        first = found.in_force.first if found.in_force else found.seen_from
        assert first
        assert first <= day
        assert place.country in found.marketplaces
        assert place.country in why_in_force(found, place.country, day).en
    assert pick_edition("uk-current", place.country, day).id == "uk-current"


def order(placed_at: datetime, marketplace: str = "US") -> Order:
    """An order placed at an instant."""
    return Order(
        order_id="123-1234567-1234567", marketplace=marketplace, placed_at=placed_at, deliver_by=date(2016, 11, 20)
    )


MIDNIGHT = datetime(2016, 11, 14, 8, tzinfo=UTC)
"""In Los Angeles the 14th of November 2016 begins now."""
TICK = timedelta(microseconds=1)


def test_window_by_order_day_deadlines_by_filing_day() -> None:
    """Both local days, to the microsecond; both editions are stored, and the second only where it differs."""
    old = order(MIDNIGHT - TICK)
    claim = open_claim(old, reason="not_received", filed_at=MIDNIGHT, edition="in-force")
    assert (claim.edition, claim.window_edition) == ("us-2016-11", "us-2016-06")
    earlier = open_claim(old, reason="not_received", filed_at=MIDNIGHT - TICK, edition="in-force")
    assert (earlier.edition, earlier.window_edition) == ("us-2016-06", None)
    new = open_claim(order(MIDNIGHT), reason="not_received", filed_at=MIDNIGHT, edition="in-force")
    assert (new.edition, new.window_edition) == ("us-2016-11", None)
    assert [deadlines(each, as_of=MIDNIGHT)[1].edition for each in (claim, earlier)] == ["us-2016-11", "us-2016-06"]
    assert under(new, "faq-2016").window_edition is None
    assert under(under(claim, "faq-2016"), "in-force") == claim
    assert rebuild(old, [Filed(at=MIDNIGHT)], reason="not_received", edition="in-force") == claim


def test_a_window_in_force_says_so() -> None:
    """The day that it was picked by is kept, and the first step of the explanation says why."""
    window = filing_window(order(MIDNIGHT - TICK), edition="in-force")
    assert (window.edition, window.in_force_on) == ("us-2016-06", date(2016, 11, 13))
    first = window.explain().steps[0].says
    assert "us-2016-06" in first.en
    assert "2016-11-13" in first.en
    assert "us-2016-06" in first.zh


def test_in_force_is_no_edition_of_its_own() -> None:
    """It is a question, never an id: a claim cannot pin it."""
    with pytest.raises(UnknownName):
        Edition.named("in-force")
    with pytest.raises(NoEditionInForce):
        open_claim(order(MIDNIGHT, "GB"), reason="other", filed_at=MIDNIGHT, edition="in-force")
    with pytest.raises(ValueError, match="by naming it"):
        why_in_force(Edition.named("faq-2016"), "GB", date(2026, 1, 1))
