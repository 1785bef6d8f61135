"""On which days, and where, an edition's figure is one to reckon with: the scalar code, asked span by span.

Between two days on which an edition or a figure begins or ends, nothing changes; so each such span is asked once, with
its first day.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

import narwhals as nw

from atoz.frames.marketplaces import is_one_of
from atoz.model.instant import FIRST_DAY, LAST_DAY
from atoz.model.marketplace import Marketplace
from atoz.rulebook.deadline_basis import figures_for, lendable
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.edition import Edition
from atoz.rulebook.edition_selection import editions_in_force
from atoz.rulebook.parameter import Parameter
from atoz.rulebook.readings import LAST_DAY_OF_SEVEN_DAYS, starts_with_notice


class Span(NamedTuple):
    """Days, both included, in some marketplaces; none means everywhere."""

    first: date
    last: date
    countries: tuple[str, ...] = ()


Spans = tuple[Span, ...]
FigureOf = tuple[Edition, Parameter | None]
"""An edition and one of its figures for a deadline; no figure where it names none."""


class ReadingSpans(NamedTuple):
    """What the rules in force say of one deadline, as days and marketplaces."""

    in_force: dict[FigureOf, Spans]
    """Where a figure is in force; editions that follow each other in a marketplace stand in that order."""
    with_figure: Spans
    """Where some edition in force has a figure, so that none is borrowed."""
    pinned_with_figure: dict[Edition, Spans]
    """Where an edition in force has a figure only for claims that pin it."""
    by_notice: Spans
    """Where a firm figure in force starts with the claim notice alone."""
    lent: dict[FigureOf, Spans]
    """On which days a figure can be borrowed."""
    lent_first: dict[Edition, Spans]
    """On which days an edition lends the shortest figure."""


@cache
def reading_spans(name: DeadlineName) -> ReadingSpans:
    """The spans of one deadline of the seller's."""
    in_force: dict[FigureOf, list[Span]] = {}
    with_figure: list[Span] = []
    pinned_with_figure: dict[Edition, list[Span]] = {}
    by_notice: list[Span] = []
    for country in (market.country for market in Marketplace.all()):
        for first, last in _days():
            span = Span(first, last, (country,))
            counted = False
            for edition in editions_in_force(country, first):
                figures = figures_for(edition, name, first)
                counted = counted or bool(figures)
                for figure in figures or (None,):
                    in_force.setdefault((edition, figure), []).append(span)
                if not figures and figures_for(edition, name):
                    pinned_with_figure.setdefault(edition, []).append(span)
            with_figure += [span] if counted else []
            by_notice += [span] if starts_with_notice(country, first, name) else []
    lent: dict[FigureOf, list[Span]] = {}
    lent_first: dict[Edition, list[Span]] = {}
    for first, last in _days():
        for place, row in enumerate(lendable(first, name)):
            lent.setdefault((row.edition, row.figure), []).append(Span(first, last))
            if place == 0:
                lent_first.setdefault(row.edition, []).append(Span(first, last))
    return ReadingSpans(
        {key: _joined(in_force[key]) for key in sorted(in_force, key=lambda key: _place(key[0]))},
        _joined(with_figure),
        {edition: _joined(spans) for edition, spans in pinned_with_figure.items()},
        _joined(by_notice),
        {key: _joined(lent[key]) for key in sorted(lent, key=lambda key: key[0].reference)},
        {edition: _joined(spans) for edition, spans in lent_first.items()},
    )


def _place(edition: Edition) -> tuple[bool, int]:
    """Dated editions as they follow each other, then undated ones, the latest first."""
    if edition.in_force:
        return False, edition.in_force.first.toordinal()
    return True, -(edition.seen_from or FIRST_DAY).toordinal()


@cache
def _days() -> tuple[tuple[date, date], ...]:
    """Spans of days in which no edition and no figure begins or ends."""
    begins = sorted({FIRST_DAY, LAST_DAY_OF_SEVEN_DAYS, *_turns()})
    ends = [*(day - timedelta(days=1) for day in begins[1:]), LAST_DAY]
    return tuple(zip(begins, ends, strict=True))


def _turns() -> Iterator[date]:
    """The days on which something begins, or has just ended."""
    for edition in Edition.all():
        if edition.in_force:
            yield edition.in_force.first
            if edition.in_force.last:
                yield edition.in_force.last + timedelta(days=1)
        if edition.seen_from:
            yield edition.seen_from
        yield from (figure.supported_from for figure in edition.parameters if figure.supported_from)


def _joined(spans: Iterable[Span]) -> Spans:
    """Spans that touch as one, and equal days of several marketplaces together."""
    touching: dict[tuple[str, ...], list[Span]] = {}
    for span in spans:
        joined = touching.setdefault(span.countries, [])
        if joined and joined[-1].last + timedelta(days=1) == span.first:
            joined[-1] = joined[-1]._replace(last=span.last)
        else:
            joined.append(span)
    countries: dict[tuple[date, date], tuple[str, ...]] = {}
    for joined in touching.values():
        for span in joined:
            countries[span.first, span.last] = (*countries.get((span.first, span.last), ()), *span.countries)
    return tuple(Span(first, last, places) for (first, last), places in countries.items())


def lies_in(spans: Spans, day: str, marketplace: str) -> nw.Expr:
    """Whether a row's day and marketplace lie in one of some spans."""
    holds = [_lies_in(span, day, marketplace) for span in spans]
    return _any(holds)


def _lies_in(span: Span, day: str, marketplace: str) -> nw.Expr:
    within = nw.col(day).is_between(span.first, span.last)
    return within & is_one_of(marketplace, span.countries) if span.countries else within


def _any(conditions: list[nw.Expr]) -> nw.Expr:
    either: Callable[[nw.Expr, nw.Expr], nw.Expr] = nw.Expr.__or__
    whole = nw.lit(1) == 0
    for condition in conditions:
        whole = either(whole, condition)
    return whole
