"""A server over the example claims, in this process and as a real one on loopback."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("uvicorn")
pytest.importorskip("httpx")

import uvicorn
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from atoz.serve import ClaimFolder, access, create_app

CLAIMS = Path(__file__).parent.parent.parent / "examples" / "claims"
NOW = datetime(2016, 6, 22, 16, tzinfo=UTC)
BASE = "http://127.0.0.1:8000"


@pytest.fixture
def folder() -> Path:
    """The folder of claim files that ships as examples."""
    return CLAIMS


@pytest.fixture
def client(folder: Path) -> TestClient:
    """A client of a server over the examples, at a fixed instant."""
    app = create_app(ClaimFolder(folder), access("127.0.0.1", 8000), clock=lambda: NOW)
    return TestClient(app, base_url=BASE, raise_server_exceptions=False)


@contextmanager
def _running(make: Callable[[int], ASGIApp]) -> Iterator[int]:
    """The application for a port, on a real server on loopback."""
    config = uvicorn.Config("", host="127.0.0.1", port=0, log_level="error", lifespan="off")
    listening = config.bind_socket()
    port = listening.getsockname()[1]
    config = uvicorn.Config(make(port), log_level="error", lifespan="off", proxy_headers=False, server_header=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    try:
        yield port
    finally:
        server.should_exit = True
        thread.join(timeout=20)
        listening.close()


@pytest.fixture
def running() -> Callable[[Callable[[int], ASGIApp]], object]:
    """Run an application on loopback while a block lasts."""
    return _running
