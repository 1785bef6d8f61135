"""Read the facts of a table: each column as local days or as instants, whatever it holds."""

from collections.abc import Iterable, Mapping
from typing import Literal

import narwhals as nw

from atoz.errors import Fault, InvalidDocument
from atoz.frames.engines import ZONE, engine_of
from atoz.frames.workframe import PREFIX, Workframe

Holds = Literal["day", "local", "instant", "nothing", "text", "object", "other"]
"""What a column holds: days, naive datetimes, aware ones, nulls only, text, Python objects, or something else."""


def holds(sheet: Workframe, fact: str) -> Holds:
    """What the column of a fact holds."""
    if sheet.name(fact) in sheet.mixed:
        return "object"
    dtype = sheet.dtype(fact)
    if isinstance(dtype, nw.Datetime):
        return "local" if dtype.time_zone is None else "instant"
    if isinstance(dtype, (nw.String, nw.Categorical, nw.Enum)):
        return "text"
    found: dict[type[nw.dtypes.DType], Holds] = {nw.Date: "day", nw.Unknown: "nothing", nw.Object: "object"}
    return found.get(type(dtype), "other")


def check_dates(sheet: Workframe, dated: Iterable[str]) -> None:
    """Check that every dated fact can be read.

    Raises:
        InvalidDocument: columns that hold text, numbers or mixed objects; all together.
    """
    kinds = {fact: holds(sheet, fact) for fact in dict.fromkeys(dated)}
    faults = [
        Fault(sheet.name(fact), "not_a_date", _not_dates(sheet, fact, found))
        for fact, found in kinds.items()
        if found in ("text", "object", "other")
    ]
    if faults:
        raise InvalidDocument("table", tuple(faults))


def _not_dates(sheet: Workframe, fact: str, found: Holds) -> str:
    if found == "text":
        return "this column holds text; parse it to days or datetimes first, with the format that you know it has"
    if found == "object":
        return "this column holds Python objects that are not all days or all datetimes of one kind; convert it first"
    return f"this column holds {sheet.dtype(fact)}; days or datetimes are needed"


def needs_zone(sheet: Workframe, days: Iterable[str], instants: Iterable[str]) -> bool:
    """Whether some fact can only be read with the marketplace's zone."""
    return any(holds(sheet, each) == "instant" for each in days) or any(
        holds(sheet, each) == "local" for each in instants
    )


def with_zone(sheet: Workframe) -> Workframe:
    """The sheet with each row's zone.

    Raises:
        InvalidDocument: the marketplaces are no text.
    """
    found = holds(sheet, "marketplace")
    if found not in ("text", "object", "nothing"):
        fault = Fault(
            sheet.name("marketplace"),
            "not_text",
            f"marketplaces are text; this column holds {sheet.dtype('marketplace')}",
        )
        raise InvalidDocument("table", (fault,))
    return sheet.on(engine_of(sheet.frame).zoned(sheet.frame, sheet.name("marketplace")))


def day(fact: str) -> str:
    """The column that `with_days` makes of a fact."""
    return f"{PREFIX}day_{fact}"


def instant(fact: str) -> str:
    """The column that `with_instants` makes of a fact."""
    return f"{PREFIX}instant_{fact}"


def with_days(sheet: Workframe, facts: Iterable[str]) -> Workframe:
    """The sheet with facts as local days; instants are only read where `ZONE` is there."""
    engine = engine_of(sheet.frame)
    for fact in dict.fromkeys(facts):
        read = engine.local_day if holds(sheet, fact) == "instant" else engine.day
        sheet = sheet.on(read(sheet.frame, sheet.name(fact), day(fact)))
    return sheet


def with_instants(sheet: Workframe, facts: Mapping[str, str]) -> Workframe:
    """The sheet with facts as instants; the mapping says for each why days will not do.

    Raises:
        InvalidDocument: a fact's column holds days.
    """
    only_days = [
        Fault(
            sheet.name(fact), "not_an_instant", f"this column holds days; {why} counts from an instant: give datetimes"
        )
        for fact, why in facts.items()
        if holds(sheet, fact) == "day"
    ]
    if only_days:
        raise InvalidDocument("table", tuple(only_days))
    engine = engine_of(sheet.frame)
    for fact in facts:
        read = engine.from_local if holds(sheet, fact) == "local" else engine.instant
        sheet = sheet.on(read(sheet.frame, sheet.name(fact), instant(fact)))
    return sheet


__all__ = [
    "ZONE",
    "Holds",
    "check_dates",
    "day",
    "holds",
    "instant",
    "needs_zone",
    "with_days",
    "with_instants",
    "with_zone",
]
