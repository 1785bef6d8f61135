"""Builders: an order and a claim that are valid as they are; override what matters.

>>> a_claim(status="closed", reason="not_as_described").history[-1].kind
'denied'
"""

from collections import deque
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache

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

FILED_AT = to_instant("2016-06-21T16:00:00Z")
"""When a claim of the default edition is filed: a Tuesday morning in Seattle; no clocks change for months."""
FILED_TODAY = to_instant("2026-06-16T16:00:00Z")
"""When a claim of today is filed: a Tuesday inside every undated edition and that of 2026."""
_BEFORE_FILING = timedelta(days=20, hours=1)
"""How long before the filing a built order was placed."""

_USUAL: dict[str, object] = {
    "order_id": "123-1234567-1234567",
    "marketplace": "US",
}
_ADAPTER: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)


@cache
def filed_in(edition: str | Edition) -> datetime:
    """When a claim that an edition counts is filed: a Tuesday of its own days, in June where there is one.

    >>> filed_in("us-2026").isoformat(), filed_in("us-2020-07").isoformat()
    ('2026-06-16T16:00:00+00:00', '2021-04-20T16:00:00+00:00')

    Raises:
        UnknownName: there is no edition of this id.
    """
    if edition == DEFAULT_EDITION:
        return FILED_AT
    span = None if edition == IN_FORCE else Edition.named(edition).in_force
    if span is None:
        return FILED_TODAY
    last = (span.last or FILED_TODAY.date()).year
    tuesdays = (_third_tuesday(year, month) for month in (6, 4, 9) for year in range(span.first.year, last + 1))
    day = next((day for day in tuesdays if span.covers(day)), span.first)
    return datetime.combine(day, FILED_AT.timetz())


def _third_tuesday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(1 - first.weekday()) % 7 + 14)


def an_order(*, filed_at: datetime = FILED_AT, **facts: object) -> Order:
    """A valid order, placed twenty days before a claim on it is filed; every fact of `Order` can be overridden by name.

    >>> an_order(claims_protected="yes").claims_protected.value
    'yes'

    Raises:
        InvalidDocument: a fact does not fit; all faults together.
    """
    placed_at = filed_at - _BEFORE_FILING
    dates = {"placed_at": placed_at, "deliver_by": (placed_at + timedelta(days=9)).date()}
    return read_document(Order, {**_USUAL, **dates, **facts}, what="order")


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
    filed_at: datetime | None = None,
    edition: str | Edition = DEFAULT_EDITION,
    detail: ReasonDetail | str | None = None,
    amount: Money | str | None = "31.90 USD",
    events: Iterable[AnyEvent] = (),
) -> Claim:
    """A claim in a status, reached by the shortest way through the table, an event a day; then `events`, applied.

    Without an order of your own the marketplace is one that the edition speaks of, and the amount in its currency; the
    claim is filed on a day of the edition's own, or twenty days after your order was placed.

    Raises:
        InvalidDocument: a fact does not fit.
        UnknownName: no such status, reason or edition.
        TransitionRefused: the machine refuses one of the events.
    """
    filed = filed_at or (order.placed_at + _BEFORE_FILING if order else filed_in(edition))
    about = order or an_order(marketplace=home_of(edition), filed_at=filed)
    wanted = status if isinstance(status, ClaimStatus) else ClaimStatus.parse(status)
    asked = f"31.90 {about.currency}" if amount == "31.90 USD" else amount
    claim = open_claim(about, reason=reason, filed_at=filed, amount=asked, edition=edition, detail=detail)
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
