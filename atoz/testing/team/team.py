"""A team: when the people who handle claims are at work, and who covers whom.

>>> Team.read('''
... name = "Our office"
... zone = "Asia/Shanghai"
... hours = { monday = ["09:00-18:00"], friday = ["09:00-12:00", "13:00-18:00"] }
... members = [{ name = "Lin" }]
... ''').hours.of(4)
('09:00-12:00', '13:00-18:00')
"""

import re
from datetime import date, time
from functools import cached_property
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, AliasChoices, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from atoz.errors import InvalidDocument, nearest_names
from atoz.model.instant import Day
from atoz.model.record import FreeText, Record, parse_toml, read_document
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.testing.team.team_validation import check_members, check_places

_SPAN = r"^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"


def _is_span(text: str) -> str:
    begins, _, ends = text.partition("-")
    if not re.fullmatch(_SPAN, text) or begins == ends:
        raise PydanticCustomError("working_hours", "write hours of work such as 09:00-18:00")
    return text


def _is_zone(name: str) -> str:
    if name not in available_timezones():
        near = "; ".join(nearest_names(name, available_timezones())) or "Asia/Shanghai; Europe/London; UTC"
        known = {"zone": repr(name), "near": near}
        raise PydanticCustomError("unknown_zone", "unknown time zone {zone}; write one such as: {near}", known)
    return name


Span = Annotated[str, AfterValidator(_is_span), WithJsonSchema({"type": "string", "pattern": _SPAN})]
"""Hours of work on the local clock, the end not included; one that is not later than the start lies on the next day."""
Place = Annotated[str, Field(pattern="^[A-Z]{2}(-[A-Z0-9]{1,6})?$")]
"""A country's two letters, or those with a part of it."""
Name = Annotated[FreeText, Field(min_length=1, max_length=60)]


def times_of(span: str) -> tuple[time, time, bool]:
    """When hours begin and end on the local clock, and whether the end lies on the next day.

    >>> times_of("22:00-06:00")
    (datetime.time(22, 0), datetime.time(6, 0), True)
    """
    begins, _, ends = span.partition("-")
    start, end = time.fromisoformat(begins), time() if ends == "24:00" else time.fromisoformat(ends)
    return start, end, end <= start


class Week(Record):
    """The hours of each weekday; a weekday without hours is free."""

    monday: tuple[Span, ...] = Field(default=(), description="Hours on Mondays.")
    tuesday: tuple[Span, ...] = Field(default=(), description="Hours on Tuesdays.")
    wednesday: tuple[Span, ...] = Field(default=(), description="Hours on Wednesdays.")
    thursday: tuple[Span, ...] = Field(default=(), description="Hours on Thursdays.")
    friday: tuple[Span, ...] = Field(default=(), description="Hours on Fridays.")
    saturday: tuple[Span, ...] = Field(default=(), description="Hours on Saturdays.")
    sunday: tuple[Span, ...] = Field(default=(), description="Hours on Sundays.")

    def of(self, weekday: int) -> tuple[str, ...]:
        """The hours of a weekday; Monday is 0."""
        days = (self.monday, self.tuesday, self.wednesday, self.thursday, self.friday, self.saturday, self.sunday)
        return days[weekday]


class Member(Record):
    """Somebody who handles claims."""

    name: Name = Field(description="What the member is called.")
    duties: tuple[DeadlineName, ...] = Field(
        default=(), description="The deadlines that the member answers for; none means all of the seller's."
    )
    covers: tuple[Name, ...] = Field(
        default=(), description="Whose duties the member does too while those are away or have a holiday."
    )
    hours: Week | None = Field(default=None, description="The member's own hours; none means the team's.")
    holidays: tuple[Place, ...] | None = Field(
        default=None, description="Where the member's public holidays are; none means the team's."
    )


class Absence(Record):
    """Whole local days on which a member is away."""

    person: Name = Field(description="Who is away.")
    first: Day = Field(
        validation_alias=AliasChoices("from", "first"), serialization_alias="from", description="First day away."
    )
    last: Day = Field(
        validation_alias=AliasChoices("to", "last"), serialization_alias="to", description="Last day away."
    )

    def covers(self, day: date) -> bool:
        """Whether the member is away on a day."""
        return self.first <= day <= self.last


class Team(Record):
    """The people who handle claims, and when they are at work."""

    name: Name = Field(description="What the team is called.")
    zone: Annotated[str, AfterValidator(_is_zone)] = Field(
        description="The IANA time zone of its hours, such as Asia/Shanghai."
    )
    hours: Week = Field(description="Its hours on each weekday, on the local clock.")
    holidays: tuple[Place, ...] = Field(
        default=(), description="Whose public holidays are free: countries such as CN, or parts such as DE-BY."
    )
    makeup_hours: tuple[Span, ...] = Field(
        default=(),
        description="Hours on days of a weekend that the country works in place of a holiday; none means free.",
    )
    members: tuple[Member, ...] = Field(min_length=1, description="Who handles claims: at least one person.")
    absences: tuple[Absence, ...] = Field(default=(), description="Who is away, and when.")

    @staticmethod
    def read(text: str, *, what: str = "team") -> "Team":
        """A team from TOML text, checked: shape first, then everything that does not fit together.

        Raises:
            InvalidDocument: every fault, with the file and the key.
            MissingExtra: holidays are named, and the library `holidays` is not installed.
        """
        team = read_document(Team, parse_toml(text, what=what), what=what)
        faults = (
            *check_places(team.holidays, [member.holidays or () for member in team.members]),
            *check_members(
                [(member.name, member.duties, member.covers) for member in team.members],
                [(absence.person, absence.first, absence.last) for absence in team.absences],
            ),
        )
        if faults:
            raise InvalidDocument(what, faults)
        return team

    @cached_property
    def zoneinfo(self) -> ZoneInfo:
        """The time zone, ready for arithmetic."""
        return ZoneInfo(self.zone)

    @property
    def places(self) -> tuple[str, ...]:
        """Every place whose holidays count for somebody."""
        named = (self.holidays, *(member.holidays or () for member in self.members))
        return tuple(dict.fromkeys(place for places in named for place in places))

    @property
    def ordinary(self) -> "Team":
        """The same team in a week in which nobody is away and nothing is a holiday."""
        members = tuple(member.model_copy(update={"holidays": None}) for member in self.members)
        return self.model_copy(update={"holidays": (), "absences": (), "members": members})
