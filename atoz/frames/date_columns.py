"""Read the facts of a table: each column as local days or as instants, whatever it holds."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Literal, cast

import narwhals as nw

from atoz.errors import Fault, InvalidDocument
from atoz.frames.engines import ZONE, engine_of
from atoz.frames.frame_types import PREFIX
from atoz.frames.workframe import Workframe

if TYPE_CHECKING:
    import duckdb

ColumnContent = Literal["day", "local", "instant", "nothing", "text", "object", "other"]
"""What a column holds: days, naive datetimes, aware ones, nulls only, text, Python objects, or something else."""


def content_of(workframe: Workframe, fact: str) -> ColumnContent:
    """What the column of a fact holds."""
    if workframe.column(fact) in workframe.mixed:
        return "object"
    dtype = workframe.dtype(fact)
    if isinstance(dtype, nw.Datetime):
        return "local" if dtype.time_zone is None else "instant"
    if isinstance(dtype, (nw.String, nw.Categorical, nw.Enum)):
        return "text"
    if isinstance(dtype, nw.Unknown):  # what narwhals has no type for: DuckDB's nulls without a type, or its UUID
        return "nothing" if _is_untyped(workframe, fact) else "other"
    contents: dict[type[nw.dtypes.DType], ColumnContent] = {nw.Date: "day", nw.Object: "object"}
    return contents.get(type(dtype), "other")


def _is_untyped(workframe: Workframe, fact: str) -> bool:
    """Whether a column holds nothing but nulls and so has no type of its own."""
    if not workframe.frame.implementation.is_duckdb():
        return True
    native = cast("duckdb.DuckDBPyRelation", workframe.frame.to_native())
    types = dict(zip(native.columns, native.types, strict=True))
    return str(types[workframe.column(fact)]).strip('"') == "NULL"


def check_text(workframe: Workframe, facts: Iterable[str]) -> None:
    """Check that those of some facts that the table has are text.

    Raises:
        InvalidDocument: columns that hold something else; all together.
    """
    faults = [
        Fault(workframe.column(fact), "not_text", f"{_TEXTS[fact]}; this column holds {workframe.dtype(fact)}")
        for fact in facts
        if workframe.has(fact) and content_of(workframe, fact) not in ("text", "object", "nothing")
    ]
    if faults:
        raise InvalidDocument("table", tuple(faults))


_TEXTS = {
    "marketplace": "marketplaces are text, such as US",
    "edition": "editions are text, such as faq-2016",
    "status": "a status is text, such as under_review",
    "kind": "kinds of events are text, such as filed",
}


def check_dates(workframe: Workframe, dated: Iterable[str]) -> None:
    """Check that every dated fact can be read.

    Raises:
        InvalidDocument: columns that hold text, numbers or mixed objects; all together.
    """
    kinds = {fact: content_of(workframe, fact) for fact in dict.fromkeys(dated)}
    faults = [
        Fault(workframe.column(fact), "not_a_date", _not_dates(workframe, fact, content))
        for fact, content in kinds.items()
        if content in ("text", "object", "other")
    ]
    if faults:
        raise InvalidDocument("table", tuple(faults))


def _not_dates(workframe: Workframe, fact: str, content: ColumnContent) -> str:
    if content == "text":
        return "this column holds text; parse it to days or datetimes first, with the format that you know it has"
    if content == "object":
        return "this column holds Python objects that are not all days or all datetimes of one kind; convert it first"
    return f"this column holds {workframe.dtype(fact)}; days or datetimes are needed"


def needs_zone(workframe: Workframe, days: Iterable[str], instants: Iterable[str]) -> bool:
    """Whether some fact can only be read with the marketplace's zone."""
    return any(content_of(workframe, fact) == "instant" for fact in days) or any(
        content_of(workframe, fact) == "local" for fact in instants
    )


def with_zone(workframe: Workframe) -> Workframe:
    """The workframe with each row's zone.

    Raises:
        InvalidDocument: the marketplaces are no text.
    """
    check_text(workframe, ("marketplace",))
    return workframe.with_frame(engine_of(workframe.frame).zoned(workframe.frame, workframe.column("marketplace")))


def day_column(fact: str) -> str:
    """The column that `with_days` makes of a fact."""
    return f"{PREFIX}day_{fact}"


def instant_column(fact: str) -> str:
    """The column that `with_instants` makes of a fact."""
    return f"{PREFIX}instant_{fact}"


def with_days(workframe: Workframe, facts: Iterable[str]) -> Workframe:
    """The workframe with facts as local days; instants are only read where `ZONE` is there."""
    engine = engine_of(workframe.frame)
    for fact in dict.fromkeys(facts):
        read = engine.local_day if content_of(workframe, fact) == "instant" else engine.day
        workframe = workframe.with_frame(read(workframe.frame, workframe.column(fact), day_column(fact)))
    return workframe


def with_instants(workframe: Workframe, facts: Mapping[str, str]) -> Workframe:
    """The workframe with facts as instants; the mapping says for each why days will not do.

    Raises:
        InvalidDocument: a fact's column holds days.
    """
    only_days = [
        Fault(
            workframe.column(fact),
            "not_an_instant",
            f"this column holds days; {why} counts from an instant: give datetimes",
        )
        for fact, why in facts.items()
        if content_of(workframe, fact) == "day"
    ]
    if only_days:
        raise InvalidDocument("table", tuple(only_days))
    engine = engine_of(workframe.frame)
    for fact in facts:
        read = engine.from_local if content_of(workframe, fact) == "local" else engine.instant
        workframe = workframe.with_frame(read(workframe.frame, workframe.column(fact), instant_column(fact)))
    return workframe


__all__ = [
    "ZONE",
    "ColumnContent",
    "check_dates",
    "check_text",
    "content_of",
    "day_column",
    "instant_column",
    "needs_zone",
    "with_days",
    "with_instants",
    "with_zone",
]
