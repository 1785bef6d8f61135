"""Facts: orders, claims and their events, money, marketplaces, statuses and reasons, and how documents are read.

The event classes are in `atoz.events`. Everything is loaded when it is first used.
"""

from atoz._lazy import lazy_exports

TYPE_CHECKING = False  # checkers take this name as true; importing it from typing would cost more
if TYPE_CHECKING:
    from atoz.model.citation import Confidence as Confidence
    from atoz.model.citation import Source as Source
    from atoz.model.claim import Claim as Claim
    from atoz.model.events import EVENT_CLASSES as EVENT_CLASSES
    from atoz.model.events import Actor as Actor
    from atoz.model.events import AnyEvent as AnyEvent
    from atoz.model.events import Event as Event
    from atoz.model.events import LearntFrom as LearntFrom
    from atoz.model.events import Purpose as Purpose
    from atoz.model.instant import Day as Day
    from atoz.model.instant import Instant as Instant
    from atoz.model.instant import to_day as to_day
    from atoz.model.instant import to_instant as to_instant
    from atoz.model.marketplace import Marketplace as Marketplace
    from atoz.model.money import Money as Money
    from atoz.model.money import Payment as Payment
    from atoz.model.order import Country as Country
    from atoz.model.order import Fulfilment as Fulfilment
    from atoz.model.order import Order as Order
    from atoz.model.order import TriState as TriState
    from atoz.model.reason import ClaimReason as ClaimReason
    from atoz.model.reason import ReasonDetail as ReasonDetail
    from atoz.model.record import Record as Record
    from atoz.model.record import parse_json as parse_json
    from atoz.model.record import read_document as read_document
    from atoz.model.status import ClaimStatus as ClaimStatus
    from atoz.model.text import Language as Language
    from atoz.model.text import Text as Text
else:
    __getattr__, __dir__, __all__ = lazy_exports(
        __name__,
        {
            "citation": ("Confidence", "Source"),
            "claim": ("Claim",),
            "events": ("Actor", "AnyEvent", "EVENT_CLASSES", "Event", "LearntFrom", "Purpose"),
            "instant": ("Day", "Instant", "to_day", "to_instant"),
            "marketplace": ("Marketplace",),
            "money": ("Money", "Payment"),
            "order": ("Country", "Fulfilment", "Order", "TriState"),
            "reason": ("ClaimReason", "ReasonDetail"),
            "record": ("Record", "parse_json", "read_document"),
            "status": ("ClaimStatus",),
            "text": ("Language", "Text"),
        },
    )
