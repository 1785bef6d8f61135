"""Every example runs, and prints what it says it prints."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"
SCRIPTS = sorted(EXAMPLES.glob("[0-9]*.py"))
NEEDS = {
    "10_whole_tables": "polars",
    "12_scheduler": "sqlalchemy",
    "13_embed_the_server": "fastapi",
    "14_talk_to_an_assistant": "mcp",
}
"""What a script needs beyond the extra `dev`; `spark_orders.py` and `real_client.py` have tests of their own."""


def promised(script: Path) -> str:
    """The output that the script's last comment promises."""
    _, mark, tail = script.read_text(encoding="utf-8").partition("\n# prints:\n")
    assert mark, f"{script.name} does not say what it prints"
    return "\n".join(line.removeprefix("#").removeprefix(" ") for line in tail.splitlines()) + "\n"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_example_prints_what_it_says(script: Path) -> None:
    """The script runs in a process of its own, from anywhere, and its output is the promised one."""
    needed = NEEDS.get(script.stem)
    if needed and find_spec(needed) is None:
        assert not os.environ.get("ATOZ_REQUIRE_TOOLS"), f"{needed} has to be installed"
        pytest.skip(f"{needed} is not installed")
    done = subprocess.run(
        [sys.executable, "-X", "utf8", str(script)], capture_output=True, text=True, encoding="utf-8", check=False
    )

    assert done.stderr == ""
    assert done.stdout == promised(script)


def test_there_are_enough_examples() -> None:
    """The examples folder keeps at least six scripts and five claim files."""
    assert len(SCRIPTS) >= 6
    assert len(list((EXAMPLES / "claims").glob("*.json"))) >= 5
