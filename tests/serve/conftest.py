"""A server over the example claims, in this process and as a real one on loopback."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from starlette.testclient import TestClient
    from starlette.types import ASGIApp

CLAIMS = Path(__file__).parent.parent.parent / "examples" / "claims"
NOW = datetime(2016, 6, 22, 16, tzinfo=UTC)
BASE = "http://127.0.0.1:8000"


class ServerTests(pytest.Module):
    """A module of tests that needs the server's libraries: without them it is skipped, and the summary says which."""

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        """The tests, once the libraries are known to be there."""
        for library in ("fastapi", "uvicorn", "httpx"):
            pytest.importorskip(library)
        return super().collect()


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module:
    """Every module of this folder needs them; a conftest that skipped itself would end the run instead."""
    return ServerTests.from_parent(parent, path=module_path)


@pytest.fixture
def folder() -> Path:
    """The folder of claim files that ships as examples."""
    return CLAIMS


@pytest.fixture
def client(folder: Path) -> "TestClient":
    """A client of a server over the examples, at a fixed instant."""
    from starlette.testclient import TestClient

    from atoz.serve import ClaimFolder, access, create_app

    app = create_app(ClaimFolder(folder), access("127.0.0.1", 8000), clock=lambda: NOW)
    return TestClient(app, base_url=BASE, raise_server_exceptions=False)


@contextmanager
def _running(make: "Callable[[int], ASGIApp]") -> Iterator[int]:
    """The application for a port, on a real server on loopback."""
    import uvicorn

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
def running() -> "Callable[[Callable[[int], ASGIApp]], object]":
    """Run an application on loopback while a block lasts."""
    return _running
