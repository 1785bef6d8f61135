"""Where does a claim stand? Open one, let things happen, ask what is possible."""

from datetime import UTC, datetime

from atoz import Order, TransitionRefused, apply, events, open_claim, options

order = Order(order_id="123-1234567-1234567", marketplace="US", placed_at=datetime(2016, 6, 1, tzinfo=UTC))
claim = open_claim(order, reason="not_received", filed_at=datetime(2016, 6, 20, tzinfo=UTC), amount="31.90 USD")
claim = apply(claim, events.SellerResponded(at=datetime(2016, 6, 24, tzinfo=UTC)))
claim = apply(claim, events.GrantedSellerFunded(at=datetime(2016, 6, 28, tzinfo=UTC), amount="31.90 USD"))
print(claim.status.label(), "/", claim.status.label("zh"))

for event, refusal in options(claim, at=datetime(2016, 6, 29, tzinfo=UTC)).items():
    if refusal is None or refusal.code != "no_such_transition":
        print(event, "->", refusal.message if refusal else "possible")

try:
    apply(claim, events.SellerRefunded(at=datetime(2016, 6, 29, tzinfo=UTC)))
except TransitionRefused as refused:
    print(refused.refusal.code)

# prints:
# Claim granted, seller funded / 认可索赔 卖家提供资金
# withdrawn -> requires consent_to_recharge=true: the buyer agrees to be charged again
# seller_appealed -> possible
# no_such_transition
