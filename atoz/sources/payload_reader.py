"""Values of a payload: text, flags, instants and amounts, each read by one rule.

A `Reader` walks one parsed payload by path and gathers notes. It reads only what it is asked for, which is why
a buyer's name or address, never asked for, cannot enter a record.
"""

import re
from datetime import datetime
from decimal import Decimal

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from atoz.errors import Fault, InvalidDocument
from atoz.model.instant import to_instant
from atoz.model.money import Money
from atoz.model.order_id import ORDER_ID
from atoz.model.record import is_mapping, is_sequence
from atoz.sources.parse_result import Level, Note

_FLAGS = {"true": True, "y": True, "yes": True, "1": True, "false": False, "n": False, "no": False, "0": False}
_BLANK = {"", "null", "none"}
_WORD = re.compile(r"[A-Z][A-Za-z]{1,40}(?:_[A-Z]{1,20}){0,4}")
_MAX_TEXT = 400
MAX_ROWS = 50_000
"""Rows in one list of a payload: pages have a hundred, and each row becomes a record that is held."""
_SMALLEST, _LARGEST = -12, 15
"""Powers of ten between which an amount can lie."""


def text_of(value: object) -> str | None:
    """Text without the space around it; missing, null, blank and the word `null` are all none."""
    if not isinstance(value, str):
        return None
    text = value.strip()
    if text.casefold() in _BLANK or len(text) > _MAX_TEXT:
        return None
    try:
        text.encode()
    except UnicodeEncodeError:  # half a character: JSON can hold one, no record and no file can
        return None
    return text


def flag_of(value: object) -> bool | None:
    """A truth value, also where production sends it as text: `"false"` is false.

    >>> flag_of("false"), flag_of("Y"), flag_of("maybe")
    (False, True, None)
    """
    if isinstance(value, bool):
        return value
    return _FLAGS.get(value.strip().casefold()) if isinstance(value, str) else None


def decimal_of(value: object) -> Decimal | None:
    """An exact number from text, an integer, a `Decimal`, or a float by its shortest spelling; none if it is none."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
        return None
    try:
        number = Decimal(repr(value) if isinstance(value, float) else str(value).strip())
    except (ArithmeticError, ValueError):  # ValueError: an integer of thousands of digits has no text
        return None
    return number if number.is_finite() and _SMALLEST < number.adjusted() < _LARGEST else None


def money_of(value: object, currency: object) -> Money | None:
    """Money from an amount and a currency code, or none where they are not."""
    amount = decimal_of(value)
    code = text_of(currency)
    if amount is None or code is None:
        return None
    try:
        return Money.model_validate({"value": f"{amount:f}", "currency": code.upper()})
    except ValidationError:
        return None


def redact_value(value: object) -> str:
    """A value of an open list as a note may show it: one word as Amazon spells its words, or nothing but `a value`.

    >>> redact_value("PartiallyPacked"), redact_value("IN_TRANSIT"), redact_value("Zoe Quux")
    ("'PartiallyPacked'", "'IN_TRANSIT'", 'a value')
    """
    text = text_of(value)
    return repr(text) if text is not None and _WORD.fullmatch(text) else "a value"


def as_payload(value: object, what: str) -> dict[str, object]:
    """The payload as an object.

    Raises:
        InvalidDocument: it is something else.
    """
    if not is_mapping(value):
        raise InvalidDocument(what, (Fault("", "not_an_object", "an object is expected here"),))
    return value


class Reader:
    """One payload while it is read: values by path, and the notes that reading them leaves."""

    def __init__(self, payload: object, *, path: str = "", notes: list[Note] | None = None) -> None:
        self._payload: dict[str, object] = payload if is_mapping(payload) else {}
        self.path = path
        self.notes: list[Note] = notes if notes is not None else []

    def note(self, code: str, detail: str, *, path: str = "", level: Level = Level.INFO) -> None:
        """Leave a note."""
        self.notes.append(Note(code=code, detail=detail, path=self._where(path), level=level))

    def raw(self, path: str) -> object:
        """Whatever stands at a dotted path, the whole at an empty one; none where the path leads nowhere."""
        if path and "." not in path:
            return self._payload.get(path)  # most paths have one step
        value: object = self._payload
        for step in path.split(".") if path else ():
            value = value.get(step) if is_mapping(value) else None
        return value

    def has(self, path: str) -> bool:
        """Whether something stands at a path."""
        return self.raw(path) is not None

    def text(self, path: str) -> str | None:
        """Text at a path; something else there is noted."""
        value = self.raw(path)
        if value is not None and not isinstance(value, str):
            self.note("odd_type", "text is expected here", path=path, level=Level.WARN)
        return text_of(value)

    def flag(self, path: str) -> bool | None:
        """A truth value at a path; what is neither true nor false is noted and unknown."""
        value = self.raw(path)
        flag = flag_of(value)
        if flag is None and value is not None and text_of(value) is not None:
            self.note("odd_flag", "neither true nor false", path=path, level=Level.WARN)
        return flag

    def instant(self, path: str) -> datetime | None:
        """An aware moment at a path; a naive or impossible one is noted and unknown."""
        value = text_of(self.raw(path))
        if value is None:
            return None
        try:
            return to_instant(value)
        except PydanticCustomError as error:
            says = {"naive_instant": "the time has no zone", "out_of_range": error.message()}
            self.note(error.type, says.get(error.type, "no instant"), path=path, level=Level.WARN)
            return None
        except OverflowError:
            self.note("out_of_range", "the time is out of range", path=path, level=Level.WARN)
            return None

    def money(self, path: str, *, amount: str, currency: str) -> Money | None:
        """Money at a path, from its two fields; an amount that is none is noted."""
        value = self.raw(path)
        if value is None:
            return None
        part: dict[str, object] = value if is_mapping(value) else {}
        if isinstance(part.get(amount), float):
            self.note("float_amount", "read by its shortest spelling; parse floats as Decimal", path=path)
        money = money_of(part.get(amount), part.get(currency))
        if money is None:
            self.note("no_amount", "no amount and currency that can be read", path=path, level=Level.WARN)
        return money

    def items(self, path: str) -> "list[Reader]":
        """The objects of a list at a path; missing, null and empty are the same."""
        value = self.raw(path)
        rows = value if is_sequence(value) else ()
        if value is not None and not is_sequence(value):
            self.note("odd_type", "a list is expected here", path=path, level=Level.WARN)
        if len(rows) > MAX_ROWS:
            words = f"a list of more than {MAX_ROWS:,} rows; a page has a hundred"
            raise InvalidDocument("payload", (Fault(self._where(path), "too_many_rows", words),))
        return [Reader(row, path=self._where(f"{path}.{index}"), notes=self.notes) for index, row in enumerate(rows)]

    def parts(self, path: str) -> "list[Reader]":
        """The same, each with notes of its own: for lists whose rows become results of their own."""
        return [Reader(row.raw(""), path=row.path) for row in self.items(path)]

    def texts(self, path: str) -> tuple[str, ...]:
        """The texts of a list at a path."""
        value = self.raw(path)
        return tuple(text for text in map(text_of, value if is_sequence(value) else ()) if text)

    def order_id(self, path: str) -> str | None:
        """An order id in Amazon's form; any other is refused with a note that does not repeat it."""
        value = text_of(self.raw(path))
        if value is not None and ORDER_ID.fullmatch(value):
            return value
        code = "no_order_id" if value is None else "odd_order_id"
        words = "there is no order id" if value is None else "not Amazon's form, 3-7-7 digits; refused"
        self.note(code, words, path=path, level=Level.ERROR)
        return None

    def _where(self, path: str) -> str:
        return ".".join(part for part in (self.path, path) if part)
