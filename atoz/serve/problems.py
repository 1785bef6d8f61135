"""Errors as problem details (RFC 9457): atoz's codes, in the form that HTTP clients know.

No problem says where a file or a database is, and none carries what was sent: only its paths, codes and words.
"""

from collections.abc import Mapping
from dataclasses import asdict
from http import HTTPStatus
from typing import Literal

from pydantic import Field

from atoz.errors import (
    AmbiguousName,
    AtozError,
    Fault,
    InvalidDocument,
    MissingExtra,
    OrderForgotten,
    ReplayRefused,
    StaleClaim,
    StoreUnusable,
    TransitionRefused,
    UnknownName,
    printable,
)
from atoz.model.record import Record

MEDIA_TYPE = "application/problem+json"

STATUSES: Mapping[type[AtozError], HTTPStatus] = {
    TransitionRefused: HTTPStatus.CONFLICT,
    ReplayRefused: HTTPStatus.CONFLICT,
    StaleClaim: HTTPStatus.PRECONDITION_FAILED,
    OrderForgotten: HTTPStatus.GONE,
    StoreUnusable: HTTPStatus.SERVICE_UNAVAILABLE,
    MissingExtra: HTTPStatus.NOT_IMPLEMENTED,
}
"""The HTTP status of an error; 422 for every other one: the request was understood and cannot be answered."""


class ProblemFault(Record):
    """One thing that is wrong with what was sent."""

    path: str = Field(description="Where: names and positions, joined by dots; empty for the whole.")
    code: str = Field(description="The rule that is broken.")
    message: str = Field(description="In words.")


class Problem(Record):
    """Problem details: what went wrong, with atoz's stable code."""

    type: Literal["about:blank"] = Field(default="about:blank", description="Always this: `code` tells problems apart.")
    title: str = Field(description="What the status means.")
    status: int = Field(description="The status of the response.")
    detail: str = Field(description="What is wrong, and what to do about it.")
    code: str = Field(description="The stable code: that of atoz's error or refusal, or of the server's own check.")
    faults: tuple[ProblemFault, ...] = Field(default=(), description="Everything that is wrong with what was sent.")
    nearest: tuple[str, ...] = Field(default=(), description="Names that may have been meant.")
    missed: tuple[str, ...] = Field(default=(), description="For a stale version: what has happened since.")
    possible_from: str | None = Field(default=None, description="For a refused event: from when it is possible.")
    possible_until: str | None = Field(default=None, description="For a refused event: until when it was possible.")


def problem(status: HTTPStatus, code: str, detail: str, faults: tuple[Fault, ...] = ()) -> Problem:
    """A problem that the server itself finds.

    >>> problem(HTTPStatus.PRECONDITION_REQUIRED, "if_match_missing", "send the claim's ETag in If-Match").status
    428
    """
    rows = tuple(ProblemFault(**{name: printable(text) for name, text in asdict(fault).items()}) for fault in faults)
    return Problem(title=status.phrase, status=status, detail=printable(detail), code=code, faults=rows)


def problem_of(error: AtozError, status: HTTPStatus | None = None) -> Problem:
    """The problem that an error of atoz is; `status` where the request itself, not what it says, is at fault.

    >>> problem_of(UnknownName("edition", "us-2025", nearest=("us-2026",))).nearest
    ('us-2026',)
    """
    status = status or STATUSES.get(type(error), HTTPStatus.UNPROCESSABLE_ENTITY)
    detail, code = str(error), error.code
    facts: dict[str, object] = {}
    if isinstance(error, StoreUnusable):
        detail = "the claim store cannot be used now; the server's own log says why"  # its address is nobody's business
    elif isinstance(error, UnknownName):
        facts = {"nearest": error.nearest}
        status = HTTPStatus.NOT_FOUND if error.what == "claim" else status
    elif isinstance(error, AmbiguousName):
        facts = {"nearest": error.candidates}
    elif isinstance(error, StaleClaim):
        facts = {"missed": error.missed}
    elif isinstance(error, TransitionRefused):
        refusal = error.refusal
        code = refusal.code
        facts = {
            name: moment.isoformat()
            for name, moment in (("possible_from", refusal.possible_from), ("possible_until", refusal.possible_until))
            if moment is not None
        }
    faults = error.faults if isinstance(error, (InvalidDocument, ReplayRefused)) else ()
    return problem(status, code, detail, faults).model_copy(update=facts)
