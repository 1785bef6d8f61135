"""The same answers for other programs: an HTTP server with pages, and an MCP server for assistants."""

from atoz._lazy import lazy_exports

TYPE_CHECKING = False  # checkers take this name as true; importing it from typing would cost more
if TYPE_CHECKING:
    from atoz.serve.claim_sources import ClaimFolder as ClaimFolder
    from atoz.serve.claim_sources import ClaimSource as ClaimSource
    from atoz.serve.claim_sources import KeptClaim as KeptClaim
    from atoz.serve.claim_sources import StoredClaims as StoredClaims
    from atoz.serve.guard import Access as Access
    from atoz.serve.guard import access as access
    from atoz.serve.http import create_app as create_app
    from atoz.serve.mcp_protocol import mcp_server as mcp_server
    from atoz.serve.operations import OPERATIONS as OPERATIONS
    from atoz.serve.operations import Context as Context
    from atoz.serve.operations import Operation as Operation
    from atoz.serve.problems import Problem as Problem
else:
    __getattr__, __dir__, __all__ = lazy_exports(
        __name__,
        {
            "claim_sources": ("ClaimFolder", "ClaimSource", "KeptClaim", "StoredClaims"),
            "guard": ("Access", "access"),
            "http": ("create_app",),
            "mcp_protocol": ("mcp_server",),
            "operations": ("OPERATIONS", "Context", "Operation"),
            "problems": ("Problem",),
        },
        extra="serve",
    )
