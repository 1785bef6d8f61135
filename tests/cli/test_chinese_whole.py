"""`--lang zh` is Chinese: no command prints an English sentence, titles of English sources and codes apart."""

import json
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

import atoz as package

ROOT = Path(package.__file__).parent
EXAMPLES = Path(__file__).parents[2] / "examples"
AS_OF = ("--as-of", "2016-06-26T16:00:00Z")
CLAIMS = sorted(path.name for path in (EXAMPLES / "claims").glob("*.json"))
SENTENCE = re.compile(r"(?:\b[A-Za-z][a-z']*[,;:.]? ){3,}[a-z']+")


def strings(value, key=""):
    """Every text of data with the key that it stands under."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from strings(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner, key)
    elif isinstance(value, str):
        yield key, value


@cache
def quotations():
    """Titles, addresses and words of sources, as they are in the data: they are quoted, not translated."""
    quoted = set()
    for path in ROOT.rglob("*.toml"):
        found = strings(tomllib.loads(path.read_text(encoding="utf-8")))
        quoted |= {text for key, text in found if key in {"title", "address", "words"}}
    return sorted(quoted, key=len, reverse=True)


def english(text):
    """The English sentences of an output, lines joined where a table or the screen broke them."""
    plain = " ".join(text.split())
    for quoted in quotations():
        plain = plain.replace(" ".join(quoted.split()), "")
    return [match[0] for match in SENTENCE.finditer(plain)]


COMMANDS = {
    "status": ("status", "denied"),
    "editions": ("editions",),
    "window": ("window", "not-received.json", "--on", "2016-06-20"),
    "comparison": ("window", "not-received.json", "--compare"),
    "message list": ("message", "list"),
    "simulate": ("policy", "simulate", "faq-2016", "not-received.json"),
    "check": ("policy", "check", EXAMPLES / "policies" / "first-draft.toml", "--depth", "1"),
    "check stopped": ("policy", "check", "current", "--edition", "us-2026", "--depth", "1", "--max-states", "9"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_in_chinese_prints_no_english_sentence(atoz, claims, name):
    """Neither in its result nor in its remarks."""
    arguments = [claims / part if str(part).endswith(".json") else part for part in COMMANDS[name]]
    done = atoz(*arguments, "--lang", "zh")
    assert done.out
    assert english(done.out) == []


@pytest.mark.parametrize("policy", ["faq-2016", "current"])
@pytest.mark.parametrize("name", CLAIMS)
def test_a_plan_in_chinese_prints_no_english_sentence(atoz, claims, name, policy):
    """Head, notes, actions, reasons, warnings, deadlines and the ODR, of every example."""
    done = atoz("plan", claims / name, *AS_OF, "--policy", policy, "--lang", "zh", "--zone", "Asia/Shanghai")
    assert done.code == 0
    assert english(done.out) == []


def test_the_scan_finds_what_it_looks_for():
    """An English sentence among Chinese ones is found; codes, names and quotations are not."""
    assert english("步骤:the seller never does this")
    assert english("索赔 123-1234567-1234567:status under_review, edition us-2026") == []
    assert english(quotations()[0]) == []


DENIED = ("denied", "--at", "2016-07-22T00:00:00Z")
FILED = ("--reason", "not_received", "--filed-at", "2016-06-20T16:00:00Z")


@pytest.fixture
def folder(claims, tmp_path, monkeypatch):
    """A folder with a claim, its order, a store of it, and rows; everything speaks Chinese."""
    claim = json.loads((claims / "not-received.json").read_text(encoding="utf-8"))
    (tmp_path / "claim.json").write_text(json.dumps(claim), encoding="utf-8")
    (tmp_path / "order.json").write_text(json.dumps(claim["order"]), encoding="utf-8")
    other = {**claim, "history": [{**claim["history"][0], "at": "2016-06-21T16:00:00Z"}]}
    lines = [json.dumps(claim), "{", json.dumps({**other, "kind": "plan"}), json.dumps(other), json.dumps(claim)]
    (tmp_path / "claims.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "rows.csv").write_text("order_id,marketplace,placed_at\n1,US,soon\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ATOZ_STORE", "claims.db")
    monkeypatch.setenv("ATOZ_LANG", "zh")
    return tmp_path


def said(done):
    """The English sentences that a command printed to either stream."""
    return english(f"{done.out}\n{done.err}")


def test_what_commands_on_files_say_they_did_is_chinese(atoz, folder):
    """Open, apply, retract and reconcile."""
    done = [
        atoz("open", "order.json", *FILED, "-o", "new.json"),
        atoz("apply", "claim.json", *DENIED, "--in-place"),
        atoz("retract", "claim.json", "denied", "--reason", "other_claim", "--in-place"),
        atoz("reconcile", "claim.json", "order.json"),
    ]
    assert [row.code for row in done[:4]] == [0, 0, 0, 0]
    assert "已应用 denied" in done[1].err
    assert "已删去 denied" in done[2].err
    assert [said(row) for row in done[1:3]] == [[], []]


def test_what_the_store_says_it_did_is_chinese(atoz, folder):
    """Every command on a store that prints a sentence, and what stands in its log."""
    order_id = json.loads((folder / "order.json").read_text(encoding="utf-8"))["order_id"]
    calls = {
        "load": ("store", "load", "claims.jsonl"),
        "apply": ("apply", order_id, *DENIED),
        "retract": ("retract", order_id, "denied", "--reason", "other_claim"),
        "correct": ("store", "correct", order_id, "--set", "delivered_at=2016-06-09T16:00:00Z"),
        "log": ("store", "log", order_id),
        "list": ("store", "list"),
        "verify": ("store", "verify"),
        "upgrade": ("store", "upgrade"),
        "forget": ("store", "forget", order_id, "--yes"),
    }
    done = {name: atoz(*call) for name, call in calls.items()}
    assert [name for name, row in done.items() if row.code != 0] == ["load"]
    assert {name: said(row) for name, row in done.items() if said(row)} == {}
    assert done["load"].err.count("claims.jsonl 第 ") == 2
    assert all(re.search("[\u4e00-\u9fff]", row.out) for row in done.values())


CLAIM = {
    "order": {"order_id": "111-0000001-0000001", "marketplace": "US", "placed_at": "2026-02-20T12:00:00Z"},
    "reason": "not_received",
    "edition": "us-2026",
    "history": [{"kind": "filed", "at": "2026-03-10T12:00:00Z"}],
}
CHANNEL = {
    "fulfillmentType": "MFN",
    "reportingDateRange": {"reportingDateFrom": "2026-01-15T00:00:00Z", "reportingDateTo": "2026-03-14T00:00:00Z"},
    "orderCount": 400,
    "orderWithDefects": {"count": 3},
    "rate": 0.0075,
    "targetValue": 0.01,
    "status": "GOOD",
}
REPORT = {
    "accountStatuses": [{"marketplaceId": "ATVPDKIKX0DER", "status": "NORMAL"}],
    "performanceMetrics": [{"marketplaceId": "ATVPDKIKX0DER", "orderDefectRate": {"mfn": CHANNEL}}],
}
MAIL = """From: Amazon <atoz-guarantee-no-reply@amazon.com>
To: seller@example.com
Date: Tue, 10 Mar 2026 10:00:00 -0700
Subject: A-to-z claim received for order 111-0000001-0000001
Message-ID: <1@amazon.com>

We need more information on order 111-0000001-0000001. Please respond within 72 hours.
"""
DAILY = {
    "odr": ("odr", "health.json", "c.jsonl"),
    "packet": ("packet", "c.json"),
    "inbox": ("inbox", "mail.eml", "--as-of", "2026-03-11T00:00:00Z"),
    "draft": ("plan", "c.json", "--draft", "--as-of", "2026-03-11T00:00:00Z"),
    "message": ("message", "check", "message.txt"),
    "allowed": ("editions", "show", "us-2026"),
}


@pytest.mark.parametrize("command", DAILY)
def test_a_result_of_the_daily_commands_is_chinese(atoz, folder, command):
    """Tables, findings, remarks and what to do next."""
    for name in ("c.json", "c.jsonl"):
        (folder / name).write_text(json.dumps(CLAIM), encoding="utf-8")
    (folder / "health.json").write_text(json.dumps(REPORT), encoding="utf-8")
    (folder / "mail.eml").write_text(MAIL, encoding="utf-8")
    (folder / "message.txt").write_text("请删除差评,我们就退款。", encoding="utf-8")
    assert atoz("store", "load", "c.jsonl").code == 0
    done = atoz(*DAILY[command])
    assert re.search("[\u4e00-\u9fff]", done.out)
    assert said(done) == []
