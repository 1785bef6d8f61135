"""Public holidays and makeup work days, as the library `holidays` knows them."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from types import ModuleType
from typing import NamedTuple

from atoz.errors import MissingExtra, nearest_names
from atoz.model.text import Text


class PublicHolidays(NamedTuple):
    """The holidays of one country or part of it in one year."""

    days: Mapping[date, Text]
    makeup_days: frozenset[date]
    """Days of a weekend that are worked in place of a holiday."""


@cache
def public_holidays(place: str, year: int) -> PublicHolidays:
    """The holidays of a place in a year: a country's two letters, or those with a part of it, such as DE-BY.

    >>> from datetime import date
    >>> public_holidays("CN", 2026).days[date(2026, 10, 1)].en
    'National Day'
    >>> date(2026, 2, 14) in public_holidays("CN", 2026).makeup_days
    True

    Raises:
        MissingExtra: the library `holidays` is not installed.
    """
    years = (year - 1, year, year + 1)  # a day off at the turn of a year may belong to the next one
    library = _library()
    country, _, part = place.partition("-")
    by_language = {
        language: library.country_holidays(country, subdiv=part or None, years=years, expand=False, language=code)
        for language, code in _languages(country).items()
    }
    english = by_language["en"]
    days = {
        day: Text(en=name, zh=by_language["zh"].get(day) or "") for day, name in english.items() if day.year == year
    }
    return PublicHolidays(days, frozenset(day for day in english.weekend_workdays if day.year == year))


def library_version() -> str:
    """Which release of the library it is.

    Raises:
        MissingExtra: it is not installed.
    """
    return str(_library().__version__)


def is_supported(place: str) -> bool:
    """Whether the library knows a place.

    >>> is_supported("CN"), is_supported("DE-BY"), is_supported("DE-XX"), is_supported("XX")
    (True, True, False, False)
    """
    country, separator, part = place.partition("-")
    known = _parts_of_countries()
    return country in known and (part in known[country] if separator else True)


def nearest_places(place: str) -> tuple[str, ...]:
    """The places that are spelt most like this one: countries, or parts of the country that was named."""
    country, separator, _ = place.partition("-")
    countries = _parts_of_countries()
    parts = countries.get(country, ()) if separator else ()
    return nearest_names(place, [f"{country}-{part}" for part in parts] or list(countries), cutoff=0.4)


@cache
def _parts_of_countries() -> dict[str, tuple[str, ...]]:
    known = _library().list_supported_countries(include_aliases=False)
    return {country: tuple(parts) for country, parts in known.items()}


def _languages(country: str) -> dict[str, str | None]:
    """The library's codes for English and Chinese, where it has the names of a country's holidays in them."""
    known = _library().country_holidays(country).supported_languages
    english = next((code for code in ("en_US", "en_GB") if code in known), None)
    return {"en": english, "zh": "zh_CN" if "zh_CN" in known else english}


@cache
def _library() -> ModuleType:
    try:
        import holidays  # noqa: PLC0415  (a large library, and only teams with holidays need it)
    except ImportError as missing:
        raise MissingExtra("team hours", "testing") from missing
    return holidays
