"""Whole claims in one place: how each engine brings all events of a claim together for a replay."""

# pyright: basic, reportMissingTypeStubs=false, reportMissingImports=false
# (the libraries used here are only partly typed)

from collections.abc import Callable, Iterator
from typing import Any, cast

from narwhals import dependencies as kind_of
from narwhals.typing import IntoFrameT

from atoz.frames.frame_types import PREFIX

ORDER = f"{PREFIX}order"
"""The place of an event in the table."""
ReplayTable = Callable[[Any], Any]
"""From a table of events to one of claims, for pandas, Polars and PyArrow."""


def by_claim(events: IntoFrameT, key: str, replay_table: ReplayTable) -> IntoFrameT:
    """The replay's result as the kind of table that came in.

    Polars' lazy frames and Dask stay lazy; Spark replays where the rows are; DuckDB and Ibis compute at once.
    """
    table = cast("Any", events)
    if kind_of.is_polars_lazyframe(events):
        schema = replay_table(table.head(0).collect()).schema
        whole = dict.fromkeys(("predicate_pushdown", "projection_pushdown", "slice_pushdown"), False)
        claims = table.map_batches(replay_table, schema=schema, **whole)
    elif kind_of.is_dask_dataframe(events):
        meta = replay_table(table._meta)  # noqa: SLF001  (Dask's own name for the empty partition that carries the types)
        numbered = table.assign(**{ORDER: 1})
        numbered[ORDER] = numbered[ORDER].cumsum()  # a shuffle keeps no order
        claims = numbered.shuffle(on=key).map_partitions(_in_order, replay_table, meta=meta)
    elif kind_of.is_duckdb_relation(events):
        replayed = replay_table(table.to_arrow_table())  # noqa: F841  (the query finds it by its name)
        claims = table.query(f"{PREFIX}events", "SELECT * FROM replayed")  # on the connection that the events came from
    elif kind_of.is_ibis_table(events):
        import ibis  # noqa: PLC0415

        claims = ibis.memtable(replay_table(table.to_pyarrow()))
    elif kind_of.is_pyspark_dataframe(events):
        claims = _in_spark(table, key, replay_table)
    else:
        claims = replay_table(table)
    return cast("IntoFrameT", claims)


def _in_order(part: Any, replay_table: ReplayTable) -> Any:  # noqa: ANN401  (only the engine's own types pass here)
    """The replay of one of Dask's partitions."""
    return replay_table(part.sort_values(ORDER).drop(columns=ORDER))


def _in_spark(table: Any, key: str, replay_table: ReplayTable) -> Any:  # noqa: ANN401  (only the engine's own types pass here)
    """Every claim's events in one partition, and each partition replayed as one Arrow table."""
    import pyarrow as pa  # noqa: PLC0415
    from pyspark.sql.functions import monotonically_increasing_id  # noqa: PLC0415

    def replayed(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        parts = list(batches)
        if parts:
            rows = pa.Table.from_batches(parts).sort_by(ORDER).drop_columns([ORDER])
            yield from replay_table(rows).to_batches()

    replay_table(table.limit(0).toArrow())  # what is wrong with the columns is said at once
    claim = table.schema[key].dataType.simpleString()
    numbered = table.withColumn(ORDER, monotonically_increasing_id())  # a shuffle keeps no order
    return numbered.repartition(key).mapInArrow(replayed, f"`{key}` {claim}, status string, refused bigint")
