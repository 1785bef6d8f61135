"""Builders: an order and a claim that are valid as they are; override what matters.

>>> a_claim(status="closed", reason="not_as_described").history[-1].kind
'denied'
"""

from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta

from pydantic import TypeAdapter, ValidationError

from atoz.errors import InvalidDocument
from atoz.lifecycle.operations import apply, open_claim
from atoz.lifecycle.transition_table import TABLE
from atoz.model.claim import Claim
from atoz.model.events import AnyEvent
from atoz.model.instant import to_instant
from atoz.model.money import Money
from atoz.model.order import Order
from atoz.model.reason import ClaimReason, ReasonDetail
from atoz.model.record import faults_of, read_document
from atoz.model.status import ClaimStatus
from atoz.rulebook.edition import DEFAULT_EDITION, IN_FORCE, Edition

FILED_AT = to_instant("2026-04-21T16:00:00Z")
"""When a built claim is filed: a Tuesday morning in Seattle; no clocks change for half a year."""

_USUAL: dict[str, object] = {
    "order_id": "123-1234567-1234567",
    "marketplace": "US",
    "placed_at": "2026-04-01T15:00:00Z",
    "deliver_by": "2026-04-10",
}
_ADAPTER: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)


def an_order(**facts: object) -> Order:
    """A valid order; every fact of `Order` can be overridden by name.

    >>> an_order(claims_protected="yes").claims_protected.value
    'yes'

    Raises:
        InvalidDocument: a fact does not fit; all faults together.
    """
    return read_document(Order, {**_USUAL, **facts}, what="order")


def an_event(kind: str, at: datetime, **facts: object) -> AnyEvent:
    """An event of a kind at an instant, as a simulation would bring it; `order_cancelled` is the buyer's unless said.

    Raises:
        InvalidDocument: a fact does not fit, or there is no such kind.
    """
    data: dict[str, object] = {"kind": kind, "at": at, "learnt_from": "simulation"}
    if kind == "order_cancelled":
        data["actor"] = "buyer"
    try:
        return _ADAPTER.validate_python({**data, **facts})
    except ValidationError as error:
        raise InvalidDocument(kind, faults_of(error)) from None


def a_claim(  # noqa: PLR0913  (a builder has as many arguments as there are facts to override)
    *,
    status: ClaimStatus | str = ClaimStatus.UNDER_REVIEW,
    reason: ClaimReason | str = ClaimReason.NOT_RECEIVED,
    order: Order | None = None,
    filed_at: datetime = FILED_AT,
    edition: str | Edition = DEFAULT_EDITION,
    detail: ReasonDetail | str | None = None,
    amount: Money | str | None = "31.90 USD",
    events: Iterable[AnyEvent] = (),
) -> Claim:
    """A claim in a status, reached by the shortest way through the table, an event a day; then `events`, applied.

    Without an order of your own the marketplace is one that the edition speaks of, and the amount in its currency.

    Raises:
        InvalidDocument: a fact does not fit.
        UnknownName: no such status, reason or edition.
        TransitionRefused: the machine refuses one of the events.
    """
    about = order or an_order(marketplace=home_of(edition))
    wanted = status if isinstance(status, ClaimStatus) else ClaimStatus.parse(status)
    asked = f"31.90 {about.currency}" if amount == "31.90 USD" else amount
    claim = open_claim(about, reason=reason, filed_at=filed_at, amount=asked, edition=edition, detail=detail)
    passed = (edition,) if isinstance(edition, Edition) else ()
    for kind in route_to(wanted):
        claim = apply(claim, an_event(kind, claim.updated_at + timedelta(days=1)), editions=passed)
    for event in events:
        claim = apply(claim, event, editions=passed)
    return claim


def home_of(edition: str | Edition) -> str:
    """A marketplace that an edition speaks of: its first, or the US where it names none."""
    return "US" if edition == IN_FORCE else next(iter(Edition.named(edition).marketplaces), "US")


def route_to(status: ClaimStatus) -> tuple[str, ...]:
    """The kinds of the fewest events that lead from filing to a status."""
    queue: deque[tuple[ClaimStatus, tuple[str, ...]]] = deque([(ClaimStatus.UNDER_REVIEW, ())])
    known: set[ClaimStatus] = set()
    while queue:
        here, route = queue.popleft()
        if here is status:
            return route
        known.add(here)
        ways = (row for row in TABLE if row.source is here and row.guard is None and row.target not in known)
        queue.extend((row.target, (*route, row.event)) for row in ways)
    message = f"the table never leads to {status}"  # pragma: no cover  (a test holds that it does)
    raise AssertionError(message)  # pragma: no cover
