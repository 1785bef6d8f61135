"""An edition: one dated, cited state of Amazon's rules, read from `editions/*.toml`."""

from datetime import date
from enum import StrEnum
from functools import cache
from typing import Literal

from pydantic import AliasChoices, Field, model_validator

from atoz.errors import MissingRule, UnknownName
from atoz.model.citation import Confidence, Source, with_sources
from atoz.model.claim import EditionId
from atoz.model.data_files import read_record, toml_names
from atoz.model.instant import Day
from atoz.model.order import Country
from atoz.model.reason import ClaimReason
from atoz.model.record import Record, is_mapping, is_sequence
from atoz.model.text import Text
from atoz.rulebook.date_arithmetic import Unit
from atoz.rulebook.deadline_clock import DeadlineName

DEFAULT_EDITION = "faq-2016"
IN_FORCE = "in-force"
"""Ask for this instead of an id, and the edition is picked by marketplace and day."""


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


class InForce(Record):
    """The days on which an edition is supported as the one in force; both included."""

    first: Day = Field(alias="from", description="First day.")
    last: Day | None = Field(default=None, alias="until", description="Last day; none while nothing newer is known.")

    def covers(self, day: date) -> bool:
        """Whether the edition is supported on this day."""
        return self.first <= day and (self.last is None or day <= self.last)


class Edition(Record):
    """One edition of the rules.

    >>> Edition.named("faq-2016").parameter("answer_amazon").value
    7
    """

    id: EditionId = Field(description="Its id; never reused for other figures.")
    title: Text = Field(description="Which rules, where and when.")
    marketplaces: tuple[Country, ...] = Field(default=(), description="Where it is supported; none: it names no place.")
    in_force: InForce | None = Field(default=None, description="When it is supported as in force; none if undated.")
    seen_from: Day | None = Field(
        default=None,
        description="For an undated edition, the day from which it counts as in force: that of a dated source, or "
        "atoz's own where every source is undated.",
    )
    caveats: tuple[Text, ...] = Field(default=(), description="What travels with every result.")
    sources: dict[str, Source] = Field(description="Its sources by a short key.")
    parameters: tuple[Parameter, ...] = Field(description="Its figures.")

    @model_validator(mode="before")
    @classmethod
    def _resolve_sources(cls, data: object) -> object:
        """Let parameters name a source by its key, so that each citation is written once."""
        resolved = with_sources(data, ("parameters",))
        return (
            {**resolved, "parameters": _quoted(resolved["parameters"])}
            if is_mapping(resolved) and "parameters" in resolved
            else resolved
        )

    @model_validator(mode="after")
    def _dated_once(self) -> "Edition":
        if self.in_force is not None and self.seen_from is not None:
            message = "seen_from is for an undated edition; this one says in_force"
            raise ValueError(message)
        return self

    @property
    def seen_from_source(self) -> Source | None:
        """The dated source that `seen_from` is taken from; none where the day is atoz's own."""
        return next((source for source in self.sources.values() if source.seen and source.seen == self.seen_from), None)

    @model_validator(mode="after")
    def _names_once(self) -> "Edition":
        names = [figure.name for figure in self.parameters]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            message = f"parameters named twice: {', '.join(twice)}"
            raise ValueError(message)
        return self

    def parameter(self, name: str) -> Parameter:
        """The figure of this name.

        Raises:
            MissingRule: no source supports one; it is not invented.
        """
        figure = next((row for row in self.parameters if row.name == name), None)
        if figure is None:
            raise MissingRule(self.id, name, tuple(figure.name for figure in self.parameters))
        return figure

    def fits(self, country: str) -> bool:
        """Whether it speaks of this marketplace: it names it, or names none."""
        return not self.marketplaces or country in self.marketplaces

    @staticmethod
    def all() -> "tuple[Edition, ...]":
        """Every edition that ships, by id."""
        return _all()

    @staticmethod
    def named(edition: str) -> "Edition":
        """The edition of this id.

        Raises:
            UnknownName: there is none; the nearest ids are named.
        """
        shipped = _index().get(edition)
        if shipped is None:
            raise UnknownName.with_suggestions("edition", edition, sorted(_index()))
        return shipped


def _quoted(rows: object) -> object:
    """Parameters whose source carries the words that they quote of it, so that a citation shows its own figure."""
    return [_with_quotation(row) for row in rows] if is_sequence(rows) else rows


def _with_quotation(row: object) -> object:
    if not is_mapping(row) or not row.get("words") or not is_mapping(row.get("source")):
        return row
    source = row["source"]
    return {**row, "source": {**source, "words": row["words"]} if is_mapping(source) else source}


@cache
def _all() -> tuple[Edition, ...]:
    names = toml_names("atoz.rulebook", "editions")
    return tuple(read_record(Edition, "atoz.rulebook", f"editions/{name}.toml") for name in names)


@cache
def _index() -> dict[str, Edition]:
    return {edition.id: edition for edition in _all()}
