"""The checker's rules, read from `rules.toml`: words, patterns over them, and what else is measured."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from pydantic import Field, model_validator

from atoz.messages.findings import MessageKind, Severity
from atoz.model.citation import Confidence, Source, with_sources
from atoz.model.instant import Day
from atoz.model.record import Record, read_document
from atoz.model.text import Text, read_toml

_IN_SENTENCE = r"(?:[^.!?。\n]|[.!?](?=[^\s])|\n(?![ \t]*\n))"
_IN_CLAUSE = r"(?:[^.!?。\n,;,]|[.!?](?=[^\s])|\n(?![ \t]*\n))"
_GAPS = {"..": rf"{_IN_CLAUSE}{{0,30}}?", "...": rf"{_IN_SENTENCE}{{0,110}}?"}
_BETWEEN = r"[\s\"'*-]{1,4}"
_ANY = "_"
_GROUP = re.compile(r"\{([^}]*)\}")

Words = Mapping[str, tuple[str, ...]]
"""Groups of synonyms by name."""


def compiled(pattern: str, words: Words) -> re.Pattern[str]:
    """A pattern as a regular expression over the folded text.

    >>> words = {"change": ("change", "updat*")}
    >>> compiled("{change} your .. review*", words).search("do update your old reviews").group()
    'update your old reviews'

    Raises:
        ValueError: it names a group that there is not.
    """
    made, glue = "", ""
    for token in pattern.split():
        if token in _GAPS:
            made, glue = made + _GAPS[token], ""
            continue
        one = _token(token.removesuffix("?"), words)
        if token.endswith("?"):
            made += f"(?:{glue}{one})?"
            glue = glue or f"(?:{_BETWEEN})?"
        else:
            made, glue = f"{made}{glue}{one}", _BETWEEN
    return re.compile(made)


def names_in(pattern: str, words: Words) -> Iterator[str]:
    """The groups that a pattern uses."""
    for found in _GROUP.findall(pattern):
        yield from (name for name in found.split("|") if name in words)


def _token(token: str, words: Words) -> str:
    if token == _ANY:
        return r"[^\s.!?]+"
    return _any_of(_members(token, words))


def _members(token: str, words: Words) -> Iterator[str]:
    """The words of one place in the row: groups are opened, `a|b` is split; inside braces a plain word stays one."""
    group = _GROUP.fullmatch(token)
    for name in (group[1] if group else token).split("|"):
        if group and name in words:
            yield from words[name]
        elif group and "|" not in group[1]:
            message = f"no group of words is called {name!r}"
            raise ValueError(message)
        else:
            yield name


def _any_of(members: Iterable[str]) -> str:
    longest_first = sorted(set(members), key=lambda each: (-len(each), each))
    return f"(?:{'|'.join(_word(each) for each in longest_first)})"


def _word(word: str) -> str:
    body = r"[\s-]{1,4}".join(re.escape(part).replace(r"\*", "[a-z]*") for part in word.replace("_", " ").split())
    if not word[0].isascii():
        return body
    before = "(?<![a-z0-9])" if word[0].isalnum() else ""
    after = "(?![a-z0-9])" if word[-1].isalnum() or word[-1] == "*" else ""
    return f"{before}{body}{after}"


class Case(Record):
    """One way to break a rule."""

    patterns: tuple[str, ...] = Field(min_length=1, description="Rows of words, any of which is enough.")
    also: tuple[str, ...] = Field(default=(), alias="with", description="One of these must be somewhere else too.")
    unless: tuple[str, ...] = Field(default=(), description="Not in a sentence that holds one of these.")
    unless_anywhere: tuple[str, ...] = Field(default=(), description="Not in a message that holds one of these.")
    contradicted_by: str | None = Field(default=None, description="Only where the record holds this fact.")


class Rule(Record):
    """One rule of the checker, with its source."""

    id: str = Field(pattern="^[a-z][a-z_]*$", description="Its id, stable.")
    severity: Severity = Field(description="How much a finding matters.")
    kinds: tuple[MessageKind, ...] = Field(min_length=1, description="The messages that it holds for.")
    cases: tuple[Case, ...] = Field(default=(), description="The ways to break it, in words.")
    detector: str | None = Field(default=None, description="The measurement that finds it, where words do not.")
    limit: int | None = Field(default=None, description="The measurement's figure.")
    why: Text = Field(description="Why.")
    source: Source = Field(description="Where the rule comes from.")
    since: Day | None = Field(default=None, description="The day it took effect; none if not known.")
    confidence: Confidence = Field(description="How far the source can be trusted.")

    @model_validator(mode="after")
    def _one_way(self) -> "Rule":
        if bool(self.cases) is bool(self.detector):
            message = "a rule has either cases or a detector"
            raise ValueError(message)
        return self


class Mending(Record):
    """What disguised text is mended with besides the rules' own words."""

    connectors: tuple[str, ...]


class Patterns(Record):
    """A list of patterns with one use."""

    patterns: tuple[str, ...]


class Links(Record):
    """Sites that may be linked to."""

    allowed: tuple[str, ...]


class Spelling(Record):
    """Words that are right though the dictionary lacks them."""

    also: tuple[str, ...]


class RuleBook(Record):
    """Every rule, and the words that they are made of.

    >>> rule_book().rule("review_change").confidence.value
    'amazon_page'
    """

    sources: dict[str, Source]
    words: dict[str, tuple[str, ...]]
    mending: Mending
    ignore: Patterns
    courtesy: Patterns
    proof: Patterns
    links: Links
    spelling: Spelling
    rules: tuple[Rule, ...]

    @model_validator(mode="before")
    @classmethod
    def _resolve_sources(cls, data: object) -> object:
        return with_sources(data, ("rules",))

    @model_validator(mode="after")
    def _known_words(self) -> "RuleBook":
        patterns = [pattern for rule in self.rules for case in rule.cases for pattern in _patterns_of(case)]
        used = {name for pattern in (*patterns, *self.ignore.patterns) for name in names_in(pattern, self.words)}
        if unused := sorted(set(self.words) - used):
            message = f"words that no pattern uses: {', '.join(unused)}"
            raise ValueError(message)
        return self

    def rule(self, name: str) -> Rule:
        """The rule of this id; a test's and a reader's way in."""
        return next(each for each in self.rules if each.id == name)

    def regex(self, pattern: str) -> re.Pattern[str]:
        """A pattern, ready to search with."""
        return _regex(pattern)


def _patterns_of(case: Case) -> tuple[str, ...]:
    return (*case.patterns, *case.also, *case.unless, *case.unless_anywhere)


@cache
def rule_book() -> RuleBook:
    """The rules that ship."""
    return read_document(RuleBook, read_toml("atoz.messages", "rules.toml"), what="rules.toml")


@cache
def _regex(pattern: str) -> re.Pattern[str]:
    return compiled(pattern, rule_book().words)
