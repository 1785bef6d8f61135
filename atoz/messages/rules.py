"""The checker's rules: what each forbids and why (`rules.toml`), and by which words (`languages/*.toml`)."""

from collections.abc import Iterator
from functools import cache
from typing import Any, Literal

from pydantic import Field, model_validator

from atoz.messages.findings import MessageKind, Severity
from atoz.messages.word_rows import Pattern, compiled, names_in
from atoz.model.citation import Confidence, Source, with_sources
from atoz.model.data_files import read_toml
from atoz.model.instant import Day
from atoz.model.record import Record, read_document
from atoz.model.text import Text

LANGUAGES = ("en", "de", "es", "fr", "it", "ja", "zh")
"""The languages that the rules are read in."""


class Case(Record):
    """One way to break a rule."""

    patterns: tuple[str, ...] = Field(default=(), description="Rows of words, any of which is enough.")
    together: tuple[str, ...] = Field(default=(), description="Rows that all stand in one sentence, in any order.")
    neighbours: bool = Field(default=False, description="Whether two sentences that follow each other count as one.")
    also: tuple[str, ...] = Field(default=(), alias="with", description="One of these must be somewhere else too.")
    unless: tuple[str, ...] = Field(default=(), description="Not in a sentence that holds one of these.")
    unless_anywhere: tuple[str, ...] = Field(default=(), description="Not in a message that holds one of these.")
    contradicted_by: str | None = Field(default=None, description="Only where the record holds this fact.")

    @model_validator(mode="after")
    def _one_way_to_be_found(self) -> "Case":
        if bool(self.patterns) is bool(self.together):
            message = "a case has either patterns or rows that stand together"
            raise ValueError(message)
        return self


class Rule(Record):
    """One rule of the checker, with its source."""

    id: str = Field(pattern="^[a-z][a-z_]*$", description="Its id, stable.")
    severity: Severity = Field(description="How much a finding matters.")
    kinds: tuple[MessageKind, ...] = Field(min_length=1, description="The messages that it holds for.")
    detector: str | None = Field(default=None, description="The measurement that finds it; none where words do.")
    limit: int | None = Field(default=None, description="The measurement's figure.")
    why: Text = Field(description="Why.")
    source: Source = Field(description="Where the rule comes from.")
    since: Day | None = Field(default=None, description="The day it took effect; none if not known.")
    confidence: Confidence = Field(description="How far the source can be trusted.")


class Contacts(Record):
    """How a language writes contact details around the digits and signs."""

    at: tuple[str, ...] = Field(default=(), description="What is written for the sign @.")
    dot: tuple[str, ...] = Field(default=(), description="What is written for a dot.")
    call: tuple[str, ...] = Field(default=(), description="Beginnings of words that announce a telephone number.")
    countries: tuple[str, ...] = Field(default=(), description="Countries whose numbers are looked for.")


class LanguageRules(Record):
    """The words of one language by which the rules are broken."""

    name: Text = Field(description="What the language is called.")
    function_words: tuple[str, ...] = Field(default=(), description="Little words by which it is recognised.")
    connectors: tuple[str, ...] = Field(default=(), description="Little words that no longer word is glued from.")
    ignore: tuple[str, ...] = Field(default=(), description="Innocent uses of watched words; not looked at.")
    courtesy: tuple[str, ...] = Field(default=(), description="Greetings, thanks and offers of help.")
    proof: tuple[str, ...] = Field(default=(), description="Words that name a piece of evidence.")
    spelling: tuple[str, ...] = Field(default=(), description="Right words that the dictionary lacks.")
    contacts: Contacts = Field(default=Contacts(), description="How contact details are written.")
    words: dict[str, tuple[str, ...]] = Field(description="Groups of synonyms by name.")
    cases: dict[str, tuple[Case, ...]] = Field(description="For each rule that reads words, the ways to break it.")
    excuses: dict[str, tuple[str, ...]] = Field(
        default={}, description="For each rule, rows that speak against every way to break it, in the same sentence."
    )

    @model_validator(mode="after")
    def _known_words(self) -> "LanguageRules":
        rows = (*_rows_of(self), *self.ignore)
        used = {name for row in rows for name in names_in(row, self.words)}
        if unused := sorted(set(self.words) - used):
            message = f"words that no pattern uses: {', '.join(unused)}"
            raise ValueError(message)
        for row in (*rows, *self.courtesy, *self.proof):
            compiled(row, self.words)
        return self


class Links(Record):
    """Sites that may be linked to."""

    allowed: tuple[str, ...]


class RuleBook(Record):
    """Every rule, and the languages that it is read in.

    >>> rule_book().rule("review_change").confidence.value
    'amazon_page'
    """

    sources: dict[str, Source]
    links: Links
    rules: tuple[Rule, ...]
    languages: dict[str, LanguageRules]

    @model_validator(mode="before")
    @classmethod
    def _resolve_sources(cls, data: object) -> object:
        return with_sources(data, ("rules",))

    @model_validator(mode="after")
    def _each_rule_one_way(self) -> "RuleBook":
        worded = {name for language in self.languages.values() for name in (*language.cases, *language.excuses)}
        measured = {rule.id for rule in self.rules if rule.detector}
        if wrong := sorted((worded & measured) | ({rule.id for rule in self.rules} ^ (worded | measured))):
            message = f"a rule has either cases in some language or a detector: {', '.join(wrong)}"
            raise ValueError(message)
        return self

    def rule(self, name: str) -> Rule:
        """The rule of this id; a test's and a reader's way in."""
        return next(rule for rule in self.rules if rule.id == name)


def _rows_of(language: LanguageRules) -> Iterator[str]:
    for cases in language.cases.values():
        for case in cases:
            yield from (*case.patterns, *case.together, *case.also, *case.unless, *case.unless_anywhere)
    for rows in language.excuses.values():
        yield from rows


@cache
def rule_book() -> RuleBook:
    """The rules that ship."""
    data = read_toml("atoz.messages", "rules.toml")
    common = read_toml("atoz.messages", "cases.toml")
    languages = {code: _with_common(read_toml("atoz.messages", f"languages/{code}.toml"), common) for code in LANGUAGES}
    return read_document(RuleBook, {**data, "languages": languages}, what="rules.toml")


def _with_common(language: dict[str, Any], common: dict[str, Any]) -> dict[str, Any]:
    """A language's file with the words, cases and excuses that all languages share."""
    rows = {part: _joined(common[part], language.get(part, {})) for part in ("cases", "excuses")}
    return {**language, "words": {**common["words"], **language["words"]}, **rows}


def _joined(shared: dict[str, list[object]], own: dict[str, list[object]]) -> dict[str, list[object]]:
    return {rule: [*shared.get(rule, ()), *own.get(rule, ())] for rule in {**shared, **own}}


@cache
def pattern(language: str, row: str) -> Pattern:
    """A row of words of one language, ready to be searched for."""
    return compiled(row, rule_book().languages[language].words)


def patterns(languages: tuple[str, ...], use: Literal["courtesy", "proof", "ignore"]) -> Iterator[Pattern]:
    """The rows that some languages have for one use."""
    for language in languages:
        rows: tuple[str, ...] = getattr(rule_book().languages[language], use)
        yield from (pattern(language, row) for row in rows)
