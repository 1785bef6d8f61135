"""What a plan says of the filing day and of who ships: what can be argued with Amazon, and what cannot."""

from collections.abc import Iterator

from atoz.model.citation import Confidence
from atoz.model.order import Fulfilment
from atoz.model.reason import ReasonDetail
from atoz.model.text import Text, fill, phrases
from atoz.planner.claim_facts import ClaimFacts
from atoz.rulebook.filing_window import Verdict

_AMAZONS_OWN = frozenset({Confidence.AMAZON_PAGE, Confidence.AMAZON_COPY})
_INSTANT_REFUNDS = frozenset({ReasonDetail.RETURNED_TO_SENDER, ReasonDetail.NOT_SHIPPED})
"""Amazon refunds parcels on their way back, and orders not shipped, without waiting for anything (US page G27951)."""


def filing_notes(facts: ClaimFacts) -> Iterator[Text]:
    """Whether the claim was filed in time and what that is good for, and what is otherwise where Amazon ships."""
    if facts.claim.order.fulfilment is Fulfilment.AMAZON:
        yield phrases("atoz.planner")["fba_claim"]
    filed_at, window = facts.claim.filed_at, facts.window
    if filed_at is None:
        yield fill("atoz.planner", "filing_day_unknown")
        return
    filed_on = facts.claim.order.local_day(filed_at)
    if facts.window_verdict is Verdict.NOT_YET:
        opens = window.opens_no_earlier
        yield fill("atoz.planner", _too_early(facts), day=filed_on, opens=opens, edition=window.edition)
    elif facts.window_verdict is Verdict.EXPIRED:
        yield fill("atoz.planner", "filed_too_late", day=filed_on, closes=window.closes)
    elif facts.window_verdict is Verdict.UNDETERMINED:
        yield fill("atoz.planner", "window_undetermined", missing=window.missing_text())


def _too_early(facts: ClaimFacts) -> str:
    """An early filing is an argument only by a page of Amazon's, and not where Amazon refunds without waiting."""
    if facts.claim.detail in _INSTANT_REFUNDS:
        return "filed_early_instant_refund"
    edition = facts.history.named(facts.window.edition)
    figures = (edition.parameter(step.parameter) for step in facts.window.derivation if step.parameter)
    opening = [figure for figure in figures if figure and figure.role != "closes"]
    return "filed_too_early" if all(figure.confidence in _AMAZONS_OWN for figure in opening) else "filed_early_no_page"
