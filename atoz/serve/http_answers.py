"""How the HTTP server reads bodies and answers: documents, claims with their version, and problems."""

from collections.abc import Callable, Coroutine
from http import HTTPStatus

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from atoz.errors import AtozError, InvalidDocument
from atoz.model.record import Record, faults_in, parse_json
from atoz.serve.claim_sources import KeptClaim
from atoz.serve.problems import MEDIA_TYPE, Problem, problem, problem_of


class _Unreadable(HTTPException):
    """A body that is not JSON as atoz reads it: FastAPI passes its own kind of exception on, and no other."""

    def __init__(self, error: InvalidDocument) -> None:
        super().__init__(HTTPStatus.BAD_REQUEST)
        self.error = error


class _BoundedRequest(Request):
    async def json(self) -> object:
        """The body, read within the limits of `atoz.model.limits`: a duplicate key is refused, for example."""
        try:
            return parse_json(await self.body(), what="body")
        except InvalidDocument as error:
            raise _Unreadable(error) from None


class BoundedRoute(APIRoute):
    """A route whose body is read within the limits of `atoz.model.limits`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[None, None, Response]]:
        """The handler, with requests that read their body as atoz does."""
        handler = super().get_route_handler()

        async def bounded(request: Request) -> Response:
            """The answer to one request."""
            return await handler(_BoundedRequest(request.scope, request.receive))

        return bounded


def claim_response(claim: KeptClaim) -> Response:
    """A claim that the server keeps, its version as the ETag."""
    response = json_response(claim.claim)
    response.headers["etag"] = f'"{claim.version}"'
    return response


def json_response(result: Record) -> Response:
    """A document."""
    return Response(result.model_dump_json(), media_type="application/json")


def problem_response(problem: Problem) -> Response:
    """A problem, with its status."""
    return Response(problem.model_dump_json(exclude_defaults=True), problem.status, media_type=MEDIA_TYPE)


def known_problem(_: Request, error: Exception) -> Response:
    """An error of atoz."""
    return problem_response(problem_of(error) if isinstance(error, AtozError) else _internal())


def invalid_request(_: Request, error: Exception) -> Response:
    """What FastAPI's reading of the arguments finds, in atoz's words."""
    if not isinstance(error, RequestValidationError):
        return problem_response(_internal())
    return problem_response(problem_of(InvalidDocument("request", faults_in(error.errors()))))


def refused_request(_: Request, error: Exception) -> Response:
    """What the server refuses before any operation is asked: a path, a method, a body that is not JSON."""
    if isinstance(error, _Unreadable):
        return problem_response(problem_of(error.error, HTTPStatus.BAD_REQUEST))
    status = HTTPStatus(error.status_code) if isinstance(error, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR
    return problem_response(problem(status, status.name.lower(), status.description or status.phrase))


def unexpected_error(_: Request, __: Exception) -> Response:
    """A fault of the server itself: its log says more than its answer."""
    return problem_response(_internal())


def _internal() -> Problem:
    words = "the server failed; its own log has the cause"
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", words)
