"""The base of every record in atoz: frozen, hashable, no unknown fields."""

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import TypeGuard, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from atoz.errors import Fault, InvalidDocument


class Record(BaseModel):
    """A frozen pydantic model that refuses unknown fields.

    Change returns a new record: see `pydantic.BaseModel.model_copy`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def is_mapping(value: object) -> TypeGuard[dict[str, object]]:
    """Whether raw data is an object with text keys."""
    return isinstance(value, dict)


def is_sequence(value: object) -> TypeGuard[list[object] | tuple[object, ...]]:
    """Whether raw data is a list."""
    return isinstance(value, (list, tuple))


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
    wrong = _wrong_kind(record, data)
    if wrong is not None:
        raise InvalidDocument(what, (wrong,))
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
        Fault(".".join(str(part) for part in each["loc"]), each["type"], _words(each))
        for each in errors
        if each["type"] != "too_short" or each["loc"] not in inside
    )


def _wrong_kind(record: type[Record], data: object) -> Fault | None:
    """A document that says it is of another kind: the rest of its faults would only confuse."""
    field = record.model_fields.get("kind")
    said = data.get("kind") if is_mapping(data) else None
    if field is None or said is None or said == field.default:
        return None
    return Fault("kind", "wrong_kind", f"this says it is {said!r}; {field.default!r} is needed here")


def _words(error: ErrorDetails) -> str:
    """What to write instead, in atoz's words where pydantic's speak of Python."""
    field = str(error["loc"][-1]) if error["loc"] else ""
    known = _MESSAGES.get((field, error["type"])) or _MESSAGES.get(("", error["type"]))
    context = {key: str(value) for key, value in error.get("ctx", {}).items()}
    return known.format(**context) if known else error["msg"].removeprefix("Value error, ")


_MESSAGES = {
    ("order_id", "string_pattern_mismatch"): "write it as Amazon does, for example 123-1234567-1234567",
    ("", "missing"): "this field is required",
    ("", "extra_forbidden"): "no such field",
    ("", "model_type"): "an object is expected here",
    ("", "enum"): "write one of: {expected}",
    ("", "literal_error"): "write {expected}",
    ("", "union_tag_invalid"): "no such kind: {tag}; write one of: {expected_tags}",
    ("", "union_tag_not_found"): "this field is required: kind",
    ("", "too_short"): "at least {min_length} is needed",
    ("", "tuple_type"): "a list is expected here",
}
