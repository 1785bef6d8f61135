"""Working time: when somebody who answers for a duty is at work."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from atoz.rulebook.deadline_clock import DeadlineName
from atoz.testing.team.public_holidays import PublicHolidays, public_holidays
from atoz.testing.team.team import Member, Team, times_of

_A_DAY = timedelta(days=1)


class WorkingInterval(NamedTuple):
    """Time during which somebody is at work, in UTC; at its end nobody is any more."""

    begins: datetime
    ends: datetime


def working_intervals(
    team: Team, begins: datetime, ends: datetime, duty: DeadlineName | None = None
) -> tuple[WorkingInterval, ...]:
    """When somebody who answers for `duty` (for anything, unless said) is at work between two aware instants.

    Hours are local: where the clocks skip a time, it is read with the offset before the change; where they repeat
    one, as the first.

    >>> from atoz.model.instant import to_instant
    >>> hours = {"sunday": ["00:00-06:00"]}
    >>> team = Team(name="New York", zone="America/New_York", hours=hours, members=[{"name": "Lee"}])
    >>> begins, ends = to_instant("2026-03-08T00:00:00-05:00"), to_instant("2026-03-09T00:00:00-04:00")
    >>> night = working_intervals(team, begins, ends)
    >>> [interval.ends - interval.begins for interval in night]  # the clocks skip an hour
    [datetime.timedelta(seconds=18000)]
    """
    first, last = begins.astimezone(team.zoneinfo).date() - _A_DAY, ends.astimezone(team.zoneinfo).date()
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    spans = (span for member in team.members for day in days for span in _spans(team, member, day, duty))
    clipped = (WorkingInterval(max(span.begins, begins), min(span.ends, ends)) for span in spans)
    return tuple(_merged(span for span in clipped if span.begins < span.ends))


def _spans(team: Team, member: Member, day: date, duty: DeadlineName | None) -> Iterator[WorkingInterval]:
    """The hours of one member on one day, where they are spent on the duty."""
    if _is_away(team, member.name, day) or not _answers(team, member, day, duty):
        return
    for span in _hours(team, member, day):
        start, end, next_day = times_of(span)
        begins = datetime.combine(day, start, team.zoneinfo).astimezone(UTC)
        yield WorkingInterval(
            begins, datetime.combine(day + _A_DAY if next_day else day, end, team.zoneinfo).astimezone(UTC)
        )


def _answers(team: Team, member: Member, day: date, duty: DeadlineName | None) -> bool:
    """Whether a member answers for a duty on a day, or covers somebody who does and is off."""
    if duty is None or not member.duties or duty in member.duties:
        return True
    return any(
        other.name in member.covers and (not other.duties or duty in other.duties) and _is_off(team, other, day)
        for other in team.members
    )


def _is_away(team: Team, name: str, day: date) -> bool:
    return any(absence.person == name and absence.covers(day) for absence in team.absences)


def _is_off(team: Team, member: Member, day: date) -> bool:
    """Whether a member is away, or has a holiday."""
    return _is_away(team, member.name, day) or any(day in row.days for row in _holidays(team, member, day))


def _holidays(team: Team, member: Member, day: date) -> list[PublicHolidays]:
    places = team.holidays if member.holidays is None else member.holidays
    return [public_holidays(place, day.year) for place in places]


def _hours(team: Team, member: Member, day: date) -> tuple[str, ...]:
    known = _holidays(team, member, day)
    if any(day in row.makeup_days for row in known):
        return team.makeup_hours
    if any(day in row.days for row in known):
        return ()
    return (member.hours or team.hours).of(day.weekday())


def _merged(spans: Iterable[WorkingInterval]) -> Iterator[WorkingInterval]:
    """The same time in as few intervals as there can be, the earliest first."""
    now: WorkingInterval | None = None
    for span in sorted(spans):
        if now is not None and span.begins <= now.ends:
            now = WorkingInterval(now.begins, max(now.ends, span.ends))
        else:
            if now is not None:
                yield now
            now = span
    if now is not None:
        yield now


class Presence:
    """Working intervals, to be asked about many instants."""

    def __init__(self, intervals: Iterable[WorkingInterval]) -> None:
        self.intervals = tuple(intervals)
        self._ends = [interval.ends for interval in self.intervals]

    def next_at_work(self, at: datetime) -> datetime | None:
        """The first instant from `at` on at which somebody is at work; none if nobody ever is."""
        place = bisect_right(self._ends, at)
        return max(at, self.intervals[place].begins) if place < len(self.intervals) else None
