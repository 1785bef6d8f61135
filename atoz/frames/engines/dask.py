"""Dask: the same function on every partition, which is a pandas table; lazy stays lazy."""

# pyright: basic, reportMissingTypeStubs=false, reportMissingImports=false
# (the libraries used here are only partly typed)

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from narwhals.dependencies import is_dask_dataframe
from narwhals.typing import IntoFrameT

if TYPE_CHECKING:
    from dask.dataframe import DataFrame


def by_partition(frame: IntoFrameT, compute: Callable[[IntoFrameT], IntoFrameT]) -> IntoFrameT:
    """The result for a whole table, or for each partition of a Dask table."""
    if not is_dask_dataframe(frame):
        return compute(frame)
    table = cast("DataFrame", frame)
    empty = compute(table._meta)  # noqa: SLF001  (Dask's own name for the empty partition that carries the types)
    return cast("IntoFrameT", table.map_partitions(compute, meta=empty))
