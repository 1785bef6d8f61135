"""The facts of an order, field by field, in whichever shape it comes."""

from zoneinfo import ZoneInfo

from atoz.errors import UnknownName
from atoz.model.events import Actor
from atoz.model.marketplace import Marketplace, shop
from atoz.model.order import Fulfilment, TriState
from atoz.sources.parse_result import Level
from atoz.sources.payload_reader import Reader, redact_value
from atoz.sources.sp_api.order_snapshot import OrderShape, OrderStatus, Package, fulfilments, statuses

_CANCELLED_BY = {"BUYER": Actor.BUYER, "MERCHANT": Actor.SELLER, "AMAZON": Actor.AMAZON}


def marketplace_of(shape: OrderShape, reader: Reader) -> str | None:
    """The country of the marketplace: by its id, or by the shop that the sales channel names."""
    code = reader.text(shape.marketplace)
    if code is not None:
        try:
            return Marketplace.of(code).country
        except UnknownName:
            reader.note(
                "unknown_marketplace", "no marketplace that atoz knows", path=shape.marketplace, level=Level.WARN
            )
    marketplace = shop(reader.text(shape.channel) or "") if shape.channel else None
    if marketplace is None:
        return None
    reader.note("marketplace_from_channel", "taken from the sales channel", path=shape.channel)
    return marketplace.country


def status_of(shape: OrderShape, reader: Reader) -> OrderStatus | None:
    """Amazon's status in one spelling; an unknown one is noted."""
    spelt = reader.text(shape.status)
    if spelt is None:
        return None
    if spelt not in statuses():
        reader.note("unknown_status", f"no known status: {redact_value(spelt)}", path=shape.status, level=Level.WARN)
    return statuses().get(spelt)


def fulfilment_of(shape: OrderShape, reader: Reader) -> Fulfilment | None:
    """Who ships; where it is not said a note says that the seller is assumed."""
    spelt = reader.text(shape.fulfilment)
    fulfilment = fulfilments().get(spelt or "")
    if fulfilment is None:
        reader.note("unknown_fulfilment", "who ships is not said; the seller is assumed", path=shape.fulfilment)
    elif fulfilment is Fulfilment.AMAZON:
        reader.note("fba", "Amazon ships it: claims on it are mostly not the seller's")
    return fulfilment


def seller_prime_of(
    shape: OrderShape, reader: Reader, programs: tuple[str, ...] | None, fulfilment: Fulfilment | None
) -> TriState:
    """Whether it is a seller-fulfilled Prime order."""
    if shape.seller_prime:
        return known(reader.flag(shape.seller_prime))
    if programs is None:
        return TriState.UNKNOWN
    prime = "PRIME" in (program.upper() for program in programs)
    return known(prime and fulfilment is Fulfilment.SELLER)


def cancelled_by_of(reader: Reader) -> Actor | None:
    """Who cancelled, where all items agree."""
    if not reader.has("orderItems"):
        return None
    cancelled_by = {item.text("cancellation.cancellationExecution.cancelledBy") for item in reader.items("orderItems")}
    known = {_CANCELLED_BY[actor] for actor in cancelled_by if actor in _CANCELLED_BY}
    return known.pop() if len(known) == 1 else None


def packages_of(shape: OrderShape, reader: Reader) -> tuple[Package, ...] | None:
    """The packages; none where they were not asked for."""
    if not shape.packages or not reader.has(shape.packages):
        return None
    return tuple(
        Package(
            tracking_id=package.text("trackingNumber"),
            carrier=package.text("carrier"),
            shipped_at=package.instant("shipTime"),
            status=package.text("packageStatus.status"),
            detail=package.text("packageStatus.detailedStatus"),
        )
        for package in reader.items(shape.packages)
    )


def zone_of(country: str) -> ZoneInfo:
    """The zone of a country's marketplace."""
    return Marketplace.of(country).zoneinfo


def known(flag: bool | None) -> TriState:  # noqa: FBT001  (three values, one argument)
    """A truth value with a third: not known."""
    return {True: TriState.YES, False: TriState.NO, None: TriState.UNKNOWN}[flag]
