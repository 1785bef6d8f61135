"""Requests of the server beside the bare function and beside a route that only reads the same body, in one run."""

import json
import statistics
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("uvicorn")
pytest.importorskip("httpx")

import httpx
import uvicorn
from fastapi import FastAPI

from atoz.lifecycle.replay import read_claim
from atoz.model.claim import Claim
from atoz.planner.plan import plan
from atoz.serve import access, create_app

AS_OF = datetime(2016, 6, 22, 16, tzinfo=UTC)
DOCUMENT = json.loads(
    (Path(__file__).parent.parent.parent / "examples" / "claims" / "not-received.json").read_text(encoding="utf-8")
)
REQUESTS = 400


@contextmanager
def served(make):
    """An application on loopback, on a port of its own."""
    listening = uvicorn.Config("", host="127.0.0.1", port=0, log_level="error").bind_socket()
    port = listening.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(make(port), log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=20)
        listening.close()


def parse_only(_: int) -> FastAPI:
    """The least that any such server does: read the claim of the same body."""
    app = FastAPI()

    @app.post("/api/v1/plan")
    def answer(body: dict[str, object]) -> dict[str, object]:
        return {"status": Claim.model_validate(body["claim"]).status.value}

    return app


def times(server: str, count: int) -> list[float]:
    """Seconds of each request, one after another on one connection."""
    body = json.dumps({"claim": DOCUMENT, "as_of": AS_OF.isoformat()}).encode()
    spent = []
    with httpx.Client(headers={"content-type": "application/json"}) as client:
        for _ in range(count):
            start = time.perf_counter()
            assert client.post(f"{server}/api/v1/plan", content=body).status_code == 200
            spent.append(time.perf_counter() - start)
    return spent


def test_plans_a_second(benchmark, finding):
    """The same claim planned by the function, over HTTP, and only read over HTTP."""
    count = REQUESTS if benchmark.enabled else 3
    claim = read_claim(DOCUMENT)
    start = time.perf_counter()
    for _ in range(count):
        plan(claim, as_of=AS_OF)
    alone = (time.perf_counter() - start) / count
    with served(parse_only) as server:
        times(server, 3)
        read = statistics.median(times(server, count))
    with served(lambda port: create_app(None, access("127.0.0.1", port))) as server:
        times(server, 3)
        spent = benchmark.pedantic(times, args=(server, count), rounds=1)
    median, last = statistics.median(spent), sorted(spent)[int(len(spent) * 0.99)]
    finding("requests of /api/v1/plan, one after another", f"{1 / median:,.0f}/s, p99 {last * 1000:.1f} ms", "none")
    finding("the same beside the bare function", f"{median / alone:.1f} times the time", "none")
    finding("the same beside a route that only reads the claim", f"{median / read:.2f} times the time", "none")
