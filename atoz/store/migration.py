"""Opening a database as a store: its schema, its secret key, and the upgrade from one schema to the next.

An older schema is upgraded by `upgrade_store` alone, after a backup; a newer one is refused.
"""

import json
import os
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, inspect, select, update
from sqlalchemy.exc import DBAPIError

from atoz.errors import AtozError, StoreUnusable
from atoz.store import schema
from atoz.store.connection import connect, create_private_file, database_url, reading, sqlite_file, writing
from atoz.store.schema import BACKUPS, KEY, VERSION, metadata, settings


def open_database(url: str | os.PathLike[str], *, create: bool) -> tuple[Engine, str]:
    """A store's engine and its secret key.

    Raises:
        InvalidDocument: the URL is not one of a supported database.
        StoreUnusable: there is no store and none is to be created, it cannot be reached, or its schema is another one.
    """
    address = database_url(url)
    place = address.render_as_string(hide_password=True)
    file = sqlite_file(address)
    if file is not None:
        _make_sure_of_file(file, place, create=create)
    engine = connect(address)
    try:
        return engine, _key(engine, place, create=create)
    except AtozError:
        engine.dispose()
        raise
    except DBAPIError as error:
        engine.dispose()
        raise StoreUnusable(place, reason_of(error)) from None  # the error it comes from could show the password


def _make_sure_of_file(file: Path, place: str, *, create: bool) -> None:
    if file.exists():
        return
    if not create:
        raise StoreUnusable(place, "there is no such file")
    try:
        create_private_file(file)
    except OSError as error:
        raise StoreUnusable(place, error.strerror or "it cannot be created") from None


def _key(engine: Engine, place: str, *, create: bool) -> str:
    """The key of a store's keyed hashes; an empty database becomes a store."""
    with reading(engine) as connection:
        exists = inspect(connection).has_table(settings.name)
    if not exists and create:
        _create(engine)
    version, key = version_and_key(engine, place)
    if version < schema.SCHEMA_VERSION:
        raise StoreUnusable(place, f"its schema, {version}, is older than this release's; run: atoz store upgrade")
    return key


def version_and_key(engine: Engine, place: str) -> tuple[int, str]:
    """The schema of a store, of this release or an older one, and the key of its keyed hashes.

    Raises:
        StoreUnusable: it is no store, or one of a newer release.
    """
    with reading(engine) as connection:
        if not inspect(connection).has_table(settings.name):
            raise StoreUnusable(place, "there is no claim store in this database")
        values = {row.name: row.value for row in connection.execute(select(settings))}
    if not values.get(VERSION, "").isdigit() or not values.get(KEY):
        raise StoreUnusable(place, "its settings are damaged; load a backup")
    version = int(values[VERSION])
    if version > schema.SCHEMA_VERSION:
        raise StoreUnusable(place, f"its schema, {version}, is newer than this release knows; upgrade atoz-claims")
    return version, str(values[KEY])


def _create(engine: Engine) -> None:
    """Create the tables, unless another process was faster: it holds the lock while it does so."""
    try:
        with writing(engine) as connection:
            if inspect(connection).has_table(settings.name):
                return
            metadata.create_all(connection)
            first = {VERSION: str(schema.SCHEMA_VERSION), KEY: secrets.token_hex(32), BACKUPS: "[]"}
            connection.execute(insert(settings), [{"name": name, "value": value} for name, value in first.items()])
    except DBAPIError:
        with reading(engine) as connection:  # on PostgreSQL two may try at once; one of them has done it
            if not inspect(connection).has_table(settings.name):
                raise


def reason_of(error: DBAPIError) -> str:
    """What a database says is wrong, in one line."""
    lines = str(error.orig or error).strip().splitlines()
    return lines[0] if lines else "the database does not answer"


def back_up(engine: Engine, target: Path) -> Path:
    """A copy of a SQLite store in a new private file, and a note of it in the store.

    Raises:
        StoreUnusable: the store is not in SQLite (use the tools of your database), or the target exists.
    """
    source = sqlite_file(engine.url)
    if source is None:
        raise StoreUnusable(engine.url.render_as_string(), "back this database up with its own tools (pg_dump)")
    if target.exists():
        raise StoreUnusable(str(target), "it exists already; name a new file for the backup")
    create_private_file(target)
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as copy:
        old.backup(copy)
    with writing(engine) as connection:
        _note_backup(connection, target.resolve())
    return target


def _note_backup(connection: Connection, path: Path) -> None:
    written = connection.execute(select(settings.c.value).where(settings.c.name == BACKUPS)).scalar()
    paths = [*json.loads(written or "[]"), str(path)]
    connection.execute(update(settings).where(settings.c.name == BACKUPS).values(value=json.dumps(paths)))
