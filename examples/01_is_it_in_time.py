"""Is a claim in time? The filing window of an order, and why."""

from datetime import UTC, date, datetime

from atoz import Order, filing_window

order = Order(
    order_id="123-1234567-1234567",
    marketplace="US",
    placed_at=datetime(2016, 6, 1, 15, tzinfo=UTC),
    deliver_by=date(2016, 6, 10),
)
window = filing_window(order)
print(window.opens, "to", window.closes)
for day in (date(2016, 6, 6), date(2016, 6, 7), date(2016, 9, 8), date(2016, 9, 9)):
    print(day, window.verdict(day), window.days_left(day))
print(window.explain().steps[0].says.en)

# prints:
# 2016-06-07 to 2016-09-08
# 2016-06-06 not_yet 94
# 2016-06-07 eligible 93
# 2016-09-08 eligible 0
# 2016-09-09 expired -1
# latest delivery day 2016-06-10 minus 3 calendar days: 2016-06-07 (local days, the last one included)
