"""Files made to hang a reader or to fill its memory: each ends in a clear result, under limits of memory and time."""

import gzip
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from atoz.errors import InvalidDocument
from atoz.sources.record_reading import read_records
from atoz.sources.records import to_line
from atoz.sources.report_files.returns import return_flags_from_xml

sys.path.insert(0, str(Path(__file__).parent))
import hostile_files

ORDER = "111-0000001-0000001"
DATA = Path(__file__).parent / "data"
OFFICIAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "sp_api"


@pytest.fixture(scope="module")
def outcomes():
    """What came of every case, read by one process of its own that the limits would end."""
    if sys.platform == "win32":
        pytest.skip("limits of memory are set as Unix has them")
    done = subprocess.run([sys.executable, hostile_files.__file__], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(map(json.loads, done.stdout.splitlines()))


@pytest.mark.parametrize("name", hostile_files.CASES)
def test_a_hostile_file_ends_in_a_clear_result(name, outcomes):
    """Within the limits, and with the code that says what is wrong."""
    assert hostile_files.CASES[name][0] in outcomes[name]


def read(data, **options):
    """The records of some bytes."""
    return list(read_records(io.BytesIO(data), **options))


def test_an_api_body_of_one_long_line_is_read():
    """A page of orders of a megabyte comes as one line."""
    row = {
        "AmazonOrderId": ORDER,
        "MarketplaceId": "ATVPDKIKX0DER",
        "PurchaseDate": "2016-06-01T15:00:00Z",
        "OrderStatus": "Shipped",
        "LastUpdateDate": "2016-06-02T15:00:00Z",
    }
    body = json.dumps({"payload": {"Orders": [{**row, "Filler": "x" * 1_000} for _ in range(400)]}}).encode()
    assert len(body) > 262_144
    assert len([parsed for parsed in read(body) if parsed.ok and parsed.value.kind == "order"]) == 400


def test_a_notification_of_another_type_says_so():
    """A shipment that was paid has no part in claims: a note, not silence."""
    body = {
        "NotificationType": "TRANSACTION_UPDATE",
        "Payload": {
            "TransactionUpdateNotification": {"TransactionType": "Shipment", "PostedDate": "2016-06-01T15:00:00Z"}
        },
    }
    (parsed,) = read(json.dumps(body).encode())
    assert (parsed.value, parsed.codes()) == (None, ("not_about_claims",))


def test_an_open_quote_spoils_its_own_row_alone():
    """The rows behind a stray quote are read."""
    lines = (DATA / "SYNTHETIC_date_range_transactions_us.csv").read_bytes().splitlines()
    at = next(index for index, line in enumerate(lines) if b"settlement id" in line)
    whole = [parsed.value for parsed in read(b"\n".join(lines)) if parsed.ok]
    broken = read(b"\n".join([*lines[: at + 1], b'"stray,x', *lines[at + 1 :]]))
    assert [parsed.value for parsed in broken if parsed.ok] == whole
    assert [parsed.notes[0].path for parsed in broken if "bad_row" in parsed.codes()] == [f"line {at + 2}"]


def test_a_cell_with_a_line_break_is_one_row():
    """Quoted text may run over lines."""
    header = "date/time,settlement id,type,order id,description,total"
    row = f'"Mar 19, 2026 10:04:05 AM PDT",1,A-to-z Guarantee Claim,{ORDER},"two\nlines",-5.00'
    (parsed,) = read(f"USD\n{header}\n{row}\n".encode())
    assert str(parsed.value.amount) == "-5.00 USD"


def test_returns_in_one_long_line_of_xml_are_read():
    """XML needs no line breaks; rows come while it is read."""
    row = f"<return><order_id>{ORDER}</order_id><a_to_z_claim>Y</a_to_z_claim></return>"
    found = read(f"<r>{row * 6_000}</r>".encode())
    assert len(found) == 6_000
    assert all(parsed.ok for parsed in found)
    assert next(return_flags_from_xml([f"<r>{row}", "<broken"])).ok
    with pytest.raises(InvalidDocument):
        list(return_flags_from_xml([f"<r>{row}", "<broken"]))


def payload_files():
    """Every file at hand that `atoz import` reads."""
    folders = [DATA, *([OFFICIAL] if OFFICIAL.is_dir() else [])]
    return [path for folder in folders for path in sorted(folder.iterdir()) if path.suffix in {".json", ".tsv", ".csv"}]


@pytest.mark.parametrize("path", payload_files(), ids=lambda path: path.stem)
def test_all_that_is_written_is_read_again(path):
    """Every record of every file, as JSON Lines and compressed: the same records, nothing lost."""
    try:
        written = [parsed.value for parsed in read(path.read_bytes(), order_id=ORDER) if parsed.ok]
    except InvalidDocument:
        return
    lines = "".join(f"{to_line(record)}\n" for record in written).encode()
    for data in (lines, gzip.compress(lines)) if written else ():
        again = read(data)
        assert [parsed.value for parsed in again] == written
        assert not any(parsed.notes for parsed in again)
