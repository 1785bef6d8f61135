"""Orders, money and reports from the SP-API, with python-amazon-sp-api: `pip install 'atoz-claims[sp-api]'`.

The client does the fetching and holds the credentials; atoz reads what it returns. Run it with your own credentials, as
that library takes them: `python examples/real_client.py 111-0000001-0000001`.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime

from sp_api.api import Finances, Orders, Reports

from atoz.sources.report_files.settlement import transactions_from_settlement
from atoz.sources.sp_api.orders import Order, order
from atoz.sources.transactions.deduplication import deduplicate
from atoz.sources.transactions.finances import finance_transactions
from atoz.sources.transactions.funding import funding
from atoz.sources.transactions.transaction import Transaction


def fetch_order(client: Orders, order_id: str) -> Order | None:
    """One order; its notes say what is missing, such as a delivery promise that Amazon does not give."""
    parsed = order(client.get_order(order_id).payload)
    for note in parsed.notes:
        print(note, file=sys.stderr)
    return parsed.value


def fetch_transactions(client: Finances, order_id: str) -> Iterator[Transaction]:
    """The money on an order; a US order must be asked for without a marketplace id, or its claims are hidden."""
    token: dict[str, str] = {}
    while True:
        response = client.get_financial_events_for_order(order_id, **token)
        yield from (parsed.value for parsed in finance_transactions(response.payload).items if parsed.value)
        if not response.next_token:
            return
        token = {"NextToken": response.next_token}


def fetch_settlement(client: Reports, document_id: str) -> Iterator[Transaction]:
    """The claims in a settlement report."""
    document = client.get_report_document(document_id, download=True).payload["document"]
    yield from (parsed.value for parsed in transactions_from_settlement(document.splitlines()) if parsed.value)


if __name__ == "__main__":
    asked = sys.argv[1]
    print(fetch_order(Orders(version="v0"), asked))
    money = deduplicate(fetch_transactions(Finances(version="v0"), asked))
    print(funding(money, decided_at=None, as_of=datetime.now(UTC)).why.en)
