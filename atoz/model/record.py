"""The base of every record in atoz: frozen, hashable, no unknown fields."""

import json
import tomllib
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Literal, TypeGuard, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from atoz.errors import Fault, InvalidDocument, printable
from atoz.model.fault_messages import words
from atoz.model.limits import LONGEST_NAME, character_fault, has_odd_escapes, json_fault, number_fault, toml_fault


class Record(BaseModel):
    """A frozen pydantic model that refuses unknown fields.

    Change returns a new record: see `pydantic.BaseModel.model_copy`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True)


class Document(Record):
    """A record that travels alone, as a file or as what a command prints: its own `kind` says what it is."""

    schema_version: Literal[1] = Field(default=1, description="Grows when a field changes its meaning or goes.")


def is_mapping(value: object) -> TypeGuard[dict[str, object]]:
    """Whether raw data is an object with text keys."""
    return isinstance(value, dict)


def without_computed(record: type[BaseModel], data: object) -> object:
    """Raw data without what the record computes for readers of its JSON, so that it comes back from that JSON."""
    return {key: data[key] for key in data if key not in record.model_computed_fields} if is_mapping(data) else data


def is_sequence(value: object) -> TypeGuard[list[object] | tuple[object, ...]]:
    """Whether raw data is a list."""
    return isinstance(value, (list, tuple))


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise PydanticCustomError("nul_character", "the character NUL is not allowed in a text")
    return text


FreeText = Annotated[str, AfterValidator(_without_nul)]
"""A pydantic field type: text as people write it, without the one character that files and databases cannot keep."""

_Record = TypeVar("_Record", bound=Record)


def read_document(record: type[_Record], data: object, *, what: str = "document") -> _Record:
    """A record from parsed data, or every fault of it at once.

    >>> from atoz.model.order import Order
    >>> read_document(Order, {"order_id": "1", "marketplace": "US"}, what="order.json")
    Traceback (most recent call last):
    atoz.errors.InvalidDocument: order.json: 2 problems
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
        faults = faults_of(error)
    raise InvalidDocument(what, faults)  # not from pydantic's error, which holds the values, personal data included


def parse_json(text: str | bytes, *, what: str = "document") -> object:
    """Parsed JSON; numbers with a point become `Decimal`, and a key that appears twice in an object is refused.

    The limits of `atoz.model.limits` hold: a text that is too large or too deep, a number that is no quantity, `NaN`,
    and a character that no file can hold are one fault each.

    Raises:
        InvalidDocument: the text is not JSON, or is beyond a limit.
    """
    plain = _decoded(text, what)
    _refuse(what, json_fault(plain))
    fault, data = None, None
    try:
        data = json.loads(
            plain, parse_int=_integer, parse_float=_decimal, parse_constant=_no_number, object_pairs_hook=_unique
        )
    except _Odd as odd:
        fault = odd.fault
    except json.JSONDecodeError as error:
        fault = Fault("", "not_json", f"not JSON: line {error.lineno} column {error.colno}: {error.msg}")
    except (ValueError, RecursionError):
        fault = Fault("", "not_json", "not JSON: it cannot be parsed")
    _refuse(
        what, fault
    )  # outside of the except blocks: the parser's error holds the whole text, personal data included
    if has_odd_escapes(plain):
        _refuse(what, character_fault(data))
    return data


def parse_toml(text: str | bytes, *, what: str = "document") -> dict[str, object]:
    """Parsed TOML; the limits of `atoz.model.limits` hold.

    Raises:
        InvalidDocument: the text is not TOML, or is beyond a limit.
    """
    plain = _decoded(text, what)
    _refuse(what, toml_fault(plain))
    fault = None
    try:
        return tomllib.loads(plain)
    except tomllib.TOMLDecodeError as error:
        fault = Fault("", "not_toml", f"not TOML: {printable(str(error), limit=LONGEST_NAME)}")
    except (ValueError, RecursionError):  # a day such as 2016-02-30
        fault = Fault("", "not_toml", "not TOML: a value is not a valid number, day or time")
    raise InvalidDocument(what, (fault,))


class _Odd(ValueError):
    """What the parser's hooks find: a fault on its way out of it."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        repeated = next(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        key = printable(repeated, limit=LONGEST_NAME)
        raise _Odd(Fault(key, "repeated_key", f"the key '{key}' appears twice in one object"))
    return members


def _integer(digits: str) -> int:
    fault = number_fault(digits)
    if fault:
        raise _Odd(fault)
    return int(digits)


def _decimal(digits: str) -> Decimal:
    fault = number_fault(digits)
    if fault:
        raise _Odd(fault)
    return Decimal(digits)


def _no_number(word: str) -> object:
    raise _Odd(Fault("", "not_json", f"not JSON: {word} is not a number; leave out what is not known"))


def _decoded(text: str | bytes, what: str) -> str:
    if isinstance(text, str):
        return text
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        start = error.start
    raise InvalidDocument(what, (Fault("", "not_utf8", f"not UTF-8 text at byte {start}"),))


def _refuse(what: str, fault: Fault | None) -> None:
    if fault is not None:
        raise InvalidDocument(what, (fault,))


def faults_of(invalid: ValidationError) -> tuple[Fault, ...]:
    """Pydantic's errors as faults: a dotted path, a code, and words that say what to write.

    A list is not "too short" for having faults in all of its items: these are told, the count of what is left is not.
    """
    return faults_in(invalid.errors(include_url=False, include_input=False))


def faults_in(errors: Sequence[ErrorDetails]) -> tuple[Fault, ...]:
    """The same from the details alone, as frameworks on top of pydantic pass them on."""
    inside = {error["loc"][:depth] for error in errors for depth in range(len(error["loc"]))}
    return tuple(
        Fault(
            ".".join(printable(str(part), limit=LONGEST_NAME) for part in error["loc"]),
            error["type"],
            printable(words(error), limit=1000),
        )
        for error in errors
        if error["type"] != "too_short" or error["loc"] not in inside
    )


def _wrong_kind(record: type[Record], data: object) -> Fault | None:
    """A document that says it is of another kind: the rest of its faults would only confuse."""
    field = record.model_fields.get("kind")
    said = data.get("kind") if is_mapping(data) else None
    if field is None or said is None or said == field.default:
        return None
    kind = printable(repr(said), limit=LONGEST_NAME)
    return Fault(
        "kind",
        "wrong_kind",
        f"this document says that it is {kind}; {field.default!r} is needed here",
    )
