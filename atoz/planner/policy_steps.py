"""What a policy is made of: its steps, its times, and what it says not to do."""

from typing import get_args

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from atoz.model.citation import Confidence, Source
from atoz.model.events import EVENT_CLASSES, Actor, AnyEvent
from atoz.model.record import Record
from atoz.model.text import Text
from atoz.planner.actions import COMPLETED_BY, Action
from atoz.planner.conditions import When
from atoz.rulebook.date_arithmetic import Unit
from atoz.rulebook.deadline_clock import DeadlineName


class Duration(Record):
    """A length of time."""

    value: int = Field(ge=0, le=3650, description="How many.")
    unit: Unit = Field(description="Calendar days, business days or hours.")


class RelativeTime(Duration):
    """An instant of the plan: a span after an event, or before a deadline."""

    after: str | None = Field(
        default=None,
        description="The event that it counts from: the latest of this kind; or status_changed, or a fact of the order "
        "such as first_contact_at.",
    )
    before: DeadlineName | None = Field(default=None, description="The deadline that it counts back from.")

    @model_validator(mode="after")
    def _one_anchor(self) -> "RelativeTime":
        if (self.after is None) is (self.before is None):
            message = "name one of `after` (an event) and `before` (a deadline)"
            raise ValueError(message)
        if self.before is not None and self.unit is Unit.BUSINESS_DAY:
            message = "business days are not counted back; name calendar days or hours before a deadline"
            raise ValueError(message)
        return self


class PolicyStep(Record):
    """One step: when it applies, what to do, from when and by when, and why."""

    id: str = Field(pattern="^[a-z][a-z0-9_]*$", max_length=60, description="Its id, unique in the policy.")
    action: Action = Field(description="What to do.")
    when: When = Field(default=When(), description="What must hold.")
    after: tuple[str, ...] = Field(default=(), description="Steps that have to be done first.")
    not_before: RelativeTime | None = Field(default=None, description="From when; none means as soon as it applies.")
    due: RelativeTime | None = Field(default=None, description="By when the policy wants it done.")
    serves: DeadlineName | None = Field(default=None, description="The deadline that the step is there to meet.")
    again: Duration | None = Field(
        default=None, description="How long after it was done it is to be done again, for as long as it applies."
    )
    template: str | None = Field(default=None, pattern="^[a-z][a-z0-9_]*$", description="The message template to use.")
    why: Text = Field(description="Why.")
    source: Source = Field(description="Whose advice or rule it follows.")
    confidence: Confidence = Field(description="How far that can be trusted.")

    @model_validator(mode="after")
    def _comes_again(self) -> "PolicyStep":
        if self.again is not None and self.action is not Action.CHECK_FOR_QUESTION:
            message = f"`again` is for {Action.CHECK_FOR_QUESTION} only: nothing else is to be done over and over"
            raise ValueError(message)
        if self.again is not None and self.again.value == 0:
            message = "`again` has to leave some time in between"
            raise ValueError(message)
        return self


SELLERS: tuple[str, ...] = tuple(
    kind
    for kind, event_class in EVENT_CLASSES.items()
    if kind != "observed" and Actor.SELLER in get_args(event_class.model_fields["actor"].annotation)
)
"""The kinds of events that a seller can bring."""


class Avoid(Record):
    """Something not to do, and when; an action named here is never recommended while it applies."""

    id: str = Field(pattern="^[a-z][a-z0-9_]*$", max_length=60, description="Its id, unique in the policy.")
    when: When = Field(default=When(), description="When it must not be done.")
    action: Action | None = Field(default=None, description="The action that is not to be recommended, if it is one.")
    event: str | None = Field(
        default=None, description="The kind of the seller's own event that does it, where no action does."
    )
    what: Text = Field(description="What not to do.")
    why: Text = Field(description="Why.")
    source: Source = Field(description="Whose advice or rule it follows.")
    confidence: Confidence = Field(description="How far that can be trusted.")

    @field_validator("event")
    @classmethod
    def _of_the_seller(cls, kind: str | None) -> str | None:
        if kind is not None and kind not in SELLERS:
            known = {"kind": kind, "known": ", ".join(SELLERS)}
            raise PydanticCustomError("unknown_event", "{kind} is nothing the seller does; there are {known}", known)
        return kind

    def forbids(self, event: AnyEvent) -> bool:
        """Whether an event of the seller's is what is not to be done; a warning that names neither forbids nothing."""
        if event.actor is not Actor.SELLER:
            return False
        completion = COMPLETED_BY[self.action] if self.action else None
        return event.kind == self.event or (completion is not None and completion.matches(event))
