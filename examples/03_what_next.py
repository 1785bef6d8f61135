"""What to do next? The plan for a claim file, by the FAQ's policy and by today's."""

from datetime import UTC, datetime
from pathlib import Path

from atoz import plan, read_claim
from atoz.model.record import parse_json

here = Path(__file__).parent
claim = read_claim(parse_json((here / "claims" / "protected-label.json").read_text(encoding="utf-8")))
made = plan(claim, as_of=datetime(2026, 9, 20, 16, tzinfo=UTC), policy="current")
print(made.attention.label())
for action in made.actions:
    print(action.state, action.step, action.due_at)
for entry in made.do_not:
    print("do not:", entry.id)

# prints:
# Action required
# now answer_amazon 2026-09-21 08:00:00+00:00
# now reply_to_the_buyer None
# now collect_proof_of_delivery None
# now collect_signature_and_address None
# now collect_the_first_scan None
# do not: refund_a_protected_order
# do not: refund_after_the_filing
# do not: cancel_the_order
# do not: tie_a_refund_to_anything
