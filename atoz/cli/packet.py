"""`atoz packet`: the evidence of a claim and the facts of an appeal, as Markdown or a page."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from atoz.cli.files import read_object, write_new
from atoz.cli.options import AsJson, AsOf, Lang, LanguageChoice, instant_option
from atoz.cli.output import show_json
from atoz.lifecycle.replay import read_claim
from atoz.report.appeal_packet import Ask, appeal_packet
from atoz.report.html import packet_html, packet_markdown


class PacketForm(StrEnum):
    """The forms of a packet."""

    MARKDOWN = "markdown"
    HTML = "html"


def print_packet(
    file: Annotated[str, typer.Argument(help="The claim as JSON; - reads standard input.")],
    ask: Annotated[Ask, typer.Option("--ask", help="What the appeal asks for.")] = Ask.BOTH,
    form: Annotated[PacketForm, typer.Option("--form", help="What to write.")] = PacketForm.MARKDOWN,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write a new file; it must not exist.")] = None,
    as_of: AsOf = "now",
    as_json: AsJson = False,
    lang: Lang = LanguageChoice.EN,
) -> None:
    """Gather the facts of a claim for an appeal; what is not on record is named as a gap."""
    packet = appeal_packet(read_claim(read_object(file), what=file), as_of=instant_option("as-of", as_of), ask=ask)
    if as_json:
        show_json(packet)
        return
    text = (packet_html if form is PacketForm.HTML else packet_markdown)(packet, lang.value)
    if output:
        write_new(output, text, replace=False)
    else:
        typer.echo(text, nl=False)
