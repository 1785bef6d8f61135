"""A claim's history, read once: every event with the status before and after it, and what the whole adds up to.

Clocks, policies, the explorer, replays and reports ask the same questions of a history: which status did this event
meet, when was the latest event of a kind, how many messages since the filing, which event brought the present status.
`History.of` answers all of them in one pass; hand its result on instead of reading the events again.

>>> from datetime import UTC, datetime
>>> from atoz.model.events import Denied, Filed, SellerMessaged
>>> from atoz.model.order import Order
>>> order = Order(order_id="123-1234567-1234567", marketplace="US", placed_at=datetime(2016, 6, 1, tzinfo=UTC))
>>> filed, message, denied = (datetime(2016, 7, day, tzinfo=UTC) for day in (1, 2, 9))
>>> events = (Filed(at=filed), SellerMessaged(at=message), Denied(at=denied))
>>> history = History.of(Claim(order=order, reason="other", history=events))
>>> [(entry.event.kind, entry.before, entry.after.value) for entry in history.entries][:2]
[('filed', None, 'under_review'), ('seller_messaged', <ClaimStatus.UNDER_REVIEW: 'under_review'>, 'under_review')]
>>> history.since_filing("seller_messaged"), history.decision.event.kind
(1, 'denied')
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from atoz.model.claim import Claim
from atoz.model.events import AnyEvent, EvidenceAdded, status_after
from atoz.model.order import RETURN_FACTS
from atoz.model.status import ClaimStatus

STATUS_CHANGED = "status_changed"
"""The moment that is found beside the kinds of events: the last change of status."""
ORDER_FACTS = ("first_contact_at", "first_reply_at", *RETURN_FACTS)
"""The instants of an order that clocks start or end with."""


class HistoryEntry(NamedTuple):
    """One event, with the claim's status around it."""

    place: int
    """Its index in the history."""
    event: AnyEvent
    before: ClaimStatus | None
    """The status that it met; none before the claim was filed or first observed."""
    after: ClaimStatus | None
    """The status once it had happened."""
    says: ClaimStatus | None
    """The status that the event itself brings or observes; none for a plain event."""

    @property
    def changes_status(self) -> bool:
        """Whether the status is another one since; an event that only repeats it changes nothing."""
        return self.after is not self.before


class Moment(NamedTuple):
    """When something happened, and where: the place decides between events of one instant."""

    at: datetime
    place: int
    """Its index in the history; -1 for a fact of the order, which lies before all events."""


@dataclass(frozen=True, slots=True)
class History:
    """Everything that a claim's events add up to."""

    claim: Claim
    entries: tuple[HistoryEntry, ...]
    latest: dict[str, Moment]
    """The latest event of each kind; `status_changed` and the known `ORDER_FACTS` stand beside them."""
    evidence: frozenset[str]
    """The evidence that has been added."""
    filed_at: datetime | None
    """When the claim was filed; none if it entered by observation."""
    _totals: dict[str, int]
    _since_filing: dict[str, int]

    @classmethod
    def of(cls, claim: Claim) -> "History":
        """Read a claim's events once."""
        facts = ((name, getattr(claim.order, name)) for name in ORDER_FACTS)
        latest = {name: Moment(at, -1) for name, at in facts if at is not None}
        entries: list[HistoryEntry] = []
        evidence: set[str] = set()
        totals: dict[str, int] = {}
        since_filing: dict[str, int] = {}
        filed_at = claim.filed_at
        status: ClaimStatus | None = None
        for place, event in enumerate(claim.history):
            says, kind, at = status_after(event), event.kind, event.at
            after = says or status
            entries.append(HistoryEntry(place, event, status, after, says))
            latest[kind] = moment = Moment(at, place)
            totals[kind] = totals.get(kind, 0) + 1
            if filed_at is None or at >= filed_at:  # by time: a message of the filing's own instant counts
                since_filing[kind] = since_filing.get(kind, 0) + 1
            if isinstance(event, EvidenceAdded):
                evidence.add(event.evidence)
            if after is not status:
                latest[STATUS_CHANGED] = moment
            status = after
        return cls(claim, tuple(entries), latest, frozenset(evidence), filed_at, totals, since_filing)

    @property
    def beginning(self) -> HistoryEntry:
        """The first event that says a status: the filing, or an observation where that is unknown."""
        return next(entry for entry in self.entries if entry.says is not None)

    @property
    def begun_at(self) -> datetime | None:
        """When the claim was filed, or first observed where that is unknown; none before there is one."""
        return self.filed_at or next((entry.event.at for entry in self.entries if entry.says is not None), None)

    @property
    def decision(self) -> HistoryEntry:
        """The event that brought the present status."""
        return self.entries[self.latest[STATUS_CHANGED].place]

    def total(self, kind: str) -> int:
        """How many events of a kind there are."""
        return self._totals.get(kind, 0)

    def since_filing(self, kind: str) -> int:
        """How many events of a kind there are from the instant of the filing on; all of them where it is unknown."""
        return self._since_filing.get(kind, 0)

    def status_at(self, at: datetime) -> ClaimStatus | None:
        """The status at an instant, the events of that instant included; none before the beginning."""
        return next((entry.after for entry in reversed(self.entries) if entry.event.at <= at), None)
