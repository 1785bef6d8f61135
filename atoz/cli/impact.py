"""`atoz editions impact`: what a change of rules means for claims, and for the policy itself."""

import os
from typing import Annotated

import typer
from pydantic import Field

from atoz.audit.impact_result import Impact
from atoz.audit.rule_change import RuleChange
from atoz.cli.histories import Histories
from atoz.cli.options import AsJson, AsOf, Lang, LanguageChoice, instant_option
from atoz.cli.output import show_json, show_lines
from atoz.cli.rules import Rules, choose_edition, choose_policy
from atoz.cli.stored import ClaimsSource, StoreUrl
from atoz.model.text import Language, fill
from atoz.rulebook.edition import Edition
from atoz.testing.explorer.exploration import Violation, explore


class ImpactAnswer(Impact):
    """What `atoz editions impact --json` prints: the impact, and what of the policy breaks."""

    depth: int = Field(description="The longest sequence of events that was tried.")
    breaks: tuple[Violation, ...] = Field(description="Invariants that hold by the first edition alone.")


def show_impact(
    from_edition: Annotated[
        str, typer.Option("--from", metavar="ID|FILE", help="The edition that counts now: its id, or a TOML file.")
    ],
    to_edition: Annotated[
        str, typer.Option("--to", metavar="ID|FILE", help="The edition that would count: its id, or a TOML file.")
    ],
    file: ClaimsSource = None,
    store_url: StoreUrl = None,
    policy: Annotated[
        str,
        typer.Option("--policy", metavar="ID|FILE", help="A policy that ships with atoz, or a TOML file."),
    ] = "current",
    depth: Annotated[
        int, typer.Option("--depth", metavar="N", min=0, help="The longest sequence of events to try on the policy.")
    ] = 0,
    as_of: AsOf = "now",
    as_json: AsJson = False,
    lang: Lang = LanguageChoice.EN,
) -> None:
    """Say which dates a change of rules moves, how much time each step keeps, and what of a policy breaks."""
    now = instant_option("as-of", as_of)
    language: Language = lang.value
    sides = (choose_edition(from_edition), choose_edition(to_edition))
    own = tuple(edition for edition in sides if isinstance(edition, Edition))
    chosen = choose_policy(policy, own)
    change = RuleChange(*sides, chosen)
    histories = Histories(file, store_url, "editions impact", Rules(chosen, None, own))
    made = change.impact(histories.each(lambda claim: change.of(claim, as_of=now)), as_of=now)
    before, after = (
        explore(chosen, depth=depth, editions=[edition], workers=os.cpu_count() or 1).violations for edition in sides
    )
    held = {violation.invariant for violation in before}
    breaks = tuple(violation for violation in after if violation.invariant not in held)
    if as_json:
        show_json(ImpactAnswer(**dict(made), depth=depth, breaks=breaks))
    else:
        lines = made.say(language).splitlines()
        none = fill("atoz.audit", "impact_holds", policy=chosen.id, depth=depth).say(language)
        stories = [line for violation in breaks for line in ["", *violation.say(language).splitlines()]]
        show_lines([*lines, *(stories or ["", none])])
    histories.finish(language, finding=False)
