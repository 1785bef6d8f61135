"""What a text says for certain: phrases of sentences that are neither negated nor conditional.

A phrase alone proves nothing: "has not covered the cost" and "if the buyer appeals, we will debit your account" hold
the same words as a decision. So each phrase is read in its sentence. A negation reaches to the end of its clause, a
condition to the end of its sentence; a phrase beside either of them is left in doubt, and nothing follows from it.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from atoz.sources.notices.phrases import Meaning, Phrase, PhraseMatch, any_of, phrase_matches, phrasebook, plain

_ENDS = re.compile(r"(?<=[.!?])\s+|(?<=[。!?！？])|\n\s*\n")
_QUESTIONS = ("?", "？")
_MAX_SENTENCE = 4_000
"""Characters; a longer row of words without an end is read in pieces, so that the cost grows with its length alone."""


class Reading(NamedTuple):
    """The phrases of a text: those that it says, and those that it leaves in doubt."""

    certain: tuple[Phrase, ...]
    doubtful: tuple[Phrase, ...]

    @property
    def says(self) -> set[Meaning]:
        """What is said for certain."""
        return {phrase.says for phrase in self.certain}


def sentences(text: str) -> list[str]:
    """The sentences of a text that `plain` has prepared; lines inside a paragraph run on."""
    whole = (" ".join(piece.split()) for piece in _ENDS.split(text) if piece)
    return [
        sentence[start : start + _MAX_SENTENCE]
        for sentence in whole
        for start in range(0, len(sentence), _MAX_SENTENCE)
    ]


def read_sentences(texts: Iterable[str]) -> Reading:
    """What sentences say and what they leave in doubt.

    >>> [phrase.says.value for phrase in read_sentences(["we have covered the cost."]).certain]
    ['amazon_funded']
    >>> [phrase.says.value for phrase in read_sentences(["amazon has not covered the cost."]).doubtful]
    ['amazon_funded']
    """
    certain: list[Phrase] = []
    negated: list[Phrase] = []
    possible: list[Phrase] = []
    for sentence in texts:
        matches = phrase_matches(sentence)
        marks: dict[str, _Doubts] = {}
        for match in matches:
            language = match.phrase.language
            if match.phrase.says is Meaning.ABOUT:  # a name of the guarantee says nothing that could be denied
                certain.append(match.phrase)
                continue
            if language not in marks:
                marks[language] = _doubts(_without(sentence, matches), language)
            if marks[language].negate(match):
                negated.append(match.phrase)
            elif marks[language].make_possible(match):
                possible.append(match.phrase)
            else:
                certain.append(match.phrase)
    denied = {phrase.says for phrase in negated}
    said = tuple(phrase for phrase in certain if phrase.says not in denied)
    known = {phrase.says for phrase in said}
    return Reading(said, tuple(phrase for phrase in (*negated, *possible) if phrase.says not in known))


def _without(sentence: str, matches: list[PhraseMatch]) -> str:
    """The sentence with its phrases blanked out, letter by letter, so that places stay what they are."""
    letters = list(sentence)
    for match in matches:
        letters[match.start : match.end] = "_" * (match.end - match.start)
    return "".join(letters)


class _Doubts(NamedTuple):
    """Where the words of one language that leave a phrase in doubt stand in a sentence, each list in order."""

    negations: list[int]
    conditions: list[int]
    clauses: list[int]
    coordinations: list[int]
    is_question: bool

    def negate(self, match: PhraseMatch) -> bool:
        """Whether a negation stands in the phrase's clause."""
        place = bisect_right(self.clauses, match.start)
        start = self.clauses[place - 1] if place else 0
        end = self.clauses[place] if place < len(self.clauses) else None
        return _stands_between(self.negations, start, end)

    def make_possible(self, match: PhraseMatch) -> bool:
        """Whether the sentence says only what could be: ", and if you disagree" behind the phrase is another matter."""
        place = bisect_right(self.coordinations, match.end)
        end = self.coordinations[place] if place < len(self.coordinations) else None
        return self.is_question or _stands_between(self.conditions, 0, end)


def _stands_between(places: list[int], start: int, end: int | None) -> bool:
    place = bisect_left(places, start)
    return place < len(places) and (end is None or places[place] < end)


def _doubts(rest: str, language: str) -> _Doubts:
    words = phrasebook().doubt[language]
    return _Doubts(
        _places(words.negations, rest),
        _places(words.conditions, rest),
        _places(words.clauses, rest),
        _places(words.coordinations, rest),
        rest.rstrip(")\"' ").endswith(_QUESTIONS),
    )


def _places(words: tuple[str, ...], rest: str) -> list[int]:
    return [match.start() for match in any_of(words).finditer(rest)]


def subject_and_body(subject: str, body: str) -> list[str]:
    """The sentences of a mail: its subject is one by itself."""
    return [*([plain(subject)] if subject else []), *sentences(body)]
