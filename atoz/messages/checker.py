"""The message checker: what in a text breaks Amazon's messaging rules, or contradicts the record.

>>> from atoz.messages.checker import check_message
>>> found = check_message("We have refunded you. Could you kindly update your review?", kind="reply")
>>> sorted({each.rule for each in found})
['review_change', 'review_incentive']
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from atoz.errors import UnknownName
from atoz.messages import contact_details, record_checks, spelling, structure
from atoz.messages.deobfuscation import Reading, read
from atoz.messages.findings import RECORD, Detector, Finding, Hit, MessageContext, MessageKind
from atoz.messages.rules import Case, Rule, RuleBook, rule_book
from atoz.model.claim import Claim
from atoz.model.events import AnyEvent
from atoz.model.instant import instant_argument
from atoz.model.order import Order
from atoz.model.text import Text

_SURROGATE = re.compile("[\ud800-\udfff]")
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|。|\n[ \t]*\n")

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
    "point_unanswered": structure.point_unanswered,
    "too_many_messages": record_checks.too_many_messages,
    "too_soon": record_checks.too_soon,
    "too_late": record_checks.too_late,
    "wrong_day": record_checks.wrong_day,
    "wrong_amount": record_checks.wrong_amount,
    "misspelt": spelling.misspelt,
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

    A claim stands for its order and history where these are not given. `at` is when it is to be sent. The rules
    read English and some Chinese; what they do not know they do not see.

    Raises:
        UnknownName: no such kind of message.
        InvalidDocument: `at` is naive.
        MissingExtra: the extra `messages` is not installed.
    """
    clean = _SURROGATE.sub("\ufffd", text)
    given = MessageContext(
        text=clean,
        plain=read(clean),
        kind=_kind(kind),
        order=order or (claim.order if claim else None),
        history=history or (claim.history if claim else ()),
        claim=claim,
        at=None if at is None else instant_argument("at", at),
    )
    book = rule_book()
    mended = read(clean, spelling.vocabulary())
    searched = _without_innocent(mended.text, book)
    found = [
        _finding(rule, hit, clean)
        for rule in book.rules
        if given.kind in rule.kinds
        for hit in _apart(_hits(rule, given, mended, searched))
    ]
    return tuple(sorted(found, key=lambda each: (each.start, each.end)))


def _kind(kind: MessageKind | str) -> MessageKind:
    try:
        return MessageKind(kind)
    except ValueError as error:
        raise UnknownName("kind of message", kind, tuple(each.value for each in MessageKind)) from error


def _without_innocent(text: str, book: RuleBook) -> str:
    """The text with innocent uses of watched words blanked out, letter for letter."""
    for pattern in book.ignore.patterns:
        text = book.regex(pattern).sub(lambda found: "\0" * len(found.group()), text)
    return text


def _hits(rule: Rule, given: MessageContext, mended: Reading, searched: str) -> Iterator[Hit]:
    if rule.detector is not None:
        yield from DETECTORS[rule.detector](given, rule.limit or 0)
    for case in rule.cases:
        if case.contradicted_by is None or RECORD[case.contradicted_by](given):
            yield from (Hit(*mended.span(*span)) for span in _spans(case, searched))


def _apart(hits: Iterable[Hit]) -> Iterator[Hit]:
    """The hits of one rule in order; of those that overlap, the first."""
    last = 0
    for hit in sorted(hits, key=lambda each: (each.start, -each.end)):
        if hit.end == 0 or hit.start >= last:
            last = hit.end
            yield hit


def _spans(case: Case, text: str) -> Iterator[tuple[int, int]]:
    """Where a case applies: its patterns, unless something in the sentence or the message speaks against it."""
    regex = rule_book().regex
    if case.also and not any(regex(each).search(text) for each in case.also):
        return
    if any(regex(each).search(text) for each in case.unless_anywhere):
        return
    for pattern in case.patterns:
        for found in regex(pattern).finditer(text):
            if not _excused(case, text, *found.span()):
                yield found.span()


def _excused(case: Case, text: str, start: int, end: int) -> bool:
    before = [found.end() for found in _SENTENCE_END.finditer(text, 0, start)]
    after = _SENTENCE_END.search(text, end)
    sentence = text[before[-1] if before else 0 : after.start() if after else len(text)]
    return any(rule_book().regex(each).search(sentence) for each in case.unless)


def _finding(rule: Rule, hit: Hit, text: str) -> Finding:
    why = rule.why
    if isinstance(hit.point, Text):
        why = Text(en=why.en.format(point=hit.point.en), zh=why.zh.format(point=hit.point.zh))
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
