"""How long a notice says that the seller has: each stated time tied to what it is about, the earliest for the answer.

Mails state several times: for the answer, for an appeal, for a delivery or a refund. What a time is about is said by
the words nearest before it, or else by the first ones behind it, up to the next time of the sentence.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple

from pydantic_core import PydanticCustomError

from atoz.model.instant import to_instant
from atoz.model.marketplace import Marketplace
from atoz.rulebook.date_arithmetic import Unit, add_to_instant
from atoz.rulebook.deadline_basis import deadline_rule
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.edition_selection import editions_in_force
from atoz.sources.notices.phrases import DeadlineWords, any_of, phrasebook, plain
from atoz.sources.parse_result import Level, Note

_CLOCK_CHANGE = timedelta(hours=1)


class StatedTime(NamedTuple):
    """A time to answer, and the words that state it."""

    words: DeadlineWords
    number: int


def answer_times(sentences: list[str], notes: list[Note]) -> list[StatedTime]:
    """Every time that a text states for the seller's answer.

    >>> [time.number for time in answer_times(["respond within 72 hours, or appeal within 30 calendar days."], [])]
    [72]
    """
    certain: list[StatedTime] = []
    unassigned: list[StatedTime] = []
    for sentence in sentences:
        for time, subject in _times(sentence):
            if subject == "answer":
                certain.append(time)
            elif subject == "needless":
                words = "it speaks of an answer that is not needed; the time is not taken for a deadline"
                notes.append(Note(code="answer_not_needed", detail=words, level=Level.WARN))
            elif subject is None and time.words.addresses_seller:
                unassigned.append(time)
    if unassigned and not certain:
        words = "it gives the seller a time without saying what for; taken for the answer, as the safe reading"
        notes.append(Note(code="time_without_subject", detail=words, level=Level.WARN))
    return certain or unassigned


def respond_by(
    times: list[StatedTime], sent_at: datetime | None, marketplace: Marketplace | None, notes: list[Note]
) -> datetime | None:
    """The earliest instant that the stated times end at, counted from the notice's own date."""
    if sent_at is None or not times:
        return None
    if marketplace is None and any(time.words.unit is not Unit.HOUR for time in times):
        words = "it states days, but no marketplace says in whose zone; an hour is taken off for a change of clocks"
        notes.append(Note(code="no_zone", detail=words, level=Level.WARN))
    due = [at for time in times if (at := _due(time, sent_at, marketplace)) is not None]
    if not due:
        return None
    if len(set(due)) > 1:
        words = "it states several times for the answer; the earliest counts"
        notes.append(Note(code="several_times", detail=words, level=Level.WARN))
    if any(time.words.inferred for time in times):
        words = "Amazon's page states the time in these words; that its mails do so too is inferred"
        notes.append(Note(code="inferred_wording", detail=words))
    if marketplace is not None:
        _compare(min(due), sent_at, marketplace, notes)
    return min(due)


def earlier_rule(stated: datetime, sent_at: datetime, country: str) -> tuple[str, datetime] | None:
    """The edition in force that gives less time for the answer than a notice states, and until when."""
    zone = Marketplace.of(country).zoneinfo
    due = [
        (add_to_instant(sent_at, rule.value, rule.unit, zone), edition.reference)
        for edition in editions_in_force(country, sent_at.astimezone(zone).date())
        if (rule := deadline_rule(edition, DeadlineName.ANSWER_AMAZON)) is not None
    ]
    at, edition_id = min(due, default=(stated, ""))
    return (edition_id, at) if at < stated else None


def _compare(stated: datetime, sent_at: datetime, marketplace: Marketplace, notes: list[Note]) -> None:
    earlier = earlier_rule(stated, sent_at, marketplace.country)
    if earlier is not None:
        edition, at = earlier
        words = f"it states {stated.isoformat()}, but the rules of {edition} end at {at.isoformat()}: act by then"
        notes.append(Note(code="stated_later_than_rule", detail=words, level=Level.WARN))


def _due(time: StatedTime, sent_at: datetime, marketplace: Marketplace | None) -> datetime | None:
    zone = (marketplace or Marketplace.of("US")).zoneinfo
    try:
        if marketplace is None and time.words.unit is not Unit.HOUR:
            return to_instant(sent_at + timedelta(days=time.number) - _CLOCK_CHANGE)
        return to_instant(add_to_instant(sent_at, time.number, time.words.unit, zone))
    except (OverflowError, PydanticCustomError):
        return None


def _times(sentence: str) -> Iterator[tuple[StatedTime, str | None]]:
    """The times of a sentence, and what each is about: `answer`, `other`, `needless`, or none where nothing says it."""
    stated = sorted(
        (
            (match.start(), match.end(), StatedTime(words, number))
            for pattern, words in _patterns()
            for match in pattern.finditer(sentence)
            if (number := _number(match["n"])) is not None
        ),
        key=lambda time: (time[0], -time[1]),
    )
    last = 0
    for place, (start, end, time) in enumerate(stated):
        if start < last:
            continue  # a shorter spelling of the same words
        until = next((other for other, _, _ in stated[place + 1 :] if other >= end), len(sentence))
        yield time, _subject(sentence[last:start], sentence[end:until], time.words.language)
        last = end


def _subject(before: str, behind: str, language: str) -> str | None:
    about = phrasebook().about[language]
    if any_of(about.needless).search(before):
        return "needless"
    named = {"answer": any_of(about.answer), "other": any_of(about.other)}
    nearest = max(
        ((match.end(), name) for name, words in named.items() for match in words.finditer(before)), default=None
    )
    if nearest is not None:
        return nearest[1]
    first = min(
        ((match.start(), name) for name, words in named.items() if (match := words.search(behind))), default=None
    )
    return first[1] if first else None


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], DeadlineWords], ...]:
    numbers = "|".join(sorted(map(re.escape, map(plain, phrasebook().numbers)), key=len, reverse=True))
    number = rf"(?P<n>\d{{1,2}}|{numbers})"
    return tuple(
        (re.compile(_with_edges(re.escape(plain(words.pattern)).replace(r"\{n\}", number))), words)
        for words in phrasebook().deadlines
    )


def _with_edges(pattern: str) -> str:
    before = r"(?<!\w)" if pattern[0].isascii() and pattern[0].isalpha() else r"(?<!\d)"
    return f"{before}{pattern}" + (r"(?!\w)" if pattern[-1].isascii() and pattern[-1].isalpha() else "")


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() else phrasebook().numbers.get(text)
