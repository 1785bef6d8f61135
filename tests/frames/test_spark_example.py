"""The Spark example runs and finds what the scalar code finds; one machine outgrown, nothing else changes."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("narwhals")
pytest.importorskip("numpy")

from .engines import require_spark

EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "spark_orders.py"
SAYS = ["JP 2016-06-09 2016-09-10 eligible", "US None None undetermined", "US 2016-06-07 2016-09-08 eligible"]


def test_the_example_runs_on_a_real_local_spark():
    """In a process of its own; skipped with a reason where there is no Java or no pyspark."""
    require_spark()
    done = subprocess.run([sys.executable, str(EXAMPLE)], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == SAYS, done.stderr[-2000:]
