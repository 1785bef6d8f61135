"""The real client of python-amazon-sp-api against a stub on loopback: what it returns is what atoz reads."""

import gzip
import importlib.util
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

from atoz.sources.report_files.account_health import account_health
from atoz.sources.sp_api.orders import order, orders
from atoz.sources.transactions.deduplication import deduplicate
from atoz.sources.transactions.finances import finance_transactions

pytest.importorskip("sp_api", reason="the extra sp-api is not installed")
pytestmark = pytest.mark.filterwarnings("default")

ORDER = "111-0000001-0000001"
EXAMPLE = Path(__file__).parents[2] / "examples" / "real_client.py"
V0 = {
    "AmazonOrderId": ORDER,
    "PurchaseDate": "2016-06-01T15:00:00Z",
    "LastUpdateDate": "2016-06-02T15:00:00Z",
    "OrderStatus": "Shipped",
    "FulfillmentChannel": "MFN",
    "MarketplaceId": "ATVPDKIKX0DER",
    "OrderTotal": {"CurrencyCode": "USD", "Amount": "31.90"},
    "LatestDeliveryDate": "2016-06-11T06:59:59Z",
    "BuyerInfo": {"BuyerEmail": "b@example.org", "BuyerName": "Zebediah Quux"},
}
V2026 = {
    "orderId": ORDER,
    "createdTime": "2016-06-01T15:00:00Z",
    "lastUpdatedTime": "2016-06-02T15:00:00Z",
    "salesChannel": {"channelName": "AMAZON", "marketplaceId": "ATVPDKIKX0DER"},
    "fulfillment": {
        "fulfillmentStatus": "SHIPPED",
        "fulfilledBy": "MERCHANT",
        "deliverByWindow": {"latestDateTime": "2016-06-11T06:59:59Z"},
    },
    "orderItems": [],
}


class Token:
    """Stands in for the log-in: there are no credentials here."""

    def __init__(self, **_):
        pass

    def get_auth(self):
        """A token that means nothing."""
        return SimpleNamespace(access_token="none")


@pytest.fixture
def stub():
    """An HTTP server on loopback that answers with the bytes given for each path; it counts what was asked."""
    answers, asked = {}, []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            path, _, query = self.path.partition("?")
            asked.append(self.path)
            body = answers[path](query) if callable(answers[path]) else answers[path]
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield SimpleNamespace(url=f"http://127.0.0.1:{server.server_port}", answers=answers, asked=asked)
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def client(stub):
    """A client class, pointed at the stub."""
    opened = []

    def make(cls, **options):
        shop = SimpleNamespace(endpoint=stub.url, marketplace_id="ATVPDKIKX0DER", region="us-east-1", name="US")
        made = cls(
            marketplace=shop,
            credentials={"lwa_app_id": "x", "lwa_client_secret": "x", "refresh_token": "x"},
            auth_token_client_class=Token,
            **options,
        )
        opened.append(made)
        return made

    yield make
    for each in opened:
        each.close()


@pytest.fixture
def example():
    """The example as a module."""
    spec = importlib.util.spec_from_file_location("real_client", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def body(payload):
    """A JSON answer."""
    return json.dumps(payload).encode()


def test_orders_of_both_versions_through_the_real_client(stub, client, example):
    """One order and pages: v0 without its `payload` wrapper and 2026-01-01, read as from the raw payload."""
    from sp_api.api import Orders

    stub.answers[f"/orders/v0/orders/{ORDER}"] = body({"payload": V0})
    stub.answers["/orders/v0/orders"] = body({"payload": {"Orders": [V0], "NextToken": "more"}})
    stub.answers[f"/orders/2026-01-01/orders/{ORDER}"] = body({"order": V2026})
    stub.answers["/orders/2026-01-01/orders"] = body({"orders": [V2026], "pagination": {"nextToken": "more"}})
    old, new = client(Orders, version="v0"), client(Orders, version="2026-01-01")
    assert example.fetch_order(old, ORDER) == order(V0).value
    assert order(new.get_order(ORDER).payload).value == order(V2026).value
    page = old.get_orders(CreatedAfter="2016-06-01T00:00:00Z")
    assert (orders(page.payload).items[0].value, orders(page.payload).next_token) == (order(V0).value, "more")
    found = new.search_orders(createdAfter="2016-06-01T00:00:00Z")
    assert (orders(found.payload).items[0].value, found.next_token) == (order(V2026).value, "more")


def test_money_through_the_real_client(stub, client, example, made):
    """Both versions of Finances, over pages; the client parses amounts as floats, and they are read to the cent."""
    from sp_api.api import Finances

    claim = json.loads(made("SYNTHETIC_finances_v0_GuaranteeClaimEventList.json"))
    first = body({"payload": {"FinancialEvents": {}, "NextToken": "two"}})
    stub.answers[f"/finances/v0/orders/{ORDER}/financialEvents"] = lambda query: (
        body(claim) if "NextToken" in query else first
    )
    stub.answers["/finances/2024-06-19/transactions"] = made(
        "SYNTHETIC_finances_2024_GuaranteeClaimRefund_deferred_pair.json"
    )
    (debit,) = example.fetch_transactions(client(Finances, version="v0"), ORDER)
    assert str(debit.amount) == "-26.39 USD"
    response = client(Finances, version="2024-06-19").list_transactions(postedAfter="2026-01-01T00:00:00Z")
    parsed = finance_transactions(response.payload).items
    assert "float_amount" in parsed[0].codes()
    (once_only,) = deduplicate(each.value for each in parsed)
    assert str(once_only.amount) == "-26.39 GBP"


@pytest.mark.parametrize("packed", [False, True])
def test_reports_through_the_real_client(stub, client, example, made, packed):
    """A settlement file, plain and compressed, and account health, as the client downloads them."""
    from sp_api.api import Reports

    text = made("SYNTHETIC_settlement_v2_us.tsv")
    meta = {"reportDocumentId": "d", "url": f"{stub.url}/document"}
    stub.answers["/reports/2021-06-30/documents/d"] = body({**meta, "compressionAlgorithm": "GZIP"} if packed else meta)
    stub.answers["/document"] = gzip.compress(text) if packed else text
    found = list(example.fetch_settlement(client(Reports), "d"))
    assert [str(each.amount) for each in found] == ["-26.39 USD", "-12.00 USD", "9.94 USD"]


def test_amazons_examples_through_the_real_client(stub, client, official):
    """Amazon's own example payloads, served and fetched, give what reading the file gives."""
    from sp_api.api import Finances, Orders

    uk = official("orders_2026_getOrder_shipped_with_packages_uk.json")
    sandbox = official("finances_2024-06-19_listTransactions_sandbox.json")
    stub.answers["/orders/2026-01-01/orders/202-1234567-8901234"] = json.dumps(uk, default=str).encode()
    stub.answers["/finances/2024-06-19/transactions"] = json.dumps(sandbox, default=str).encode()
    fetched = client(Orders, version="2026-01-01").get_order("202-1234567-8901234")
    assert order(fetched.payload).value == order(uk).value
    page = client(Finances, version="2024-06-19").list_transactions(postedAfter="2020-01-01T00:00:00Z")
    assert finance_transactions(page.payload) == finance_transactions(sandbox)
    assert account_health({"performanceMetrics": []}) == ()
