"""`atoz mcp`: the same answers as tools for an assistant, over standard input and output."""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from atoz.cli.serve import claim_source
from atoz.cli.stored import StoreUrl
from atoz.errors import Fault, InvalidDocument, MissingExtra


def serve_assistant(
    root: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Let the assistant name claim files under this folder.")
    ] = None,
    store_url: StoreUrl = None,
    allow_writes: Annotated[
        bool, typer.Option("--allow-writes", help="Let the assistant record events in the store.")
    ] = False,
) -> None:
    """Serve the Model Context Protocol on standard input and output, for an assistant that starts this command."""
    try:  # here, because the help of all commands needs no extra
        import anyio  # noqa: PLC0415
        from mcp.server.stdio import stdio_server  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        raise MissingExtra("the MCP server", "mcp") from missing
    from atoz.serve.mcp_protocol import mcp_server  # noqa: PLC0415

    if allow_writes and not store_url:
        raise InvalidDocument("mcp", (Fault("--allow-writes", "no_store", "name the store with --store PATH"),))
    with ExitStack() as stack:
        claims = claim_source(None if store_url else root, store_url, "mcp", stack) if root or store_url else None
        server = mcp_server(claims, root=root, allow_writes=allow_writes)

        async def run() -> None:
            """Answer until the assistant hangs up."""
            async with stdio_server() as (incoming, outgoing):
                await server.run(incoming, outgoing, server.create_initialization_options())

        anyio.run(run)
