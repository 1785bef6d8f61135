"""The steps behind a filing window, in words; made only when somebody asks why."""

from collections.abc import Iterator
from datetime import date, datetime

from atoz.model.citation import Confidence
from atoz.model.order import Order
from atoz.model.text import Text
from atoz.rulebook.edition import Edition
from atoz.rulebook.edition_selection import why_in_force
from atoz.rulebook.explanation import Explanation, Step, counted, own, phrase
from atoz.rulebook.filing_window import NO_SCAN, FilingWindow, Leg, WindowRules, counted_day, window_rules


def explain_window(window: FilingWindow) -> Explanation:
    """Every step that a window was counted by, and its caveats."""
    edition = Edition.named(window.edition)
    rules = window_rules(window.edition, window.reason)
    steps = (*_choice(window, edition), *(_steps(window, rules) if rules else _undefined(window)))
    return Explanation(edition=edition.id, steps=steps, caveats=tuple(_caveats(window, edition, rules)))


def _choice(window: FilingWindow, edition: Edition) -> Iterator[Step]:
    if window.in_force_on is not None:
        why = why_in_force(edition, window.order.marketplace, window.in_force_on)
        yield Step(says=why, confidence=Confidence.ATOZ)


def _undefined(window: FilingWindow) -> Iterator[Step]:
    label = Text(en=window.reason.label("en"), zh=window.reason.label("zh"))
    yield own("missing_window", Confidence.UNCLEAR, reason=label)


def _steps(window: FilingWindow, rules: WindowRules) -> Iterator[Step]:
    order = window.order
    openings = [counted_day(leg, order, order.placed_on) for leg in rules.opens]
    yield from (_counted(leg, order) for leg in rules.opens)
    sooner = min((day for day in openings if day is not None), default=None)
    if sooner is not None and len(openings) > 1 and None not in openings:
        yield own("opens_sooner", result=sooner)
    waits = [counted_day(leg, order, order.placed_on) for leg in rules.not_before]
    yield from (_counted(leg, order) for leg in rules.not_before)
    known_waits = [day for day in waits if day is not None]
    if known_waits and sooner is not None:
        wait = max((order.placed_on, *known_waits))
        yield own("opens_later", sooner=sooner, wait=wait, result=max(sooner, wait))
    elif window.opens == order.placed_on and (sooner is None or sooner < order.placed_on):
        yield own("opens_clamped", result=order.placed_on)
    yield from _outcome(window)
    yield from (_counted(leg, order) for leg in rules.closes)
    if not rules.closes:
        yield own("missing_closing", Confidence.UNCLEAR)
    if window.closes:
        yield own("closes_on", result=window.closes)


def _outcome(window: FilingWindow) -> Iterator[Step]:
    if window.opens is not None:
        never = window.closes is not None and window.opens > window.closes
        yield own("never_opens" if never else "opens_on", result=window.opens)
        return
    if window.opens_no_earlier is not None:
        yield own("missing_fact_bound_after", result=window.opens_no_earlier)
    if window.opens_no_later is not None:
        yield own("missing_fact_bound_before", result=window.opens_no_later)


def _counted(leg: Leg, order: Order) -> Step:
    rule, fact = leg.rule, leg.fact
    label = phrase(f"start_{fact}")
    result = counted_day(leg, order, order.placed_on)
    if result is None:
        code = "no_scan" if fact == NO_SCAN else "missing_fact"
        return Step(says=phrase(code, start=label), parameter=rule.name, source=rule.source, confidence=rule.confidence)
    begins: date | datetime = getattr(order, fact)
    if isinstance(begins, datetime):
        begins = order.placed_on if fact == "placed_at" else begins.astimezone(order.zone)
    return counted(rule, label, begins, result)


def _caveats(window: FilingWindow, edition: Edition, rules: WindowRules | None) -> Iterator[Text]:
    country, order = window.order.marketplace, window.order
    if not edition.fits(country):
        yield phrase(
            "other_marketplace", edition=edition.id, countries=", ".join(edition.marketplaces), country=country
        )
    if order.deliver_by is not None and order.deliver_by < order.placed_on:
        yield phrase("odd_promise")
    yield from edition.caveats
    for leg in (*rules.opens, *rules.not_before, *rules.closes) if rules else ():
        yield from leg.rule.caveats


def lacking(window: FilingWindow) -> Text:
    """What keeps a window from being determined, in words: facts of the order, and rules that the edition lacks."""
    names = [phrase(f"start_{fact}") for fact in window.missing]
    names += [phrase(f"lacking_{rule}") for rule in window.unsupported]
    return Text(en=", ".join(each.en for each in names), zh="、".join(each.zh for each in names))
