"""Check a message before it is sent, and fill a template instead of writing one.

Needs the extra `messages`: pip install 'atoz-claims[messages]'
"""

from datetime import UTC, date, datetime
from textwrap import fill

from atoz import Money, Order
from atoz.messages.checker import check_message
from atoz.messages.templates import fill as fill_template

order = Order(
    order_id="123-1234567-1234567",
    marketplace="US",
    placed_at=datetime(2026, 6, 1, 15, tzinfo=UTC),
    deliver_by=date(2026, 6, 10),
    total=Money.parse("31.90 USD"),
)

# The trick that the article of 2016 recommends: a refund and the word "update" in one breath.
advice = "We will gladly refund you in full, and hope that you then u p d a t e your review, ok?"
for found in check_message(advice, kind="reply", order=order):
    print(f"{found.severity.value}: {found.rule}: {found.words!r}")
    print(fill(found.why.en, width=100))
    print(f"  {found.source.short()}, {found.confidence.value}")

draft = fill_template(
    "late",
    order,
    {"carrier": "UPS", "shipped_on": "2026-06-02", "tracking_number": "1Z999AA10123456784", "seller_name": "Lamps"},
)
print(draft.text.splitlines()[0], "...", draft.text.splitlines()[-1])
findings = check_message(draft.text, kind=draft.message_kind, order=order)
print(f"the draft has {len(findings)} findings")

# prints:
# error: review_incentive: 'refund you in full, and hope that you then u p d a t e your review'
# A refund, gift or other benefit must not be tied to a review or feedback, not even politely and not
# by the word update.
#   Review policy page, item E8SYAZUBGVFBHCH (undated), amazon_page
# error: review_change: 'u p d a t e your review'
# A buyer must not be asked to change, update or remove a review, not even after the problem is
# solved.
#   Customer review policies, Seller Central page G201972160 (undated), amazon_page
# Hello, ... Lamps
# the draft has 0 findings
