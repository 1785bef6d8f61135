"""What to write instead of a value that does not fit: pydantic's errors in words for people who read no Python."""

from pydantic_core import ErrorDetails

from atoz.model.limits import LONGEST_NAME

_BY_FIELD = {
    ("order_id", "string_pattern_mismatch"): "write it as Amazon does, for example 123-1234567-1234567",
    ("currency", "string_pattern_mismatch"): "write a currency code of three capital letters, for example USD",
    ("edition", "string_pattern_mismatch"): "write the id of an edition, for example us-2026",
    ("window_edition", "string_pattern_mismatch"): "write the id of an edition, for example us-2026",
    ("item", "string_pattern_mismatch"): "write a name such as proof_of_delivery",
}
MESSAGES = {
    "missing": "this field is required",
    "extra_forbidden": "no such field",
    "model_type": "an object is expected here",
    "dataclass_type": "an object is expected here",
    "dict_type": "an object is expected here",
    "invalid_key": "the names of an object are text",
    "none_required": "leave this out, or write null",
    "list_type": "a list is expected here",
    "tuple_type": "a list is expected here",
    "named_tuple_type": "a list or an object is expected here",
    "too_short": "at least {min_length} must be listed, not {actual_length}",
    "too_long": "at most {max_length} may be listed, not {actual_length}",
    "string_type": "a text is expected here",
    "string_unicode": "write text in UTF-8, with whole characters",
    "string_too_short": "write at least {min_length} character(s)",
    "string_too_long": "write at most {max_length} characters",
    "string_pattern_mismatch": "write a name in lower case, without spaces, for example answer_amazon",
    "enum": "write one of: {expected}",
    "literal_error": "write {expected}",
    "bool_type": "write true or false",
    "bool_parsing": "write true or false",
    "int_type": "a whole number is expected here",
    "int_parsing": "a whole number is expected here",
    "int_from_float": "a whole number is expected here, without a fraction",
    "int_parsing_size": "this number is too large",
    "float_type": "a number is expected here",
    "float_parsing": "a number is expected here",
    "finite_number": "a finite number is expected here",
    "decimal_type": "a number is expected here",
    "decimal_parsing": "a number is expected here",
    "greater_than": "write a value above {gt}",
    "greater_than_equal": "write a value of at least {ge}",
    "less_than_equal": "write a value of at most {le}",
    "date_type": "write a calendar day such as 2016-06-10",
    "date_from_datetime_parsing": "write a calendar day such as 2016-06-10",
    "date_from_datetime_inexact": "write a calendar day such as 2016-06-10, without a time",
    "datetime_type": "write an instant with its offset, for example 2026-11-23T09:00:00-08:00",
    "datetime_parsing": "write an instant with its offset, for example 2026-11-23T09:00:00-08:00",
    "datetime_from_date_parsing": "write an instant with its offset, for example 2026-11-23T09:00:00-08:00",
    "time_delta_type": "write a duration in ISO 8601, for example PT48H",
    "time_delta_parsing": "write a duration in ISO 8601, for example PT48H",
    "union_tag_invalid": "no such kind: {tag}; write one of: {expected_tags}",
    "union_tag_not_found": "this field is required: kind",
}
"""By pydantic's type of an error; a test holds this to every type that one of atoz's records can give."""


def words(error: ErrorDetails) -> str:
    """The message for one of pydantic's errors; a validator of atoz's own says it in its own words.

    >>> words({"type": "greater_than_equal", "loc": ("depth",), "msg": "...", "input": -1, "ctx": {"ge": 0}})
    'write a value of at least 0'
    """
    field = str(error["loc"][-1]) if error["loc"] else ""
    known = _BY_FIELD.get((field, error["type"])) or MESSAGES.get(error["type"])
    context = {key: str(value)[:_LONGEST_CONTEXT] for key, value in error.get("ctx", {}).items()}
    return known.format(**context) if known else error["msg"].removeprefix("Value error, ")


_LONGEST_CONTEXT = 10 * LONGEST_NAME
"""Of a value that stands in a message, as many characters are repeated; lists of choices are shorter than this."""
