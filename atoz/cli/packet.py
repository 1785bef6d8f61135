"""`atoz packet`: the evidence of a claim and the facts of an appeal, as Markdown or a page."""

from enum import StrEnum
from typing import Annotated

import typer

from atoz.cli.options import AsJson, AsOf, Lang, LanguageChoice, Output, Replace, instant_option
from atoz.cli.output import refuse_terminal, show_json
from atoz.cli.output_files import write_output
from atoz.cli.rules import OwnEdition, own_editions, read_noted
from atoz.cli.stored import ClaimSource, StoreUrl, claim_object
from atoz.report.appeal_ask import Ask


class PacketForm(StrEnum):
    """The forms of a packet."""

    MARKDOWN = "markdown"
    HTML = "html"


def print_packet(
    file: ClaimSource,
    store_url: StoreUrl = None,
    edition: OwnEdition = None,
    ask: Annotated[Ask, typer.Option("--ask", help="What the appeal asks for.")] = Ask.BOTH,
    form: Annotated[PacketForm, typer.Option("--form", help="What to write.")] = PacketForm.MARKDOWN,
    output: Output = None,
    replace: Replace = False,
    as_of: AsOf = "now",
    as_json: AsJson = False,
    lang: Lang = LanguageChoice.EN,
) -> None:
    """Gather the facts of a claim for an appeal; what is not on record is marked as a gap."""
    from atoz.report.appeal_packet import appeal_packet  # noqa: PLC0415  (they need the extra, the help does not)
    from atoz.report.html import packet_html, packet_markdown  # noqa: PLC0415

    if form is PacketForm.HTML and not output and not as_json:
        refuse_terminal("a page")
    editions = own_editions(edition)
    claim = read_noted(claim_object(file, store_url, "packet"), what=file, editions=editions)
    packet = appeal_packet(claim, as_of=instant_option("as-of", as_of), ask=ask, editions=editions)
    if as_json:
        show_json(packet)
        return
    text = (packet_html if form is PacketForm.HTML else packet_markdown)(packet, lang.value)
    write_output(text, output, replace=replace, private=False)
