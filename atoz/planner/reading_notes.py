"""What a plan says of rules that the claim's pinned edition does not know: the sooner instants first.

The pinned edition counts a claim's dates, but no plan is silent about a rule under which the seller must act sooner.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from atoz.model.text import Text, fill
from atoz.planner.claim_facts import ClaimFacts
from atoz.rulebook.deadlines import Deadline
from atoz.rulebook.explanation import shown, span_text
from atoz.rulebook.filing_window import WindowCaveat
from atoz.rulebook.parameter import Parameter
from atoz.rulebook.readings import Reading, ReadingKind


def reading_notes(facts: ClaimFacts, deadlines: Iterable[Deadline]) -> Iterator[Text]:
    """Every note on rules besides the pinned ones, the sooner instants first."""
    for deadline in deadlines:
        if deadline.act_by is not None:
            yield from _sooner(facts, deadline, deadline.act_by)
    yield from _places(facts)


def _sooner(facts: ClaimFacts, deadline: Deadline, act_by: datetime) -> Iterator[Text]:
    """The rule that sets the instant to act by, where it is not the pinned one."""
    pinned = deadline.readings[0] if deadline.readings else None
    ahead = [reading for reading in deadline.readings[1:] if reading.runs and reading.due_at == act_by]
    if pinned is None or not ahead or (pinned.runs and pinned.due_at == act_by):
        return
    reading = ahead[0]
    figure = _figure(facts, reading)
    if figure is None:
        return
    notice = reading.kind is ReadingKind.SOFT and reading.started_by == "filed"
    code = "look_by" if notice else "act_by_borrowed" if reading.kind is ReadingKind.BORROWED else "act_by_rule"
    yield fill(
        "atoz.planner",
        code,
        what=deadline.name.label_text,
        span=span_text(figure.value, figure.unit),
        due=_local(facts, act_by),
        edition=reading.edition,
        source=figure.source.title,
    )
    if pinned.runs and pinned.due_at:
        due = _local(facts, pinned.due_at)
        yield fill("atoz.planner", "pinned_gives_until", edition=pinned.edition, due=due)
    elif pinned.edition != reading.edition:  # an edition's own soft clock is not something that it lacks
        yield fill("atoz.planner", "pinned_names_none", edition=pinned.edition)


def _places(facts: ClaimFacts) -> Iterator[Text]:
    """What is in force in the marketplace, where the pinned edition does not speak of it or nothing does."""
    claim, window = facts.claim, facts.window
    country = claim.order.marketplace
    if WindowCaveat.OTHER_MARKETPLACE in window.caveats:
        countries = ", ".join(facts.history.named(window.edition).marketplaces)
        yield fill("atoz.planner", "other_marketplace", edition=window.edition, countries=countries, country=country)
    if not facts.in_force:
        yield fill("atoz.planner", "none_in_force", country=country, day=facts.begun_on, edition=claim.edition)


def _figure(facts: ClaimFacts, reading: Reading) -> Parameter | None:
    return facts.history.named(reading.edition).parameter(reading.figure) if reading.figure else None


def _local(facts: ClaimFacts, at: datetime) -> str:
    return shown(at.astimezone(facts.claim.order.zone))
