"""How a date was counted, as data without words: the figure, what it counted from, and what came out.

A window and a deadline keep their derivation; `atoz.rulebook.explanation` puts it into words. Nothing is counted twice.
"""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from atoz.model.citation import Confidence, Source
from atoz.model.record import Record
from atoz.rulebook.date_arithmetic import Unit
from atoz.rulebook.parameter import DayBoundary, Parameter

StepRule = Literal[
    "counted",
    "missing_fact",
    "no_scan",
    "in_force",
    "opens_sooner",
    "opens_later",
    "opens_clamped",
    "opens_on",
    "never_opens",
    "missing_fact_bound_after",
    "missing_fact_bound_before",
    "missing_window",
    "missing_closing",
    "missing_opening",
    "closes_on",
    "deadline_not_started",
    "deadline_start_unknown",
    "deadline_no_later",
    "deadline_started",
    "deadline_stated",
    "missing_parameter",
    "deadline_met",
    "deadline_over",
    "deadline_again",
    "deadline_no_record",
    "deadline_buyer_counted",
]
"""What a step does: count a figure, compare days, or say what is missing or what came of it."""


class DerivationStep(Record):
    """One step of a count."""

    rule: StepRule = Field(description="What the step does.")
    parameter: str | None = Field(default=None, description="The edition's figure that it uses, if any.")
    counts_from: str | None = Field(default=None, description="The fact or event that the figure counts from.")
    begins: date | datetime | None = Field(default=None, description="The day or instant of that fact or event.")
    value: int | None = Field(default=None, description="How many are added; negative counts back.")
    unit: Unit | None = Field(default=None, description="Of what.")
    day_boundary: DayBoundary | None = Field(default=None, description="How the span ends.")
    compared: tuple[date, ...] = Field(default=(), description="The days that are compared.")
    result: date | datetime | None = Field(default=None, description="What comes out.")
    source: Source | None = Field(default=None, description="Where the figure comes from, if one is used.")
    confidence: Confidence = Field(default=Confidence.ATOZ, description="How far the step can be trusted.")


def counted(
    figure: Parameter, counts_from: str, begins: date | datetime | None, result: date | datetime | None
) -> DerivationStep:
    """The step that counts one figure from a start to its result."""
    return DerivationStep(
        rule="counted",
        parameter=figure.name,
        counts_from=counts_from,
        begins=begins,
        value=figure.value,
        unit=figure.unit,
        day_boundary=figure.day_boundary,
        result=result,
        source=figure.source,
        confidence=figure.confidence,
    )


def uncounted(rule: Literal["missing_fact", "no_scan"], figure: Parameter, counts_from: str) -> DerivationStep:
    """A figure that cannot be counted: the fact that it counts from is not known."""
    return DerivationStep(
        rule=rule,
        parameter=figure.name,
        counts_from=counts_from,
        source=figure.source,
        confidence=figure.confidence,
    )
