"""The marketplace that a shop's domain names, as payloads and files write it: `Amazon.de`."""

from functools import cache

from atoz.model.marketplace import Marketplace


def shop(domain: str) -> Marketplace | None:
    """The marketplace of a domain, in any case, or none.

    >>> shop("Amazon.de").country, shop("Non-Amazon")
    ('DE', None)
    """
    return _by_domain().get(domain.strip().casefold())


@cache
def _by_domain() -> dict[str, Marketplace]:
    return {each.domain.casefold(): each for each in Marketplace.all()}
