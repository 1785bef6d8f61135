"""A claim held against its order's payloads and a notice: what they suggest, and what happens when it is applied."""

from datetime import UTC, datetime

from atoz import open_claim
from atoz.model.record import parse_json
from atoz.sources.notices.reading import read_notice
from atoz.sources.reconciliation.reconcile import apply_suggestions, reconcile
from atoz.sources.sp_api.orders import order
from atoz.sources.transactions.finances import finance_transactions

ORDER = b"""{"payload": {
  "AmazonOrderId": "111-0000001-0000001", "MarketplaceId": "ATVPDKIKX0DER", "FulfillmentChannel": "MFN",
  "OrderStatus": "Shipped", "PurchaseDate": "2026-02-20T12:00:00Z", "LatestDeliveryDate": "2026-03-03T07:59:59Z"
}}"""
MONEY = b"""{"payload": {"FinancialEvents": {"GuaranteeClaimEventList": [{
  "AmazonOrderId": "111-0000001-0000001", "PostedDate": "2026-03-19T17:04:05Z",
  "ShipmentItemAdjustmentList": [{"OrderAdjustmentItemId": "2", "ItemChargeAdjustmentList": [
    {"ChargeType": "Principal", "ChargeAmount": {"CurrencyCode": "USD", "CurrencyAmount": -25.00}}
  ]}]
}]}}}"""
NOTICE = b"""From: atoz-guarantee-no-reply@amazon.com
Subject: Claim decision on order 111-0000001-0000001
Date: Wed, 18 Mar 2026 09:00:00 -0700
X-Space-Notification-Type: A_Z_CLAIM_RESPONDENT_CLOSE
X-Marketplace-ID: ATVPDKIKX0DER

We have granted an A-to-z Guarantee claim of $25.00. We will not count the claim against your Order Defect Rate,
but will debit your account.
"""

bought = order(parse_json(ORDER)).value
if bought is None:
    raise SystemExit
print("last local day of the promise:", bought.deliver_by)

claim = open_claim(bought, reason="not_received", filed_at=datetime(2026, 3, 10, tzinfo=UTC), edition="us-2026")
seen = [*(parsed.value for parsed in finance_transactions(parse_json(MONEY)).items if parsed.value)]
mail = read_notice(NOTICE)
print("caveat:", mail.notes[0].detail)

found = reconcile(claim, [*seen, *([mail.value] if mail.value else [])], as_of=datetime(2026, 4, 1, tzinfo=UTC))
for each in found.suggestions:
    print(each.id, each.strength, "possible" if each.can_be_applied else each.refusal)
    for one in each.evidence:
        print("  ", one.system, "-", one.says)
print("funding:", found.funding.why.en)

claim = apply_suggestions(claim, found, [each.id for each in found.suggestions])
print("now", claim.status, "and counted against the ODR:", claim.history[-1].counts_against_odr)
print("asked again,", len(reconcile(claim, seen, as_of=datetime(2026, 4, 1, tzinfo=UTC)).suggestions), "suggestions")

# prints:
# last local day of the promise: 2026-03-02
# caveat: the sender and every header of a mail can be forged: look at Seller Central before acting on it
# granted_seller_funded@2026-03-18T16:00:00Z strong possible
#    notice - a notice, direct; its headers can be forged
#    finances_v0 - -25.00 USD debited for a claim; the decision was then or before
# funding: The claim was debited from the seller.
# now granted_seller_funded and counted against the ODR: no
# asked again, 0 suggestions
