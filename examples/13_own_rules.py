"""Rules of your own: an edition from a TOML file, the claim that names its content, and what a day more does."""

from datetime import UTC, date, datetime
from pathlib import Path

from atoz import Order, claim_window, deadlines, open_claim
from atoz.errors import EditionMissing
from atoz.rulebook import Edition

text = (Path(__file__).parent / "editions" / "our-rules.toml").read_text(encoding="utf-8")
ours = Edition.read(text, what="our-rules.toml")
order = Order(
    order_id="123-1234567-1234567",
    marketplace="US",
    placed_at=datetime(2026, 10, 30, 15, tzinfo=UTC),
    deliver_by=date(2026, 11, 9),
)
filed = datetime(2026, 11, 15, 16, tzinfo=UTC)
claim = open_claim(order, reason="not_received", filed_at=filed, edition=ours)
print(claim)
print("may be filed", claim_window(claim, editions=[ours]))
for deadline in deadlines(claim, as_of=filed, editions=[ours]):
    if deadline.due_at:
        print(f"{deadline.name.label()} by {deadline.due_at:%Y-%m-%d %H:%M} UTC")

try:  # another text under the same id is another edition
    claim_window(claim, editions=[Edition.read(text.replace("value = 4", "value = 3"))])
except EditionMissing as missing:
    print(missing)

# prints:
# claim on order 123-1234567-1234567: under_review, events: 1, edition our-rules@2f43e6c9a291fba9
# may be filed 2026-11-13 to 2026-12-29 (not_received, edition our-rules@2f43e6c9a291fba9)
# answer Amazon by 2026-11-20 16:00 UTC
# the text of this edition has changed: our-rules@2f43e6c9a291fba9 was counted by, our-rules@664351419d32d323 was passed
# pass the text that was counted by; a changed text needs an id of its own
