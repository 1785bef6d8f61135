"""Marketplaces in a column: read as the model reads them, by country code, Amazon's `UK` or marketplace id."""

from functools import cache

import narwhals as nw

from atoz.errors import UnknownName
from atoz.frames.workframe import PREFIX, Frame
from atoz.model.marketplace import Marketplace


@cache
def zone_names() -> tuple[str, ...]:
    """The zones of all marketplaces, each once; a code is a place in this tuple, or `UNKNOWN`."""
    return tuple(dict.fromkeys(each.zone for each in Marketplace.all()))


UNKNOWN = -1


@cache
def zone_code(spelt: str) -> int | None:
    """The place of a marketplace's zone in `zone_names()`; none if it is unknown."""
    try:
        return zone_names().index(Marketplace.of(spelt).zone)
    except UnknownName:
        return None


def with_zone_name(frame: Frame, column: str, out: str) -> Frame:
    """A column with the name of each row's zone; null if the marketplace is unknown."""
    first, *others = [
        (is_one_of(_SPELT, tuple(each.country for each in Marketplace.all() if each.zone == zone)), nw.lit(zone))
        for zone in zone_names()
    ]
    found = nw.when(first[0]).then(first[1])
    for condition, zone in others:
        found = found.when(condition).then(zone)
    return frame.with_columns(spelt(column).alias(_SPELT)).with_columns(found.alias(out))


_SPELT = f"{PREFIX}spelt"


def spelt(column: str) -> nw.Expr:
    """Marketplaces in the spelling of the data file."""
    return nw.col(column).cast(nw.String).str.strip_chars().str.to_uppercase()


def is_one_of(column: str, countries: tuple[str, ...]) -> nw.Expr:
    """Whether a marketplace in the data file's spelling is one of these countries."""
    chosen = [each for each in Marketplace.all() if each.country in countries]
    return nw.col(column).is_in(
        sorted({code for each in chosen for code in (each.country, each.marketplace_id, *each.also)})
    )
