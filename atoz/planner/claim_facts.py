"""Everything that a policy can ask about a claim at an instant, read from its history and its deadlines."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple

from transitions import Machine

from atoz.lifecycle.attention import Attention, attention_by
from atoz.model.claim import Claim
from atoz.model.status import ClaimStatus
from atoz.rulebook.counted_history import CountedHistory
from atoz.rulebook.deadline_clock import DeadlineName, clock
from atoz.rulebook.deadlines import Deadline, DeadlineState, with_readings
from atoz.rulebook.edition import Edition
from atoz.rulebook.edition_selection import editions_in_force
from atoz.rulebook.filing_window import FilingWindow, Verdict, claim_window
from atoz.rulebook.parameter import Parameter
from atoz.rulebook.readings import Reading


class DeadlineOutlook(NamedTuple):
    """One deadline as a policy sees it: by every rule that has to be reckoned with."""

    state: DeadlineState
    running: bool
    """Whether a clock waits for an answer, in time or not."""
    due_at: datetime | None
    """The earliest instant of the clocks that run."""
    firm_due_at: datetime | None
    """The earliest of those that a source states: after it, and only then, something is overdue."""
    started_by: str | None
    started_at: datetime | None
    changes_nothing: bool
    """Whether it was missed and that is history: a message that was not answered before the claim was filed."""
    may_still_help: bool
    """Whether it was missed, but the source only says that silence may be decided."""


@dataclass(frozen=True)
class ClaimFacts:
    """A claim at an instant; the window and whose turn it is are counted when they are first asked for."""

    history: CountedHistory
    now: datetime
    deadlines: tuple[Deadline, ...]
    machine: Machine | None = None
    """The user's own machine, if it has transitions that the table does not know."""
    pinned_only: bool = False
    """Whether the claim's own edition alone counts, as in a what-if."""
    _outlooks: dict[DeadlineName, DeadlineOutlook] = field(
        default_factory=dict[DeadlineName, DeadlineOutlook], init=False, repr=False, compare=False
    )

    @classmethod
    def of(
        cls, history: CountedHistory, now: datetime, machine: Machine | None = None, *, pinned_only: bool = False
    ) -> "ClaimFacts":
        """The facts of a claim at an instant in UTC; a what-if counts by the claim's own edition and no other."""
        counted = with_readings(history, now, pinned_only=pinned_only)
        return cls(history, now, counted, machine, pinned_only)

    def at(self, now: datetime) -> "ClaimFacts":
        """The facts of the same claim at another instant in UTC."""
        return ClaimFacts.of(self.history, now, self.machine, pinned_only=self.pinned_only)

    @cached_property
    def claim(self) -> Claim:
        """The claim itself."""
        return self.history.claim

    @cached_property
    def begun_on(self) -> date:
        """The local day of the filing, or of the first observation where that is unknown."""
        return self.claim.order.local_day(self.history.begun_at or self.history.beginning.event.at)

    @property
    def in_force(self) -> tuple[Edition, ...]:
        """The editions in force in the marketplace on the day on which the claim began."""
        return editions_in_force(self.claim.order.marketplace, self.begun_on)

    def deadline(self, name: DeadlineName) -> DeadlineOutlook:
        """How one of the deadlines stands; it is worked out when it is first asked for."""
        outlook = self._outlooks.get(name)
        if outlook is None:
            outlook = self._outlooks[name] = _standing(self.deadlines[_PLACE[name]], self)
        return outlook

    @cached_property
    def answer_demanded(self) -> bool:
        """Whether Amazon waits for an answer: it has asked, or a firm clock starts with the claim notice."""
        readings = self.deadlines[_PLACE[DeadlineName.ANSWER_AMAZON]].readings
        return any(reading.runs and demands(reading, self.history) for reading in readings)

    @cached_property
    def notice_starts_clock(self) -> bool:
        """Whether the claim notice alone asks for an answer, by a firm rule."""
        readings = self.deadlines[_PLACE[DeadlineName.ANSWER_AMAZON]].readings
        return any(_by_notice(reading, self.history) for reading in readings)

    @cached_property
    def window(self) -> FilingWindow:
        """The filing window, by the edition that counts it."""
        return claim_window(self.claim, editions=self.history.editions)

    @cached_property
    def window_verdict(self) -> Verdict:
        """The verdict on the day of filing; undetermined where that day is unknown."""
        filed_at = self.history.filed_at
        return self.window.verdict(self.claim.order.local_day(filed_at)) if filed_at else Verdict.UNDETERMINED

    @cached_property
    def attention(self) -> Attention:
        """Whose turn it is."""
        return attention_by(self.claim, self.deadlines)


_PLACE = {name: place for place, name in enumerate(DeadlineName)}


def _standing(deadline: Deadline, facts: ClaimFacts) -> DeadlineOutlook:
    if not deadline.readings:  # the buyer's
        return DeadlineOutlook(
            deadline.state,
            deadline.running,
            deadline.due_at,
            deadline.due_at,
            deadline.started_by,
            deadline.started_at,
            changes_nothing=False,
            may_still_help=False,
        )
    running = [reading for reading in deadline.readings if reading.runs]
    binding = min(running or deadline.readings, key=_soonest) if running else max(deadline.readings, key=_latest_start)
    state = deadline.effective_state or deadline.state
    missed = state is DeadlineState.MISSED
    before_claim = clock(deadline.name).before_claim and facts.claim.status is ClaimStatus.UNDER_REVIEW
    return DeadlineOutlook(
        state,
        bool(running),
        min((reading.due_at for reading in running if reading.due_at), default=None),
        min((reading.due_at for reading in running if reading.due_at and reading.counts), default=None),
        binding.started_by,
        binding.started_at,
        changes_nothing=missed and before_claim,
        may_still_help=missed and deadline.name is DeadlineName.ANSWER_AMAZON and _only_may(running, facts),
    )


def _soonest(reading: Reading) -> tuple[bool, float]:
    return reading.due_at is None, reading.due_at.timestamp() if reading.due_at else 0.0


def _latest_start(reading: Reading) -> float:
    return reading.started_at.timestamp() if reading.started_at else float("-inf")


def demands(reading: Reading, history: CountedHistory) -> bool:
    """Whether a clock that runs asks for an answer: a claim notice alone does so by a firm figure only."""
    if reading.started_by not in ("filed", "observed"):
        return True
    return _by_notice(reading, history)


def _by_notice(reading: Reading, history: CountedHistory) -> bool:
    figure = _figure(reading, history)
    return reading.counts and figure is not None and "filed" in figure.starts_with


def _figure(reading: Reading, history: CountedHistory) -> Parameter | None:
    return history.named(reading.edition).parameter(reading.figure) if reading.figure else None


def _only_may(running: list[Reading], facts: ClaimFacts) -> bool:
    """Whether no rule that is past says for certain what silence costs."""
    return all(certainty == "may" for certainty in _certainties(running, facts))


def _certainties(running: list[Reading], facts: ClaimFacts) -> Iterator[str | None]:
    for reading in running:
        if reading.counts and reading.due_at is not None and facts.now > reading.due_at:
            figure = _figure(reading, facts.history)
            yield figure.on_expiry.certainty if figure and figure.on_expiry else None
