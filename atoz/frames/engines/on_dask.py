"""Dask: what pandas does, partition by partition."""

from collections.abc import Callable
from functools import partial
from typing import cast

import narwhals as nw
from dask.dataframe import DataFrame

from atoz.frames import zones
from atoz.frames.engines import on_arrow
from atoz.frames.engines.on_pandas import add_counted, add_made, add_zone
from atoz.frames.sheet import Frame


def zoned(frame: Frame, marketplace: str) -> Frame:
    """Zones as codes."""
    return _mapped(frame, add_zone, marketplace)


def local_day(frame: Frame, column: str, out: str) -> Frame:
    """By table."""
    return _mapped(frame, add_counted, column, out, on_arrow.days_of)


def from_local(frame: Frame, column: str, out: str) -> Frame:
    """By table."""
    return _mapped(frame, add_counted, column, out, partial(on_arrow.instants_of, zones.from_local))


def instant(frame: Frame, column: str, out: str) -> Frame:
    """The same instant, in microseconds and UTC."""
    return _mapped(frame, add_made, column, out, on_arrow.utc_of)


def days_later(frame: Frame, column: str, out: str, days: tuple[int, ...]) -> Frame:
    """By table."""
    count = partial(on_arrow.instants_of, partial(zones.days_later, days=days))
    return _mapped(frame, add_counted, column, out, count)


def whole_days(frame: Frame, column: str, out: str, since: int) -> Frame:
    """By whole numbers."""
    return _mapped(frame, add_made, column, out, partial(on_arrow.whole_days_of, since=since))


def _mapped(frame: Frame, work: Callable[..., object], *arguments: object) -> Frame:
    native = cast("DataFrame", frame.to_native())
    meta = work(native._meta, *arguments)  # noqa: SLF001  (Dask's own name for an empty partition)
    return cast("Frame", nw.from_native(native.map_partitions(work, *arguments, meta=meta)))
