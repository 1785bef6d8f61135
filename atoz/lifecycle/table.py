"""The transition table: the only place where the lifecycle is written.

The machine, the reasons for a refusal, the diagram, the table in the README and the batch arrays are made from it.
Guards are data, so that each refusal has a code, a sentence and, where time decides, an instant.
"""

from typing import Literal, NamedTuple

from atoz.model.events import EVENT_CLASSES
from atoz.model.language import Text
from atoz.model.status import ClaimStatus
from atoz.rulebook.clock import DeadlineName

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
            return Text(en=f"{self.subject} is given", zh=f"须有 {self.subject}")
        name = DeadlineName(self.subject)
        if self.kind == "before_deadline":
            return Text(en=f"until the deadline to {name.label()}", zh=f"在「{name.label('zh')}」截止前")
        return Text(en=f"after the deadline to {name.label()}, unanswered", zh=f"「{name.label('zh')}」逾期且未回应")


class Row(NamedTuple):
    """One way for a claim to change its status."""

    event: str
    """The kind of the event; its class names the status that it leads to."""
    source: ClaimStatus | None
    """The status it starts from; none for the beginning."""
    meaning: Text
    guard: Guard | None = None

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
    Row("filed", None, Text(en="the buyer files the claim", zh="买家提出索赔")),
    Row(
        "granted_seller_funded", S.UNDER_REVIEW, Text(en="Amazon grants it, the seller pays", zh="亚马逊认可,卖家出资")
    ),
    Row("granted_amazon_funded", S.UNDER_REVIEW, Text(en="Amazon grants it and pays", zh="亚马逊认可并出资")),
    Row(
        "response_lapsed",
        S.UNDER_REVIEW,
        Text(en="nobody answered Amazon in time", zh="逾期无人回应亚马逊"),
        Guard("after_deadline", DeadlineName.ANSWER_AMAZON.value),
    ),
    Row("seller_refunded", S.UNDER_REVIEW, Text(en="the seller refunds the buyer", zh="卖家退款给买家")),
    Row("denied", S.UNDER_REVIEW, Text(en="Amazon denies it", zh="亚马逊拒绝索赔")),
    Row("withdrawn", S.UNDER_REVIEW, Text(en="the buyer withdraws it", zh="买家撤销索赔")),
    Row("order_cancelled", S.UNDER_REVIEW, Text(en="the order is cancelled", zh="订单被取消")),
    Row(
        "seller_appealed",
        S.GRANTED_SELLER_FUNDED,
        Text(en="the seller appeals the decision", zh="卖家对决定申诉"),
        Guard("before_deadline", DeadlineName.APPEAL.value),
    ),
    Row(
        "buyer_appealed",
        S.CLOSED,
        Text(en="the buyer appeals the denial", zh="买家对拒绝申诉"),
        Guard("before_deadline", DeadlineName.BUYER_APPEAL.value),
    ),
    Row(
        "withdrawn",
        S.GRANTED_SELLER_FUNDED,
        Text(en="the buyer takes the grant back", zh="买家在认可后撤销"),
        _CONSENT,
    ),
    Row(
        "withdrawn",
        S.GRANTED_AMAZON_FUNDED,
        Text(en="the buyer takes the grant back", zh="买家在认可后撤销"),
        _CONSENT,
    ),
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
