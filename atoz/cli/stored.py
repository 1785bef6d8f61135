"""The claim store on the command line: the option that names it, and claims read from it like from a file."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from atoz.cli.files import as_object, read_lines, read_object, read_objects
from atoz.errors import AtozError, Fault, InvalidDocument
from atoz.model.order_id import ORDER_ID

if TYPE_CHECKING:
    from atoz.rulebook.edition import Edition
    from atoz.store.claim_store import ClaimStore
    from atoz.store.entries import StoredClaim

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
ClaimSource = Annotated[
    str,
    typer.Argument(metavar="CLAIM", help="The claim as JSON, or - for standard input; or the id of a stored claim."),
]
ClaimsSource = Annotated[
    str | None,
    typer.Argument(
        metavar="FILE",
        help="A claim as JSON, or many as JSON Lines or CSV, or - for standard input; or the id of a stored claim. "
        "Without it: every stored claim.",
    ),
]
Objects = Iterator[tuple[str, dict[str, object] | InvalidDocument]]
_CLAIM_ID = re.compile(f"{ORDER_ID.pattern}(/[0-9]+)?")


def is_claim_id(text: str | None) -> bool:
    """Whether an argument names a stored claim rather than a file.

    >>> is_claim_id("123-1234567-1234567/2"), is_claim_id("claim.json"), is_claim_id(None)
    (True, False, False)
    """
    return text is not None and _CLAIM_ID.fullmatch(text) is not None


NO_STORE = "name a store with --store PATH, or set the environment variable ATOZ_STORE"


def named_store(url: str | None, command: str, *, otherwise: str = NO_STORE) -> str:
    """The URL of the store that a command needs; `otherwise` says what to do where none is named.

    Raises:
        InvalidDocument: none is named.
    """
    if not url:
        raise InvalidDocument(command, (Fault("", "missing", otherwise),))
    return url


def required_store(
    url: str | None,
    command: str,
    *,
    create: bool = False,
    otherwise: str = NO_STORE,
    editions: "tuple[Edition, ...]" = (),
) -> "ClaimStore":
    """The store that a command needs; `otherwise` says what to do where none is named.

    `editions` are those of one's own that its claims may name.

    Raises:
        InvalidDocument: none is named.
        StoreUnusable: it cannot be opened.
    """
    from atoz.store import ClaimStore  # noqa: PLC0415  (a command on files does not wait for a database)

    return ClaimStore.open(named_store(url, command, otherwise=otherwise), create=create, editions=editions)


def claim_objects(
    file: str | None, store_url: str | None, command: str, editions: "tuple[Edition, ...]" = ()
) -> Objects:
    """The objects of a file, or without one those of the store; a claim's id stands for that claim in the store.

    Raises:
        InvalidDocument: the file cannot be read, or neither a file nor a store is named.
        UnknownName: there is no claim of this id.
    """
    if file is not None and not is_claim_id(file):
        yield from _csv_objects(file, editions) if is_csv(file) else read_objects(file)
        return
    no_input = NO_STORE if file else "name a claim file, or a store with --store PATH (or ATOZ_STORE)"
    with required_store(store_url, command, otherwise=no_input) as store:
        kept = _object(store.get(file)) if file is not None else None
        for stored in store.find() if file is None else ():
            yield f"claim {stored.claim_id}", _object(stored)
    if file is not None and kept is not None:
        yield file, kept  # the store is closed by now, however little of this is read


def is_csv(file: str | None) -> bool:
    """Whether a file is called as a CSV file is."""
    return file is not None and file.casefold().endswith(".csv")


def _csv_objects(file: str, editions: "tuple[Edition, ...]") -> Objects:
    """The claims of a CSV file, a row each; one that cannot be read is named by its line."""
    from atoz.store.csv_rows import csv_claims  # noqa: PLC0415  (only who reads CSV waits for it)

    try:
        for number, claim in csv_claims(read_lines(file), editions):
            where = f"{file} line {number}"
            if isinstance(claim, InvalidDocument):
                yield where, InvalidDocument(where, claim.faults)
            elif isinstance(claim, AtozError):
                yield where, InvalidDocument(where, (Fault("", claim.code, str(claim)),))
            else:
                yield where, as_object(claim.model_dump(mode="json", exclude_none=True), where)
    except InvalidDocument as error:
        raise InvalidDocument(file, error.faults) from None


def claim_object(file: str, store_url: str | None, command: str) -> dict[str, object]:
    """One object from a file, or one claim from the store by its id.

    Raises:
        InvalidDocument: it cannot be read, or a claim's id is given and no store is named.
        UnknownName: there is no claim of this id.
    """
    if not is_claim_id(file):
        return read_object(file)
    with required_store(store_url, command) as store:
        return _object(store.get(file))


def _object(stored: "StoredClaim") -> dict[str, object]:
    return as_object(stored.claim.model_dump(mode="json", exclude_none=True), stored.claim_id)
