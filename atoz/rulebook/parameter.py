"""A parameter: one figure of an edition, with what starts it, how it ends, and where it comes from."""

from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import AliasChoices, Field, model_validator

from atoz.model.citation import Confidence, Source
from atoz.model.instant import Day
from atoz.model.reason import ClaimReason
from atoz.model.record import Record
from atoz.model.text import Text
from atoz.rulebook.date_arithmetic import Unit
from atoz.rulebook.deadline_clock import DeadlineName


class DayBoundary(StrEnum):
    """How a span ends."""

    WHOLE_LOCAL_DAYS = "whole_local_days"
    """From calendar day to calendar day of the marketplace; the last day is included."""
    SAME_LOCAL_TIME = "same_local_time"
    """At the same local time, that many days on."""
    ELAPSED_TIME = "elapsed_time"
    """That much elapsed time."""


class FigureKind(StrEnum):
    """How much weight a figure carries."""

    FIRM = "firm"
    """A source states it."""
    SOFT = "soft"
    """It is inferred, or two sources of one marketplace and period name different figures."""


class OnExpiry(Record):
    """What silence costs, and how certain the source is about it."""

    certainty: Literal["will", "may"] = Field(description="Whether the source says that it will happen, or may.")
    says: Text = Field(description="What happens.")


class Parameter(Record):
    """One figure of an edition: a value, its unit, what starts its clock, and its source."""

    name: str = Field(
        pattern="^[a-z][a-z_]*$",
        description="Its name, unique in the edition; the main figure of a deadline has the deadline's name.",
    )
    role: Literal["opens", "opens_not_before", "closes", "deadline"] = Field(
        description="What it is for: the sooner of all `opens`, but not before any `opens_not_before`."
    )
    deadline: DeadlineName | None = Field(
        default=None, description="The deadline that it is a further figure of; none for the deadline of its own name."
    )
    kind: FigureKind = Field(default=FigureKind.FIRM, description="Firm where a source states it, soft otherwise.")
    supported_from: Day | None = Field(
        default=None,
        validation_alias=AliasChoices("from", "supported_from"),
        serialization_alias="from",
        description="First day on which it is counted as in force, where that is later than the edition's own.",
    )
    reasons: tuple[ClaimReason, ...] = Field(default=(), description="Reasons it holds for; none means all of them.")
    value: int = Field(description="How many; negative counts back.")
    unit: Unit = Field(description="Calendar days, business days or hours.")
    starts_with: tuple[str, ...] = Field(min_length=1, description="The fact or events that start the clock.")
    day_boundary: DayBoundary = Field(description="How the span ends.")
    source: Source = Field(description="Where the figure comes from.")
    words: str = Field(
        default="", max_length=120, description="A few words of the source, in its own language, that carry the figure."
    )
    paraphrase: bool = Field(
        default=False, description="Whether the source was read without a quotation: nothing is quoted that was not."
    )
    confidence: Confidence = Field(description="How far the source can be trusted.")
    caveats: tuple[Text, ...] = Field(default=(), description="What travels with every result.")
    on_expiry: OnExpiry | None = Field(default=None, description="What silence costs; deadlines only.")

    @model_validator(mode="after")
    def _fits(self) -> "Parameter":
        if (self.unit is Unit.HOUR) is not (self.day_boundary is DayBoundary.ELAPSED_TIME):
            message = f"{self.unit} does not go with the boundary {self.day_boundary}"
            raise ValueError(message)
        if self.deadline is not None and (self.role != "deadline" or self.name == self.deadline):
            message = "deadline is for a further figure of a deadline, under a name of its own"
            raise ValueError(message)
        return self

    def counts_on(self, day: date) -> bool:
        """Whether the figure is supported on a day on which its edition is."""
        return self.supported_from is None or self.supported_from <= day
