"""Who may ask: names, origins, tokens, keys, sizes and times, each on both sides of its line."""

import asyncio
import base64
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.testclient import TestClient

from atoz.errors import InvalidDocument
from atoz.serve import ClaimFolder, access, create_app, guard

TOKEN = "a-token-of-more-than-twenty-characters"  # noqa: S105
KEY = "a-key-of-more-than-twenty-characters"
PLAN = {"claim_id": "202-7654321-7654321"}


def in_a_loop(begin):
    """Run a coroutine to its end; in a thread of its own, since a browser may hold this one's loop."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(begin())).result()


def client_of(folder, *, base_url="http://127.0.0.1:8000", host="127.0.0.1", **rules):
    """A client of a server with these rules."""
    app = create_app(ClaimFolder(folder), access(host, 8000, **rules))
    return TestClient(app, base_url=base_url, raise_server_exceptions=False)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("127.0.0.1:8000", 200),
        ("localhost:8000", 200),
        ("LOCALHOST:8000", 200),
        ("[::1]:8000", 200),
        ("127.0.0.1", 421),
        ("127.0.0.1:8001", 421),
        ("127.0.0.1:8000.evil.example", 421),
        ("rebound.example:8000", 421),
        ("", 421),
    ],
)
def test_only_a_name_of_the_server_is_answered(client, name, status):
    """A page whose name was made to point to loopback reads nothing."""
    assert client.get("/", headers={"host": name}).status_code == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "http://127.0.0.1:8000"}, 200),
        ({"origin": "http://localhost:8000"}, 200),
        ({"origin": "https://127.0.0.1:8000"}, 403),
        ({"origin": "http://127.0.0.1:8001"}, 403),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-origin"}, 200),
    ],
)
def test_other_sites_pages_are_refused(client, headers, status):
    """A form or script of another page cannot use the server of the person who looks at it."""
    assert client.post("/api/v1/plan", json=PLAN, headers=headers).status_code == status


@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_what_a_form_can_send_is_refused(client, media):
    """Only JSON, which a page of another site cannot send without asking first."""
    answer = client.post("/api/v1/plan", content='{"claim_id": "1"}', headers={"content-type": media})
    assert (answer.status_code, answer.json()["code"]) == (415, "not_json")


def test_a_header_that_stands_twice_is_refused(client):
    """Two readers could take different ones of them."""
    answer = client.get("/", headers=[("host", "127.0.0.1:8000"), ("host", "evil.example")])
    assert (answer.status_code, answer.json()["code"]) == (400, "repeated_header")


def basic(password: str) -> str:
    """The header of basic authentication."""
    return "Basic " + base64.b64encode(f"seller:{password}".encode()).decode()


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer {TOKEN}", 200),
        (basic(TOKEN), 200),
        (f"Bearer {TOKEN[:-1]}", 401),
        (f"Bearer {TOKEN}x", 401),
        (basic(TOKEN + "x"), 401),
        ("Basic ???", 401),
        ("Basic", 401),
        (TOKEN, 401),
        (None, 401),
    ],
)
def test_a_token_is_needed_where_one_is_set(folder, header, status):
    """As a bearer token, or as the password that a browser asks for."""
    headers = {} if header is None else {"authorization": header}
    answer = client_of(folder, token=TOKEN).get("/", headers=headers)
    assert answer.status_code == status
    assert status == 200 or "Basic" in answer.headers["www-authenticate"]


def test_a_token_in_the_address_is_none(folder):
    """Addresses end in logs and histories."""
    client = client_of(folder, token=TOKEN)
    assert client.get("/", params={"token": TOKEN}).status_code == 401


def test_the_calendar_has_an_address_of_its_own(folder):
    """It opens the calendar and nothing else, only to read, and a new key revokes it."""
    client = client_of(folder, token=TOKEN, calendar_key=KEY)
    assert client.get(f"/calendar/{KEY}.ics").text.startswith("BEGIN:VCALENDAR")
    assert client.get(f"/calendar/{KEY[:-1]}.ics").status_code == 401
    assert client.get(f"/calendar/{KEY}.ics/../../").status_code == 401
    assert client.post(f"/calendar/{KEY}.ics", json={}).status_code == 401
    assert client.get("/").status_code == 401
    revoked = client_of(folder, token=TOKEN, calendar_key=KEY + "2")
    assert revoked.get(f"/calendar/{KEY}.ics").status_code == 401


def test_with_a_key_but_no_token_any_other_key_still_opens_nothing(folder):
    """Without a token loopback is trusted, but an old address stays revoked."""
    client = client_of(folder, calendar_key=KEY)
    assert client.get(f"/calendar/{KEY}.ics").status_code == 200
    assert client.get("/calendar/another-key-of-twenty-chars.ics").status_code == 404


@pytest.mark.parametrize(
    ("rules", "codes"),
    [
        ({"host": "127.0.0.1"}, []),
        ({"host": "::1"}, []),
        ({"host": "0.0.0.0"}, ["missing", "no_tls", "missing"]),  # noqa: S104
        ({"host": "10.0.0.5", "token": TOKEN}, ["no_tls", "missing"]),
        ({"host": "10.0.0.5", "token": TOKEN, "tls": True}, ["missing"]),
        ({"host": "10.0.0.5", "token": TOKEN, "tls": True, "public_name": "claims.example"}, []),
        ({"host": "10.0.0.5", "token": TOKEN, "behind_proxy": True, "public_name": "claims.example"}, []),
        ({"host": "10.0.0.5", "token": "x" * 19, "tls": True, "public_name": "claims.example"}, ["too_short"]),
        ({"host": "127.0.0.1", "calendar_key": "x" * 19}, ["too_short"]),
        ({"host": "127.0.0.1", "calendar_key": "x" * 20}, []),
        ({"host": "127.0.0.1", "behind_proxy": True}, ["missing"]),
    ],
)
def test_beyond_loopback_more_is_needed(rules, codes):
    """A token, a name, and TLS or a proxy that brings it: all that lacks is said together."""
    host = rules.pop("host")
    if not codes:
        assert access(host, 8000, **rules).names
        return
    with pytest.raises(InvalidDocument) as refused:
        access(host, 8000, **rules)
    assert [fault.code for fault in refused.value.faults] == codes


def test_a_public_server_answers_to_its_name_alone(folder):
    """Not to loopback's, and over https as far as browsers can tell."""
    client = client_of(
        folder,
        host="10.0.0.5",
        token=TOKEN,
        public_name="claims.example",
        behind_proxy=True,
        base_url="https://claims.example",
    )
    client.headers["authorization"] = f"Bearer {TOKEN}"
    assert client.get("/").status_code == 200
    assert client.get("/", headers={"host": "127.0.0.1:8000"}).status_code == 421
    assert client.get("/", headers={"origin": "http://claims.example"}).status_code == 403
    assert client.get("/", headers={"origin": "https://claims.example"}).status_code == 200


def test_a_proxys_words_change_nothing(client):
    """Forwarded headers of a stranger are no reason to believe anything."""
    headers = {"host": "evil.example", "x-forwarded-host": "127.0.0.1:8000", "forwarded": "host=127.0.0.1:8000"}
    assert client.get("/", headers=headers).status_code == 421


def test_a_body_has_its_largest_size(client):
    """The last byte that is read, and the first too many, announced or not."""
    fits = b'{"claim_id": "' + b"x" * (guard.MAX_BODY - 16) + b'"}'
    assert len(fits) == guard.MAX_BODY
    headers = {"content-type": "application/json"}
    assert client.post("/api/v1/plan", content=fits, headers=headers).status_code == 422
    assert client.post("/api/v1/plan", content=fits + b" ", headers=headers).status_code == 413
    in_parts = iter([fits, b" "])  # sent in chunks, without a Content-Length
    assert client.post("/api/v1/plan", content=in_parts, headers=headers).status_code == 413


def test_a_body_that_never_ends_is_given_up(monkeypatch):
    """408 once the time is over."""
    monkeypatch.setattr(guard, "BODY_SECONDS", 0.05)
    sent = []

    async def receive():
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b" ", "more_body": True}

    async def send(message):
        sent.append(message)

    async def never(scope, receive, send):
        raise AssertionError

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/plan",
        "headers": [(b"host", b"127.0.0.1:8000"), (b"content-type", b"application/json")],
    }
    in_a_loop(lambda: guard.Guard(never, access("127.0.0.1", 8000))(scope, receive, send))
    assert sent[0]["status"] == 408


def test_web_sockets_are_not_answered():
    """Nothing behind the gate is reached by another protocol."""

    async def never(scope, receive, send):
        raise AssertionError

    in_a_loop(lambda: guard.Guard(never, access("127.0.0.1", 8000))({"type": "websocket"}, None, None))


@pytest.mark.parametrize("path", ["/", "/api/v1/claims", "/nothing", "/claims/202-7654321-7654321", "/calendar.ics"])
def test_every_answer_has_the_headers_that_bind_a_browser(client, path):
    """No scripts, no frames, no guessing of types, no trace in another site or cache."""
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers


@pytest.mark.parametrize(
    "path", ["/claims/../../etc/passwd", "/claims/%2e%2e%2fsecret", "/claims/x", "/api/v1/claims/x"]
)
def test_no_path_leads_out_of_the_claims(client, path):
    """A claim's id is looked up among ids, never opened as a file."""
    answer = client.get(path)
    assert answer.status_code in (404, 422)
    assert "/etc" not in answer.text or "passwd" in path


@pytest.mark.slow
def test_a_real_server_keeps_its_gate(running, folder):
    """Raw bytes on a socket: a wrong name, two requests at once, and a request that is none."""

    def ask(port: int, raw: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(raw)
            parts = []
            while part := connection.recv(65536):
                parts.append(part)
            return b"".join(parts)

    with running(lambda port: create_app(ClaimFolder(folder), access("127.0.0.1", port))) as port:
        name = f"127.0.0.1:{port}".encode()
        assert ask(port, b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n").startswith(
            b"HTTP/1.1 421"
        )
        assert ask(port, b"GET / HTTP/1.1\r\nHost: " + name + b"\r\nConnection: close\r\n\r\n").startswith(
            b"HTTP/1.1 200"
        )
        assert ask(port, b"\x00\x01\x02\r\n\r\n").startswith(b"HTTP/1.1 400")
        both = b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"
        smuggled = b"POST /api/v1/plan HTTP/1.1\r\nHost: " + name + b"\r\n" + both + b"\r\n0\r\n\r\n"
        assert not ask(port, smuggled + b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n").startswith(b"HTTP/1.1 200")
