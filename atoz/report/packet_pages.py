"""The appeal packet as a page: Markdown, or one self-contained HTML file; whatever a person wrote is escaped."""

import re
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from atoz.errors import MissingExtra
from atoz.model.language import Language
from atoz.report.packet import AppealPacket
from atoz.report.packet_row import say

if TYPE_CHECKING:
    from jinja2 import Environment

_MARKS = re.compile(r"([\\`*_\[\]|~#])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def packet_html(packet: AppealPacket, language: Language = "en") -> str:
    """The packet as one HTML file: no network, no script, light and dark, fit to print.

    Raises:
        MissingExtra: the extra `report` is not installed.
    """
    return _rendered(_pages(html=True), "packet.html.jinja", packet, language)


def packet_markdown(packet: AppealPacket, language: Language = "en") -> str:
    """The packet as Markdown.

    Raises:
        MissingExtra: the extra `report` is not installed.
    """
    return _rendered(_pages(html=False), "packet.md.jinja", packet, language)


def markdown_text(value: object) -> str:
    """Anything as Markdown that shows it and does nothing else; on one line.

    >>> markdown_text("<b>*5* stars</b>")
    '&lt;b&gt;\\\\*5\\\\* stars&lt;/b&gt;'
    """
    line = " ".join(str(value).split())
    return _MARKS.sub(r"\\\1", "".join(_ENTITIES.get(char, char) for char in line))


def _rendered(pages: "Environment", name: str, packet: AppealPacket, language: Language) -> str:
    template = pages.get_template(name)
    return template.render(packet=packet, language=language, source_label=say("source").say(language))


@cache
def _pages(*, html: bool) -> "Environment":
    try:
        jinja2 = import_module("jinja2")
    except ImportError as error:
        raise MissingExtra("a report", "report") from error
    loader = jinja2.PackageLoader("atoz.report", "pages")
    strict = jinja2.StrictUndefined
    if html:
        return jinja2.Environment(loader=loader, undefined=strict, autoescape=True)  # type: ignore[no-any-return]
    return jinja2.Environment(  # type: ignore[no-any-return]  # noqa: S701  (Markdown: every value is escaped below)
        loader=loader, undefined=strict, finalize=markdown_text, autoescape=False, keep_trailing_newline=True
    )
