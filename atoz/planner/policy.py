"""An escalation policy: the seller's own strategy as data, read from TOML and checked as a whole.

>>> Policy.named("faq-2016").step("first_message").action.value
'ask_for_withdrawal'
"""

from collections.abc import Iterable
from functools import cache

from pydantic import Field, model_validator

from atoz.errors import InvalidDocument, UnknownName
from atoz.model.citation import Source, with_sources
from atoz.model.claim import EditionId
from atoz.model.data_files import read_text, toml_names
from atoz.model.record import Record, parse_toml, read_document
from atoz.model.text import Text
from atoz.planner.conditions import When
from atoz.planner.policy_steps import Avoid, Duration, PolicyStep
from atoz.planner.policy_validation import check_policy
from atoz.rulebook.edition import Edition, known_editions


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

    @model_validator(mode="after")
    def _looks_later(self) -> "Policy":
        if self.look_again.value == 0:
            message = "`look_again` has to leave some time: a plan is never to be looked at again at the same instant"
            raise ValueError(message)
        return self

    @property
    def conditions(self) -> tuple[When, ...]:
        """What every step asks, then what every entry of what not to do asks."""
        return (*(step.when for step in self.steps), *(entry.when for entry in self.avoid))

    def __hash__(self) -> int:
        return hash(self.id)  # equal policies have equal ids; what is kept per policy tells two of one id apart

    def step(self, name: str) -> PolicyStep:
        """The step of this id.

        Raises:
            UnknownName: there is none.
        """
        step = next((step for step in self.steps if step.id == name), None)
        if step is None:
            raise UnknownName.with_suggestions("step", name, (step.id for step in self.steps))
        return step

    @staticmethod
    def read(text: str, *, what: str = "policy", editions: Iterable[Edition] = ()) -> "Policy":
        """A policy from TOML text, checked: shape first, then everything that could not work.

        `editions` are those of your own that it may be written for.

        Raises:
            InvalidDocument: every fault, with the file and the key.
        """
        policy = read_document(Policy, parse_toml(text, what=what), what=what)
        faults = check_policy(policy.editions, policy.steps, policy.avoid, known_editions(editions))
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
    return toml_names("atoz.planner", "policies")


@cache
def _shipped(name: str) -> Policy:
    return Policy.read(read_text("atoz.planner", f"policies/{name}.toml"), what=f"{name}.toml")
