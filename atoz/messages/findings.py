"""The checker's findings: the rule, how much it matters, the words concerned, the reason and its source."""

from datetime import date

from pydantic import Field, computed_field, model_validator

from atoz.model.citation import Confidence, Source
from atoz.model.enums import LabelledEnum
from atoz.model.instant import Day
from atoz.model.record import Record, without_computed
from atoz.model.text import Text


class MessageKind(LabelledEnum, package="atoz.messages", prefix="kind_"):
    """Whom a message goes to and what prompted it: other rules hold for each."""

    REPLY = "reply"
    """To a buyer who wrote, or whose claim is open."""
    PROACTIVE = "proactive"
    """To a buyer who did not ask."""
    AMAZON = "amazon"
    """To Amazon: an answer, an appeal, a letter."""


class Severity(LabelledEnum, package="atoz.messages", prefix="severity_"):
    """How much a finding matters."""

    ERROR = "error"
    """It breaks a rule, or contradicts the record."""
    WARNING = "warning"
    """It is likely to do harm, or the rule's words are not known well."""
    ADVICE = "advice"
    """It would be better otherwise."""
    INFO = "info"
    """Nothing is wrong with the message: how far it was checked."""


class Finding(Record):
    """One thing that a message should not say, or should; `start` and `end` are 0 where no words are concerned."""

    rule: str = Field(description="The rule's id.")
    severity: Severity = Field(description="Error, warning, advice or info.")
    start: int = Field(ge=0, description="Where the words concerned begin in the text.")
    end: int = Field(ge=0, description="Where they end.")
    words: str = Field(description="The words concerned, as they stand in the text.")
    why: Text = Field(description="Why, in both languages.")
    source: Source = Field(description="Where the rule comes from.")
    since: Day | None = Field(default=None, description="The day the rule took effect; none if not known.")
    confidence: Confidence = Field(description="How far the source can be trusted.")

    @model_validator(mode="before")
    @classmethod
    def _without_what_is_computed(cls, data: object) -> object:
        return without_computed(cls, data)

    @computed_field(description="The day the source was seen; none if undated.")  # type: ignore[prop-decorator]
    @property
    def seen(self) -> date | None:
        """The day the source was seen; none if undated."""
        return self.source.seen
