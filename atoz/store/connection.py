"""Connections to a store's database: SQLite in a file by default, PostgreSQL by its URL.

SQLite runs with a write-ahead log and full synchronisation, and takes its write lock when a transaction begins rather
than at its first write, so that two writers wait for each other instead of failing half-way.
"""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from atoz.errors import Fault, InvalidDocument, MissingExtra

try:
    from sqlalchemy import Connection, Engine, create_engine, event
    from sqlalchemy.engine import URL, make_url
    from sqlalchemy.exc import ArgumentError
    from sqlalchemy.pool import ConnectionPoolEntry
except ModuleNotFoundError as missing:
    raise MissingExtra("a claim store", "store") from missing

_WRITES = "atoz_writes"
_BUSY_SECONDS = 60.0
_SQLITE_PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON")


def database_url(text: str | os.PathLike[str]) -> URL:
    """The URL of a store: a path means SQLite in that file, `postgresql://` the psycopg driver.

    >>> str(database_url("claims.db")), str(database_url("postgresql://db.example/claims"))
    ('sqlite:///claims.db', 'postgresql+psycopg://db.example/claims')

    Raises:
        InvalidDocument: it is neither a path nor the URL of SQLite or PostgreSQL.
    """
    address = os.fspath(text)
    if "://" not in address:
        return URL.create("sqlite", database=address)
    try:
        url = make_url(address)
    except ArgumentError:
        raise _unusable("not a database URL; write a path or postgresql://user@host/database") from None
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "sqlite":
        raise _unusable(f"{url.get_backend_name()} is not supported; use SQLite (a path) or PostgreSQL")
    if not url.database or url.database == ":memory:":
        raise _unusable("a store in memory would be lost at once; give the path of a file")
    return url


def _unusable(message: str) -> InvalidDocument:
    return InvalidDocument("store", (Fault("url", "bad_store_url", message),))


def sqlite_file(url: URL) -> Path | None:
    """The file of a SQLite store; none for other databases."""
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def connect(url: URL) -> Engine:
    """An engine for a store; it opens connections when they are needed."""
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def create_private_file(path: Path) -> None:
    """An empty database file that only its owner may read; SQLite gives its `-wal` and `-shm` files the same mode."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return


@contextmanager
def reading(engine: Engine) -> Generator[Connection]:
    """A transaction that reads; rows arrive in batches, so that a long listing needs little memory."""
    with engine.connect().execution_options(yield_per=500) as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Generator[Connection]:
    """A transaction that writes, holding SQLite's write lock from its beginning; an error rolls all of it back."""
    with engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
        yield connection


def _prepare_sqlite(connection: object, _record: ConnectionPoolEntry) -> None:
    """Leave transactions to us: by itself the driver begins them late, and not at all before a read."""
    connection.isolation_level = None  # type: ignore[attr-defined]
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
