"""Which messages Amazon lets the seller send on an order, and the step of a plan that each fits."""

from atoz.planner.actions import Action
from atoz.sources.payload_reader import Reader, as_payload

MESSAGING_ACTIONS: dict[str, Action] = {
    "confirmDeliveryDetails": Action.MESSAGE_BUYER,
    "confirmOrderDetails": Action.MESSAGE_BUYER,
    "confirmCustomizationDetails": Action.MESSAGE_BUYER,
    "unexpectedProblem": Action.MESSAGE_BUYER,
}
"""Action names of the Messaging API to the plan's action that such a message carries out.

Names whose operations Amazon removed (negativeFeedbackRemoval, amazonMotors) still appear in payloads and are left out.
"""


def allowed_messages(payload: object) -> frozenset[str]:
    """The actions of `getMessagingActionsForOrder` that can be sent and fit a plan.

    >>> sorted(allowed_messages({"_links": {"actions": [{"name": "unexpectedProblem"}, {"name": "amazonMotors"}]}}))
    ['unexpectedProblem']

    Raises:
        InvalidDocument: the payload is not an object.
    """
    whole = Reader(as_payload(payload, "messaging actions"))
    reader = whole if whole.has("_links") else Reader(whole.raw("payload"))
    named = {action.text("name") for action in reader.items("_links.actions")}
    return frozenset(name for name in MESSAGING_ACTIONS if name in named)
