"""The store and the inbox against the least that could do it: bare SQLAlchemy, and a loop that only parses mails."""

import email
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.policy import default
from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy")
pytest.importorskip("authres")

from sqlalchemy import delete, insert, select, update

from atoz import open_claim
from atoz.inbox import Incoming, run_inbox
from atoz.model.events import SellerMessaged
from atoz.store import ClaimStore
from atoz.store.connection import reading, writing
from atoz.store.schema import claims, entries, labels
from atoz.testing import an_order

FILED = datetime(2026, 7, 1, 16, tzinfo=UTC)
NOW = FILED + timedelta(days=60)
MAIL = """Authentication-Results: mx.example.net; dmarc=pass header.from=amazon.com
From: atoz-guarantee-no-reply@amazon.com
Subject: Claim decision on order {order}
Date: Sun, 05 Jul 2026 09:00:00 -0700
Message-ID: <{order}@amazon.com>
X-Space-Notification-Type: A_Z_CLAIM_RESPONDENT_CLOSE
X-Marketplace-ID: ATVPDKIKX0DER

We have granted an A-to-z Guarantee claim. We will debit your account $31.90.
"""


def order_id(number: int) -> str:
    """An order id of its own."""
    return f"123-1234567-{number:07d}"


def fill(store: ClaimStore, count: int) -> None:
    """Store claims on as many orders."""
    for number in range(count):
        order = an_order(order_id=order_id(number), labels={"shop": "north"})
        store.add(open_claim(order, reason="not_received", filed_at=FILED, edition="us-2026"))


def seconds(run: Callable[[], object]) -> float:
    """How long a run takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ClaimStore]:
    """An empty store in SQLite."""
    with ClaimStore.open(tmp_path / "claims.db") as opened:
        yield opened


def parsed(mails: list[bytes]) -> int:
    """How many mails the standard library parses, their text decoded."""
    count = 0
    for raw in mails:
        body = email.message_from_bytes(raw, policy=default).get_body()
        count += bool(body and body.get_content())
    return count


def test_mails_into_a_store(benchmark, finding, store):
    """Every mail a decision on a stored claim: read, authenticated, kept, reconciled, applied and synchronised."""
    count = 10_000 if benchmark.enabled else 20
    fill(store, count)
    mails = [MAIL.format(order=order_id(number)).encode() for number in range(count)]
    items = [Incoming(f"mail {number}", raw) for number, raw in enumerate(mails)]

    def ours() -> int:
        return len(run_inbox(store, items, as_of=NOW, server="mx.example.net").applied)

    assert parsed(mails) == count
    plain = seconds(lambda: parsed(mails))
    first = time.perf_counter()
    assert benchmark.pedantic(ours, rounds=1) == count
    mine = time.perf_counter() - first
    again = seconds(ours)
    finding("inbox, all new", f"{count / mine:,.0f} mails/s, {mine / plain:.1f}x parsing alone", "none")
    finding("inbox, the same again", f"{count / again:,.0f} mails/s, {again / plain:.1f}x parsing alone", "none")


def test_appends(benchmark, finding, store):
    """One event a transaction, each synchronised to disk, against the same statements without a check or a hash."""
    events, many = 20, 50 if benchmark.enabled else 1
    count = events * many
    fill(store, 2 * many)

    def ours() -> None:
        for turn in range(events):
            event = SellerMessaged(at=FILED + timedelta(hours=turn + 1))
            for number in range(many):
                store.append(order_id(number), event, expected_version=turn + 1)

    def bare() -> None:
        for turn in range(events):
            for number in range(many, 2 * many):
                append_row(store, order_id(number), turn + 2)

    plain = seconds(bare)
    first = time.perf_counter()
    benchmark.pedantic(ours, rounds=1)
    mine = time.perf_counter() - first
    assert store.get(order_id(0)).version == events + 1
    finding("appends", f"{count / mine:,.0f}/s, {mine / plain:.1f}x bare SQLAlchemy ({count / plain:,.0f}/s)", "none")


def append_row(store: ClaimStore, claim_id: str, version: int) -> None:
    """The statements of an append, with bodies of a usual length."""
    known, row = claims.c.claim_id == claim_id, {"claim_id": claim_id, "version": version, "kind": "event"}
    with writing(store._engine) as connection:
        connection.execute(select(claims).where(known)).one()
        connection.execute(insert(entries), [{**row, "body": " " * 90, "hash": "0" * 64}])
        values = {"version": version, "status": "under_review", "head": "0" * 64, "document": " " * 2_000}
        connection.execute(update(claims).where(known).values(**values))
        connection.execute(delete(labels).where(labels.c.claim_id == claim_id))
        connection.execute(insert(labels), [{"claim_id": claim_id, "name": "shop", "value": "north"}])


def test_listing(benchmark, finding, store):
    """Every claim read and validated, against the rows alone, streamed the same way."""
    count = 10_000 if benchmark.enabled else 20
    fill(store, count)

    def ours() -> int:
        return sum(1 for _ in store.find())

    def bare() -> int:
        with reading(store._engine) as connection:
            return sum(1 for _ in connection.execute(select(claims).order_by(claims.c.claim_id)))

    assert bare() == count
    plain = seconds(bare)
    first = time.perf_counter()
    assert benchmark.pedantic(ours, rounds=1) == count
    mine = time.perf_counter() - first
    finding("listing", f"{count / mine:,.0f} claims/s, {mine / plain:.1f}x bare rows ({count / plain:,.0f}/s)", "none")
