"""The result of a change of rules: figures that change, dates that move, and the slack of each step on both sides."""

from datetime import date, datetime, timedelta
from typing import Literal

from pydantic import Field

from atoz.audit.audit_result import time_text
from atoz.model.instant import Duration
from atoz.model.record import Document, Record
from atoz.model.text import Language, fill
from atoz.rulebook.date_arithmetic import Unit
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.explanation import shown, span_text


class FigureSide(Record):
    """What one edition gives for one deadline."""

    value: int = Field(description="How many.")
    unit: Unit = Field(description="Of what.")
    starts_with: tuple[str, ...] = Field(description="What starts the clock.")


class FigureChange(Record):
    """A deadline whose figure is another one in the other edition."""

    name: DeadlineName = Field(description="What has to be done.")
    before: FigureSide | None = Field(description="The figure of the first edition; none if it names none.")
    after: FigureSide | None = Field(description="The figure of the second.")
    tightens: bool = Field(description="Whether the second edition gives less time, or gives a limit where none was.")


class MovedDeadline(Record):
    """A running or past deadline of a claim that falls on another instant."""

    name: DeadlineName = Field(description="What has to be done.")
    before: datetime | None = Field(description="The due instant by the first edition; none if it has none.")
    after: datetime | None = Field(description="The due instant by the second.")
    moves_by: Duration | None = Field(description="How much later it falls; negative if sooner.")


class MovedDay(Record):
    """A day of the filing window that is another one."""

    name: Literal["opens", "closes"] = Field(description="Which end of the window.")
    before: date | None = Field(description="By the first edition.")
    after: date | None = Field(description="By the second.")


class StepSlack(Record):
    """How much time a step has, from when it is to be done until it is due."""

    step: str = Field(description="The policy's step.")
    before: Duration | None = Field(description="By the first edition; none if it does not apply or nothing ends it.")
    after: Duration | None = Field(description="By the second.")


class ClaimImpact(Record):
    """What the change means for one claim."""

    order_id: str = Field(description="The claim's order.")
    window: tuple[MovedDay, ...] = Field(description="Days of the filing window that move.")
    deadlines: tuple[MovedDeadline, ...] = Field(description="Deadlines that move.")
    steps: tuple[StepSlack, ...] = Field(description="The slack of each step that has any, on both sides.")

    @property
    def changes(self) -> bool:
        """Whether anything is different."""
        return bool(self.window or self.deadlines or any(step.before != step.after for step in self.steps))


class Impact(Document):
    """A change of rules, over claims."""

    kind: Literal["impact"] = Field(default="impact", description="Says that this document is a change's impact.")
    from_edition: str = Field(description="The edition that counts now.")
    to_edition: str = Field(description="The edition that would count.")
    policy: str = Field(description="The policy.")
    as_of: datetime = Field(description="The instant that was asked about.")
    claims: int = Field(description="How many claims were looked at.")
    figures: tuple[FigureChange, ...] = Field(description="Figures of deadlines that change, whatever the claim.")
    slack: tuple[StepSlack, ...] = Field(description="The least slack of each step, over all claims.")
    rows: tuple[ClaimImpact, ...] = Field(description="The claims for which anything changes.")

    def say(self, language: Language = "en") -> str:
        """The impact as text."""
        facts = {"before": self.from_edition, "after": self.to_edition, "policy": self.policy}
        lines = [_say("head", language, claims=self.claims, changed=len(self.rows), **facts)]
        lines += [_figure(row, language) for row in self.figures]
        lines += [_slack("least_slack", row, language) for row in self.slack]
        for claim in self.rows:
            lines += ["", _say("claim", language, order=claim.order_id)]
            for day in claim.window:
                name = _say(day.name, language)
                lines.append(_say("moved", language, name=name, before=day.before or "–", after=day.after or "–"))
            for row in claim.deadlines:
                sides = {"before": _at(row.before), "after": _at(row.after)}
                lines.append(_say("moved", language, name=row.name.label(language), **sides))
            lines += [_slack("slack", step, language) for step in claim.steps if step.before != step.after]
        return "\n".join(lines)

    def __str__(self) -> str:
        """The same in English."""
        return self.say()


def _at(at: datetime | None) -> str:
    return shown(at) if at else "–"


def _figure(row: FigureChange, language: Language) -> str:
    sides = {"before": _side(row.before, language), "after": _side(row.after, language)}
    return _say("tightens" if row.tightens else "changes", language, name=row.name.label(language), **sides)


def _side(side: FigureSide | None, language: Language) -> str:
    return "–" if side is None else span_text(side.value, side.unit).say(language)


def _slack(code: str, row: StepSlack, language: Language) -> str:
    sides = {"before": _time(row.before, language), "after": _time(row.after, language)}
    return _say(code, language, step=row.step, **sides)


def _time(span: timedelta | None, language: Language) -> str:
    return "–" if span is None else time_text(span, language)


def _say(code: str, language: Language, **values: object) -> str:
    return fill("atoz.audit", f"impact_{code}", **values).say(language)
