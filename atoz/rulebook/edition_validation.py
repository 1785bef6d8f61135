"""What an edition of the right shape can still get wrong: found when it is read, with the key of each fault."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import LiteralString, get_args

from atoz.model.order import Order
from atoz.model.reason import ClaimReason
from atoz.rulebook.date_arithmetic import Unit
from atoz.rulebook.deadline_clock import DeadlineName, clock
from atoz.rulebook.parameter import Parameter

ParameterFault = tuple[tuple[str | int, ...], LiteralString, str]
"""Where it stands, a code, and words."""

LONGEST_DAYS = 3660
"""The longest span in days: a figure beyond ten years is a slip of the pen."""


def _is_moment(annotation: object) -> bool:
    """Whether a field holds a day or an instant."""
    if isinstance(annotation, type):
        return issubclass(annotation, date)
    return any(map(_is_moment, get_args(annotation)))


WINDOW_FACTS = tuple(name for name, field in Order.model_fields.items() if _is_moment(field.annotation))
"""The facts of an order that a window can count from."""
_DAY_FACTS = ("deliver_by",)
"""Facts that are days, not instants: no hours can be counted from them."""


def parameter_faults(parameters: Sequence[Parameter]) -> Iterator[ParameterFault]:
    """Every fault of an edition's figures, in the order of the file."""
    names = [figure.name for figure in parameters]
    for place, figure in enumerate(parameters):
        where = ("parameters", place)
        if figure.name in names[:place]:
            yield (*where, "name"), "repeated_name", f"{figure.name!r} is the name of an earlier parameter"
        for key, code, words in (*_value_faults(figure), *_start_faults(figure)):
            yield (*where, key), code, words
        closed = _closed_before(figure, parameters[:place])
        if closed:
            yield (*where, "role"), "closes_twice", f"there is a closing day for {', '.join(closed)} already"


_Fault = tuple[str, LiteralString, str]


def _value_faults(figure: Parameter) -> Iterator[_Fault]:
    days = figure.value / 24 if figure.unit is Unit.HOUR else figure.value
    if abs(days) > LONGEST_DAYS:
        yield "value", "span_too_long", f"a span is at most {LONGEST_DAYS} days"
    if figure.value < 0 and figure.unit is Unit.BUSINESS_DAY:
        yield "value", "negative", "business days are not counted back; write calendar days"
    if figure.value < 0 and figure.role == "deadline":
        yield "value", "negative", "a deadline does not lie before what starts it"
    if figure.on_expiry is not None and figure.role != "deadline":
        yield "on_expiry", "no_deadline", "only a deadline says what silence costs"


def _start_faults(figure: Parameter) -> Iterator[_Fault]:
    """What the figure counts from: facts of the order for a window, what may start its clock for a deadline."""
    if figure.role == "deadline":
        name = figure.deadline or next((name for name in DeadlineName if name == figure.name), None)
        if name is None:
            known = ", ".join(DeadlineName)
            yield (
                "name",
                "unknown_deadline",
                f"{figure.name!r} is no deadline; say `deadline`, or name it one of {known}",
            )
            return
        known_starts: Sequence[str] = clock(name).starts_with
        wrong = f"does not start the clock of {name}"
    else:
        known_starts, wrong = WINDOW_FACTS, "is no fact of an order that a window counts from"
        if len(figure.starts_with) > 2:  # noqa: PLR2004  (the fact, and the one that stands in for it)
            yield "starts_with", "too_many", "a window counts from one fact, or from a second where that is not known"
    for start in figure.starts_with:
        if start not in known_starts:
            yield "starts_with", "unknown_start", f"{start!r} {wrong}; write one of: {', '.join(known_starts)}"
        elif start in _DAY_FACTS and figure.unit is Unit.HOUR:
            yield "unit", "hours_from_day", f"{start} is a day: no hours can be counted from it"


def _closed_before(figure: Parameter, before: Sequence[Parameter]) -> list[str]:
    """The reasons that a closing day is for and an earlier one, too."""
    if figure.role != "closes":
        return []
    taken = {reason for row in before if row.role == "closes" for reason in row.reasons or tuple(ClaimReason)}
    return sorted(reason for reason in figure.reasons or tuple(ClaimReason) if reason in taken)
