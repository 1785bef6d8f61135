"""A column of labels: the first whose condition holds."""

from collections.abc import Sequence
from enum import StrEnum

import narwhals as nw

from atoz.frames.sheet import Sheet

Case = tuple[StrEnum, nw.Expr]
"""A label, and the rows that it is for."""


def labelled(sheet: Sheet, cases: Sequence[Case], otherwise: StrEnum, out: str) -> Sheet:
    """The sheet with the label of the first case that holds; a case that cannot be told does not."""
    if sheet.frame.implementation.is_pyarrow():
        from atoz.frames.engines.on_arrow import first_label  # noqa: PLC0415

        return sheet.on(first_label(sheet.frame, cases, otherwise, out))
    (label, holds), *others = cases
    found = nw.when(holds).then(nw.lit(label.value))
    for label, holds in others:
        found = found.when(holds).then(nw.lit(label.value))
    return sheet.adding(**{out: found.otherwise(nw.lit(otherwise.value))})
