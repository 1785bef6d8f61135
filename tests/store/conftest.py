"""Stores for the tests: SQLite always, PostgreSQL where `ATOZ_POSTGRES` names a database that may be emptied."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy")

from sqlalchemy import create_engine, text

from atoz.store import ClaimStore

POSTGRES = os.environ.get("ATOZ_POSTGRES", "")


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database of each kind; nothing is left of it in PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'claims.db'}"
        return
    if not POSTGRES:
        assert os.environ.get("ATOZ_REQUIRE_TOOLS") != "1", "ATOZ_POSTGRES has to name a database"
        pytest.skip("ATOZ_POSTGRES names no PostgreSQL database")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    engine = create_engine(POSTGRES.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:  # a schema for every worker, so that tests can run side by side
        connection.execute(text(f"DROP SCHEMA IF EXISTS {worker} CASCADE"))
        connection.execute(text(f"CREATE SCHEMA {worker}"))
    yield f"{POSTGRES}?options=-csearch_path%3D{worker}"
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {worker} CASCADE"))
    engine.dispose()


@pytest.fixture
def store(store_url: str) -> Iterator[ClaimStore]:
    """An empty store on each kind of database."""
    with ClaimStore.open(store_url) as opened:
        yield opened
