"""Which deadlines run? 72 hours and three calendar days are different things when the clocks change."""

from datetime import UTC, datetime

from atoz import Order, apply, deadlines, events, open_claim, under

order = Order(order_id="123-1234567-1234567", marketplace="US", placed_at=datetime(2026, 10, 1, tzinfo=UTC))
claim = open_claim(order, reason="other", filed_at=datetime(2026, 10, 30, 20, tzinfo=UTC), edition="us-2026")
claim = apply(claim, events.InformationRequested(at=datetime(2026, 10, 30, 20, tzinfo=UTC)))
for edition in ("us-2026", "us-2016-11"):
    for deadline in deadlines(under(claim, edition), as_of=datetime(2026, 10, 31, tzinfo=UTC)):
        if deadline.due_at:
            print(edition, deadline.name, deadline.state, deadline.due_at, deadline.on_expiry.certainty)

# prints:
# us-2026 answer_amazon open 2026-11-02 20:00:00+00:00 may
# us-2016-11 answer_amazon open 2026-11-02 21:00:00+00:00 will
