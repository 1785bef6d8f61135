"""The world that a policy is played against: what the buyer and Amazon do, and when.

>>> world = World.of(on_day(1, "information_requested"), on_day(2, "buyer_messaged"))
>>> [happening.event for happening in world.happenings]
['information_requested', 'buyer_messaged']
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from atoz.lifecycle.guards import why_not
from atoz.lifecycle.operations import lapse_of
from atoz.lifecycle.transition_table import ROWS, triggers_from
from atoz.model.claim import Claim
from atoz.model.events import EVENT_CLASSES, Actor, AnyEvent
from atoz.model.intervals import interval
from atoz.model.record import Document, parse_toml, read_document
from atoz.model.status import ClaimStatus
from atoz.planner.policy_steps import Duration
from atoz.rulebook.counted_history import CountedHistory
from atoz.rulebook.date_arithmetic import Unit, add_to_instant
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.deadlines import deadline
from atoz.rulebook.edition import Edition
from atoz.testing.builders import an_event


class Happening(Duration):
    """One thing that the buyer or Amazon does, so long after the claim was filed."""

    event: str = Field(description="The kind of the event.")
    facts: dict[str, object] = Field(default_factory=dict, description="Its facts, such as consent_to_recharge.")

    @field_validator("event")
    @classmethod
    def _of_the_world(cls, kind: str) -> str:
        if kind not in WORLDLY:
            known = {"kind": kind, "known": ", ".join(WORLDLY)}
            raise PydanticCustomError("unknown_event", "{kind} is nothing the world does; there are {known}", known)
        return kind

    def at(self, claim: Claim) -> datetime:
        """When it happens to a claim; days keep the local time of the filing."""
        start = claim.filed_at or claim.history[0].at
        return add_to_instant(start, self.value, self.unit, claim.order.zone)

    def happen(self, claim: Claim, at: datetime) -> AnyEvent:
        """The event itself.

        Raises:
            InvalidDocument: its facts do not fit.
        """
        facts = dict(self.facts)
        if claim.status.value.startswith("granted_") and self.event == "withdrawn":
            facts.setdefault("consent_to_recharge", True)
        return an_event(self.event, at, **facts)


_NOT_SCRIPTED = frozenset({"filed", "response_lapsed", "observed"})
WORLDLY: tuple[str, ...] = tuple(
    kind
    for kind, event_class in EVENT_CLASSES.items()
    if kind not in _NOT_SCRIPTED and event_class.model_fields["actor"].default is not Actor.SELLER
)
"""The kinds of events that a world can hold: everything that is not the seller's own."""


class World(Document):
    """What happens to a claim whatever the seller does; what the machine refuses by then does not happen."""

    kind: Literal["world"] = Field(default="world", description="Says that this document is a world.")
    happenings: tuple[Happening, ...] = Field(default=(), description="What happens, each so long after the filing.")
    lapses: bool = Field(default=True, description="Amazon decides silence where the edition says that it will.")

    @staticmethod
    def of(*happenings: Happening) -> "World":
        """A world in which this happens."""
        return World(happenings=happenings)

    @staticmethod
    def read(text: str, *, what: str = "world") -> "World":
        """A world from TOML: a `[[happenings]]` table for each thing, with `value`, `unit`, `event` and `facts`.

        Raises:
            InvalidDocument: it is not TOML, or does not fit; every fault.
        """
        return read_document(World, parse_toml(text, what=what), what=what)


SILENCE = World()
"""Nobody does anything; the clock alone goes on."""


def on_day(days: int, event: str, **facts: object) -> Happening:
    """Something that happens so many calendar days after the filing, at the same local time.

    Raises:
        InvalidDocument: it is nothing that the world does.
    """
    return _happening(days, Unit.CALENDAR_DAY, event, facts)


def after_hours(hours: int, event: str, **facts: object) -> Happening:
    """Something that happens so many hours after the filing.

    Raises:
        InvalidDocument: it is nothing that the world does.
    """
    return _happening(hours, Unit.HOUR, event, facts)


def _happening(value: int, unit: Unit, event: str, facts: dict[str, object]) -> Happening:
    return read_document(Happening, {"value": value, "unit": unit, "event": event, "facts": facts}, what="happening")


def happenings(claim: Claim, at: datetime, *, editions: Iterable[Edition] = ()) -> Iterator[AnyEvent]:
    """Every event that someone other than the seller can bring at an instant.

    `editions` are those of your own that the claim may name.
    """
    return happenings_after(CountedHistory.of(claim, editions), at)


def happenings_after(history: CountedHistory, at: datetime) -> Iterator[AnyEvent]:
    """The same, from a history that has been read already."""
    claim = history.claim
    yield an_event("buyer_messaged", at)
    if claim.status is ClaimStatus.UNDER_REVIEW:
        yield an_event("information_requested", at)
        yield an_event("information_requested", at, respond_by=at + interval("atoz.testing", "stated_by_a_question"))
    for kind in triggers_from(claim.status):
        event = (
            lapse_of(history, deadline(history, DeadlineName.ANSWER_AMAZON, at), at)
            if kind == "response_lapsed"
            else _of_others(claim, kind, at)
        )
        if event is not None and why_not(history, kind, at, event) is None:
            yield event


def _of_others(claim: Claim, kind: str, at: datetime) -> AnyEvent | None:
    if EVENT_CLASSES[kind].model_fields["actor"].default is Actor.SELLER:
        return None
    guard = ROWS[claim.status, kind].guard
    needed = {guard.subject: True} if guard and guard.kind == "needs" else {}
    return an_event(kind, at, **needed)
