"""Every kind of table that atoz.frames takes: how a test makes one, and reads one back as plain rows."""

import math
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from os import environ
from shutil import which

import pytest

KEY = "key"


def _duckdb(zone):
    def make(table):
        duckdb = pytest.importorskip("duckdb")
        connection = duckdb.connect()
        connection.execute(f"SET TimeZone = '{zone}'")
        connection.register("given", table)
        make.kept = connection  # before DuckDB 1.5 a relation does not keep its connection open
        return connection.sql("SELECT * FROM given")

    return make


def _pandas(table):
    pytest.importorskip("pandas")
    return table.to_pandas(date_as_object=False)


def _pandas_objects(table):
    pytest.importorskip("pandas")
    frame = table.to_pandas(date_as_object=True)
    for name in frame.columns:
        if name != KEY and "datetime" in str(frame[name].dtype):
            values = [None if each is None else each for each in table[name].to_pylist()]
            frame[name] = import_module("pandas").Series(values, dtype=object)
    return frame


def _pandas_arrow(table):
    pandas = pytest.importorskip("pandas")
    return table.to_pandas(types_mapper=pandas.ArrowDtype)


def _dask(make):
    def made(table):
        dask = pytest.importorskip("dask.dataframe")
        return dask.from_pandas(make(table), npartitions=3)

    return made


def _polars(table):
    return pytest.importorskip("polars").from_arrow(table)


def _ibis(table):
    ibis = pytest.importorskip("ibis")
    return ibis.duckdb.connect().create_table("given", table)


def require_spark():
    """pyspark.sql; without it or Java the test is skipped with the reason, or fails where ATOZ_REQUIRE_TOOLS=1."""
    if environ.get("ATOZ_REQUIRE_TOOLS") == "1":
        assert which("java") is not None, "no Java on this machine"
        return import_module("pyspark.sql")
    sql = pytest.importorskip("pyspark.sql")
    if which("java") is None:
        pytest.skip("no Java on this machine")
    return sql


@cache
def spark_session():
    """The one Spark session of a test run; the test is skipped, saying so, where there is no Java or no pyspark."""
    sql = require_spark()
    environ.setdefault("PYSPARK_PYTHON", sys.executable)
    options = {
        "spark.ui.enabled": "false",
        "spark.driver.memory": "512m",
        "spark.sql.shuffle.partitions": "1",
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
    }
    builder = sql.SparkSession.builder.master("local[1]")
    for name, value in options.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


@cache
def _parquet_of(digest, store=tempfile.mkdtemp(prefix="atoz-frames-")):  # noqa: B008
    return f"{store}/{digest}.parquet"


def _spark(zone):
    def make(table):
        session = spark_session()
        session.conf.set("spark.sql.session.timeZone", zone)
        parquet = import_module("pyarrow.parquet")
        path = _parquet_of(id(table))
        parquet.write_table(table, path)
        return session.read.parquet(path)

    return make


ENGINES: dict[str, Callable[..., object]] = {
    "pandas": _pandas,
    "pandas-objects": _pandas_objects,
    "pandas-arrow": _pandas_arrow,
    "polars": _polars,
    "polars-lazy": lambda table: _polars(table).lazy(),
    "pyarrow": lambda table: table,
    "duckdb": _duckdb("UTC"),
    "duckdb-new-york": _duckdb("America/New_York"),
    "duckdb-cairo": _duckdb("Africa/Cairo"),
    "dask": _dask(_pandas),
    "dask-arrow": _dask(_pandas_arrow),
    "ibis": _ibis,
    "spark": _spark("UTC"),
    "spark-new-york": _spark("America/New_York"),
    "spark-tokyo": _spark("Asia/Tokyo"),
}


def rows_of(result, columns):
    """The values of some columns by the row's key; instants in UTC, every kind of null as None."""
    nw = import_module("narwhals")
    if hasattr(result, "dask"):
        result = result.compute()
    frame = nw.from_native(result).select(KEY, *columns)
    frame = frame.collect() if isinstance(frame, nw.LazyFrame) else frame
    lists = [[_plain(value) for value in frame[name].to_list()] for name in (KEY, *columns)]
    return {int(key): values for key, *values in zip(*lists, strict=True)}


def _plain(value):
    if (
        value is None
        or type(value).__name__ in ("NAType", "NaTType")
        or (isinstance(value, float) and math.isnan(value))
    ):
        return None
    if isinstance(value, datetime):
        moment = value.to_pydatetime() if hasattr(value, "to_pydatetime") else value
        return moment.astimezone(UTC)
    return int(value) if isinstance(value, float) and value.is_integer() else value


__all__ = ["ENGINES", "KEY", "rows_of", "spark_session"]
