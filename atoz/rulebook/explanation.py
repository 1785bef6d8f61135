"""A derivation in words: steps, each with its figure, source and confidence, in both languages."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pydantic import Field

from atoz.model.citation import Confidence, Source
from atoz.model.record import Record
from atoz.model.text import Language, Text, fill
from atoz.rulebook.date_arithmetic import Unit
from atoz.rulebook.derivation import DerivationStep


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


def in_words(derivation: Iterable[DerivationStep], zone: ZoneInfo, **facts: Text) -> tuple[Step, ...]:
    """The steps of a derivation in words, instants in a time zone; `facts` fill in what a phrase names besides."""
    return tuple(
        Step(
            says=_says(step, zone, facts),
            parameter=step.parameter,
            source=step.source,
            confidence=step.confidence,
        )
        for step in derivation
    )


def phrase(code: str, **values: object) -> Text:
    """A phrase of the rulebook, filled in."""
    return fill("atoz.rulebook", code, **values)


def span_text(value: int, unit: Unit | None) -> Text:
    """How much is added, in words: `3 calendar days`."""
    return phrase(f"unit_{unit}" if abs(value) != 1 else f"unit_{unit}_one", value=abs(value))


def shown(moment: date | datetime) -> str:
    """A day as `2016-06-10`, an instant as `2016-06-10 15:00 UTC`, with its zone's short name."""
    if isinstance(moment, datetime):
        seconds = ":%S" if moment.second else ""
        return moment.strftime(f"%Y-%m-%d %H:%M{seconds} %Z")
    return moment.isoformat()


def _says(step: DerivationStep, zone: ZoneInfo, facts: dict[str, Text]) -> Text:
    values: dict[str, object] = dict(facts)
    if step.counts_from:
        values["start"] = phrase(f"start_{step.counts_from}")
    values |= {
        name: shown(moment.astimezone(zone) if isinstance(moment, datetime) else moment)
        for name, moment in (("begins", step.begins), ("result", step.result))
        if moment is not None
    }
    if step.rule == "in_force":
        return facts["in_force"]
    if step.rule == "opens_later":
        values["sooner"], values["wait"] = (shown(day) for day in step.compared)
    if step.rule == "counted":
        return phrase(
            _counted_phrase(step),
            span=span_text(step.value or 0, step.unit),
            boundary=phrase(f"boundary_{step.day_boundary}"),
            **values,
        )
    return phrase(f"step_{step.rule}", **values)


def _counted_phrase(step: DerivationStep) -> str:
    value = step.value or 0
    return "counted_back" if value < 0 else "counted_on" if value else "counted_same"
