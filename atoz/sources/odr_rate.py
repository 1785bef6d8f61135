"""The Order Defect Rate as a view: where it stands, what one more claim would do, and when each order leaves it."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal, localcontext
from typing import Literal

from pydantic import Field

from atoz.model.instant import Day
from atoz.model.order import Order
from atoz.model.record import Document, Record
from atoz.rulebook.odr_effect import OdrPeriod, odr_period
from atoz.sources.report_files.account_health import ChannelHealth, Number


class Leaving(Record):
    """When one order leaves the window."""

    order_id: str = Field(description="Amazon's order id.")
    last_window_ends_on: Day = Field(description="Last end of a window that still holds the order.")
    counted_until: Day | None = Field(
        default=None, description="Estimate of the last calendar day, if it is known how far back windows end."
    )


class OdrView(Record):
    """The rate of one channel: counts, Amazon's figures, and what one more claim would make of them."""

    health: ChannelHealth = Field(description="What Amazon states.")
    counted_rate: Number | None = Field(description="Defects through orders, as counted here; Amazon's status decides.")
    with_one_more: Number | None = Field(description="The same with one more order with a defect.")
    one_more_is_under: bool | None = Field(description="Whether that stays under the threshold; none if unknown.")
    room: int | None = Field(description="How many more orders with a defect stay under the threshold.")
    period: OdrPeriod = Field(description="How long an order counts, and by which source.")
    leaving: tuple[Leaving, ...] = Field(default=(), description="When each order leaves, earliest first.")


class OdrReport(Document):
    """The views of all channels of one report: what `atoz odr --json` prints."""

    kind: Literal["odr"] = Field(default="odr", description="Says that this document is about the Order Defect Rate.")
    channels: tuple[OdrView, ...] = Field(description="A view for each channel of each marketplace.")


def odr_view(health: ChannelHealth, *, orders: Iterable[Order] = (), as_of: date | None = None) -> OdrView:
    """The view of a channel; with the day of the report (`as_of`) the lag of its window is known as well.

    A claim on an order that has a defect already does not count again, so "one more" means one more order.
    """
    rate = _share(health.defects, health.orders)
    more = _share(None if health.defects is None else health.defects + 1, health.orders)
    room = _room(health)
    return OdrView(
        health=health,
        counted_rate=rate,
        with_one_more=more,
        one_more_is_under=None if room is None else room >= 1,
        room=room,
        period=odr_period(),
        leaving=tuple(
            sorted(
                (_leaving(order, health, as_of) for order in orders),
                key=lambda row: (row.last_window_ends_on, row.order_id),
            )
        ),
    )


def _leaving(order: Order, health: ChannelHealth, as_of: date | None) -> Leaving:
    last = order.placed_on + timedelta(days=odr_period().days - 1)
    lag = None
    if as_of is not None and health.period_to is not None:
        lag = max(as_of - order.local_day(health.period_to), timedelta(0))
    return Leaving(order_id=order.order_id, last_window_ends_on=last, counted_until=None if lag is None else last + lag)


def _share(part: int | None, whole: int | None) -> Decimal | None:
    if part is None or not whole:
        return None
    with localcontext() as exact:
        exact.prec = 12
        return Decimal(part) / Decimal(whole)


def _room(health: ChannelHealth) -> int | None:
    """The most defects that are still less than the target, minus those there are; never below zero."""
    if health.defects is None or not health.orders or health.target is None:
        return None
    limit = health.target * health.orders
    most = int(limit) - 1 if limit == int(limit) else int(limit)
    return max(most - health.defects, 0)
