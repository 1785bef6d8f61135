"""Arbitrary and broken input: every parser gives a result or an AtozError, and nothing about a buyer ever comes out."""

import copy
import io
import json
import logging
import tracemalloc
from decimal import Decimal
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atoz.errors import AtozError
from atoz.sources.format_detection import SourceKind
from atoz.sources.notices.reading import read_notice
from atoz.sources.record_reading import read_records
from atoz.sources.records import records_from, to_line
from atoz.sources.report_files.account_health import account_health, claim_metrics
from atoz.sources.report_files.date_range import transactions_from_date_range
from atoz.sources.report_files.delimited_text import MAX_LINE, lines_of
from atoz.sources.report_files.returns import return_flags, return_flags_from_xml
from atoz.sources.report_files.settlement import transactions_from_settlement
from atoz.sources.sp_api.label_protection import label_protection
from atoz.sources.sp_api.messaging import allowed_messages
from atoz.sources.sp_api.order_snapshot import shapes
from atoz.sources.sp_api.orders import order, order_state, orders
from atoz.sources.sp_api.tracking import delivery
from atoz.sources.transactions.finances import finance_transactions

DATA = Path(__file__).parent / "data"
OFFICIAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "sp_api"
PAYLOAD_READERS = (
    order,
    order_state,
    orders,
    finance_transactions,
    delivery,
    label_protection,
    account_health,
    claim_metrics,
    allowed_messages,
)

KEYS = st.sampled_from(
    sorted(
        {
            "payload", "Payload", "order", "orders", "Orders", "FinancialEvents", "transactions", "GuaranteeClaimEventList",
            "AmazonOrderId", "orderId", "PostedDate", "ShipmentItemAdjustmentList", "ItemChargeAdjustmentList", "ChargeAmount",
            "CurrencyAmount", "CurrencyCode", "transactionType", "relatedIdentifiers", "relatedIdentifierName", "postedDate",
            "relatedIdentifierValue", "totalAmount", "eventHistory", "eventTime", "shipmentType", "eventCode", "ShippingService",
            "benefits", "includedBenefits", "performanceMetrics", "orderDefectRate", "mfn", "marketplaceId", "rate", "targetValue",
            "accountHealthOrderDefectRate", "value", "trackingDetail", "milestoneHistory", "Summary", "kind", "packages", "orderItems",
            *(step for shape in shapes().values() for path in shape.model_dump().values() if isinstance(path, str) for step in path.split(".") if step),
        }
    )
)  # fmt: skip
LEAVES = (
    st.just(5000).map(lambda digits: 10**digits)
    | st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text(max_size=8)
    | st.sampled_from(
        [
            "111-0000001-0000001", "2016-06-11T06:59:59Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "ATVPDKIKX0DER",
            "GuaranteeClaimRefund", "Shipped", "MFN", "USD", "-1.00", Decimal("1E+999999"), "\ud800", "movement", "FORWARD",
            "Delivered", "2016-06-11T06:59:59", "1" * 500,
        ]
    )
)  # fmt: skip
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=5), inner, max_size=6),
    max_leaves=25,
)


def read_or_refused(reader, *arguments):
    """Run a reader to its end; only its own errors may leave it."""
    try:
        found = reader(*arguments)
        if not isinstance(found, (tuple, frozenset)) and hasattr(found, "__iter__"):
            list(found)
    except AtozError as error:
        assert str(error)


@given(JSON)
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
def test_any_json_is_read_or_refused(payload):
    """Any object of any shape, with the right keys in the wrong places."""
    for reader in PAYLOAD_READERS:
        read_or_refused(reader, payload)


@given(st.binary(max_size=600), st.sampled_from([None, *SourceKind]))
@settings(max_examples=300)
def test_any_bytes_are_read_or_refused_as_any_kind(data, kind):
    """Whatever is in the file, whatever it is said to be."""
    read_or_refused(lambda: list(read_records(io.BytesIO(data), kind=kind)))
    read_or_refused(read_notice, data)
    read_or_refused(lambda: list(lines_of(io.BytesIO(b"\x1f\x8b" + data))))


@given(st.text(max_size=400))
def test_any_text_is_read_or_refused(text):
    """Every reader of lines, on text that knows some of the right words."""
    lines = text.splitlines()
    for reader in (transactions_from_settlement, transactions_from_date_range, return_flags, records_from):
        read_or_refused(reader, lines)
    read_or_refused(return_flags_from_xml, lines)
    read_or_refused(read_notice, text)


ROWS = ("SYNTHETIC_settlement_v2_us.tsv", "SYNTHETIC_date_range_transactions_us.csv", "SYNTHETIC_returns_flat_file.tsv")


@given(st.sampled_from(ROWS), st.data())
def test_real_files_with_broken_cells_lose_no_good_row(name, data):
    """Bytes cut out, put in and changed anywhere: rows are lost with a note, never with an exception."""
    raw = bytearray((DATA / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 3))] = data.draw(
            st.binary(max_size=3) | st.sampled_from([b"\t", b"\n", b'"', b"\xff", b"\x00"])
        )
    read_or_refused(lambda: list(read_records(io.BytesIO(bytes(raw)))))


def payload_files():
    """Every JSON payload at hand, made and official."""
    folders = [DATA, *([OFFICIAL] if OFFICIAL.is_dir() else [])]
    return [path for folder in folders for path in sorted(folder.glob("*.json"))]


def places(value, path=()):
    """Every place in a document."""
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from places(child, (*path, key))


def replaced(document, path, new):
    """The document with one place changed; the whole where the path is empty."""
    if not path:
        return new
    made = copy.deepcopy(document)
    inner = made
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = new
    return made


@pytest.mark.parametrize("path", payload_files(), ids=lambda path: path.stem)
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_real_payloads_with_one_thing_wrong_are_read_or_refused(path, data):
    """Any value anywhere in a real payload replaced by any other."""
    document = json.loads(path.read_text(), parse_float=Decimal)
    spot = data.draw(st.sampled_from(list(places(document))))
    broken = replaced(document, spot, data.draw(JSON))
    for reader in PAYLOAD_READERS:
        read_or_refused(reader, broken)


PLANTED = {
    "name": "Zebediah Quux",
    "street": "77 Gooseberry Lane",
    "mail": "zeb@quux.example",
    "phone": "+1 206 555 0177",
    "city": "Quuxville",
}
PERSONAL = (
    "BuyerInfo", "BuyerName", "BuyerEmail", "buyer", "recipient", "ShippingAddress", "DefaultShipFromLocationAddress", "Name", "Phone",
    "buyer-email", "ShipToAddress", "ShipFromAddress", "location", "comment", "SomethingNew", "shipFromAddress", "giftMessage",
)  # fmt: skip


def planted(value):
    """The document with a buyer in every object, under every name that could hold one."""
    if isinstance(value, list):
        return [planted(each) for each in value]
    if not isinstance(value, dict):
        return value
    inside = {key: planted(each) for key, each in value.items() if key not in PERSONAL}
    return {**inside, **{key: PLANTED if index % 2 else PLANTED["name"] for index, key in enumerate(PERSONAL)}}


def everything_in(parsed):
    """All that a result says."""
    return (to_line(parsed.value) if parsed.value is not None else "") + "".join(map(str, parsed.notes)) + repr(parsed)


@pytest.mark.parametrize("path", payload_files(), ids=lambda path: path.stem)
def test_a_buyer_planted_everywhere_never_comes_out_of_a_payload(path, caplog):
    """Names, addresses, mail and phone in every object: not in a record, a note, an error or the log."""
    caplog.set_level(logging.DEBUG)
    document = planted(json.loads(path.read_text(), parse_float=Decimal))
    said = ""
    try:
        said = "".join(map(everything_in, read_records(io.BytesIO(json.dumps(document, default=str).encode()))))
    except AtozError as error:
        said = f"{error}{error!r}"
    for each in PLANTED.values():
        assert each not in said + caplog.text


@pytest.mark.parametrize("name", ROWS)
def test_a_buyer_planted_in_every_free_cell_never_comes_out_of_a_report(name):
    """Cities, descriptions, item names and columns nobody asked for."""
    sign = "," if name.endswith(".csv") else "\t"
    lines = (DATA / name).read_text().splitlines()
    at = next(index for index, line in enumerate(lines) if "sku" in line.casefold())
    free = {
        "order city",
        "order state",
        "order postal",
        "item name",
        "description",
        "sku",
        "merchant sku",
        "merchant-order-id",
        "return reason",
    }
    header = [cell.strip('"').casefold() for cell in lines[at].split(sign)]
    for index in range(at + 1, len(lines)):
        cells = lines[index].split(sign) if sign == "\t" else lines[index].strip('"').split('","')
        cells = [PLANTED["name"] if column in free else cell for column, cell in zip(header, cells, strict=False)]
        lines[index] = sign.join([*(f'"{cell}"' if sign == "," else cell for cell in cells), PLANTED["mail"]])
    lines[at] += f"{sign}buyer"
    said = "".join(map(everything_in, read_records(io.BytesIO("\n".join(lines).encode()))))
    assert "111-0000001-0000001" in said
    assert not any(each in said for each in PLANTED.values())


def test_a_buyer_in_an_error_of_an_order_id_is_not_repeated():
    """A mail address where the order id should be is refused without being shown."""
    parsed = order({"AmazonOrderId": PLANTED["mail"], "OrderStatus": PLANTED["name"]})
    assert PLANTED["mail"] not in everything_in(parsed)
    odd = order_state(
        {"AmazonOrderId": "111-0000001-0000001", "OrderStatus": PLANTED["name"], "MarketplaceId": PLANTED["mail"]}
    )
    assert "unknown_status" in odd.codes()
    assert not any(each in everything_in(odd) for each in PLANTED.values())
    lines = ["Order ID\tA-to-Z Claim", f"{PLANTED['mail']}\tY"]
    assert PLANTED["mail"] not in "".join(map(everything_in, return_flags(lines)))


def settlement_rows(count):
    """Lines of a long settlement file, made while they are read: one row in a hundred is a claim of its own."""
    lines = (DATA / ROWS[0]).read_text().splitlines()
    yield from lines[:2]
    row = lines[2]
    for number in range(count):
        kind = "A-to-z Guarantee Refund" if number % 100 == 0 else "Order"
        made = row.replace("A-to-z Guarantee Refund", kind)
        yield made.replace("111-0000001-0000001", f"111-{number // 10**7:07d}-{number % 10**7:07d}")


def test_memory_stays_flat_however_long_a_settlement_file_is():
    """Ten times as many rows need no more memory; the transactions come while the file is read."""
    peaks = []
    for count in (15_000, 90_000):
        tracemalloc.start()
        found = sum(1 for parsed in transactions_from_settlement(settlement_rows(count)) if parsed.ok)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert found == count // 100
    assert peaks[1] < 12_000_000
    assert next(transactions_from_settlement(islice(settlement_rows(10**9), 10**6))).ok


def test_a_line_without_end_does_not_fill_the_memory():
    """A file of one line is cut, not held."""
    lines = list(lines_of(io.BytesIO(b"x" * (MAX_LINE * 4) + b"\nnext")))
    assert [len(line) for line in lines] == [MAX_LINE, 4]


def with_half_a_character(value):
    """The document with half a character in every text."""
    if isinstance(value, dict):
        return {key: with_half_a_character(each) for key, each in value.items()}
    if isinstance(value, list):
        return [with_half_a_character(each) for each in value]
    return f"{value}\ud800" if isinstance(value, str) else value


@pytest.mark.parametrize("path", payload_files(), ids=lambda path: path.stem)
def test_half_a_character_anywhere_is_survived(path):
    """JSON can hold half of a pair that no file can: in every text at once, and in each alone."""
    document = json.loads(path.read_text(), parse_float=Decimal)
    texts = [spot for spot in places(document) if isinstance(at(document, spot), str)]
    for broken in [
        with_half_a_character(document),
        *(replaced(document, spot, at(document, spot) + "\udfff") for spot in texts[:60]),
    ]:
        for reader in PAYLOAD_READERS:
            read_or_refused(reader, broken)


def at(document, path):
    """What stands at a place."""
    for step in path:
        document = document[step]
    return document
