"""A table on its way through a computation: its frame, what its columns are called, and what it shall end with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import narwhals as nw
from narwhals.typing import IntoFrame

from atoz.errors import Fault, InvalidDocument, UnknownName, nearest_names
from atoz.frames.frame_types import PREFIX, Frame


@dataclass(frozen=True, slots=True)
class Workframe:
    """A frame and the names of its columns; every change gives a new one."""

    frame: Frame
    """What is computed on; for a pandas table the columns that are read, as an Arrow table."""
    original: Frame
    """The table that came in."""
    original_columns: tuple[str, ...]
    """The columns that came in."""
    names: Mapping[str, str]
    """What the table calls the facts and results that atoz calls otherwise."""
    mixed: frozenset[str] = frozenset()
    """The columns of Python objects of several kinds."""

    def column(self, fact: str) -> str:
        """What the table calls a fact or a result."""
        return self.names.get(fact, fact)

    def has(self, fact: str) -> bool:
        """Whether the table carries a fact."""
        return self.column(fact) in self.original_columns

    def with_columns(self, **columns: nw.Expr) -> "Workframe":
        """The same with more columns."""
        return replace(self, frame=self.frame.with_columns(**columns))

    def with_frame(self, frame: Frame) -> "Workframe":
        """The same over a frame that an engine has made of this one."""
        return replace(self, frame=frame)

    def dtype(self, fact: str) -> nw.dtypes.DType:
        """The type of a fact's column."""
        return self.frame.collect_schema()[self.column(fact)]


def open_workframe(native: IntoFrame, columns: Mapping[str, str] | None, known: Iterable[str]) -> Workframe:
    """A workframe of a table; `columns` says what it calls which of the `known` facts and results.

    Raises:
        InvalidDocument: it is no table, two columns share a name, or a column has a name that is reserved.
        UnknownName: `columns` names a fact that the computation does not know.
    """
    try:
        frame = cast("Frame", nw.from_native(native))
    except TypeError as error:
        fault = Fault("", "not_a_table", f"{type(native).__name__} is no table that atoz.frames knows")
        raise InvalidDocument("table", (fault,)) from error
    except ValueError as error:
        raise InvalidDocument("table", (Fault("", "not_a_table", str(error)),)) from error
    names, facts = dict(columns or {}), list(known)
    for fact in names:
        if fact not in facts:
            raise UnknownName.with_suggestions("fact", fact, facts)
    kept = tuple(frame.collect_schema().names())
    refuse_reserved("table", kept)
    if frame.implementation.is_pandas():
        from atoz.frames.engines.pandas import as_arrow  # noqa: PLC0415

        read, mixed = as_arrow(frame, [column for fact in facts if (column := names.get(fact, fact)) in kept])
        return Workframe(read, frame, kept, names, mixed)
    opened = frame.lazy() if frame.implementation.is_polars() else frame  # one optimised pass instead of many
    return Workframe(opened, frame, kept, names)


def refuse_reserved(what: str, names: Iterable[object]) -> None:
    """Check that no column has a name that a computation takes for its own.

    Raises:
        InvalidDocument: some have.
    """
    reserved = [str(name) for name in names if str(name).lower().startswith(PREFIX)]  # SQL takes any case for the same
    if reserved:
        message = f"names that begin with {PREFIX} are reserved"
        raise InvalidDocument(what, tuple(Fault(name, "reserved", message) for name in reserved))


def require(workframe: Workframe, facts: Iterable[str], outputs: Sequence[str]) -> None:
    """Check that a table has what a computation reads and lacks what it writes.

    Raises:
        InvalidDocument: all missing columns, with the nearest names, and all results that need another name.
    """
    missing = [_missing(workframe, fact) for fact in dict.fromkeys(facts) if not workframe.has(fact)]
    named = [_comparable(workframe, workframe.column(out)) for out in outputs]
    kept = {_comparable(workframe, column) for column in workframe.original_columns}
    taken = [
        Fault(
            workframe.column(out),
            "column_exists",
            f"the table has this column already; call the new one otherwise: --column {out}=NAME "
            f"(in Python: columns={{{out!r}: ...}})",
        )
        for out, name in zip(outputs, named, strict=True)
        if name in kept
    ]
    shared = [
        Fault(workframe.column(out), "same_name", f"{out} needs a name of its own: another result has this one")
        for place, out in enumerate(outputs)
        if named[place] in named[:place]
    ]
    if missing or taken or shared:
        raise InvalidDocument("table", (*missing, *taken, *shared))


_ANY_CASE = frozenset[nw.Implementation](
    (nw.Implementation.DUCKDB, nw.Implementation.IBIS, nw.Implementation.PYSPARK, nw.Implementation.PYSPARK_CONNECT)
)


def _comparable(workframe: Workframe, name: object) -> str:
    """A column's name as its engine tells names apart: SQL does not by their case."""
    return str(name).lower() if workframe.frame.implementation in _ANY_CASE else str(name)


def _missing(workframe: Workframe, fact: str) -> Fault:
    names = [str(column) for column in workframe.original_columns]
    near = nearest_names(workframe.column(fact), names)
    hint = f"; nearest: {', '.join(near)}" if near else f"; it has: {', '.join(names) or 'no columns'}"
    way = f"name it with --column {fact}=NAME (in Python: columns={{{fact!r}: ...}}), or add an empty one"
    message = f"the table has no such column{hint}; {way}"
    return Fault(workframe.column(fact), "missing_column", message)


def close_workframe(workframe: Workframe, outputs: Iterable[str]) -> IntoFrame:
    """The table that came in, with the outputs at its right; they were computed under their reserved names."""
    named = {workframe.column(out): nw.col(f"{PREFIX}{out}") for out in outputs}
    if workframe.original.implementation.is_pandas():
        from atoz.frames.engines.pandas import with_columns  # noqa: PLC0415

        return cast("IntoFrame", with_columns(workframe.original, workframe.frame.select(**named)).to_native())
    frame = workframe.frame.with_columns(**named).select(*workframe.original_columns, *named)
    if isinstance(frame, nw.LazyFrame) and isinstance(workframe.original, nw.DataFrame):
        frame = frame.collect("polars", engine="streaming")
    return cast("IntoFrame", frame.to_native())
