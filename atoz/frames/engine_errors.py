"""What a dataframe library says when it cannot compute, in atoz's own error."""

from collections.abc import Generator
from contextlib import contextmanager

from atoz.errors import Fault, InvalidDocument

_LIBRARIES = frozenset(
    (
        "narwhals",
        "polars",
        "pyo3_runtime",
        "pyarrow",
        "pandas",
        "duckdb",
        "_duckdb",
        "ibis",
        "sqlglot",
        "dask",
        "pyspark",
    )
)
"""Where the errors of the libraries are defined; Polars' panics come from `pyo3_runtime` and are no `Exception`."""


@contextmanager
def engine_errors(what: str) -> Generator[None]:
    """Let no library's own error or panic out.

    Raises:
        InvalidDocument: the library that holds the table refused the computation.
    """
    try:
        yield
    except BaseException as error:
        if not is_engine_error(error):
            raise
        raise InvalidDocument(
            what, (Fault("", "not_computable", f"this cannot be computed: {reason_of(error)}"),)
        ) from error


def is_engine_error(error: BaseException) -> bool:
    """Whether a dataframe library has raised this."""
    return type(error).__module__.partition(".")[0] in _LIBRARIES


def reason_of(error: BaseException) -> str:
    """The first line of what a library says."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
