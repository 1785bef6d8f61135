"""What a function says to a dict, a path or a word in place of a claim, an order or an event."""

from pathlib import PurePath

from atoz.errors import Fault, InvalidDocument, printable
from atoz.model.claim import Claim
from atoz.model.events import EVENT_CLASSES, Event
from atoz.model.limits import LONGEST_NAME
from atoz.model.order import Order
from atoz.model.record import is_mapping

_READ = "json.loads(Path(...).read_text())"


def check_claim(value: object) -> None:
    """Refuse what is no claim, and say how to get one.

    >>> check_claim("claim.json")
    Traceback (most recent call last):
    atoz.errors.InvalidDocument: claim: 'claim.json' is a text, not a Claim; read the file first: ...

    Raises:
        InvalidDocument: it is no claim.
    """
    if isinstance(value, Claim):
        return
    if is_mapping(value):
        advice = "read it with atoz.read_claim(data)"
    elif isinstance(value, (str, PurePath)):
        advice = f"read the file first: atoz.read_claim({_READ})"
    elif isinstance(value, Order):
        advice = "a claim on it is made with atoz.open_claim(order, reason=..., filed_at=...)"
    else:
        advice = "pass a Claim, as atoz.open_claim and atoz.read_claim give it"
    _refuse("claim", value, "a Claim", advice)


def check_order(value: object) -> None:
    """Refuse what is no order, and say how to get one.

    Raises:
        InvalidDocument: it is no order.
    """
    if isinstance(value, Order):
        return
    if is_mapping(value):
        advice = "read it with atoz.Order.model_validate(data)"
    elif isinstance(value, (str, PurePath)):
        advice = f"read the file first: atoz.Order.model_validate({_READ})"
    elif isinstance(value, Claim):
        advice = "pass claim.order"
    else:
        advice = "pass an atoz.Order(order_id=..., marketplace=..., placed_at=...)"
    _refuse("order", value, "an Order", advice)


def check_event(value: object) -> None:
    """Refuse what is no event, and say how to get one; a class of events or its kind is near enough to name it.

    Raises:
        InvalidDocument: it is no event.
    """
    if isinstance(value, Event):
        return
    kind = value.get("kind") if is_mapping(value) else value
    named = EVENT_CLASSES.get(kind) if isinstance(kind, str) else value
    known = isinstance(named, type) and issubclass(named, Event)
    name = named.__name__ if isinstance(named, type) and known else "Denied"
    if is_mapping(value):
        advice = f"pass atoz.events.{name}.model_validate(data)"
    else:
        advice = f"pass an event{'' if known else ', for example'} atoz.events.{name}(at=...)"
    _refuse("event", value, "an event", advice)


def _refuse(argument: str, value: object, wanted: str, advice: str) -> None:
    if isinstance(value, str):
        what = f"{printable(repr(value), limit=LONGEST_NAME)} is a text"
    elif isinstance(value, type):
        what = f"this is the class {value.__name__}"
    else:
        what = f"this is of the type {type(value).__name__}"
    raise InvalidDocument(argument, (Fault("", "wrong_type", f"{what}, not {wanted}; {advice}"),))
