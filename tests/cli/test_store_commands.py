"""`atoz inbox` and `atoz store`: a morning's mail into a store, and looking after it."""

import csv
import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from atoz import Claim, deadlines

pytest.importorskip("sqlalchemy")
pytest.importorskip("authres")

NOTICE = b"""Authentication-Results: mx.example.net; dmarc=pass header.from=amazon.com
From: atoz-guarantee-no-reply@amazon.com
Subject: Claim received on order 123-1234567-1234567
Date: Fri, 20 Nov 2026 08:00:00 -0800
Message-ID: <1@amazon.com>
X-Space-Notification-Type: A_Z_CLAIM_RESPONDENT_NOTIFY
X-Marketplace-ID: ATVPDKIKX0DER

We received an A-to-z Guarantee claim of $31.90 on the order.
"""
GRANTED = (
    NOTICE.replace(b"RESPONDENT_NOTIFY", b"RESPONDENT_CLOSE").replace(b"<1@", b"<2@").replace(b"20 Nov", b"22 Nov")
)
GRANTED = (
    GRANTED.replace(b"Fri,", b"Sun,")
    .replace(b"Claim received on", b"Claim decision on")
    .replace(
        b"We received an A-to-z Guarantee claim of $31.90 on the order.",
        b"We have granted an A-to-z Guarantee claim. We will debit your account $31.90.",
    )
)
ORDER_ID = "123-1234567-1234567"
NOW = datetime(2026, 11, 23, tzinfo=UTC)
AS_OF = ("--as-of", NOW.isoformat())


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    """A folder with the mail of a filing and of a decision."""
    folder = tmp_path / "mail"
    folder.mkdir()
    (folder / "1.eml").write_bytes(NOTICE)
    (folder / "2.eml").write_bytes(GRANTED)
    return folder


@pytest.fixture
def store(atoz, mail, tmp_path, monkeypatch) -> Path:
    """A store, named in the environment, with the claim of the first mail."""
    path = tmp_path / "claims.db"
    monkeypatch.setenv("ATOZ_STORE", str(path))
    (tmp_path / "order.json").write_text(atoz("open", "--example").out)
    opened = atoz("open", tmp_path / "order.json", "--notice", mail / "1.eml", "--reason", "not_received")
    assert opened.out == f"{ORDER_ID}: under_review, version 1\n"
    return path


def test_a_morning(atoz, store, mail):
    """The decision is applied once, the worklist shows the claim, the second run changes nothing."""
    first = atoz("inbox", mail, "--mail-server", "mx.example.net", *AS_OF)
    assert first.code == 0
    assert first.out.startswith("2 mails and files read, 2 about claims, 1 claims changed\n")
    assert ORDER_ID in first.out
    again = json.loads(atoz("inbox", mail, "--mail-server", "mx.example.net", *AS_OF, "--json").out)
    assert (again["new_records"], again["applied"], again["decisions"]) == (0, [], [])
    log = atoz("store", "log", ORDER_ID).out.splitlines()
    assert log == ["1: opened", "2: mails and files show granted_seller_funded at 2026-11-22T16:00:00+00:00"]


def test_without_a_mail_server_each_mail_is_a_decision(atoz, store, mail):
    """The command that takes it is printed."""
    done = atoz("inbox", mail, *AS_OF)
    assert done.code == 0
    assert f"atoz apply {ORDER_ID} granted_seller_funded --at 2026-11-22T16:00:00+00:00" in done.out


def test_orders_without_a_claim_are_listed_with_their_clocks(atoz, mail, tmp_path):
    """In both languages; the store is made by the first run."""
    url = ("--store", tmp_path / "new.db")
    assert "answer Amazon by 2026-11-23T16:00:00+00:00 at the latest" in atoz("inbox", mail, *url, *AS_OF).out
    assert f"订单 {ORDER_ID} 在库中还没有索赔" in atoz("inbox", mail, *url, *AS_OF, "--lang", "zh").out


def test_what_cannot_be_read_gives_exit_code_2(atoz, store, mail):
    """The rest is taken in all the same."""
    (mail / "3.json").write_bytes(b'{"payload": {"FinancialEvents": {')
    done = atoz("inbox", mail, "--mail-server", "mx.example.net", *AS_OF)
    assert done.code == 2
    assert f"{mail / '3.json'}:" in done.out
    assert "1 claims changed" in done.out
    assert atoz("inbox", "no-such-folder", *AS_OF).code == 2


def test_looking_after_a_store(atoz, store, tmp_path):
    """List, show, verify, export and load, backup, forget."""
    assert atoz("store", "list").out == f"{ORDER_ID}  version 1  under_review\n"
    assert atoz("store", "list", "--status", "closed").out == ""
    assert json.loads(atoz("store", "show", ORDER_ID).out)["order"]["order_id"] == ORDER_ID
    assert "1 claims, 1 entries, 0 damaged; head " in atoz("store", "verify").out
    exported = atoz("store", "export").out
    assert atoz("store", "load", "-", stdin=exported.encode()).out == "0 added, 0 extended, 1 unchanged\n"
    copy = tmp_path / "copy.db"
    assert atoz("store", "backup", copy).out == f"{copy}\n"
    assert atoz("store", "list", "--store", copy).out == f"{ORDER_ID}  version 1  under_review\n"
    assert atoz("store", "backup", copy).code == 2
    assert atoz("store", "forget", ORDER_ID).code == 2, "nobody can be asked"
    forgotten = atoz("store", "forget", ORDER_ID, "--yes").out
    assert forgotten == f"1 claims with 1 entries deleted\nthis backup may still hold the order: {copy}\n"
    assert atoz("store", "list").out == ""
    assert atoz("store", "load", "-", stdin=exported.encode()).code == 2


def test_an_upgrade_says_what_it_did(atoz, store, monkeypatch):
    """Nothing to do with the present schema; an older one after a backup, as text and as JSON."""
    from atoz.store import schema, upgrading

    assert atoz("store", "upgrade").out == "the store has schema 1, the present one: nothing to do\n"
    monkeypatch.setattr(schema, "SCHEMA_VERSION", 2)
    monkeypatch.setattr(upgrading, "UPGRADES", {1: lambda _: None})
    refused = atoz("store", "list")
    assert (refused.code, "run: atoz store upgrade" in refused.err) == (2, True)
    backup = f"{store}.schema-1"
    assert atoz("store", "upgrade").out == f"schema 1 -> 2\nthe store as it was: {backup}\n"
    said = {"schema_version": 1, "kind": "upgraded", "before": 2, "after": 2, "backup": None}
    assert json.loads(atoz("store", "upgrade", "--json").out) == said
    assert atoz("store", "list").code == 0


def test_damage_gives_exit_code_1(atoz, store):
    """What was changed behind the store's back is named."""
    import sqlite3

    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute("UPDATE atoz_entries SET body = replace(body, 'not_received', 'other')")
    done = atoz("store", "verify")
    assert done.code == 1
    assert f"{ORDER_ID} entry 1: its content does not match its hash" in done.out


@pytest.mark.parametrize(
    "command",
    [
        ("inbox", "."),
        ("store", "list"),
        ("store", "verify"),
        ("store", "load", "-"),
        ("store", "export"),
        ("store", "upgrade"),
    ],
)
def test_without_a_store_the_option_is_named(atoz, command):
    """No store, no guess."""
    done = atoz(*command)
    assert done.code == 2
    assert "--store" in done.err
    assert "ATOZ_STORE" in done.err


def test_an_unknown_claim_or_store_is_an_error(atoz, store, tmp_path):
    """Named with what was probably meant; reading commands make no store."""
    assert ORDER_ID in atoz("store", "show", "123-1234567-1234568").err
    missing = tmp_path / "calims.db"
    assert atoz("store", "list", "--store", missing).code == 2
    assert not missing.exists()


class TestCommandsOnAStore:
    """Commands take a stored claim by its id, or all of them."""

    def test_plan_one_and_all(self, atoz, store):
        """By its id as from a file; without a file the worklist of the store."""
        document = atoz("store", "show", ORDER_ID).out.encode()
        assert atoz("plan", ORDER_ID, *AS_OF).out == atoz("plan", "-", *AS_OF, stdin=document).out
        assert ORDER_ID in atoz("plan", *AS_OF).out
        atoz("store", "forget", ORDER_ID, "--yes")
        assert atoz("plan", *AS_OF).code == 0
        assert atoz("plan", ORDER_ID, *AS_OF).code == 2

    def test_apply_stores_the_event(self, atoz, store):
        """The claim in the store has it; a refused event leaves it as it was."""
        done = atoz("apply", ORDER_ID, "seller_responded", "--at", "2026-11-21T00:00:00Z")
        assert (done.code, done.out) == (0, f"{ORDER_ID}: under_review -> under_review, version 2\n")
        assert atoz("apply", ORDER_ID, "seller_appealed", "--at", "2026-11-22T00:00:00Z").code == 1
        assert atoz("store", "list").out == f"{ORDER_ID}  version 2  under_review\n"

    def test_a_known_order_needs_a_word(self, atoz, store, tmp_path):
        """A second claim on an order is only stored if that is said."""
        again = ("open", tmp_path / "order.json", "--reason", "other", "--filed-at", "2026-11-21T00:00:00Z")
        refused = atoz(*again)
        assert refused.code == 2
        assert "--second" in refused.err
        assert atoz(*again, "--second").out == f"{ORDER_ID}/2: under_review, version 1\n"

    def test_reports_and_packets(self, atoz, store, tmp_path):
        """Pages are made from stored claims too."""
        assert atoz("report", "-o", tmp_path / "all.html", *AS_OF).code == 0
        assert ORDER_ID in (tmp_path / "all.html").read_text(encoding="utf-8")
        assert atoz("report", ORDER_ID, "-o", tmp_path / "one.html", *AS_OF).code == 0
        assert atoz("packet", ORDER_ID).out.startswith(f"# Facts on order {ORDER_ID}")

    def test_reconcile_applies_what_is_named(self, atoz, store, mail):
        """Suggestions for a stored claim, and the store after one is applied."""
        listed = json.loads(atoz("reconcile", ORDER_ID, mail / "2.eml", *AS_OF, "--json").out)
        (name,) = [suggestion["id"] for suggestion in listed["suggestions"] if suggestion.get("event")]
        done = atoz("reconcile", ORDER_ID, mail / "2.eml", *AS_OF, "--apply", name)
        assert done.out == f"{ORDER_ID}: under_review -> granted_seller_funded, version 2\n"
        assert atoz("store", "verify").code == 0

    def test_decisions_are_taken_or_dismissed(self, atoz, store, mail):
        """A fact is corrected, a suggestion set aside, each by the printed command; what is wrong with one is said."""
        payload = {"AmazonOrderId": ORDER_ID, "MarketplaceId": "ATVPDKIKX0DER", "OrderStatus": "Shipped"}
        payload |= {"PurchaseDate": "2026-10-30T15:00:00Z", "LatestDeliveryDate": "2026-11-12T07:59:59Z"}
        (mail / "3.json").write_text(json.dumps({"payload": payload}))
        done = atoz("inbox", mail, *AS_OF)
        assert f"  atoz store correct {ORDER_ID} --set deliver_by=2026-11-11\n" in done.out
        assert f"  or: atoz store dismiss {ORDER_ID} granted_seller_funded@2026-11-22T16:00:00Z\n" in done.out
        chinese = atoz("inbox", mail, *AS_OF, "--lang", "zh").out
        assert "订单的 deliver_by 未改为 2026-11-11:索赔中的订单为 2026-11-09" in chinese
        assert f"  或:atoz store dismiss {ORDER_ID} granted_seller_funded@2026-11-22T16:00:00Z\n" in chinese
        corrected = atoz("store", "correct", ORDER_ID, "--set", "deliver_by=2026-11-11")
        assert corrected.out == f"{ORDER_ID}: order corrected, version 2\n"
        dismissed = atoz("store", "dismiss", ORDER_ID, "granted_seller_funded@2026-11-22T16:00:00Z")
        assert dismissed.out == f"{ORDER_ID}: granted_seller_funded@2026-11-22T16:00:00Z dismissed, version 3\n"
        assert atoz("inbox", mail, *AS_OF).out == "3 mails and files read, 3 about claims, 0 claims changed\n"
        log = atoz("store", "log", ORDER_ID).out.splitlines()
        assert log[1:] == ["2: order corrected", "3: granted_seller_funded@2026-11-22T16:00:00Z dismissed"]
        assert atoz("store", "correct", ORDER_ID, "--set", "delivered_at=").code == 0
        for wrong in ("deliver_by=2026-10-01", "deliver_by=soon", "delivery=x", "order_id=1", "placed_at="):
            assert atoz("store", "correct", ORDER_ID, "--set", wrong).code == 2, wrong
        assert atoz("store", "dismiss", ORDER_ID, "she said so").code == 2
        assert atoz("store", "verify").code == 0

    def test_claims_travel_as_csv(self, atoz, store, tmp_path):
        """Out as CSV, into another store by the file's name or --form, and a bad row is named with exit code 2."""
        exported = atoz("store", "export", "--form", "csv").out
        assert exported.startswith("claim_id,order_id,marketplace,placed_at,")
        table = tmp_path / "claims.csv"
        table.write_text(exported.replace("not_received", "no_such_reason") + exported.split("\n", 1)[1])
        other = ("--store", tmp_path / "other.db")
        done = atoz("store", "load", table, *other)
        assert (done.code, done.out) == (2, "1 added, 0 extended, 0 unchanged\n")
        assert f"{table} line 2: " in done.err
        again = atoz("store", "load", "-", "--form", "csv", *other, stdin=exported.encode())
        assert again.out == "0 added, 0 extended, 1 unchanged\n"
        unknown = atoz("store", "load", "-", "--form", "csv", *other, stdin=b"order_id,phone\n")
        assert (unknown.code, "phone" in unknown.err) == (2, True)
        assert atoz("store", "show", ORDER_ID, *other).out == atoz("store", "show", ORDER_ID).out

    def test_batch_counts_for_every_stored_claim(self, atoz, store, tmp_path):
        """The same instants as a claim's own deadlines, and the windows too."""
        pytest.importorskip("polars")
        atoz("apply", ORDER_ID, "information_requested", "--at", "2026-11-21T00:00:00Z")
        atoz("apply", ORDER_ID, "information_requested", "--at", "2026-11-22T00:00:00Z")
        output = tmp_path / "deadlines.csv"
        done = atoz("batch", "-o", output, "--deadline", "answer_amazon", *AS_OF)
        assert (done.code, done.out.startswith("1 row written")) == (0, True)
        (row,) = csv.DictReader(output.read_text(encoding="utf-8").splitlines())
        claim = Claim.model_validate_json(atoz("store", "show", ORDER_ID).out)
        (due,) = [item.due_at for item in deadlines(claim, as_of=NOW) if item.name == "answer_amazon"]
        assert datetime.fromisoformat(row["answer_amazon_due_at"]) == due
        assert atoz("batch", "-o", tmp_path / "windows.jsonl", "--on", "filed_at").code == 0
        assert json.loads((tmp_path / "windows.jsonl").read_text())["verdict"] == "eligible"
        nothing = atoz("batch", "-o", tmp_path / "x.csv", "--store", "")
        assert (nothing.code, "--store" in nothing.err) == (2, True)

    @pytest.mark.parametrize("command", [("plan",), ("report", "-o", "x.html"), ("apply", ORDER_ID, "denied")])
    def test_without_a_store_the_option_is_named(self, atoz, command, monkeypatch, tmp_path):
        """Neither a file nor a store: an error that names the option."""
        monkeypatch.chdir(tmp_path)
        done = atoz(*command)
        assert done.code == 2
        assert "--store" in done.err
