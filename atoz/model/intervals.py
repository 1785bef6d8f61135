"""Lengths of time that atoz chose itself, because no source gives them: the tables `intervals.toml`."""

from datetime import timedelta
from functools import cache

from pydantic import Field, model_validator

from atoz.model.data_files import read_toml
from atoz.model.record import Record


class Interval(Record):
    """One length of time, in the units that are named, and what it rests on."""

    days: int = Field(default=0, ge=0, description="Days of 24 hours.")
    hours: int = Field(default=0, ge=0, description="Hours.")
    minutes: int = Field(default=0, ge=0, description="Minutes.")
    basis: str = Field(min_length=1, description="What it is for, and that it is atoz's own.")

    @model_validator(mode="after")
    def _some_time(self) -> "Interval":
        if not self.length:
            message = "name days, hours or minutes"
            raise ValueError(message)
        return self

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return timedelta(days=self.days, hours=self.hours, minutes=self.minutes)


@cache
def intervals(package: str) -> dict[str, Interval]:
    """The intervals of a room by name."""
    rows = read_toml(package, "intervals.toml")
    return {name: Interval.model_validate(row) for name, row in rows.items()}


def interval(package: str, name: str) -> timedelta:
    """An interval of a room.

    >>> interval("atoz.sources", "same_notice").days
    2
    """
    return intervals(package)[name].length
