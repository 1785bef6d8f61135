"""`atoz policy`: test an escalation policy before it is used."""

import os
from datetime import timedelta
from typing import Annotated

import typer

from atoz.cli.exit_codes import Exit
from atoz.cli.files import read_object, read_text
from atoz.cli.options import AsJson, Lang, LanguageChoice, instant_option, typed_in
from atoz.cli.output import show_json
from atoz.cli.policy_diff import diff_policies
from atoz.cli.rules import CountBy, choose_edition, choose_policy, counted_claim
from atoz.errors import Fault, InvalidDocument
from atoz.model.intervals import interval
from atoz.planner.policy import Policy
from atoz.rulebook.edition import Edition
from atoz.testing.explorer.exploration import explore
from atoz.testing.seller import LAST_MINUTE, PROMPT, Seller
from atoz.testing.simulator import simulate
from atoz.testing.team.team import Team
from atoz.testing.team.team_check import check_team
from atoz.testing.world import SILENCE, WORLDLY, World

policy = typer.Typer(help="Test an escalation policy before using it.", no_args_is_help=True, rich_markup_mode=None)

policy.command("diff")(diff_policies)

MOST_HOURS_LATE = 24 * 365

WORLD_HELP = """The --world file has one table for each thing that the buyer or Amazon does:

\b
  lapses = true                    # Amazon decides after silence, where the rules say so
  [[happenings]]
  value = 2                        # this long after the filing,
  unit = "calendar_day"            # in calendar_day or hour,
  event = "information_requested"  # what happens,
  facts = { respond_by = "2026-11-24T09:00:00-08:00" }  # with its fields, if any

Events: """ + ", ".join(WORLDLY)

PolicyFile = Annotated[
    str, typer.Argument(metavar="FILE", help="A policy in TOML, or the id of a policy that ships with atoz.")
]


@policy.command("check")
def check_policy(
    context: typer.Context,
    file: PolicyFile,
    depth: Annotated[
        int, typer.Option("--depth", metavar="N", min=0, help="The longest sequence of events to try.")
    ] = 3,
    edition: Annotated[
        list[str] | None,
        typer.Option(
            "--edition",
            metavar="ID|FILE",
            help="An edition to test under, or a TOML file of your own; may be repeated. "
            "Default: those that the policy names.",
        ),
    ] = None,
    forgets: Annotated[
        list[str] | None,
        typer.Option(
            "--forgets",
            metavar="NAME",
            help="Also simulate a seller who never takes this step or action; may be repeated.",
        ),
    ] = None,
    floor: Annotated[
        float | None,
        typer.Option(
            "--coverage-floor",
            metavar="PERCENT",
            min=0,
            max=100,
            help="Fail if a smaller share of the steps and warnings is reached.",
        ),
    ] = None,
    max_states: Annotated[
        int | None,
        typer.Option(
            "--max-states", metavar="N", min=1, help="Stop after this many states, with exit code 3 if more remain."
        ),
    ] = None,
    time_limit: Annotated[
        float | None,
        typer.Option(
            "--time-limit",
            metavar="SECONDS",
            min=0.001,
            max=10**7,
            help="Stop after this long, with exit code 3 if states remain.",
        ),
    ] = None,
    as_test: Annotated[bool, typer.Option("--as-test", help="Print each failing case as a Python test.")] = False,
    team: Annotated[
        str | None,
        typer.Option(
            "--team",
            metavar="FILE",
            help="Test the policy against your team's hours in a TOML file instead: which messages arrive when nobody "
            "is at work in time, and the least extra cover.",
        ),
    ] = None,
    as_of: Annotated[
        str,
        typer.Option(
            "--as-of",
            metavar="INSTANT",
            help="With --team: the week of this instant and the 52 that follow are tested; `now` is the current time.",
        ),
    ] = "now",
    as_json: AsJson = False,
    lang: Lang = LanguageChoice.EN,
) -> None:
    """Test a policy against everything the buyer and Amazon may do, or against your team's hours.

    Exit with code 1 and the shortest failing case, or with 3 where a limit stopped it before everything was covered.
    """
    tested = [choose_edition(name) for name in edition or ()]
    chosen = choose_policy(file, tuple(row for row in tested if isinstance(row, Edition)))
    _refuse_together(context, _OF_EXPLORING if team else ("--as-of",), because="--team" if team else "")
    if team is not None:
        _check_team(chosen, team, as_of, tested, lang, as_json=as_json)
        return
    forgetful = [Seller(forgets=(name,)) for name in forgets or ()]
    exploration = explore(
        chosen,
        depth=depth,
        editions=tested,
        sellers=(PROMPT, LAST_MINUTE, *forgetful),
        workers=os.cpu_count() or 1,
        max_states=max_states,
        time_limit=None if time_limit is None else timedelta(seconds=time_limit),
    )
    own = [name for name, row in zip(edition or (), tested, strict=True) if isinstance(row, Edition)]
    if as_json:
        show_json(exploration)
    elif as_test:
        typer.echo(
            "\n\n".join(violation.as_test(file, own) for violation in exploration.violations), nl=not exploration.holds
        )
    else:
        typer.echo(exploration.say(lang.value))
    short = floor is not None and exploration.coverage.percent < floor
    if not exploration.holds or (short and not exploration.stopped):
        raise typer.Exit(Exit.FINDING)
    if exploration.stopped:
        raise typer.Exit(Exit.STOPPED)


_OF_EXPLORING = ("--depth", "--forgets", "--coverage-floor", "--max-states", "--time-limit", "--as-test")


def _refuse_together(context: typer.Context, options: tuple[str, ...], *, because: str) -> None:
    """Refuse options that would change nothing.

    Raises:
        InvalidDocument: one of them was typed; every one is named.
    """
    words = f"it changes nothing with {because}" if because else "it needs --team FILE"
    known = {option: parameter.name for parameter in context.command.params for option in parameter.opts}
    typed = [option for option in options if typed_in(context, known[option] or "")]
    if typed:
        raise InvalidDocument("policy check", tuple(Fault(option, "unused_option", words) for option in typed))


def _check_team(
    chosen: Policy, team: str, as_of: str, editions: list[str | Edition], lang: LanguageChoice, *, as_json: bool
) -> None:
    """Print how a policy fares by the hours of a team; exit with code 1 if an arrival loses a duty."""
    hours = Team.read(read_text(team), what=team)
    checked = check_team(chosen, hours, as_of=instant_option("as-of", as_of), editions=editions)
    if as_json:
        show_json(checked)
    else:
        typer.echo(checked.say(lang.value))
    if not checked.holds:
        raise typer.Exit(Exit.FINDING)


@policy.command("simulate", epilog=WORLD_HELP)
def simulate_policy(
    file: PolicyFile,
    claim: Annotated[str, typer.Argument(metavar="CLAIM", help="A claim as JSON, or - for standard input.")],
    world: Annotated[
        str | None,
        typer.Option("--world", metavar="FILE", help="What the buyer and Amazon do, in TOML. Default: nothing."),
    ] = None,
    edition: CountBy = None,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="INSTANT", help="When to stop. Default: 60 days after the last event."),
    ] = None,
    late: Annotated[
        int,
        typer.Option(
            "--late",
            metavar="HOURS",
            min=0,
            max=MOST_HOURS_LATE,
            help="Delay each of the seller's actions by this many hours.",
        ),
    ] = 0,
    forgets: Annotated[
        list[str] | None,
        typer.Option(
            "--forgets", metavar="NAME", help="A step or action that the seller never takes; may be repeated."
        ),
    ] = None,
    last_minute: Annotated[bool, typer.Option("--last-minute", help="The seller waits until the last moment.")] = False,
    as_json: AsJson = False,
    lang: Lang = LanguageChoice.EN,
) -> None:
    """Simulate how a claim continues under a policy; exit with code 1 if the seller misses a deadline."""
    counting = None if edition is None else choose_edition(edition)
    passed = (counting,) if isinstance(counting, Edition) else ()
    chosen = choose_policy(file, passed)
    begun = counted_claim(read_object(claim), claim, counting)
    played = simulate(
        begun,
        chosen,
        World.read(read_text(world), what=world) if world else SILENCE,
        until=instant_option("until", until) if until else begun.updated_at + interval("atoz.testing", "simulated"),
        seller=Seller(until_due=last_minute, late_by=timedelta(hours=late), forgets=tuple(forgets or ())),
        editions=passed,
    )
    if as_json:
        show_json(played)
    else:
        typer.echo(played.say(lang.value))
    if played.missed:
        raise typer.Exit(Exit.FINDING)
