"""`atoz editions`: which rules does atoz know, and where does each figure come from?"""

from typing import Annotated

import typer

from atoz.cli.options import AsJson, Lang, LanguageChoice
from atoz.cli.screen import show, show_json
from atoz.report.terminal import edition_view, editions_view
from atoz.rulebook.edition import Edition

editions = typer.Typer(help="Editions of the rules, and the source of every figure.", rich_markup_mode=None)


@editions.callback(invoke_without_command=True)
def list_editions(context: typer.Context, as_json: AsJson = False, lang: Lang = LanguageChoice.EN) -> None:
    """Every edition, a line each."""
    if context.invoked_subcommand is not None:
        return
    if as_json:
        show_json([each.model_dump(mode="json", by_alias=True) for each in Edition.all()])
    else:
        show(editions_view(Edition.all(), lang.value))


@editions.command("show")
def show_edition(
    edition: Annotated[str, typer.Argument(help="The edition's id.")],
    as_json: AsJson = False,
    lang: Lang = LanguageChoice.EN,
) -> None:
    """One edition: every figure with its source and confidence."""
    found = Edition.named(edition)
    if as_json:
        show_json(found.model_dump(mode="json", by_alias=True))
    else:
        show(edition_view(found, lang.value))
