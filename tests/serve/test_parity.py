"""One answer whoever asks: over HTTP, over MCP, on the command line and in Python."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

pytest.importorskip("mcp")

import anyio
from mcp import Client

from atoz import claim_window, deadlines, options, plan, read_claim
from atoz.messages.checker import check_message
from atoz.model.order import Order
from atoz.model.record import parse_json
from atoz.planner import prevent
from atoz.serve import OPERATIONS, ClaimFolder, mcp_server
from atoz.serve.mcp_tools import TOOLS

NOW = datetime(2016, 6, 22, 16, tzinfo=UTC)
FILES = ("not-received", "silent-seller", "granted-seller-funded", "withdrawn-after-decision", "protected-label")
MESSAGE = "Please change your review; we refund you then."
SAME = {
    "plan_claim": "plan",
    "filing_window": "window",
    "deadlines": "deadlines",
    "prevent": "prevent",
    "options": "options",
    "explain": "explain",
    "check_message": "check-message",
}
"""Each tool, and the operation that it serves."""


def command_line(monkeypatch, capfd, *arguments):
    """What a command prints as JSON."""
    from atoz.__main__ import main

    monkeypatch.setattr(sys, "argv", ["atoz", *map(str, arguments)])
    assert main() == 0
    return json.loads(capfd.readouterr().out)


def over_mcp(folder, tool, arguments):
    """The whole answer of a tool."""

    async def ask():
        async with Client(mcp_server(ClaimFolder(folder), root=folder, clock=lambda: NOW)) as client:
            return await client.call_tool(tool, arguments)

    with ThreadPoolExecutor(1) as pool:  # a browser may hold this thread's loop
        result = pool.submit(anyio.run, ask).result()
    assert not result.is_error, result.content[0].text
    return json.loads(result.content[0].text)


def test_every_operation_has_a_tool():
    """One table: what HTTP serves MCP serves too; applying is what `record_event` does for a store."""
    assert set(SAME.values()) == {operation.name for operation in OPERATIONS} - {"apply"}
    assert set(TOOLS) == {*SAME, "record_event"}


@pytest.mark.parametrize("name", FILES)
def test_a_plan_is_the_same_everywhere(client, folder, monkeypatch, capfd, name):
    """Over HTTP, on the command line, as a tool and by the function, member for member."""
    path = folder / f"{name}.json"
    claim = json.loads(path.read_text(encoding="utf-8"))
    by_http = client.post("/api/v1/plan", json={"claim": claim}).json()
    by_command = command_line(monkeypatch, capfd, "plan", path, "--as-of", NOW.isoformat(), "--json")
    by_function = plan(read_claim(parse_json(path.read_text(encoding="utf-8"))), as_of=NOW)
    by_tool = over_mcp(folder, "plan_claim", {"path": path.name, "as_of": NOW.isoformat(), "full": True})
    assert by_http == by_command == by_function.model_dump(mode="json")
    assert by_tool == by_http


@pytest.mark.parametrize("name", FILES)
def test_a_window_is_the_same_everywhere(client, folder, monkeypatch, capfd, name):
    """The command prints the window with the verdict beside it; the others put the window inside."""
    path = folder / f"{name}.json"
    claim = json.loads(path.read_text(encoding="utf-8"))
    by_http = client.post("/api/v1/window", json={"claim": claim, "on": "2016-06-22"}).json()
    by_command = command_line(monkeypatch, capfd, "window", path, "--on", "2016-06-22", "--json")
    by_tool = over_mcp(folder, "filing_window", {"path": path.name, "on": "2016-06-22", "full": True})
    assert by_http["window"].items() <= by_command.items()
    assert {part: by_http[part] for part in ("on", "verdict", "days_left")}.items() <= by_command.items()
    assert [window["edition"] for window in by_http["in_force"]] == [row["edition"] for row in by_command["in_force"]]
    assert by_http["window"] == claim_window(read_claim(claim)).model_dump(mode="json")
    assert by_tool == by_http


@pytest.mark.parametrize("name", FILES)
def test_deadlines_options_and_explanations_are_the_same_everywhere(client, folder, monkeypatch, capfd, name):
    """Each against the function, and the words against what `plan --explain` prints."""
    path = folder / f"{name}.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    claim = read_claim(parse_json(path.read_text(encoding="utf-8")))
    rows = client.post("/api/v1/deadlines", json={"claim": document}).json()["deadlines"]
    assert rows == [row.model_dump(mode="json") for row in deadlines(claim, as_of=NOW)]
    allowed = client.post("/api/v1/options", json={"claim": document}).json()["options"]
    assert {kind: why and why["code"] for kind, why in allowed.items()} == {
        kind: why and why.code for kind, why in options(claim, NOW).items()
    }
    explained = client.post("/api/v1/explain", json={"claim": document}).json()
    by_command = command_line(monkeypatch, capfd, "plan", path, "--as-of", NOW.isoformat(), "--json", "--explain")
    assert explained["window"] == by_command["window"]["explanation"]
    assert [row["explanation"] for row in explained["deadlines"]] == [
        row["explanation"] for row in by_command["deadlines"]
    ]
    for tool in ("deadlines", "options", "explain"):
        whole = over_mcp(folder, tool, {"path": path.name, "full": True})
        assert whole == client.post(f"/api/v1/{SAME[tool]}", json={"claim": document}).json()


def test_an_order_without_a_claim_is_the_same_everywhere(client, folder, monkeypatch, capfd, tmp_path):
    """Over HTTP, on the command line, as a tool and by the function."""
    facts = {"order_id": "123-1234567-1234567", "marketplace": "US", "placed_at": "2026-11-01T18:00:00Z"}
    facts |= {"deliver_by": "2026-11-12", "first_contact_at": "2026-11-23T10:00:00Z"}
    as_of = "2026-11-24T09:00:00Z"
    (tmp_path / "order.json").write_text(json.dumps({"kind": "order", **facts}), encoding="utf-8")
    by_http = client.post("/api/v1/prevent", json={"order": facts, "as_of": as_of}).json()
    by_command = command_line(monkeypatch, capfd, "plan", tmp_path / "order.json", "--as-of", as_of, "--json", "--one")
    by_tool = over_mcp(folder, "prevent", {"facts": facts, "as_of": as_of, "full": True})
    order = Order.model_validate(facts)
    by_function = prevent(order, as_of=datetime(2026, 11, 24, 9, tzinfo=UTC))
    assert by_http == by_command == by_tool == by_function.model_dump(mode="json")
    assert by_http["act_by"]


def test_a_message_is_judged_the_same_everywhere(client, folder, monkeypatch, capfd, tmp_path):
    """The rules and their places; a tool does not repeat the words."""
    (tmp_path / "message.txt").write_text(MESSAGE, encoding="utf-8")
    by_function = check_message(MESSAGE, kind="reply")
    sent = {"text": MESSAGE, "message_kind": "reply"}
    by_http = client.post("/api/v1/check-message", json=sent).json()["findings"]
    by_tool = over_mcp(folder, "check_message", sent)["findings"]
    assert by_http == [finding.model_dump(mode="json") for finding in by_function]
    assert [(row["rule"], row["start"]) for row in by_tool] == [(row.rule, row.start) for row in by_function]
    assert all("words" not in row for row in by_tool)
