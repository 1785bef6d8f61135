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

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from atoz.errors import Fault, InvalidDocument
from atoz.model.arguments import check_claim, check_order
from atoz.model.claim import Claim
from atoz.model.marketplace import Marketplace
from atoz.model.order import Country, Order
from atoz.model.reason import ClaimReason
from atoz.model.record import Document
from atoz.model.text import Text
from atoz.rulebook.contradictions import named_by, sentences_of
from atoz.rulebook.derivation import DerivationStep
from atoz.rulebook.edition import DEFAULT_EDITION, IN_FORCE, Edition
from atoz.rulebook.edition_selection import editions_in_force, pick_edition, why_in_force
from atoz.rulebook.explanation import Explanation, in_words, phrase
from atoz.rulebook.window_count import WindowCount, window_rules


class Verdict(StrEnum):
    """Whether the buyer may file on a day."""

    NOT_YET = "not_yet"
    ELIGIBLE = "eligible"
    EXPIRED = "expired"
    UNDETERMINED = "undetermined"


class WindowCaveat(StrEnum):
    """What is odd about a window; the words are `words.toml`."""

    OTHER_MARKETPLACE = "other_marketplace"
    """The edition speaks of other marketplaces only."""
    ODD_PROMISE = "odd_promise"
    """The latest delivery day lies before the order day."""


def _check_day(what: str, on: object) -> None:
    """Refuse an instant, which is also a `date` to Python, and anything else that is no day."""
    if type(on) is not date:
        fault = Fault("on", "not_a_day", "a calendar day is needed, not an instant or text; see Order.local_day")
        raise InvalidDocument(what, (fault,))


class FilingWindow(Document):
    """When the buyer may file: local calendar days of the marketplace, the first and the last included."""

    kind: Literal["filing_window"] = Field(
        default="filing_window", description="Says that this document is a filing window."
    )
    order_id: str = Field(description="The order that was asked about.")
    marketplace: Country = Field(description="Its marketplace, whose calendar days are counted.")
    edition: str = Field(description="The edition that counted it.")
    in_force_on: date | None = Field(description="The order day, where the edition was picked as in force on it.")
    reason: ClaimReason = Field(description="The reason that was asked about.")
    opens: date | None = Field(description="First day to file; none if undetermined.")
    closes: date | None = Field(description="Last day to file; none if undetermined.")
    opens_no_earlier: date | None = Field(description="A day before which it surely does not open, if one is known.")
    opens_no_later: date | None = Field(description="A day by which it surely opens, if one is known.")
    missing: tuple[str, ...] = Field(description="Facts of the order that are needed and not known.")
    unsupported: tuple[str, ...] = Field(description="What the edition does not define: window, opens or closes.")
    caveats: tuple[WindowCaveat, ...] = Field(description="What is odd about it.")
    contradictions: tuple[str, ...] = Field(
        default=(), description="Contradictions between sources that its figures depend on, by id."
    )
    derivation: tuple[DerivationStep, ...] = Field(
        repr=False, description="How it was counted, as data; see `explain()`."
    )
    explanation: Explanation | None = Field(
        default=None,
        repr=False,
        exclude_if=lambda words: words is None,
        description="Where asked for: how it was counted, in words.",
    )

    def __str__(self) -> str:
        """One line: from when to when, by which edition."""
        return f"{self.opens or '?'} to {self.closes or '?'} ({self.reason}, edition {self.edition})"

    def verdict(self, on: date) -> Verdict:
        """Whether the buyer may file on a local day; a known bound may prove `not_yet` or `expired`, never `eligible`.

        Raises:
            InvalidDocument: `on` is an instant, not a day: ask for `order.local_day(instant)`.
        """
        _check_day("verdict", on)
        if self.closes is not None and on > self.closes:
            return Verdict.EXPIRED
        if self.opens_no_earlier is not None and on < self.opens_no_earlier:
            return Verdict.NOT_YET
        return Verdict.UNDETERMINED if self.opens is None or self.closes is None else Verdict.ELIGIBLE

    def days_left(self, on: date) -> int | None:
        """Days from a local day to the last day: 0 on it, negative after it, none while it is not known.

        Raises:
            InvalidDocument: `on` is an instant, not a day: ask for `order.local_day(instant)`.
        """
        _check_day("days_left", on)
        return None if self.closes is None else (self.closes - on).days

    @property
    def zone(self) -> ZoneInfo:
        """The marketplace's time zone."""
        return Marketplace.of(self.marketplace).zoneinfo

    def explain(self, *, editions: Iterable[Edition] = ()) -> Explanation:
        """The steps that the window was counted by, in words and each with its source, and the caveats.

        Raises:
            EditionMissing: it was counted by an edition of your own that is not among the `editions` passed.
        """
        edition = Edition.named(self.edition, editions)
        facts = {"reason": self.reason.label_text}
        if self.in_force_on is not None:
            facts["in_force"] = why_in_force(edition, self.marketplace, self.in_force_on)
        used = (edition.parameter(step.parameter) for step in self.derivation if step.parameter)
        countries = ", ".join(edition.marketplaces)
        odd = (
            phrase(f"caveat_{caveat}", edition=edition.id, countries=countries, country=self.marketplace)
            for caveat in self.caveats
        )
        figures = (text for figure in used for text in figure.caveats)
        caveats = (*odd, *edition.caveats, *figures, *sentences_of(self.contradictions))
        return Explanation(edition=self.edition, steps=in_words(self.derivation, self.zone, **facts), caveats=caveats)

    def missing_text(self) -> Text:
        """What keeps it from being determined: facts of the order, and rules that the edition does not name."""
        names = [phrase(f"start_{fact}") for fact in self.missing]
        names += [phrase(f"lacking_{rule}") for rule in self.unsupported]
        return Text(en=", ".join(name.en for name in names), zh="、".join(name.zh for name in names))


def filing_window(
    order: Order, *, edition: str | Edition = DEFAULT_EDITION, reason: ClaimReason | str = ClaimReason.NOT_RECEIVED
) -> FilingWindow:
    """When the buyer may file, by one edition of the rules: an id, one of your own, or `in-force` on the order day.

    Raises:
        UnknownName: no such edition or reason.
        InvalidDocument: the edition has an id that ships with atoz, and another text.
        NoEditionInForce: `in-force` was asked for and none is in force there on the order day.
    """
    check_order(order)
    why = reason if isinstance(reason, ClaimReason) else ClaimReason.parse(reason)
    chosen = pick_edition(edition, order.marketplace, order.placed_on)
    return _counted(order, chosen, why, picked=edition == IN_FORCE)


def _counted(order: Order, chosen: Edition, why: ClaimReason, *, picked: bool) -> FilingWindow:
    """The window by one edition; `picked` says that it is the one in force on the order day."""
    placed_on = order.placed_on
    rules = window_rules(chosen, why)
    steps = [DerivationStep(rule="in_force", begins=placed_on)] if picked else []
    count = WindowCount(order, placed_on, steps, [])
    span = count.span(rules) if rules else count.nothing()
    return FilingWindow(
        order_id=order.order_id,
        marketplace=order.marketplace,
        edition=chosen.reference,
        in_force_on=placed_on if picked else None,
        reason=why,
        opens=span.opens,
        closes=span.closes,
        opens_no_earlier=span.no_earlier,
        opens_no_later=span.no_later,
        missing=tuple(count.missing),
        unsupported=rules.unsupported if rules else ("window",),
        caveats=tuple(_odd(order, placed_on, chosen)),
        contradictions=named_by((chosen.id, step.parameter) for step in steps if step.parameter),
        derivation=tuple(steps),
    )


def windows_in_force(order: Order, *, besides: FilingWindow) -> tuple[FilingWindow, ...]:
    """The window by each edition in force on the order day, besides one that has been counted.

    >>> from datetime import UTC, date, datetime
    >>> order = Order(order_id="123-1234567-1234567", marketplace="US",
    ...               placed_at=datetime(2026, 6, 1, 15, tzinfo=UTC), deliver_by=date(2026, 6, 10))
    >>> [str(window) for window in windows_in_force(order, besides=filing_window(order))]
    ['? to 2026-09-08 (not_received, edition us-2026)']
    """
    return tuple(
        filing_window(order, edition=edition, reason=besides.reason)
        for edition in editions_in_force(order.marketplace, order.placed_on)
        if edition.reference != besides.edition
    )


def claim_window(claim: Claim, *, editions: Iterable[Edition] = ()) -> FilingWindow:
    """The filing window of a claim: its order and reason, by the edition that it pins for its window.

    `editions` are those of your own that the claim may name.

    Raises:
        UnknownName: there is no edition of the claim's id.
        EditionMissing: the claim names an edition of your own that was not passed, or whose text has changed.
    """
    check_claim(claim)
    edition = Edition.named(claim.window_edition or claim.edition, editions)
    # A record is frozen and so hashable, which pyright does not see.
    return _window_of(claim.order, edition, claim.reason)  # pyright: ignore[reportArgumentType]


@lru_cache(maxsize=1024)
def _window_of(order: Order, edition: Edition, reason: ClaimReason) -> FilingWindow:
    """It is the same at every moment of a claim."""
    return _counted(order, edition, reason, picked=False)


def _odd(order: Order, placed_on: date, edition: Edition) -> Iterator[WindowCaveat]:
    if not edition.fits(order.marketplace):
        yield WindowCaveat.OTHER_MARKETPLACE
    if order.deliver_by is not None and order.deliver_by < placed_on:
        yield WindowCaveat.ODD_PROMISE
