"""Without the extra: the rest of atoz works, and the checker says what to install."""

import subprocess
import sys

BLOCKED = "babel confusable_homoglyphs linkify_it opencc phonenumbers spellchecker"
PROGRAM = f"""
import sys
for name in "{BLOCKED}".split():
    sys.modules[name] = None
from datetime import UTC, date, datetime
from atoz import Order, filing_window
from atoz.errors import MissingExtra
from atoz.messages.templates import Template, fill
from atoz.messages.checker import check_message
placed = datetime(2026, 6, 1, tzinfo=UTC)
order = Order(order_id="123-1234567-1234567", marketplace="US", placed_at=placed, deliver_by=date(2026, 6, 9))
values = dict(carrier="UPS", shipped_on="2026-06-02", tracking_number="1", item="it", seller_name="We")
assert filing_window(order).opens
assert Template.named("lost").needs
for attempt in (
    lambda: check_message("Please change your r\u0435view", kind="reply"),
    lambda: check_message("hello there", kind="reply"),
    lambda: check_message("\u8acb\u4fee\u6539\u8a55\u50f9", kind="reply"),
    lambda: fill("lost", order, values),
):
    try:
        attempt()
    except MissingExtra as missing:
        assert '.[messages]' in str(missing)
    else:
        raise SystemExit("nothing was raised")
"""


def test_without_the_extra_only_what_needs_it_asks_for_it():
    """Every way in that needs a missing package raises the one error that names the extra."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
