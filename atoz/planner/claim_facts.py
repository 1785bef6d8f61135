"""Everything that a policy can ask about a claim at an instant, read from its history and its deadlines."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from transitions import Machine

from atoz.lifecycle.attention import Attention, attention_by
from atoz.model.claim import Claim
from atoz.rulebook.counted_history import CountedHistory
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.deadlines import Deadline, deadlines_of
from atoz.rulebook.filing_window import FilingWindow, Verdict, claim_window


@dataclass(frozen=True)
class ClaimFacts:
    """A claim at an instant; the window and whose turn it is are counted when they are first asked for."""

    history: CountedHistory
    now: datetime
    deadlines: tuple[Deadline, ...]
    machine: Machine | None = None
    """The user's own machine, if it has transitions that the table does not know."""

    @classmethod
    def of(cls, history: CountedHistory, now: datetime, machine: Machine | None = None) -> "ClaimFacts":
        """The facts of a claim at an instant in UTC."""
        return cls(history, now, deadlines_of(history, now), machine)

    @property
    def claim(self) -> Claim:
        """The claim itself."""
        return self.history.claim

    def deadline(self, name: DeadlineName) -> Deadline:
        """One of the deadlines."""
        return self.deadlines[_PLACE[name]]

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
