"""What in a mail's text is news, and what is only forwarded or quoted."""

from enum import StrEnum
from typing import NamedTuple

from atoz.sources.notices.email import Mail
from atoz.sources.notices.phrases import phrasebook, plain


class Route(StrEnum):
    """How a notice came."""

    DIRECT = "direct"
    FORWARDED = "forwarded"
    """Someone sent it on: the headers are theirs."""
    QUOTED = "quoted"
    """Only the quote of an older mail in a reply: no news."""
    PASTED = "pasted"
    """Text without headers."""


class Split(NamedTuple):
    """The text that counts, and how it came."""

    text: str
    route: Route


def split(mail: Mail) -> Split:
    """The part of a mail that is news: not a reply's quotes, but all of what was forwarded."""
    book, subject, text = phrasebook(), plain(mail.subject), plain(mail.text)
    marked = any(mark in text for mark in map(plain, book.marks["forwarded"]))
    sent_on = subject.startswith(tuple(map(plain, book.marks["forward_subjects"]))) or mail.attached
    if sent_on or (marked and not mail.is_reply):
        return Split("\n".join(line.lstrip("> ") for line in text.splitlines()), Route.FORWARDED)
    replied = mail.is_reply or subject.startswith(tuple(map(plain, book.marks["reply_subjects"])))
    if not mail.has_headers:
        return Split(text, Route.PASTED)
    if not replied:
        return Split(text, Route.DIRECT)
    lines = text.splitlines()
    cut = next(
        (index for index, line in enumerate(lines) if any(plain(mark) in line for mark in book.marks["forwarded"])),
        None,
    )
    return Split("\n".join(line for line in lines[:cut] if not line.startswith(">")), Route.QUOTED)
