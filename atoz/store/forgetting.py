"""Forgetting an order: its rows go for good, a keyed hash stays, and backups that still hold it are named."""

import json
from contextlib import closing
from pathlib import Path
from typing import Literal

from pydantic import Field
from sqlalchemy import Connection, Engine, delete, insert, select

from atoz.errors import StoreUnusable
from atoz.model.record import Document
from atoz.store.connection import sqlite_file, writing
from atoz.store.privacy import keyed_hash
from atoz.store.schema import BACKUPS, claims, entries, forgotten, labels, settings, source_records


class Forgotten(Document):
    """What was forgotten."""

    kind: Literal["forgotten"] = Field(
        default="forgotten", description="Says that this document is what was forgotten."
    )
    claims: int = Field(description="How many claims were deleted.")
    entries: int = Field(description="How many entries they had.")
    backups: tuple[str, ...] = Field(description="Backups written by atoz that still exist and may hold the order.")


def forget_order(engine: Engine, key: str, order_id: str) -> Forgotten:
    """Delete the claims on an order and leave a keyed hash of its id; on SQLite no deleted page is left readable."""
    with writing(engine) as connection:
        on_order = select(claims.c.claim_id).where(claims.c.order_id == order_id)
        ids = list(connection.execute(on_order).scalars())
        deleted = connection.execute(delete(entries).where(entries.c.claim_id.in_(ids))).rowcount
        connection.execute(delete(labels).where(labels.c.claim_id.in_(ids)))
        connection.execute(delete(claims).where(claims.c.claim_id.in_(ids)))
        connection.execute(delete(source_records).where(source_records.c.order_id == order_id))
        if not order_is_forgotten(connection, key, order_id):
            connection.execute(insert(forgotten).values(order_key=keyed_hash(key, order_id)))
        written = connection.execute(select(settings.c.value).where(settings.c.name == BACKUPS)).scalar()
    if sqlite_file(engine.url):
        _rebuild_file(engine)
    backups = tuple(path for path in json.loads(written or "[]") if Path(path).exists())
    return Forgotten(claims=len(ids), entries=deleted, backups=backups)


def order_is_forgotten(connection: Connection, key: str, order_id: str) -> bool:
    """Whether the keyed hash of an order is there."""
    asked = select(forgotten.c.order_key).where(forgotten.c.order_key == keyed_hash(key, order_id))
    return connection.execute(asked).first() is not None


def _rebuild_file(engine: Engine) -> None:
    """Rebuild the file without its free pages, then empty the write-ahead log, which held the old ones.

    Neither is possible inside a transaction, so this goes past SQLAlchemy to the driver's own connection.
    """
    with closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        busy = cursor.fetchone()
    if busy and busy[0]:
        reason = (
            "the order was deleted, but another process reads the store, so its write-ahead log could not be emptied"
        )
        raise StoreUnusable(engine.url.render_as_string(), f"{reason}; close that process and forget the order again")
