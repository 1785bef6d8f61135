"""How fast messages were answered, told from the history: the buyer's by the seller, Amazon's questions too."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from atoz.model.claim import Claim
from atoz.model.events import BuyerMessaged, InformationRequested, SellerAppealed, SellerMessaged, SellerResponded
from atoz.model.text import Text
from atoz.report.appeal_packet_rows import PacketRow, fact, say, written_instant
from atoz.rulebook.counted_history import CountedHistory
from atoz.rulebook.date_arithmetic import Unit
from atoz.rulebook.deadline_basis import deadline_rule
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.edition import Edition

_LONG = timedelta(days=2)
"""From here on an answer's time is told in days."""


class Asked(NamedTuple):
    """Somebody wrote, and when the answer came, if one did."""

    code: str
    at: datetime
    answered_at: datetime | None


def asked_and_answered(claim: Claim) -> tuple[Asked, ...]:
    """Every message of the buyer and question of Amazon, in order, each with the first answer after it.

    The buyer's first message counts also where only the order tells of it.
    """
    contact = claim.order.first_contact_at
    written = {event.at for event in claim.history if isinstance(event, BuyerMessaged)}
    to_buyer = [event.at for event in claim.history if isinstance(event, SellerMessaged)]
    to_amazon = [event.at for event in claim.history if isinstance(event, (SellerResponded, SellerAppealed))]
    questions = [] if contact is None or contact in written else [_pair("buyer_wrote", contact, to_buyer)]
    for event in claim.history:
        if isinstance(event, BuyerMessaged):
            questions.append(_pair("buyer_wrote", event.at, to_buyer))
        elif isinstance(event, InformationRequested):
            questions.append(_pair("amazon_asked", event.at, to_amazon))
    return tuple(sorted(questions, key=lambda question: question.at))


def _pair(code: str, at: datetime, answers: Sequence[datetime]) -> Asked:
    """A question with the first of the answers, which are in order of time, that does not lie before it."""
    place = bisect_left(answers, at)
    return Asked(code, at, answers[place] if place < len(answers) else None)


def answer_rows(history: CountedHistory) -> Iterator[PacketRow]:
    """The packet's rows: who wrote when, and after how long it was answered."""
    claim = history.claim
    for question in asked_and_answered(claim):
        at = written_instant(question.at, claim.order.zone)
        yield PacketRow(
            label=say(question.code, at=at), says=_answer(history, question), gap=question.answered_at is None
        )
    sent = sum(isinstance(event, SellerMessaged) for event in claim.history)
    yield fact("sent", Text(en=str(sent), zh=str(sent)) if sent else None)


def _answer(history: CountedHistory, question: Asked) -> Text:
    if question.answered_at is None:
        return say("gap")
    took = question.answered_at - question.at
    at = written_instant(question.answered_at, history.claim.order.zone)
    limit = _hours(history.edition, question.code)
    if limit is None:
        return say("answered", at=at, span=_span(took))
    code = "within" if took <= timedelta(hours=limit) else "beyond"
    return say(code, at=at, span=_span(took), limit=limit, edition=history.edition.reference)


def _hours(edition: Edition, code: str) -> int | None:
    """The edition's hours for the answer; none where it names no hours for it."""
    name = DeadlineName.ANSWER_BUYER if code == "buyer_wrote" else DeadlineName.ANSWER_AMAZON
    rule = deadline_rule(edition, name)
    return rule.value if rule is not None and rule.unit is Unit.HOUR else None


def _span(took: timedelta) -> Text:
    minutes = int(took.total_seconds()) // 60
    if took >= _LONG:
        return say("span_days", days=took.days, hours=minutes // 60 % 24)
    return say("span_minutes", hours=minutes // 60, minutes=minutes % 60)
