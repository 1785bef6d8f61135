"""One claim as a page: a single HTML file that needs no network and no scripts.

>>> from datetime import UTC
>>> from atoz.lifecycle.moves import open_claim
>>> from atoz.model.order import Order
>>> order = Order(order_id="123-1234567-1234567", marketplace="US", placed_at=datetime(2016, 6, 1, 15, tzinfo=UTC))
>>> claim = open_claim(order, reason="not_received", filed_at=datetime(2016, 7, 5, 16, tzinfo=UTC))
>>> claim_page(claim, as_of=datetime(2016, 7, 6, 16, tzinfo=UTC)).splitlines()[0]
'<!DOCTYPE html>'
"""

from datetime import datetime

from atoz.lifecycle.moves import options
from atoz.model.claim import Claim
from atoz.model.language import Language
from atoz.model.marketplace import Marketplace
from atoz.planner.plan import Plan, plan
from atoz.planner.policy import DEFAULT_POLICY, Policy
from atoz.planner.worklist import worklist_row
from atoz.report.page_frame import LANGUAGES, render_page
from atoz.report.page_machine import draw_machine, possible
from atoz.report.page_timeline import timeline
from atoz.report.words import say
from atoz.rulebook.edition import Edition


def claim_page(
    claim: Claim, *, as_of: datetime, policy: str | Policy = DEFAULT_POLICY, language: Language = "en"
) -> str:
    """A claim at an aware instant as one HTML page in both languages; `language` is shown first.

    Times are on the marketplace's wall clock. The same input gives the same page, byte for byte.

    Raises:
        UnknownName: no such policy, or the claim's edition does not ship with atoz.
        InvalidDocument: `as_of` is naive.
        MissingExtra: the extra `report` is not installed.
    """
    made = plan(claim, as_of=as_of, policy=policy)
    title = say("page_title", language, order=made.order_id, status=made.status.label(language))
    bodies = [_body(claim, made, each) for each in LANGUAGES]
    return render_page("claim.html", title=title, first=language, bodies=bodies)


def _body(claim: Claim, plan: Plan, language: Language) -> dict[str, object]:
    """Everything that the template shows in one language."""
    answers = options(claim, max(plan.as_of, claim.updated_at))
    return {
        "claim": claim,
        "plan": plan,
        "zone": claim.order.zone,
        "at_risk": worklist_row(claim, plan).at_risk,
        "drawing": draw_machine(claim),
        "ways": [(row, answers[row.event]) for row in possible(claim)],
        "timeline": timeline(claim, plan, language),
        "edition": Edition.named(plan.edition),
        "marketplace": Marketplace.of(claim.order.marketplace),
    }
