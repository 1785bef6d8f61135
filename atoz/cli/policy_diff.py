"""`atoz policy diff`: what two policies, or one under two editions, advise differently."""

import os
from typing import Annotated

import typer

from atoz.cli.exit_codes import Exit
from atoz.cli.options import AsJson, Lang, LanguageChoice
from atoz.cli.output import show_json
from atoz.cli.rules import choose_edition, choose_policy
from atoz.rulebook.edition import Edition
from atoz.testing.policy_comparison import Side
from atoz.testing.policy_differences import policy_diff
from atoz.testing.seller import LAST_MINUTE, PROMPT, Seller


def diff_policies(
    a: Annotated[
        str, typer.Argument(metavar="A", help="A policy in TOML, or the id of a policy that ships with atoz.")
    ],
    b: Annotated[str, typer.Argument(metavar="B", help="The policy to compare it with.")],
    depth: Annotated[
        int, typer.Option("--depth", metavar="N", min=0, help="The longest sequence of events to try.")
    ] = 1,
    edition: Annotated[
        list[str] | None,
        typer.Option(
            "--edition",
            metavar="ID|FILE",
            help="An edition to compare both under, or a TOML file of your own; may be repeated. "
            "Default: those that both policies name.",
        ),
    ] = None,
    edition_a: Annotated[
        str | None, typer.Option("--edition-a", metavar="ID|FILE", help="The edition to count A by.")
    ] = None,
    edition_b: Annotated[
        str | None, typer.Option("--edition-b", metavar="ID|FILE", help="The edition to count B by.")
    ] = None,
    forgets: Annotated[
        list[str] | None,
        typer.Option(
            "--forgets",
            metavar="NAME",
            help="Also simulate a seller who never takes this step or action; may be repeated.",
        ),
    ] = None,
    fail: Annotated[bool, typer.Option("--fail", help="Exit with code 1 if there is any difference.")] = False,
    as_json: AsJson = False,
    lang: Lang = LanguageChoice.EN,
) -> None:
    """Compare what two policies advise: the shortest case for each difference, the worst first, as Markdown."""
    editions = [choose_edition(name) for name in edition or ()]
    counting = [None if name is None else choose_edition(name) for name in (edition_a, edition_b)]
    own = tuple(row for row in (*editions, *counting) if isinstance(row, Edition))
    first, second = (Side(choose_policy(name, own), by) for name, by in zip((a, b), counting, strict=True))
    diff = policy_diff(
        first,
        second,
        depth=depth,
        editions=editions,
        sellers=(PROMPT, LAST_MINUTE, *(Seller(forgets=(name,)) for name in forgets or ())),
        workers=os.cpu_count() or 1,
    )
    if as_json:
        show_json(diff)
    else:
        typer.echo(diff.say(lang.value))
    if fail and diff.differences:
        raise typer.Exit(Exit.FINDING)
