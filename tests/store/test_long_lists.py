"""A long list needs no more memory than a short one."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert

from atoz import open_claim
from atoz.store import ClaimStore
from atoz.store.claim_rows import row_values
from atoz.store.connection import writing
from atoz.store.entries import EntryKind, body_of, chained
from atoz.store.schema import claims, entries
from atoz.testing import an_order

READER = Path(__file__).with_name("reader.py")
COUNT = 100_000
MOST = 24 * 1024
"""KiB that a list may take; the claims together take more than ten times as much."""


def _fill(url: str) -> None:
    """Store many claims in one transaction, as one by one would take as many writes to disk."""
    sample = "123-1234567-1234567"
    claim = open_claim(an_order(order_id=sample), reason="not_received", filed_at=datetime(2026, 7, 1, tzinfo=UTC))
    with ClaimStore.open(url) as store, writing(store._engine) as connection:
        for start in range(0, COUNT, 5_000):
            rows, logs = [], []
            for number in range(start, start + 5_000):
                order_id = f"123-1234567-{number:07d}"
                entry = chained(order_id, None, EntryKind.OPENED, body_of(claim).replace(sample, order_id))
                row = row_values(claim, entry) | {"document": entry.body}
                rows.append({"claim_id": order_id, "order_id": order_id, **row})
                logs.append({"claim_id": order_id, **entry._asdict()})
            connection.execute(insert(claims), rows)
            connection.execute(insert(entries), logs)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="the peak is read from Linux's /proc")
@pytest.mark.usefixtures("unmeasured")
def test_a_hundred_thousand_claims_are_listed_in_bounded_memory(store_url: str):
    """Found, and written as JSON Lines and CSV, by a process of its own."""
    _fill(store_url)
    for way, lines in (("find", COUNT), ("json", COUNT), ("csv", COUNT + 1)):
        done = subprocess.run([sys.executable, str(READER), store_url, way], capture_output=True, text=True, check=True)
        count, more = map(int, done.stdout.split())
        assert count == lines
        assert more < MOST, f"{way} took {more} KiB more"
