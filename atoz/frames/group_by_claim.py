"""Whole claims in one place: how each engine brings all events of a claim together for a fold."""

# pyright: basic, reportMissingTypeStubs=false, reportMissingImports=false
# (the libraries used here are only partly typed)

from collections.abc import Callable, Iterator
from typing import Any, cast

from narwhals import dependencies as kind_of
from narwhals.typing import IntoFrameT

from atoz.frames.workframe import PREFIX

ORDER = f"{PREFIX}order"
"""The place of an event in the table."""
Fold = Callable[[Any], Any]
"""From a table of events to one of claims, for pandas, Polars and PyArrow."""


def by_claim(events: IntoFrameT, key: str, fold: Fold) -> IntoFrameT:
    """The fold's result as the kind of table that came in.

    Polars' lazy frames and Dask stay lazy; Spark folds where the rows are; DuckDB and Ibis compute at once.
    """
    table = cast("Any", events)
    if kind_of.is_polars_lazyframe(events):
        schema = fold(table.head(0).collect()).schema
        whole = dict.fromkeys(("predicate_pushdown", "projection_pushdown", "slice_pushdown"), False)
        made = table.map_batches(fold, schema=schema, **whole)
    elif kind_of.is_dask_dataframe(events):
        meta = fold(table._meta)  # noqa: SLF001  (Dask's own name for the empty partition that carries the types)
        numbered = table.assign(**{ORDER: 1})
        numbered[ORDER] = numbered[ORDER].cumsum()  # a shuffle keeps no order
        made = numbered.shuffle(on=key).map_partitions(_in_order, fold, meta=meta)
    elif kind_of.is_duckdb_relation(events):
        folded = fold(table.to_arrow_table())  # noqa: F841  (the query finds it by its name)
        made = table.query(f"{PREFIX}events", "SELECT * FROM folded")  # on the connection that the events came from
    elif kind_of.is_ibis_table(events):
        import ibis  # noqa: PLC0415

        made = ibis.memtable(fold(table.to_pyarrow()))
    elif kind_of.is_pyspark_dataframe(events):
        made = _in_spark(table, key, fold)
    else:
        made = fold(table)
    return cast("IntoFrameT", made)


def _in_order(part: Any, fold: Fold) -> Any:  # noqa: ANN401  (only the engine's own types pass here)
    """The fold of one of Dask's partitions."""
    return fold(part.sort_values(ORDER).drop(columns=ORDER))


def _in_spark(table: Any, key: str, fold: Fold) -> Any:  # noqa: ANN401  (only the engine's own types pass here)
    """Every claim's events in one partition, and each partition folded as one Arrow table."""
    import pyarrow as pa  # noqa: PLC0415
    from pyspark.sql.functions import monotonically_increasing_id  # noqa: PLC0415

    def folded(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        found = list(batches)
        if found:
            rows = pa.Table.from_batches(found).sort_by(ORDER).drop_columns([ORDER])
            yield from fold(rows).to_batches()

    fold(table.limit(0).toArrow())  # what is wrong with the columns is said at once
    claim = table.schema[key].dataType.simpleString()
    numbered = table.withColumn(ORDER, monotonically_increasing_id())  # a shuffle keeps no order
    return numbered.repartition(key).mapInArrow(folded, f"`{key}` {claim}, status string, refused bigint")
