"""Pick the edition: by its id, or those in force in a marketplace on a day.

Sources date few editions, so "in force" has an order of its own: a dated edition that covers the day; between two
dated editions both neighbours, since the change lies somewhere in between; an undated edition from the day it was
seen; otherwise none, and that is said.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from atoz.errors import NoEditionInForce
from atoz.model.order import Order
from atoz.model.text import Text
from atoz.rulebook.edition import IN_FORCE, Edition
from atoz.rulebook.explanation import phrase


def pick_edition(edition: str | Edition, country: str, day: date, editions: Iterable[Edition] = ()) -> Edition:
    """The edition of this name, one of those passed included, or for `in-force` the one that counts there on that day.

    >>> pick_edition("in-force", "US", date(2016, 11, 13)).id, pick_edition("in-force", "US", date(2016, 11, 14)).id
    ('us-2016-06', 'us-2016-11')

    Raises:
        UnknownName: there is no edition of this id.
        EditionMissing: an edition of your own is named that was not passed.
        NoEditionInForce: no edition is in force there on that day; those of the marketplace are named.
    """
    return in_force(country, day) if edition == IN_FORCE else Edition.named(edition, editions)


class Pinned(NamedTuple):
    """The editions that a claim keeps, whatever newer ones come."""

    edition: str
    """It counts the deadlines."""
    window_edition: str | None
    """It counts the filing window, where it is another one."""


def pin_editions(edition: str | Edition, order: Order, begins: datetime) -> Pinned:
    """The editions for a claim that begins at an instant: deadlines by that day, the window by the order day.

    Raises:
        UnknownName: there is no edition of this id.
        NoEditionInForce: `in-force` was asked for and none is in force on one of the days.
    """
    by_start = pick_edition(edition, order.marketplace, order.local_day(begins)).reference
    by_order = pick_edition(edition, order.marketplace, order.placed_on).reference
    return Pinned(by_start, None if by_order == by_start else by_order)


def in_force(country: str, day: date) -> Edition:
    """The edition that `in-force` pins in a marketplace on a day: between two dated ones, the earlier.

    Raises:
        NoEditionInForce: there is none; those of the marketplace are named.
    """
    editions = editions_in_force(country, day)
    if not editions:
        raise NoEditionInForce(country, day.isoformat(), _nearest(country, day))
    return editions[0]


@lru_cache(maxsize=4096)
def editions_in_force(country: str, day: date) -> tuple[Edition, ...]:
    """Every edition in force in a marketplace on a day, the one that `in-force` pins first; none where none is known.

    >>> [edition.id for edition in editions_in_force("US", date(2024, 3, 1))]  # a gap between two dated editions
    ['us-2021-05', 'us-2026']
    >>> editions_in_force("TR", date(2026, 6, 1))
    ()
    """
    spans = timeline(country)
    covering = [
        place for place, span in enumerate(spans) if span.first <= day and (span.last is None or day <= span.last)
    ]
    if covering and not _covers(spans[covering[0]].edition, day):
        covering = [covering[0], covering[0] + 1]  # the day lies between two dated editions
    return tuple(spans[place].edition for place in covering)


def _covers(edition: Edition, day: date) -> bool:
    """Whether an edition's own days hold the day; an undated one holds every day that its span does."""
    return edition.in_force is None or edition.in_force.covers(day)


class InForceSpan(NamedTuple):
    """The days on which one edition is the one that `in-force` pins; both included."""

    first: date
    last: date | None
    """None while nothing newer is known."""
    edition: Edition


@lru_cache(maxsize=64)
def timeline(country: str) -> tuple[InForceSpan, ...]:
    """Which edition `in-force` pins in a marketplace, span by span; days in no span have none.

    A dated edition reaches to the eve of the next one, since between them the earlier is pinned; undated ones fill
    the days that no dated edition reaches.

    >>> [(span.edition.id, span.first.isoformat(), span.last and span.last.isoformat()) for span in timeline("US")][1:3]
    [('us-2016-11', '2016-11-14', '2020-07-26'), ('us-2020-07', '2020-07-27', '2021-05-23')]
    """
    editions = [edition for edition in Edition.all() if country in edition.marketplaces]
    dated = sorted(
        (
            InForceSpan(edition.in_force.first, edition.in_force.last, edition)
            for edition in editions
            if edition.in_force
        ),
        key=lambda span: span.first,
    )
    reaching = [
        span._replace(last=dated[place + 1].first - _DAY) if place + 1 < len(dated) else span
        for place, span in enumerate(dated)
    ]
    undated = sorted(
        (InForceSpan(edition.seen_from, None, edition) for edition in editions if edition.seen_from),
        key=lambda span: span.first,
        reverse=True,
    )
    return (*reaching, *(part for span in undated for part in _outside(span, reaching)))


_DAY = timedelta(days=1)


def _outside(span: InForceSpan, reaching: list[InForceSpan]) -> list[InForceSpan]:
    """The parts of an undated edition's span that lie before or after every dated edition."""
    if not reaching:
        return [span]
    before, last = reaching[0].first - _DAY, reaching[-1].last
    parts = [span._replace(last=before)] if span.first <= before else []
    return parts if last is None else [*parts, span._replace(first=max(span.first, last + _DAY))]


def why_in_force(edition: Edition, country: str, day: date) -> Text:
    """One sentence: why this edition is the one that counts as in force in a marketplace on a day."""
    facts = {"edition": edition.id, "country": country, "day": day}
    if edition.in_force is None:
        if edition.seen_from is None:
            message = f"{edition.id} is never in force by itself: it is used by naming it"
            raise ValueError(message)
        code = "in_force_seen" if edition.seen_from_source else "in_force_assumed"
        return phrase(code, first=edition.seen_from, **facts)
    span = edition.in_force
    if span.last is not None and day > span.last:
        later = editions_in_force(country, day)[-1]
        return phrase("in_force_gap", last=span.last, later=later.id, first=_first(later), **facts)
    until = phrase("in_force_until", last=span.last) if span.last else phrase("in_force_open")
    return phrase("in_force_because", first=span.first, last=until, **facts)


def _first(edition: Edition) -> date | None:
    return edition.in_force.first if edition.in_force else edition.seen_from


def _nearest(country: str, day: date) -> tuple[str, ...]:
    """What there is to choose from: the marketplace's editions before and after the day."""
    spans = timeline(country)
    before = [span for span in spans if span.last and span.last < day]
    after = [span for span in spans if span.first > day]
    return (
        *(f"{span.edition.id} (until {span.last})" for span in before[-1:]),
        *(f"{span.edition.id} (from {span.first})" for span in after[:1]),
    )
