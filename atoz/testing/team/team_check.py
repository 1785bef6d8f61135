"""Check a policy against a team's hours: which arrivals lose a duty, in an ordinary week and over the next year.

>>> from datetime import UTC, datetime
>>> weekdays = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), ["09:00-18:00"])
>>> team = Team(name="Our office", zone="Asia/Shanghai", hours=weekdays, holidays=["CN"], members=[{"name": "Lin"}])
>>> checked = check_team("current", team, as_of=datetime(2026, 9, 1, tzinfo=UTC), editions=["us-2026"])
>>> [(duty.step, duty.ordinary.lost) for duty in checked.duties if duty.deadline == "answer_amazon"]
[('answer_amazon', 0)]
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from atoz.model.instant import instant_argument
from atoz.model.intervals import interval
from atoz.model.text import Text, fill
from atoz.planner.policy import Policy
from atoz.rulebook.date_arithmetic import longest_hours
from atoz.rulebook.edition import Edition
from atoz.testing.team.arrivals import Arrival, ArrivalWeek, arrivals_of, least_cover
from atoz.testing.team.duties import Duty, UncountedDuty, duties_of
from atoz.testing.team.public_holidays import library_version, public_holidays
from atoz.testing.team.team import Team
from atoz.testing.team.team_result import DutyHours, HolidaySource, TeamCheck, UndeterminedDuty, WeekHours
from atoz.testing.team.working_time import Presence, working_intervals

WEEKS = 53
"""So many weeks are looked at: the one of the instant that was asked about, and those of the year that follows it."""
_A_WEEK = timedelta(weeks=1)


def _beyond() -> timedelta:
    """How long after the last deadline somebody is waited for."""
    return interval("atoz.testing", "longest_absence")


class _Period(NamedTuple):
    """Weeks that begin on a local Monday."""

    mondays: tuple[date, ...]
    team: Team

    def begins(self, monday: date) -> datetime:
        return datetime.combine(monday, time(), self.team.zoneinfo).astimezone(UTC)

    @staticmethod
    def of(team: Team, monday: date, weeks: int) -> "_Period":
        return _Period(tuple(monday + number * _A_WEEK for number in range(weeks)), team)


def check_team(
    policy: Policy | str, team: Team, *, as_of: datetime, editions: Sequence[str | Edition] = ()
) -> TeamCheck:
    """Which arrivals lose a duty of the policy under each edition (the policy's own unless said), and the least cover.

    An edition is an id, or one of your own. `as_of` is an aware instant: its week and the 52 that follow are checked.

    Raises:
        UnknownName: no such policy or edition.
        InvalidDocument: `as_of` is naive.
        MissingExtra: the team names holidays, and the library `holidays` is not installed.
    """
    chosen = policy if isinstance(policy, Policy) else Policy.named(policy)
    own = tuple(edition for edition in editions if isinstance(edition, Edition))
    counting = tuple(Edition.named(name, own) for name in editions or chosen.editions)
    asked = instant_argument("as_of", as_of)
    today = asked.astimezone(team.zoneinfo).date()
    year = _Period.of(team, today - timedelta(days=today.weekday()), WEEKS)
    counted, uncounted = _by_edition(chosen, counting)
    checked = [_checked(duty, year, references) for duty, references in counted.items()]
    last = year.mondays[-1] + _A_WEEK - timedelta(days=1)
    lost = [arrival for _, arrivals in checked for arrival in arrivals]
    return TeamCheck(
        policy=chosen.id,
        team=team.name,
        zone=team.zone,
        as_of=asked,
        first_day=year.mondays[0],
        last_day=last,
        duties=tuple(duty for duty, _ in checked),
        undetermined=tuple(
            UndeterminedDuty(step=duty.step, deadline=duty.deadline, editions=tuple(names), why=_say(f"why_{duty.why}"))
            for duty, names in uncounted.items()
        ),
        cover_hours=len(least_cover(lost, year.begins(year.mondays[0]))),
        holidays=_source(team, year.mondays[0], last) if team.places else None,
        not_covered=tuple(_not_covered(team)),
    )


def _by_edition(
    policy: Policy, editions: Iterable[Edition]
) -> tuple[dict[Duty, list[str]], dict[UncountedDuty, list[str]]]:
    """The duties that are the same under several editions, one time each."""
    counted: dict[Duty, list[str]] = {}
    uncounted: dict[UncountedDuty, list[str]] = {}
    for edition in editions:
        for duty in duties_of(policy, edition):
            if isinstance(duty, Duty):
                counted.setdefault(duty, []).append(edition.reference)
            else:
                uncounted.setdefault(duty, []).append(edition.reference)
    return counted, uncounted


def _checked(duty: Duty, year: _Period, editions: Sequence[str]) -> tuple[DutyHours, list[Arrival]]:
    """How a duty fares in each week, and every arrival that loses it."""
    team, reach = (
        year.team,
        timedelta(hours=longest_hours(duty.value, duty.unit)) + _beyond(),
    )
    plain = _ordinary_week(team, duty, year.mondays[0], reach)
    ordinary = _week(_arrivals(duty, plain, reach)[0], plain, plain.mondays[0])
    rows = [(monday, row) for monday, row in zip(year.mondays, _arrivals(duty, year, reach), strict=True)]
    lost = [arrival for _, row in rows for arrival in row.lost_arrivals]
    weeks = [_week(row, year, monday) for monday, row in rows]
    return DutyHours(
        step=duty.step,
        deadline=duty.deadline,
        editions=tuple(editions),
        starts_with=duty.starts_with,
        value=duty.value,
        unit=duty.unit,
        zone=duty.zone,
        ordinary=ordinary,
        weeks=tuple(week for week in weeks if week.holidays or week.away or week.lost != ordinary.lost),
        lost=sum(week.lost for week in weeks),
        hours=sum(week.hours for week in weeks),
        cover_hours=len(least_cover(lost, year.begins(year.mondays[0]))),
    ), lost


def _arrivals(duty: Duty, period: _Period, reach: timedelta) -> list[ArrivalWeek]:
    """The hours of each week of a period."""
    bounds = [*map(period.begins, period.mondays), period.begins(period.mondays[-1] + _A_WEEK)]
    presence = Presence(working_intervals(period.team, bounds[0], bounds[-1] + reach, duty.deadline))
    return [arrivals_of(duty, presence, *bounds[place : place + 2]) for place in range(len(bounds) - 1)]


def _ordinary_week(team: Team, duty: Duty, monday: date, reach: timedelta) -> _Period:
    """A week of the team without holidays and absences in which no clock changes, nor until its deadlines are over.

    Where every week has a change of clocks within reach, it is the first one.
    """
    span = reach - _beyond() + _A_WEEK
    ahead = [monday + number * _A_WEEK for number in range(WEEKS)]
    zones = (team.zoneinfo, ZoneInfo(duty.zone))
    steady = (
        day
        for day in ahead
        if all(
            (noon := datetime.combine(day, time(12), zone)).utcoffset() == (noon + span).utcoffset() for zone in zones
        )
    )
    return _Period.of(team.ordinary, next(steady, monday), 1)


def _week(row: ArrivalWeek, period: _Period, monday: date) -> WeekHours:
    days = [monday + timedelta(days=number) for number in range(7)]
    known = [(day, public_holidays(place, day.year).days.get(day)) for place in period.team.places for day in days]
    away = [absence for absence in period.team.absences if any(absence.covers(day) for day in days)]
    return WeekHours(
        monday=monday,
        holidays=tuple(dict.fromkeys(name for _, name in known if name)),
        away=tuple(dict.fromkeys(absence.person for absence in away)),
        hours=row.hours,
        lost=row.lost,
        worst_arrival=row.worst.at,
        slack=row.worst.slack,
        cover=least_cover(row.lost_arrivals, period.begins(monday)),
    )


def _source(team: Team, first: date, last: date) -> HolidaySource:
    """Where the holidays come from, and for which years makeup work days are known."""
    years = range(first.year, last.year + 1)
    listed = {day for place in team.places for year in years for day in public_holidays(place, year).makeup_days}
    return HolidaySource(
        version=library_version(),
        places=team.places,
        makeup_days=tuple(sorted(day for day in listed if first <= day <= last)),
        makeup_years=tuple(sorted({day.year for day in listed})),
        makeup_worked=bool(team.makeup_hours),
    )


def _not_covered(team: Team) -> Iterator[Text]:
    yield _say("soon_enough")
    yield _say("stated_deadlines")
    yield _say("other_messages")
    if team.places:
        yield _say("later_notice")


def _say(code: str, **values: object) -> Text:
    return fill("atoz.testing.team", code, **values)
