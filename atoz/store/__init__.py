"""Claims kept: an append-only log per claim in SQLite or PostgreSQL."""

from atoz.store.claim_store import ClaimStore as ClaimStore
from atoz.store.entries import Entry as Entry
from atoz.store.entries import EntryKind as EntryKind
from atoz.store.entries import StoredClaim as StoredClaim
from atoz.store.exchange import LoadResult as LoadResult
from atoz.store.exchange import export_json_lines as export_json_lines
from atoz.store.exchange import load_json_lines as load_json_lines
from atoz.store.forgetting import Forgotten as Forgotten
from atoz.store.verification import Damage as Damage
from atoz.store.verification import Verification as Verification
