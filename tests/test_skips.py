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


def run(
    folder: Path, *arguments: str, promised: str = "", path: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run pytest in a folder with the configuration of the tests.

    `promised` stands in ATOZ_REQUIRE_TOOLS; what is in the folder `path` is found before any library.
    """
    shutil.copy(Path(__file__).with_name("conftest.py"), folder / "conftest.py")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", *arguments]
    return subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"ATOZ_REQUIRE_TOOLS": promised} | ({"PYTHONPATH": str(path)} if path else {}),
    )


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What pytest says of a folder with a test for each reason, three that lack one library, and a broken module."""
    folder = tmp_path_factory.mktemp("skips")
    code = f"""
import pytest

@pytest.mark.parametrize("reason", {list(SKIPS)})
def test_reason(reason):
    pytest.skip(reason)

@pytest.mark.parametrize("number", range(3))
def test_library(number):
    pytest.importorskip("no_such_one")
"""
    (folder / "test_some.py").write_text(code, encoding="utf-8")
    (folder / "broken.py").write_text("import no_such_library\n", encoding="utf-8")
    done = run(folder, "-rfE", "--doctest-modules", "--doctest-ignore-import-errors", "--continue-on-collection-errors")
    assert done.returncode != 0
    return done.stdout


@pytest.mark.parametrize("reason", SKIPS)
def test_only_an_expected_skip_is_a_skip(said: str, reason: str) -> None:
    """The reason has to be on the list, and what it says is lacking has to lack."""
    assert (f"skipped for a reason that nobody expects: {reason}" in said) is not SKIPS[reason]


def test_skips_are_counted_by_reason(said: str) -> None:
    """The summary says how many tests each reason keeps from running: three of them, and one of the reasons above."""
    assert "    4 a library of an extra that is not installed" in said
    assert f"{3 + sum(SKIPS.values())} skipped" in said


def test_a_module_whose_examples_cannot_be_imported_is_a_failure(said: str) -> None:
    """`--doctest-ignore-import-errors` makes a skip of it; the list makes a failure of the skip."""
    assert "skipped for a reason that nobody expects: unable to import module" in said


def test_a_missing_tool_fails_where_all_are_promised(tmp_path: Path) -> None:
    """With ATOZ_REQUIRE_TOOLS=1 even an expected skip is a failure."""
    code = "import pytest\ndef test_one(): pytest.skip('an_engine_that_is_not_there is not installed')\n"
    (tmp_path / "test_one.py").write_text(code, encoding="utf-8")

    assert "ATOZ_REQUIRE_TOOLS=1, but" in run(tmp_path, promised="1").stdout


def test_what_is_slow_by_nature_is_collected_only_when_it_is_named(tmp_path: Path) -> None:
    """Benchmarks and mutants are no part of a run that does not ask for them."""
    for folder in ("benchmarks", "mutation"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"test_{folder}.py").write_text("def test_one(): pass\n", encoding="utf-8")

    assert run(tmp_path).returncode == pytest.ExitCode.NO_TESTS_COLLECTED
    assert "2 passed" in run(tmp_path, "benchmarks", "mutation").stdout


def test_a_folder_whose_library_is_missing_is_skipped_with_its_reason(tmp_path: Path) -> None:
    """The server's tests, named alone, where FastAPI cannot be imported: skipped and counted, and nothing breaks."""
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['fastapi'] = None\n", encoding="utf-8")
    shutil.copytree(Path(__file__).with_name("serve"), tmp_path / "serve")
    done = run(tmp_path, "-p", "no:doctest", "serve", path=tmp_path)
    assert done.returncode == pytest.ExitCode.NO_TESTS_COLLECTED, done.stdout + done.stderr
    assert "a library of an extra that is not installed" in done.stdout
    assert "error" not in done.stdout
