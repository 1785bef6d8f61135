"""Claims kept: an append-only log per claim in SQLite or PostgreSQL; a stale writer is refused and loses nothing.

Everything is loaded when it is first used; it needs the extra `store`.
"""

from atoz._lazy import lazy_exports

TYPE_CHECKING = False  # checkers take this name as true; importing it from typing would cost more
if TYPE_CHECKING:
    from atoz.store.claim_store import ClaimStore as ClaimStore
    from atoz.store.entries import ClaimLog as ClaimLog
    from atoz.store.entries import DueClaim as DueClaim
    from atoz.store.entries import Entry as Entry
    from atoz.store.entries import EntryKind as EntryKind
    from atoz.store.entries import LoggedEntry as LoggedEntry
    from atoz.store.entries import SourceNews as SourceNews
    from atoz.store.entries import StoredClaim as StoredClaim
    from atoz.store.exchange import LoadResult as LoadResult
    from atoz.store.exchange import RefusedLine as RefusedLine
    from atoz.store.exchange import export_csv as export_csv
    from atoz.store.exchange import export_json_lines as export_json_lines
    from atoz.store.exchange import load_csv as load_csv
    from atoz.store.exchange import load_json_lines as load_json_lines
    from atoz.store.forgetting import Forgotten as Forgotten
    from atoz.store.privacy import StrikeReason as StrikeReason
    from atoz.store.stored_claims import StoredClaims as StoredClaims
    from atoz.store.upgrading import Upgraded as Upgraded
    from atoz.store.upgrading import upgrade_store as upgrade_store
    from atoz.store.verification import Damage as Damage
    from atoz.store.verification import Verification as Verification
else:
    __getattr__, __dir__, __all__ = lazy_exports(
        __name__,
        {
            "claim_store": ("ClaimStore",),
            "entries": ("ClaimLog", "DueClaim", "Entry", "EntryKind", "LoggedEntry", "SourceNews", "StoredClaim"),
            "exchange": (
                "LoadResult",
                "RefusedLine",
                "export_csv",
                "export_json_lines",
                "load_csv",
                "load_json_lines",
            ),
            "forgetting": ("Forgotten",),
            "privacy": ("StrikeReason",),
            "stored_claims": ("StoredClaims",),
            "upgrading": ("Upgraded", "upgrade_store"),
            "verification": ("Damage", "Verification"),
        },
        extra="store",
    )
