"""A store of an older release: read from the first schema on, upgraded after a backup, as a whole or not at all."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from atoz import ClaimStatus
from atoz.errors import OrderForgotten, StoreUnusable
from atoz.store import ClaimStore, schema, upgrade_store, upgrading
from atoz.store.connection import connect, database_url, writing
from atoz.store.entries import described
from atoz.testing import an_order

ORDER_ID = "123-1234567-1234567"
FIRST = Path(__file__).with_name("data") / "schema_1.sql"
"""A store as the first schema has it, with an entry of each kind, a plan and a forgotten order; it never changes."""


@pytest.fixture
def first_store(store_url: str) -> str:
    """The URL of a store of the first schema."""
    statements = FIRST.read_text(encoding="utf-8").split(";\n")
    engine = connect(database_url(store_url))
    with writing(engine) as connection:
        for statement in sorted(map(str.strip, statements), key=lambda words: words.startswith("CREATE INDEX")):
            if statement not in {"", "BEGIN TRANSACTION", "COMMIT"}:
                connection.exec_driver_sql(statement)
    engine.dispose()
    return store_url


@pytest.fixture
def second_schema(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes this release one with a second schema, which a statement leads to."""

    def make(statement: str) -> None:
        def step(connection: Connection) -> None:
            connection.execute(text("ALTER TABLE atoz_claims ADD COLUMN remark VARCHAR(10)"))
            connection.execute(text(statement))

        monkeypatch.setattr(schema, "SCHEMA_VERSION", 2)
        monkeypatch.setattr(upgrading, "UPGRADES", {1: step})

    return make


def _columns(url: str) -> set[str]:
    engine = connect(database_url(url))
    with engine.connect() as connection:
        columns = set(connection.execute(text("SELECT * FROM atoz_claims")).keys())
    engine.dispose()
    return columns


def _make_newer(url: str) -> None:
    engine = connect(database_url(url))
    with writing(engine) as connection:
        connection.execute(text("UPDATE atoz_settings SET value = '99' WHERE name = 'schema_version'"))
    engine.dispose()


def test_a_store_of_the_first_schema_is_whole(first_store: str):
    """Whatever has changed since: its claims replay, its hashes agree, its key is the one that it was."""
    with ClaimStore.open(first_store, create=False) as store:
        verification = store.verify()
        assert (verification.claims, verification.entries, verification.damages) == (1, 8, ())
        stored = store.get(ORDER_ID)
        kinds = ["filed", "seller_messaged", "information_requested", "granted_seller_funded"]
        assert [event.kind for event in stored.claim.history] == kinds
        assert stored.claim.status is ClaimStatus.GRANTED_SELLER_FUNDED
        assert described(store.log(ORDER_ID)[-1]) == "8: denied@2026-07-03T16:00:00Z dismissed"
        assert store.is_forgotten("123-1234567-0000001")
        assert [found.claim_id for found in store.find(labels={"shop": "north"})] == [ORDER_ID]
        again = stored.claim.model_copy(update={"order": an_order(order_id="123-1234567-0000001")})
        with pytest.raises(OrderForgotten):
            store.add(again)


def test_the_present_schema_needs_nothing(first_store: str, tmp_path: Path):
    """No backup is written, nothing is changed."""
    upgraded = upgrade_store(first_store)
    assert (upgraded.before, upgraded.after, upgraded.backup) == (1, 1, None)
    assert not list(tmp_path.glob("*.schema-*"))


def test_a_newer_schema_is_refused(first_store: str):
    """By reading and by upgrading: the release has to be upgraded."""
    _make_newer(first_store)
    for use in (ClaimStore.open, upgrade_store):
        with pytest.raises(StoreUnusable, match="its schema, 99, is newer than this release knows"):
            use(first_store)


def test_an_older_schema_is_upgraded_after_a_backup(first_store: str, second_schema: Callable[[str], None], tmp_path):
    """Opening refuses it and names the command; SQLite is copied first, PostgreSQL is yours to copy."""
    second_schema("UPDATE atoz_claims SET remark = 'new'")
    with pytest.raises(StoreUnusable, match="run: atoz store upgrade"):
        ClaimStore.open(first_store)
    if first_store.startswith("sqlite"):
        upgraded = upgrade_store(first_store)
        assert upgraded.backup == str(tmp_path / "claims.db.schema-1")
        assert "remark" not in _columns(upgraded.backup)
    else:
        with pytest.raises(StoreUnusable, match="pg_dump"):
            upgrade_store(first_store)
        assert "remark" not in _columns(first_store)
        upgraded = upgrade_store(first_store, backed_up=True)
        assert upgraded.backup is None
    assert (upgraded.before, upgraded.after) == (1, 2)
    assert "remark" in _columns(first_store)
    with ClaimStore.open(first_store) as store:
        assert store.verify().damages == ()
        if upgraded.backup:
            assert store.forget(ORDER_ID).backups == (upgraded.backup,)


def test_an_upgrade_that_fails_changes_nothing(first_store: str, second_schema: Callable[[str], None], tmp_path):
    """The step before is undone with it, and a backup that is in the way is named before anything is done."""
    second_schema("INSERT INTO no_such_table VALUES (1)")
    with pytest.raises(StoreUnusable, match="no_such_table"):
        upgrade_store(first_store, backed_up=True)
    assert "remark" not in _columns(first_store)
    if first_store.startswith("sqlite"):
        (tmp_path / "mine.db").touch()
        with pytest.raises(StoreUnusable, match="it exists already"):
            upgrade_store(first_store, backup=tmp_path / "mine.db")


def test_what_is_no_store_is_said(store_url: str, tmp_path: Path):
    """A missing file, a database of something else, and a store whose settings are gone."""
    with pytest.raises(StoreUnusable, match="no such file"):
        upgrade_store(tmp_path / "calims.db")
    with ClaimStore.open(store_url):
        pass
    engine = connect(database_url(store_url))
    with writing(engine) as connection:
        connection.execute(text("DELETE FROM atoz_settings"))
    for use in (ClaimStore.open, upgrade_store):
        with pytest.raises(StoreUnusable, match="damaged"):
            use(store_url)
    with writing(engine) as connection:
        connection.execute(text("DROP TABLE atoz_settings"))
    engine.dispose()
    with pytest.raises(StoreUnusable, match="no claim store"):
        upgrade_store(store_url)
