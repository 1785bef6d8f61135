"""The OpenAPI document against the server, by schemathesis: what it promises is what comes, whatever is sent."""

import subprocess
import sys

import pytest

pytest.importorskip("schemathesis")

from atoz.serve import StoredClaims, access, create_app

EXAMPLES = 25


@pytest.mark.slow
def test_the_server_keeps_its_own_promises(running, folder, tmp_path):
    """No 5xx, and every status, media type and body as the document says, for valid and invalid requests."""
    store_module = pytest.importorskip("atoz.store")
    import json

    from atoz.lifecycle.replay import read_claim

    with store_module.ClaimStore.open(tmp_path / "claims.db") as store:
        store.add(read_claim(json.loads((folder / "not-received.json").read_text(encoding="utf-8"))))
        with running(lambda port: create_app(StoredClaims(store), access("127.0.0.1", port))) as port:
            checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
            done = subprocess.run(
                [
                    *(sys.executable, "-m", "schemathesis.cli", "run"),
                    f"http://127.0.0.1:{port}/api/v1/openapi.json",
                    *("--checks", checks, "--max-examples", str(EXAMPLES), "--workers", "1"),
                    *(
                        "--phases",
                        "fuzzing",
                        "--generation-deterministic",
                        "--suppress-health-check",
                        "all",
                        "--request-timeout",
                        "20",
                    ),
                ],
                cwd=tmp_path,
                capture_output=True,
                text=True,
                check=False,
                timeout=500,
            )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
