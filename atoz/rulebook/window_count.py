"""How a filing window is counted: an edition's figures for one reason, and one count of them with every step.

An edition says in its figures from when the buyer may file, what has to be waited for, and until when. `WindowCount`
counts them for one order; what is not known is kept as missing, and bounds the window where it can.
"""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from atoz.model.citation import Confidence
from atoz.model.order import Order
from atoz.model.reason import ClaimReason
from atoz.rulebook.date_arithmetic import Unit, add_to_day, add_to_instant
from atoz.rulebook.derivation import DerivationStep, StepRule, counted, uncounted
from atoz.rulebook.edition import Edition
from atoz.rulebook.parameter import Parameter

NO_SCAN = "delivered_at"
"""The one fact whose absence is an answer: no delivery scan is on record, so that opening is not running."""


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
