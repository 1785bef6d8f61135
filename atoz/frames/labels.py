"""A column of labels: the first whose condition holds. What is done where an engine has no quicker way."""

from collections.abc import Sequence
from enum import StrEnum

import narwhals as nw

from atoz.frames.frame_types import Frame

Cases = Sequence[tuple[StrEnum, nw.Expr]]
"""Labels, and the rows that each is for; a condition that cannot be told does not hold."""


def first_label(frame: Frame, cases: Cases, otherwise: StrEnum, out: str) -> Frame:
    """The label of the first case that holds."""
    values = [*(nw.lit(label.value) for label, _ in cases), nw.lit(otherwise.value)]
    return frame.with_columns(**{out: first_value(cases, values)})


def first_value(cases: Cases, values: Sequence[nw.Expr]) -> nw.Expr:
    """The value of the first case that holds; the last value is for the rest."""
    (_, holds), *others = cases
    chosen = nw.when(holds).then(values[0])
    for (_, condition), value in zip(others, values[1:], strict=False):
        chosen = chosen.when(condition).then(value)
    return chosen.otherwise(values[-1])
