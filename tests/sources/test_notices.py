"""Notices: what a source supports is read in every language, and everything else ends in a clear result."""

import json
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from atoz.model.events import LearntFrom
from atoz.sources.notices.email import MAX_BYTES, html_text
from atoz.sources.notices.notice_record import Notice, Outcome
from atoz.sources.notices.phrases import Topic, phrasebook
from atoz.sources.notices.quoting import Route
from atoz.sources.notices.reading import read_notice

ORDER = "111-0000001-0000001"
BUYER = "Zebediah Quux"


def mail(
    body,
    *,
    subject=f"Claim received on order {ORDER}",
    sender="atoz-guarantee-no-reply@amazon.com",
    space="A_Z_CLAIM_RESPONDENT_NOTIFY",
    marketplace="ATVPDKIKX0DER",
    html=False,
    charset="utf-8",
    **extra,
):
    """The bytes of a mail."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = f'"{BUYER}" <{sender}>', "me@example.org", subject
    message["Date"] = "Wed, 01 Jun 2016 08:00:00 -0700"
    if space:
        message["X-Space-Notification-Type"] = space
    if marketplace:
        message["X-Marketplace-ID"] = marketplace
    for name, value in extra.items():
        message[name.replace("_", "-")] = value
    message.set_content(body, subtype="html" if html else "plain", charset=charset)
    return message.as_bytes()


RECEIVED = (
    f"Hello,\nWe received an A-to-z Guarantee claim of $31.90 on the order {ORDER}.\nRespond within 3 calendar days.\n"
)


def test_a_claim_received():
    """Order, amount, deadline, and the events with their source; the note on forgery is always there."""
    parsed = read_notice(mail(RECEIVED))
    filed, asked = parsed.value.events()
    assert (parsed.value.order_id, str(parsed.value.amount), parsed.value.route) == (ORDER, "31.90 USD", Route.DIRECT)
    assert (filed.kind, filed.at, filed.learnt_from) == (
        "filed",
        datetime(2016, 6, 1, 15, tzinfo=UTC),
        LearntFrom.NOTICE,
    )
    assert asked.respond_by == datetime(2016, 6, 4, 15, tzinfo=UTC)
    assert "headers_can_be_forged" in parsed.codes()


@pytest.mark.parametrize(
    ("body", "outcome", "odr", "kinds"),
    [
        (
            "We have granted an A-to-z Guarantee claim of $31.90 and covered the cost.",
            Outcome.AMAZON_FUNDED,
            "unknown",
            ["granted_amazon_funded"],
        ),
        (
            "We have granted an A-to-z Guarantee claim of $31.90. We will not count the claim against your Order Defect Rate, "
            "but will debit your account for the amount of $31.90.",
            Outcome.SELLER_FUNDED,
            "no",
            ["granted_seller_funded"],
        ),
        ("We have granted an A-to-z Guarantee claim of $31.90.", Outcome.GRANTED, "unknown", []),
        ("You should not be held responsible for it.", Outcome.NOT_RESPONSIBLE, "unknown", []),
        ("Something new was decided.", Outcome.UNKNOWN, "unknown", []),
        (
            "We covered the cost and will debit your account. We have granted an A-to-z Guarantee claim.",
            Outcome.GRANTED,
            "unknown",
            [],
        ),
    ],
)
def test_a_decision_says_no_more_than_its_words(body, outcome, odr, kinds):
    """Who pays is read, never guessed; a decision that is not understood gives no event."""
    parsed = read_notice(mail(body, subject=f"Claim decision on order {ORDER}", space="A_Z_CLAIM_RESPONDENT_CLOSE"))
    assert (parsed.value.outcome, parsed.value.counts_against_odr) == (outcome, odr)
    assert [event.kind for event in parsed.value.events()] == kinds
    assert kinds or any(note.level == "warn" for note in parsed.notes)


@pytest.mark.parametrize(
    ("language", "subject", "body", "market", "amount"),
    [
        (
            "it",
            f"Richiesta di rimborso ricevuta per l'ordine {ORDER}",
            "Garanzia dalla A alla Z: 119,00 €. Deve rispondere entro 3 giorni di calendario",
            "APJ6JRA9NG5V4",
            "119.00 EUR",
        ),
        (
            "es",
            f"Su reclamación bajo la Garantía de la A a la Z de Amazon para el pedido {ORDER}",
            "Hemos concedido una reclamacion bajo la Garantia de la A a la Z de 1.249,90 EUR",
            "A1RKKUPIHCS9HS",
            "1249.90 EUR",
        ),
        (
            "de",
            f"Bestellung {ORDER}",
            "Ein A-bis-z-Garantieantrag über 49,90 € liegt vor.",
            "A1PA6795UKMFR9",
            "49.90 EUR",
        ),
        (
            "fr",
            f"Commande {ORDER}",
            "Une réclamation au titre de la Garantie A à Z de 49,90 € existe.",
            "A13V1IB3VIYZZH",
            "49.90 EUR",
        ),
        ("ja", f"注文 {ORDER}", "Amazonマーケットプレイス保証申請 ¥4,990", "A1VC38T7YXB528", "4990 JPY"),
        ("zh", f"订单 {ORDER}", "亚马逊商城交易保障索赔 $31.90", "ATVPDKIKX0DER", "31.90 USD"),
    ],
)
@pytest.mark.parametrize("html", [False, True])
def test_every_language_that_a_source_supports(language, subject, body, market, amount, html):
    """The guarantee's name, the order and the local amount are read in each, as plain text and as HTML."""
    shown = f"<html><style>p {{ x }}</style><p>{body.replace('Garan', 'Gar&#97;n')}</p></html>" if html else body
    parsed = read_notice(mail(shown, subject=subject, space="", sender="x@amazon.com", marketplace=market, html=html))
    assert (parsed.value.topic, parsed.value.language, parsed.value.order_id) == (Topic.CLAIM, language, ORDER)
    assert str(parsed.value.amount) == amount
    if language == "it":
        assert parsed.value.respond_by == datetime(2016, 6, 4, 15, tzinfo=UTC)


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "cp1252"])
def test_encodings_of_the_body(charset):
    """What the mail declares is honoured."""
    body = "Hemos concedido una reclamación bajo la Garantía de la A a la Z de 49,90 EUR"
    assert str(read_notice(mail(body, charset=charset)).value.amount) == "49.90 EUR"


def test_an_unknown_or_wrong_charset_is_survived():
    """A charset that does not exist, and bytes that are not in the one declared."""
    for charset in (b"x-no-such", b"ascii", b"idna", b"punycode", b"undefined"):
        raw = (
            mail(RECEIVED)
            .replace(b'charset="utf-8"', b"charset=" + charset)
            .replace(b"Hello", "Héllo".encode("latin-1"))
        )
        assert read_notice(raw).value.order_id == ORDER


@pytest.mark.parametrize("text", ["$31.90", "£31.90", "¥3190"])
def test_a_sign_that_several_currencies_share_needs_a_marketplace(text):
    """Without one there is no amount for $ and ¥; £ is one currency."""
    parsed = read_notice(mail(f"A-to-z Guarantee claim {text}", marketplace=""))
    assert (parsed.value.amount is not None) is (text[0] == "£")
    assert ("currency_not_said" in parsed.codes()) is (text[0] != "£")


def test_which_of_several_amounts():
    """The one next to the words on the claim; none where no words stand near."""
    near = read_notice(mail(f"Item total $99.00.\nWe received an A-to-z Guarantee claim of $31.90 on {ORDER}."))
    far = read_notice(mail("Prices: $99.00, $31.90."))
    assert str(near.value.amount) == "31.90 USD"
    assert (far.value.amount, "several_amounts" in far.codes()) == (None, True)


def test_a_quoted_notice_in_a_reply_is_no_news():
    """The reply's own words count, its quotes do not, and no event comes of it."""
    quoted = "\n".join(f"> {line}" for line in RECEIVED.splitlines())
    parsed = read_notice(
        mail(f"Thanks!\n\n{quoted}", subject=f"Re: Claim received on order {ORDER}", space="", In_Reply_To="<x@y>")
    )
    assert (parsed.value.route, parsed.value.events()) == (Route.QUOTED, ())
    assert parsed.value.amount is None


@pytest.mark.parametrize(
    ("raw", "topic"),
    [
        (mail("Lunch?", subject="Lunch", sender="friend@example.org", space=""), Topic.UNRECOGNISED),
        (mail("A return", subject="x", sender="donotreply@amazon.com", space="RETURN_REQUEST"), Topic.OTHER),
        (mail("A chargeback", subject="x", sender="cb-seller-query@amazon.com", space=""), Topic.CHARGEBACK),
        (b"", Topic.UNRECOGNISED),
        ("", Topic.UNRECOGNISED),
    ],
)
def test_a_mail_about_something_else_is_reported(raw, topic):
    """It has a topic, a note and no events."""
    parsed = read_notice(raw)
    assert (parsed.value.topic, parsed.value.events()) == (topic, ())
    assert {"unrecognised", "not_a_claim"} & set(parsed.codes())


@pytest.mark.parametrize(
    ("sender", "from_amazon", "code"),
    [
        ("atoz-guarantee-no-reply@amazon.com", "yes", None),
        ("atoz-guarantee-no-reply@amazon.it", "yes", None),
        ("atoz-guarantee-no-reply@amazon.com.evil.example", "no", "lookalike_sender"),
        ("atoz-guarantee-no-reply@amaz0n.example", "no", "sender_disagrees"),
    ],
)
def test_a_sender_that_only_looks_like_amazons(sender, from_amazon, code):
    """The domain has to be one of Amazon's shops; a match is still no proof."""
    parsed = read_notice(mail(RECEIVED, sender=sender))
    assert parsed.value.from_amazon == from_amazon
    assert code is None or code in parsed.codes()


def test_pasted_text_has_no_time_and_gives_no_events():
    """What it says is read; when it happened is not known."""
    parsed = read_notice(RECEIVED)
    assert (parsed.value.route, parsed.value.order_id, parsed.value.events()) == (Route.PASTED, ORDER, ())
    assert "pasted" in parsed.codes()


def test_several_orders_are_none():
    """Two orders in the subject: neither is taken."""
    parsed = read_notice(mail(RECEIVED, subject=f"Claim received on order {ORDER} and 111-0000002-0000002"))
    assert (parsed.value.order_id, "several_orders" in parsed.codes()) == (None, True)


def _nested(depth):
    lines = [b"From: a@amazon.com", b"Subject: Claim received on order " + ORDER.encode(), b"MIME-Version: 1.0"]
    for level in range(depth):
        lines += [b'Content-Type: multipart/mixed; boundary="b%d"' % level, b"", b"--b%d" % level]
    return b"\n".join([*lines, b"Content-Type: text/plain", b"", b"deep"])


@pytest.mark.parametrize(
    "raw",
    [
        _nested(40),
        _nested(5000),
        b"From: a@amazon.com\nSubject: x\n\n" + b"A" * (MAX_BYTES * 2),
        b"From: a\nSubject: x\nContent-Type: text/html\n\n" + b"<" * 500_000,
        b"From: a\nSubject: x\nContent-Type: text/html\n\n" + b"<!--" * 200_000,
        b"From: a\nSubject: x\nContent-Type: text/html\n\n" + b"<script>" * 100_000,
        b"Subject: =?utf-8?b?////?= =?x?q?=ZZ?=\nFrom: =?bad\nDate: Foo, 99 Bar 0000 99:99:99 +9999\n\nx",
        b"From: a\nContent-Type: multipart/mixed\n\n--x\n\n--x--",
        b"From: a\nContent-Transfer-Encoding: base64\nContent-Type: text/plain\n\n!!!!",
        b"From: a\nSubject: x\nContent-Type: message/rfc822\n\n\n",
        b"\x00\xff\xfe" * 1000,
        b"From: a\nDate: Fri, 31 Dec 9999 23:59:59 -1200\n\nwithin 99 calendar days",
    ],
)
def test_a_hostile_mail_ends_in_a_clear_result(raw):
    """Huge, nested, broken, or all of it: there is a notice, and it survives JSON."""
    parsed = read_notice(raw)
    assert parsed.value is not None
    assert Notice.model_validate(json.loads(parsed.value.model_dump_json())) == parsed.value


def test_nothing_of_the_mails_people_enters_the_notice():
    """Names and addresses in headers and body stay outside, notes included."""
    parsed = read_notice(mail(f"{RECEIVED}\nBuyer {BUYER}, buyer@example.net, +1 206 555 0100", sender="me@amazon.com"))
    written = parsed.value.model_dump_json() + "".join(map(str, parsed.notes))
    assert not any(each in written for each in (BUYER, "Zebediah", "example", "555"))


def test_every_phrase_names_a_source():
    """No phrase without one, and no source without a phrase."""
    book = phrasebook()
    used = {row.source for rows in (book.senders, book.headers, book.phrases, book.deadlines) for row in rows}
    assert used == set(book.sources)


def test_html_is_read_in_one_pass():
    """Comments, scripts and attributes with tags in them are no text."""
    assert html_text("a<!-- <p>x</p> -->b<script>if (1<2) 'no'</script>c &amp; d<br>e") == "abc & d\ne"
