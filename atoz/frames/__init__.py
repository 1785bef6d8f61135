"""The same windows, deadlines and statuses over whole tables: pandas, Polars, PyArrow, DuckDB, Ibis, Dask, PySpark.

What comes in goes out: the same kind of table, its columns and a few more; lazy stays lazy. All figures come from the
editions, the clocks and the transition table that the scalar functions read.

| a column holds | it counts as |
|---|---|
| a day, or a naive datetime | local to the marketplace already |
| an aware datetime | an instant; its day is the local day of the row's marketplace |
| a null, or a year outside 1995 to 2199 | not known |
| an unknown marketplace | not known, and with it every local day and time that would need it |
| Python objects (pandas) | what they are: days, naive or aware datetimes |
| text or numbers, or objects of mixed kinds | an error: say how they are to be read, then hand over days or datetimes |

| output column | type | pandas and Dask |
|---|---|---|
| `opens`, `closes` | date | `date32[day][pyarrow]` |
| `verdict`, `state`, `status` | text: the values of `Verdict`, `DeadlineState`, `ClaimStatus` | `string[pyarrow]` |
| `window_edition`, `deadline_edition` | text: the edition that counted the row | `string[pyarrow]` |
| `act_by_edition`, `act_by_kind` | text: whose reading it is, and a value of `ReadingKind` | `string[pyarrow]` |
| `window_missing`, `deadline_missing`, `act_by_missing` | text: what a row lacks | `string[pyarrow]` |
| `due_at`, `act_by` | datetime in microseconds, UTC | `timestamp[us, tz=UTC][pyarrow]` |
| `days_left`, `refused` | 64-bit integer, with nulls | `int64[pyarrow]` |

DuckDB and Spark keep an instant without its zone and show it in the session's.

One call costs some milliseconds whatever the size: below a thousand rows the scalar functions are faster.
"""

from atoz._lazy import lazy_exports

TYPE_CHECKING = False  # checkers take this name as true; importing it from typing would cost more
if TYPE_CHECKING:
    from atoz.frames.act_by import with_act_by as with_act_by
    from atoz.frames.claim_replay import replay as replay
    from atoz.frames.deadlines import with_deadlines as with_deadlines
    from atoz.frames.filing_windows import with_filing_window as with_filing_window
else:
    __getattr__, __dir__, __all__ = lazy_exports(
        __name__,
        {
            "act_by": ("with_act_by",),
            "claim_replay": ("replay",),
            "deadlines": ("with_deadlines",),
            "filing_windows": ("with_filing_window",),
        },
        extra="frames",
    )
