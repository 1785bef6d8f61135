"""`atoz diagram`: the state machine, drawn."""

from enum import StrEnum
from typing import Annotated

import typer

from atoz.cli.files import read_object
from atoz.cli.options import Lang, LanguageChoice
from atoz.cli.rules import OwnEdition, own_editions, read_noted
from atoz.lifecycle.diagram import diagram


class FormChoice(StrEnum):
    """The forms of the diagram."""

    MERMAID = "mermaid"
    DOT = "dot"
    MARKDOWN = "markdown"


def draw_diagram(
    file: Annotated[
        str | None,
        typer.Argument(metavar="FILE", help="A claim whose status is highlighted, or - for standard input."),
    ] = None,
    form: Annotated[FormChoice, typer.Option("--form", help="The form to draw it in.")] = FormChoice.MERMAID,
    edition: OwnEdition = None,
    lang: Lang = LanguageChoice.EN,
) -> None:
    """Draw the state machine as Mermaid, Graphviz or a Markdown table."""
    claim = read_noted(read_object(file), what=file, editions=own_editions(edition)) if file else None
    typer.echo(diagram(form.value, claim=claim, language=lang.value))
