"""What a text says for certain: phrases of sentences that are neither negated nor conditional.

A phrase alone proves nothing: "has not covered the cost" and "if the buyer appeals, we will debit your account" hold
the same words as a decision. So each phrase is read in its sentence. A negation reaches to the end of its clause, a
condition to the end of its sentence; a phrase beside either of them is left in doubt, and nothing follows from it.
"""

import re
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
        rest = _without(sentence, matches)
        for match in matches:
            if match.phrase.says is Meaning.ABOUT:
                certain.append(match.phrase)
            elif _is_negated(rest, match):
                negated.append(match.phrase)
            elif _is_possible(rest, match):
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


def _is_negated(rest: str, match: PhraseMatch) -> bool:
    words = phrasebook().doubt[match.phrase.language]
    ends = any_of(words.clauses)
    start = max((end.end() for end in ends.finditer(rest, 0, match.start)), default=0)
    after = ends.search(rest, match.end)
    return any_of(words.negations).search(rest, start, after.start() if after else len(rest)) is not None


def _is_possible(rest: str, match: PhraseMatch) -> bool:
    words = phrasebook().doubt[match.phrase.language]
    after = any_of(words.coordinations).search(rest, match.end)  # ", and if you disagree" is another matter
    is_question = rest.rstrip(")\"' ").endswith(_QUESTIONS)
    return is_question or any_of(words.conditions).search(rest, 0, after.start() if after else len(rest)) is not None


def subject_and_body(subject: str, body: str) -> list[str]:
    """The sentences of a mail: its subject is one by itself."""
    return [*([plain(subject)] if subject else []), *sentences(body)]
