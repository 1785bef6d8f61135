"""Marketplaces in a column: read as the model reads them, by country code, Amazon's `UK` or marketplace id."""

from functools import cache

import narwhals as nw

from atoz.errors import UnknownName
from atoz.frames.frame_types import PREFIX, Frame
from atoz.model.marketplace import Marketplace


@cache
def zone_names() -> tuple[str, ...]:
    """The zones of all marketplaces, each once; a code is a place in this tuple, or `UNKNOWN`."""
    return tuple(dict.fromkeys(marketplace.zone for marketplace in Marketplace.all()))


UNKNOWN = -1


@cache
def zone_code(spelling: str) -> int | None:
    """The place of a marketplace's zone in `zone_names()`; none if it is unknown."""
    try:
        return zone_names().index(Marketplace.of(spelling).zone)
    except UnknownName:
        return None


def with_zone_name(frame: Frame, column: str, out: str) -> Frame:
    """A column with the name of each row's zone; null if the marketplace is unknown."""
    countries = {
        zone: tuple(market.country for market in Marketplace.all() if market.zone == zone) for zone in zone_names()
    }
    first, *others = [(is_one_of(_NORMALIZED, names), nw.lit(zone)) for zone, names in countries.items()]
    zone_name = nw.when(first[0]).then(first[1])
    for condition, zone in others:
        zone_name = zone_name.when(condition).then(zone)
    return frame.with_columns(normalized(column).alias(_NORMALIZED)).with_columns(zone_name.alias(out))


_NORMALIZED = f"{PREFIX}spelling"


def normalized(column: str) -> nw.Expr:
    """Marketplaces in the spelling of the data file."""
    return nw.col(column).cast(nw.String).str.strip_chars().str.to_uppercase()


def is_one_of(column: str, countries: tuple[str, ...]) -> nw.Expr:
    """Whether a marketplace in the data file's spelling is one of these countries."""
    chosen = [market for market in Marketplace.all() if market.country in countries]
    codes = {code for market in chosen for code in (market.country, market.marketplace_id, *market.also)}
    return nw.col(column).is_in(sorted(codes))
