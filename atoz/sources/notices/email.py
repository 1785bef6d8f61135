"""A mail taken apart: its headers that matter, its text, and how it was sent on. Broken mail gives what it can."""

import email
import re
from collections.abc import Iterator
from datetime import datetime
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from hashlib import sha256

from pydantic_core import PydanticCustomError

from atoz.model.instant import to_instant
from atoz.model.record import Record
from atoz.sources.notices.html_text import html_text
from atoz.sources.parse_result import Level, Note

MAX_BYTES = 2_000_000
"""A notice is far smaller; what lies beyond is not read."""
_MAX_TEXT = 200_000
_MAX_PARTS = 60
_MAX_BOUNDARIES = 200
_MAX_HEADER = 2_000
_HEADERS = re.compile(rb"\A\s*(?:[A-Za-z][A-Za-z0-9-]{0,60}:[^\n]*\n(?:[ \t][^\n]*\n){0,40}){1,300}", re.ASCII)
_MAIL_HEADER = re.compile(
    rb"^(?:from|subject|date|message-id|received|mime-version|x-space-notification-type):", re.IGNORECASE | re.MULTILINE
)
_NOT_FOR_TEXT = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"})
"""Codecs of Python that no mail is written in; decoding by some of them takes a time that grows with the square."""
_ENCRYPTED = frozenset(
    {"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"}
)
_PGP = "-----BEGIN PGP MESSAGE-----"
# What the mail package raises on broken mail is no fixed list: its own errors, and those of its string handling.
_BROKEN = (MessageError, LookupError, ValueError, TypeError, AttributeError, AssertionError, RecursionError)


class Mail(Record):
    """What is read of a mail; it never leaves this room, since it holds the mail's text."""

    subject: str = ""
    sender: str = ""
    """The address of its only sender; nothing where there are several or none."""
    sent_at: datetime | None = None
    space_type: str = ""
    marketplace_id: str = ""
    authentication: tuple[str, ...] = ()
    """Its `Authentication-Results`, topmost first."""
    is_reply: bool = False
    has_headers: bool = False
    attached: bool = False
    """It came attached to another mail, which is how some programs forward."""
    carried_at: datetime | None = None
    """The date of the mail that it was attached to."""
    text: str = ""
    key: str
    notes: tuple[Note, ...] = ()


def read_mail(data: bytes | str) -> Mail:
    """A mail from the bytes of an `.eml` file, or pasted text; it never fails, it leaves notes."""
    raw = data[: MAX_BYTES + 1]
    raw = raw if isinstance(raw, bytes) else raw.encode("utf-8", errors="replace")
    notes: list[Note] = []
    if len(raw) > MAX_BYTES:
        raw = raw[:MAX_BYTES]
        _note(notes, "cut", "the mail is longer than 2,000,000 bytes; only its beginning is read")
    key = sha256(raw).hexdigest()[:16]
    head = _HEADERS.match(raw)
    if head is None or not _MAIL_HEADER.search(head[0]):
        return Mail(text=_decoded(raw, None)[:_MAX_TEXT], key=key, notes=tuple(notes))
    if raw.lower().count(b"boundary=") > _MAX_BOUNDARIES:
        _note(notes, "too_nested", "the mail is nested too deeply; only its headers are read")
        raw = head[0]
    try:
        return _taken_apart(email.message_from_bytes(raw), key, notes)
    except _BROKEN:
        _note(notes, "broken_mail", "the mail is broken; its text is read as it stands")
        return Mail(text=_decoded(raw, None)[:_MAX_TEXT], key=key, notes=tuple(notes))


def _taken_apart(message: Message, key: str, notes: list[Note]) -> Mail:
    inner = _attached(message)
    carrier = inner or message
    text = "\n\n".join(_texts(carrier, notes))
    if len(text) > _MAX_TEXT:
        text = text[:_MAX_TEXT]
        _note(notes, "cut", "the mail's text is longer than 200,000 characters; only its beginning is read")
    if carrier.defects or message.defects:
        _note(notes, "mime_defects", "the mail breaks the rules of MIME; what can be read is read")
    if _is_encrypted(carrier, text):
        _note(notes, "encrypted", "the mail's body is encrypted, wholly or in part; only what is readable is read")
    return Mail(
        subject=_header(carrier, "Subject"),
        sender=_sender(carrier, notes),
        sent_at=_sent_at(carrier, notes),
        space_type=_header(carrier, "X-Space-Notification-Type").strip(),
        marketplace_id=_header(carrier, "X-Marketplace-ID").strip(),
        authentication=() if inner else _all_headers(message, "Authentication-Results"),
        is_reply=bool(_header(message, "In-Reply-To")) and inner is None,
        has_headers=True,
        attached=inner is not None,
        carried_at=_sent_at(message, []) if inner else None,
        text=text,
        key=key,
        notes=tuple(notes),
    )


def _attached(message: Message) -> Message | None:
    """The mail inside a mail, as programs attach what they forward."""
    for number, part in enumerate(message.walk()):
        if number > _MAX_PARTS:
            return None
        if part.get_content_type() == "message/rfc822":
            return next((inside for inside in part.walk() if inside is not part), None)
    return None


def _texts(message: Message, notes: list[Note]) -> Iterator[str]:
    """The plain text, or where there is none the HTML, of every part that is shown."""
    plain: list[str] = []
    rich: list[str] = []
    for number, part in enumerate(message.walk()):
        if number > _MAX_PARTS:
            _note(notes, "too_many_parts", "the mail has more than 60 parts; the rest is not read")
            break
        kind = part.get_content_type()
        if (
            part.is_multipart()
            or kind not in ("text/plain", "text/html")
            or part.get_content_disposition() == "attachment"
        ):
            continue
        body = part.get_payload(decode=True)
        if isinstance(body, bytes):
            text = _decoded(body, part.get_content_charset())
            (plain if kind == "text/plain" else rich).append(text if kind == "text/plain" else html_text(text))
    yield from plain if any(text.strip() for text in plain) else rich


def _is_encrypted(message: Message, text: str) -> bool:
    """S/MIME or PGP, as a MIME type or inside the text."""
    kinds = {part.get_content_type() for part, _ in zip(message.walk(), range(_MAX_PARTS), strict=False)}
    return bool(_ENCRYPTED & kinds) or _PGP in text


def _decoded(body: bytes, charset: str | None) -> str:
    named = charset if charset and charset.casefold().replace("-", "_") not in _NOT_FOR_TEXT else None
    for name in filter(None, (named, "utf-8", "cp1252")):
        try:
            return body.decode(name)
        except (LookupError, ValueError, AssertionError):  # an unknown charset, or bytes that are not in it
            continue
    return body.decode("ascii", errors="replace")


def _header(message: Message, name: str) -> str:
    value = message.get(name)
    if value is None:
        return ""
    text = str(value)[:_MAX_HEADER]
    try:
        return " ".join(str(make_header(decode_header(text))).split())
    except _BROKEN:
        return " ".join(text.split())


def _all_headers(message: Message, name: str) -> tuple[str, ...]:
    values = message.get_all(name, [])[:_MAX_PARTS]
    return tuple(" ".join(str(value)[:_MAX_HEADER].split()).casefold() for value in values)


def _sender(message: Message, notes: list[Note]) -> str:
    """The only sender's address, read from the header as it stands: an encoded name could look like an address."""
    headers = [str(value)[:_MAX_HEADER] for value in message.get_all("From", [])[:_MAX_PARTS]]
    addresses = [address for _, address in getaddresses(headers) if address]
    if len(headers) > 1 or len(addresses) > 1:
        _note(notes, "several_senders", "the mail names several senders; none counts")
        return ""
    return addresses[0].casefold() if addresses else ""


def _sent_at(message: Message, notes: list[Note]) -> datetime | None:
    return mail_date(_header(message, "Date"), notes)


def mail_date(value: str, notes: list[Note]) -> datetime | None:
    """The instant of a `Date` header, or none; one that cannot be read is noted."""
    try:
        return to_instant(parsedate_to_datetime(value)) if value else None
    except (*_BROKEN, OverflowError, PydanticCustomError):
        _note(notes, "odd_date", "the mail's date cannot be read")
        return None


def _note(notes: list[Note], code: str, detail: str) -> None:
    notes.append(Note(code=code, detail=detail, level=Level.WARN))
