"""Every type of pydantic's errors that a record can give is said in atoz's words; no Python reaches a user."""

import pkgutil
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from importlib import import_module
from typing import Annotated, Literal, NamedTuple

import pytest
from pydantic import Field, TypeAdapter, ValidationError

import atoz
from atoz.model.fault_messages import MESSAGES
from atoz.model.record import Record, faults_of


class Colour(StrEnum):
    """Two words to choose from."""

    RED = "red"
    BLUE = "blue"


class Left(Record):
    """One kind of two."""

    kind: Literal["left"] = "left"


class Right(Record):
    """The other kind."""

    kind: Literal["right"] = "right"


class Pair(NamedTuple):
    """Two numbers."""

    first: int
    second: int


@dataclass(frozen=True)
class Plain:
    """A dataclass with one number."""

    number: int


class Small(Record):
    """A record with one number."""

    number: int


CASES: dict[str, tuple[object, object]] = {
    "missing": (Small, {}),
    "extra_forbidden": (Small, {"number": 1, "colour": "red"}),
    "model_type": (Small, 1),
    "dataclass_type": (Plain, 1),
    "dict_type": (dict[str, int], 1),
    "tuple_type": (tuple[int, ...], 1),
    "named_tuple_type": (Pair, 1),
    "list_type": (list[int], 1),
    "none_required": (None, 1),
    "too_short": (Annotated[tuple[int, ...], Field(min_length=1)], []),
    "too_long": (Annotated[dict[str, int], Field(max_length=1)], {"a": 1, "b": 2}),
    "string_type": (str, 1),
    "string_unicode": (str, b"\xff"),
    "string_too_short": (Annotated[str, Field(min_length=1)], ""),
    "string_too_long": (Annotated[str, Field(max_length=1)], "ab"),
    "string_pattern_mismatch": (Annotated[str, Field(pattern="^[a-z]+$")], "A"),
    "enum": (Colour, "green"),
    "literal_error": (Literal["left"], "right"),
    "bool_type": (bool, []),
    "bool_parsing": (bool, "perhaps"),
    "int_type": (int, []),
    "int_parsing": (int, "many"),
    "int_from_float": (int, 1.5),
    "int_parsing_size": (int, "9" * 5000),
    "float_type": (float, []),
    "float_parsing": (float, "much"),
    "finite_number": (Annotated[float, Field(allow_inf_nan=False)], float("inf")),
    "decimal_type": (Decimal, []),
    "decimal_parsing": (Decimal, "much"),
    "greater_than": (Annotated[int, Field(gt=0)], 0),
    "greater_than_equal": (Annotated[int, Field(ge=0)], -1),
    "less_than_equal": (Annotated[int, Field(le=9)], 10),
    "date_type": (date, []),
    "date_from_datetime_parsing": (date, "2016-06-10T25"),
    "date_from_datetime_inexact": (date, "2016-06-10T12:00:00"),
    "datetime_type": (datetime, []),
    "datetime_parsing": (datetime, 1e30),
    "datetime_from_date_parsing": (datetime, "2016-06-31"),
    "time_delta_type": (timedelta, []),
    "time_delta_parsing": (timedelta, "a while"),
    "union_tag_invalid": (Annotated[Left | Right, Field(discriminator="kind")], {"kind": "up"}),
    "union_tag_not_found": (Annotated[Left | Right, Field(discriminator="kind")], {}),
    "invalid_key": (Small, {1: 2}),
}
"""For every type an annotation and a value that brings it; what pydantic words differently is what a user would see."""

GIVES: dict[str, tuple[str, ...]] = {
    "bool": ("bool_type", "bool_parsing"),
    "dataclass": ("dataclass_type",),
    "date": ("date_type", "date_from_datetime_parsing", "date_from_datetime_inexact"),
    "datetime": ("datetime_type", "datetime_parsing", "datetime_from_date_parsing"),
    "decimal": ("decimal_type", "decimal_parsing", "finite_number"),
    "dict": ("dict_type",),
    "enum": ("enum",),
    "float": ("float_type", "float_parsing", "finite_number"),
    "int": ("int_type", "int_parsing", "int_from_float", "int_parsing_size"),
    "literal": ("literal_error",),
    "model": ("model_type",),
    "model-fields": ("missing", "extra_forbidden", "invalid_key"),
    "named-tuple": ("named_tuple_type", "missing", "extra_forbidden", "too_long"),
    "list": ("list_type",),
    "none": ("none_required",),
    "str": ("string_type", "string_unicode"),
    "tagged-union": ("union_tag_invalid", "union_tag_not_found"),
    "timedelta": ("time_delta_type", "time_delta_parsing"),
    "tuple": ("tuple_type",),
}
"""What each part of a schema can give besides its limits; parts that only pass on are in SILENT."""
LIMITS = {
    ("int", "gt"): "greater_than",
    ("int", "ge"): "greater_than_equal",
    ("int", "le"): "less_than_equal",
    ("timedelta", "ge"): "greater_than_equal",
    ("str", "min_length"): "string_too_short",
    ("str", "max_length"): "string_too_long",
    ("str", "pattern"): "string_pattern_mismatch",
    ("tuple", "min_length"): "too_short",
    ("dict", "max_length"): "too_long",
}
SILENT = {
    "any", "chain", "computed-field", "dataclass-args", "dataclass-field", "default", "definition-ref", "definitions",
    "function-after", "function-before", "function-plain", "function-wrap", "json-or-python", "model-field",
    "named-tuple-field", "no-info", "nullable", "union", "with-info",
}  # fmt: skip
"""Parts of a schema without an error of their own: those of functions are written where the function is."""
KNOWN_LIMITS = ("ge", "gt", "le", "lt", "min_length", "max_length", "pattern", "multiple_of", "max_digits")


def parts(node: object) -> Iterator[Mapping[str, object]]:
    """Every part of a core schema, at any depth."""
    if isinstance(node, dict):
        if isinstance(node.get("type"), str):
            yield node
        for key, inner in node.items():
            if key not in {"metadata", "serialization"}:
                yield from parts(inner)
    elif isinstance(node, (list, tuple)):
        for inner in node:
            yield from parts(inner)


def records(above: type[Record] = Record) -> Iterator[type[Record]]:
    """Every record of atoz that can be imported with the extras that are here."""
    for module in pkgutil.walk_packages(atoz.__path__, "atoz."):
        if module.name != "atoz.__main__":
            try:
                import_module(module.name)
            except ImportError:
                continue
    stack = [above]
    while stack:
        record = stack.pop()
        stack += record.__subclasses__()
        if record.__module__.startswith("atoz."):
            yield record


def test_every_error_that_a_record_can_give_has_words():
    """A new kind of field, or a new limit on one, needs its words."""
    reachable: set[str] = set()
    for record in records():
        for part in parts(record.__pydantic_core_schema__):
            kind = str(part["type"])
            assert kind in GIVES or kind in SILENT, f"{record.__name__}: what does a {kind} schema give?"
            reachable |= set(GIVES.get(kind, ()))
            reachable |= {LIMITS[kind, limit] for limit in KNOWN_LIMITS if limit in part and kind in GIVES}
    assert reachable - set(MESSAGES) == set()
    assert len(reachable) > 30


@pytest.mark.parametrize("kind", CASES)
def test_an_error_is_said_in_words_for_people(kind):
    """The value that brings it is answered with what to write, and no word of Python or pydantic."""
    annotation, value = CASES[kind]
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(annotation).validate_python(value)
    (fault,) = [fault for fault in faults_of(caught.value) if fault.code == kind]
    assert fault.message
    assert "{" not in fault.message
    assert not re.search(
        r"Input should|Field required|valid (dict|tuple|string|integer|list)|instance of|keyword", fault.message
    )


def test_there_are_no_words_that_nothing_calls_for():
    """Words whose type none of these brings would be guesses."""
    assert set(MESSAGES) == set(CASES)


@pytest.mark.parametrize("value", [{"first": 1}, [1]])
def test_a_part_of_a_pair_is_missing_by_name_or_place(value):
    """Pydantic counts a pair's fields like those of a record."""
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(Pair).validate_python(value)
    assert [fault.message for fault in faults_of(caught.value)] == ["this field is required"]
