"""The appeal packet as a page: Markdown, or one self-contained HTML file; whatever a person wrote is escaped."""

import re
from functools import cache

from atoz.errors import MissingExtra
from atoz.model.language import Language
from atoz.report.packet import AppealPacket
from atoz.report.packet_row import say

try:
    from jinja2 import Environment, PackageLoader, StrictUndefined
except ModuleNotFoundError as missing:
    raise MissingExtra("a packet", "report") from missing

_MARKS = re.compile(r"([\\`*_\[\]|~#])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def packet_html(packet: AppealPacket, language: Language = "en") -> str:
    """The packet as one HTML file: no network, no script, light and dark, fit to print."""
    return _rendered(_pages(html=True), "packet.html", packet, language)


def packet_markdown(packet: AppealPacket, language: Language = "en") -> str:
    """The packet as Markdown."""
    return _rendered(_pages(html=False), "packet.md", packet, language)


def markdown_text(value: object) -> str:
    r"""Anything as Markdown that shows it and does nothing else; on one line.

    >>> markdown_text("<b>*5* stars</b>")
    '&lt;b&gt;\\*5\\* stars&lt;/b&gt;'
    """
    line = " ".join(str(value).split())
    return _MARKS.sub(r"\\\1", "".join(_ENTITIES.get(char, char) for char in line))


def _rendered(pages: Environment, name: str, packet: AppealPacket, language: Language) -> str:
    template = pages.get_template(name)
    return template.render(packet=packet, language=language, source_label=say("source").say(language))


@cache
def _pages(*, html: bool) -> Environment:
    """HTML escapes by itself; in Markdown every value that is put in goes through `markdown_text`."""
    return Environment(
        loader=PackageLoader("atoz.report"),
        undefined=StrictUndefined,
        autoescape=html,  # noqa: S701
        finalize=None if html else markdown_text,
        keep_trailing_newline=True,
    )
