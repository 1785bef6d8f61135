"""Rows of words, searched for in a folded text in time that grows with the text's length and no faster.

A regular expression with gaps tries every gap at every place, which a text of nothing but watched words turns into
minutes. So each word's places are listed first, and a row is then followed from place to place: of the places of
the word before, only the nearest one counts, because a gap that is too wide, or crosses the end of a sentence, from
there is so from every place further back.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from typing import Literal, NamedTuple

from atoz.messages.character_folding import folded

Words = Mapping[str, tuple[str, ...]]
"""Groups of synonyms by name."""

Span = tuple[int, int]
"""Where a stretch of the text begins and ends."""

_ANY = "_"
_GROUP = re.compile(r"\{([^}]*)\}")
_TOKEN = re.compile(r"[a-z0-9]+")
_SENTENCE_END = re.compile(r"[.!?](?=\s|$|[^\x00-\x7f])|。|\n(?=[ \t]*\n)")
_CLAUSE_END = re.compile(r"[,;、]")
_LONGEST_SKIP = 80
_LONGEST_ENDING = 20


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
    >>> text = IndexedText("do update your old reviews")
    >>> [text.text[slice(*span)] for span in text.spans(compiled("{change} your .. review*", words))]
    ['update your old reviews']

    Raises:
        ValueError: it names a group that there is not.
    """
    variants: list[tuple[Step, ...]] = [()]
    gap, behind = Gap(), 0
    for token in pattern.split():
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


@cache
def _word(word: str) -> re.Pattern[str]:
    """One word or phrase: `*` may go on, a low line or blank is any short space."""
    parts = (re.escape(part).replace(r"\*", f"[a-z]{{0,{_LONGEST_ENDING}}}") for part in word.replace("_", " ").split())
    body = r"[\s-]{1,4}".join(parts)
    if not word[0].isascii():
        return re.compile(body)
    before = "(?<![a-z0-9])" if word[0].isalnum() else ""
    after = "(?![a-z0-9])" if (word[-1].isascii() and word[-1].isalnum()) or word[-1] == "*" else ""
    return re.compile(f"{before}{body}{after}")


@cache
def _between(fewest: int, most: int) -> re.Pattern[str]:
    return re.compile(rf"[\s\"'*-]{{1,4}}(?:[^\s.!?]+[\s\"'*-]{{1,4}}){{{fewest},{most}}}")


class IndexedText:
    """A folded text in which every word's places are looked up at most once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._hidden: list[Span] = []
        self._places: dict[str, list[Span]] = {}
        self._any_of: dict[tuple[str, ...], list[Span]] = {}

    def hiding(self, spans: Iterable[Span]) -> "IndexedText":
        """The same text with these stretches not looked at."""
        clone = IndexedText(self.text)
        clone._hidden = _joined(spans)
        return clone

    @cached_property
    def sentence_ends(self) -> list[int]:
        """Where sentences end."""
        return [match.start() for match in _SENTENCE_END.finditer(self.text)]

    @cached_property
    def _clause_ends(self) -> list[int]:
        return sorted([*self.sentence_ends, *(match.start() for match in _CLAUSE_END.finditer(self.text))])

    @cached_property
    def _tokens(self) -> dict[str, list[int]]:
        places: dict[str, list[int]] = defaultdict(list)
        for match in _TOKEN.finditer(self.text):
            places[match.group()].append(match.start())
        return places

    @cached_property
    def _sorted_tokens(self) -> list[str]:
        return sorted(self._tokens)

    @cached_property
    def _signs(self) -> dict[str, list[int]]:
        """Where every character stands that is neither an ASCII letter nor a digit nor a space."""
        places: dict[str, list[int]] = defaultdict(list)
        for match in re.finditer(r"[^a-z0-9\s]", self.text):
            places[match.group()].append(match.start())
        return places

    def sentence(self, start: int, end: int) -> Span:
        """The sentence around a stretch."""
        before = bisect_left(self.sentence_ends, start)
        after = bisect_left(self.sentence_ends, end)
        ends = self.sentence_ends
        return (ends[before - 1] + 1 if before else 0, ends[after] if after < len(ends) else len(self.text))

    def spans(self, pattern: Pattern) -> list[Span]:
        """Where a row stands: for each place where it can end, the shortest stretch."""
        ending: dict[int, int] = {}
        for steps in pattern.variants:
            for start, end in self._follow(steps):
                if not pattern.words_behind or self._goes_on(end, pattern.words_behind):
                    ending[end] = max(start, ending.get(end, start))
        return sorted((start, end) for end, start in ending.items())

    def holds(self, pattern: Pattern) -> bool:
        """Whether a row stands anywhere."""
        return bool(self.spans(pattern))

    def _goes_on(self, end: int, count: int) -> bool:
        return bool(re.compile(rf"(?:[\s\"'*-]{{1,4}}[^\s.!?]+){{{count}}}").match(self.text, end))

    def _follow(self, steps: tuple[Step, ...]) -> list[Span]:
        if not all(self._among(step.words) for step in steps):
            return []
        reached = _shortest(self._among(steps[0].words))
        for step in steps[1:]:
            reached = _shortest(self._continued(reached, step))
        return reached

    def _continued(self, reached: list[Span], step: Step) -> Iterator[Span]:
        ends = [end for _, end in reached]
        for start, end in self._among(step.words):
            last = bisect_right(ends, start) - 1
            if step.gap.within == "words":
                last = self._adjacent(ends, last, start, step.gap)
            elif last >= 0 and not self._near(ends[last], start, step.gap):
                last = -1
            if last >= 0:
                yield reached[last][0], end

    def _near(self, end: int, start: int, gap: Gap) -> bool:
        breaks = self._clause_ends if gap.within == "clause" else self.sentence_ends
        return start - end <= gap.longest and bisect_left(breaks, end) == bisect_left(breaks, start)

    def _adjacent(self, ends: list[int], last: int, start: int, gap: Gap) -> int:
        between = _between(gap.fewest_words, gap.most_words)
        while last >= 0 and start - ends[last] <= gap.longest:
            if between.fullmatch(self.text, ends[last], start):
                return last
            last -= 1
        return -1

    def _among(self, words: tuple[str, ...]) -> list[Span]:
        """Where any of some words stands, in order, hidden stretches left out."""
        known = self._any_of.get(words)
        if known is None:
            places = sorted({span for word in words for span in self._places_of(word)})
            known = self._any_of[words] = [span for span in places if not self._is_hidden(*span)]
        return known

    def _is_hidden(self, start: int, end: int) -> bool:
        index = bisect_right(self._hidden, (start, len(self.text))) - 1
        neighbours = self._hidden[max(0, index) : index + 2]
        return any(first < end and start < last for first, last in neighbours)

    def _places_of(self, word: str) -> list[Span]:
        known = self._places.get(word)
        if known is None:
            search = _word(word).match
            matches = (search(self.text, start) for start in self._candidates(word))
            known = self._places[word] = [match.span() for match in matches if match]
        return known

    def _candidates(self, word: str) -> Iterable[int]:
        """Where a word could begin, by its first letters or its first sign."""
        if word[0] == "*":
            return (match.start() for match in _word(word).finditer(self.text))
        head = _TOKEN.match(word)
        if head is None:
            return self._signs.get(word[0], ())
        if not word.startswith("*", head.end()):
            return self._tokens.get(head.group(), ())
        first = bisect_left(self._sorted_tokens, head.group())
        last = bisect_left(self._sorted_tokens, head.group() + "\x7f")
        return (start for token in self._sorted_tokens[first:last] for start in self._tokens[token])


def _shortest(spans: Iterable[Span]) -> list[Span]:
    """By their ends, in order, the latest start of each."""
    ending: dict[int, int] = {}
    for start, end in spans:
        ending[end] = max(start, ending.get(end, start))
    return [(ending[end], end) for end in sorted(ending)]


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Stretches in order, those that touch made one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
