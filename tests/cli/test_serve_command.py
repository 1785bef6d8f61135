"""`atoz serve` and `atoz mcp` as commands: what they refuse before they listen, and what a running server says."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("uvicorn")
pytest.importorskip("mcp")

TOKEN, KEY = "a-token-of-more-than-twenty-characters", "a-key-of-more-than-twenty-characters"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("serve",), "serve: name a folder of claims, or a store with --store PATH [invalid_document]\n"),
        (("serve", "nowhere"), "nowhere: there is no such folder [invalid_document]\n"),
        (
            ("serve", ".", "--tls-key", "key.pem"),
            "serve: give both --tls-certificate and --tls-key [invalid_document]\n",
        ),
        (("mcp", "--allow-writes"), "mcp: --allow-writes: name the store with --store PATH [invalid_document]\n"),
        (("mcp", "--store", "nowhere.db"), "there is no such file [store_unusable]\n"),
    ],
)
def test_what_cannot_be_served_is_refused(atoz, tmp_path, monkeypatch, arguments, says):
    """Exit code 2 and one sentence, before anything listens."""
    monkeypatch.chdir(tmp_path)
    done = atoz(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.endswith(says)


def test_beyond_loopback_everything_that_lacks_is_said_together(atoz, claims, monkeypatch):
    """The token, the name and TLS; nothing listens."""
    monkeypatch.delenv("ATOZ_TOKEN", raising=False)
    done = atoz("serve", claims, "--host", "10.0.0.5")
    assert done.code == 2
    for name in ("ATOZ_TOKEN", "--host", "--public-name"):
        assert f"  {name}: " in done.err


@pytest.mark.slow
@pytest.mark.usefixtures("unmeasured")
def test_a_running_server_keeps_its_secrets_and_ends_at_ctrl_c(claims):
    """A right and a wrong token, the calendar's own address: none of them stands in what the server prints."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    environment = {**os.environ, "ATOZ_TOKEN": TOKEN, "ATOZ_CALENDAR_KEY": KEY}
    process = subprocess.Popen(
        [sys.executable, "-m", "atoz", "serve", str(claims), "--port", port],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )

    def status(path: str, token: str = "") -> int:
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"Bearer {token}"})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                return answer.status
        except urllib.error.HTTPError as refused:
            refused.close()
            return refused.code

    try:
        for _ in range(100):
            try:
                status("/")
                break
            except urllib.error.URLError:
                time.sleep(0.2)
        assert status("/", TOKEN) == 200
        assert status("/", TOKEN + "x") == 401
        assert status("/?token=" + TOKEN) == 401
        assert status(f"/calendar/{KEY}.ics") == 200
    finally:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode in (0, 130), err
    assert "Traceback" not in err
    assert out == ""
    assert not re.search(f"{TOKEN}|{KEY}", err)
    assert f"serving on http://127.0.0.1:{port}/" in err
