"""Run the command line in this process, as a shell would."""

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

CLAIMS = Path(__file__).parent.parent.parent / "examples" / "claims"


class Done(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def claims() -> Path:
    """The folder of claim files that ships as examples."""
    return CLAIMS


@pytest.fixture
def atoz(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """The `atoz` command as a function of its arguments."""

    def run(*arguments: str | Path, stdin: bytes = b"", columns: str = "140") -> Done:
        from atoz.__main__ import main

        monkeypatch.setenv("COLUMNS", columns)
        monkeypatch.setattr(sys, "argv", ["atoz", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        code = main()
        out, err = capfd.readouterr()
        return Done(code, out, err)

    return run
