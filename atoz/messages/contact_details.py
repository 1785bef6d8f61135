"""Mail addresses, telephone numbers and outside links, also where they are disguised."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import NamedTuple, Protocol, cast

from atoz.errors import MissingExtra
from atoz.messages.context import Hit, MessageContext
from atoz.messages.rules import rule_book
from atoz.messages.word_rows import fold_word

_RUN = re.compile(r"\S{1,1000}")
_ENDING = r"(?:com|net|org|cn|de|fr|es|it|jp|uk|co|io|info|biz|eu|us|shop|store|me)"
_ARTICLE = r"(?:a|an|the|ein|einen|einem|der|den|dem|un|una|uno|el|al|il|lo|le|au|du|en|in|im|am)"
"""What stands before the word for a dot where it is a place or a thing: `un point de collecte`."""
_RESERVED = ("example", "test")
"""Endings that stand for any site in texts that must name none."""
_SPACED_DIGITS = re.compile(r"(?<![\d-])(?:\+\s?)?(?:\d[ .·_-]){8,14}\d(?![\d-])")
_INTERNATIONAL = re.compile(r"(?<![\w+])\+\d{1,3}(?:[ ().-]{0,2}\d){8,12}(?!\d)")
_WITH_PATH = re.compile(r"(?<![\w.@/-])(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,10}/\w{1,63}")
_DATE = re.compile(r"(?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{4}[./-]\d{1,2}[./-]\d{1,2})(?!\d)")
_SOCIAL = re.compile(r"\b(?:instagram|facebook|twitter|tiktok|youtube|weibo|pinterest)\.com\b")


def emails(context: MessageContext, _limit: int) -> Iterator[Hit]:
    """Mail addresses."""
    text = context.plain.text
    spans = [(link.start, link.end) for link in _links(text) if link.schema == "mailto:"]
    written = [match.span() for match in _written_out().mail.finditer(text)]
    # `see it at amazon.com` is no address.
    spans += [span for span in written if "@" in text[slice(*span)] or not _allowed(text[slice(*span)].split()[-1])]
    yield from _apart(context, spans)


def phones(context: MessageContext, _limit: int) -> Iterator[Hit]:
    """Telephone numbers: valid ones of the order's country and the language's, spaced-out ones, any behind the word."""
    text = context.plain.text
    spans = [(phone.start, phone.end) for country in _countries(context) for phone in _phones(text, country)]
    spans += [match.span() for match in _SPACED_DIGITS.finditer(text)]
    spans += [match.span() for match in _INTERNATIONAL.finditer(text)]
    spans += [match.span(1) for match in _written_out().phone.finditer(text)]
    spans += [match.span(1) for match in _written_out().phone_before.finditer(text)]
    addresses = _Spans((link.start, link.end) for link in _links(text))
    yield from _apart(context, [span for span in spans if _may_be_number(text, span) and not addresses.touch(span)])


def _may_be_number(text: str, span: tuple[int, int]) -> bool:
    """Neither a date nor the digits within a parcel number such as `ZA123456789IT`."""
    start, end = span
    inside = re.match(r"[a-z]", text[start - 1 : start]) and re.match(r"[a-z]", text[end : end + 1])
    return not inside and not _DATE.fullmatch(text, start, end)


def links(context: MessageContext, _limit: int) -> Iterator[Hit]:
    """Links to sites that are neither Amazon's nor a carrier's."""
    text, written = context.plain.text, _written_out()
    plain = [(link.start, link.end) for link in _links(text) if link.schema != "mailto:"]
    mails = _Spans(match.span() for match in written.mail.finditer(text))
    seen = _Spans(plain)
    hidden = [match.span() for match in written.link.finditer(text) if not seen.touch(match.span())]
    outside = [link for link in plain + hidden if not mails.touch(link) and not _allowed(text[link[0] : link[1]])]
    yield from _apart(context, outside)


class _WrittenOut(NamedTuple):
    """Addresses and numbers as they are written in words, in every language at once."""

    mail: re.Pattern[str]
    link: re.Pattern[str]
    phone: re.Pattern[str]
    phone_before: re.Pattern[str]


@cache
def _written_out() -> _WrittenOut:
    contacts = [language.contacts for language in rule_book().languages.values()]
    at = _any_of(word for language in contacts for word in language.at)
    dot = _any_of(word for language in contacts for word in language.dot)
    call = _any_of(word for language in contacts for word in language.call)
    bracketed_at, bracketed_dot = (
        rf"[\[({{<]\s{{0,3}}{at}\s{{0,3}}[\])}}>]",
        rf"[\[({{<]\s{{0,3}}{dot}\s{{0,3}}[\])}}>]",
    )
    a = rf"\s{{0,3}}(?:@|{bracketed_at}|\s{at}\s|\(a\))\s{{0,3}}"
    d = rf"\s{{0,3}}(?:\.|{bracketed_dot}|\s{dot}\s|,(?=com\b))\s{{0,3}}"
    # Where both signs stand in brackets nobody means anything else, whatever the ending.
    plainly = rf"\s{{0,3}}{bracketed_at}\s{{0,3}}[\w-]{{1,63}}\s{{0,3}}{bracketed_dot}\s{{0,3}}[a-z]{{2,10}}"
    return _WrittenOut(
        mail=re.compile(
            rf"[\w.+-]{{1,64}}(?:@[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{1,4}}|{a}[\w-]{{1,63}}{d}{_ENDING}|{plainly})\b"
        ),
        link=re.compile(
            rf"(?:https?\s?:\s?/\s?/|\bwww{d})[\w-]{{1,63}}"
            rf"|\b(?!{_ARTICLE}\s)[\w-]{{2,63}}\s?(?:{bracketed_dot}|\s{dot}\s)\s?{_ENDING}\b"
            rf"|{_SOCIAL.pattern}|{_WITH_PATH.pattern}"
        ),
        phone=re.compile(rf"(?<![a-z]){call}\D{{0,20}}(\+?\d(?:[ ().-]?\d){{6,14}})"),
        phone_before=re.compile(rf"(?<![\d-])(\+?\d(?:[ ().-]?\d){{6,14}})[^\d.]{{1,6}}{call}"),
    )


def _any_of(words: Iterable[str]) -> str:
    return f"(?:{'|'.join(sorted(map(re.escape, map(fold_word, words))))})"


def _countries(context: MessageContext) -> tuple[str, ...]:
    """The order's country, and those of the languages of the text."""
    spoken = [country for code in context.languages for country in rule_book().languages[code].contacts.countries]
    return tuple(dict.fromkeys([context.order.marketplace if context.order else "US", *spoken]))


class _Spans:
    """Stretches, ready to be asked whether one of them overlaps another."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._spans = sorted(spans)

    def touch(self, span: tuple[int, int]) -> bool:
        """Whether one overlaps; they do not overlap each other, so the neighbours are enough."""
        index = bisect_left(self._spans, span)
        return any(start < span[1] and span[0] < end for start, end in self._spans[max(0, index - 1) : index + 1])


def _allowed(link: str) -> bool:
    """Whether the site's own name is one that may be linked to: `amazon.co.uk` is, `amazon.example.com` is not."""
    host = re.sub(r"^https?://", "", link).split("/")[0].split("?")[0].split("@")[-1].split(":")[0]
    labels = host.removeprefix("www.").split(".")
    while len(labels) > 1 and re.fullmatch(r"[a-z]{2,3}|info", labels[-1]):
        labels.pop()
        if labels[-1] in rule_book().links.allowed:
            return True
    return False


def _apart(context: MessageContext, spans: list[tuple[int, int]]) -> Iterator[Hit]:
    """Spans in order, those that overlap an earlier one left out."""
    last = -1
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= last and end > start:
            last = end
            yield Hit(*context.plain.span(start, end))


class _Link(Protocol):
    schema: str
    index: int
    last_index: int


class _Phone(Protocol):
    start: int
    end: int


def _links(text: str) -> Iterator["_Address"]:
    """Links and mail addresses by linkify-it, between blanks: its time grows with the square of what it is given."""
    for run in _RUN.finditer(text):
        if "." in run.group() or "@" in run.group():
            for link in cast("Iterable[_Link]", _linkify()(run.group()) or ()):
                yield _Address(link.schema, run.start() + link.index, run.start() + link.last_index)


class _Address(NamedTuple):
    schema: str
    start: int
    end: int


def _phones(text: str, country: str) -> Iterable[_Phone]:
    return cast("Iterable[_Phone]", _extra("phonenumbers").PhoneNumberMatcher(text, country))


@cache
def _linkify() -> Callable[[str], object]:
    finder = _extra("linkify_it").LinkifyIt(options={"fuzzy_link": True, "fuzzy_email": True})
    finder.tlds([*_RESERVED], True)  # noqa: FBT003  (the library's own argument: the usual ones stay)
    return cast("Callable[[str], object]", finder.match)


def _extra(name: str) -> ModuleType:
    """An optional package, imported only where it is used: other commands live without it."""
    try:
        return import_module(name)
    except ImportError as error:
        raise MissingExtra("the message checker", "messages") from error
