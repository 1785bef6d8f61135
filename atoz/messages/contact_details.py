"""Mail addresses, telephone numbers and outside links, also where they are disguised."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Protocol, cast

from atoz.errors import MissingExtra
from atoz.messages.findings import Hit, MessageContext
from atoz.messages.rules import rule_book
from atoz.model.order import Order

_AT = r"\s*(?:@|[\[({<]\s*at\s*[\])}>]|\sat\s|\(a\))\s*"
_DOT = r"\s*(?:\.|[\[({<]\s*dot\s*[\])}>]|\sdot\s|,(?=com\b))\s*"
_ENDING = r"(?:com|net|org|cn|de|fr|uk|co|io|info|biz|eu|us|shop|store|me)"
_DISGUISED_MAIL = re.compile(rf"[\w.+-]{{1,64}}{_AT}[\w-]{{1,63}}{_DOT}{_ENDING}\b")
_DISGUISED_LINK = re.compile(
    rf"(?:https?\s?:\s?/\s?/|\bwww{_DOT})[\w-]{{1,63}}|\b[\w-]{{2,63}}\s?(?:[\[({{<]\s*dot\s*[\])}}>]|\sdot\s)\s?{_ENDING}\b"
)
_SPACED_DIGITS = re.compile(r"(?<![\d-])(?:\+\s?)?(?:\d[ .·_-]){8,14}\d(?![\d-])")
_PHONE = re.compile(r"(?:tel|phone|mobile|cell|call|ring|whatsapp|text)\D{0,20}(\+?\d(?:[ ().-]?\d){6,14})")


def emails(given: MessageContext, _limit: int) -> Iterator[Hit]:
    """Mail addresses."""
    text = given.plain.text
    spans = [(each.index, each.last_index) for each in _links(text) if each.schema == "mailto:"]
    spans += [found.span() for found in _DISGUISED_MAIL.finditer(text)]
    yield from _apart(given, spans)


def phones(given: MessageContext, _limit: int) -> Iterator[Hit]:
    """Telephone numbers: valid ones of the order's country, spaced-out ones, and any behind the word."""
    text = given.plain.text
    spans = [(each.start, each.end) for each in _phones(text, _country(given.order))]
    spans += [found.span() for found in _SPACED_DIGITS.finditer(text)]
    spans += [found.span(1) for found in _PHONE.finditer(text)]
    yield from _apart(given, spans)


def links(given: MessageContext, _limit: int) -> Iterator[Hit]:
    """Links to sites that are neither Amazon's nor a carrier's."""
    text = given.plain.text
    plain = [(each.index, each.last_index) for each in _links(text) if each.schema != "mailto:"]
    mails = [found.span() for found in _DISGUISED_MAIL.finditer(text)]
    hidden = [each.span() for each in _DISGUISED_LINK.finditer(text) if not _touches(each.span(), plain)]
    outside = [each for each in plain + hidden if not _touches(each, mails) and not _allowed(text[each[0] : each[1]])]
    yield from _apart(given, outside)


def _country(order: Order | None) -> str:
    return order.marketplace if order else "US"


def _touches(span: tuple[int, int], others: list[tuple[int, int]]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in others)


def _allowed(link: str) -> bool:
    """Whether the site's own name is one that may be linked to: `amazon.co.uk` is, `amazon.example.com` is not."""
    host = re.sub(r"^https?://", "", link).split("/")[0].split("?")[0].split("@")[-1].split(":")[0]
    labels = host.removeprefix("www.").split(".")
    while len(labels) > 1 and re.fullmatch(r"[a-z]{2,3}|info", labels[-1]):
        labels.pop()
        if labels[-1] in rule_book().links.allowed:
            return True
    return False


def _apart(given: MessageContext, spans: list[tuple[int, int]]) -> Iterator[Hit]:
    """Spans in order, those that overlap an earlier one left out."""
    last = -1
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= last and end > start:
            last = end
            yield Hit(*given.plain.span(start, end))


class _Link(Protocol):
    schema: str
    index: int
    last_index: int


class _Phone(Protocol):
    start: int
    end: int


def _links(text: str) -> Iterable[_Link]:
    return cast("Iterable[_Link]", _linkify()(text) or ())


def _phones(text: str, country: str) -> Iterable[_Phone]:
    return cast("Iterable[_Phone]", _extra("phonenumbers").PhoneNumberMatcher(text, country))


@cache
def _linkify() -> Callable[[str], object]:
    finder = _extra("linkify_it").LinkifyIt(options={"fuzzy_link": True, "fuzzy_email": True})
    return cast("Callable[[str], object]", finder.match)


def _extra(name: str) -> ModuleType:
    """An optional package, imported only where it is used: other commands live without it."""
    try:
        return import_module(name)
    except ImportError as error:
        raise MissingExtra("the message checker", "messages") from error
