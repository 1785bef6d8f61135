"""A claim's history with the editions that count it: what every deadline, guard and plan is counted from."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from atoz.model.claim import Claim
from atoz.model.events import AnyEvent
from atoz.model.history import History
from atoz.model.order import Order
from atoz.model.reason import ClaimReason
from atoz.rulebook.edition import Edition, passed_editions

_READ = tuple(field.name for field in fields(History))
"""What has been read of a history, in the order in which it is kept."""


@dataclass(frozen=True, slots=True)
class CountedHistory(History):
    """A history that has been read once, and the edition that its claim pins.

    >>> from datetime import UTC, datetime
    >>> from atoz.model.events import Filed
    >>> from atoz.model.order import Order
    >>> at = datetime(2016, 7, 1, tzinfo=UTC)
    >>> order = Order(order_id="123-1234567-1234567", marketplace="US", placed_at=datetime(2016, 6, 1, tzinfo=UTC))
    >>> CountedHistory.of(Claim(order=order, reason="other", history=(Filed(at=at),))).edition.id
    'faq-2016'
    """

    edition: Edition
    """It counts the deadlines."""
    editions: tuple[Edition, ...]
    """The editions that were passed, which the claim may name."""

    @classmethod
    def of(cls, claim: Claim, editions: Iterable[Edition] = ()) -> "CountedHistory":
        """Read a claim's events once, and find its edition.

        Raises:
            UnknownName: there is no edition of this id.
            EditionMissing: the claim names an edition of your own that was not passed, or whose text has changed.
        """
        passed = passed_editions(editions)
        edition = Edition.named(claim.edition, passed)
        history = History.of(claim)
        read: dict[str, Any] = {name: getattr(history, name) for name in _READ}
        return cls(**read, edition=edition, editions=passed)

    @classmethod
    def before_claim(cls, order: Order, events: Iterable[AnyEvent], edition: Edition) -> "CountedHistory":
        """What is known of an order before there is a claim: its facts and the messages on it, as a history.

        No status is known, so the clocks that belong to one do not run.
        """
        by_time = tuple(sorted(events, key=lambda event: event.at))
        unfiled = Claim.model_construct(
            order=order, reason=ClaimReason.OTHER, edition=edition.reference, history=by_time
        )
        return cls.of(unfiled, (edition,) if edition.id != edition.reference else ())

    @property
    def window_edition(self) -> Edition:
        """The edition that counts the filing window."""
        return Edition.named(self.claim.window_edition or self.claim.edition, self.editions)

    def named(self, edition: str) -> Edition:
        """The edition that a result of this claim names."""
        return Edition.named(edition, self.editions)
