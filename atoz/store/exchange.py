"""A store's claims as JSON Lines and back: one claim document a line, as every command reads it."""

from collections.abc import Iterable, Iterator

from pydantic import Field

from atoz.errors import AtozError, ClaimDiffers
from atoz.lifecycle.replay import read_claim
from atoz.model.claim import Claim
from atoz.model.record import Record, parse_json
from atoz.store.claim_store import ClaimStore
from atoz.store.entries import StoredClaim
from atoz.store.privacy import without_free_text


class RefusedLine(Record):
    """A line that was not stored."""

    line: int = Field(description="Its number, from 1.")
    message: str = Field(description="Why.")


class LoadResult(Record):
    """What a file of claims brought into a store."""

    added: int = Field(description="Claims that were not there.")
    extended: int = Field(description="Claims that had further events.")
    unchanged: int = Field(description="Claims that the store knows as they are.")
    refused: tuple[RefusedLine, ...] = Field(description="Lines that could not be stored.")


def export_json_lines(store: ClaimStore) -> Iterator[str]:
    """Every claim as one line of JSON, by claim id."""
    for stored in store.find():
        yield f"{stored.claim.model_dump_json(exclude_none=True)}\n"


def load_json_lines(store: ClaimStore, lines: Iterable[str]) -> LoadResult:
    """Store the claims of a file; loading the same file again changes nothing.

    A line belongs to a stored claim on the same order whose history it repeats: what it has beyond that is appended.
    On an order of which the store has claims that the line does not repeat, it is refused: it could be a second claim,
    or the same one told differently, and only a person can say which.
    """
    counts = {"added": 0, "extended": 0, "unchanged": 0}
    refused: list[RefusedLine] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            claim = read_claim(parse_json(line, what=f"line {number}"), what=f"line {number}")
            counts[_load(store, without_free_text(claim))] += 1
        except AtozError as error:
            refused.append(RefusedLine(line=number, message=str(error)))
    return LoadResult(**counts, refused=tuple(refused))


def _load(store: ClaimStore, claim: Claim) -> str:
    stored = store.on_order(claim.order.order_id)
    if not stored:
        store.add(claim)
        return "added"
    for candidate in stored:
        if candidate.claim == claim:
            return "unchanged"
        if _repeats(claim, candidate):
            further = claim.history[len(candidate.claim.history) :]
            store.append(candidate.claim_id, further, expected_version=candidate.version)
            return "extended"
    raise ClaimDiffers(claim.order.order_id, tuple(candidate.claim_id for candidate in stored))


def _repeats(claim: Claim, candidate: StoredClaim) -> bool:
    """Whether a claim is a stored one with further events."""
    known = candidate.claim.history
    same = claim.model_copy(update={"history": known, "status": candidate.claim.status})
    return same == candidate.claim and claim.history[: len(known)] == known
