"""Where a server's claims come from: a folder of claim files, which is only read, or a claim store.

Nothing here shows a path: what cannot be read is named by the name of its file alone.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from atoz.errors import AtozError, Fault, InvalidDocument, UnknownName
from atoz.lifecycle.replay import read_claim
from atoz.model.claim import Claim
from atoz.model.events import AnyEvent
from atoz.model.limits import MAX_JSON
from atoz.model.record import parse_json
from atoz.store.entries import body_of
from atoz.store.privacy import event_without_note

if TYPE_CHECKING:
    from atoz.store.claim_store import ClaimStore


class KeptClaim(NamedTuple):
    """One claim that the server keeps: its id, a text that changes whenever the claim does, and the claim."""

    claim_id: str
    version: str
    claim: Claim


class ClaimSource(Protocol):
    """What a server reads its claims from."""

    def claims(self) -> Iterator[KeptClaim | InvalidDocument]:
        """Every claim by its id, and what could not be read."""
        ...

    def get(self, claim_id: str) -> KeptClaim:
        """One claim.

        Raises:
            UnknownName: there is no claim of this id.
        """
        ...


class ClaimFolder:
    """The claims in a folder: one claim in each file whose name ends in `.json`; links out of it are not followed.

    A claim's id is its order id; a second claim on an order has `/2`, in the order of their filing.

    Raises:
        InvalidDocument: there is no such folder.
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise InvalidDocument(folder.name, (Fault("", "not_a_folder", "there is no such folder"),))
        self._folder = folder.resolve()

    def claims(self) -> Iterator[KeptClaim | InvalidDocument]:
        """Every claim by its id, and what could not be read."""
        kept: list[KeptClaim] = []
        for path in sorted(self._folder.glob("*.json")):
            if path.is_file() and path.resolve().parent == self._folder:
                try:
                    kept.append(_claim_in(path))
                except AtozError as error:
                    faults = (
                        error.faults if isinstance(error, InvalidDocument) else (Fault("", error.code, str(error)),)
                    )
                    yield InvalidDocument(path.name, faults)
        kept.sort(key=lambda claim: (claim.claim_id, claim.claim.history[0].at))
        for index, claim in enumerate(kept):
            number = sum(other.claim_id == claim.claim_id for other in kept[:index]) + 1
            yield claim if number == 1 else claim._replace(claim_id=f"{claim.claim_id}/{number}")

    def get(self, claim_id: str) -> KeptClaim:
        """One claim.

        Raises:
            UnknownName: there is no claim of this id.
        """
        kept = [claim for claim in self.claims() if isinstance(claim, KeptClaim)]
        for claim in kept:
            if claim.claim_id == claim_id:
                return claim
        raise UnknownName.with_suggestions("claim", claim_id, (claim.claim_id for claim in kept))


class StoredClaims:
    """The claims in a store; the only ones that a server can add events to."""

    def __init__(self, store: "ClaimStore") -> None:
        self._store = store

    def claims(self) -> Iterator[KeptClaim | InvalidDocument]:
        """Every claim by its id."""
        for stored in self._store.find():
            yield KeptClaim(stored.claim_id, str(stored.version), stored.claim)

    def get(self, claim_id: str) -> KeptClaim:
        """One claim.

        Raises:
            UnknownName: there is no claim of this id.
        """
        stored = self._store.get(claim_id)
        return KeptClaim(stored.claim_id, str(stored.version), stored.claim)

    def append(self, claim_id: str, event: AnyEvent, *, expected_version: int) -> KeptClaim:
        """Apply an event to a claim and store it.

        Raises:
            UnknownName: there is no claim of this id.
            StaleClaim: the claim has moved on since it was read.
            TransitionRefused: the state machine refuses the event.
        """
        stored = self._store.append(claim_id, event, expected_version=expected_version)
        return KeptClaim(stored.claim_id, str(stored.version), stored.claim)

    def holds(self, claim_id: str, version: int, event: AnyEvent) -> bool:
        """Whether the entry of this version is this event, so that writing it once more would change nothing."""
        body = body_of(event_without_note(event))
        return any(entry.version == version and entry.body == body for entry in self._store.log(claim_id))


def _claim_in(path: Path) -> KeptClaim:
    """The claim of one file.

    Raises:
        InvalidDocument: it cannot be read, is too large, or is no claim.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_JSON + 1)
    except OSError as error:
        raise InvalidDocument(path.name, (Fault("", "not_readable", error.strerror or "it cannot be read"),)) from None
    if len(data) > MAX_JSON:
        raise InvalidDocument(path.name, (Fault("", "too_large", f"it is larger than {MAX_JSON // 1024 // 1024} MB"),))
    claim = read_claim(parse_json(data, what=path.name), what=path.name)
    return KeptClaim(claim.order.order_id, hashlib.sha256(data).hexdigest()[:16], claim)
