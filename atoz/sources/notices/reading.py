"""What an e-mail notice says of a claim, as far as a source supports reading it.

>>> notice = read_notice(b'''From: atoz-guarantee-no-reply@amazon.com
... Subject: Claim received on order 111-0000001-0000001
... Date: Wed, 1 Jun 2016 08:00:00 -0700
... X-Space-Notification-Type: A_Z_CLAIM_RESPONDENT_NOTIFY
... X-Marketplace-ID: ATVPDKIKX0DER
...
... We received an A-to-z Guarantee claim of $31.90 on the order.''')
>>> notice.value.order_id, str(notice.value.amount), [event.kind for event in notice.value.events()]
('111-0000001-0000001', '31.90 USD', ['filed'])
"""

import re
from collections.abc import Iterable

from atoz.errors import Fault, InvalidDocument, UnknownName
from atoz.lifecycle.replay import rebuild
from atoz.model.citation import Confidence
from atoz.model.claim import Claim
from atoz.model.marketplace import Marketplace
from atoz.model.order import Order, TriState
from atoz.model.order_id import ORDER_ID
from atoz.model.reason import ClaimReason
from atoz.rulebook.edition import DEFAULT_EDITION, Edition
from atoz.sources.notices.amounts import stated_amount
from atoz.sources.notices.caveats import caveats
from atoz.sources.notices.email import Mail, read_mail
from atoz.sources.notices.notice_record import Notice, Outcome
from atoz.sources.notices.phrases import Meaning, Phrase, Topic, phrase_matches, phrasebook
from atoz.sources.notices.quoting import OwnPart, Route, own_part
from atoz.sources.notices.sender import is_from_amazon
from atoz.sources.notices.sentences import Reading, read_sentences, subject_and_body
from atoz.sources.notices.stated_times import answer_times, respond_by
from atoz.sources.parse_result import Level, Note, Origin, ParseResult

_ORDER = re.compile(rf"(?<![0-9-]){ORDER_ID.pattern}(?![0-9-])")


def read_notice(data: bytes | str, *, marketplace: str | None = None) -> ParseResult[Notice]:
    """The notice in the bytes of an `.eml` file, or in pasted text.

    Every mail gives a result: one that is not understood, about something else, broken or hostile says so in its notes.
    Headers come first, then phrases. Each of them can be forged, and a note says so.

    Args:
        data: The mail.
        marketplace: Where the claim is, for a mail whose header does not say so: it decides currency and zone.

    Raises:
        UnknownName: no such marketplace.
    """
    expected = Marketplace.of(marketplace) if marketplace else None
    mail = read_mail(data)
    notes = [*mail.notes]
    part = own_part(mail, notes)
    header = next((row for row in phrasebook().headers if row.value == mail.space_type.upper()), None)
    sentences = subject_and_body(part.subject, part.text)
    reading = read_sentences(sentences)
    says = reading.says
    if header and header.says:
        says.add(header.says)
    shop = _marketplace(mail, expected, notes)
    decided = bool(says & {Meaning.DECIDED, Meaning.GRANTED})
    flat = part.text.replace("\n", " ")
    due = None if decided else respond_by(answer_times(sentences, notes), part.sent_at, shop, notes)
    value = Notice(
        topic=_topic(part.sender or mail.sender, header.topic if header else None, reading),
        order_id=_order_id(part, notes),
        marketplace=shop.country if shop else None,
        sent_at=part.sent_at,
        sent_before=part.sent_before,
        received=bool(says & {Meaning.RECEIVED, Meaning.ACTION_REQUIRED}) and not decided,
        action_required=Meaning.ACTION_REQUIRED in says and not decided,
        decided=decided,
        outcome=_outcome(says, notes) if decided else Outcome.UNKNOWN,
        counts_against_odr=_odr(says),
        amount=stated_amount(flat, shop, phrase_matches(flat), notes),
        respond_by=due,
        language=_language(reading.certain),
        route=part.route,
        from_amazon=is_from_amazon(part.sender, mail.authentication, notes),
        by_header=header is not None and part.route is Route.DIRECT,
        confidence=_weakest(phrase.confidence for phrase in reading.certain),
        source=Origin(system="notice", observed_at=part.sent_at, key=mail.key),
    )
    value = value.model_copy(update={"source": value.source.model_copy(update={"version": value.topic.value})})
    return ParseResult(value, (*notes, *caveats(value, reading)), value.source)


def _topic(sender: str, by_header: Topic | None, reading: Reading) -> Topic:
    if by_header is not None:
        return by_header
    known = next((row for row in phrasebook().senders if sender.startswith(f"{row.address}.")), None)
    if known is not None:
        return known.topic
    telling = {Meaning.AMAZON_FUNDED, Meaning.NOT_RESPONSIBLE, Meaning.SELLER_DEBITED}
    return Topic.CLAIM if reading.says - telling else Topic.UNRECOGNISED


def _outcome(says: set[Meaning], notes: list[Note]) -> Outcome:
    pays = {Meaning.AMAZON_FUNDED: Outcome.AMAZON_FUNDED, Meaning.SELLER_DEBITED: Outcome.SELLER_FUNDED}
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
    if Meaning.GRANTED in says:
        return Outcome.GRANTED
    return Outcome.NOT_RESPONSIBLE if Meaning.NOT_RESPONSIBLE in says else Outcome.UNKNOWN


def _odr(says: set[Meaning]) -> TriState:
    meanings = {Meaning.ODR_YES: TriState.YES, Meaning.ODR_NO: TriState.NO}
    stated = {answer for meaning, answer in meanings.items() if meaning in says}
    return stated.pop() if len(stated) == 1 else TriState.UNKNOWN


def _order_id(part: OwnPart, notes: list[Note]) -> str | None:
    """The one order that the subject names, or else the one that the text names."""
    for text in (part.subject, part.text):
        named = sorted({match[0] for match in _ORDER.finditer(text)})
        if len(named) == 1:
            return named[0]
        if named:
            notes.append(Note(code="several_orders", detail="it names several orders; none is taken", level=Level.WARN))
            return None
    notes.append(Note(code="no_order_id", detail="it names no order", level=Level.WARN))
    return None


def _marketplace(mail: Mail, expected: Marketplace | None, notes: list[Note]) -> Marketplace | None:
    """The one that the mail's header names, or else the one that the caller expects."""
    if not mail.marketplace_id:
        return expected
    try:
        named = Marketplace.of(mail.marketplace_id)
    except UnknownName:
        notes.append(Note(code="unknown_marketplace", detail="its header names no known marketplace", level=Level.WARN))
        return expected
    if expected is not None and expected != named:
        words = f"its header says {named.country}, not {expected.country}; the header counts"
        notes.append(Note(code="marketplace_disagrees", detail=words, level=Level.WARN))
    return named


def _language(phrases: Iterable[Phrase]) -> str | None:
    named = {phrase.language for phrase in phrases}
    return named.pop() if len(named) == 1 else None


def _weakest(confidences: Iterable[Confidence]) -> Confidence:
    return max(confidences, key=list(Confidence).index, default=Confidence.UNCLEAR)


def open_from_notice(
    order: Order, notice: Notice, *, reason: ClaimReason | str, edition: str | Edition = DEFAULT_EDITION
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
