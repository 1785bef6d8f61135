"""An escalation policy: the seller's own strategy as data, read from TOML and checked as a whole.

>>> Policy.named("faq-2016").step("first_message").action.value
'ask_for_withdrawal'
"""

import tomllib
from functools import cache
from importlib.resources import files

from pydantic import Field, model_validator

from atoz.errors import Fault, InvalidDocument, UnknownName
from atoz.model.citation import Confidence, Source, with_sources
from atoz.model.claim import EditionId
from atoz.model.record import Record, read_document
from atoz.model.text import Text
from atoz.planner.actions import Action
from atoz.planner.conditions import When
from atoz.rulebook.date_arithmetic import Unit
from atoz.rulebook.deadline_clock import DeadlineName

DEFAULT_POLICY = "faq-2016"


class Duration(Record):
    """A length of time."""

    value: int = Field(ge=0, le=3650, description="How many.")
    unit: Unit = Field(description="Calendar days, business days or hours.")


class RelativeTime(Duration):
    """An instant of the plan: a span after an event, or before a deadline."""

    after: str | None = Field(
        default=None,
        description="The event that it counts from: the latest of this kind; or status_changed, or first_contact_at.",
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
    template: str | None = Field(default=None, pattern="^[a-z][a-z0-9_]*$", description="The message template to use.")
    why: Text = Field(description="Why.")
    source: Source = Field(description="Whose advice or rule it follows.")
    confidence: Confidence = Field(description="How far that can be trusted.")


class Avoid(Record):
    """Something not to do, and when; an action named here is never recommended while it applies."""

    id: str = Field(pattern="^[a-z][a-z0-9_]*$", max_length=60, description="Its id, unique in the policy.")
    when: When = Field(default=When(), description="When it must not be done.")
    action: Action | None = Field(default=None, description="The action that is not to be recommended, if it is one.")
    what: Text = Field(description="What not to do.")
    why: Text = Field(description="Why.")
    source: Source = Field(description="Whose advice or rule it follows.")
    confidence: Confidence = Field(description="How far that can be trusted.")


class Policy(Record):
    """One escalation policy."""

    id: str = Field(pattern="^[a-z0-9][a-z0-9.-]*$", max_length=60, description="Its id.")
    title: Text = Field(description="Whose strategy it is.")
    editions: tuple[EditionId, ...] = Field(min_length=1, description="The editions it is written for.")
    messages_apart: Duration = Field(description="The least time between two messages to the buyer.")
    look_again: Duration = Field(description="When to look again if nothing sets an instant sooner.")
    sources: dict[str, Source] = Field(description="Its sources by a short key.")
    steps: tuple[PolicyStep, ...] = Field(min_length=1, description="The steps, in the order of the story.")
    avoid: tuple[Avoid, ...] = Field(default=(), description="What not to do.")

    @model_validator(mode="before")
    @classmethod
    def _resolve_sources(cls, data: object) -> object:
        """Let steps name a source by its key, so that each citation is written once."""
        return with_sources(data, ("steps", "avoid"))

    def step(self, name: str) -> PolicyStep:
        """The step of this id.

        Raises:
            UnknownName: there is none.
        """
        step = next((step for step in self.steps if step.id == name), None)
        if step is None:
            raise UnknownName("step", name, tuple(step.id for step in self.steps))
        return step

    @staticmethod
    def read(text: str, *, what: str = "policy") -> "Policy":
        """A policy from TOML text, checked: shape first, then everything that could not work.

        Raises:
            InvalidDocument: every fault, with the file and the key.
        """
        from atoz.planner.policy_validation import check_policy  # noqa: PLC0415  (the checks need the finished class)

        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise InvalidDocument(what, (Fault("", "not_toml", f"not TOML: {error}"),)) from error
        policy = read_document(Policy, data, what=what)
        faults = check_policy(policy)
        if faults:
            raise InvalidDocument(what, faults)
        return policy

    @staticmethod
    def named(policy: str) -> "Policy":
        """A policy that ships with atoz.

        Raises:
            UnknownName: there is none of this id.
        """
        shipped = shipped_policies()
        if policy not in shipped:
            raise UnknownName.with_suggestions("policy", policy, shipped)
        return _shipped(policy)


@cache
def shipped_policies() -> tuple[str, ...]:
    """The ids of the policies that ship with atoz."""
    folder = files("atoz.planner").joinpath("policies")
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


@cache
def _shipped(name: str) -> Policy:
    text = files("atoz.planner").joinpath("policies", f"{name}.toml").read_text(encoding="utf-8")
    return Policy.read(text, what=f"{name}.toml")
