"""What a check of a policy against a team's hours says."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from atoz.model.instant import Day, Duration
from atoz.model.record import Document, Record
from atoz.model.text import Language, Text, fill
from atoz.rulebook.date_arithmetic import Unit
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.explanation import span_text


class WeekHours(Record):
    """One week: the hours of it in which an arrival loses the duty, and what would save it."""

    monday: Day = Field(description="Its Monday, on the team's calendar.")
    holidays: tuple[Text, ...] = Field(description="The public holidays in it.")
    away: tuple[str, ...] = Field(description="The members who are away on a day of it.")
    hours: int = Field(description="Its hours: 168, or one more or less where the team's clocks change.")
    lost: int = Field(description="The hours of it in which an arrival may lose the duty.")
    worst_arrival: datetime = Field(description="The arrival that leaves the least time.")
    slack: Duration | None = Field(
        description="The time that this arrival leaves, from when somebody is at work to the deadline; negative if the "
        "deadline is over by then; none if nobody comes to work."
    )
    cover: tuple[datetime, ...] = Field(
        description="The fewest extra hours of work after which no arrival of the week loses the duty, by their starts."
    )

    def say(self, zone: ZoneInfo, language: Language) -> str:
        """The figures of the week as one line."""
        code = "worst_never" if self.slack is None else "worst_late" if self.slack < timedelta() else "worst"
        worst = _say(code, at=_clock(self.worst_arrival, zone), slack=_length(self.slack))
        line = _say("week", lost=self.lost, hours=self.hours, worst=worst).say(language)
        if self.cover:
            starts = ", ".join(f"{start.astimezone(zone):%Y-%m-%d %H:%M}" for start in self.cover[:_MOST_SHOWN])
            more = "" if len(self.cover) <= _MOST_SHOWN else ", …"
            line += _say("cover", count=len(self.cover), starts=starts + more).say(language)
        return line


class DutyHours(Record):
    """One duty: a step that is there to meet a deadline, by a figure that some editions share."""

    step: str = Field(description="The step of the policy.")
    deadline: DeadlineName = Field(description="The deadline that it serves.")
    editions: tuple[str, ...] = Field(description="The editions under which it has this time.")
    starts_with: tuple[str, ...] = Field(description="What starts the clock: its arrival is what is looked at.")
    value: int = Field(description="How many hours or days the deadline leaves.")
    unit: Unit = Field(description="What it counts.")
    zone: str = Field(description="The time zone of the marketplace, whose days count; UTC where hours are counted.")
    ordinary: WeekHours = Field(description="A week without holidays, absences and changes of clocks.")
    weeks: tuple[WeekHours, ...] = Field(
        description="Each week of the period with a holiday or an absence, and others unlike the ordinary one."
    )
    lost: int = Field(description="The hours of the whole period in which an arrival may lose the duty.")
    hours: int = Field(description="The hours of the whole period.")
    cover_hours: int = Field(description="The fewest extra hours of work in the whole period that lose none.")

    def say(self, zone: ZoneInfo, language: Language) -> Iterator[str]:
        """What the duty is, then a line for each week."""
        length = span_text(self.value, self.unit)
        names = {"step": self.step, "deadline": self.deadline.label(language), "editions": ", ".join(self.editions)}
        yield _say("duty", length=length, **names).say(language)
        yield f"  {_say('ordinary_week').say(language)}: {self.ordinary.say(zone, language)}"
        differing = [week for week in self.weeks if week.lost != self.ordinary.lost]
        for week in differing:
            reasons = [*(name.say(language) for name in week.holidays), *week.away]
            heading = _say("week_of", monday=week.monday, reasons=f" ({', '.join(reasons)})" if reasons else "")
            yield f"  {heading.say(language)}: {week.say(zone, language)}"
        alike = len(self.weeks) - len(differing)
        if alike:
            yield f"  {_say('alike', count=alike, lost=self.ordinary.lost).say(language)}"
        yield f"  {_say('whole', lost=self.lost, hours=self.hours, cover=self.cover_hours).say(language)}"


class UndeterminedDuty(Record):
    """A duty that cannot be checked, and why."""

    step: str = Field(description="The step of the policy.")
    deadline: DeadlineName = Field(description="The deadline that it serves.")
    editions: tuple[str, ...] = Field(description="The editions under which it cannot be checked.")
    why: Text = Field(description="Why.")


class HolidaySource(Record):
    """Where the holidays come from."""

    library: Literal["holidays"] = Field(default="holidays", description="The library that knows them.")
    version: str = Field(description="Its release.")
    places: tuple[str, ...] = Field(description="The countries, or parts of them, whose holidays count.")
    makeup_days: tuple[Day, ...] = Field(description="The makeup work days of the period that it lists.")
    makeup_years: tuple[int, ...] = Field(description="The years of the period for which it lists any.")
    makeup_worked: bool = Field(description="Whether the team works on them.")

    def say(self, language: Language) -> Iterator[str]:
        """Where they come from, and what is known of makeup work days."""
        yield _say("source", version=self.version, places=", ".join(self.places)).say(language)
        if not self.makeup_days:
            yield _say("makeup_none").say(language)
            return
        days = ", ".join(day.isoformat() for day in self.makeup_days)
        years = ", ".join(map(str, self.makeup_years))
        yield _say("makeup_worked" if self.makeup_worked else "makeup_free", days=days, years=years).say(language)


class TeamCheck(Document):
    """Whether a team is at work in time for every duty of a policy."""

    kind: Literal["team-check"] = Field(
        default="team-check", description="Says that this document checks a policy against a team's hours."
    )
    policy: str = Field(description="The policy.")
    team: str = Field(description="The team.")
    zone: str = Field(description="The team's time zone.")
    as_of: datetime = Field(description="The instant whose week is the first.")
    first_day: Day = Field(description="The first day of the period, a Monday.")
    last_day: Day = Field(description="The last day of the period, a Sunday.")
    duties: tuple[DutyHours, ...] = Field(description="How each duty fares.")
    undetermined: tuple[UndeterminedDuty, ...] = Field(description="The duties that cannot be checked.")
    cover_hours: int = Field(
        description="The fewest extra hours of work in the whole period that lose none of any duty, if whoever works "
        "them does every duty."
    )
    holidays: HolidaySource | None = Field(description="Where the holidays come from; none if the team names none.")
    not_covered: tuple[Text, ...] = Field(description="What was not checked.")

    @property
    def holds(self) -> bool:
        """Whether no arrival loses a duty."""
        return not any(duty.lost or duty.ordinary.lost for duty in self.duties)

    def say(self, language: Language = "en") -> str:
        """The whole result as text."""
        return "\n".join(self._lines(language))

    def _lines(self, language: Language) -> Iterator[str]:
        outcome = _say("holds" if self.holds else "loses")
        period = {"first": self.first_day, "last": self.last_day}
        yield _say("head", policy=self.policy, team=self.team, zone=self.zone, outcome=outcome, **period).say(language)
        for duty in self.duties:
            yield ""
            yield from duty.say(ZoneInfo(self.zone), language)
        if self.undetermined:
            yield ""
            yield _say("undetermined").say(language)
        for row in self.undetermined:
            names = {"step": row.step, "deadline": row.deadline.label(language), "editions": ", ".join(row.editions)}
            yield f"- {_say('undetermined_duty', **names, why=row.why).say(language)}"
        yield ""
        yield _say("cover_of_all", count=self.cover_hours).say(language)
        if self.holidays:
            yield from self.holidays.say(language)
        yield ""
        yield _say("not_covered").say(language)
        yield from (f"- {gap.say(language)}" for gap in self.not_covered)

    def __str__(self) -> str:
        """The same in English."""
        return self.say()


_MOST_SHOWN = 4


def _length(slack: timedelta | None) -> str:
    """Hours and minutes, without a sign."""
    minutes = abs(slack or timedelta()) // timedelta(minutes=1)
    return f"{minutes // 60}:{minutes % 60:02}"


def _clock(at: datetime, zone: ZoneInfo) -> Text:
    """The weekday and the time of an instant on a local clock."""
    local = at.astimezone(zone)
    return _say(f"weekday_{local.weekday()}", time=f"{local:%H:%M}")


def _say(code: str, **values: object) -> Text:
    return fill("atoz.testing.team", code, **values)
