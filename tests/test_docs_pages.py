"""Every snippet of the pages in `docs/` gives what the page says, and what is made from the code is up to date.

After a change that is meant: `python tests/test_docs_pages.py` runs the commands of all pages and writes what they say.
"""

import doctest
import os
import re
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

from atoz import errors

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = {str(page.relative_to(DOCS)): page for page in sorted(DOCS.rglob("*.md"))}
NEEDS = {
    "how-to/millions_of_orders.md": ("narwhals", "numpy", "polars", "duckdb"),
    "how-to/morning.md": ("sqlalchemy", "authres"),
    "how-to/other_programs.md": ("fastapi", "httpx"),
    "contributing/add_a_dataframe_engine.md": ("narwhals",),
}
"""The libraries that a page needs beyond the extra `dev`."""
FENCE = re.compile(
    r"^```(?P<language>\w+)(?: title=\"(?P<title>[^\"]+)\")?\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)
SHOWN_ONLY = {"mermaid", "text"}
CHECKER = doctest.OutputChecker()


class Block(NamedTuple):
    """A fenced block: its language, the file that it is the content of, and what is in it."""

    language: str
    title: str | None
    body: str


def blocks(text: str) -> list[Block]:
    """The fenced blocks of a page, in order."""
    return [Block(match["language"], match["title"], match["body"]) for match in FENCE.finditer(text)]


def workplace(folder: Path, *, package: bool) -> dict[str, str]:
    """A folder as a reader has it before following a page, and the environment in which commands find this atoz."""
    shutil.copytree(ROOT / "examples", folder / "examples")
    if package:
        shutil.copytree(ROOT / "atoz", folder / "atoz", ignore=shutil.ignore_patterns("__pycache__"))
    command = folder / ".bin" / "atoz"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -X utf8 -m atoz "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    path = f"{command.parent}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    home = str(folder if package else ROOT)
    return {**os.environ, "PATH": path, "PYTHONPATH": home, "COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}


def commands(body: str) -> list[tuple[str, str]]:
    """The commands of a console block, each with what it is said to print."""
    parts = re.split(r"^\$ ", body, flags=re.MULTILINE)
    assert not parts[0], "a console block begins with a command"
    return [(command, printed) for command, _, printed in (part.partition("\n") for part in parts[1:])]


def printed_by(command: str, folder: Path, environment: dict[str, str]) -> str:
    """What a command prints, errors included, on a screen of 100 columns."""
    done = subprocess.run(
        ["/bin/bash", "-c", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return re.sub(r"[ \t]+$", "", done.stdout + done.stderr, flags=re.MULTILINE)


def put_in_place(block: Block, folder: Path) -> bool:
    """Write a block that is a file, or make the change that a block of `diff` shows; whether it was one of these."""
    if block.title:
        (folder / block.title).parent.mkdir(parents=True, exist_ok=True)
        (folder / block.title).write_text(block.body, encoding="utf-8")
    elif block.language == "diff":
        patch = [shutil.which("patch") or "patch", "-p1", "--quiet", "--no-backup-if-mismatch"]
        subprocess.run(patch, cwd=folder, input=block.body, text=True, encoding="utf-8", check=True)
    return bool(block.title) or block.language == "diff"


def run_page(page: Path, folder: Path) -> list[str]:
    """Follow a page in a folder; what came out otherwise than the page says."""
    text = page.read_text(encoding="utf-8")
    environment = workplace(folder, package="contributing" in page.parts)
    wrong: list[str] = []
    runner, parser, names = (
        doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL, verbose=False),
        doctest.DocTestParser(),
        {},
    )
    for block in blocks(text):
        if put_in_place(block, folder):
            continue
        if block.language == "console":
            for command, says in commands(block.body):
                came = printed_by(command, folder, environment)
                if not CHECKER.check_output(says, came, doctest.ELLIPSIS):
                    wrong.append(f"$ {command}\n{came}")
        elif block.language == "python":
            assert ">>>" in block.body, f"{page.name}: code that is shown is run"
            example = parser.get_doctest(block.body, names, page.name, str(page), 0)
            runner.run(example, out=wrong.append, clear_globs=False)
            names = example.globs
        else:
            assert block.language in SHOWN_ONLY, f"{page.name}: a block of {block.language} is neither run nor a file"
    return wrong


SLOW = {"how-to/morning.md", "how-to/policy_lab.md", "how-to/testing_a_policy.md"}
"""Pages that take seconds: many commands one after another, and explorations."""


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow) if name in SLOW else name for name in PAGES]
)
def test_every_snippet_of_a_page_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Followed from top to bottom in an empty folder beside the examples, a page gives what it says."""
    for library in NEEDS.get(name, ()):
        pytest.importorskip(library)
    monkeypatch.chdir(tmp_path)
    assert run_page(PAGES[name], tmp_path) == []


def test_a_page_that_says_something_else_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check above can fail: on a command, on Python, and on a block that nobody runs."""
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "page.md"
    page.write_text("```console\n$ echo one\ntwo\n```\n\n```python\n>>> 1 + 1\n3\n```\n", encoding="utf-8")
    wrong = run_page(page, tmp_path / "work")
    assert len(wrong) >= 2
    page.write_text("```sh\nrm nothing\n```\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="neither run nor a file"):
        run_page(page, tmp_path / "other")


@cache
def derived() -> ModuleType:
    """The script that makes parts of the pages."""
    spec = spec_from_file_location("derived", DOCS / "derived.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", [*PAGES, "README.md", "README.zh.md"])
def test_what_is_made_from_the_code_is_up_to_date(name: str) -> None:
    """Tables, the diagram and the reference are those of the code: `python docs/derived.py` writes them again."""
    text = PAGES.get(name, ROOT / name).read_text(encoding="utf-8")
    assert "<!-- made:" in text or name in PAGES
    assert derived().renewed(text) == text


def test_every_public_name_has_its_reference() -> None:
    """Each door has a page that shows every name that it offers."""
    made = derived()
    for package, names in made.doors().items():
        page = (DOCS / "reference" / f"{package.rpartition('.')[2]}.md").read_text(encoding="utf-8")
        assert f"<!-- made: reference.{package} -->" in page
        assert {line.rpartition(".")[2] for line in page.splitlines() if line.startswith("::: ")} >= set(names)


def test_the_catalogue_has_every_error_and_refusal() -> None:
    """Each error class, by its code, and each code that a guard refuses with."""
    page = PAGES["reference/errors.md"].read_text(encoding="utf-8")
    codes = {
        kind.code for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.AtozError)
    }
    refusals = {"no_such_transition", "out_of_order", "too_early", "too_late", "consent_missing", "already_answered"}
    assert {code for code in codes | refusals | {"vetoed"} if f"`{code}`" not in page} == set()


def test_every_room_is_in_the_picture() -> None:
    """The picture has every floor, and its arrows go downwards."""
    made = derived()
    level = {name: number for number, floor in enumerate(made.floors()) for name in floor}
    assert all(level[source] < level[target] for source, target in made.arrows())
    rooms = {room.name for room in (ROOT / "atoz").iterdir() if (room / "__init__.py").exists()}
    assert rooms <= set(re.findall(r"^    (\w+)$", made.rooms_diagram(), re.MULTILINE))


def test_every_page_is_in_the_navigation() -> None:
    """No page is left out of the contents, and nothing else is in it."""
    listed = re.findall(r"[\w/-]+\.md", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    assert sorted(listed) == sorted(PAGES)


def rewritten(page: Path) -> str:
    """A page with what its commands print now."""
    text = page.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = workplace(folder, package="contributing" in page.parts)
        for block in blocks(text):
            if not put_in_place(block, folder) and block.language == "console":
                new = "".join(
                    f"$ {command}\n{says if '...' in says else printed_by(command, folder, environment)}"
                    for command, says in commands(block.body)
                )
                text = text.replace(block.body, new, 1)
    return text


if __name__ == "__main__":
    for changed in PAGES.values():
        changed.write_text(rewritten(changed), encoding="utf-8")
