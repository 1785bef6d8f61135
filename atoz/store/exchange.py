"""A store's claims as JSON Lines or CSV, and back: one claim a line, or a row."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from typing import Literal

from pydantic import Field

from atoz.errors import AtozError, ClaimDiffers
from atoz.lifecycle.replay import read_claim
from atoz.model.claim import Claim
from atoz.model.limits import MAX_JSON
from atoz.model.record import Document, Record, parse_json
from atoz.rulebook.edition import Edition
from atoz.store.claim_store import ClaimStore
from atoz.store.csv_rows import COLUMNS, csv_claims, csv_row
from atoz.store.entries import StoredClaim
from atoz.store.privacy import without_free_text


class RefusedLine(Record):
    """A line that was not stored."""

    line: int = Field(description="Its number, from 1; of a row that goes over several lines, the last.")
    message: str = Field(description="Why.")


class LoadResult(Document):
    """What a file of claims brought into a store."""

    kind: Literal["load_result"] = Field(
        default="load_result", description="Says that this document is the result of a load."
    )
    added: int = Field(description="Claims that were not there.")
    extended: int = Field(description="Claims that had further events.")
    unchanged: int = Field(description="Claims that the store knows as they are.")
    refused: tuple[RefusedLine, ...] = Field(description="Lines that could not be stored.")


def export_json_lines(store: ClaimStore) -> Iterator[str]:
    """Every claim as one line of JSON, by claim id."""
    for stored in store.find():
        yield f"{stored.claim.model_dump_json(exclude_none=True)}\n"


def export_csv(store: ClaimStore) -> Iterator[str]:
    """A header and every claim as one row of CSV, by claim id; nothing is left out, the history is JSON in a cell."""
    yield _csv_line({name: name for name in COLUMNS})
    for stored in store.find():
        yield _csv_line(csv_row(stored.claim, stored.claim_id))


def _csv_line(row: dict[str, str]) -> str:
    text = io.StringIO()
    csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n").writerow(row)
    return text.getvalue()


OnRefused = Callable[[AtozError], object]
"""What is done with the error of a line that could not be stored."""


def load_json_lines(store: ClaimStore, lines: Iterable[str], *, on_refused: OnRefused | None = None) -> LoadResult:
    """Store the claims of a file, one a line or a single one; loading the same file again changes nothing.

    A line belongs to a stored claim on the same order whose history it repeats: what it has beyond that is appended. A
    line with another day of filing than every claim on its order is a second claim, if the file has repeated those.
    Otherwise it is refused: it could be the same claim told differently, and only a person can say which.

    `on_refused` gets the error of each refused line, in the order of the result's.
    """
    return _loaded(store, _json_claims(lines, store.editions), on_refused)


def load_csv(store: ClaimStore, lines: Iterable[str], *, on_refused: OnRefused | None = None) -> LoadResult:
    """Store the claims of a CSV file, as `load_json_lines` does; a comma, semicolon or tab may part the cells.

    Raises:
        InvalidDocument: it has no header, or a column that is not known.
    """
    return _loaded(store, csv_claims(lines, store.editions), on_refused)


_Read = Iterator[tuple[int, Claim | AtozError]]


def _json_claims(lines: Iterable[str], editions: tuple[Edition, ...]) -> _Read:
    for number, text in _documents(lines):
        try:
            yield number, read_claim(parse_json(text, what=f"line {number}"), what=f"line {number}", editions=editions)
        except AtozError as error:
            yield number, error


def _documents(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """The lines that are not blank with their numbers; a file that is one document over several lines is one."""
    numbered = ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
    first, second = next(numbered, None), next(numbered, None)
    if first is None or second is None or _is_whole(first[1]) or _is_whole(second[1]):
        yield from (item for item in (first, second) if item is not None)
        yield from numbered
        return
    parts, size = [first[1], second[1]], 0
    for _, line in numbered:
        parts.append(line)
        size += len(line)
        if size > MAX_JSON:
            break  # reading it says that it is too large
    yield first[0], "".join(parts)


def _is_whole(line: str) -> bool:
    """Whether a line is JSON by itself."""
    try:
        parse_json(line)
    except AtozError:
        return False
    return True


def _loaded(store: ClaimStore, claims: _Read, on_refused: OnRefused | None) -> LoadResult:
    counts = {"added": 0, "extended": 0, "unchanged": 0}
    refused: list[RefusedLine] = []
    repeated: dict[str, set[str]] = {}
    for number, claim in claims:
        try:
            if isinstance(claim, AtozError):
                raise claim
            outcome, claim_id = _load(store, without_free_text(claim), repeated)
        except AtozError as error:
            refused.append(RefusedLine(line=number, message=str(error)))
            if on_refused is not None:
                on_refused(error)
            continue
        counts[outcome] += 1
        repeated.setdefault(claim.order.order_id, set()).add(claim_id)
    return LoadResult(
        added=counts["added"],
        extended=counts["extended"],
        unchanged=counts["unchanged"],
        refused=tuple(refused),
    )


def _load(store: ClaimStore, claim: Claim, repeated: dict[str, set[str]]) -> tuple[str, str]:
    """Store one claim, and return what became of it, and its id."""
    order_id = claim.order.order_id
    stored = store.on_order(order_id)
    for candidate in stored:
        if candidate.claim == claim:
            return "unchanged", candidate.claim_id
        if _repeats(claim, candidate):
            further = claim.history[len(candidate.claim.history) :]
            store.append(candidate.claim_id, further, expected_version=candidate.version)
            return "extended", candidate.claim_id
    known = {candidate.claim_id for candidate in stored}
    filings = {candidate.claim.filed_at for candidate in stored}
    if known == repeated.get(order_id, set()) and claim.filed_at not in filings:
        return "added", store.add(claim).claim_id
    raise ClaimDiffers(order_id, tuple(sorted(known)))


def _repeats(claim: Claim, candidate: StoredClaim) -> bool:
    """Whether a claim is a stored one with further events."""
    known = candidate.claim.history
    same = claim.model_copy(update={"history": known, "status": candidate.claim.status})
    return same == candidate.claim and claim.history[: len(known)] == known
