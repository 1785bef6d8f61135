"""Write your own escalation policy as data; everything that could not work is found when it is loaded."""

from datetime import UTC, datetime
from pathlib import Path

from atoz import InvalidDocument, Order, open_claim, plan
from atoz.planner.policy import Policy

text = (Path(__file__).parent / "policies" / "answer-fast.toml").read_text(encoding="utf-8")
policy = Policy.read(text, what="answer-fast.toml")
order = Order(order_id="123-1234567-1234567", marketplace="US", placed_at=datetime(2016, 6, 1, tzinfo=UTC))
claim = open_claim(order, reason="not_received", filed_at=datetime(2016, 6, 20, tzinfo=UTC))
for action in plan(claim, as_of=datetime(2016, 6, 20, 1, tzinfo=UTC), policy=policy).now:
    print(action.step, "by", action.due_at)

try:
    Policy.read(text.replace("value = 2", "value = 8"), what="answer-too-late.toml")
except InvalidDocument as invalid:
    print(invalid)

# prints:
# answer by 2016-06-22 00:00:00+00:00
# answer-too-late.toml: steps.0.due: 8 calendar_day after filed can lie after answer_amazon of faq-2016
