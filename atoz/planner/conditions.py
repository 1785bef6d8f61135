"""When a step applies: a closed, typed vocabulary over the facts of a claim at an instant."""

from datetime import datetime, timedelta
from typing import NamedTuple

from pydantic import Field

from atoz.lifecycle.attention import Attention, attention_by
from atoz.model.claim import Claim
from atoz.model.history import History
from atoz.model.money import Money
from atoz.model.order import Fulfilment, TriState
from atoz.model.reason import ClaimReason, ReasonDetail
from atoz.model.record import Record
from atoz.model.status import ClaimStatus
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.deadlines import Deadline, DeadlineState
from atoz.rulebook.filing_window import FilingWindow, Verdict, filing_window


class Facts(NamedTuple):
    """A claim at an instant, with everything that has been counted for it."""

    claim: Claim
    history: History
    now: datetime
    deadlines: tuple[Deadline, ...]
    window: FilingWindow
    window_verdict: Verdict
    attention: Attention

    def deadline(self, name: DeadlineName) -> Deadline:
        """One of the deadlines."""
        return self.deadlines[_PLACE[name]]


_PLACE = {name: place for place, name in enumerate(DeadlineName)}


def facts_of(history: History, now: datetime, counted: tuple[Deadline, ...]) -> Facts:
    """Everything that a step can ask about; the verdict is that of the filing day, which may be unknown."""
    claim = history.claim
    window = filing_window(claim.order, edition=claim.window_edition or claim.edition, reason=claim.reason)
    filed_at = history.filed_at
    verdict = window.verdict(claim.order.local_day(filed_at)) if filed_at else Verdict.UNDETERMINED
    return Facts(claim, history, now, counted, window, verdict, attention_by(claim, counted))


class When(Record):
    """What must hold for a step; whatever is left out does not matter, everything that is named must hold."""

    status: tuple[ClaimStatus, ...] | None = Field(default=None, min_length=1, description="One of these statuses.")
    reason: tuple[ClaimReason, ...] | None = Field(default=None, min_length=1, description="One of these reasons.")
    detail: tuple[ReasonDetail, ...] | None = Field(default=None, min_length=1, description="One of these details.")
    fulfilment: tuple[Fulfilment, ...] | None = Field(default=None, min_length=1, description="Who ships.")
    claims_protected: tuple[TriState, ...] | None = Field(
        default=None, min_length=1, description="The label's protection."
    )
    amount_at_least: Money | None = Field(default=None, description="The claim's amount is known, and at least this.")
    amount_at_most: Money | None = Field(default=None, description="The claim's amount is known, and at most this.")
    messages_at_least: int | None = Field(default=None, ge=0, description="Messages sent to the buyer since filing.")
    messages_at_most: int | None = Field(default=None, ge=0, description="Messages sent to the buyer since filing.")
    appeals_at_most: int | None = Field(default=None, ge=0, description="Appeals made by the seller so far.")
    appeals_at_least: int | None = Field(default=None, ge=0, description="Appeals made by the seller so far.")
    evidence_held: tuple[str, ...] | None = Field(default=None, min_length=1, description="All of this is in hand.")
    evidence_lacking: tuple[str, ...] | None = Field(default=None, min_length=1, description="None of this is in hand.")
    attention: tuple[Attention, ...] | None = Field(default=None, min_length=1, description="Whose turn it is.")
    asked_by_amazon: bool | None = Field(default=None, description="Amazon has asked for information.")
    buyer_wrote: bool | None = Field(default=None, description="The buyer has written since the claim was filed.")
    delivered: bool | None = Field(default=None, description="A delivery scan is on record.")
    delivered_after_decision: bool | None = Field(
        default=None, description="A delivery scan is on record, later than the present status was entered."
    )
    window: tuple[Verdict, ...] | None = Field(default=None, min_length=1, description="The verdict on the filing day.")
    deadlines: dict[DeadlineName, tuple[DeadlineState, ...]] = Field(
        default_factory=dict[DeadlineName, tuple[DeadlineState, ...]],
        description="The states that deadlines must be in.",
    )
    hours_left_at_most: dict[DeadlineName, int] = Field(
        default_factory=dict[DeadlineName, int], description="Open deadlines that are due within so many hours."
    )

    def matches(self, facts: Facts) -> bool:
        """Whether everything that is named holds."""
        return self._claim_matches(facts.claim) and self._history_matches(facts) and self._time_matches(facts)

    def _claim_matches(self, claim: Claim) -> bool:
        order = claim.order
        return (
            (self.status is None or claim.status in self.status)
            and (self.reason is None or claim.reason in self.reason)
            and (self.detail is None or claim.detail in self.detail)
            and (self.fulfilment is None or order.fulfilment in self.fulfilment)
            and (self.claims_protected is None or order.claims_protected in self.claims_protected)
            and (self.delivered is None or (order.delivered_at is not None) is self.delivered)
            and (self.amount_at_least is None or _at_least(claim.amount, self.amount_at_least))
            and (self.amount_at_most is None or _at_most(claim.amount, self.amount_at_most))
        )

    def _history_matches(self, facts: Facts) -> bool:
        count = facts.history.since_filing
        return (
            (self.messages_at_least is None or count("seller_messaged") >= self.messages_at_least)
            and (self.messages_at_most is None or count("seller_messaged") <= self.messages_at_most)
            and (self.appeals_at_most is None or count("seller_appealed") <= self.appeals_at_most)
            and (self.appeals_at_least is None or count("seller_appealed") >= self.appeals_at_least)
            and (self.asked_by_amazon is None or bool(count("information_requested")) is self.asked_by_amazon)
            and (self.delivered_after_decision is None or _arrived_late(facts) is self.delivered_after_decision)
            and (self.buyer_wrote is None or bool(count("buyer_messaged")) is self.buyer_wrote)
            and (self.evidence_held is None or facts.history.evidence.issuperset(self.evidence_held))
            and (self.evidence_lacking is None or facts.history.evidence.isdisjoint(self.evidence_lacking))
        )

    def _time_matches(self, facts: Facts) -> bool:
        return (
            (self.attention is None or facts.attention in self.attention)
            and (self.window is None or facts.window_verdict in self.window)
            and (not self.deadlines or all(facts.deadline(name).state in one for name, one in self.deadlines.items()))
            and (
                not self.hours_left_at_most
                or all(_due_within(facts, *each) for each in self.hours_left_at_most.items())
            )
        )


def _at_least(amount: Money | None, bound: Money) -> bool:
    """Whether an amount reaches a bound; an unknown amount or another currency cannot be told, so it does not fit."""
    return amount is not None and amount.currency == bound.currency and amount.value >= bound.value


def _at_most(amount: Money | None, bound: Money) -> bool:
    return amount is not None and amount.currency == bound.currency and amount.value <= bound.value


def _arrived_late(facts: Facts) -> bool:
    delivered = facts.claim.order.delivered_at
    return delivered is not None and delivered > facts.history.decision.event.at


def _due_within(facts: Facts, name: DeadlineName, hours: int) -> bool:
    deadline = facts.deadline(name)
    if deadline.state is not DeadlineState.OPEN or deadline.time_left is None:
        return False
    return deadline.time_left <= timedelta(hours=hours)
