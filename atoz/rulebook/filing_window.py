"""The filing window: the first and last local day on which the buyer may file.

>>> from datetime import UTC, date, datetime
>>> order = Order(order_id="123-1234567-1234567", marketplace="US",
...               placed_at=datetime(2016, 6, 1, 15, tzinfo=UTC), deliver_by=date(2016, 6, 10))
>>> window = filing_window(order)
>>> window.opens, window.closes
(datetime.date(2016, 6, 7), datetime.date(2016, 9, 8))
>>> window.verdict(date(2016, 6, 6)).value, window.verdict(date(2016, 6, 7)).value
('not_yet', 'eligible')
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from pydantic import Field, computed_field

from atoz.errors import Fault, InvalidDocument
from atoz.model.order import Order
from atoz.model.reason import ClaimReason
from atoz.model.record import Record
from atoz.rulebook.date_arithmetic import Unit, add_to_day, add_to_instant
from atoz.rulebook.edition import DEFAULT_EDITION, IN_FORCE, Edition, Parameter
from atoz.rulebook.edition_selection import pick_edition
from atoz.rulebook.explanation import Explanation


class Verdict(StrEnum):
    """Whether the buyer may file on a day."""

    NOT_YET = "not_yet"
    ELIGIBLE = "eligible"
    EXPIRED = "expired"
    UNDETERMINED = "undetermined"


class FilingWindow(Record):
    """When the buyer may file: local calendar days of the marketplace, the first and the last included."""

    order: Order = Field(exclude=True, repr=False, description="The order that was asked about.")
    edition: str = Field(description="The edition that counted it.")
    in_force_on: date | None = Field(description="The order day, where the edition was picked as in force on it.")
    reason: ClaimReason = Field(description="The reason that was asked about.")
    opens: date | None = Field(description="First day to file; none if undetermined.")
    closes: date | None = Field(description="Last day to file; none if undetermined.")
    opens_no_earlier: date | None = Field(description="A day before which it surely does not open, if one is known.")
    opens_no_later: date | None = Field(description="A day by which it surely opens, if one is known.")
    missing: tuple[str, ...] = Field(description="Facts of the order that are needed and not known.")
    unsupported: tuple[str, ...] = Field(description="What the edition does not define: window, or closing day.")

    def __str__(self) -> str:
        """One line: from when to when, by which edition."""
        return f"{self.opens or '?'} to {self.closes or '?'} ({self.reason}, edition {self.edition})"

    def verdict(self, on: date) -> Verdict:
        """Whether the buyer may file on a local day; a known bound may prove `not_yet` or `expired`, never `eligible`.

        Raises:
            InvalidDocument: `on` is an instant, not a day: ask for `order.local_day(instant)`.
        """
        if type(on) is not date:
            fault = Fault("on", "not_a_day", "a calendar day is needed, not an instant or text; see Order.local_day")
            raise InvalidDocument("verdict", (fault,))
        if self.closes is not None and on > self.closes:
            return Verdict.EXPIRED
        if self.opens_no_earlier is not None and on < self.opens_no_earlier:
            return Verdict.NOT_YET
        return Verdict.UNDETERMINED if self.opens is None or self.closes is None else Verdict.ELIGIBLE

    def days_left(self, on: date) -> int | None:
        """Days from a local day to the last day: 0 on it, negative after it, none while it is not known."""
        return None if self.closes is None else (self.closes - on).days

    def explain(self) -> Explanation:
        """The steps that the window was counted by, each with its source, and the caveats."""
        from atoz.rulebook.window_explanation import explain_window  # noqa: PLC0415  (only who asks why pays for the words)

        return explain_window(self)

    @computed_field(repr=False, description="The steps, and what to bear in mind.")  # type: ignore[prop-decorator]
    @property
    def explanation(self) -> Explanation:
        """The same as `explain()`, so that JSON carries it."""
        return self.explain()


class Leg(NamedTuple):
    """One figure of a window, ready to count with."""

    rule: Parameter
    fact: str
    """The fact of the order that it counts from."""
    days: timedelta | None
    """What to add to a local day; none where business days or hours are counted."""


class WindowRules(NamedTuple):
    """An edition's figures for one reason."""

    opens: tuple[Leg, ...]
    not_before: tuple[Leg, ...]
    closes: tuple[Leg, ...]


@cache
def window_rules(edition: str, reason: ClaimReason) -> WindowRules | None:
    """What an edition says of a reason's window; none if it defines no opening."""
    rules = [each for each in Edition.named(edition).parameters if not each.reasons or reason in each.reasons]

    def legs(role: str) -> tuple[Leg, ...]:
        return tuple(Leg(each, each.starts_with[0], _whole_days(each)) for each in rules if each.role == role)

    opens, not_before = legs("opens"), legs("opens_not_before")
    return WindowRules(opens, not_before, legs("closes")) if opens or not_before else None


def _whole_days(rule: Parameter) -> timedelta | None:
    return timedelta(days=rule.value) if rule.unit is Unit.CALENDAR_DAY else None


def filing_window(
    order: Order, *, edition: str = DEFAULT_EDITION, reason: ClaimReason | str = ClaimReason.NOT_RECEIVED
) -> FilingWindow:
    """When the buyer may file, by one edition of the rules (`in-force`: the one of the order day).

    Raises:
        UnknownName: no such edition or reason.
        NoEditionInForce: `in-force` was asked for and none is supported there on the order day.
    """
    why = reason if isinstance(reason, ClaimReason) else ClaimReason.parse(reason)
    placed_on = order.placed_on
    chosen = pick_edition(edition, order.marketplace, placed_on).id
    rules = window_rules(chosen, why)
    span = _span(order, placed_on, rules) if rules else Span()
    return FilingWindow(
        order=order,
        edition=chosen,
        in_force_on=placed_on if edition == IN_FORCE else None,
        reason=why,
        opens=span.opens,
        closes=span.closes,
        opens_no_earlier=span.no_earlier,
        opens_no_later=span.no_later,
        missing=span.missing,
        unsupported=("window",) if rules is None else () if rules.closes else ("closes",),
    )


class Span(NamedTuple):
    """What could be counted of a window."""

    opens: date | None = None
    closes: date | None = None
    no_earlier: date | None = None
    no_later: date | None = None
    missing: tuple[str, ...] = ()


def _span(order: Order, placed_on: date, rules: WindowRules) -> Span:
    """Open on the sooner of all openings, but not before the later of all waits and the order day."""
    missing: list[str] = []
    sooner = _known(rules.opens, order, placed_on, missing)
    openings_known = not missing
    later = _known(rules.not_before, order, placed_on, missing)
    wait = max(placed_on, *later) if later else placed_on
    no_earlier = no_later = wait
    if sooner:
        no_later = max(wait, min(sooner))
        no_earlier = no_later if openings_known else wait
    opens = None if missing else no_earlier
    closes = _known(rules.closes, order, placed_on, missing)
    bounded = bool(sooner or not rules.opens) and len(later) == len(rules.not_before)
    return Span(opens, closes[0] if closes else None, no_earlier, no_later if bounded else None, tuple(missing))


def _known(legs: tuple[Leg, ...], order: Order, placed_on: date, missing: list[str]) -> list[date]:
    """The days that can be counted; facts that are missing are added to `missing`, each once."""
    days: list[date] = []
    for leg in legs:
        day = counted_day(leg, order, placed_on)
        if day is not None:
            days.append(day)
        elif leg.fact != NO_SCAN and leg.fact not in missing:
            missing.append(leg.fact)
    return days


NO_SCAN = "delivered_at"
"""The one fact whose absence is an answer: no delivery scan is on record, so that opening is not running."""


def counted_day(leg: Leg, order: Order, placed_on: date) -> date | None:
    """The local day that a figure leads to; none if the fact that starts it is not known."""
    start: date | datetime | None = placed_on if leg.fact == "placed_at" else getattr(order, leg.fact)
    if start is None:
        return None
    if isinstance(start, datetime):
        if leg.rule.unit is Unit.HOUR:
            return order.local_day(add_to_instant(start, leg.rule.value, leg.rule.unit, order.zone))
        start = order.local_day(start)
    return add_to_day(start, leg.rule.value, leg.rule.unit) if leg.days is None else start + leg.days


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
