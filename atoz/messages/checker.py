"""The message checker: what in a text breaks Amazon's messaging rules, or contradicts the record.

>>> from atoz.messages.checker import check_message
>>> findings = check_message("We have refunded you. Could you kindly update your review?", kind="reply")
>>> sorted({finding.rule for finding in findings})
['review_change', 'review_incentive']
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import accumulate

from atoz.errors import UnknownName
from atoz.messages import claim_points, contact_details, languages, record_checks, send_timing, spelling, structure
from atoz.messages.character_folding import Reading, fold
from atoz.messages.context import Detector, Hit, MessageContext
from atoz.messages.deobfuscation import mended
from atoz.messages.findings import Finding, MessageKind
from atoz.messages.matching import IndexedText, Span
from atoz.messages.rules import Case, Rule, pattern, patterns, rule_book
from atoz.model.claim import Claim
from atoz.model.events import AnyEvent
from atoz.model.instant import instant_argument
from atoz.model.order import Order
from atoz.model.text import Text

_SURROGATE = re.compile("[\ud800-\udfff]")

DETECTORS: dict[str, Detector] = {
    "email": contact_details.emails,
    "phone": contact_details.phones,
    "link": contact_details.links,
    "thanks_only": structure.thanks_only,
    "too_short": structure.too_short,
    "missing_order_id": structure.missing_order_id,
    "wrong_order_id": structure.wrong_order_id,
    "emoji": structure.emoji,
    "line_breaks": structure.line_breaks,
    "embedded_content": structure.embedded,
    "no_evidence": structure.no_evidence,
    "point_unanswered": claim_points.point_unanswered,
    "too_many_messages": send_timing.too_many_messages,
    "too_soon": send_timing.too_soon,
    "too_late": send_timing.too_late,
    "wrong_day": record_checks.wrong_day,
    "wrong_amount": record_checks.wrong_amount,
    "misspelt": spelling.misspelt,
    "language": languages.language_judged,
}
"""The measurements that a rule can name."""


def check_message(
    text: str,
    *,
    kind: MessageKind | str,
    order: Order | None = None,
    history: tuple[AnyEvent, ...] = (),
    claim: Claim | None = None,
    at: datetime | None = None,
) -> tuple[Finding, ...]:
    """What is wrong with a message before it is sent, in the order of the text; none is no promise that it is right.

    A claim stands for its order and history where these are not given. `at` is when it is to be sent. All rules are
    read in English; those that matter most in German, Spanish, French, Italian, Japanese and Chinese too. A text that
    is not in English gets a finding of severity `info` which says how far it was read.

    Raises:
        UnknownName: no such kind of message.
        InvalidDocument: `at` is naive.
        MissingExtra: the extra `messages` is not installed.
    """
    clean = _SURROGATE.sub("\ufffd", text)
    context = MessageContext(
        text=clean,
        plain=fold(clean),
        languages=languages.languages_of(clean),
        kind=_kind(kind),
        order=order or (claim.order if claim else None),
        history=history or (claim.history if claim else ()),
        claim=claim,
        at=None if at is None else instant_argument("at", at),
    )
    book = rule_book()
    searched = _Search(context)
    findings = [
        _finding(rule, hit, clean)
        for rule in book.rules
        if context.kind in rule.kinds
        for hit in _apart(searched.hits(rule))
    ]
    return tuple(sorted(findings, key=lambda finding: (finding.start, finding.end)))


def _kind(kind: MessageKind | str) -> MessageKind:
    try:
        return MessageKind(kind)
    except ValueError as error:
        raise UnknownName("kind of message", kind, tuple(kind.value for kind in MessageKind)) from error


class _Search:
    """One message, mended and indexed, in which the words of the rules are looked for."""

    def __init__(self, context: MessageContext) -> None:
        self._context = context
        # A text in no language that we know may still be disguised English.
        self._languages = context.languages or ("en",)
        self._reading: Reading = mended(context.plain, spelling.vocabulary(self._languages))
        text = IndexedText(self._reading.text)
        innocent = [span for row in patterns(self._languages, "ignore") for span in text.spans(row)]
        self._text = text.hiding(innocent)

    def hits(self, rule: Rule) -> Iterator[Hit]:
        """Where a rule is broken, in any order."""
        if rule.detector is not None:
            yield from DETECTORS[rule.detector](self._context, rule.limit or 0)
        for language in self._languages:
            rules = rule_book().languages[language]
            for case in rules.cases.get(rule.id, ()):
                if case.contradicted_by is None or record_checks.RECORD[case.contradicted_by](self._context):
                    excuses = (*case.unless, *rules.excuses.get(rule.id, ()))
                    yield from (Hit(*self._reading.span(*span)) for span in self._spans(case, language, excuses))

    def _spans(self, case: Case, language: str, unless: tuple[str, ...]) -> Iterator[Span]:
        """Where a case applies: its patterns, unless something in the sentence or the message speaks against it."""
        if case.also and not any(self._text.holds(pattern(language, row)) for row in case.also):
            return
        if any(self._text.holds(pattern(language, row)) for row in case.unless_anywhere):
            return
        spans = [span for row in case.patterns for span in self._text.spans(pattern(language, row))]
        if case.together:
            rows = (pattern(language, row) for row in case.together)
            spans = self._text.together(rows, neighbours=case.neighbours)
        if not spans:
            return
        excuses = _Excuses(span for row in unless for span in self._text.spans(pattern(language, row)))
        yield from (span for span in spans if not excuses.any_within(*self._text.sentence(*span)))


class _Excuses:
    """Stretches that speak against a finding, ready to be asked which sentence holds one."""

    def __init__(self, spans: Iterable[Span]) -> None:
        ordered = sorted(spans)
        self._starts = [start for start, _ in ordered]
        # The earliest end of those that begin here or later: if that is within the sentence, one of them is.
        ends = accumulate((end for _, end in reversed(ordered)), min)
        self._earliest_end = list(ends)[::-1]

    def any_within(self, start: int, end: int) -> bool:
        """Whether one of them lies within a stretch."""
        index = bisect_left(self._starts, start)
        return index < len(self._starts) and self._earliest_end[index] <= end


def _apart(hits: Iterable[Hit]) -> Iterator[Hit]:
    """The hits of one rule in order; of those that overlap, the first."""
    last = 0
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
        if hit.end == 0 or hit.start >= last:
            last = hit.end
            yield hit


def _finding(rule: Rule, hit: Hit, text: str) -> Finding:
    why = rule.why
    if hit.detail is not None:
        why = Text(en=why.en.format(detail=hit.detail.en), zh=why.zh.format(detail=hit.detail.zh))
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        start=hit.start,
        end=hit.end,
        words=text[hit.start : hit.end],
        why=why,
        source=rule.source,
        since=rule.since,
        confidence=rule.confidence,
    )
