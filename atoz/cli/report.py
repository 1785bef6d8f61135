"""`atoz report`: a claim or a worklist as a page, or its dates as a calendar."""

from typing import Annotated

import typer

from atoz.cli.exit_codes import Exit
from atoz.cli.options import (
    AsOf,
    GroupBy,
    Lang,
    LanguageChoice,
    Output,
    PolicyName,
    Replace,
    ZoneName,
    instant_option,
    zone_option,
)
from atoz.cli.output import refuse_terminal, show_error
from atoz.cli.output_files import write_output
from atoz.cli.rules import CountBy, choose_edition, choose_policy, counted_claim
from atoz.cli.stored import ClaimsSource, StoreUrl, claim_objects
from atoz.errors import AtozError, InvalidDocument
from atoz.model.claim import Claim
from atoz.rulebook.edition import Edition


def report_claims(
    file: ClaimsSource = None,
    store_url: StoreUrl = None,
    output: Output = None,
    replace: Replace = False,
    ics: Annotated[
        bool, typer.Option("--ics", help="Write deadlines and due actions as an iCalendar file instead.")
    ] = False,
    policy: PolicyName = None,
    edition: CountBy = None,
    as_of: AsOf = "now",
    group_by: GroupBy = None,
    zone: ZoneName = None,
    lang: Lang = LanguageChoice.EN,
) -> None:
    """Write a claim, or a worklist of many, as an HTML page in English and Chinese; --lang sets which comes first."""
    from atoz.report.calendar import calendar  # noqa: PLC0415  (they need the extra, other commands do not)
    from atoz.report.claim_page import claim_page  # noqa: PLC0415
    from atoz.report.worklist_page import worklist_page  # noqa: PLC0415

    if not output:
        refuse_terminal("a calendar" if ics else "a page")
    counting = None if edition is None else choose_edition(edition)
    passed = (counting,) if isinstance(counting, Edition) else ()
    now, chosen, own = (
        instant_option("as-of", as_of),
        choose_policy(policy, passed) if policy else None,
        zone_option(zone),
    )
    claims, bad, single = _read(file, store_url, counting)
    if ics:
        text = calendar(claims, as_of=now, policy=chosen, language=lang.value, editions=passed)
    elif single:
        text = claim_page(claims[0], as_of=now, policy=chosen, language=lang.value, zone=own, editions=passed)
    else:
        text = worklist_page(
            claims,
            as_of=now,
            policy=chosen,
            language=lang.value,
            unreadable=bad,
            group_by=group_by,
            zone=own,
            editions=passed,
        )
    write_output(text, output, replace=replace, private=False)
    if bad:
        raise typer.Exit(Exit.BAD_INPUT)


def _read(file: str | None, store_url: str | None, edition: str | Edition | None) -> tuple[list[Claim], int, bool]:
    """The claims of a file, how many lines were bad, and whether the file is one claim; other records are left out."""
    claims: list[Claim] = []
    bad = 0
    own = (edition,) if isinstance(edition, Edition) else ()
    for where, data in claim_objects(file, store_url, "report", own):
        if where == file and not isinstance(data, InvalidDocument):
            return [counted_claim(data, where, edition)], 0, True
        try:
            if isinstance(data, InvalidDocument):
                raise data
            if data.get("kind", "claim") == "claim":
                claims.append(counted_claim(data, where, edition))
        except AtozError as error:
            bad += 1
            show_error(error)
    return claims, bad, False
