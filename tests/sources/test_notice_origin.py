"""Whose words a mail holds: forwards, look-alikes, failed authentication, buyers' relays, encrypted bodies."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest

from atoz.lifecycle.operations import open_claim
from atoz.model.order import Order
from atoz.sources.notices.notice_record import Outcome
from atoz.sources.notices.quoting import Route
from atoz.sources.notices.reading import read_notice
from atoz.sources.reconciliation.reconcile import reconcile

ORDER = "111-0000001-0000001"
AMAZON = "atoz-guarantee-no-reply@amazon.com"
DECIDED = datetime(2026, 6, 1, 15, tzinfo=UTC)
FORWARDED = datetime(2026, 6, 19, 9, tzinfo=UTC)
DECISION = (
    "We have granted an A-to-z Guarantee claim of $31.90. We will not count the claim against your Order Defect Rate, "
    "but will debit your account for the amount of $31.90."
)
CLAIM = open_claim(
    Order(order_id=ORDER, marketplace="US", placed_at=datetime(2026, 5, 1, tzinfo=UTC)),
    reason="not_received", filed_at=datetime(2026, 5, 28, tzinfo=UTC), edition="us-2026",
)  # fmt: skip


def forward(body, subject=f"Fwd: Claim decision on order {ORDER}"):
    """A colleague's mail of the 19th."""
    message = EmailMessage()
    message["From"], message["Subject"], message["Date"] = "Zoe <zoe@example.org>", subject, FORWARDED
    message.set_content(body)
    return message.as_bytes()


def block(date, sender=AMAZON):
    """What a mail program writes above what it forwards."""
    return (
        f"---------- Forwarded message ---------\nFrom: Amazon <{sender}>\nDate: {date}\n"
        f"Subject: Claim decision on order {ORDER}\nTo: <zoe@example.org>\n\n"
    )


@pytest.mark.parametrize("quote", ["", "> "])
def test_only_the_forwarded_part_and_its_date_count(quote):
    """The colleague's amount and memories are not Amazon's; the clock starts when Amazon wrote."""
    inner = f"{block('Mon, 1 Jun 2026 08:00:00 -0700')}{DECISION}"
    inner = "\n".join(quote + line for line in inner.splitlines())
    parsed = read_notice(forward(f"We lost $99.00. Amazon covered the cost last time.\n\n{inner}"), marketplace="US")
    assert (parsed.value.route, parsed.value.sent_at, parsed.value.sent_before) == (Route.FORWARDED, DECIDED, FORWARDED)
    assert (str(parsed.value.amount), parsed.value.outcome) == ("31.90 USD", Outcome.SELLER_FUNDED)
    (granted,) = parsed.value.events()
    assert (granted.kind, granted.at) == ("granted_seller_funded", DECIDED)


@pytest.mark.parametrize(
    "header",
    [
        "-------- Weitergeleitete Nachricht --------\nBetreff: Claim decision on order {order}\nDatum: {date}\nVon: {sender}\nAn: zoe@example.org\n\n",
        "Von: {sender}\nGesendet: {date}\nAn: zoe@example.org\nBetreff: Claim decision on order {order}\n\n",
        "---------- Messaggio inoltrato ---------\nDa: {sender}\nData: {date}\nOggetto: Claim decision on order {order}\n\n",
        "*From:* {sender}\n*Sent:* {date}\n*To:* zoe@example.org\n*Subject:* Claim decision on order {order}\n\n",
        "发件人: {sender}\n发送时间: {date}\n收件人: zoe@example.org\n主题: Claim decision on order {order}\n\n",
    ],
)
def test_header_lines_of_mail_programs_in_their_languages(header):
    """The lines above a forwarded mail are read whatever they are called."""
    text = header.format(order=ORDER, date="Mon, 1 Jun 2026 08:00:00 -0700", sender=AMAZON)
    parsed = read_notice(forward(f"look\n\n{text}{DECISION}", subject="Fwd: look"))
    assert (parsed.value.sent_at, parsed.value.order_id) == (DECIDED, ORDER)


def test_a_forwarded_date_without_a_zone_counts_at_its_earliest():
    """Gmail shows local time without a zone: no later instant may start the clock."""
    parsed = read_notice(forward(f"{block('Mon, Jun 1, 2026 at 8:00 AM')}{DECISION}"))
    assert parsed.value.sent_at == datetime(2026, 5, 31, 18, tzinfo=UTC)
    assert "date_without_zone" in parsed.codes()


@pytest.mark.parametrize("date", ["01/06/2026 08:00", "heute", ""])
def test_an_unknown_date_of_a_forwarded_notice_is_said_and_placed_at_its_earliest(date):
    """No date that can be read: no event by itself; held against a claim, it stands at the earliest possible time."""
    parsed = read_notice(forward(f"{block(date)}{DECISION}"))
    assert (parsed.value.sent_at, parsed.value.events(), "own_date_unknown" in parsed.codes()) == (None, (), True)
    (granted,) = reconcile(CLAIM, [parsed.value], as_of=FORWARDED + timedelta(days=1)).suggestions
    assert (granted.event.kind, granted.event.at) == ("granted_seller_funded", CLAIM.filed_at)
    assert "own date is not known" in granted.conflicts[0].en
    assert granted.strength == "weak"


def test_a_forward_whose_own_part_cannot_be_told_is_not_read():
    """No mark and no header lines: the words may be anybody's."""
    parsed = read_notice(forward(f"They wrote: {DECISION}"))
    assert (parsed.value.outcome, parsed.value.amount, "no_own_part" in parsed.codes()) == (Outcome.UNKNOWN, None, True)


def test_an_attached_notice_keeps_its_own_headers():
    """The date, sender and words of the mail that is attached count, not those of the one around it."""
    inner, outer = EmailMessage(), EmailMessage()
    inner["From"], inner["Subject"], inner["Date"] = AMAZON, f"Claim decision on order {ORDER}", DECIDED
    inner.set_content(DECISION)
    outer["From"], outer["Subject"], outer["Date"] = "zoe@example.org", "look", FORWARDED
    outer.set_content("Amazon covered the cost last time, $99.00.")
    outer.add_attachment(inner)
    value = read_notice(outer.as_bytes(), marketplace="US").value
    assert (value.route, value.sent_at, value.sent_before, value.outcome) == (
        Route.FORWARDED, DECIDED, FORWARDED, Outcome.SELLER_FUNDED,
    )  # fmt: skip
    assert str(value.amount) == "31.90 USD"


def direct(sender=AMAZON, *headers, body=DECISION):
    """A decision as it arrives."""
    extra = "".join(f"{header}\n" for header in headers)
    return (
        f"{extra}From: {sender}\nSubject: Claim decision on order {ORDER}\nDate: Mon, 1 Jun 2026 08:00:00 -0700\n"
        f"X-Space-Notification-Type: A_Z_CLAIM_RESPONDENT_CLOSE\nX-Marketplace-ID: ATVPDKIKX0DER\n\n{body}\n"
    ).encode()


@pytest.mark.parametrize(
    ("raw", "from_amazon", "code"),
    [
        (direct(), "yes", None),
        (direct(AMAZON, "Authentication-Results: mx.example.org; dmarc=pass header.from=amazon.com"), "yes", None),
        (direct(AMAZON, "Authentication-Results: mx.example.org; spf=fail; dkim=none; dmarc=fail"), "no", "authentication_failed"),
        (direct(AMAZON, "Authentication-Results: mx.example.org;\n dmarc = fail (p=REJECT)"), "no", "authentication_failed"),
        (direct(AMAZON, "Authentication-Results: mx.example.org; spf=fail; dkim=fail"), "unknown", "authentication_failed"),
        (direct("atoz-guarantee-no-reply@amazon.cn"), "yes", None),
        (direct("atoz-guarantee-no-reply@amazon.com.evil.example"), "no", "lookalike_sender"),
        (direct("atoz-guarantee-no-reply@notamazon.com"), "no", "lookalike_sender"),
        (direct("abc123@marketplace.amazon.com"), "no", "buyer_relay"),
        (direct(f'"{AMAZON}" <x@evil.example>'), "no", None),
        (direct("=?utf-8?q?atoz-guarantee-no-reply=40amazon.com?= <x@evil.example>"), "no", None),
        (direct(AMAZON, "From: x@evil.example"), "unknown", "several_senders"),
        (direct(f"{AMAZON}, x@evil.example"), "unknown", "several_senders"),
    ],
)  # fmt: skip
def test_whether_the_sender_is_amazon(raw, from_amazon, code):
    """A failed check, a look-alike and a buyer's relay are no; what looks right is only a claim of the sender's."""
    parsed = read_notice(raw)
    assert parsed.value.from_amazon == from_amazon
    assert ("lookalike_sender" in parsed.codes()) is (code == "lookalike_sender")
    assert code is None or code in parsed.codes()


def test_a_look_alike_suggests_nothing_and_is_shown():
    """Its words are no event of Amazon's: it gives none, and holding it against a claim says why."""
    fake = read_notice(direct("atoz-guarantee-no-reply@amazon.com.evil.example")).value
    assert fake.events() == ()
    found = reconcile(CLAIM, [fake], as_of=FORWARDED)
    assert (found.suggestions, [note.code for note in found.findings]) == ((), ["sender_not_amazon"])
    genuine = reconcile(CLAIM, [read_notice(direct()).value], as_of=FORWARDED)
    assert [suggestion.event.kind for suggestion in genuine.suggestions] == ["granted_seller_funded"]


def test_an_encrypted_body_gives_a_note():
    """S/MIME, PGP as a part, and PGP inside the text: the reader learns that it was not read."""
    kinds = (
        b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b\n\n--b\n'
        b"Content-Type: application/pgp-encrypted\n\nVersion: 1\n--b\nContent-Type: application/octet-stream\n\nxx\n--b--\n",
        b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nMIAGCSqGSIb3\n",
        b"\n-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n",
    )
    head = direct(body="").rstrip() + b"\n"
    for kind in kinds:
        parsed = read_notice(head + kind)
        assert {"encrypted", "decision_not_understood"} <= set(parsed.codes())
        assert parsed.value.decided
    assert "encrypted" not in read_notice(direct()).codes()
