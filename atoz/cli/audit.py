"""`atoz audit`: real histories against a policy, one claim or many."""

import sys
from enum import StrEnum
from typing import Annotated

import typer

from atoz.audit.audit_result import Audit, DepartureKind
from atoz.audit.audit_summary import AuditTotals
from atoz.audit.claim_audit import audit
from atoz.cli.histories import Histories
from atoz.cli.options import AsJson, AsOf, Lang, LanguageChoice, PolicyName, instant_option
from atoz.cli.output import show_json, show_lines
from atoz.cli.rules import CountBy, Rules
from atoz.cli.stored import ClaimsSource, StoreUrl
from atoz.model.text import Language


class AuditFailure(StrEnum):
    """Findings that can be asked to give exit code 1."""

    MISSED = "missed"
    """A deadline was missed or answered late, by a firm rule."""
    FORBIDDEN = "forbidden"
    """Something was done that the policy says not to do."""
    DEPARTED = "departed"
    """The policy was left in any way."""

    def holds(self, made: Audit) -> bool:
        """Whether an audit has the finding."""
        if self is AuditFailure.MISSED:
            return bool(made.failed)
        return any(
            self is AuditFailure.DEPARTED or departure.kind is DepartureKind.FORBIDDEN for departure in made.departures
        )


def audit_claims(
    file: ClaimsSource = None,
    store_url: StoreUrl = None,
    policy: PolicyName = None,
    edition: CountBy = None,
    as_of: AsOf = "now",
    fail_on: Annotated[
        AuditFailure | None,
        typer.Option(
            "--fail-on",
            help="Exit with code 1 if a deadline was missed, if something forbidden was done, "
            "or if the policy was left in any way.",
        ),
    ] = None,
    as_json: AsJson = False,
    lang: Lang = LanguageChoice.EN,
) -> None:
    """Say where a claim's history left the policy, and which deadlines were met or missed; for many, add a summary.

    With --json many claims are JSON Lines: an audit each, then the summary.
    """
    rules, now = Rules.chosen(policy, edition), instant_option("as-of", as_of)
    language: Language = lang.value
    histories = Histories(file, store_url, "audit", rules)
    totals, finding = AuditTotals(), False
    for made in histories.each(lambda claim: audit(claim, rules.policy, as_of=now, editions=rules.own)):
        finding = finding or (fail_on is not None and fail_on.holds(made))
        if histories.whole:
            show_json(made) if as_json else show_lines(made.say(language).splitlines())
            continue
        totals.add(made)
        if as_json:
            sys.stdout.write(f"{made.model_dump_json()}\n")
        else:
            show_lines([made.line(language)])
    if not histories.whole:
        summary = totals.summary(as_of=now)
        if as_json:
            sys.stdout.write(f"{summary.model_dump_json()}\n")
        else:
            show_lines(
                ["", *summary.say(language).splitlines()] if totals.claims else summary.say(language).splitlines()
            )
    histories.finish(language, finding=finding)
