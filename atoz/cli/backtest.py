"""`atoz backtest`: policies over closed claims."""

from typing import Annotated

import typer

from atoz.audit.policy_backtest import BacktestTotals
from atoz.cli.histories import Histories
from atoz.cli.options import AsJson, AsOf, Lang, LanguageChoice, instant_option
from atoz.cli.output import show_json, show_lines
from atoz.cli.rules import CountBy, Rules, choose_policy
from atoz.cli.stored import ClaimsSource, StoreUrl
from atoz.planner.policy import shipped_policies


def backtest_policies(
    file: ClaimsSource = None,
    store_url: StoreUrl = None,
    policy: Annotated[
        list[str] | None,
        typer.Option(
            "--policy",
            metavar="ID|FILE",
            help="A policy that ships with atoz, or a TOML file; may be repeated. Default: every one that ships.",
        ),
    ] = None,
    edition: CountBy = None,
    as_of: AsOf = "now",
    as_json: AsJson = False,
    lang: Lang = LanguageChoice.EN,
) -> None:
    """Say what policies would have come to over closed claims: duties met, avoidable misses, refunds, open appeals.

    Where the answer of the buyer or of Amazon is unknown, a figure is given as bounds. `atoz audit --policy` says what
    a policy advised at each moment of one claim.
    """
    rules, now = Rules.chosen(None, edition), instant_option("as-of", as_of)
    totals = BacktestTotals([choose_policy(name, rules.own) for name in policy or shipped_policies()])
    histories = Histories(file, store_url, "backtest", rules)
    for _ in histories.each(lambda claim: totals.add(claim, as_of=now, editions=rules.own)):
        pass
    result = totals.result(as_of=now)
    if as_json:
        show_json(result)
    else:
        show_lines(result.say(lang.value).splitlines())
    histories.finish(lang.value, finding=False)
