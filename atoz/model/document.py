"""Read documents: JSON text or parsed data to records, with every fault of one document reported together."""

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import TypeVar

from pydantic import ValidationError

from atoz.errors import Fault, InvalidDocument
from atoz.model.record import Record

_Record = TypeVar("_Record", bound=Record)


def read_document(record: type[_Record], data: object, *, what: str = "document") -> _Record:
    """A record from parsed data, or every fault of it at once.

    >>> from atoz.model.order import Order
    >>> read_document(Order, {"order_id": "1", "marketplace": "US"}, what="order.json")
    Traceback (most recent call last):
    atoz.errors.InvalidDocument: order.json: 2 faults
      order_id: write it as Amazon does, for example 123-1234567-1234567
      placed_at: this field is required

    Raises:
        InvalidDocument: the data does not fit; `faults` has the path, code and words of each fault.
    """
    try:
        return record.model_validate(data)
    except ValidationError as error:
        raise InvalidDocument(what, faults_of(error)) from error


def parse_json(text: str | bytes, *, what: str = "document") -> object:
    """Parsed JSON; numbers with a point become `Decimal`, and a repeated key is refused.

    Raises:
        InvalidDocument: the text is not JSON.
    """

    def unique(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
        found: dict[str, object] = {}
        for key, value in pairs:
            if key in found:
                raise InvalidDocument(what, (Fault(key, "repeated_key", f"the key {key!r} stands twice"),))
            found[key] = value
        return found

    try:
        return json.loads(text, parse_float=Decimal, object_pairs_hook=unique)
    except (ValueError, RecursionError) as error:
        if isinstance(error, InvalidDocument):
            raise
        where = f"line {error.lineno} column {error.colno}: " if isinstance(error, json.JSONDecodeError) else ""
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "it cannot be read"
        raise InvalidDocument(what, (Fault("", "not_json", f"not JSON: {where}{reason}"),)) from error


def faults_of(error: ValidationError) -> tuple[Fault, ...]:
    """Pydantic's errors as faults: a dotted path, a code, and words that say what to write.

    A list is not "too short" for having faults in all of its items: these are told, the count of what is left is not.
    """
    errors = error.errors(include_url=False, include_input=False)
    inside = {each["loc"][:depth] for each in errors for depth in range(len(each["loc"]))}
    return tuple(
        Fault(
            ".".join(str(part) for part in each["loc"]),
            each["type"],
            _MESSAGES.get((str(each["loc"][-1]) if each["loc"] else "", each["type"]))
            or _MESSAGES.get(("", each["type"]))
            or each["msg"],
        )
        for each in errors
        if each["type"] != "too_short" or each["loc"] not in inside
    )


_MESSAGES = {
    ("order_id", "string_pattern_mismatch"): "write it as Amazon does, for example 123-1234567-1234567",
    ("", "missing"): "this field is required",
    ("", "extra_forbidden"): "no such field",
    ("", "model_type"): "an object is expected here",
}
