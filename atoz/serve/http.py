"""The HTTP server: every operation as `POST /api/v1/NAME`, the claims that it keeps, and pages to look at.

    from atoz.serve import ClaimFolder, access, create_app
    app = create_app(ClaimFolder(Path("claims")), access("127.0.0.1", 8000))

What the answers say is in `atoz.serve.operations`; who may ask is in `atoz.serve.guard`.
"""

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Literal

import atoz
from atoz.errors import AtozError, InvalidDocument, MissingExtra
from atoz.model.events import AnyEvent
from atoz.model.order_id import ORDER_ID
from atoz.model.record import Record, faults_in, parse_json
from atoz.model.status import ClaimStatus
from atoz.model.text import Language
from atoz.planner.policy import Policy
from atoz.report.calendar import calendar
from atoz.report.claim_page import claim_page
from atoz.report.html import page_policy
from atoz.report.worklist_page import worklist_page
from atoz.serve.claim_sources import ClaimSource, KeptClaim, StoredClaims
from atoz.serve.guard import Access, Guard
from atoz.serve.operations import OPERATIONS, Context, Operation
from atoz.serve.problems import MEDIA_TYPE, Problem, problem, problem_of

try:
    from fastapi import APIRouter, FastAPI, Header, Path, Query, Request, Response
    from fastapi.exceptions import RequestValidationError
    from fastapi.routing import APIRoute
    from starlette.exceptions import HTTPException
    from starlette.types import ASGIApp
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


class _Unreadable(HTTPException):
    """A body that is not JSON as atoz reads it: FastAPI passes its own kind of exception on, and no other."""

    def __init__(self, error: InvalidDocument) -> None:
        super().__init__(HTTPStatus.BAD_REQUEST)
        self.error = error


class _BoundedRequest(Request):
    async def json(self) -> object:
        """The body, read within the limits of `atoz.model.limits`: a key that stands twice is refused, for example."""
        try:
            return parse_json(await self.body(), what="body")
        except InvalidDocument as error:
            raise _Unreadable(error) from None


class _Route(APIRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[None, None, Response]]:
        """The handler, with requests that read their body as atoz does."""
        handler = super().get_route_handler()

        async def bounded(request: Request) -> Response:
            return await handler(_BoundedRequest(request.scope, request.receive))

        return bounded


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
    app.add_exception_handler(AtozError, _known_problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(Exception, _unexpected)
    api = APIRouter(prefix="/api/v1", route_class=_Route, responses=_PROBLEMS)
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
        app.include_router(_pages(claims, policy, tell, has_own_address=rules.calendar_key is not None))
    return Guard(app, rules)


def _now() -> datetime:
    return datetime.now(UTC)


def _endpoint(
    operation: Operation, claims: ClaimSource | None, tell: Callable[[], datetime]
) -> Callable[[Record], Response]:
    def answer(body: Record) -> Response:
        return _json(operation.answer(body, Context(tell(), claims)))

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
        return _json(ClaimList(claims=tuple(kept[:limit]), unreadable=tuple(unreadable), next_after=rest))

    def get_claim(claim_id: Annotated[str, _CLAIM_ID]) -> Response:
        return _kept(claims.get(claim_id))

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
            return _problem(problem(HTTPStatus.PRECONDITION_REQUIRED, "if_match_missing", words))
        version = if_match.strip().strip('"')
        if not (version.isascii() and version.isdecimal() and len(version) <= _VERSION_DIGITS):
            words = "this is not an ETag of a claim: it is a number in quotes"
            return _problem(problem(HTTPStatus.PRECONDITION_FAILED, "no_such_version", words))
        return _kept(claims.append(claim_id, body, expected_version=int(version)))

    api.add_api_route(
        "/claims/{claim_id:path}/events",
        add_event,
        methods=["POST"],
        response_model=atoz.Claim,
        operation_id="add_event",
        summary="Apply an event to a claim and store it; If-Match has to name the version that was read.",
    )


def _pages(
    claims: ClaimSource, policy: Policy | str | None, tell: Callable[[], datetime], *, has_own_address: bool
) -> APIRouter:
    pages = APIRouter(include_in_schema=False)
    language_of = Query(description="The language that is shown first.")

    @pages.get("/")
    def worklist(lang: Annotated[Literal["en", "zh"], language_of] = "en") -> Response:
        kept, unreadable = _readable(claims)
        ids = {id(claim.claim): claim.claim_id for claim in kept}
        page = worklist_page(
            [claim.claim for claim in kept],
            as_of=tell(),
            policy=policy,
            language=lang,
            unreadable=unreadable,
            link=lambda claim: f"/claims/{ids[id(claim)]}",
        )
        return _page(page)

    @pages.get("/claims/{claim_id:path}")
    def one_claim(claim_id: str, lang: Annotated[Literal["en", "zh"], language_of] = "en") -> Response:
        return _page(claim_page(claims.get(claim_id).claim, as_of=tell(), policy=policy, language=lang))

    def feed(lang: Annotated[Literal["en", "zh"], language_of] = "en") -> Response:
        kept, _ = _readable(claims)
        language: Language = lang
        text = calendar([claim.claim for claim in kept], as_of=tell(), policy=policy, language=language)
        return Response(text, media_type="text/calendar; charset=utf-8")

    @pages.get("/favicon.ico")
    def no_icon() -> Response:  # browsers ask for one unasked
        return Response(status_code=HTTPStatus.NO_CONTENT)

    pages.add_api_route("/calendar.ics", feed, methods=["GET"])
    if has_own_address:
        pages.add_api_route("/calendar/{key}.ics", feed, methods=["GET"])  # the guard compares the key
    return pages


def _readable(claims: ClaimSource) -> tuple[list[KeptClaim], int]:
    every = list(claims.claims())
    kept = [claim for claim in every if isinstance(claim, KeptClaim)]
    return kept, len(every) - len(kept)


def _page(text: str) -> Response:
    policy = f"{page_policy()}; frame-ancestors 'none'"
    return Response(text, media_type="text/html; charset=utf-8", headers={"content-security-policy": policy})


def _kept(claim: KeptClaim) -> Response:
    response = _json(claim.claim)
    response.headers["etag"] = f'"{claim.version}"'
    return response


def _json(result: Record) -> Response:
    return Response(result.model_dump_json(), media_type="application/json")


def _problem(problem: Problem) -> Response:
    return Response(problem.model_dump_json(exclude_defaults=True), problem.status, media_type=MEDIA_TYPE)


def _known_problem(_: Request, error: Exception) -> Response:
    return _problem(problem_of(error) if isinstance(error, AtozError) else _internal())


def _invalid(_: Request, error: Exception) -> Response:
    """What FastAPI's reading of the arguments finds, in atoz's words."""
    if not isinstance(error, RequestValidationError):
        return _problem(_internal())
    return _problem(problem_of(InvalidDocument("request", faults_in(error.errors()))))


def _refused(_: Request, error: Exception) -> Response:
    if isinstance(error, _Unreadable):
        return _problem(problem_of(error.error, HTTPStatus.BAD_REQUEST))
    status = HTTPStatus(error.status_code) if isinstance(error, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR
    return _problem(problem(status, status.name.lower(), status.description or status.phrase))


def _unexpected(_: Request, __: Exception) -> Response:
    return _problem(_internal())


def _internal() -> Problem:
    words = "the server failed; its own log has the cause"
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", words)
