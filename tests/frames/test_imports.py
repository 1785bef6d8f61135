"""Nothing is imported that is not used: each engine alone, in a process of its own."""

import subprocess
import sys
from importlib.metadata import version

import pytest

LIBRARIES = ("polars", "pandas", "pyarrow", "duckdb", "ibis", "dask", "pyspark")
ROWS = "{'placed_at': [datetime.date(2016, 6, 1)], 'deliver_by': [datetime.date(2016, 6, 10)]}"
INSTANTS = (
    "{'marketplace': ['US'], 'placed_at': [datetime.datetime(2016, 6, 1, tzinfo=datetime.UTC)], "
    "'deliver_by': [datetime.date(2016, 6, 10)]}"
)
MAKE = {
    "polars": f"import polars; frames = [polars.DataFrame({ROWS}), polars.LazyFrame({INSTANTS})]",
    "pyarrow": f"import pyarrow; frames = [pyarrow.table({ROWS}), pyarrow.table({INSTANTS})]",
    "duckdb": "import duckdb; frames = [duckdb.sql(\"SELECT DATE '2016-06-01' placed_at, DATE '2016-06-10' deliver_by\")]",  # noqa: E501
    "pandas": f"import pandas; frames = [pandas.DataFrame({ROWS}), pandas.DataFrame({INSTANTS})]",
}


def also(engine: str) -> set[str]:
    """What an engine may bring with it: pandas needs PyArrow; DuckDB before 2.0 looks for pandas, and needs it not."""
    if engine == "duckdb" and int(version("duckdb").split(".")[0]) < 2:
        return {"pandas", "pyarrow"}
    return {"pyarrow"} if engine == "pandas" else set()


def loaded(script: str) -> set[str]:
    """The dataframe libraries that a script leaves loaded in a fresh process."""
    report = f"import datetime, sys; {script}; print(*sorted(set({LIBRARIES}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("name", ["atoz", "atoz.frames", "atoz.cli.app"])
def test_importing_atoz_imports_no_dataframe_library(name):
    """Not even the room of the frames does."""
    assert loaded(f"import {name}") == set()


@pytest.mark.parametrize("engine", MAKE)
def test_using_one_engine_imports_no_other(engine):
    """What making the table has loaded is enough, but for what the engine may bring."""
    for library in ("narwhals", "numpy", engine):
        pytest.importorskip(library)
    use = "from atoz.frames import with_filing_window as window; day = datetime.date(2016, 6, 7); [window(each, on=day) for each in frames]"  # noqa: E501
    made = loaded(MAKE[engine])
    assert engine in made
    assert loaded(f"{MAKE[engine]}; {use}") <= made | also(engine)
