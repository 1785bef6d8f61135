"""Where the payloads of the tests come from: made ones, and Amazon's own from a folder beside the repository."""

from pathlib import Path

import pytest

from atoz.model.record import parse_json

OFFICIAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "sp_api"
MADE = Path(__file__).parent / "data"


@pytest.fixture
def official():
    """Amazon's example payloads by name; the test skips where the folder is absent."""

    def read(name):
        path = OFFICIAL / name
        if not path.is_file():
            pytest.skip(f"Amazon's example {name} is not beside the repository")
        return parse_json(path.read_bytes(), what=name)

    return read


@pytest.fixture
def made():
    """A made file by name, as bytes."""
    return lambda name: (MADE / name).read_bytes()
