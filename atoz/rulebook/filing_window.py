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
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import Field

from atoz.errors import Fault, InvalidDocument
from atoz.model.arguments import check_claim, check_order
from atoz.model.citation import Confidence
from atoz.model.claim import Claim
from atoz.model.marketplace import Marketplace
from atoz.model.order import Country, Order
from atoz.model.reason import ClaimReason
from atoz.model.record import Document, Record
from atoz.model.text import Text
from atoz.rulebook.contradictions import named_by, sentences_of
from atoz.rulebook.date_arithmetic import Unit, add_to_day, add_to_instant
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.derivation import DerivationStep, StepRule, counted, uncounted
from atoz.rulebook.edition import DEFAULT_EDITION, IN_FORCE, Edition, known_editions
from atoz.rulebook.edition_selection import editions_in_force, pick_edition, why_in_force
from atoz.rulebook.explanation import Explanation, in_words, phrase
from atoz.rulebook.parameter import Parameter


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


class Leg(NamedTuple):
    """One figure of a window, ready to count with."""

    rule: Parameter
    fact: str
    """The fact of the order that it counts from."""
    instead: str | None
    """The fact that it counts from where that one is not known."""
    days: timedelta | None
    """What to add to a local day; none where business days or hours are counted."""


class WindowRules(NamedTuple):
    """An edition's figures for one reason."""

    opens: tuple[Leg, ...]
    not_before: tuple[Leg, ...]
    closes: tuple[Leg, ...]

    @property
    def has_opening(self) -> bool:
        """Whether it says from when the buyer may file."""
        return bool(self.opens or self.not_before)

    @property
    def unsupported(self) -> tuple[str, ...]:
        """What it does not define."""
        return tuple(name for name, there in (("opens", self.has_opening), ("closes", self.closes)) if not there)


@lru_cache(maxsize=1024)
def window_rules(edition: Edition, reason: ClaimReason) -> WindowRules | None:
    """What an edition says of a reason's window; none if it says nothing."""
    rules = [rule for rule in edition.parameters if not rule.reasons or reason in rule.reasons]

    def legs(role: str) -> tuple[Leg, ...]:
        return tuple(
            Leg(rule, rule.starts_with[0], next(iter(rule.starts_with[1:]), None), _whole_days(rule))
            for rule in rules
            if rule.role == role
        )

    window = WindowRules(legs("opens"), legs("opens_not_before"), legs("closes"))
    return window if any(window) else None


def _whole_days(rule: Parameter) -> timedelta | None:
    return timedelta(days=rule.value) if rule.unit is Unit.CALENDAR_DAY else None


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
    placed_on = order.placed_on
    chosen = pick_edition(edition, order.marketplace, placed_on)
    rules = window_rules(chosen, why)
    steps = [DerivationStep(rule="in_force", begins=placed_on)] if edition == IN_FORCE else []
    count = WindowCount(order, placed_on, steps, [])
    span = count.span(rules) if rules else count.nothing()
    return FilingWindow(
        order_id=order.order_id,
        marketplace=order.marketplace,
        edition=chosen.reference,
        in_force_on=placed_on if edition == IN_FORCE else None,
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
    return filing_window(claim.order, edition=edition, reason=claim.reason)


def _odd(order: Order, placed_on: date, edition: Edition) -> Iterator[WindowCaveat]:
    if not edition.fits(order.marketplace):
        yield WindowCaveat.OTHER_MARKETPLACE
    if order.deliver_by is not None and order.deliver_by < placed_on:
        yield WindowCaveat.ODD_PROMISE


class Span(NamedTuple):
    """What could be counted of a window."""

    opens: date | None = None
    closes: date | None = None
    no_earlier: date | None = None
    no_later: date | None = None


class WindowCount(NamedTuple):
    """One count of one window, with every step that it takes."""

    order: Order
    placed_on: date
    steps: list[DerivationStep]
    missing: list[str]
    """Facts of the order that are needed and not known, each once."""

    def span(self, rules: WindowRules) -> Span:
        """Open on the sooner of all openings, but not before the later of all waits and the order day.

        With an input unknown the result is not: what is known still bounds it, and the bound may prove that it is too
        early or too late to file.
        """
        openings = self._days(rules.opens)
        openings_known = not self.missing
        if len(rules.opens) > 1 and len(openings) == len(rules.opens):
            self._note("opens_sooner", min(openings))
        waits = self._days(rules.not_before)
        sooner = min(openings, default=None)
        wait = max((self.placed_on, *waits))
        no_earlier = no_later = wait
        if sooner is not None:
            no_later = max(wait, sooner)
            no_earlier = no_later if openings_known else wait
        opens = None if self.missing or not rules.has_opening else no_earlier
        if waits and sooner is not None:
            self.steps.append(DerivationStep(rule="opens_later", compared=(sooner, wait), result=no_later))
        elif opens == self.placed_on and (sooner is None or sooner < self.placed_on):
            self._note("opens_clamped", self.placed_on)
        bounded = rules.has_opening and bool(openings or not rules.opens) and len(waits) == len(rules.not_before)
        return self._close(rules, Span(opens, None, no_earlier, no_later if bounded else None))

    def nothing(self) -> Span:
        """The edition defines no window for the reason."""
        self.steps.append(DerivationStep(rule="missing_window", confidence=Confidence.UNCLEAR))
        return Span()

    def _close(self, rules: WindowRules, opening: Span) -> Span:
        """Count the closing day, and say what came of the opening before it."""
        closing = WindowCount(self.order, self.placed_on, [], self.missing)
        closes = next(iter(closing._days(rules.closes)), None)
        if not rules.has_opening:
            self.steps.append(DerivationStep(rule="missing_opening", confidence=Confidence.UNCLEAR))
            self._note("missing_fact_bound_after", opening.no_earlier)
        elif opening.opens is not None:
            never = closes is not None and opening.opens > closes
            self._note("never_opens" if never else "opens_on", opening.opens)
        else:
            self._note("missing_fact_bound_after", opening.no_earlier)
            self._note("missing_fact_bound_before", opening.no_later)
        self.steps.extend(closing.steps)
        if not rules.closes:
            self.steps.append(DerivationStep(rule="missing_closing", confidence=Confidence.UNCLEAR))
        self._note("closes_on", closes)
        return opening._replace(closes=closes)

    def _note(self, rule: StepRule, result: date | None) -> None:
        """Keep a step that uses no figure, if it came to something."""
        if result is not None:
            self.steps.append(DerivationStep(rule=rule, result=result))

    def _days(self, legs: tuple[Leg, ...]) -> list[date]:
        """The days that can be counted; each figure leaves a step, and each fact that is missing is kept."""
        days: list[date] = []
        for leg in legs:
            day = counted_day(leg, self.order, self.placed_on)
            if day is not None:
                fact = known_fact(leg, self.order)
                days.append(day)
                self.steps.append(counted(leg.rule, fact, self._begins(fact), day))
            else:
                self.steps.append(uncounted("no_scan" if leg.fact == NO_SCAN else "missing_fact", leg.rule, leg.fact))
                if leg.fact != NO_SCAN and leg.fact not in self.missing:
                    self.missing.append(leg.fact)
        return days

    def _begins(self, fact: str) -> date | datetime | None:
        """The day or instant of a fact of the order; its own day for the order itself."""
        return self.placed_on if fact == "placed_at" else getattr(self.order, fact)


NO_SCAN = "delivered_at"
"""The one fact whose absence is an answer: no delivery scan is on record, so that opening is not running."""


def known_fact(leg: Leg, order: Order) -> str:
    """The fact that a figure counts from for this order: the second one where only that is known."""
    if leg.instead is not None and getattr(order, leg.fact) is None and getattr(order, leg.instead) is not None:
        return leg.instead
    return leg.fact


def counted_day(leg: Leg, order: Order, placed_on: date) -> date | None:
    """The local day that a figure leads to; none if the fact that starts it is not known."""
    fact = known_fact(leg, order)
    start: date | datetime | None = placed_on if fact == "placed_at" else getattr(order, fact)
    if start is None:
        return None
    if isinstance(start, datetime):
        if leg.rule.unit is Unit.HOUR:
            return order.local_day(add_to_instant(start, leg.rule.value, leg.rule.unit, order.zone))
        start = order.local_day(start)
    return add_to_day(start, leg.rule.value, leg.rule.unit) if leg.days is None else start + leg.days


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
