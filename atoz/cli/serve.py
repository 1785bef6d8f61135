"""`atoz serve`: the same answers over HTTP, and pages to look at."""

import importlib
import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from atoz.cli.options import PolicyName
from atoz.cli.output import note, said
from atoz.cli.rules import choose_policy
from atoz.cli.stored import StoreUrl, required_store
from atoz.errors import Fault, InvalidDocument, MissingExtra

if TYPE_CHECKING:
    from atoz.serve.claim_sources import ClaimSource

TOKEN, CALENDAR_KEY = "ATOZ_TOKEN", "ATOZ_CALENDAR_KEY"
_AT_ONCE, _IDLE_SECONDS, _GRACE_SECONDS = 64, 5, 5

ClaimFolderArgument = Annotated[
    Path | None, typer.Argument(metavar="FOLDER", help="A folder with one claim in each .json file; it is only read.")
]


def serve_claims(
    folder: ClaimFolderArgument = None,
    store_url: StoreUrl = None,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="NUMBER", min=0, max=65535, help="The port; 0 takes a free one.")] = 8000,
    public_name: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="The host name by which browsers reach the server, where it is not loopback."
        ),
    ] = None,
    tls_certificate: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The certificate chain (PEM), to serve https.")
    ] = None,
    tls_key: Annotated[Path | None, typer.Option(metavar="FILE", help="The certificate's private key (PEM).")] = None,
    behind_proxy: Annotated[
        bool, typer.Option("--behind-proxy", help="A proxy in front of the server brings the https.")
    ] = False,
    policy: PolicyName = None,
) -> None:
    """Serve the API and the pages of a folder of claims or of a claim store, until Ctrl-C.

    Beyond loopback a token is needed, in the environment variable ATOZ_TOKEN. With ATOZ_CALENDAR_KEY the calendar has
    an address of its own, /calendar/KEY.ics; a new key revokes the old address.
    """
    try:  # here, because the help of all commands needs no extra
        import uvicorn  # noqa: PLC0415

        importlib.import_module("fastapi")
    except ModuleNotFoundError as missing:
        raise MissingExtra("the server", "serve") from missing
    from atoz.serve.guard import access  # noqa: PLC0415
    from atoz.serve.http import create_app  # noqa: PLC0415

    if (tls_certificate is None) != (tls_key is None):
        raise InvalidDocument("serve", (Fault("", "half_of_tls", "give both --tls-certificate and --tls-key"),))
    rules = access(
        host,
        port,
        token=os.environ.get(TOKEN) or None,
        calendar_key=os.environ.get(CALENDAR_KEY) or None,
        public_name=public_name,
        tls=tls_key is not None,
        behind_proxy=behind_proxy,
    )
    with ExitStack() as stack:
        claims = claim_source(folder, store_url, "serve", stack)
        app = create_app(claims, rules, policy=choose_policy(policy) if policy else None)
        config = uvicorn.Config(
            app,
            host=host,
            port=port,
            ssl_certfile=tls_certificate,
            ssl_keyfile=tls_key,
            access_log=False,  # an address may hold the calendar's key
            proxy_headers=False,
            server_header=False,
            ws="none",
            log_level="warning",
            limit_concurrency=_AT_ONCE,
            timeout_keep_alive=_IDLE_SECONDS,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        note(said("serving", address=f"{'https' if tls_key else 'http'}://{host}:{port}/"))
        uvicorn.Server(config).run()


def claim_source(folder: Path | None, store_url: str | None, command: str, stack: ExitStack) -> "ClaimSource":
    """The claims that a server keeps: those of the folder, if one is named, else those of the store.

    Raises:
        InvalidDocument: neither is named, or there is no such folder.
        StoreUnusable: the store cannot be opened.
    """
    from atoz.serve.claim_sources import ClaimFolder, StoredClaims  # noqa: PLC0415

    if folder is not None:
        return ClaimFolder(folder)
    if not store_url:
        words = "name a folder of claims, or a store with --store PATH"
        raise InvalidDocument(command, (Fault("", "no_claims", words),))
    return StoredClaims(stack.enter_context(required_store(store_url, command)))
