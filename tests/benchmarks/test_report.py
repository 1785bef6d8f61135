"""Calendars and packets of very long histories: time in proportion to the events."""

from datetime import timedelta
from statistics import median
from time import perf_counter

import pytest

from atoz.model.events import BuyerMessaged, SellerMessaged
from atoz.testing.builders import a_claim

pytest.importorskip("icalendar", reason="a calendar needs the extra report")


def long_claim(count):
    """A claim with so many messages, a minute apart."""
    claim = a_claim()
    kinds = (BuyerMessaged, SellerMessaged)
    more = tuple(kinds[minute % 2](at=claim.updated_at + timedelta(minutes=minute)) for minute in range(1, count + 1))
    return claim.model_copy(update={"history": (*claim.history, *more)})


def seconds(make, claim):
    """The median of three runs."""
    times = []
    for _ in range(3):
        begun = perf_counter()
        make(claim)
        times.append(perf_counter() - begun)
    return median(times)


@pytest.mark.parametrize(("name", "events", "target"), [("calendar", 2_000, 1), ("packet", 10_000, 5)])
def test_a_long_history_becomes_a_document_in_time_in_proportion(benchmark, finding, name, events, target):
    """Four times as many events take some four times as long, not sixteen."""
    from atoz.report.appeal_packet import appeal_packet
    from atoz.report.calendar import calendar

    makers = {
        "calendar": lambda claim: calendar([claim], as_of=claim.updated_at),
        "packet": lambda claim: appeal_packet(claim, as_of=claim.updated_at),
    }
    size = events if benchmark.enabled else 40
    small, large = (long_claim(count) for count in (size // 4, size))
    times = {len(claim.history): seconds(makers[name], claim) for claim in (small, large)}
    assert benchmark(lambda: makers[name](small))
    finding(f"{name} of {events:,} events", f"{max(times.values()):.2f} s", f"<= {target} s")
    finding(
        "growth of that time, over the growth of the history",
        f"{max(times.values()) / min(times.values()) / 4:.1f} x",
        "<= 3 x",
    )
