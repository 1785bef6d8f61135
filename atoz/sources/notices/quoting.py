"""Which part of a mail's text is the notice itself, and what is only forwarded around it, commented or quoted.

In a forwarded mail only the forwarded part counts, with the sender and the date that stand above it: what a colleague
writes over it is no word of Amazon's, and the day of the forwarding is not the day of the notice.
"""

import re
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from dateutil import parser as date_parser
from pydantic_core import PydanticCustomError

from atoz.model.instant import to_instant
from atoz.sources.notices.email import Mail, mail_date
from atoz.sources.notices.phrases import phrasebook, plain
from atoz.sources.parse_result import Level, Note

_EARLIEST_ZONE = timezone(timedelta(hours=14))
"""Where a written time names no zone: no clock on earth shows it earlier than the one of this offset."""
_NO_YEAR = datetime(1, 1, 1)  # noqa: DTZ001  (what a written date leaves out is taken from it, the zone is added after)
_ADDRESS = re.compile(r"[^\s<>\"()\[\]:;,]{1,100}@[^\s<>\"()\[\]:;,]{1,200}")
_HEADER_LINE = re.compile(r"\*?(?P<name>[^:：]{1,20}?)\*?\s?[:：]\*?\s?(?P<value>.*)")
_MAX_LINES = 20_000


class Route(StrEnum):
    """How a notice came."""

    DIRECT = "direct"
    FORWARDED = "forwarded"
    """Someone sent it on: the headers are theirs."""
    QUOTED = "quoted"
    """Only the quote of an older mail in a reply: no news."""
    PASTED = "pasted"
    """Text without headers."""


class OwnPart(NamedTuple):
    """The notice inside a mail: its words, subject, sender and date, as far as they are its own."""

    route: Route
    text: str
    """Prepared by `plain`."""
    subject: str = ""
    sender: str = ""
    sent_at: datetime | None = None
    """Its own date; where the date names no zone, the earliest instant that it can mean."""
    sent_before: datetime | None = None
    """The date of the mail that carries it, which is no earlier."""


def own_part(mail: Mail, notes: list[Note]) -> OwnPart:
    """The part of a mail that is the notice itself."""
    subject, lines = plain(mail.subject), plain(mail.text).splitlines()[:_MAX_LINES]
    if mail.attached:
        return _dated(
            OwnPart(Route.FORWARDED, "\n".join(lines), mail.subject, mail.sender, mail.sent_at, mail.carried_at), notes
        )
    if not mail.has_headers:
        return OwnPart(Route.PASTED, "\n".join(lines))
    marked = any(_is_mark(line) for line in lines)
    sent_on = subject.startswith(_plain_marks("forward_subjects"))
    if sent_on or (marked and not mail.is_reply):
        return _dated(_forwarded(mail, lines, notes), notes)
    replied = mail.is_reply or subject.startswith(_plain_marks("reply_subjects"))
    if not replied:
        return OwnPart(Route.DIRECT, "\n".join(lines), mail.subject, mail.sender, mail.sent_at)
    cut = next((index for index, line in enumerate(lines) if _is_mark(line)), None)
    own = "\n".join(line for line in lines[:cut] if not line.startswith(">"))
    return OwnPart(Route.QUOTED, own, mail.subject, mail.sender, mail.sent_at)


class _Block(NamedTuple):
    """The header lines that a mail program writes above what it forwards, and the lines below them."""

    sender: str
    date: str
    subject: str
    first: int
    """The first line of the text below."""


def _forwarded(mail: Mail, lines: list[str], notes: list[Note]) -> OwnPart:
    """The innermost forwarded mail, or the first one that names a sender of Amazon's."""
    bare = [line.lstrip("> ") for line in lines]
    blocks = _blocks(bare)
    if not blocks:
        marks = [index for index, line in enumerate(bare) if _is_mark(line)]
        own = bare[marks[-1] + 1 :] if marks else []
        if not own:
            words = "it is forwarded, and which of its words are Amazon's cannot be told; none of its text is read"
            notes.append(Note(code="no_own_part", detail=words, level=Level.WARN))
        return OwnPart(Route.FORWARDED, "\n".join(own), mail.subject, "", None, mail.sent_at)
    place = next((index for index, block in enumerate(blocks) if "@amazon." in block.sender), len(blocks) - 1)
    block = blocks[place]
    last = next((index for index, line in enumerate(bare) if index > block.first and _is_mark(line)), len(bare))
    if place + 1 < len(blocks):
        last = min(last, blocks[place + 1].first)
    sent_at = _written_date(block.date, notes)
    text = "\n".join(bare[block.first : last])
    return OwnPart(Route.FORWARDED, text, block.subject or mail.subject, block.sender, sent_at, mail.sent_at)


def _blocks(lines: list[str]) -> list[_Block]:
    """Rows of header lines: a sender, and at least a date or a subject."""
    blocks: list[_Block] = []
    values: dict[str, str] = {}
    for index, line in enumerate([*lines, ""]):
        part = _header_line(line)
        if part is not None:
            values.setdefault(*part)
            continue
        if not line and index + 1 < len(lines) and _header_line(lines[index + 1]) is not None:
            continue  # HTML leaves an empty line between the lines of a header
        if "from" in values and len(values) > 1:
            address = _ADDRESS.search(values["from"])
            sender = address[0] if address else ""
            blocks.append(_Block(sender, values.get("date", ""), values.get("subject", ""), index))
        values = {}
    return blocks


def _header_line(line: str) -> tuple[str, str] | None:
    match = _HEADER_LINE.fullmatch(line) if len(line) < 500 else None  # noqa: PLR2004  (longer lines are text)
    if match is None:
        return None
    name = match["name"].strip()
    for field in ("from", "date", "subject", "other"):
        if name in _plain_marks(field):
            return field, match["value"]
    return None


def _is_mark(line: str) -> bool:
    return any(mark in line for mark in _plain_marks("forwarded"))


@cache
def _plain_marks(name: str) -> tuple[str, ...]:
    return tuple(map(plain, phrasebook().marks[name]))


def _written_date(text: str, notes: list[Note]) -> datetime | None:
    """The date of a header line: as mails write it, or as a program shows it in English; none if it is neither."""
    exact = mail_date(text, [])
    if exact is not None:
        return exact
    try:
        readable = bool(text) and not _is_ambiguous(text)
        local = date_parser.parse(text, default=_NO_YEAR, ignoretz=True) if readable else _NO_YEAR
        earliest = None if local.year == _NO_YEAR.year else to_instant(local.replace(tzinfo=_EARLIEST_ZONE))
    except (ValueError, TypeError, OverflowError, PydanticCustomError):
        return None
    if earliest is not None:
        words = "the forwarded date names no zone; the earliest instant that it can mean counts"
        notes.append(Note(code="date_without_zone", detail=words, level=Level.WARN))
    return earliest


def _is_ambiguous(text: str) -> bool:
    """Whether day and month could be exchanged: both in digits, with the year last."""
    return re.search(r"\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b", text) is not None


def _dated(part: OwnPart, notes: list[Note]) -> OwnPart:
    if part.sent_at is None:
        words = "the notice's own date is not known; the date of the mail that forwards it does not count"
        notes.append(Note(code="own_date_unknown", detail=words, level=Level.WARN))
    return part
