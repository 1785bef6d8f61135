"""A store's claims as JSON Lines: out and in again is the same store; what differs is refused by line."""

import json
from datetime import UTC, datetime, timedelta

from atoz import apply, open_claim
from atoz.model.events import BuyerMessaged, Denied
from atoz.store import ClaimStore, export_json_lines, load_json_lines
from atoz.testing import an_order

FILED = datetime(2026, 7, 1, 16, tzinfo=UTC)
CLAIM = open_claim(an_order(), reason="not_received", filed_at=FILED)


def test_out_and_in_again(store: ClaimStore):
    """Loading an export twice adds once; the order of the lines does not matter."""
    longer = apply(CLAIM, Denied(at=FILED + timedelta(hours=3)))
    other = open_claim(an_order(order_id="123-1234567-0000001"), reason="other", filed_at=FILED)
    lines = [claim.model_dump_json() for claim in (longer, other)]
    assert load_json_lines(store, reversed(lines)).added == 2
    exported = list(export_json_lines(store))
    assert [json.loads(line)["order"]["order_id"][-1] for line in exported] == ["1", "7"]
    again = load_json_lines(store, exported)
    assert (again.added, again.extended, again.unchanged, again.refused) == (0, 0, 2, ())


def test_further_events_are_appended(store: ClaimStore):
    """A file with a longer history of a stored claim extends it; one with a shorter history is refused."""
    longer = apply(CLAIM, BuyerMessaged(at=FILED + timedelta(hours=1)))
    store.add(CLAIM)
    assert load_json_lines(store, [longer.model_dump_json()]).extended == 1
    assert store.get(CLAIM.order.order_id).claim == longer
    assert [refused.line for refused in load_json_lines(store, ["", CLAIM.model_dump_json()]).refused] == [2]


def test_bad_lines_are_named_and_the_rest_is_stored(store: ClaimStore):
    """What is no claim, or does not replay, is refused with its line; blank lines are passed over."""
    impossible = CLAIM.model_dump(mode="json") | {"status": "closed"}
    result = load_json_lines(store, ["{", "\n", CLAIM.model_dump_json(), json.dumps(impossible)])
    assert (result.added, [refused.line for refused in result.refused]) == (1, [1, 4])
    assert "status" in result.refused[1].message
