"""`atoz import`: every file becomes JSON Lines, bad rows are named, and the rest is read."""

import gzip
import io
import json
import sys
from pathlib import Path

import pytest

DATA = Path(__file__).parent.parent / "sources" / "data"


def records(out):
    """The records of an output."""
    return [json.loads(line) for line in out.splitlines()]


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("SYNTHETIC_settlement_v2_us.tsv", ["movement"] * 3),
        ("SYNTHETIC_date_range_transactions_us.csv", ["movement"] * 3),
        ("SYNTHETIC_finances_v0_GuaranteeClaimEventList.json", ["movement"]),
        ("SYNTHETIC_finances_2024_GuaranteeClaimRefund_deferred_pair.json", ["movement"] * 2),
        ("SYNTHETIC_returns_flat_file.tsv", ["flag"] * 2),
    ],
)
def test_the_kind_is_found_by_what_stands_in_the_file(atoz, tmp_path, name, kinds):
    """Under another name, and compressed, the same records come out."""
    renamed, packed = tmp_path / "data.bin", tmp_path / "data.gz"
    renamed.write_bytes((DATA / name).read_bytes())
    packed.write_bytes(gzip.compress((DATA / name).read_bytes()))
    plain = atoz("import", renamed)
    assert (plain.code, [each["kind"] for each in records(plain.out)]) == (0, kinds)
    assert atoz("import", packed).out == plain.out


def test_what_was_imported_is_imported_again(atoz, tmp_path):
    """JSON Lines of records are read as records: importing twice changes nothing."""
    first = atoz("import", DATA / "SYNTHETIC_returns_flat_file.tsv", DATA / "SYNTHETIC_settlement_v2_us.tsv")
    lines = tmp_path / "records.jsonl"
    lines.write_text(first.out)
    again = atoz("import", lines)
    assert (again.code, again.out) == (0, first.out)


def test_an_order_page_becomes_orders_and_states(atoz, tmp_path):
    """A payload of orders gives what windows are counted from, and what Amazon says besides."""
    order = {
        "AmazonOrderId": "111-0000001-0000001",
        "PurchaseDate": "2016-06-01T15:00:00Z",
        "MarketplaceId": "ATVPDKIKX0DER",
        "LatestDeliveryDate": "2016-06-11T06:59:59Z",
        "FulfillmentChannel": "MFN",
        "OrderStatus": "Shipped",
        "BuyerInfo": {"BuyerName": "Zebediah Quux"},
    }
    file = tmp_path / "page.json"
    file.write_text(json.dumps({"payload": {"Orders": [order, {**order, "AmazonOrderId": "bad"}]}}, indent=1))
    done = atoz("import", file)
    assert [each["kind"] for each in records(done.out)] == ["order", "order_state"]
    assert (done.code, "payload" in done.out, "Quux" in done.out + done.err) == (2, False, False)
    assert "AmazonOrderId" in done.err


def test_a_bad_row_is_named_with_file_line_and_reason(atoz, tmp_path):
    """The good rows are written, the exit code says that some of it was bad."""
    text = (DATA / "SYNTHETIC_settlement_v2_us.tsv").read_text()
    file = tmp_path / "s.tsv"
    file.write_text(text.rstrip("\n") + "\nshort\trow\n")
    done = atoz("import", file)
    assert len(records(done.out)) == 3
    assert done.code == 2
    assert f"{file}: error: line 11: the row has too few cells" in done.err


def test_one_unreadable_file_does_not_stop_the_others(atoz, tmp_path):
    """A missing file, an empty one and one of no kind are reported; the last file is read."""
    empty, odd = tmp_path / "empty", tmp_path / "odd"
    empty.write_bytes(b"")
    odd.write_bytes(b"just words")
    done = atoz("import", tmp_path / "missing", empty, odd, DATA / "SYNTHETIC_returns_flat_file.tsv")
    assert (done.code, len(records(done.out)), done.err.count("[invalid_document]")) == (2, 2, 3)
    assert "Traceback" not in done.err


def test_standard_input_and_a_kind_that_is_said(atoz):
    """`-` reads standard input; --kind says what it is, and a wrong one is an error."""
    data = (DATA / "SYNTHETIC_settlement_v2_us.tsv").read_bytes()
    assert len(records(atoz("import", "-", "--kind", "settlement", stdin=data).out)) == 3
    assert atoz("import", "-", "--kind", "date-range", stdin=data).code == 2


def test_a_notice_and_tracking_that_names_no_order(atoz, tmp_path):
    """A mail becomes a notice; --order says whose parcel it is."""
    mail, scan = tmp_path / "a.eml", tmp_path / "t.json"
    mail.write_bytes(
        b"From: atoz-guarantee-no-reply@amazon.com\nSubject: Claim received on order 111-0000001-0000001\n\nx\n"
    )
    scan.write_text('{"trackingId": "T", "eventHistory": []}')
    done = atoz("import", mail, scan, "--order", "111-0000001-0000001")
    notice, delivery = records(done.out)
    assert (notice["kind"], delivery["kind"], delivery["order_id"]) == ("notice", "delivery", "111-0000001-0000001")
    assert "headers_can_be_forged" in done.err


def test_a_progress_bar_on_a_terminal_only(atoz, monkeypatch):
    """On a terminal the bar goes to standard error; the records stay clean either way."""
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr(sys, "stderr", terminal)
    done = atoz("import", DATA / "SYNTHETIC_settlement_v2_us.tsv")
    assert len(records(done.out)) == 3
    assert "SYNTHETIC" in terminal.getvalue()


def test_a_claim_written_by_hand_needs_no_kind(atoz, tmp_path):
    """A claim and an order are known by their fields; a payload of Amazon's with an `order` in it is none."""
    order = {"order_id": "111-0000001-0000001", "marketplace": "US", "placed_at": "2026-02-20T12:00:00Z"}
    claim = {"order": order, "reason": "other", "history": [{"kind": "filed", "at": "2026-03-10T12:00:00Z"}]}
    for name, data in (("o", order), ("c", claim)):
        (tmp_path / name).write_text(json.dumps(data, indent=1))
    done = atoz("import", tmp_path / "o", tmp_path / "c")
    assert (done.code, [each["kind"] for each in records(done.out)]) == (0, ["order", "claim"])
