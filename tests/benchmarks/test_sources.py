"""Readers of payloads and files against the obvious hand-written loop with the standard library, in one run.

The loops do what one would write first: parse, pick the fields, sum. They check no zone, form, currency or repetition.
"""

import csv
import email
import json
import re
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from email.policy import default
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from atoz.model.record import parse_json
from atoz.sources.notices.reading import read_notice
from atoz.sources.report_files.date_range import transactions_from_date_range
from atoz.sources.report_files.returns import return_flags
from atoz.sources.report_files.settlement import transactions_from_settlement
from atoz.sources.sp_api.orders import order
from atoz.sources.transactions.finances import finance_transactions

DATA = Path(__file__).parent.parent / "sources" / "data"
PACIFIC = ZoneInfo("America/Los_Angeles")


def numbered(number: int) -> str:
    """An order id of its own."""
    return f"111-{number // 10**7:07d}-{number % 10**7:07d}"


def order_payloads(count: int) -> list[str]:
    """Orders v0 as JSON text."""
    row = {
        "AmazonOrderId": "",
        "PurchaseDate": "2016-06-01T15:00:00Z",
        "LastUpdateDate": "2016-06-02T15:00:00Z",
        "OrderStatus": "Shipped",
        "FulfillmentChannel": "MFN",
        "MarketplaceId": "ATVPDKIKX0DER",
        "OrderTotal": {"CurrencyCode": "USD", "Amount": "31.90"},
        "LatestDeliveryDate": "2016-06-11T06:59:59Z",
    }
    return [json.dumps({"payload": {**row, "AmazonOrderId": numbered(index)}}) for index in range(count)]


def orders_by_hand(texts: list[str]) -> int:
    """The fields, and the local day of the promise."""
    found = []
    for text in texts:
        row = json.loads(text)["payload"]
        last = datetime.fromisoformat(row["LatestDeliveryDate"]).astimezone(PACIFIC).date()
        found.append(
            (
                row["AmazonOrderId"],
                datetime.fromisoformat(row["PurchaseDate"]),
                last,
                Decimal(row["OrderTotal"]["Amount"]),
            )
        )
    return len(found)


def settlement_lines(count: int) -> list[str]:
    """A settlement file: one row in twenty is a claim."""
    lines = (DATA / "SYNTHETIC_settlement_v2_us.tsv").read_text().splitlines()
    rows = []
    for index in range(count):
        row = lines[2] if index % 20 == 0 else lines[2].replace("A-to-z Guarantee Refund", "Order")
        rows.append(row.replace("111-0000001-0000001", numbered(index)))
    return [*lines[:2], *rows]


def settlement_by_hand(lines: list[str]) -> int:
    """Sums by order of the rows called a claim."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in csv.DictReader(lines, delimiter="\t"):
        if row["transaction-type"] == "A-to-z Guarantee Refund":
            sums[row["order-id"]] += Decimal(row["amount"])
    return len(sums)


def date_range_lines(count: int) -> list[str]:
    """A date range report: one row in twenty is a claim."""
    lines = (DATA / "SYNTHETIC_date_range_transactions_us.csv").read_text().splitlines()
    rows = []
    for index in range(count):
        row = lines[3] if index % 20 == 0 else lines[3].replace("A-to-z Guarantee Claim", "Order")
        rows.append(row.replace("111-0000001-0000001", numbered(index)))
    return [*lines[:3], *rows]


def date_range_by_hand(lines: list[str]) -> int:
    """The claims' totals."""
    rows = csv.DictReader(lines[2:])
    return sum(1 for row in rows if row["type"] == "A-to-z Guarantee Claim" and Decimal(row["total"].replace(",", "")))


def finances_payloads(count: int) -> list[str]:
    """Finances v0 pages with one claim each."""
    text = (DATA / "SYNTHETIC_finances_v0_GuaranteeClaimEventList.json").read_text()
    return [text.replace("111-0000001-0000001", numbered(index)) for index in range(count)]


def finances_by_hand(texts: list[str]) -> int:
    """The sum of the item adjustments."""
    found = []
    for text in texts:
        for event in json.loads(text, parse_float=Decimal)["payload"]["FinancialEvents"]["GuaranteeClaimEventList"]:
            total = Decimal(0)
            for item in event["ShipmentItemAdjustmentList"]:
                total += sum(each["ChargeAmount"]["CurrencyAmount"] for each in item["ItemChargeAdjustmentList"])
                total += sum(each["FeeAmount"]["CurrencyAmount"] for each in item["ItemFeeAdjustmentList"])
                for held in item["ItemTaxWithheldList"]:
                    total += sum(each["ChargeAmount"]["CurrencyAmount"] for each in held["TaxesWithheld"])
            found.append((event["AmazonOrderId"], datetime.fromisoformat(event["PostedDate"]), total))
    return len(found)


def returns_lines(count: int) -> list[str]:
    """A returns report."""
    lines = (DATA / "SYNTHETIC_returns_flat_file.tsv").read_text().splitlines()
    return [lines[0], *(lines[2].replace("111-0000002-0000002", numbered(index)) for index in range(count))]


def returns_by_hand(lines: list[str]) -> int:
    """The flags."""
    return sum(1 for row in csv.DictReader(lines, delimiter="\t") if row["A-to-Z Claim"] == "Y")


MAIL = b"""From: atoz-guarantee-no-reply@amazon.com
Subject: Claim received on order 111-0000001-0000001
Date: Wed, 1 Jun 2016 08:00:00 -0700
X-Space-Notification-Type: A_Z_CLAIM_RESPONDENT_NOTIFY
X-Marketplace-ID: ATVPDKIKX0DER
Content-Type: text/plain; charset=utf-8

We received an A-to-z Guarantee claim of $31.90 on the order 111-0000001-0000001.
"""


def mails_by_hand(mails: list[bytes]) -> int:
    """Subject, date and amount by regular expressions."""
    found = []
    for raw in mails:
        message = email.message_from_bytes(raw, policy=default)
        body = message.get_body()
        text = body.get_content() if body else ""
        found.append(
            (
                re.search(r"\d{3}-\d{7}-\d{7}", message["Subject"]),
                message["Date"].datetime,
                re.search(r"\$([\d.]+)", text),
            )
        )
    return len(found)


CASES: dict[str, tuple[object, Callable[..., int], Callable[..., int]]] = {
    "orders v0": (
        order_payloads(2_000),
        lambda texts: sum(order(parse_json(text)).ok for text in texts),
        orders_by_hand,
    ),
    "finances v0": (
        finances_payloads(1_000),
        lambda texts: sum(len(finance_transactions(parse_json(text)).items) for text in texts),
        finances_by_hand,
    ),
    "settlement rows": (
        settlement_lines(40_000),
        lambda lines: sum(1 for _ in transactions_from_settlement(lines)),
        settlement_by_hand,
    ),
    "date range rows": (
        date_range_lines(10_000),
        lambda lines: sum(1 for _ in transactions_from_date_range(lines)),
        date_range_by_hand,
    ),
    "returns rows": (returns_lines(5_000), lambda lines: sum(1 for _ in return_flags(lines)), returns_by_hand),
    "notices": ([MAIL] * 300, lambda mails: sum(read_notice(raw).ok for raw in mails), mails_by_hand),
}


def usual(run: Callable[..., int], given: object, times: int) -> float:
    """The median of several runs, in seconds."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        run(given)
        found.append(time.perf_counter() - start)
    return statistics.median(found)


@pytest.mark.parametrize("name", CASES)
def test_a_reader_against_the_loop_one_would_write(name, benchmark, finding):
    """Both find the same number of things; the figure is the price of the checks."""
    given, ours, theirs = CASES[name]
    count = len(given) if isinstance(given, list) else 0
    assert ours(given) == theirs(given)
    if benchmark.enabled:
        mine, plain = usual(ours, given, 7), usual(theirs, given, 7)
        finding(
            f"reading {name}", f"{count / mine:,.0f}/s, {mine / plain:.1f}x by hand ({count / plain:,.0f}/s)", "none"
        )
    benchmark.pedantic(ours, args=(given,), rounds=1)
