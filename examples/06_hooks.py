"""Hook your own code into the machine; a hook that raises leaves the claim as it was."""

from datetime import UTC, datetime

from transitions import EventData

from atoz import Order, apply, events, machine, open_claim
from atoz.lifecycle.machine import ClaimModel


def tell(data: EventData) -> None:
    """Say which status was entered."""
    if isinstance(data.model, ClaimModel):
        print("entered", data.model.claim.status)


def refuse(data: EventData) -> None:
    """Fail as a database might."""
    raise RuntimeError(f"could not store the claim after {data.transition.source if data.transition else 'nothing'}")


order = Order(order_id="123-1234567-1234567", marketplace="DE", placed_at=datetime(2016, 6, 1, tzinfo=UTC))
claim = open_claim(order, reason="not_received", filed_at=datetime(2016, 6, 20, tzinfo=UTC))
denied = events.Denied(at=datetime(2016, 6, 25, tzinfo=UTC))

print(apply(claim, denied, machine=machine(after_state_change=tell)).status)
try:
    apply(claim, denied, machine=machine(after_state_change=refuse))
except RuntimeError as error:
    print(error, "- the claim is still", claim.status)

# prints:
# entered closed
# closed
# could not store the claim after under_review - the claim is still under_review
