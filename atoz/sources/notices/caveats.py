"""What a reader of a notice has to know: what it does not say, what is in doubt, and what can be forged."""

from collections.abc import Iterator

from atoz.model.order import TriState
from atoz.sources.notices.notice_record import Notice, Outcome
from atoz.sources.notices.phrases import Topic
from atoz.sources.notices.quoting import Route
from atoz.sources.notices.sentences import Reading
from atoz.sources.parse_result import Level, Note


def caveats(notice: Notice, reading: Reading) -> Iterator[Note]:
    """The notes on a notice that was read, from what it says and what its sentences leave in doubt."""
    forged = "the sender and every header of a mail can be forged: look at Seller Central before acting on it"
    yield Note(code="headers_can_be_forged", detail=forged)
    for meaning in dict.fromkeys(phrase.says for phrase in reading.doubtful):
        words = f"the words that mean '{meaning}' stand in a negated, possible or reported sentence; not understood"
        yield Note(code="sentence_in_doubt", detail=words, level=Level.WARN)
    yield from _on_the_decision(notice)
    yield from _on_the_mail(notice)


def _on_the_decision(notice: Notice) -> Iterator[Note]:
    if notice.received and notice.respond_by is None:
        words = "it states no time to answer: look in Seller Central now whether Amazon asks for something"
        yield Note(code="no_time_stated", detail=words)
    if notice.decided and notice.outcome is Outcome.UNKNOWN and notice.topic is Topic.CLAIM:
        words = "a decision whose words are not known; read it yourself"
        yield Note(code="decision_not_understood", detail=words, level=Level.WARN)
    if notice.decided and notice.outcome in (Outcome.GRANTED, Outcome.NOT_RESPONSIBLE):
        yield Note(code="funding_not_said", detail="it does not say who pays", level=Level.WARN)


def _on_the_mail(notice: Notice) -> Iterator[Note]:
    direct = notice.route is Route.DIRECT
    if notice.topic is Topic.UNRECOGNISED:
        words = "no header, sender or phrase of a claim was recognised"
        yield Note(code="unrecognised", detail=words, level=Level.WARN)
    if notice.topic in (Topic.OTHER, Topic.CHARGEBACK):
        yield Note(code="not_a_claim", detail=f"it is about something else: {notice.topic}")
    if notice.by_header and notice.from_amazon is not TriState.YES and direct:
        yield Note(code="sender_disagrees", detail="Amazon's header, but not Amazon's sender", level=Level.WARN)
    if notice.route is Route.QUOTED:
        yield Note(code="quoted", detail="a reply: what it quotes is no news")
    if direct and notice.sent_at is None:
        yield Note(code="no_date", detail="without a date nothing can be placed in time", level=Level.WARN)
    if notice.route is Route.PASTED:
        words = "text without headers: it has no date and no sender"
        yield Note(code="pasted", detail=words, level=Level.WARN)
