"""Every event of a claim: `from atoz.events import Denied`; what each means stands at its class.

>>> from datetime import UTC, datetime
>>> Denied(at=datetime(2026, 7, 1, tzinfo=UTC)).leads_to
<ClaimStatus.CLOSED: 'closed'>
"""

from atoz.model.events import (
    EVENT_CLASSES,
    Actor,
    AnyEvent,
    BuyerAppealed,
    BuyerMessaged,
    Denied,
    Event,
    EvidenceAdded,
    Filed,
    GrantedAmazonFunded,
    GrantedSellerFunded,
    HandedOver,
    InformationRequested,
    LearntFrom,
    NothingAsked,
    Observed,
    OrderCancelled,
    Purpose,
    ResponseLapsed,
    ScoreRestorationAsked,
    SellerAppealed,
    SellerMessaged,
    SellerRefunded,
    SellerResponded,
    Withdrawn,
)

__all__ = [
    "EVENT_CLASSES",
    "Actor",
    "AnyEvent",
    "BuyerAppealed",
    "BuyerMessaged",
    "Denied",
    "Event",
    "EvidenceAdded",
    "Filed",
    "GrantedAmazonFunded",
    "GrantedSellerFunded",
    "HandedOver",
    "InformationRequested",
    "LearntFrom",
    "NothingAsked",
    "Observed",
    "OrderCancelled",
    "Purpose",
    "ResponseLapsed",
    "ScoreRestorationAsked",
    "SellerAppealed",
    "SellerMessaged",
    "SellerRefunded",
    "SellerResponded",
    "Withdrawn",
]
