"""Claims to draw, and the real programs that judge the drawings."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import pytest

from atoz.lifecycle.replay import read_claim
from atoz.model.claim import Claim

CLAIMS = Path(__file__).parent.parent.parent / "examples" / "claims"
AS_OF = datetime(2016, 6, 22, 16, tzinfo=UTC)


def _lacking(what: str) -> NoReturn:
    """Skip, or fail where the gate promised that every tool is there."""
    if os.environ.get("ATOZ_REQUIRE_TOOLS") == "1":
        pytest.fail(f"{what} is required here and missing")
    pytest.skip(f"{what} is not installed")


@pytest.fixture(scope="session")
def lacking() -> Callable[[str], NoReturn]:
    """What to call where a tool is missing."""
    return _lacking


@pytest.fixture(scope="session")
def example() -> Callable[[str], Claim]:
    """A claim of the examples folder by its name."""
    return lambda name: read_claim(json.loads((CLAIMS / f"{name}.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def many() -> list[Claim]:
    """The claims of the example worklist."""
    return [read_claim(json.loads(line)) for line in (CLAIMS / "many.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="session")
def as_of() -> datetime:
    """The instant that pages are made for."""
    return AS_OF


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """Headless Chromium, the distribution's own, with a fresh profile and no network chatter."""
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        _lacking("playwright")
    chromium = shutil.which("chromium")
    if chromium is None:
        _lacking("chromium")
    quiet = ("gpu", "quic", "background-networking", "component-update", "sync")
    with sync_playwright() as playwright:
        context = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--no-first-run", *(f"--disable-{each}" for each in quiet)],
            env={**os.environ, "HOME": str(tmp_path_factory.mktemp("home"))},
        )
        yield context
        context.close()


@pytest.fixture(scope="session")
def node_file() -> Callable[[str], Path]:
    """A file of an npm package, from the folder that ATOZ_NODE_MODULES names."""

    def find(name: str) -> Path:
        folder = os.environ.get("ATOZ_NODE_MODULES")
        if not folder or not (Path(folder) / name).is_file():
            _lacking(f"npm's {name} (in the folder ATOZ_NODE_MODULES)")
        return Path(folder or "") / name

    return find
