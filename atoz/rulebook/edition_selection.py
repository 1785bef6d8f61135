"""Pick the edition: by its id, or the one in force in a marketplace on a day."""

from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from atoz.errors import NoEditionInForce
from atoz.model.order import Order
from atoz.model.text import Text
from atoz.rulebook.edition import IN_FORCE, Edition
from atoz.rulebook.explanation import phrase


def pick_edition(edition: str, country: str, day: date) -> Edition:
    """The edition of this id, or for `in-force` the dated one that is supported there on that day.

    >>> pick_edition("in-force", "US", date(2016, 11, 13)).id, pick_edition("in-force", "US", date(2016, 11, 14)).id
    ('us-2016-06', 'us-2016-11')

    Raises:
        UnknownName: there is no edition of this id.
        NoEditionInForce: no dated edition is supported there on that day; the nearest are named.
    """
    return in_force(country, day) if edition == IN_FORCE else Edition.named(edition)


class Pinned(NamedTuple):
    """The editions that a claim keeps, whatever newer ones come."""

    edition: str
    """It counts the deadlines."""
    window_edition: str | None
    """It counts the filing window, where it is another one."""


def pin_editions(edition: str, order: Order, begins: datetime) -> Pinned:
    """The editions for a claim that begins at an instant: deadlines by that day, the window by the order day.

    Raises:
        UnknownName: there is no edition of this id.
        NoEditionInForce: `in-force` was asked for and none is supported on one of the days.
    """
    by_start = pick_edition(edition, order.marketplace, order.local_day(begins)).id
    by_order = pick_edition(edition, order.marketplace, order.placed_on).id
    return Pinned(by_start, None if by_order == by_start else by_order)


@lru_cache(maxsize=4096)
def in_force(country: str, day: date) -> Edition:
    """The dated edition that is supported in a marketplace on a day.

    Raises:
        NoEditionInForce: there is none; the nearest are named.
    """
    dated = [each for each in Edition.all() if each.in_force and country in each.marketplaces]
    covering = [each for each in dated if each.in_force and each.in_force.covers(day)]
    if not covering:
        raise NoEditionInForce(country, day.isoformat(), _nearest(country, day, dated))
    return max(covering, key=lambda each: each.in_force.first if each.in_force else date.min)


def why_in_force(edition: Edition, country: str, day: date) -> Text:
    """One sentence: why this edition is the one in force, or that it was named for another marketplace."""
    if edition.in_force is None:
        message = f"{edition.id} is undated"
        raise ValueError(message)
    last = phrase("in_force_until", last=edition.in_force.last) if edition.in_force.last else phrase("in_force_open")
    return phrase(
        "in_force_because", edition=edition.id, country=country, day=day, first=edition.in_force.first, last=last
    )


def _nearest(country: str, day: date, dated: list[Edition]) -> tuple[str, ...]:
    """What comes closest: the dated editions around the day, then the undated ones of the marketplace."""
    spans = [(each, each.in_force) for each in dated if each.in_force]
    before = [each for each, span in spans if span.last and span.last < day]
    after = [each for each, span in spans if span.first > day]
    undated = [each for each in Edition.all() if country in each.marketplaces and not each.in_force]
    return (
        *(f"{each.id} (until {each.in_force.last})" for each in before[-1:] if each.in_force),
        *(f"{each.id} (from {each.in_force.first})" for each in after[:1] if each.in_force),
        *(f"{each.id} (undated, had by name)" for each in undated),
        "faq-2016 (names no marketplace, had by name)",
    )
