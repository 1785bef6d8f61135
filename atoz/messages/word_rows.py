"""Rows of words as the data files write them: groups of synonyms, endings left open, gaps between.

How a row is written is said at the head of `rules.toml`; where it stands in a text, `matching` finds.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Literal, NamedTuple

from atoz.messages.character_folding import folded

Words = Mapping[str, tuple[str, ...]]
"""Groups of synonyms by name."""

_ANY = "_"
_OR = " // "
_GROUP = re.compile(r"\{([^}]*)\}")
_LONGEST_SKIP = 80


class Gap(NamedTuple):
    """What may stand between two words of a row: words only, or anything up to a length within a clause or sentence."""

    within: Literal["words", "clause", "sentence"] = "words"
    longest: int = 4
    fewest_words: int = 0
    most_words: int = 0


_GAPS = {"..": Gap("clause", 30), "...": Gap("sentence", 110)}


class Step(NamedTuple):
    """One place of a row: the gap before it and the words any of which may stand there."""

    gap: Gap
    words: tuple[str, ...]


class Pattern(NamedTuple):
    """A row of words, with every way of leaving out its optional ones."""

    variants: tuple[tuple[Step, ...], ...]
    words_behind: int
    """How many words of any kind have to follow."""


def compiled(pattern: str, words: Words) -> Pattern:
    """A row as written in the data files, ready to be searched for.

    >>> words = {"change": ("change", "updat*")}
    >>> [step.words for step in compiled("{change} your .. review*", words).variants[0]]
    [('change', 'updat*'), ('your',), ('review*',)]

    Raises:
        ValueError: it names a group that there is not.
    """
    rows = [_row(row, words) for row in pattern.split(_OR)]
    variants = dict.fromkeys(steps for row in rows for steps in row.variants)
    return Pattern(tuple(variants), max(row.words_behind for row in rows))


def _row(row: str, words: Words) -> Pattern:
    variants: list[tuple[Step, ...]] = [()]
    gap, behind = Gap(), 0
    for token in row.split():
        name, optional = token.removesuffix("?"), token.endswith("?") and len(token) > 1
        if token in _GAPS:
            gap = _GAPS[token]
        elif name == _ANY:
            gap = _skipping(gap, optional=optional)
            behind += not optional
        else:
            step, behind = Step(gap, _members(name, words)), 0
            variants = [longer for steps in variants for longer in _with(steps, step, optional=optional)]
            gap = Gap()
    return Pattern(tuple(dict.fromkeys(steps for steps in variants if steps)), behind)


def _skipping(gap: Gap, *, optional: bool) -> Gap:
    """The gap with room for one more word of any kind; a gap in characters has that room already."""
    if gap.within != "words":
        return gap
    return gap._replace(
        longest=_LONGEST_SKIP, fewest_words=gap.fewest_words + (not optional), most_words=gap.most_words + 1
    )


def _with(steps: tuple[Step, ...], step: Step, *, optional: bool) -> Iterator[tuple[Step, ...]]:
    yield (*steps, step)
    if optional:
        yield steps


def names_in(pattern: str, words: Words) -> Iterator[str]:
    """The groups that a pattern uses."""
    for group in _GROUP.findall(pattern):
        yield from (name for name in group.split("|") if name in words)


def _members(token: str, words: Words) -> tuple[str, ...]:
    """The words of one place in the row: groups are opened, `a|b` is split; inside braces a plain word stays one."""
    group = _GROUP.fullmatch(token)
    members: list[str] = []
    for name in (group[1] if group else token).split("|"):
        if group and name in words:
            members += words[name]
        elif group and "|" not in group[1]:
            message = f"no group of words is called {name!r}"
            raise ValueError(message)
        else:
            members.append(name)
    return tuple(sorted(set(map(fold_word, members))))


@cache
def fold_word(word: str) -> str:
    """A word of the data files as the folded text would have it; its stars and low lines keep their meaning."""
    return "".join(map(folded, word))
