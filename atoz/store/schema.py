"""The tables of a claim store: an append-only log of entries per claim, and one row per claim made from it.

Instants are text, `2026-11-24T09:00:00.000000+00:00`: one width, so that they compare as text on every database. Bodies
are canonical JSON text, because the hash of an entry covers them byte for byte.
"""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text, UniqueConstraint

SCHEMA_VERSION = 1
"""The schema that this release reads and writes."""

VERSION, KEY, BACKUPS = "schema_version", "key", "backups"
"""The names of the settings."""

metadata = MetaData()

settings = Table(
    "atoz_settings",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("value", Text, nullable=False),
    comment="Schema version, the key of keyed hashes, where backups were written.",
)

claims = Table(
    "atoz_claims",
    metadata,
    Column("claim_id", String(40), primary_key=True),
    Column("order_id", String(30), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("status", String(40), nullable=False, index=True),
    Column("head", String(64), nullable=False),
    Column("document", Text, nullable=False),
    Column("planned_at", String(40)),
    Column("plan_key", String(64)),
    Column("look_again_at", String(40)),
    Column("act_by", String(40)),
    comment="One claim as its entries leave it; everything here is made from them.",
)
Index("atoz_claims_due", claims.c.plan_key, claims.c.act_by)

labels = Table(
    "atoz_labels",
    metadata,
    Column("claim_id", String(40), ForeignKey(claims.c.claim_id), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("value", String(2000), nullable=False),
    Index("atoz_labels_by_value", "name", "value"),
    comment="The labels of the claims, to be found by.",
)

entries = Table(
    "atoz_entries",
    metadata,
    Column("claim_id", String(40), ForeignKey(claims.c.claim_id), nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("body", Text, nullable=False),
    Column("hash", String(64), nullable=False),
    UniqueConstraint("claim_id", "version", name="atoz_entries_once"),
    comment="What was learnt, in the order in which it arrived; never changed, and deleted by forgetting alone.",
)

forgotten = Table(
    "atoz_forgotten",
    metadata,
    Column("order_key", String(64), primary_key=True),
    comment="Keyed hashes of the orders that were forgotten, so that they do not come back with the next mail.",
)

source_records = Table(
    "atoz_source_records",
    metadata,
    Column("order_id", String(30), primary_key=True),
    Column("record_key", String(64), primary_key=True),
    Column("body", Text, nullable=False),
    Column("message_key", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("verified", Boolean, nullable=False),
    comment="What mails and files say of an order, without any of their text; each once, however often it comes.",
)
