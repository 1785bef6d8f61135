"""The seller's duties: the deadlines whose silence is held against the seller; an appeal is a right, not a duty.

>>> [name.value for name in MANDATORY]
['answer_buyer', 'answer_amazon']
"""

from datetime import datetime

from atoz.model.history import History
from atoz.model.status import ClaimStatus
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.deadlines import Deadline, DeadlineState
from atoz.rulebook.readings import Reading

MANDATORY = (DeadlineName.ANSWER_BUYER, DeadlineName.ANSWER_AMAZON)
"""The deadlines that are duties while a claim is under review."""


def missed_duty(history: History, deadline: Deadline, reading: Reading) -> datetime | None:
    """The instant that was missed by one reading of a deadline, if that is held against the seller."""
    if reading.state is not DeadlineState.MISSED or reading.due_at is None:
        return None
    return reading.due_at if is_duty(history, deadline, reading) else None


def is_duty(history: History, deadline: Deadline, reading: Reading) -> bool:
    """Whether missing a deadline is held against the seller: mandatory, and due while the claim was under review."""
    if deadline.name not in MANDATORY or reading.due_at is None:
        return False
    own = reading.edition == deadline.edition and reading.figure == deadline.name and reading.started_by != "filed"
    counts = (reading.counts or own) and (reading.runs or not decided_meanwhile(history, reading))
    return counts and history.status_at(reading.due_at) is ClaimStatus.UNDER_REVIEW


def decided_meanwhile(history: History, reading: Reading) -> bool:
    """Whether the claim was decided while a clock ran: no clock counts beyond a decision, whatever follows."""
    start, due_at = reading.started_at, reading.due_at
    return any(
        entry.changes_status and entry.after is not ClaimStatus.UNDER_REVIEW and start <= entry.event.at <= due_at
        for entry in history.entries
        if start is not None and due_at is not None
    )
