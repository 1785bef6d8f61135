"""A mail taken apart: a few headers, the text, and what in it is forwarded or quoted. Broken mail gives what it can."""

import email
import re
from collections.abc import Iterator
from datetime import datetime
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from hashlib import sha256
from html import unescape

from pydantic_core import PydanticCustomError

from atoz.model.instant import to_instant
from atoz.model.record import Record
from atoz.sources.parse_result import Level, Note

_BLOCKS = frozenset({"p", "div", "br", "tr", "td", "th", "li", "table", "h1", "h2", "h3", "h4", "blockquote", "hr"})
_SKIPPED = frozenset({"script", "style", "head", "title"})
_QUOTED = "blockquote"


def html_text(html: str) -> str:
    """The readable text, a line per block; scripts, styles and comments are left out, and quotes are marked with `>`.

    >>> print(html_text("<style>p{}</style><p>Claim of <b>$5.00</b></p><!-- <b>no</b> --><blockquote>old</blockquote>"))
    Claim of $5.00
    > old
    """
    pieces: list[str] = []
    skipping = ""
    quotes = 0
    for index, piece in enumerate(html.split("<")):
        if index == 0:
            pieces.append(piece)
            continue
        if skipping == "!--":
            tail = piece.partition("-->")
            skipping, text = ("", tail[2]) if tail[1] else (skipping, "")
            pieces.append(text)
            continue
        tag, _, text = piece.partition(">")
        name = tag.strip("/ ").split(None, 1)[0].casefold().rstrip("/") if tag.strip("/ ") else ""
        if skipping:
            skipping = "" if tag.startswith("/") and name == skipping else skipping
            text = "" if skipping else text
        elif tag.startswith("!--"):
            body = piece[3:].partition("-->")
            skipping, text = ("", body[2]) if body[1] else ("!--", "")
        elif name in _SKIPPED and not tag.startswith("/"):
            skipping, text = name, ""
        if name == _QUOTED:
            quotes = max(quotes + (-1 if tag.startswith("/") else 1), 0)
        if name in _BLOCKS:
            pieces.append("\n> " if quotes else "\n")
        pieces.append(text)
    lines = (" ".join(line.split()) for line in unescape("".join(pieces)).splitlines())
    return "\n".join(line for line in lines if line and line != ">")


MAX_BYTES = 2_000_000
"""A notice is far smaller; what lies beyond is not read."""
_MAX_PARTS = 60
_MAX_BOUNDARIES = 200
_MAX_HEADER = 2_000
_HEADERS = re.compile(rb"\A\s*(?:[A-Za-z][A-Za-z0-9-]{0,60}:[^\n]*\n(?:[ \t][^\n]*\n){0,40}){1,300}", re.ASCII)
_TELLING = re.compile(
    rb"^(?:from|subject|date|message-id|received|mime-version|x-space-notification-type):", re.IGNORECASE | re.MULTILINE
)
# What the mail package raises on broken mail is no fixed list: its own errors, and those of its string handling.
_BROKEN = (MessageError, LookupError, ValueError, TypeError, AttributeError, AssertionError, RecursionError)


class Mail(Record):
    """What is read of a mail; it never leaves this room, since it holds the mail's text."""

    subject: str = ""
    sender: str = ""
    sent_at: datetime | None = None
    space_type: str = ""
    marketplace_id: str = ""
    is_reply: bool = False
    has_headers: bool = False
    attached: bool = False
    text: str = ""
    key: str
    notes: tuple[Note, ...] = ()


def read_mail(data: bytes | str) -> Mail:
    """A mail from the bytes of an `.eml` file, or pasted text; it never fails, it leaves notes."""
    raw = data if isinstance(data, bytes) else data.encode("utf-8", errors="replace")
    notes: list[Note] = []
    if len(raw) > MAX_BYTES:
        raw = raw[:MAX_BYTES]
        _note(notes, "cut", "the mail is far too long; only its beginning is read")
    key = sha256(raw).hexdigest()[:16]
    head = _HEADERS.match(raw)
    if head is None or not _TELLING.search(head[0]):
        return Mail(text=_decoded(raw, None), key=key, notes=tuple(notes))
    if raw.lower().count(b"boundary=") > _MAX_BOUNDARIES:
        _note(notes, "too_nested", "the mail is nested beyond reason; only its headers are read")
        raw = head[0]
    try:
        return _taken_apart(email.message_from_bytes(raw), key, notes)
    except _BROKEN:
        _note(notes, "broken_mail", "the mail is broken; its text is read as it stands")
        return Mail(text=_decoded(raw, None), key=key, notes=tuple(notes))


def _taken_apart(message: Message, key: str, notes: list[Note]) -> Mail:
    inner = _attached(message)
    carrier = inner or message
    text = "\n".join(_texts(carrier, notes))
    if carrier.defects or message.defects:
        _note(notes, "mime_defects", "the mail breaks the rules of MIME; what can be read is read")
    return Mail(
        subject=_header(carrier, "Subject"),
        sender=parseaddr(_header(carrier, "From"))[1].casefold(),
        sent_at=_sent_at(carrier, notes),
        space_type=_header(carrier, "X-Space-Notification-Type").strip(),
        marketplace_id=_header(carrier, "X-Marketplace-ID").strip(),
        is_reply=bool(_header(message, "In-Reply-To")) and inner is None,
        has_headers=True,
        attached=inner is not None,
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
            _note(notes, "too_many_parts", "the mail has too many parts; the rest is not read")
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
    yield from plain if any(each.strip() for each in plain) else rich


def _decoded(body: bytes, charset: str | None) -> str:
    for name in filter(None, (charset, "utf-8", "cp1252")):
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


def _sent_at(message: Message, notes: list[Note]) -> datetime | None:
    value = _header(message, "Date")
    try:
        return to_instant(parsedate_to_datetime(value)) if value else None
    except (*_BROKEN, OverflowError, PydanticCustomError):
        _note(notes, "odd_date", "the mail's date cannot be read")
        return None


def _note(notes: list[Note], code: str, detail: str) -> None:
    notes.append(Note(code=code, detail=detail, level=Level.WARN))
