"""What a function says to a dict, a path or a word in place of a claim, an order or an event."""

from pathlib import PurePath
from typing import NamedTuple

from atoz.errors import Fault, InvalidDocument, printable
from atoz.model.claim import Claim
from atoz.model.events import EVENT_CLASSES, Event
from atoz.model.limits import LONGEST_NAME
from atoz.model.order import Order
from atoz.model.record import Record, is_mapping


class _Expected(NamedTuple):
    """What an argument has to be, and what to do for those who have something else."""

    argument: str
    kind: type[Record]
    phrase: str
    with_data: str
    """For those who have parsed data."""
    otherwise: str
    with_file: str | None = None
    """For those who have a file, by its path or its name."""
    related: tuple[type[Record], str] | None = None
    """A record that is easily taken for it, and the advice for those who have that."""


_CLAIM = _Expected(
    argument="claim",
    kind=Claim,
    phrase="a Claim",
    with_data="read it with atoz.read_claim(data)",
    with_file="read the file first: atoz.read_claim(json.loads(Path(...).read_text()))",
    related=(Order, "a claim on it is made with atoz.open_claim(order, reason=..., filed_at=...)"),
    otherwise="pass a Claim, as atoz.open_claim and atoz.read_claim give it",
)
_ORDER = _Expected(
    argument="order",
    kind=Order,
    phrase="an Order",
    with_data="read it with atoz.Order.model_validate(data)",
    with_file="read the file first: atoz.Order.model_validate(json.loads(Path(...).read_text()))",
    related=(Claim, "pass claim.order"),
    otherwise="pass an atoz.Order(order_id=..., marketplace=..., placed_at=...)",
)


def check_claim(value: object) -> None:
    """Refuse what is no claim, and say how to get one.

    >>> check_claim("claim.json")
    Traceback (most recent call last):
    atoz.errors.InvalidDocument: claim: 'claim.json' is a text, not a Claim; read the file first: ...

    Raises:
        InvalidDocument: it is no claim.
    """
    _check(value, _CLAIM)


def check_order(value: object) -> None:
    """Refuse what is no order, and say how to get one.

    Raises:
        InvalidDocument: it is no order.
    """
    _check(value, _ORDER)


def check_event(value: object) -> None:
    """Refuse what is no event, and say how to get one; a class of events or its kind is near enough to name it.

    Raises:
        InvalidDocument: it is no event.
    """
    if isinstance(value, Event):
        return
    kind = value.get("kind") if is_mapping(value) else value
    meant = EVENT_CLASSES.get(kind) if isinstance(kind, str) else value
    name = meant.__name__ if isinstance(meant, type) and issubclass(meant, Event) else None
    example = f"atoz.events.{name or 'Denied'}"
    expected = _Expected(
        argument="event",
        kind=Event,
        phrase="an event",
        with_data=f"pass {example}.model_validate(data)",
        otherwise=f"pass an event{'' if name else ', for example'} {example}(at=...)",
    )
    _check(value, expected)


def _check(value: object, expected: _Expected) -> None:
    if isinstance(value, expected.kind):
        return
    if is_mapping(value):
        advice = expected.with_data
    elif expected.with_file and isinstance(value, (str, PurePath)):
        advice = expected.with_file
    elif expected.related and isinstance(value, expected.related[0]):
        advice = expected.related[1]
    else:
        advice = expected.otherwise
    message = f"{_described(value)}, not {expected.phrase}; {advice}"
    raise InvalidDocument(expected.argument, (Fault("", "wrong_type", message),))


def _described(value: object) -> str:
    if isinstance(value, str):
        return f"{printable(repr(value), limit=LONGEST_NAME)} is a text"
    if isinstance(value, type):
        return f"this is the class {value.__name__}"
    return f"this is of the type {type(value).__name__}"
