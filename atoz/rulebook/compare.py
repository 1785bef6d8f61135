"""The same order under every edition that fits: how far the readings differ, at a glance."""

from collections.abc import Iterable
from datetime import date

from pydantic import Field

from atoz.model.order import Order
from atoz.model.reason import ClaimReason
from atoz.model.record import Record
from atoz.rulebook.edition import Edition
from atoz.rulebook.window import FilingWindow, filing_window


class Comparison(Record):
    """One window per edition, and how many days lie between the readings."""

    windows: tuple[FilingWindow, ...] = Field(description="The windows, by edition id.")
    opens_differ_by: int | None = Field(
        description="Days between the earliest and latest opening; none if no two are known."
    )
    closes_differ_by: int | None = Field(
        description="Days between the earliest and latest closing; none if no two are known."
    )

    def __str__(self) -> str:
        """One line per edition."""
        width = max(len(each.edition) for each in self.windows)
        return "\n".join(
            f"{each.edition:<{width}}  {each.opens or 'undetermined'!s:<12}  {each.closes or 'undetermined'!s:<12}"
            f"{'  needs ' + ', '.join(each.missing) if each.missing else ''}".rstrip()
            for each in self.windows
        )


def compare_editions(order: Order, *, reason: ClaimReason | str = ClaimReason.NOT_RECEIVED) -> Comparison:
    """The filing window of an order under every edition that speaks of its marketplace, or of none.

    >>> from datetime import UTC, datetime
    >>> order = Order(order_id="123-1234567-1234567", marketplace="IN",
    ...               placed_at=datetime(2016, 6, 1, 15, tzinfo=UTC), deliver_by=date(2016, 6, 10))
    >>> print(compare_editions(order))
    faq-2016    2016-06-07    2016-09-08
    in-current  undetermined  undetermined  needs first_contact_at

    Raises:
        UnknownName: no such reason.
    """
    windows = tuple(
        filing_window(order, edition=each.id, reason=reason) for each in Edition.all() if each.fits(order.marketplace)
    )
    return Comparison(
        windows=windows,
        opens_differ_by=_spread(each.opens for each in windows),
        closes_differ_by=_spread(each.closes for each in windows),
    )


def _spread(days: Iterable[date | None]) -> int | None:
    known = [day for day in days if day is not None]
    return (max(known) - min(known)).days if len(known) > 1 else None
