"""Arrivals: which hours of a week lose a duty when a message arrives in them, and the least cover that loses none.

An hour loses if any instant in it does. Between two instants at which something changes, a later arrival has no less
time and finds the team no further away, so that the first instant of each stretch speaks for it: the hour itself, an
hour on the marketplace's clock, and the instant from which on the step could not be begun before the team went home.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from atoz.testing.team.duties import Duty
from atoz.testing.team.working_time import Presence

_AN_HOUR = timedelta(hours=1)


class Arrival(NamedTuple):
    """A message that arrives at an instant, and how a duty fares that it starts."""

    at: datetime
    begins: datetime
    due_at: datetime
    slack: timedelta | None
    """How long before the deadline somebody is first at work; negative if after it. None if nobody comes to work."""

    @property
    def is_lost(self) -> bool:
        """Whether nobody is at work in time."""
        return self.slack is None or self.slack < timedelta()


class ArrivalWeek(NamedTuple):
    """The hours of one week."""

    hours: int
    """168, or one more or less where the clocks change."""
    lost: int
    worst: Arrival
    lost_arrivals: tuple[Arrival, ...]


def arrivals_of(duty: Duty, presence: Presence, begins: datetime, ends: datetime) -> ArrivalWeek:
    """Every hour from one whole hour to another, both in UTC, as a duty fares by who is at work when."""
    hours = list(_hours(begins, ends))
    shifts = {duty.window(hour)[0] - hour for hour in hours}
    turns = sorted(interval.ends - shift for interval in presence.intervals for shift in shifts)
    lost: list[Arrival] = []
    count = 0
    worst: Arrival | None = None
    for hour, following in zip(hours, [*hours[1:], ends], strict=True):
        between = turns[bisect_left(turns, hour) : bisect_left(turns, following)]
        instants = sorted({hour, *between, *_local_hour(hour, following, ZoneInfo(duty.zone))})
        arrivals = [arrival(duty, presence, at) for at in instants]
        losing = [row for row in arrivals if row.is_lost]
        lost += losing
        count += bool(losing)
        worst = min([*([worst] if worst else []), *arrivals], key=_slack)
    if worst is None:
        raise ValueError("a week has hours")
    return ArrivalWeek(len(hours), count, worst, tuple(lost))


def arrival(duty: Duty, presence: Presence, at: datetime) -> Arrival:
    """How a duty fares that starts at an instant in UTC."""
    begins, due_at = duty.window(at)
    at_work = presence.next_at_work(begins)
    return Arrival(at, begins, due_at, None if at_work is None else due_at - at_work)


def least_cover(lost: Iterable[Arrival], grid: datetime) -> tuple[datetime, ...]:
    """The fewest whole hours of work that lose none of these arrivals, by their starts; hours begin as `grid` does.

    Each arrival needs one of the hours that meet its time. Taking them by the last such hour, and always that last one
    where none of the hours so far does, gives the fewest: what could be covered sooner is covered no worse.
    """
    ranges = sorted(((row.due_at - grid) // _AN_HOUR, (row.begins - grid) // _AN_HOUR) for row in lost)
    chosen: list[int] = []
    for last, first in ranges:
        if not chosen or chosen[-1] < first:
            chosen.append(last)
    return tuple(grid + hour * _AN_HOUR for hour in chosen)


def _slack(row: Arrival) -> timedelta:
    return timedelta.min if row.slack is None else row.slack


def _hours(begins: datetime, ends: datetime) -> Iterator[datetime]:
    hour = begins
    while hour < ends:
        yield hour
        hour += _AN_HOUR


def _local_hour(hour: datetime, following: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """The whole hour on a zone's clock that lies inside an hour, if its clock is not in step."""
    minutes = timedelta(minutes=hour.astimezone(zone).minute)
    if minutes and hour + _AN_HOUR - minutes < following:
        yield hour + _AN_HOUR - minutes
