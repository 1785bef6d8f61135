"""A whole table at once: windows, deadlines and statuses over Polars; pandas, Arrow, DuckDB, ... are the same call."""

from datetime import UTC, date, datetime

import polars as pl

from atoz.frames import replay, with_deadlines, with_filing_window

orders = pl.LazyFrame(
    {
        "marketplace": ["US", "UK", "IN"],
        "placed_at": [datetime(2016, 6, day, 3, tzinfo=UTC) for day in (1, 2, 3)],
        "deliver_by": [date(2016, 6, 10), None, date(2016, 6, 12)],
        "filed_at": [datetime(2016, 6, day, tzinfo=UTC) for day in (12, 20, 15)],
    }
)
found = with_filing_window(orders, on=date(2016, 9, 10))
found = with_deadlines(
    found, which="answer_amazon", as_of=datetime(2016, 6, 22, tzinfo=UTC), columns={"days_left": "answer_in"}
)
for row in found.select("opens", "closes", "verdict", "due_at", "answer_in", "state").collect().rows():
    print(*row)

events = pl.DataFrame(
    {
        "order_id": ["a", "a", "b", "b"],
        "marketplace": "US",
        "kind": ["filed", "denied", "filed", "seller_appealed"],
        "at": [datetime(2016, 7, day, tzinfo=UTC) for day in (1, 4, 1, 5)],
    }
)
for row in replay(events).rows():
    print(*row)
