"""Every command that has `--json` prints a document: it says its kind and version, has a schema, and comes back."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import typer.main

from atoz.cli.app import command_line
from atoz.cli.schema import SchemaChoice, adapter_of, schema_of

jsonschema = pytest.importorskip("jsonschema", reason="the schemas are checked with jsonschema")
pytest.importorskip("sqlalchemy", reason="several of the commands are about a store")

EXAMPLES = Path(__file__).parents[2] / "examples"
CLAIM = EXAMPLES / "claims" / "not-received.json"
GRANTED = EXAMPLES / "claims" / "granted-seller-funded.json"
RECORDS = Path(__file__).parents[1] / "sources" / "data" / "SYNTHETIC_finances_v0_GuaranteeClaimEventList.json"
AS_OF = ("--as-of", "2016-06-26T16:00:00Z")
ID = "123-1234567-1234567"
HEALTH = {
    "accountStatuses": [{"marketplaceId": "ATVPDKIKX0DER", "status": "NORMAL"}],
    "performanceMetrics": [
        {
            "marketplaceId": "ATVPDKIKX0DER",
            "orderDefectRate": {
                "mfn": {"fulfillmentType": "MFN", "orderCount": 400, "orderWithDefects": {"count": 3}, "rate": 0.0075}
            },
        }
    ],
}
ACTIONS = {"_links": {"actions": [{"name": "unexpectedProblem"}, {"name": "confirmOrderDetails"}]}}
FILES = {
    "order.json": json.dumps(json.loads(CLAIM.read_text(encoding="utf-8"))["order"]),
    "claims.jsonl": json.dumps(json.loads(CLAIM.read_text(encoding="utf-8"))) + "\nnot JSON\n",
    "orders.csv": "order_id,marketplace,placed_at,deliver_by\n"
    f"{ID},US,2016-06-01T15:00:00Z,2016-06-10\n{ID},US,never,2016-06-10\n",
    "events.csv": "order_id,marketplace,filed_at,edition\n" + f"{ID},US,2016-06-21T15:00:00Z,faq-2016\n",
    "health.json": json.dumps(HEALTH),
    "actions.json": json.dumps(ACTIONS),
    "message.txt": "Please change your review, then I refund you. See www.example.com.\n",
    "mail.txt": "no mail at all\n",
}
VALUES = ("--set", "seller_name=Lamps", "--set", "carrier=UPS", "--set", "shipped_on=2016-06-03")
COMMANDS = {
    "window": [
        ("window", CLAIM, "--on", "2026-11-20"),
        ("window", CLAIM, "--on", "2016-06-20", "--explain"),
        ("window", CLAIM, "--compare"),
        ("window", "--marketplace", "US", "--placed-at", "2026-06-01T12:00:00Z", "--edition", "in-force"),
    ],
    "plan": [
        ("plan", CLAIM, *AS_OF),
        ("plan", CLAIM, *AS_OF, "--explain"),
        ("plan", CLAIM, *AS_OF, "--draft", *VALUES),
        ("plan", GRANTED, *AS_OF, "--policy", "current"),
        ("plan", "claims.jsonl", *AS_OF),
        ("plan", "order.json", *AS_OF),
    ],
    "status": [("status", "denied")],
    "inbox": [("inbox", "mail.txt", *AS_OF)],
    "editions": [("editions",)],
    "editions show": [("editions", "show", "us-2026"), ("editions", "show", EXAMPLES / "editions" / "our-rules.toml")],
    "editions contradictions": [("editions", "contradictions")],
    "message check": [("message", "check", "message.txt"), ("message", "check", "message.txt", "--about", CLAIM)],
    "message list": [("message", "list")],
    "message fill": [
        ("message", "fill", "lost", "--about", CLAIM, *VALUES, "--set", "item=the lamp", "--set", "tracking_number=1Z9")
    ],
    "message allowed": [("message", "allowed", "actions.json")],
    "packet": [("packet", GRANTED, *AS_OF)],
    "odr": [("odr", "health.json", CLAIM, "--on", "2016-07-01")],
    "batch": [
        ("batch", "orders.csv", "-o", "windows.csv"),
        ("batch", "events.csv", "-o", "deadlines.csv", "--deadline", "answer_amazon", *AS_OF),
    ],
    "policy check": [
        ("policy", "check", "current", "--edition", "us-2026", "--depth", "0"),
        ("policy", "check", EXAMPLES / "policies" / "first-draft.toml", "--depth", "1"),
        ("policy", "check", "current", "--edition", "us-2026", "--depth", "1", "--max-states", "9"),
        ("policy", "check", "current", "--team", EXAMPLES / "teams" / "office.toml", "--edition", "us-2026", *AS_OF),
    ],
    "policy diff": [
        ("policy", "diff", "current", "current", "--edition-a", "us-2026", "--edition-b", "uk-current", "--depth", "0"),
        ("policy", "diff", "current", "current", "--edition", "us-2026", "--depth", "0"),
    ],
    "policy simulate": [("policy", "simulate", "faq-2016", CLAIM)],
    "editions impact": [("editions", "impact", CLAIM, "--from", "us-2016-11", "--to", "us-2026", *AS_OF)],
    "backtest": [("backtest", GRANTED, "--as-of", "2026-11-24T00:00:00Z"), ("backtest", "--policy", "current", *AS_OF)],
    "audit": [
        ("audit", GRANTED, "--as-of", "2026-11-24T00:00:00Z"),
        ("audit", "claims.jsonl", *AS_OF),
        ("audit", "--policy", "current", *AS_OF),
    ],
    "reconcile": [("reconcile", CLAIM, RECORDS, *AS_OF)],
    "store list": [("store", "list")],
    "store log": [("store", "log", ID)],
    "store verify": [("store", "verify")],
    "store load": [("store", "load", "claims.jsonl")],
    "store upgrade": [("store", "upgrade")],
    "store forget": [("store", "forget", ID, "--yes")],
}
"""How each command is called: at least once, and once for each form of what it prints."""
ALWAYS_JSON = {
    "open": ("open", "order.json", "--reason", "not_received", "--filed-at", "2016-06-21T15:00:00Z", "--store", ""),
    "apply": ("apply", CLAIM, "seller_responded", "--at", "2016-06-27T15:00:00Z"),
    "retract": ("retract", GRANTED, "granted_seller_funded", "--reason", "a mail of another order"),
    "import": ("import", "health.json", RECORDS),
    "store show": ("store", "show", ID),
    "store export": ("store", "export"),
}
"""Commands that print documents without being asked for JSON."""


def with_json(command=None, name="") -> Iterator[str]:
    """The name of every command that has `--json`, as the command line knows them."""
    command = command or typer.main.get_command(command_line())
    if any("--json" in parameter.opts for parameter in command.params):
        yield name
    for inner, below in getattr(command, "commands", {}).items():
        yield from with_json(below, f"{name} {inner}".strip())


def test_every_command_with_json_is_tried():
    """A new command needs a call here."""
    assert set(with_json()) == COMMANDS.keys()


@cache
def by_kind():
    """The schema of each kind of document."""
    schemas = {choice: schema_of(choice).get("properties", {}).get("kind", {}).get("const") for choice in SchemaChoice}
    return {kind: choice for choice, kind in schemas.items() if kind}


@cache
def validator(choice):
    """The validator of a schema."""
    return jsonschema.Draft202012Validator(schema_of(choice))


def documents(text):
    """What a command printed: one document, or one a line."""
    try:
        return [json.loads(text)]
    except json.JSONDecodeError:
        return [json.loads(line) for line in text.splitlines()]


def assert_document(document):
    """It says its kind and version, fits the schema of that kind, and comes back from its own JSON unchanged."""
    assert document.get("schema_version") == 1
    choice = by_kind().get(document.get("kind"), SchemaChoice.RECORD)
    assert [f"{list(fault.absolute_path)}: {fault.message}" for fault in validator(choice).iter_errors(document)] == []
    adapter = adapter_of(choice)
    back = adapter.validate_json(json.dumps(document))
    assert json.loads(adapter.dump_json(back, by_alias=True, exclude_unset=True)) == document


CALLS = [call for calls in COMMANDS.values() for call in calls]
NAMES = [f"{name} {number}" for name, calls in COMMANDS.items() for number in range(len(calls))]


@pytest.fixture
def folder(atoz, tmp_path, monkeypatch):
    """A folder with every file, and a store with one claim."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ATOZ_STORE", str(tmp_path / "claims.db"))
    assert atoz("store", "load", CLAIM).code == 0
    return tmp_path


@pytest.mark.parametrize("call", CALLS, ids=NAMES)
@pytest.mark.usefixtures("folder")
def test_what_a_command_prints_is_a_document(atoz, call):
    """Kind, version, schema, round trip: for every command that has `--json`."""
    if call[0] == "batch":
        pytest.importorskip("polars")
    done = atoz(*call, "--json")
    assert done.code in {0, 1, 2, 3}
    printed = documents(done.out)
    assert printed
    for document in printed:
        assert_document(document)


@pytest.mark.parametrize("name", ALWAYS_JSON)
@pytest.mark.usefixtures("folder")
def test_what_is_always_json_is_a_document(atoz, name):
    """Claims, orders and records."""
    done = atoz(*ALWAYS_JSON[name])
    printed = documents(done.out)
    assert (done.code, bool(printed)) == (0, True), done.err
    for document in printed:
        assert_document(document)


def test_the_example_of_an_order_is_a_document_in_short_form(atoz):
    """As a person writes it: money is a text."""
    example = json.loads(atoz("open", "--example").out)
    assert list(validator(SchemaChoice.ORDER).iter_errors(example)) == []
    assert (example["schema_version"], example["kind"], example["total"]) == (1, "order", "31.90 USD")
    assert_document({**example, "total": {"value": "31.90", "currency": "USD"}})
