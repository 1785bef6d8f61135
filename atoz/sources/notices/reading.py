"""What an e-mail notice says of a claim, as far as a source supports reading it.

>>> found = read_notice(b'''From: atoz-guarantee-no-reply@amazon.com
... Subject: Claim received on order 111-0000001-0000001
... Date: Wed, 1 Jun 2016 08:00:00 -0700
... X-Space-Notification-Type: A_Z_CLAIM_RESPONDENT_NOTIFY
... X-Marketplace-ID: ATVPDKIKX0DER
...
... We received an A-to-z Guarantee claim of $31.90 on the order.''')
>>> found.value.order_id, str(found.value.amount), [event.kind for event in found.value.events()]
('111-0000001-0000001', '31.90 USD', ['filed'])
"""

import re
from collections.abc import Iterable
from datetime import datetime

from pydantic_core import PydanticCustomError

from atoz.errors import Fault, InvalidDocument, UnknownName
from atoz.lifecycle.replay import rebuild
from atoz.model.citation import Confidence
from atoz.model.claim import Claim
from atoz.model.instant import to_instant
from atoz.model.marketplace import Marketplace
from atoz.model.order import Order, TriState
from atoz.model.reason import ClaimReason
from atoz.rulebook.date_arithmetic import Unit, add_to_instant
from atoz.rulebook.edition import DEFAULT_EDITION
from atoz.sources.notices.email import Mail, read_mail
from atoz.sources.notices.notice_record import Notice, Outcome
from atoz.sources.notices.phrases import Hit, Says, Topic, amount_in, deadline_words, hits, phrasebook, plain
from atoz.sources.notices.quoting import Route, split
from atoz.sources.parse_result import Level, Note, Origin, ParseResult
from atoz.sources.payload_reader import ORDER_ID

_ORDER = re.compile(rf"(?<![0-9-]){ORDER_ID.pattern}(?![0-9-])")


def read_notice(data: bytes | str) -> ParseResult[Notice]:
    """The notice in the bytes of an `.eml` file, or in pasted text.

    Every mail gives a result: one that is not understood, about something else, broken or hostile says so in its notes.
    Headers come first, then phrases. Each of them can be forged, and a note says so.
    """
    mail = read_mail(data)
    notes = [*mail.notes]
    part = split(mail)
    by_header = next((each for each in phrasebook().headers if each.value == mail.space_type.upper()), None)
    found = hits(f"{plain(mail.subject)}\n{part.text}")
    says = {hit.phrase.says for hit in found}
    if by_header and by_header.says:
        says.add(by_header.says)
    topic = _topic(mail, by_header.topic if by_header else None, says)
    marketplace = _marketplace(mail, notes)
    outcome = _outcome(says, notes)
    decided = bool(says & {Says.DECIDED, Says.GRANTED})
    value = Notice(
        topic=topic,
        order_id=_order_id(mail, part.text, notes),
        marketplace=marketplace.country if marketplace else None,
        sent_at=mail.sent_at,
        received=bool(says & {Says.RECEIVED, Says.ACTION_REQUIRED}) and not decided,
        action_required=Says.ACTION_REQUIRED in says and not decided,
        decided=decided,
        outcome=outcome if decided else Outcome.UNKNOWN,
        counts_against_odr=_odr(says),
        amount=amount_in(part.text, marketplace, found, notes),
        respond_by=None if decided else _respond_by(part.text, mail.sent_at, marketplace, notes),
        language=_language(found),
        route=part.route,
        from_amazon=_from_amazon(mail, notes),
        by_header=by_header is not None,
        confidence=_weakest(hit.phrase.confidence for hit in found),
        source=Origin(system="notice", version=topic.value, observed_at=mail.sent_at, key=mail.key),
    )
    _caveats(value, mail, notes)
    return ParseResult(value, tuple(notes), value.source)


def _topic(mail: Mail, by_header: Topic | None, says: set[Says]) -> Topic:
    if by_header is not None:
        return by_header
    sender = next((each for each in phrasebook().senders if mail.sender.startswith(f"{each.address}.")), None)
    if sender is not None:
        return sender.topic
    return Topic.CLAIM if says - {Says.AMAZON_FUNDED, Says.NOT_RESPONSIBLE, Says.SELLER_DEBITED} else Topic.UNRECOGNISED


def _outcome(says: set[Says], notes: list[Note]) -> Outcome:
    pays = {Says.AMAZON_FUNDED: Outcome.AMAZON_FUNDED, Says.SELLER_DEBITED: Outcome.SELLER_FUNDED}
    paid = [outcome for word, outcome in pays.items() if word in says]
    if len(paid) > 1:
        notes.append(
            Note(
                code="contradiction", detail="it says both that Amazon pays and that the seller does", level=Level.WARN
            )
        )
        return Outcome.GRANTED
    if paid:
        return paid[0]
    if Says.GRANTED in says:
        return Outcome.GRANTED
    return Outcome.NOT_RESPONSIBLE if Says.NOT_RESPONSIBLE in says else Outcome.UNKNOWN


def _odr(says: set[Says]) -> TriState:
    said = {Says.ODR_YES: TriState.YES, Says.ODR_NO: TriState.NO}
    found = {known for word, known in said.items() if word in says}
    return found.pop() if len(found) == 1 else TriState.UNKNOWN


def _order_id(mail: Mail, text: str, notes: list[Note]) -> str | None:
    """The one order that the subject names, or else the one that the text names."""
    for where in (mail.subject, text):
        named = sorted({found[0] for found in _ORDER.finditer(where)})
        if len(named) == 1:
            return named[0]
        if named:
            notes.append(Note(code="several_orders", detail="it names several orders; none is taken", level=Level.WARN))
            return None
    notes.append(Note(code="no_order_id", detail="it names no order", level=Level.WARN))
    return None


def _marketplace(mail: Mail, notes: list[Note]) -> Marketplace | None:
    if not mail.marketplace_id:
        return None
    try:
        return Marketplace.of(mail.marketplace_id)
    except UnknownName:
        notes.append(Note(code="unknown_marketplace", detail="its header names no known marketplace", level=Level.WARN))
        return None


def _respond_by(
    text: str, sent_at: datetime | None, marketplace: Marketplace | None, notes: list[Note]
) -> datetime | None:
    stated = deadline_words(text)
    if stated is None or sent_at is None:
        return None
    words, count = stated
    if marketplace is None and words.unit is not Unit.HOUR:
        notes.append(
            Note(code="no_zone", detail="days are stated, but not in whose zone; no deadline", level=Level.WARN)
        )
        return None
    try:
        return to_instant(add_to_instant(sent_at, count, words.unit, (marketplace or Marketplace.of("US")).zoneinfo))
    except (OverflowError, PydanticCustomError):
        return None


def _language(found: list[Hit]) -> str | None:
    named = {hit.phrase.language for hit in found}
    return named.pop() if len(named) == 1 else None


def _from_amazon(mail: Mail, notes: list[Note]) -> TriState:
    if not mail.sender:
        return TriState.UNKNOWN
    domain = mail.sender.rpartition("@")[2]
    if any(domain == each.domain or domain.endswith(f".{each.domain}") for each in Marketplace.all()):
        return TriState.YES
    if "amazon" in domain:
        notes.append(
            Note(code="lookalike_sender", detail="the sender's domain only looks like Amazon's", level=Level.WARN)
        )
    return TriState.NO


def _weakest(found: Iterable[Confidence]) -> Confidence:
    return max(found, key=list(Confidence).index, default=Confidence.UNCLEAR)


def _caveats(value: Notice, mail: Mail, notes: list[Note]) -> None:
    words = "the sender and every header of a mail can be forged: look at Seller Central before acting on it"
    notes.append(Note(code="headers_can_be_forged", detail=words))
    if value.topic is Topic.UNRECOGNISED:
        notes.append(
            Note(code="unrecognised", detail="no header, sender or phrase of a claim was recognised", level=Level.WARN)
        )
    if value.topic in (Topic.OTHER, Topic.CHARGEBACK):
        notes.append(Note(code="not_a_claim", detail=f"it is about something else: {value.topic}"))
    if value.by_header and value.from_amazon is not TriState.YES and value.route is Route.DIRECT:
        notes.append(Note(code="sender_disagrees", detail="Amazon's header, but not Amazon's sender", level=Level.WARN))
    if value.decided and value.outcome is Outcome.UNKNOWN and value.topic is Topic.CLAIM:
        words = "a decision whose words are not known; read it yourself"
        notes.append(Note(code="decision_not_understood", detail=words, level=Level.WARN))
    if value.decided and value.outcome in (Outcome.GRANTED, Outcome.NOT_RESPONSIBLE):
        notes.append(Note(code="funding_not_said", detail="it does not say who pays", level=Level.WARN))
    if value.route is Route.QUOTED:
        notes.append(Note(code="quoted", detail="a reply: what it quotes is no news"))
    if value.sent_at is None and mail.has_headers:
        notes.append(Note(code="no_date", detail="without a date nothing can be placed in time", level=Level.WARN))
    if value.route is Route.PASTED:
        notes.append(Note(code="pasted", detail="text without headers: it has no date and no sender", level=Level.WARN))


def open_from_notice(
    order: Order, notice: Notice, *, reason: ClaimReason | str, edition: str = DEFAULT_EDITION
) -> Claim:
    """The claim that a notice says was received; say the reason, since no notice that is known does.

    It counts as filed at the notice's own date: it was then or before. An amount in another currency than the order's
    is left out.

    Raises:
        InvalidDocument: the notice is of another order, or does not say that a claim was received, or has no date.
        UnknownName: no such reason or edition.
    """
    faults: list[Fault] = []
    if notice.order_id != order.order_id:
        faults.append(Fault("order_id", "other_order", "the notice is not of this order"))
    if not notice.received or not notice.events():
        words = "it does not say that a claim was received, has no date, or is only quoted"
        faults.append(Fault("received", "no_filing", words))
    if faults:
        raise InvalidDocument("notice", tuple(faults))
    amount = notice.amount if notice.amount is not None and notice.amount.currency == order.currency else None
    return rebuild(order, notice.events(), reason=reason, amount=amount, edition=edition)
