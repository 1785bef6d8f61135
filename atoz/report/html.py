"""HTML and Markdown from templates, and the rule that nothing in a page may run or load.

Text is escaped by the template engine; the content security policy allows the page's own style sheet by its hash and
nothing else, so that even a slip could not run a script.
"""

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from typing import NamedTuple, get_args
from zoneinfo import ZoneInfo

from atoz.errors import MissingExtra, printable
from atoz.model.data_files import read_text
from atoz.model.money import Money
from atoz.model.text import Language
from atoz.report.appeal_packet import AppealPacket
from atoz.report.clock import Clock
from atoz.report.formatting import format_day, format_instant, format_money, instant_parts
from atoz.report.phrases import left, say

try:
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup
except ModuleNotFoundError as missing:
    raise MissingExtra("a page", "report") from missing

_MARKS = re.compile(r"([\\`*_\[\]|~#])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}

LANGUAGES: tuple[Language, ...] = get_args(Language)


class Voice(NamedTuple):
    """One language, and the ways in which a template says things in it."""

    language: Language
    own: ZoneInfo | None = None
    """The reader's own zone, in which every instant is shown as well."""

    def __call__(self, code: str, **values: object) -> str:
        """A phrase of the report."""
        return say(code, self.language, **values)

    def day(self, day: date) -> str:
        """A calendar day."""
        return format_day(day, self.language)

    def instant(self, at: datetime, zone: ZoneInfo) -> str:
        """An instant on a zone's wall clock."""
        return format_instant(at, zone, self.language, self.own)

    def instant_parts(self, at: datetime, zone: ZoneInfo) -> tuple[str, ...]:
        """The same in the parts between which a line may break."""
        return instant_parts(at, zone, self.language, self.own)

    def text(self, words: str, zone: ZoneInfo) -> str:
        """Words in which instants stand on the marketplace's clock."""
        return Clock(zone, self.own).text(words)

    def money(self, money: Money) -> str:
        """An amount."""
        return format_money(money, self.language)

    def left(self, until: datetime, now: datetime) -> str:
        """How long it is to an instant."""
        return left(until - now, self.language)

    @staticmethod
    def link(address: str) -> str | None:
        """An address that may be made a link: one on the web, never a script; none otherwise.

        >>> Voice.link("javascript:alert(1)") is None
        True
        """
        return address if address.startswith(("https://", "http://")) else None


def page_policy() -> str:
    """The content security policy of a page: its own style sheet, by its hash, and nothing else."""
    style_hash = b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{style_hash}'; base-uri 'none'; form-action 'none'"


def render_page(
    template: str, *, title: str, first: Language, bodies: Iterable[dict[str, object]], own: ZoneInfo | None = None
) -> str:
    """A whole page: one body for each language, of which a switch that needs no script shows one."""
    voices = [Voice(language, own) for language in LANGUAGES]
    return (
        _environment(html=True)
        .get_template(template)
        .render(
            title=title,
            first=first,
            voices=voices,
            bodies=list(zip(voices, bodies, strict=True)),
            style=Markup(_style()),  # noqa: S704  (our own file)
            policy=Markup(page_policy()),  # noqa: S704  (the same)
        )
    )


@cache
def _environment(*, html: bool) -> Environment:
    """HTML escapes by itself; in Markdown every value that is put in goes through `markdown_text`."""
    return Environment(
        loader=PackageLoader("atoz.report"),
        undefined=StrictUndefined,
        autoescape=html,  # noqa: S701
        finalize=_escaped_value if html else markdown_text,
        keep_trailing_newline=True,
        trim_blocks=html,
        lstrip_blocks=html,
    )


def _escaped_value(value: object) -> object:
    """A text with its control and direction characters spelt out; what is marked up already stays."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _style() -> str:
    return read_text("atoz.report", "templates/page.css")


def packet_html(packet: AppealPacket, language: Language = "en") -> str:
    """The packet as one HTML file: no network, no script, light and dark, fit to print."""
    return _packet("packet.html", packet, language)


def packet_markdown(packet: AppealPacket, language: Language = "en") -> str:
    """The packet as Markdown."""
    return _packet("packet.md", packet, language)


def markdown_text(value: object) -> str:
    r"""Anything as Markdown that shows it and does nothing else; on one line.

    >>> markdown_text("<b>*5* stars</b>")
    '&lt;b&gt;\\*5\\* stars&lt;/b&gt;'
    """
    line = printable(" ".join(str(value).split()))
    return _MARKS.sub(r"\\\1", "".join(_ENTITIES.get(char, char) for char in line))


def _packet(name: str, packet: AppealPacket, language: Language) -> str:
    template = _environment(html=name.endswith(".html")).get_template(name)
    return template.render(packet=packet, language=language, source_label=say("packet_source", language))
