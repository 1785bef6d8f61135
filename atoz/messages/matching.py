"""Rows of words, searched for in a folded text in time that grows with the text's length and no faster.

A regular expression with gaps tries every gap at every place, which a text of nothing but watched words turns into
minutes. So each word's places are listed first, and a row is then followed from place to place: of the places of
the word before, only the nearest one counts, because a gap that is too wide, or crosses the end of a sentence, from
there is so from every place further back.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache, cached_property

from atoz.messages.word_rows import Gap, Pattern, Step

Span = tuple[int, int]
"""Where a stretch of the text begins and ends."""

_TOKEN = re.compile(r"[a-z0-9]+")
_SENTENCE_END = re.compile(r"[.!?](?=\s|$|[^\x00-\x7f])|。|\n(?=[ \t]*\n)")
_CLAUSE_END = re.compile(r"[,;、]")
_LONGEST_ENDING = 20


@cache
def _word(word: str) -> re.Pattern[str]:
    """One word or phrase: `*` may go on, a low line or blank is any short space; a star in front is left to others."""
    inner = word.removeprefix("*")
    parts = (
        re.escape(part).replace(r"\*", f"[a-z]{{0,{_LONGEST_ENDING}}}") for part in inner.replace("_", " ").split()
    )
    body = r"[\s-]{1,4}".join(parts)
    before = "(?<![a-z0-9])" if word[0].isascii() and word[0].isalnum() else ""
    after = "(?![a-z0-9])" if (word[-1].isascii() and word[-1].isalnum()) or word[-1] == "*" else ""
    return re.compile(f"{before}{body}{after}")


@cache
def _between(fewest: int, most: int) -> re.Pattern[str]:
    return re.compile(rf"[\s\"'*-]{{1,4}}(?:[^\s.!?]+[\s\"'*-]{{1,4}}){{{fewest},{most}}}")


class IndexedText:
    """A folded text in which every word's places are looked up at most once.

    >>> from atoz.messages.word_rows import compiled
    >>> text = IndexedText("do update your old reviews")
    >>> [text.text[slice(*span)] for span in text.spans(compiled("updat* your .. review*", {}))]
    ['update your old reviews']
    """

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

    def together(self, patterns: Iterable[Pattern], *, neighbours: bool = False) -> list[Span]:
        """Where all of some rows stand in one sentence, in any order; with `neighbours`, in two in a row."""
        by_sentence: list[dict[int, Span]] = []
        for pattern in patterns:
            first_in: dict[int, Span] = {}
            for span in self.spans(pattern):
                first_in.setdefault(bisect_left(self.sentence_ends, span[0]), span)
            if not first_in:
                return []
            by_sentence.append(first_in)
        alone: set[int] = {index for index in by_sentence[0] if all(index in first_in for first_in in by_sentence)}
        windows: list[tuple[int, int]] = [(index, index) for index in alone]
        if neighbours:
            pairs = ((index - shift, index - shift + 1) for index in by_sentence[0] for shift in (0, 1))
            windows += {pair for pair in pairs if alone.isdisjoint(pair)}
        return sorted(span for window in windows for span in _stretch(window, by_sentence))

    def holds(self, pattern: Pattern) -> bool:
        """Whether a row stands anywhere."""
        return bool(self.spans(pattern))

    def _goes_on(self, end: int, count: int) -> bool:
        return bool(re.compile(rf"(?:[\s\"'*-]{{1,4}}[^\s.!?]+){{{count}}}").match(self.text, end))

    def _follow(self, steps: tuple[Step, ...]) -> list[Span]:
        if not all(self._occurrences(step.words) for step in steps):
            return []
        reached = _shortest(self._occurrences(steps[0].words))
        for step in steps[1:]:
            reached = _shortest(self._continued(reached, step))
        return reached

    def _continued(self, reached: list[Span], step: Step) -> Iterator[Span]:
        ends = [end for _, end in reached]
        for start, end in self._occurrences(step.words):
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

    def _occurrences(self, words: tuple[str, ...]) -> list[Span]:
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
            head = _TOKEN.match(word)
            if head:
                search = _word(word).match
                matches = (search(self.text, start) for start in self._candidates(word, head.group()))
                places = [match.span() for match in matches if match]
            else:
                places = [match.span() for match in _word(word).finditer(self.text)]
            if word.startswith("*"):
                places = [(self._word_start(start), end) for start, end in places]
            known = self._places[word] = places
        return known

    def _candidates(self, word: str, head: str) -> Iterable[int]:
        """Where a word could begin, by its first letters."""
        if not word.startswith("*", len(head)):
            return self._tokens.get(head, ())
        first = bisect_left(self._sorted_tokens, head)
        last = bisect_left(self._sorted_tokens, head + "\x7f")
        return (start for token in self._sorted_tokens[first:last] for start in self._tokens[token])

    def _word_start(self, start: int) -> int:
        """Where the word begins in which a stretch stands, if that is not far."""
        first = max(0, start - _LONGEST_ENDING)
        while start > first and "a" <= self.text[start - 1] <= "z":
            start -= 1
        return start


def _stretch(window: tuple[int, int], by_sentence: list[dict[int, Span]]) -> Iterator[Span]:
    """From the first to the last of the stretches that these sentences hold, if they hold one of every kind."""
    spans = [first_in.get(window[0]) or first_in.get(window[1]) for first_in in by_sentence]
    stretches = [span for span in spans if span is not None]
    if len(stretches) == len(spans):
        yield min(start for start, _ in stretches), max(end for _, end in stretches)


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
