"""A claim from the notice that it was received: the one way that most sellers learn of one."""

from atoz.errors import Fault, InvalidDocument
from atoz.lifecycle.replay import rebuild
from atoz.model.claim import Claim
from atoz.model.order import Order
from atoz.model.reason import ClaimReason
from atoz.rulebook.edition import DEFAULT_EDITION
from atoz.sources.notices.record import Notice


def open_from_notice(
    order: Order, notice: Notice, *, reason: ClaimReason | str, edition: str = DEFAULT_EDITION
) -> Claim:
    """The claim that a notice says was received; say the reason, since no notice that is known does.

    It counts as filed at the notice's own date: it was then or before. An amount in another currency than the order's
    is left out.

    Raises:
        InvalidDocument: the notice is of another order, or does not say that a claim was received, or has no date.
        UnknownName: no such reason or edition.
    """
    faults: list[Fault] = []
    if notice.order_id != order.order_id:
        faults.append(Fault("order_id", "other_order", "the notice is not of this order"))
    if not notice.received or not notice.events():
        words = "it does not say that a claim was received, has no date, or is only quoted"
        faults.append(Fault("received", "no_filing", words))
    if faults:
        raise InvalidDocument("notice", tuple(faults))
    amount = notice.amount if notice.amount is not None and notice.amount.currency == order.currency else None
    return rebuild(order, notice.events(), reason=reason, amount=amount, edition=edition)
