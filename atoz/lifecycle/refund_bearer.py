"""Who bears the refund of a claim, as its status tells it, and whether a label's protection covers it."""

from atoz.model.claim import Claim
from atoz.model.enums import LabelledEnum
from atoz.model.order import TriState
from atoz.model.reason import ClaimReason
from atoz.model.status import ClaimStatus


class PaidBy(LabelledEnum, package="atoz.lifecycle", prefix="paid_"):
    """Who bears the refund, as the status tells it."""

    SELLER = "seller"
    AMAZON = "amazon"
    NOBODY = "nobody"
    """No refund stands: denied or withdrawn."""
    UNDECIDED = "undecided"
    UNKNOWN = "unknown"
    """Cancelled: no source says who bore what."""


def paid_by(status: ClaimStatus) -> PaidBy:
    """Who bears the refund of a claim in this status."""
    return {
        ClaimStatus.UNDER_REVIEW: PaidBy.UNDECIDED,
        ClaimStatus.GRANTED_SELLER_FUNDED: PaidBy.SELLER,
        ClaimStatus.REFUNDED: PaidBy.SELLER,
        ClaimStatus.GRANTED_AMAZON_FUNDED: PaidBy.AMAZON,
        ClaimStatus.CLOSED: PaidBy.NOBODY,
        ClaimStatus.WITHDRAWN: PaidBy.NOBODY,
        ClaimStatus.CANCELLED: PaidBy.UNKNOWN,
    }[status]


def protected_order(claim: Claim) -> bool:
    """Whether a label's protection covers a claim: it speaks of parcels that did not come, and of no other reason."""
    return claim.order.claims_protected is TriState.YES and claim.reason is ClaimReason.NOT_RECEIVED
