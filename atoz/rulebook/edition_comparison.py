"""The filing windows of one order under every edition that fits it, and how far their readings lie apart."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal

from pydantic import Field

from atoz.model.arguments import check_order
from atoz.model.order import Order
from atoz.model.reason import ClaimReason
from atoz.model.record import Document, Record
from atoz.rulebook.date_arithmetic import Unit
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.edition import Edition, known_editions
from atoz.rulebook.edition_selection import editions_in_force
from atoz.rulebook.filing_window import FilingWindow, filing_window


class ComparedFigure(Record):
    """How long one edition gives for one deadline."""

    edition: str = Field(description="The edition.")
    deadline: DeadlineName = Field(description="What has to be done.")
    parameter: str = Field(description="The edition's figure.")
    value: int = Field(description="How many.")
    unit: Unit = Field(description="Of what.")
    starts_with: tuple[str, ...] = Field(description="The fact or events that start the clock.")


class Comparison(Document):
    """One window per edition, how many days lie between the readings, and how long each gives for each deadline."""

    kind: Literal["window_comparison"] = Field(
        default="window_comparison", description="Says that this document compares filing windows."
    )
    windows: tuple[FilingWindow, ...] = Field(description="The windows, by edition id.")
    opens_differ_by: int | None = Field(
        description="Days between the earliest and latest opening; none if no two are known."
    )
    closes_differ_by: int | None = Field(
        description="Days between the earliest and latest closing; none if no two are known."
    )
    in_force: tuple[str, ...] = Field(default=(), description="The editions in force on the order day.")
    deadlines: tuple[ComparedFigure, ...] = Field(default=(), description="What each edition gives for each deadline.")

    def __str__(self) -> str:
        """One line per edition."""
        width = max(len(window.edition) for window in self.windows)
        return "\n".join(
            f"{window.edition:<{width}}  "
            f"{window.opens or 'undetermined'!s:<12}  {window.closes or 'undetermined'!s:<12}"
            f"{'  needs ' + ', '.join(window.missing) if window.missing else ''}".rstrip()
            for window in self.windows
        )


def compare_editions(
    order: Order, *, reason: ClaimReason | str = ClaimReason.NOT_RECEIVED, editions: Iterable[Edition] = ()
) -> Comparison:
    """The filing window of an order under every edition that speaks of its marketplace, or of none.

    `editions` are those of your own to compare with.

    >>> from datetime import UTC, datetime
    >>> order = Order(order_id="123-1234567-1234567", marketplace="IN",
    ...               placed_at=datetime(2016, 6, 1, 15, tzinfo=UTC), deliver_by=date(2016, 6, 10))
    >>> print(compare_editions(order))
    faq-2016    2016-06-07    2016-09-08
    in-current  undetermined  undetermined  needs first_contact_at

    Raises:
        UnknownName: no such reason.
    """
    check_order(order)
    fitting = [edition for edition in known_editions(editions).values() if edition.fits(order.marketplace)]
    windows = tuple(filing_window(order, edition=edition, reason=reason) for edition in fitting)
    return Comparison(
        windows=windows,
        opens_differ_by=_spread(window.opens for window in windows),
        closes_differ_by=_spread(window.closes for window in windows),
        in_force=tuple(edition.reference for edition in editions_in_force(order.marketplace, order.placed_on)),
        deadlines=tuple(figure for edition in fitting for figure in _figures(edition)),
    )


def _figures(edition: Edition) -> Iterator[ComparedFigure]:
    for figure in edition.parameters:
        if figure.role == "deadline":
            yield ComparedFigure(
                edition=edition.reference,
                deadline=figure.deadline or DeadlineName(figure.name),
                parameter=figure.name,
                value=figure.value,
                unit=figure.unit,
                starts_with=figure.starts_with,
            )


def _spread(days: Iterable[date | None]) -> int | None:
    known = [day for day in days if day is not None]
    return (max(known) - min(known)).days if len(known) > 1 else None
