"""Where sources contradict each other, and the figures that depend on them.

>>> [row.id for row in contradictions_of("us-2026", "answer_amazon")]
['time_to_answer_amazon', 'will_or_may']
"""

from collections.abc import Iterable
from functools import cache

from pydantic import Field, model_validator

from atoz.model.data_files import read_record
from atoz.model.record import Record
from atoz.model.text import Text


class Contradiction(Record):
    """One contradiction between sources: what they say, and which figures it touches."""

    id: str = Field(pattern="^[a-z][a-z_]*$", description="Its name.")
    says: Text = Field(description="What the sources say, side by side.")
    touches: tuple[str, ...] = Field(description="The figures that depend on it, as edition.parameter.")
    why: Text | None = Field(default=None, description="Why it touches no figure.")

    @model_validator(mode="after")
    def _touches_or_says_why(self) -> "Contradiction":
        if bool(self.touches) is (self.why is not None):
            message = "a contradiction touches figures, or says why it touches none"
            raise ValueError(message)
        return self


class _Book(Record):
    contradiction: tuple[Contradiction, ...]


@cache
def contradictions() -> tuple[Contradiction, ...]:
    """Every contradiction that was met among the sources."""
    return read_record(_Book, "atoz.rulebook", "contradictions.toml").contradiction


def contradictions_of(edition: str, parameter: str) -> tuple[Contradiction, ...]:
    """The contradictions that a figure of an edition depends on."""
    return tuple(row for row in contradictions() if f"{edition}.{parameter}" in row.touches)


@cache
def _by_figure() -> dict[tuple[str, str], tuple[str, ...]]:
    """The contradictions of each figure, by its edition, whose id may have points, and its name, which has none."""
    touched = {place for row in contradictions() for place in row.touches}
    return {
        (edition, parameter): tuple(row.id for row in contradictions() if place in row.touches)
        for place in touched
        for edition, _, parameter in [place.rpartition(".")]
    }


def named_by(figures: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The ids of the contradictions that any of these figures depends on, each once; a figure is edition, parameter.

    >>> named_by([("us-2026", "answer_amazon"), ("us-2026", "appeal"), ("us-2020-07", "answer_amazon")])
    ('time_to_answer_amazon', 'will_or_may')
    """
    by_figure = _by_figure()
    names = (name for figure in figures for name in by_figure.get(figure, ()))
    return tuple(dict.fromkeys(names))


def sentences_of(ids: Iterable[str]) -> tuple[Text, ...]:
    """What the sources say, for the contradictions of these ids."""
    says = {row.id: row.says for row in contradictions()}
    return tuple(says[name] for name in ids)
