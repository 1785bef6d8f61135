"""Who has to act: derived from a claim at an instant, never stored; the same four tabs that sellers see."""

from collections.abc import Iterable
from datetime import datetime

from atoz.model.arguments import check_claim
from atoz.model.claim import Claim
from atoz.model.enums import LabelledEnum
from atoz.model.status import ClaimStatus
from atoz.rulebook.deadline_clock import DeadlineName, clock
from atoz.rulebook.deadlines import Deadline, DeadlineState, deadlines
from atoz.rulebook.edition import Edition


class Attention(LabelledEnum, package="atoz.lifecycle", prefix="attention_"):
    """Whose turn it is."""

    ACTION_REQUIRED = "action_required"
    """The seller's clock is running."""
    APPEALABLE = "appealable"
    """Decided against the seller, who may still appeal."""
    WAITING = "waiting"
    """Amazon is deciding."""
    DONE = "done"


def attention(claim: Claim, *, as_of: datetime, editions: Iterable[Edition] = ()) -> Attention:
    """Whose turn it is at an aware instant; `editions` are those of your own that the claim may name.

    Raises:
        EditionMissing: the claim names an edition of your own that was not passed, or whose text has changed.
        InvalidDocument: `as_of` is naive.
    """
    check_claim(claim)
    return attention_by(claim, deadlines(claim, as_of=as_of, editions=editions))


def attention_by(claim: Claim, counted: Iterable[Deadline]) -> Attention:
    """The same, from deadlines that have been counted already."""
    by_name = {deadline.name: deadline for deadline in counted}
    if claim.status is ClaimStatus.UNDER_REVIEW:
        waited_for = any(_open(row) for name, row in by_name.items() if clock(name).before_claim)
        answers = _waits(by_name[DeadlineName.ANSWER_AMAZON]) or waited_for
        return Attention.ACTION_REQUIRED if answers else Attention.WAITING
    if claim.status is ClaimStatus.GRANTED_SELLER_FUNDED and _may_appeal(by_name[DeadlineName.APPEAL]):
        return Attention.APPEALABLE
    return Attention.DONE


def _waits(deadline: Deadline) -> bool:
    """Whether a clock waits for an answer, in time or not, by any rule that has to be reckoned with."""
    return any(reading.runs for reading in deadline.readings) if deadline.readings else deadline.running


def _open(deadline: Deadline) -> bool:
    return (deadline.effective_state or deadline.state) is DeadlineState.OPEN


def _may_appeal(deadline: Deadline) -> bool:
    return (deadline.effective_state or deadline.state) in (DeadlineState.OPEN, DeadlineState.UNDETERMINED)
