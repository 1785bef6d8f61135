"""The result of an audit: every event with what was advised before it, every step and deadline, every departure."""

from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field

from atoz.lifecycle.refund_bearer import PaidBy
from atoz.model.enums import LabelledEnum
from atoz.model.events import Actor
from atoz.model.instant import Duration
from atoz.model.labels import NO_LABELS, Labels
from atoz.model.marketplace import Marketplace
from atoz.model.money import Money
from atoz.model.order import Country, TriState
from atoz.model.record import Document, Record
from atoz.model.status import ClaimStatus
from atoz.model.text import Language, fill
from atoz.planner.actions import Action
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.explanation import shown
from atoz.rulebook.readings import ReadingKind


class DeadlineResult(LabelledEnum, package="atoz.audit", prefix="deadline_"):
    """How a deadline ended."""

    MET = "met"
    LATE = "late"
    """Answered, but after it was due."""
    MISSED = "missed"
    """Past, and not answered."""
    OPEN = "open"
    OVERTAKEN = "overtaken"
    """Decided, or asked anew, before it was due."""
    UNKNOWN = "unknown"
    """No rule that counts it has a date."""


class StepResult(LabelledEnum, package="atoz.audit", prefix="step_"):
    """What became of a step that was advised."""

    DONE = "done"
    LATE = "late"
    """Done after it was due."""
    MISSED = "missed"
    """Not done, and its time is over."""
    OPEN = "open"
    """Still advised, and not overdue."""
    OVERTAKEN = "overtaken"
    """Not done, and no longer advised before its time was over."""


class DepartureKind(LabelledEnum, package="atoz.audit", prefix="departure_"):
    """How a history left the policy."""

    LATE = "late"
    MISSED = "missed"
    FORBIDDEN = "forbidden"
    """Done although the policy says not to."""
    TOO_CLOSE = "too_close"
    """A message too soon after the last one."""
    EARLY = "early"
    """Done before the policy wanted it."""
    NOT_ADVISED = "not_advised"
    """Done although the policy did not advise it then, nor for later."""


class Departure(Record):
    """One thing that was done otherwise than the policy says."""

    kind: DepartureKind = Field(description="How.")
    at: datetime = Field(description="When the policy was left: the due instant that passed, or when it was done.")
    name: str = Field(description="The policy's step or warning; else the kind of the event.")
    event: str | None = Field(default=None, description="The kind of the event that did it; none for an omission.")
    by: Duration | None = Field(default=None, description="How late, or how much too soon; none where nothing says.")


class AuditedEvent(Record):
    """One event of the history, and what the policy advised right before it."""

    at: datetime = Field(description="When.")
    event: str = Field(description="Its kind.")
    actor: Actor = Field(description="Who did it.")
    advised: tuple[str, ...] = Field(description="The steps to be taken just before it; waiting is none.")
    completed: tuple[str, ...] = Field(description="The steps that it did.")


class AdvisedStep(Record):
    """One step of the policy, each time that it was to be taken."""

    step: str = Field(description="The step.")
    action: Action = Field(description="What was to be done.")
    result: StepResult = Field(description="What became of it.")
    advised_at: datetime = Field(description="From when it was to be done.")
    due_at: datetime | None = Field(description="By when; none if nothing firm sets an end.")
    done_at: datetime | None = Field(description="When it was done.")


class DeadlineOutcome(Record):
    """One run of the clock of one of the seller's deadlines, by the strictest rule that counts."""

    name: DeadlineName = Field(description="What had to be done.")
    result: DeadlineResult = Field(description="How it ended.")
    edition: str = Field(description="The edition that counts it: of those whose figure is firm, the strictest.")
    weight: ReadingKind = Field(description="Stated, firm, soft or borrowed.")
    duty: bool = Field(description="Whether missing it is held against the seller.")
    started_by: str = Field(description="The fact or event that started the clock.")
    started_at: datetime | None = Field(description="When it started.")
    due_at: datetime | None = Field(description="The last instant at which it is met.")
    answered_at: datetime | None = Field(description="When it was answered.")
    margin: Duration | None = Field(description="How long before the due instant it was answered; negative if after.")

    @property
    def counts(self) -> bool:
        """Whether a source states the instant or the figure; a soft or borrowed one only orders lists."""
        return self.weight in (ReadingKind.STATED, ReadingKind.FIRM)

    @property
    def failed(self) -> bool:
        """Whether it was missed or answered late, by a rule that counts."""
        return self.counts and self.result in (DeadlineResult.LATE, DeadlineResult.MISSED)


class Audit(Document):
    """One real history, held against a policy."""

    kind: Literal["audit"] = Field(default="audit", description="Says that this document is an audit.")
    order_id: str = Field(description="The claim's order.")
    marketplace: Country = Field(description="Its marketplace: an ISO country code.")
    status: ClaimStatus = Field(description="Where the claim stands.")
    policy: str = Field(description="The policy that the history is held against.")
    policy_fits: bool = Field(description="Whether the policy is written for what was in force on the filing day.")
    edition: str = Field(description="The claim's own edition.")
    as_of: datetime = Field(description="The end of what was audited.")
    labels: Labels = Field(default=NO_LABELS, description="The labels of the order and of the claim.")
    paid_by: PaidBy = Field(description="Who bears the refund.")
    amount: Money | None = Field(description="What the decision says was paid, else what the claim asks for.")
    counts_against_odr: TriState = Field(description="Whether the claim counts against the Order Defect Rate.")
    events: tuple[AuditedEvent, ...] = Field(description="Every event since the claim began.")
    steps: tuple[AdvisedStep, ...] = Field(description="Every step each time that it was advised, in that order.")
    deadlines: tuple[DeadlineOutcome, ...] = Field(description="Every run of the seller's clocks.")
    departures: tuple[Departure, ...] = Field(description="Where the policy was left, the first departure first.")

    @property
    def first(self) -> Departure | None:
        """Where the history first left the policy; none if it never did."""
        return self.departures[0] if self.departures else None

    @property
    def failed(self) -> tuple[DeadlineOutcome, ...]:
        """The deadlines that were missed or answered late, by a rule that counts."""
        return tuple(row for row in self.deadlines if row.failed)

    def line(self, language: Language = "en") -> str:
        """The audit in one line."""
        first = self._departure(self.first, language) if self.first else _say("none", language)
        counts = {"departures": len(self.departures), "failed": len(self.failed)}
        return _say("row", language, order=self.order_id, status=self.status.label(language), first=first, **counts)

    def say(self, language: Language = "en") -> str:
        """The whole audit as text: the history, the departures, the steps and the deadlines."""
        head = _say("head", language, order=self.order_id, policy=self.policy, edition=self.edition)
        ended = _say("end", language, at=self._at(self.as_of), status=self.status.label(language))
        lines = [head, *(self._event(event, language) for event in self.events), ended, ""]
        lines += [self._departure(departure, language) for departure in self.departures] or [_say("none", language)]
        lines += ["", *(self._step(step, language) for step in self.steps)]
        lines += [self._deadline(row, language) for row in self.deadlines]
        return "\n".join(lines)

    def __str__(self) -> str:
        """The same in English."""
        return self.say()

    def _at(self, at: datetime | None) -> str:
        return shown(at.astimezone(Marketplace.of(self.marketplace).zoneinfo)) if at else "–"

    def _event(self, event: AuditedEvent, language: Language) -> str:
        facts = {"event": event.event, "actor": event.actor.value, "at": self._at(event.at)}
        return _say("event", language, advised=", ".join(event.advised) or "–", **facts)

    def _departure(self, departure: Departure, language: Language) -> str:
        by = _say("by", language, time=time_text(departure.by, language)) if departure.by else ""
        facts = {"at": self._at(departure.at), "kind": departure.kind.label(language), "name": departure.name}
        return _say("departure", language, by=by, **facts)

    def _step(self, step: AdvisedStep, language: Language) -> str:
        times = {"advised": self._at(step.advised_at), "due": self._at(step.due_at), "done": self._at(step.done_at)}
        return _say("step", language, step=step.step, result=step.result.label(language), **times)

    def _deadline(self, row: DeadlineOutcome, language: Language) -> str:
        late = row.margin is not None and row.margin < timedelta()
        code = "margin_late" if late else "margin"
        margin = "" if row.margin is None else _say(code, language, time=time_text(abs(row.margin), language))
        facts = {"result": row.result.label(language), "edition": row.edition, "due": self._at(row.due_at)}
        soft = "" if row.counts else _say("soft", language)
        return _say("deadline", language, name=row.name.label(language), margin=margin, soft=soft, **facts)


def time_text(span: timedelta, language: Language) -> str:
    """A length of time, to the minute."""
    minutes = round(span.total_seconds() / 60)
    days, hours = divmod(minutes // 60, 24)
    parts = [("days", days), ("hours", hours), ("minutes", minutes % 60)]
    words = [_say(unit, language, count=count) for unit, count in parts if count]
    return " ".join(words) or _say("minutes", language, count=0)


def _say(code: str, language: Language, **values: object) -> str:
    return fill("atoz.audit", f"audit_{code}", **values).say(language)
