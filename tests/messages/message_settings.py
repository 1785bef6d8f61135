"""Orders and claims that the tests of this room share."""

from datetime import UTC, date, datetime

from atoz import Claim, Money, Order
from atoz.model.events import BuyerMessaged, Filed, GrantedSellerFunded, SellerMessaged

ORDER_ID = "123-1234567-1234567"

VALUES: dict[str, object] = {
    "item": "the desk lamp",
    "missing_parts": "the lamp shade and two screws",
    "carrier": "UPS",
    "tracking_number": "1Z999AA10123456784",
    "shipped_on": "2026-06-02",
    "arrived_on": "2026-07-20",
    "return_address": "Lamp Returns, 1 Example Street, Springfield, IL 62701",
    "return_received_on": date(2026, 7, 1),
    "refund_amount": "31.90 USD",
    "what_happened": "The parcel left us on June 2, one day after the order, and UPS has scanned it four times since.",
    "what_was_offered": "a replacement or a full refund, in our first message.",
    "not_provided": "a photo of the mailbox and the name of a neighbour.",
    "answers": "The buyer writes that the parcel is late; it is within the carrier's estimate.",
    "evidence": "the tracking history, the shipping label and our messages.",
    "new_evidence": "the carrier's proof of delivery with a signature.",
    "cause": "our carrier lost three parcels in one week.",
    "done_already": "we changed the carrier.",
    "plan": "1. tracked service only. 2. an answer within one day. 3. a weekly look at late parcels.",
    "seller_name": "Lamps and More",
}
"""Everything that a seller can be asked for."""


def at(day: int, hour: int = 16) -> datetime:
    """An instant of June 2026."""
    return datetime(2026, 6, day, hour, tzinfo=UTC)


def order(*, delivered: bool = False) -> Order:
    """An order in the United States, with or without a delivery scan."""
    return Order(
        order_id=ORDER_ID,
        marketplace="US",
        placed_at=at(1, 15),
        deliver_by=date(2026, 6, 10),
        delivered_at=at(9, 18) if delivered else None,
        total=Money.parse("31.90 USD"),
    )


def claim(setting: str) -> Claim | None:
    """The setting that a corpus row names: none, open, delivered, or snad (not as described)."""
    history = (BuyerMessaged(at=at(19)), Filed(at=at(20)), SellerMessaged(at=at(21)), BuyerMessaged(at=at(22)))
    facts: dict[str, object] = {"reason": "not_received"}
    if setting == "snad":
        words = "It arrived broken and the seller never answered."
        facts = {"reason": "not_as_described", "detail": "damaged", "platform_words": words}
    about = order(delivered=setting != "open")
    return None if setting == "none" else Claim.model_validate({"order": about, "history": history, **facts})


def granted(*, delivered: bool = False) -> Claim:
    """A claim that was granted at the seller's cost."""
    history = (
        BuyerMessaged(at=at(19)),
        Filed(at=at(20)),
        SellerMessaged(at=at(21)),
        BuyerMessaged(at=at(22)),
        GrantedSellerFunded(at=at(25), amount=Money.parse("31.90 USD")),
    )
    return Claim.model_validate({"order": order(delivered=delivered), "reason": "not_received", "history": history})
