"""What is due is answered from what was stored; only claims whose plan can have changed are planned again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from atoz import open_claim, plan
from atoz.errors import InvalidDocument
from atoz.model.events import InformationRequested, SellerResponded
from atoz.store import ClaimStore
from atoz.store.plan_index import PlanIndex
from atoz.testing import an_order

FILED = datetime(2026, 7, 1, 16, tzinfo=UTC)


def _filled(store: ClaimStore, count: int) -> None:
    """Claims filed an hour apart, under the rules of 2026."""
    for number in range(1, count + 1):
        order = an_order(order_id=f"123-1234567-{number:07d}")
        filed = FILED + timedelta(hours=number)
        store.add(open_claim(order, reason="not_received", filed_at=filed, edition="us-2026"))


def _due(store: ClaimStore, until: datetime, as_of: datetime) -> list[str]:
    return [stored.claim_id for stored in store.find(due_before=until, as_of=as_of, policy="current")]


def test_a_claim_is_due_strictly_before_the_instant(store: ClaimStore):
    """At the due instant itself an answer still counts: it is listed from the next microsecond on."""
    _filled(store, 1)
    asked = FILED + timedelta(days=1)
    store.append("123-1234567-0000001", InformationRequested(at=asked), expected_version=1)
    due = asked + timedelta(hours=72)
    assert _due(store, due, asked) == []
    assert _due(store, due + timedelta(microseconds=1), asked) == ["123-1234567-0000001"]
    store.append("123-1234567-0000001", SellerResponded(at=asked + timedelta(hours=1)), expected_version=2)
    assert _due(store, due + timedelta(days=9), asked + timedelta(hours=1)) == []


def test_only_what_can_have_changed_is_planned(store: ClaimStore):
    """After the first time: those with news or due to be looked at again, and all under another policy."""
    _filled(store, 4)
    index, now = PlanIndex("current"), FILED + timedelta(hours=5)
    assert index.refresh(store._engine, now) == 4
    assert index.refresh(store._engine, now) == 0
    store.append("123-1234567-0000003", InformationRequested(at=now), expected_version=1)
    assert index.refresh(store._engine, now) == 1
    soonest = min(plan(stored.claim, as_of=now, policy="current").look_again_at for stored in store.find())
    assert index.refresh(store._engine, soonest - timedelta(microseconds=1)) == 0
    assert index.refresh(store._engine, soonest) >= 1
    assert PlanIndex("faq-2016").refresh(store._engine, soonest) == 4
    assert PlanIndex("faq-2016").refresh(store._engine, FILED) == 4


def test_due_before_needs_an_instant_to_plan_for(tmp_path: Path):
    """The store reads no clock."""
    with ClaimStore.open(tmp_path / "claims.db") as store, pytest.raises(InvalidDocument, match="as_of"):
        list(store.find(due_before=FILED))


def test_a_claim_is_due_by_the_rule_in_force_though_it_is_pinned_to_the_faq(store: ClaimStore):
    """Opened by default, seven days count for guards; the list goes by the 72 hours of today's rule."""
    store.add(open_claim(an_order(), reason="not_received", filed_at=FILED))
    due = FILED + timedelta(hours=72)
    assert _due(store, due, FILED) == []
    assert _due(store, due + timedelta(microseconds=1), FILED) == ["123-1234567-1234567"]


def test_due_claims_come_soonest_first(store: ClaimStore):
    """With the instant to act by; the next look is the soonest of all plans, and none where nothing can change."""
    assert store.next_look(as_of=FILED, policy="current") is None
    _filled(store, 3)
    for number in (2, 1):
        asked = FILED + timedelta(days=1, hours=number)
        store.append(f"123-1234567-000000{number}", InformationRequested(at=asked), expected_version=1)
    now = FILED + timedelta(days=2)
    due = list(store.due_claims(as_of=now, policy="current"))
    assert [(claim.claim_id[-1], claim.act_by) for claim in due] == [
        ("3", FILED + timedelta(hours=3 + 72)),
        *((str(number), FILED + timedelta(hours=24 + number + 72)) for number in (1, 2)),
    ]
    assert list(store.due_claims(as_of=now, before=due[0].act_by, policy="current")) == []
    looks = [plan(stored.claim, as_of=now, policy="current").look_again_at for stored in store.find()]
    assert store.next_look(as_of=now, policy="current") == min(check_at for check_at in looks if check_at)
    with pytest.raises(InvalidDocument, match="before"):
        list(store.due_claims(as_of=now, before=FILED.replace(tzinfo=None)))
