"""What starts the seller's next clock, and how long it will be: what a plan can say before anything has happened.

>>> from datetime import UTC, datetime
>>> from atoz.rulebook.counted_history import CountedHistory
>>> from atoz.testing.builders import FILED_TODAY, a_claim
>>> claim = a_claim(filed_at=FILED_TODAY)
>>> facts = ClaimFacts.of(CountedHistory.of(claim), FILED_TODAY)
>>> for clock in next_clocks(facts):
...     print(clock)
answer_amazon: 72 hours from information_requested (us-2026)
appeal: 30 calendar days from granted_seller_funded (us-2026)
"""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from pydantic import Field

from atoz.lifecycle.guards import has_transition, why_not
from atoz.model.citation import Confidence, Source
from atoz.model.events import EVENT_CLASSES
from atoz.model.record import Record
from atoz.model.status import ClaimStatus
from atoz.model.text import Text, fill
from atoz.planner.claim_facts import ClaimFacts
from atoz.rulebook.date_arithmetic import Unit, shortest_hours
from atoz.rulebook.deadline_basis import Figures, figures_read, lendable, must_borrow
from atoz.rulebook.deadline_clock import DeadlineName, clock
from atoz.rulebook.edition import Edition
from atoz.rulebook.explanation import span_text
from atoz.rulebook.readings import ReadingKind


class NextFigure(Record):
    """How long a clock will be, by one edition."""

    edition: str = Field(description="The edition that names it.")
    value: int = Field(description="How many.")
    unit: Unit = Field(description="Calendar days, business days or hours.")
    kind: ReadingKind = Field(description="Firm, soft, or borrowed from another marketplace.")
    source: Source = Field(description="Where it comes from.")
    confidence: Confidence = Field(description="How far that can be trusted.")


class NextClock(Record):
    """A clock of the seller's that does not run yet, and what will start it."""

    deadline: DeadlineName = Field(description="What will have to be done.")
    started_by: str = Field(description="The kind of the event that starts it.")
    after: str | None = Field(description="The kind of an event that has to come before that one; none if none has to.")
    figures: tuple[NextFigure, ...] = Field(
        description="How long it will be by each edition to reckon with, the shortest first; empty is undetermined: "
        "no source says it. A deadline that Amazon's own notice states comes before all of them."
    )
    record_with: str = Field(description="The command that records its start; CLAIM and INSTANT are yours to fill in.")
    says: Text = Field(description="All of this in a sentence.")

    def __str__(self) -> str:
        """One line: what, how long, from what."""
        if not self.figures:
            return f"{self.deadline}: undetermined, from {self.started_by}"
        shortest = self.figures[0]
        span = span_text(shortest.value, shortest.unit).en
        return f"{self.deadline}: {span} from {self.started_by} ({shortest.edition})"


_STARTS = {
    DeadlineName.ANSWER_AMAZON: "information_requested",
    DeadlineName.APPEAL: "granted_seller_funded",
}
"""The seller's clocks that can start while there is a claim, the sooner first, and the event that is recorded for it.

The clocks before a claim (`prevent`) are no part of this: once one is filed, what they wait for is history.
"""

_BACK_TO_REVIEW = {
    ClaimStatus.GRANTED_SELLER_FUNDED: "seller_appealed",
    ClaimStatus.CLOSED: "buyer_appealed",
}
"""The event that puts a decided claim under review again, where both clocks can start."""


def next_clocks(facts: ClaimFacts) -> tuple[NextClock, ...]:
    """The clocks that can still start, the sooner first; none once nothing can start one any more."""
    return tuple(_next_clocks(facts))


def _next_clocks(facts: ClaimFacts) -> Iterator[NextClock]:
    claim, history = facts.claim, facts.history
    after = _BACK_TO_REVIEW.get(claim.status)
    under_review = claim.status is ClaimStatus.UNDER_REVIEW
    now = max(facts.now, claim.updated_at)
    if not under_review and (after is None or why_not(history, after, now, machine=facts.machine)):
        return
    begun = None if facts.pinned_only else history.begun_at
    day = None if begun is None else claim.order.local_day(begun)
    for name, start in _STARTS.items():
        asked = facts.deadline(name)
        if under_review and asked.running and asked.started_by == start:
            continue  # it runs already
        if EVENT_CLASSES[start].leads_to and not has_transition(ClaimStatus.UNDER_REVIEW, start, facts.machine):
            continue
        again = clock(name).first_run_only and (after in clock(name).ended_by or _ended_before(name, facts))
        yield _clock_to_come(history.edition, claim.order.marketplace, day, name, after, again=again)


def _ended_before(name: DeadlineName, facts: ClaimFacts) -> bool:
    return any(event in facts.history.latest for event in clock(name).ended_by)


@lru_cache(maxsize=1024)
def _clock_to_come(
    pinned: Edition, country: str, day: date | None, name: DeadlineName, after: str | None, *, again: bool
) -> NextClock:
    start = _STARTS[name]
    figures = () if again else tuple(_figures(pinned, country, day, name, start))
    command = f"atoz apply CLAIM {start} --at INSTANT"
    if again:
        says = fill("atoz.planner", "next_clock_second_appeal", command=command)
    elif not figures:
        says = fill("atoz.planner", f"next_clock_unknown_{name}", command=command)
    else:
        first = figures[0]
        span, source = span_text(first.value, first.unit), first.source.title
        says = fill(
            "atoz.planner", f"next_clock_{name}", span=span, edition=first.edition, source=source, command=command
        )
    if after is not None:
        says = fill("atoz.planner", f"next_after_{after}", says=says)
    return NextClock(deadline=name, started_by=start, after=after, figures=figures, record_with=command, says=says)


def _figures(pinned: Edition, country: str, day: date | None, name: DeadlineName, start: str) -> Iterator[NextFigure]:
    """What the editions to reckon with say of a clock that an event starts, the shortest first; else one borrowed."""
    rows = [row for row in figures_read(pinned, country, day, name) if _starts(row, start)]
    if day is not None and must_borrow(pinned, country, day, name):
        rows += [row for row in lendable(day, name) if _starts(row, start)][:1]
    figures = [
        NextFigure(
            edition=row.edition.reference,
            value=row.figure.value,
            unit=row.figure.unit,
            kind=ReadingKind.BORROWED if row.borrowed else ReadingKind(row.figure.kind.value),
            source=row.figure.source,
            confidence=row.figure.confidence,
        )
        for row in rows
        if row.figure
    ]
    yield from sorted(figures, key=lambda figure: shortest_hours(figure.value, figure.unit))


def _starts(row: Figures, event: str) -> bool:
    return row.figure is not None and event in row.figure.starts_with
