"""Team hours: the file, the hours of work, and which arrivals lose a duty, all counted a second way."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atoz.errors import InvalidDocument, MissingExtra
from atoz.lifecycle.operations import apply
from atoz.planner.plan import plan
from atoz.planner.policy import Policy
from atoz.rulebook.date_arithmetic import Unit
from atoz.rulebook.deadline_clock import DeadlineName, DeadlineState
from atoz.rulebook.edition import Edition
from atoz.testing import a_claim, an_event
from atoz.testing.team import public_holidays as holidays_room
from atoz.testing.team.arrivals import Arrival, arrivals_of, least_cover
from atoz.testing.team.duties import Duty, UncountedDuty, duties_of
from atoz.testing.team.team import Team
from atoz.testing.team.team_check import check_team
from atoz.testing.team.working_time import Presence, working_intervals

pytest.importorskip("holidays")

OFFICE_HOURS = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), ("09:00-18:00",))
HOUR = timedelta(hours=1)
ANSWER = Duty("answer", DeadlineName.ANSWER_AMAZON, ("information_requested",), 72, Unit.HOUR, "UTC", None)


def a_team(**facts: object) -> Team:
    """An office in Shanghai; every fact can be overridden."""
    usual = {"name": "office", "zone": "Asia/Shanghai", "hours": OFFICE_HOURS, "members": [{"name": "first"}]}
    return Team.model_validate({**usual, **facts})


def office_in_2026(day: date) -> bool:
    """Whether that office is open on a day of 2026 about the two long holidays, written out by hand."""
    free = {date(2026, 2, 16) + timedelta(days=number) for number in range(5)} | {date(2026, 2, 23)}
    free |= {date(2026, 10, 1) + timedelta(days=number) for number in range(7)}
    return day.weekday() < 5 and day not in free


def at_work(at: datetime) -> bool:
    """Whether somebody is at work in that office, from the local clock alone."""
    local = at.astimezone(ZoneInfo("Asia/Shanghai"))
    return 9 <= local.hour < 18 and office_in_2026(local.date())


@pytest.mark.parametrize(
    ("monday", "lost"),
    [(date(2026, 1, 12), 0), (date(2026, 2, 9), 54), (date(2026, 2, 16), 129), (date(2026, 9, 28), 102)],
)
def test_every_hour_of_a_week_is_judged_as_by_the_local_clock(monday: date, lost: int) -> None:
    """Brute force: for each arrival hour, quarter by quarter to the deadline; the deadline itself still counts."""
    begins = datetime.combine(monday, time(), ZoneInfo("Asia/Shanghai")).astimezone(UTC)
    judged = arrivals_of(ANSWER, presence(a_team(holidays=("CN",)), begins), begins, begins + 7 * 24 * HOUR)
    quarters = range(72 * 4 + 1)
    losing = [
        hour
        for hour in range(7 * 24)
        if not any(at_work(begins + hour * HOUR + quarter * HOUR / 4) for quarter in quarters)
    ]
    assert (judged.hours, judged.lost, len(losing)) == (168, lost, lost)
    assert [row.at for row in judged.lost_arrivals] == [begins + hour * HOUR for hour in losing]


def presence(team: Team, begins: datetime, duty: DeadlineName | None = None) -> Presence:
    """Who is at work in the two months that follow."""
    return Presence(working_intervals(team, begins, begins + timedelta(days=60), duty))


def test_the_long_holidays_of_2026() -> None:
    """Golden Week loses 111 arrival hours to a question with 72 hours, the Spring Festival 183, an ordinary week none.

    Whoever works on the makeup Saturday of 14 February loses a day less at either end.
    """
    checked = check_team("current", a_team(holidays=("CN",)), as_of=at("2026-01-05"), editions=["us-2026"])
    question = next(duty for duty in checked.duties if duty.step == "answer_amazon")
    lost = {week.monday: week.lost for week in question.weeks}
    assert question.ordinary.lost == 0
    assert lost[date(2026, 9, 28)] + lost[date(2026, 10, 5)] == 111
    assert lost[date(2026, 2, 9)] + lost[date(2026, 2, 16)] == 183
    worked = a_team(holidays=("CN",), makeup_hours=("09:00-18:00",))
    checked = check_team("current", worked, as_of=at("2026-01-05"), editions=["us-2026"])
    question = next(duty for duty in checked.duties if duty.step == "answer_amazon")
    lost = {week.monday: week.lost for week in question.weeks}
    assert lost[date(2026, 2, 9)] + lost[date(2026, 2, 16)] == 159
    assert checked.holidays is not None
    assert date(2026, 2, 14) in checked.holidays.makeup_days
    assert (checked.holidays.makeup_years, checked.holidays.makeup_worked) == ((2026,), True)


def at(day: str) -> datetime:
    """Noon of a day in UTC."""
    return datetime.fromisoformat(f"{day}T12:00:00+00:00")


@pytest.mark.slow
@pytest.mark.parametrize("monday", [date(2026, 1, 12), date(2026, 9, 28)])
def test_the_planner_agrees_hour_by_hour(monday: date) -> None:
    """A second way: the question arrives, and at the next hour of work the real plan says whether it is in time."""
    begins = datetime.combine(monday, time(), ZoneInfo("Asia/Shanghai")).astimezone(UTC)
    judged = arrivals_of(ANSWER, presence(a_team(holidays=("CN",)), begins), begins, begins + 7 * 24 * HOUR)
    losing = {row.at for row in judged.lost_arrivals}
    filed = a_claim(edition="us-2026", filed_at=begins - HOUR)
    for hour in range(0, 7 * 24, 3):
        arrival = begins + hour * HOUR
        asked = apply(filed, an_event("information_requested", arrival))
        moment = next(at for at in (arrival + number * HOUR for number in range(400)) if at_work(at))
        made = plan(asked, as_of=moment, policy="current")
        question = next(row for row in made.deadlines if row.name is DeadlineName.ANSWER_AMAZON)
        assert "answer_amazon" in [step.step for step in made.now]
        assert (question.state is DeadlineState.OPEN) is (arrival not in losing), arrival


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/London", "Australia/Lord_Howe", "Asia/Kolkata"])
@pytest.mark.parametrize("monday", [date(2026, 3, 2), date(2026, 3, 23), date(2026, 10, 19), date(2026, 3, 30)])
def test_weeks_in_which_the_clocks_change(zone: str, monday: date) -> None:
    """Minute by minute over the change: at work is who is by the wall clock, and the week has its own hours."""
    team = a_team(zone=zone, hours={"sunday": ["00:00-04:00"], "monday": ["22:00-06:00"]}, holidays=())
    local = ZoneInfo(zone)
    begins, ends = (
        datetime.combine(day, time(), local).astimezone(UTC) for day in (monday, monday + timedelta(days=7))
    )
    intervals = working_intervals(team, begins, ends)
    worked = sum(
        by_the_wall(begins + number * timedelta(minutes=5), local) for number in range((ends - begins) // (HOUR / 12))
    )
    assert sum((row.ends - row.begins for row in intervals), timedelta()) == worked * HOUR / 12
    judged = arrivals_of(ANSWER, Presence(intervals), begins, ends)
    assert judged.hours == -(-(ends - begins) // HOUR)


def by_the_wall(at: datetime, zone: ZoneInfo) -> bool:
    """Whether the hours above hold at an instant by its wall clock alone."""
    local = at.astimezone(zone)
    return (
        (local.weekday() == 6 and local.hour < 4)
        or (local.weekday() == 0 and local.hour >= 22)
        or (local.weekday() == 1 and local.hour < 6)
    )


@given(
    spans=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 23), st.integers(1, 9), st.booleans()), max_size=4),
    duty=st.sampled_from(
        [
            ANSWER,
            ANSWER._replace(value=20),
            ANSWER._replace(value=2, unit=Unit.CALENDAR_DAY, zone="America/Los_Angeles"),
            ANSWER._replace(value=1, unit=Unit.BUSINESS_DAY, zone="Asia/Kolkata"),
        ]
    ),
    monday=st.sampled_from([date(2026, 3, 2), date(2026, 6, 1), date(2026, 10, 26)]),
)
@settings(max_examples=40, deadline=None)
def test_an_hour_loses_if_any_quarter_of_it_does(
    spans: list[tuple[int, int, int, bool]], duty: Duty, monday: date
) -> None:
    """Any hours, half hours included, any unit, weeks with a change of clocks: judged quarter by quarter."""
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    hours: dict[str, list[str]] = {}
    for weekday, start, length, half in spans:
        minute = "30" if half else "00"
        hours.setdefault(names[weekday], []).append(f"{start:02}:{minute}-{(start + length) % 24:02}:{minute}")
    begins, ends = (
        datetime.combine(day, time(), ZoneInfo("Asia/Shanghai")).astimezone(UTC)
        for day in (monday, monday + timedelta(days=7))
    )
    intervals = working_intervals(a_team(hours=hours), begins, ends + timedelta(days=30))
    judged = arrivals_of(duty, Presence(intervals), begins, ends)

    def loses(arrival: datetime) -> bool:
        start, due_at = duty.window(arrival)
        return not any(row.begins <= due_at and row.ends > start for row in intervals)

    quarters = [[begins + hour * HOUR + part * HOUR / 4 for part in range(4)] for hour in range(168)]
    assert judged.lost == sum(any(map(loses, hour)) for hour in quarters)
    chosen = least_cover(judged.lost_arrivals, begins)
    for hour in quarters:
        for arrival in filter(loses, hour):
            start, due_at = duty.window(arrival)
            assert any(cover <= due_at and cover + HOUR > start for cover in chosen), arrival


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4)), min_size=1, max_size=6))
def test_no_fewer_hours_of_cover_would_do(rows: list[tuple[int, int]]) -> None:
    """Every smaller choice of hours leaves an arrival lost: all of them are tried."""
    begins = at("2026-06-01")
    lost = [Arrival(begins, begins + first * HOUR, begins + (first + length) * HOUR, None) for first, length in rows]
    chosen = least_cover(lost, begins)

    def saves(hours: tuple[int, ...]) -> bool:
        return all(any(first <= hour <= first + length for hour in hours) for first, length in rows)

    assert saves(tuple((start - begins) // HOUR for start in chosen))
    assert not any(saves(hours) for hours in combinations(range(15), len(chosen) - 1))


def test_nobody_at_work_loses_everything() -> None:
    """A team without hours loses each of the 168 hours; the cover it needs is one hour in each 73."""
    checked = check_team("current", a_team(hours={}), as_of=at("2026-06-01"), editions=["us-2026"])
    question = next(duty for duty in checked.duties if duty.step == "answer_amazon")
    assert (question.ordinary.lost, question.ordinary.slack, checked.holds) == (168, None, False)
    assert question.lost == question.hours
    assert len(question.ordinary.cover) == 3
    assert "nobody comes to work" in checked.say()


def test_a_duty_without_a_figure_is_undetermined() -> None:
    """No figure is invented for an edition that names none; a step of the buyer's clock is no duty."""
    checked = check_team("current", a_team(), as_of=at("2026-06-01"), editions=["ca-current"])
    assert checked.duties == ()
    assert {(row.step, row.why.en) for row in checked.undetermined} >= {
        ("answer_amazon", "the edition names no figure for it")
    }
    assert checked.holds


def test_the_deadline_of_a_duty_is_the_planners() -> None:
    """For each counted start of each edition, the due instant is the one that the rulebook counts."""
    for name in ("us-2016-11", "us-2021-05", "us-2026", "uk-current", "in-current", "au-current"):
        edition = Edition.named(name)
        for duty in duties_of(Policy.named("current"), edition):
            if isinstance(duty, UncountedDuty) or duty.deadline is not DeadlineName.ANSWER_AMAZON:
                continue
            claim = a_claim(edition=name)
            if "information_requested" in duty.starts_with:
                claim = apply(claim, an_event("information_requested", claim.updated_at + 5 * HOUR))
            due = {row.name: row.due_at for row in plan(claim, as_of=claim.updated_at).deadlines}
            assert duty.window(claim.updated_at)[1] == due[DeadlineName.ANSWER_AMAZON], (name, duty)


def test_a_step_that_begins_later_has_less_time() -> None:
    """What a policy wants done from the second day on cannot be done on the first; another start is not guessed."""
    text = Policy.named("current").model_copy()
    step = text.step("answer_amazon")
    later = step.not_before.model_copy(update={"value": 24}) if step.not_before else None
    other = step.not_before.model_copy(update={"after": "filed"}) if step.not_before else None
    for moment, expected in ((later, Duty), (other, UncountedDuty)):
        changed = text.model_copy(update={"steps": (step.model_copy(update={"not_before": moment}),)})
        (duty,) = duties_of(changed, Edition.named("us-2026"))
        assert type(duty) is expected
        if isinstance(duty, Duty):
            assert duty.window(at("2026-06-01")) == (at("2026-06-02"), at("2026-06-04"))


def test_who_covers_whom() -> None:
    """A duty is done by those who answer for it, and by those who cover somebody who is away or has a holiday."""
    team = a_team(
        holidays=("CN",),
        members=[
            {"name": "first", "duties": ["answer_amazon"]},
            {"name": "second", "duties": ["answer_buyer"], "covers": ["first"], "holidays": []},
        ],
        absences=[{"person": "first", "from": "2026-06-02", "to": "2026-06-02"}],
    )

    def open_on(day: str, duty: DeadlineName) -> bool:
        noon = at(day).replace(hour=4)
        return bool(working_intervals(team, noon, noon + HOUR, duty))

    assert open_on("2026-06-01", DeadlineName.ANSWER_AMAZON)
    assert open_on("2026-06-02", DeadlineName.ANSWER_AMAZON)  # covered
    assert open_on("2026-10-01", DeadlineName.ANSWER_AMAZON)  # covered by somebody without this holiday
    assert open_on("2026-10-01", DeadlineName.ANSWER_BUYER)
    assert not open_on("2026-06-01", DeadlineName.APPEAL)  # nobody answers for it
    alone = team.model_copy(update={"members": team.members[:1]})
    noon = at("2026-06-02").replace(hour=4)
    assert working_intervals(alone, noon, noon + HOUR) == ()


BAD = {
    "name = 'x'\nzone = 'Mars/Base'\nhours = {monday = ['9-18']}\nmembers = []": {
        ("zone", "unknown_zone"),
        ("hours.monday.0", "working_hours"),
        ("members", "too_short"),
    },
    "name = 'x'\nzone = 'UTC'\nhours = {monday = ['09:00-09:00']}\nmembers = [{name = 'a'}]": {
        ("hours.monday.0", "working_hours")
    },
    "name = 'x'\nzone = 'UTC'\nhours = {}\nholidays = ['XX', 'DE-ZZ']\n"
    "members = [{name = 'a', covers = ['a', 'b']}, {name = 'a', duties = ['buyer_appeal']}]\n"
    "absences = [{person = 'c', from = 2026-03-02, to = 2026-03-01}]": {
        ("holidays.0", "unknown_country"),
        ("holidays.1", "unknown_country"),
        ("members.0.covers.0", "covers_oneself"),
        ("members.0.covers.1", "unknown_member"),
        ("members.1.name", "repeated_name"),
        ("members.1.duties.0", "buyers_deadline"),
        ("absences.0.person", "unknown_member"),
        ("absences.0.to", "ends_before_it_begins"),
    },
}


@pytest.mark.parametrize("text", sorted(BAD))
def test_every_fault_of_a_file_is_told_at_the_same_time(text: str) -> None:
    """With its key and a code; a country that the library does not know is named."""
    with pytest.raises(InvalidDocument) as refused:
        Team.read(text, what="team.toml")
    assert {(fault.path, fault.code) for fault in refused.value.faults} == BAD[text]
    if "XX" in text:
        assert "'XX'" in str(refused.value)


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A team with holidays says what to install."""

    def missing() -> None:
        raise MissingExtra("team hours", "testing")

    monkeypatch.setattr(holidays_room, "_library", missing)
    holidays_room.public_holidays.cache_clear()
    with pytest.raises(MissingExtra, match="testing"):
        working_intervals(a_team(holidays=("CN",)), at("2026-01-05"), at("2026-01-06"))
