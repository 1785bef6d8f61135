"""Claims to draw."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from atoz.lifecycle.replay import read_claim
from atoz.model.claim import Claim

CLAIMS = Path(__file__).parent.parent.parent / "examples" / "claims"
AS_OF = datetime(2016, 6, 22, 16, tzinfo=UTC)


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
