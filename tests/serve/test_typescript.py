"""The TypeScript client: types generated from the server's own OpenAPI document, compiled strictly, run with node."""

import shutil
import subprocess
from pathlib import Path

import pytest

from atoz.serve import ClaimFolder, access, create_app

CLIENT = Path(__file__).parent.parent.parent / "examples" / "typescript"


@pytest.mark.slow
def test_the_client_compiles_and_runs(running, folder, node_file, lacking, tmp_path):
    """What the generator makes of the document fits the client's use of it, without one `any`."""
    node = shutil.which("node") or lacking("node")
    generator = node_file("openapi-typescript/bin/cli.js")
    compiler = node_file("typescript/lib/tsc.js")
    for file in CLIENT.iterdir():
        shutil.copy(file, tmp_path)
    with running(lambda port: create_app(ClaimFolder(folder), access("127.0.0.1", port))) as port:
        server = f"http://127.0.0.1:{port}"
        document = f"{server}/api/v1/openapi.json"
        for command in (
            [node, generator, document, "--default-non-nullable", "false", "-o", "atoz-api.d.ts"],
            [node, compiler, "--project", "tsconfig.json"],
        ):
            done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
        done = subprocess.run([node, "client.js", server], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "123-1234567-1234567: under_review, act by 2026-11-23T17:00:00Z"
    assert all(line.startswith("now: ") for line in lines[1:-1])
    assert len(lines) > 2
    assert lines[-1].endswith("[unknown_name]")
