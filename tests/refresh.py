"""Everything that is made from the code, written again in one go: `python tests/refresh.py`.

The golden figures of new editions, the page of public names, the JSON Schemas, the derived parts of the pages and of
both READMEs, and what the commands on the pages print. It says which files changed; read them like any change.
"""

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parent.parent
WRITERS = (
    "tests/rulebook/test_editions.py",
    "tests/test_public_names.py",
    "tests/cli/test_schemas.py",
    "docs/derived.py",
    "tests/test_docs_pages.py",
)
"""The scripts that write; each test module holds its files to what it would write."""
WRITTEN = ("*.md", "docs/**/*.md", "tests/public_names.txt", "tests/rulebook/figures.json", "atoz/cli/schemas/*.json")


def contents() -> dict[str, str]:
    """A digest of every file that a writer may change, by its place in the repository."""
    files = sorted(file for pattern in WRITTEN for file in ROOT.glob(pattern))
    return {str(file.relative_to(ROOT)): sha256(file.read_bytes()).hexdigest() for file in files}


def refresh() -> tuple[list[str], list[str]]:
    """Run every writer; the files that are other than before, and the writers that refused, which said why."""
    before = contents()
    refused = [
        writer
        for writer in WRITERS
        if subprocess.run([sys.executable, writer], cwd=ROOT, stdout=subprocess.PIPE, check=False).returncode
    ]
    return [file for file, digest in contents().items() if before.get(file) != digest], refused


if __name__ == "__main__":
    changed, stopped = refresh()
    sys.stdout.write("".join(f"{file}\n" for file in changed))
    sys.exit(f"refused: {', '.join(stopped)}" if stopped else 0)
