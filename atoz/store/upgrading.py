"""A store of an older release brought to the present schema: a backup first, then one transaction, all or nothing."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field
from sqlalchemy import Connection, Engine, update
from sqlalchemy.exc import DBAPIError

from atoz.errors import StoreUnusable
from atoz.model.record import Document
from atoz.store import schema
from atoz.store.connection import connect, database_url, sqlite_file, writing
from atoz.store.migration import back_up, reason_of, version_and_key

UPGRADES: Mapping[int, Callable[[Connection], None]] = {}
"""What takes a store from the schema of that number to the next; there is one schema so far."""


class Upgraded(Document):
    """What an upgrade did."""

    kind: Literal["upgraded"] = Field(default="upgraded", description="Says that this document is an upgrade's result.")
    before: int = Field(description="The schema that the store had.")
    after: int = Field(description="The schema that it has.")
    backup: str | None = Field(default=None, description="The file with the store as it was, if atoz wrote one.")


def upgrade_store(
    url: str | os.PathLike[str], *, backup: str | os.PathLike[str] | None = None, backed_up: bool = False
) -> Upgraded:
    """Bring a store to the present schema; one that has it is left alone.

    Args:
        url: The store, by its path or URL.
        backup: A new file for a copy of a SQLite store; by default beside it, named for its schema.
        backed_up: You have backed the store up yourself, as you have to where it is in PostgreSQL.

    Raises:
        InvalidDocument: the URL is not one of a supported database.
        StoreUnusable: there is no store, a newer release made it, there is no backup, or a step failed: then nothing
            was changed.
    """
    address = database_url(url)
    place, file = address.render_as_string(hide_password=True), sqlite_file(address)
    if file is not None and not file.exists():
        raise StoreUnusable(place, "there is no such file")
    engine = connect(address)
    try:
        before, _ = version_and_key(engine, place)
        if before == schema.SCHEMA_VERSION:
            return Upgraded(before=before, after=before)
        copy = None if backed_up else _backup(engine, place, file, backup, before)
        with writing(engine) as connection:
            for version in range(before, schema.SCHEMA_VERSION):
                UPGRADES[version](connection)
            row = schema.settings.c.name == schema.VERSION
            connection.execute(update(schema.settings).where(row).values(value=str(schema.SCHEMA_VERSION)))
    except DBAPIError as error:
        raise StoreUnusable(place, reason_of(error)) from None  # the error it comes from could show the password
    finally:
        engine.dispose()
    return Upgraded(before=before, after=schema.SCHEMA_VERSION, backup=str(copy) if copy else None)


def _backup(engine: Engine, place: str, file: Path | None, target: str | os.PathLike[str] | None, version: int) -> Path:
    if file is None:
        raise StoreUnusable(place, "back it up with pg_dump first, then say --backed-up")
    return back_up(engine, Path(target) if target else file.with_name(f"{file.name}.schema-{version}"))
