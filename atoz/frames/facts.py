"""Read the facts of a table: each column as local days or as instants, whatever it holds."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Literal

import narwhals as nw

from atoz.errors import Fault, InvalidDocument
from atoz.frames.engines import ZONE, engine_of
from atoz.frames.sheet import PREFIX, Sheet
from atoz.frames.spans import in_known_years

Holds = Literal["day", "local", "instant", "nothing", "text", "object", "other"]
"""What a column holds: days, naive datetimes, aware ones, nulls only, text, Python objects, or something else."""


def holds(sheet: Sheet, fact: str) -> Holds:
    """What the column of a fact holds."""
    dtype = sheet.dtype(fact)
    if isinstance(dtype, nw.Datetime):
        return "local" if dtype.time_zone is None else "instant"
    if isinstance(dtype, (nw.String, nw.Categorical, nw.Enum)):
        return "text"
    found: dict[type[nw.dtypes.DType], Holds] = {nw.Date: "day", nw.Unknown: "nothing", nw.Object: "object"}
    return found.get(type(dtype), "other")


def settle(sheet: Sheet, dated: Iterable[str]) -> Sheet:
    """Turn pandas' object columns into what they hold, and check that every dated fact can be read.

    Raises:
        InvalidDocument: columns that hold text, numbers or mixed objects; all together.
    """
    faults: list[Fault] = []
    for fact in dict.fromkeys(dated):
        found = holds(sheet, fact)
        if found in ("object", "other", "text") and sheet.frame.implementation.is_pandas():
            from atoz.frames.engines.on_pandas import with_objects_read  # noqa: PLC0415

            out = f"{PREFIX}settled_{fact}"
            read = with_objects_read(sheet.frame, sheet.column(fact), out)
            if read is not None:
                sheet = replace(sheet, frame=read, settled={**sheet.settled, fact: out})
                continue
        if found in ("text", "object", "other"):
            faults.append(Fault(sheet.name(fact), "not_a_date", _not_dates(sheet, fact, found)))
    if faults:
        raise InvalidDocument("table", tuple(faults))
    return sheet


def _not_dates(sheet: Sheet, fact: str, found: Holds) -> str:
    if found == "text":
        return "this column holds text; parse it to days or datetimes first, with the format that you know it has"
    if found == "object":
        return "this column holds Python objects that are not all days or all datetimes of one kind; convert it first"
    return f"this column holds {sheet.dtype(fact)}; days or datetimes are needed"


def needs_zone(sheet: Sheet, days: Iterable[str], instants: Iterable[str]) -> bool:
    """Whether some fact can only be read with the marketplace's zone."""
    return any(holds(sheet, each) == "instant" for each in days) or any(
        holds(sheet, each) == "local" for each in instants
    )


def with_zone(sheet: Sheet) -> Sheet:
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


def with_days(sheet: Sheet, facts: Iterable[str]) -> Sheet:
    """The sheet with facts as local days; instants are only read where `ZONE` is there."""
    plain: dict[str, nw.Expr] = {}
    for fact in dict.fromkeys(facts):
        if holds(sheet, fact) == "instant":
            sheet = sheet.on(engine_of(sheet.frame).local_day(sheet.frame, sheet.column(fact), day(fact)))
        else:
            plain[day(fact)] = nw.col(sheet.column(fact)).cast(nw.Date)
    known = {column: in_known_years(nw.col(column)) for column in plain}
    return sheet.adding(**plain).adding(**known) if plain else sheet


def with_instants(sheet: Sheet, facts: Mapping[str, str]) -> Sheet:
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
        sheet = sheet.on(read(sheet.frame, sheet.column(fact), instant(fact)))
    return sheet


__all__ = [
    "ZONE",
    "Holds",
    "day",
    "holds",
    "instant",
    "needs_zone",
    "settle",
    "with_days",
    "with_instants",
    "with_zone",
]
