"""`atoz editions`: the editions of the rules, and the source of every figure."""

from typing import Annotated

import typer

from atoz.cli.answers import ContradictionList, EditionList
from atoz.cli.impact import show_impact
from atoz.cli.options import AsJson, Lang, LanguageChoice
from atoz.cli.output import show, show_json
from atoz.cli.rules import choose_edition
from atoz.report.edition_view import edition_view, editions_view
from atoz.rulebook.contradictions import contradictions
from atoz.rulebook.edition import Edition

editions = typer.Typer(help="List the editions of the rules, or show one with its sources.", rich_markup_mode=None)


@editions.callback(invoke_without_command=True)
def list_editions(context: typer.Context, as_json: AsJson = False, lang: Lang = LanguageChoice.EN) -> None:
    """List the editions of the rules, or show one with the source of every figure."""
    if context.invoked_subcommand is not None:
        return
    if as_json:
        show_json(EditionList(editions=Edition.all()))
    else:
        show(editions_view(Edition.all(), lang.value))


@editions.command("show")
def show_edition(
    edition: Annotated[str, typer.Argument(metavar="ID|FILE", help="The edition's id, or a TOML file of your own.")],
    as_json: AsJson = False,
    lang: Lang = LanguageChoice.EN,
) -> None:
    """Show one edition in sentences: who must do what by when, what it does not say, and its sources."""
    named = Edition.named(choose_edition(edition))
    if as_json:
        show_json(named)
    else:
        show(edition_view(named, lang.value))


@editions.command("contradictions")
def list_contradictions(as_json: AsJson = False, lang: Lang = LanguageChoice.EN) -> None:
    """List where the sources contradict each other, and the figures that depend on it."""
    rows = contradictions()
    if as_json:
        show_json(ContradictionList(contradictions=rows))
        return
    for row in rows:
        typer.echo(f"{row.id}\n  {row.says.say(lang.value)}")
        typer.echo(f"  {', '.join(row.touches) if row.why is None else row.why.say(lang.value)}\n")


editions.command("impact")(show_impact)
