"""Many writers at once, some of them killed: no acknowledged event is lost, none is doubled, versions have no gaps."""

import random
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from atoz import open_claim
from atoz.model.events import SellerMessaged
from atoz.store import ClaimStore
from atoz.testing import an_order

FILED = datetime(2026, 7, 1, 16, tzinfo=UTC)
WRITER = Path(__file__).with_name("writer.py")


def _write_at_once(url: str, folder: Path, *, writers: int, events: int, claims: int, kill: bool) -> list[list[str]]:
    """Run the writers, kill half of them on the way if asked to, and return what each was acknowledged."""
    with ClaimStore.open(url) as store:
        for number in range(claims):
            order = an_order(order_id=f"123-1234567-{number + 1:07d}")
            store.add(open_claim(order, reason="not_received", filed_at=FILED))
    running = [
        subprocess.Popen(
            [sys.executable, str(WRITER), url, str(number), str(events), str(claims), str(folder / f"{number}.txt")]
        )
        for number in range(writers)
    ]
    if kill:
        choose = random.Random(20161114)  # noqa: S311  (the same moments in every run)
        for number, process in list(enumerate(running))[::2]:
            while not (folder / f"{number}.txt").exists() or not (folder / f"{number}.txt").stat().st_size:
                assert process.poll() in (None, 0)
                time.sleep(0.01)
            time.sleep(choose.uniform(0.0, 0.2))
            process.kill()
    codes = [process.wait(timeout=500) for process in running]
    assert codes[1::2] == [0] * (writers // 2)
    return [(folder / f"{number}.txt").read_text().splitlines() for number in range(writers)]


def _check(url: str, acknowledged: list[list[str]], claims: int) -> int:
    """Hold the store against what the writers were told, and return how many events there are."""
    with ClaimStore.open(url) as store:
        logs = {stored.claim_id: store.log(stored.claim_id) for stored in store.find()}
        histories = {stored.claim_id: stored.claim.history for stored in store.find()}
        assert store.verify().damages == ()
    assert len(logs) == claims
    for claim_id, log in logs.items():
        assert [entry.version for entry in log] == list(range(1, len(log) + 1)), claim_id
        assert len(histories[claim_id]) == len(log), claim_id
    events = Counter(
        f"{claim_id} {place} {event.at.isoformat()}"
        for claim_id, history in histories.items()
        for place, event in enumerate(history, start=1)
        if isinstance(event, SellerMessaged)
    )
    assert set(events.values()) <= {1}
    complete = [line for lines in acknowledged for line in lines if line.count(" ") == 2 and len(line) > 40]
    assert not set(complete) - set(events)
    return len(events)


def test_writers_wait_for_each_other(store_url: str, tmp_path: Path):
    """Four writers with ten events each on three claims: all forty are there."""
    acknowledged = _write_at_once(store_url, tmp_path, writers=4, events=10, claims=3, kill=False)
    assert _check(store_url, acknowledged, 3) == 40


@pytest.mark.slow
def test_killed_writers_lose_nothing_that_was_acknowledged(store_url: str, tmp_path: Path):
    """Half of six writers die on the way; what the others wrote is complete, and what the dead were told is there."""
    acknowledged = _write_at_once(store_url, tmp_path, writers=6, events=60, claims=5, kill=True)
    assert _check(store_url, acknowledged, 5) >= 180


@pytest.mark.slow
def test_sixteen_writers_with_five_hundred_events_each(store_url: str, tmp_path: Path):
    """Half of them killed at random; fifty claims."""
    acknowledged = _write_at_once(store_url, tmp_path, writers=16, events=500, claims=50, kill=True)
    assert _check(store_url, acknowledged, 50) >= 4_000
