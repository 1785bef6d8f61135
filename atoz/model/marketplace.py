"""Amazon's marketplaces: id, country, currency and the time zone whose calendar days count."""

from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from atoz.errors import UnknownName
from atoz.model.data_files import read_toml
from atoz.model.record import Record
from atoz.model.text import Text


class Marketplace(Record):
    """One marketplace; the data is `marketplaces.toml`.

    >>> Marketplace.of("UK").country, Marketplace.of("A1F83G8C2ARO7P").currency
    ('GB', 'GBP')
    """

    country: str = Field(pattern="^[A-Z]{2}$", description="ISO 3166 country code.")
    marketplace_id: str = Field(description="Amazon's marketplace id.")
    name: Text = Field(description="Name of the country.")
    currency: str = Field(pattern="^[A-Z]{3}$", description="ISO 4217 currency code.")
    zone: str = Field(description="IANA time zone whose local days count.")
    zone_is: Literal["observed", "assumed"] = Field(description="Whether real payloads show the zone.")
    domain: str = Field(description="The shop's domain.")
    also: tuple[str, ...] = Field(default=(), description="Other codes that Amazon uses for it.")

    @property
    def zoneinfo(self) -> ZoneInfo:
        """The time zone, ready for datetime arithmetic."""
        return ZoneInfo(self.zone)

    @staticmethod
    def all() -> tuple["Marketplace", ...]:
        """Every marketplace, in the order of the data file."""
        return _all()

    @staticmethod
    def of(code: str) -> "Marketplace":
        """Look a marketplace up by ISO country code, Amazon's `UK`, or marketplace id.

        Raises:
            UnknownName: the code is none of these.
        """
        marketplace = _index().get(code.strip().upper())
        if marketplace is None:
            countries = [marketplace.country for marketplace in _all()]
            raise UnknownName.with_suggestions("marketplace", code.strip(), countries)
        return marketplace


@cache
def _all() -> tuple[Marketplace, ...]:
    rows = read_toml("atoz.model", "marketplaces.toml")
    return tuple(
        Marketplace.model_validate({"country": country, **row})
        for country, row in rows.items()
        if isinstance(row, dict)
    )


@cache
def _index() -> dict[str, Marketplace]:
    return {
        code: marketplace
        for marketplace in _all()
        for code in (marketplace.country, marketplace.marketplace_id, *marketplace.also)
    }


def shop(domain: str) -> Marketplace | None:
    """The marketplace of a domain, in any case, or none.

    >>> shop("Amazon.de").country, shop("Non-Amazon")
    ('DE', None)
    """
    return _by_domain().get(domain.strip().casefold())


@cache
def _by_domain() -> dict[str, Marketplace]:
    return {marketplace.domain.casefold(): marketplace for marketplace in Marketplace.all()}
