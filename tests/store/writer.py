"""A process that appends events to random claims and writes down each one that the store has acknowledged."""

import random
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from atoz.errors import StaleClaim
from atoz.model.events import SellerMessaged
from atoz.store import ClaimStore

BEGIN = datetime(2026, 8, 1, tzinfo=UTC)


def main() -> None:
    """`writer.py URL NUMBER COUNT CLAIMS ACKNOWLEDGED`: event K of writer N happens K*1000+N microseconds on."""
    url, number, count, claims, path = sys.argv[1], *map(int, sys.argv[2:5]), Path(sys.argv[5])
    choose = random.Random(number)  # noqa: S311  (which claim is no secret)
    with ClaimStore.open(url) as store, path.open("a", encoding="utf-8", buffering=1) as acknowledged:
        for turn in range(count):
            claim_id = f"123-1234567-{choose.randrange(claims) + 1:07d}"
            mark = timedelta(microseconds=turn * 1000 + number)
            while True:
                stored = store.get(claim_id)
                at = max(BEGIN, stored.claim.updated_at.replace(microsecond=0)) + timedelta(seconds=1) + mark
                try:
                    after = store.append(claim_id, SellerMessaged(at=at), expected_version=stored.version)
                except StaleClaim:
                    continue
                acknowledged.write(f"{claim_id} {after.version} {at.isoformat()}\n")
                break


if __name__ == "__main__":
    main()
