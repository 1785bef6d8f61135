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

# prints:
# 2016-06-07 2016-09-08 expired 2016-06-19 00:00:00+00:00 -3 missed
# None None undetermined 2016-06-27 00:00:00+00:00 5 open
# 2016-06-09 2016-09-10 eligible 2016-06-22 00:00:00+00:00 0 open
# a closed None
# b under_review 1
