"""The frames that a computation takes, and the prefix of the columns that it makes for itself."""

from typing import Any, TypeAlias

import narwhals as nw

Frame: TypeAlias = nw.LazyFrame[Any] | nw.DataFrame[Any]
"""Any frame that narwhals knows, eager or lazy."""

PREFIX = "__atoz_"
"""Columns that a computation makes for itself; they are gone from its result."""
