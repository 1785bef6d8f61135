"""A skip that nobody expects is a failure, and the expected ones are counted by their reason."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SKIPS = {
    "a reason that nobody has written down": False,
    "could not import 'a_library_that_is_not_there'": True,
    "could not import 'pytest'": False,
    "pytest is not installed": False,
    "an_engine_that_is_not_there is not installed": True,
    "ATOZ_NO_SUCH_SERVER is not set": True,
}
"""Reasons to skip, and whether each is expected here, where pytest is installed."""


def run(folder: Path, *arguments: str, promised: str = "") -> subprocess.CompletedProcess[str]:
    """Run pytest in a folder with the configuration of the tests; `promised` stands in ATOZ_REQUIRE_TOOLS."""
    shutil.copy(Path(__file__).with_name("conftest.py"), folder / "conftest.py")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", *arguments]
    return subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"ATOZ_REQUIRE_TOOLS": promised},
    )


@pytest.mark.parametrize("reason", SKIPS)
def test_only_an_expected_skip_is_a_skip(tmp_path: Path, reason: str) -> None:
    """The reason has to be on the list, and what it says is lacking has to lack."""
    (tmp_path / "test_one.py").write_text(f"import pytest\ndef test_one(): pytest.skip({reason!r})\n", encoding="utf-8")
    done = run(tmp_path)

    assert (done.returncode == 0) is SKIPS[reason], done.stdout
    assert ("1 skipped" in done.stdout) is SKIPS[reason]
    assert ("skipped for a reason that nobody expects" in done.stdout) is not SKIPS[reason]


def test_skips_are_counted_by_reason(tmp_path: Path) -> None:
    """The summary says how many tests each reason keeps from running."""
    code = (
        "import pytest\n@pytest.mark.parametrize('n', range(3))\ndef test_one(n): pytest.importorskip('no_such_one')\n"
    )
    (tmp_path / "test_one.py").write_text(code, encoding="utf-8")

    assert "    3 a library of an extra that is not installed" in run(tmp_path).stdout


def test_a_module_whose_examples_cannot_be_imported_is_a_failure(tmp_path: Path) -> None:
    """`--doctest-ignore-import-errors` makes a skip of it; the list makes a failure of the skip."""
    (tmp_path / "broken.py").write_text("import no_such_library\n", encoding="utf-8")
    done = run(tmp_path, "--doctest-modules", "--doctest-ignore-import-errors")

    assert done.returncode != 0
    assert "skipped for a reason that nobody expects: unable to import module" in done.stdout


def test_a_missing_tool_fails_where_all_are_promised(tmp_path: Path) -> None:
    """With ATOZ_REQUIRE_TOOLS=1 even an expected skip is a failure."""
    code = "import pytest\ndef test_one(): pytest.skip('an_engine_that_is_not_there is not installed')\n"
    (tmp_path / "test_one.py").write_text(code, encoding="utf-8")

    assert "ATOZ_REQUIRE_TOOLS=1, but" in run(tmp_path, promised="1").stdout


@pytest.mark.parametrize("folder", ["benchmarks", "mutation"])
def test_what_is_slow_by_nature_is_collected_only_when_it_is_named(tmp_path: Path, folder: str) -> None:
    """Benchmarks and mutants are no part of a run that does not ask for them."""
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "test_one.py").write_text("def test_one(): pass\n", encoding="utf-8")

    assert run(tmp_path).returncode == pytest.ExitCode.NO_TESTS_COLLECTED
    assert "1 passed" in run(tmp_path, folder).stdout
