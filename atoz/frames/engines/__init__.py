"""What no dataframe library does for every engine alike: a zone per row, local times, and whole days between instants.

Each engine is a module with the same functions; only the one that a table needs is imported.
"""

from enum import StrEnum
from importlib import import_module
from typing import Protocol, cast

import narwhals as nw

from atoz.errors import Fault, InvalidDocument
from atoz.frames.frame_types import PREFIX, Frame
from atoz.frames.labels import Cases

ZONE = f"{PREFIX}zone"
"""The column that holds each row's zone; what it looks like is the engine's own business."""


class Engine(Protocol):
    """What a module in this room offers; every function adds a column `out`."""

    def zoned(self, frame: Frame, marketplace: str) -> Frame:
        """Add the column `ZONE`; null where the marketplace is unknown."""
        ...

    def day(self, frame: Frame, column: str, out: str) -> Frame:
        """The day of a day or a naive datetime; null outside the years that count."""
        ...

    def local_day(self, frame: Frame, column: str, out: str) -> Frame:
        """The row's local day at an instant."""
        ...

    def from_local(self, frame: Frame, column: str, out: str) -> Frame:
        """The instant of a naive local time; a skipped one with the offset before, a repeated one as the first."""
        ...

    def instant(self, frame: Frame, column: str, out: str) -> Frame:
        """The instant of an aware datetime of any unit and zone."""
        ...

    def days_later(self, frame: Frame, column: str, out: str, days: tuple[int, ...]) -> Frame:
        """The instant at the same local time, as many days on as `days` says for the weekday, Monday first."""
        ...

    def first_label(self, frame: Frame, cases: Cases, otherwise: StrEnum, out: str) -> Frame:
        """The label of the first case that holds."""
        ...

    def whole_days(self, frame: Frame, column: str, out: str, since: int) -> Frame:
        """Whole days (downwards) from `since`, in microseconds since 1970, to an instant."""
        ...


def engine_of(frame: Frame) -> Engine:
    """The engine of a frame.

    Raises:
        InvalidDocument: atoz.frames has none for it.
    """
    known = {
        nw.Implementation.POLARS: "polars",
        nw.Implementation.PYARROW: "arrow",
        nw.Implementation.DUCKDB: "duckdb",
        nw.Implementation.PYSPARK: "spark",
        nw.Implementation.PYSPARK_CONNECT: "spark",
        nw.Implementation.IBIS: "ibis",
    }
    name = known.get(frame.implementation)
    if name is None:
        fault = Fault("", "unknown_engine", f"atoz.frames does not support {frame.implementation}")
        raise InvalidDocument("table", (fault,))
    return cast("Engine", import_module(f"atoz.frames.engines.{name}"))
