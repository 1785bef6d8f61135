"""The page about millions of orders gives what it says."""

import doctest
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "examples" / "millions_of_orders.md"


def test_the_page_runs():
    """Every example of the page."""
    for library in ("narwhals", "numpy", "polars", "duckdb"):
        pytest.importorskip(library)
    found = doctest.testfile(str(PAGE), module_relative=False)
    assert found.attempted > 8
    assert found.failed == 0
