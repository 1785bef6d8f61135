"""The HTTP server: every operation as `POST /api/v1/NAME`, the claims that it keeps, and pages to look at.

    from atoz.serve import ClaimFolder, access, create_app
    app = create_app(ClaimFolder(Path("claims")), access("127.0.0.1", 8000))

What the answers say is in `atoz.serve.operations`; who may ask is in `atoz.serve.guard`.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

import atoz
from atoz.errors import AtozError, InvalidDocument, MissingExtra
from atoz.model.events import AnyEvent
from atoz.model.order_id import ORDER_ID
from atoz.model.record import Record
from atoz.model.status import ClaimStatus
from atoz.planner.policy import Policy
from atoz.serve.claim_sources import ClaimSource, StoredClaims
from atoz.serve.guard import Access, Guard
from atoz.serve.operations import OPERATIONS, Context, Operation
from atoz.serve.problems import MEDIA_TYPE, Problem, problem

try:
    from fastapi import APIRouter, FastAPI, Header, Path, Query, Response
    from fastapi.exceptions import RequestValidationError
    from starlette.exceptions import HTTPException
    from starlette.types import ASGIApp

    from atoz.serve.http_answers import (
        BoundedRoute,
        claim_response,
        invalid_request,
        json_response,
        known_problem,
        problem_response,
        refused_request,
        unexpected_error,
    )
    from atoz.serve.http_pages import pages_router
except ModuleNotFoundError as missing:
    raise MissingExtra("the server", "serve") from missing

MOST_LISTED = 1000
_VERSION_DIGITS = 9
_PROBLEMS: dict[int | str, dict[str, object]] = {
    "default": {"model": Problem, "description": "A problem, with atoz's code.", "content": {MEDIA_TYPE: {}}}
}
_CLAIM_ID = Path(pattern=f"^{ORDER_ID.pattern}(/[0-9]{{1,3}})?$", description="The claim's id: its order id.")


class ListedClaim(Record):
    """One claim that the server keeps."""

    claim_id: str
    version: str
    status: ClaimStatus


class ClaimList(Record):
    """Claims that the server keeps, by their ids."""

    claims: tuple[ListedClaim, ...]
    unreadable: tuple[str, ...]
    """What could not be read, by name."""
    next_after: str | None
    """Where the list goes on: ask again with `after`; none at its end."""


def create_app(
    claims: ClaimSource | None,
    rules: Access,
    *,
    policy: Policy | str | None = None,
    clock: Callable[[], datetime] | None = None,
) -> ASGIApp:
    """The server as an ASGI application: the API, and for a server that keeps claims their pages and calendar.

    `clock` tells the present instant, for tests; by default the machine's clock does.

    Raises:
        MissingExtra: the extra `serve` is not installed.
    """
    tell = clock or _now
    app = FastAPI(
        title="atoz",
        version=atoz.__version__,
        summary="Amazon A-to-z Guarantee claims: where one stands, which dates count, what to do next, and why.",
        docs_url=None,  # its pages load scripts from elsewhere
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    app.add_exception_handler(AtozError, known_problem)
    app.add_exception_handler(RequestValidationError, invalid_request)
    app.add_exception_handler(HTTPException, refused_request)
    app.add_exception_handler(Exception, unexpected_error)
    api = APIRouter(prefix="/api/v1", route_class=BoundedRoute, responses=_PROBLEMS)
    for operation in OPERATIONS:
        api.add_api_route(
            f"/{operation.name}",
            _endpoint(operation, claims, tell),
            methods=["POST"],
            response_model=operation.result,
            summary=operation.summary,
            operation_id=operation.name.replace("-", "_"),
        )
    if claims is not None:
        _add_claims(api, claims)
    if isinstance(claims, StoredClaims):
        _add_writing(api, claims)
    app.include_router(api)
    if claims is not None:
        app.include_router(pages_router(claims, policy, tell, has_own_address=rules.calendar_key is not None))
    return Guard(app, rules)


def _now() -> datetime:
    return datetime.now(UTC)


def _endpoint(
    operation: Operation, claims: ClaimSource | None, tell: Callable[[], datetime]
) -> Callable[[Record], Response]:
    def answer(body: Record) -> Response:
        return json_response(operation.answer(body, Context(tell(), claims)))

    answer.__annotations__["body"] = operation.arguments
    return answer


def _add_claims(api: APIRouter, claims: ClaimSource) -> None:
    def list_claims(
        after: Annotated[str, Query(max_length=40, description="Only claims whose id comes after this.")] = "",
        limit: Annotated[int, Query(ge=1, le=MOST_LISTED, description="At most so many.")] = 100,
    ) -> Response:
        kept: list[ListedClaim] = []
        unreadable: list[str] = []
        for claim in claims.claims():
            if isinstance(claim, InvalidDocument):
                unreadable.append(claim.what)
            elif claim.claim_id > after and len(kept) <= limit:
                kept.append(ListedClaim(claim_id=claim.claim_id, version=claim.version, status=claim.claim.status))
        rest = kept[limit - 1].claim_id if len(kept) > limit else None
        return json_response(ClaimList(claims=tuple(kept[:limit]), unreadable=tuple(unreadable), next_after=rest))

    def get_claim(claim_id: Annotated[str, _CLAIM_ID]) -> Response:
        return claim_response(claims.get(claim_id))

    api.add_api_route(
        "/claims",
        list_claims,
        methods=["GET"],
        response_model=ClaimList,
        operation_id="list_claims",
        summary="The claims that the server keeps.",
    )
    api.add_api_route(
        "/claims/{claim_id:path}",
        get_claim,
        methods=["GET"],
        response_model=atoz.Claim,
        operation_id="get_claim",
        summary="One claim; its ETag is its version.",
    )


def _add_writing(api: APIRouter, claims: StoredClaims) -> None:
    def add_event(
        claim_id: Annotated[str, _CLAIM_ID],
        body: AnyEvent,
        if_match: Annotated[str | None, Header(description="The ETag of the claim as it was read.")] = None,
    ) -> Response:
        if if_match is None:
            words = "read the claim and send its ETag in If-Match, so that nobody's event is overwritten"
            return problem_response(problem(HTTPStatus.PRECONDITION_REQUIRED, "if_match_missing", words))
        version = if_match.strip().strip('"')
        if not (version.isascii() and version.isdecimal() and len(version) <= _VERSION_DIGITS):
            words = "this is not an ETag of a claim: it is a number in quotes"
            return problem_response(problem(HTTPStatus.PRECONDITION_FAILED, "no_such_version", words))
        return claim_response(claims.append(claim_id, body, expected_version=int(version)))

    api.add_api_route(
        "/claims/{claim_id:path}/events",
        add_event,
        methods=["POST"],
        response_model=atoz.Claim,
        operation_id="add_event",
        summary="Apply an event to a claim and store it; If-Match has to name the version that was read.",
    )
