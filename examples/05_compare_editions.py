"""How far do the rules differ? One order under every edition that fits its marketplace."""

from datetime import UTC, date, datetime

from atoz import Order, compare_editions

order = Order(
    order_id="123-1234567-1234567",
    marketplace="UK",
    placed_at=datetime(2026, 8, 3, 10, tzinfo=UTC),
    deliver_by=date(2026, 8, 8),
    first_contact_at=datetime(2026, 8, 12, 9, tzinfo=UTC),
)
comparison = compare_editions(order)
print(comparison)
print("openings differ by", comparison.opens_differ_by, "days")

# prints:
# faq-2016    2026-08-05    2026-11-06
# uk-current  2026-08-14    2026-11-06
# openings differ by 9 days
