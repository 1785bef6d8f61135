"""Claims kept: an append-only log per claim in SQLite or PostgreSQL."""

from atoz.store.claim_store import ClaimStore as ClaimStore
