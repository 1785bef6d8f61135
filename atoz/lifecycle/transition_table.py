"""The transition table: the only place where the lifecycle is written.

The machine, the reasons for a refusal, the diagram, the table in the README and the batch arrays are made from it.
Guards are data, so that each refusal has a code, a sentence and, where time decides, an instant.
"""

from typing import Literal, NamedTuple

from atoz.model.events import EVENT_CLASSES
from atoz.model.status import ClaimStatus
from atoz.model.text import Text, fill, phrases
from atoz.rulebook.deadline_clock import DeadlineName, clock

S = ClaimStatus


class Guard(NamedTuple):
    """What must hold besides the status: a deadline not passed, one passed unanswered, or a fact of the event."""

    kind: Literal["before_deadline", "after_deadline", "needs"]
    subject: str
    """The deadline's name, or the event's field that must be true."""

    @property
    def says(self) -> Text:
        """The guard in words."""
        if self.kind == "needs":
            return phrases("atoz.lifecycle")[f"guard_needs_{self.subject}"]
        return fill("atoz.lifecycle", f"guard_{self.kind}", what=clock(DeadlineName(self.subject)).label)


class Row(NamedTuple):
    """One way for a claim to change its status."""

    event: str
    """The kind of the event; its class names the status that it leads to."""
    source: ClaimStatus | None
    """The status it starts from; none for the beginning."""
    words: str
    """The phrase of `words.toml` that says what it means."""
    guard: Guard | None = None

    @property
    def meaning(self) -> Text:
        """What it means, in one line."""
        return phrases("atoz.lifecycle")[self.words]

    @property
    def target(self) -> ClaimStatus:
        """The status that the event leads to."""
        target = EVENT_CLASSES[self.event].leads_to
        if target is None:
            message = f"{self.event} changes no status and has no place in the table"
            raise ValueError(message)
        return target


_CONSENT = Guard("needs", "consent_to_recharge")

TABLE: tuple[Row, ...] = (
    Row("filed", None, "filed"),
    Row("granted_seller_funded", S.UNDER_REVIEW, "granted_seller_funded"),
    Row("granted_amazon_funded", S.UNDER_REVIEW, "granted_amazon_funded"),
    Row(
        "response_lapsed",
        S.UNDER_REVIEW,
        "response_lapsed",
        Guard("after_deadline", DeadlineName.ANSWER_AMAZON.value),
    ),
    Row("seller_refunded", S.UNDER_REVIEW, "seller_refunded"),
    Row("denied", S.UNDER_REVIEW, "denied"),
    Row("withdrawn", S.UNDER_REVIEW, "withdrawn"),
    Row("order_cancelled", S.UNDER_REVIEW, "order_cancelled"),
    Row(
        "seller_appealed",
        S.GRANTED_SELLER_FUNDED,
        "seller_appealed",
        Guard("before_deadline", DeadlineName.APPEAL.value),
    ),
    Row("buyer_appealed", S.CLOSED, "buyer_appealed", Guard("before_deadline", DeadlineName.BUYER_APPEAL.value)),
    Row("withdrawn", S.GRANTED_SELLER_FUNDED, "grant_taken_back", _CONSENT),
    Row("withdrawn", S.GRANTED_AMAZON_FUNDED, "grant_taken_back", _CONSENT),
)

TRIGGERS: tuple[str, ...] = tuple(dict.fromkeys(row.event for row in TABLE))
"""Every status-changing event kind, once, in the order of the table."""

ROWS: dict[tuple[ClaimStatus, str], Row] = {(row.source, row.event): row for row in TABLE if row.source is not None}
"""The row for a status and an event kind."""


def triggers_from(status: ClaimStatus) -> tuple[str, ...]:
    """The event kinds that the table knows for a status; none means that it is final."""
    return tuple(row.event for row in TABLE if row.source is status)


def is_final(status: ClaimStatus) -> bool:
    """Whether no row leads on from a status."""
    return not triggers_from(status)
