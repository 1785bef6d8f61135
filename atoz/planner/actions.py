"""The closed list of actions, and the event that completes each."""

from typing import NamedTuple

from atoz.model.enums import LabelledEnum
from atoz.model.events import AnyEvent, Purpose, SellerMessaged


class Action(LabelledEnum, package="atoz.planner", prefix="action_"):
    """What a step asks the seller to do; labels are `words.toml`."""

    MESSAGE_BUYER = "message_buyer"
    ASK_FOR_WITHDRAWAL = "ask_for_withdrawal"
    EXPLAIN_WITHDRAWAL = "explain_withdrawal"
    ASK_FOR_EVIDENCE = "ask_for_evidence"
    COLLECT_EVIDENCE = "collect_evidence"
    RESPOND_TO_AMAZON = "respond_to_amazon"
    REFUND_BUYER = "refund_buyer"
    APPEAL = "appeal"
    ASK_SCORE_RESTORATION = "ask_score_restoration"
    CHECK_FOR_QUESTION = "check_for_question"
    ESCALATE = "escalate"
    WAIT = "wait"


class Completion(NamedTuple):
    """The event that completes an action: its kind and, for messages, what the message was for."""

    kind: str
    purpose: Purpose | None = None

    def matches(self, event: AnyEvent) -> bool:
        """Whether this event completes the action."""
        if event.kind != self.kind:
            return False
        return self.purpose is None or (isinstance(event, SellerMessaged) and event.purpose is self.purpose)


COMPLETED_BY: dict[Action, Completion | None] = {
    Action.MESSAGE_BUYER: Completion("seller_messaged", Purpose.MESSAGE_BUYER),
    Action.ASK_FOR_WITHDRAWAL: Completion("seller_messaged", Purpose.ASK_FOR_WITHDRAWAL),
    Action.EXPLAIN_WITHDRAWAL: Completion("seller_messaged", Purpose.EXPLAIN_WITHDRAWAL),
    Action.ASK_FOR_EVIDENCE: Completion("seller_messaged", Purpose.ASK_FOR_EVIDENCE),
    Action.COLLECT_EVIDENCE: Completion("evidence_added"),
    Action.RESPOND_TO_AMAZON: Completion("seller_responded"),
    Action.REFUND_BUYER: Completion("seller_refunded"),
    Action.APPEAL: Completion("seller_appealed"),
    Action.ASK_SCORE_RESTORATION: Completion("score_restoration_asked"),
    Action.CHECK_FOR_QUESTION: Completion("nothing_asked"),
    Action.ESCALATE: Completion("handed_over"),
    Action.WAIT: None,
}
"""What completes each action; nothing completes waiting."""


def is_message(action: Action) -> bool:
    """Whether the action sends a message to the buyer, and so keeps the policy's cadence."""
    completion = COMPLETED_BY[action]
    return completion is not None and completion.kind == "seller_messaged"
