"""The claim store on the command line: the option that names it, and claims read from it like from a file."""

import re
from collections.abc import Iterator
from typing import Annotated

import typer

from atoz.errors import Fault, InvalidDocument
from atoz.model.record import is_mapping, parse_json
from atoz.store.claim_store import ClaimStore
from atoz.store.entries import StoredClaim, body_of

StoreUrl = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="PATH|URL",
        envvar="ATOZ_STORE",
        show_envvar=True,
        help="The claim store: a SQLite file, or the URL of a PostgreSQL database.",
    ),
]
_CLAIM_ID = re.compile(r"[0-9]{3}-[0-9]{7}-[0-9]{7}(/[0-9]+)?")


def is_claim_id(text: str | None) -> bool:
    """Whether an argument names a stored claim rather than a file.

    >>> is_claim_id("123-1234567-1234567/2"), is_claim_id("claim.json"), is_claim_id(None)
    (True, False, False)
    """
    return text is not None and _CLAIM_ID.fullmatch(text) is not None


def required_store(url: str | None, command: str, *, create: bool = False) -> ClaimStore:
    """The store that a command needs.

    Raises:
        InvalidDocument: none is named.
        StoreUnusable: it cannot be opened.
    """
    if not url:
        words = "name the store with --store PATH, or in the environment variable ATOZ_STORE"
        raise InvalidDocument(command, (Fault("--store", "missing", words),))
    return ClaimStore.open(url, create=create)


def stored_objects(
    store: ClaimStore, claim_id: str | None
) -> Iterator[tuple[str, dict[str, object] | InvalidDocument]]:
    """One stored claim, or all of them, as commands read the objects of a file.

    Raises:
        UnknownName: there is no claim of this id.
    """
    if claim_id is not None:
        yield claim_id, _object(store.get(claim_id))
        return
    for stored in store.find():
        yield f"claim {stored.claim_id}", _object(stored)


def _object(stored: StoredClaim) -> dict[str, object]:
    data = parse_json(body_of(stored.claim))
    return data if is_mapping(data) else {}
