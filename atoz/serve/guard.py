"""The gate in front of the server: who may ask, from where, how much and how long.

A server on loopback is no safe place by itself: any page in a browser on the same machine can send requests to it, and
with a name that it makes point to 127.0.0.1 it could even read the answers. So the `Host` of every request has to be a
name of this server, and an `Origin`, where a browser sends one, this server itself.
"""

import asyncio
import hmac
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from atoz.errors import Fault, InvalidDocument
from atoz.serve.problems import MEDIA_TYPE, Problem, problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 1024 * 1024
"""The largest body that is read, in bytes."""
BODY_SECONDS = 10.0
"""How long a client may take to send one."""
SHORTEST_KEY = 20
"""The least number of characters of a token and of a calendar key."""
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
CALENDAR = "/calendar/"

_SAFE_METHODS = ("GET", "HEAD")
HEADERS = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)
"""What a response says unless it says it itself: a page allows its own style sheet, by its hash."""


class Access(NamedTuple):
    """Who may use the server, and by which name."""

    names: frozenset[str]
    """The values of `Host` that are this server's, in lower case, with and without its port."""
    token: str | None = None
    """What a client has to know; none on loopback, if nothing is asked for."""
    calendar_key: str | None = None
    """The part of the calendar's own address that only its readers know; none if it has no address of its own."""
    secure: bool = False
    """Whether browsers reach the server by https."""


def access(
    host: str,
    port: int,
    *,
    token: str | None = None,
    calendar_key: str | None = None,
    public_name: str | None = None,
    tls: bool = False,
    behind_proxy: bool = False,
) -> Access:
    """Who may use a server that listens on `host` and `port`.

    >>> access("127.0.0.1", 8000).names == {"127.0.0.1:8000", "localhost:8000", "[::1]:8000"}
    True

    Raises:
        InvalidDocument: beyond loopback without a token, a name and TLS or a proxy; or a key that is easily guessed.
    """
    local = host in ("127.0.0.1", "::1", "localhost")
    faults = [
        Fault(name, "too_short", f"at least {SHORTEST_KEY} characters are needed: make one at random")
        for name, key in (("ATOZ_TOKEN", token), ("ATOZ_CALENDAR_KEY", calendar_key))
        if key is not None and len(key) < SHORTEST_KEY
    ]
    if not local and not token:
        faults.append(Fault("ATOZ_TOKEN", "missing", "set a token: others can reach this address"))
    if not local and not (tls or behind_proxy):
        words = "give --tls-certificate and --tls-key, or say --behind-proxy: a token must not travel in the clear"
        faults.append(Fault("--host", "no_tls", words))
    if (not local or behind_proxy) and not public_name:
        faults.append(Fault("--public-name", "missing", "give the name by which browsers reach this server"))
    if faults:
        raise InvalidDocument("serve", tuple(faults))
    secure = tls or behind_proxy
    own: set[str] = {f"{name}:{port}" for name in LOOPBACK} if local else set()
    if public_name:
        own |= {public_name.lower(), f"{public_name.lower()}:{port}"}
    return Access(frozenset(own), token, calendar_key, secure)


class Refused(Exception):
    """A request that is not let through, and the problem that says so."""

    def __init__(self, refusal: Problem, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
        self.problem, self.headers = refusal, tuple(headers)
        super().__init__(refusal.code)


class Guard:
    """An ASGI application that lets through what `Access` allows, bounds it, and adds the headers of `HEADERS`."""

    def __init__(self, app: "ASGIApp", rules: Access) -> None:
        self._app, self._rules = app, rules

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Check a request, then pass it on."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return  # no web sockets
        try:
            headers = _headers(scope["headers"])
            check_request(self._rules, scope["method"], scope["path"], headers)
            body = await _body(receive, headers)
        except Refused as refused:
            await _answer(send, refused)
            return

        sent = False

        async def read() -> "Message":
            nonlocal sent
            if sent:
                return await receive()
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def write(message: "Message") -> None:
            if message["type"] == "http.response.start":
                there = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(row for row in HEADERS if row[0] not in there)]
            await send(message)

        await self._app(scope, read, write)


def check_request(rules: Access, method: str, path: str, headers: Mapping[str, str]) -> None:
    """Let a request through, or not.

    Raises:
        Refused: it is for another server, comes from another page, knows no token, or is not JSON.
    """
    if headers.get("host", "").lower() not in rules.names:
        words = "this server does not have that name; see --public-name"
        raise Refused(problem(HTTPStatus.MISDIRECTED_REQUEST, "wrong_host", words))
    origin = headers.get("origin")
    if (origin is not None and not _own_origin(origin, rules)) or headers.get("sec-fetch-site") == "cross-site":
        raise Refused(problem(HTTPStatus.FORBIDDEN, "cross_origin", "requests from other sites' pages are refused"))
    reads_calendar = method in _SAFE_METHODS and _is_own_calendar(path, rules.calendar_key)
    if not (reads_calendar or _knows_token(rules.token, headers)):
        challenge = [(b"www-authenticate", b'Basic realm="atoz", charset="UTF-8"'), (b"www-authenticate", b"Bearer")]
        words = "send the token, as a bearer token or as the password of basic authentication"
        raise Refused(problem(HTTPStatus.UNAUTHORIZED, "token_needed", words), challenge)
    if path.startswith(CALENDAR) and not reads_calendar:
        raise Refused(problem(HTTPStatus.NOT_FOUND, "not_found", "there is no calendar at this address"))
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    if method not in _SAFE_METHODS and media != "application/json":
        words = "send JSON, and say so: Content-Type: application/json"
        raise Refused(problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "not_json", words))


def _own_origin(origin: str, rules: Access) -> bool:
    parts = urlsplit(origin)
    return parts.scheme == ("https" if rules.secure else "http") and parts.netloc.lower() in rules.names


def _is_own_calendar(path: str, key: str | None) -> bool:
    """Whether this is the calendar's own address; compared in constant time."""
    asked = path.removeprefix(CALENDAR).removesuffix(".ics")
    return key is not None and path == f"{CALENDAR}{asked}.ics" and hmac.compare_digest(asked.encode(), key.encode())


def _knows_token(token: str | None, headers: Mapping[str, str]) -> bool:
    """Whether the token is known, if there is one; compared in constant time."""
    scheme, _, value = headers.get("authorization", "").partition(" ")
    return token is None or hmac.compare_digest(_secret(scheme.lower(), value.strip()).encode(), token.encode())


def _secret(scheme: str, value: str) -> str:
    if scheme == "bearer":
        return value
    if scheme != "basic":
        return ""
    try:
        return b64decode(value, validate=True).decode("utf-8", "replace").partition(":")[2]
    except NotBase64:
        return ""


def _headers(rows: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """The headers by name; a name that decides who may enter may stand there only once.

    Raises:
        Refused: it stands there twice.
    """
    headers: dict[str, str] = {}
    for raw, value in rows:
        name = raw.decode("latin-1").lower()
        if name in headers and name in ("host", "origin", "authorization", "content-type", "content-length"):
            raise Refused(problem(HTTPStatus.BAD_REQUEST, "repeated_header", f"duplicate header {name!r}"))
        headers[name] = value.decode("latin-1")
    return headers


async def _body(receive: "Receive", headers: Mapping[str, str]) -> bytes:
    """The whole body, if it is not too large and comes in time.

    Raises:
        Refused: it is too large, or takes too long.
    """
    length = headers.get("content-length", "")
    if length.isdecimal() and int(length[:12]) > MAX_BODY:
        raise _too_large()
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while True:
                message = await receive()
                part = message.get("body", b"")
                size += len(part)
                if size > MAX_BODY:
                    raise _too_large()
                parts.append(part)
                if message["type"] == "http.disconnect" or not message.get("more_body", False):
                    return b"".join(parts)
    except TimeoutError:
        words = "the request took too long to arrive"
        raise Refused(problem(HTTPStatus.REQUEST_TIMEOUT, "too_slow", words)) from None


def _too_large() -> Refused:
    words = f"a request may have {MAX_BODY // 1024} KiB; use the command line for more"
    return Refused(problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", words))


async def _answer(send: "Send", refused: Refused) -> None:
    body = refused.problem.model_dump_json(exclude_defaults=True).encode()
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
    headers += [*refused.headers, *HEADERS, (b"connection", b"close")]
    await send({"type": "http.response.start", "status": refused.problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
