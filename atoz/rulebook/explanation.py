"""How a date was counted: steps, each with its figure, source and confidence, in both languages."""

from collections.abc import Iterator
from datetime import date, datetime

from pydantic import Field

from atoz.model.citation import Confidence, Source
from atoz.model.record import Record
from atoz.model.text import Language, Text, fill
from atoz.rulebook.edition import Parameter


class Step(Record):
    """One step of a count."""

    says: Text = Field(description="What was done.")
    parameter: str | None = Field(default=None, description="The edition's figure that was used, if any.")
    source: Source | None = Field(default=None, description="Where the figure comes from, if one was used.")
    confidence: Confidence = Field(description="How far the step can be trusted.")


class Explanation(Record):
    """The steps of one result, and the caveats that travel with it; `str` gives it in English."""

    edition: str = Field(description="The edition that was used.")
    steps: tuple[Step, ...] = Field(description="The steps, in order.")
    caveats: tuple[Text, ...] = Field(default=(), description="What to bear in mind.")

    def say(self, language: Language = "en") -> str:
        """The whole explanation as lines of text."""
        return "\n".join(self._lines(language))

    def _lines(self, language: Language) -> Iterator[str]:
        for number, step in enumerate(self.steps, start=1):
            cited = f" [{step.source.short(language)}; {step.confidence.label(language)}]" if step.source else ""
            yield f"{number}. {step.says.say(language)}{cited}"
        for caveat in self.caveats:
            yield f"! {caveat.say(language)}"

    def __str__(self) -> str:
        """The explanation in English."""
        return self.say()


def phrase(code: str, **values: object) -> Text:
    """A phrase of the rulebook, filled in."""
    return fill("atoz.rulebook", code, **values)


def counted(rule: Parameter, start: Text, begins: date | datetime, result: date | datetime) -> Step:
    """The step that counts one figure from a start to its result."""
    code = "counted_back" if rule.value < 0 else "counted_on" if rule.value else "counted_same"
    span = phrase(f"unit_{rule.unit}" if abs(rule.value) != 1 else f"unit_{rule.unit}_one", value=abs(rule.value))
    return Step(
        says=phrase(
            code,
            span=span,
            start=start,
            begins=shown(begins),
            result=shown(result),
            boundary=phrase(f"boundary_{rule.day_boundary}"),
        ),
        parameter=rule.name,
        source=rule.source,
        confidence=rule.confidence,
    )


def own(code: str, confidence: Confidence = Confidence.ATOZ, **values: object) -> Step:
    """A step of atoz's own that uses no figure: a comparison, a missing fact, an outcome."""
    return Step(says=phrase(code, **values), confidence=confidence)


def shown(moment: date | datetime) -> str:
    """A day as `2016-06-10`, an instant as `2016-06-10 15:00 UTC`, with its zone's short name."""
    if isinstance(moment, datetime):
        seconds = ":%S" if moment.second else ""
        return moment.strftime(f"%Y-%m-%d %H:%M{seconds} %Z")
    return moment.isoformat()
