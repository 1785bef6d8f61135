"""The seller of a simulation: does what the plan says, at once or at the last minute, late or forgetful."""

from datetime import datetime, timedelta

from pydantic import Field

from atoz.model.events import AnyEvent
from atoz.model.record import Record
from atoz.model.text import Text, fill
from atoz.planner.actions import COMPLETED_BY, Action
from atoz.planner.plan import PlannedAction
from atoz.planner.policy_steps import PolicyStep
from atoz.testing.builders import an_event


class Seller(Record):
    """How a seller follows a plan."""

    until_due: bool = Field(default=False, description="Does each thing only when it is due, if it has a due time.")
    late_by: timedelta = Field(default=timedelta(), ge=timedelta(), description="Does everything so much later.")
    forgets: tuple[str, ...] = Field(default=(), description="Steps or actions that are never done.")

    def acts_at(self, planned: PlannedAction, shown_at: datetime) -> datetime | None:
        """When the seller does what the plan shows as due now since `shown_at`; none means never."""
        if planned.action is Action.WAIT or planned.step in self.forgets or planned.action.value in self.forgets:
            return None
        start = max(shown_at, planned.due_at) if self.until_due and planned.due_at else shown_at
        return start + self.late_by

    @property
    def name(self) -> str:
        """What the seller is called in a report."""
        return self.name_text.en

    @property
    def name_text(self) -> Text:
        """The same in both languages."""
        words = [fill("atoz.testing", "acts_at_the_last_minute" if self.until_due else "acts_at_once")]
        words += [fill("atoz.testing", "acts_late", late=self.late_by)] * bool(self.late_by)
        words += [fill("atoz.testing", "acts_forgetful", steps=", ".join(self.forgets))] * bool(self.forgets)
        return Text(en=", ".join(word.en for word in words), zh=",".join(word.zh for word in words))


PROMPT = Seller()
"""Does everything as soon as the plan says now."""
LAST_MINUTE = Seller(until_due=True)
"""Does everything at its due instant, which still counts."""


def completing_event(step: PolicyStep, at: datetime) -> AnyEvent | None:
    """The event that does a step; none for waiting."""
    completion = COMPLETED_BY[step.action]
    if completion is None:
        return None
    facts: dict[str, object] = {"purpose": completion.purpose} if completion.purpose else {}
    if step.action is Action.COLLECT_EVIDENCE:
        facts["evidence"] = (step.when.evidence_lacking or ("evidence",))[0]
    return an_event(completion.kind, at, **facts)
