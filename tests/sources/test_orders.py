"""Orders v0, 2026-01-01 and ORDER_CHANGE: one order, the right local day, and a reason wherever there is none."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atoz.errors import InvalidDocument
from atoz.model.marketplace import Marketplace
from atoz.model.order import Fulfilment, TriState
from atoz.sources.sp_api.order_snapshot import OrderStatus
from atoz.sources.sp_api.orders import order, order_state, orders

V0 = {
    "AmazonOrderId": "111-0000001-0000001",
    "PurchaseDate": "2016-06-01T15:00:00Z",
    "LastUpdateDate": "2016-06-02T15:00:00Z",
    "OrderStatus": "Shipped",
    "FulfillmentChannel": "MFN",
    "MarketplaceId": "ATVPDKIKX0DER",
    "OrderTotal": {"CurrencyCode": "USD", "Amount": "31.90"},
    "EarliestDeliveryDate": "2016-06-08T07:00:00Z",
    "LatestDeliveryDate": "2016-06-11T06:59:59Z",
}
NEW = {
    "orderId": "111-0000001-0000001",
    "createdTime": "2016-06-01T15:00:00.250Z",
    "lastUpdatedTime": "2016-06-02T15:00:00Z",
    "salesChannel": {"channelName": "AMAZON", "marketplaceId": "ATVPDKIKX0DER"},
    "proceeds": {"grandTotal": {"amount": "28.71", "currencyCode": "USD"}},
    "fulfillment": {
        "fulfillmentStatus": "SHIPPED",
        "fulfilledBy": "MERCHANT",
        "deliverByWindow": {"earliestDateTime": "2016-06-08T07:00:00Z", "latestDateTime": "2016-06-11T06:59:59Z"},
    },
    "orderItems": [],
}


def changed(base, **fields):
    """The payload with some fields replaced, or left out where none is given."""
    return {key: value for key, value in {**base, **fields}.items() if value is not None}


def utc(local_day, at, zone):
    """A local wall time as Amazon writes it: UTC with a Z."""
    return datetime.combine(local_day, at, tzinfo=zone).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(
    "wrap",
    [
        lambda row: row,
        lambda row: {"payload": row},
        lambda row: {"order": row},
        lambda row: {"payload": {"order": row}},
        lambda row: {"payload": {"Order": row}},
    ],
)
@pytest.mark.parametrize("row", [V0, NEW])
def test_both_shapes_in_any_wrapper_give_the_same_order(row, wrap):
    """Wrapping never changes what is read, and the two shapes agree on what both know."""
    found = order(wrap(row)).value
    assert (found.order_id, found.marketplace, found.deliver_by) == ("111-0000001-0000001", "US", date(2016, 6, 10))
    assert found.fulfilment is Fulfilment.SELLER


def test_proceeds_are_not_what_the_buyer_paid():
    """v0 has the buyer's total; the grand total of 2026-01-01 is the seller's proceeds and is not taken for it."""
    assert str(order(V0).value.total) == "31.90 USD"
    assert order(NEW).value.total is None


@given(
    st.sampled_from(Marketplace.all()),
    st.dates(date(1996, 1, 2), date(2150, 1, 1)),
    st.integers(1, 60),
)
def test_the_end_of_the_local_day_is_that_day_in_every_zone(marketplace, last, length):
    """23:59:59 local, written in UTC, is read back as its own local day, over every zone and clock change."""
    first, zone = last - timedelta(days=length), marketplace.zoneinfo
    payload = changed(
        V0,
        MarketplaceId=marketplace.marketplace_id,
        PurchaseDate=utc(first - timedelta(days=3), time(12), zone),
        EarliestDeliveryDate=utc(first, time(0), zone),
        LatestDeliveryDate=utc(last, time(23, 59, 59), zone),
        OrderTotal=None,
    )
    parsed, state = order(payload), order_state(payload)
    assert parsed.value.deliver_by == last
    assert "odd_window" not in parsed.codes()
    midnight_exists = datetime.combine(first, time(0), tzinfo=zone).astimezone(UTC).astimezone(zone).time() == time(0)
    if midnight_exists:
        assert state.value.deliver_from == first
        assert "not_a_local_day_end" not in parsed.codes()


@pytest.mark.parametrize(
    ("ends", "day", "noted"),
    [
        ("2016-06-11T06:59:59Z", date(2016, 6, 10), False),
        ("2016-06-11T06:59:58Z", date(2016, 6, 10), True),
        ("2016-06-11T07:00:00Z", date(2016, 6, 11), True),
        ("2016-06-11T23:59:59Z", date(2016, 6, 11), True),
    ],
)
def test_only_the_last_second_of_a_local_day_is_an_edge(ends, day, noted):
    """A second off the edge keeps its local day and says so."""
    parsed = order(changed(V0, LatestDeliveryDate=ends))
    assert parsed.value.deliver_by == day
    assert ("not_a_local_day_end" in parsed.codes()) is noted


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (changed(V0, FulfillmentChannel="AFN"), "fba"),
        (changed(V0, OrderStatus="Pending"), "pending"),
        (changed(V0, OrderStatus="PendingAvailability"), "pending"),
        (changed(V0, OrderStatus="Canceled"), "cancelled"),
        (changed(V0, IsISPU="true"), "pickup"),
        (changed(V0, LatestDeliveryDate=None), "unknown"),
        (changed(V0, LatestDeliveryDate="soon"), "unreadable"),
        (changed(NEW, fulfillment=None), "not_asked_for"),
        (changed(NEW, programs=["IN_STORE_PICK_UP"]), "pickup"),
        (changed(NEW, fulfillment={**NEW["fulfillment"], "fulfillmentStatus": "CANCELLED"}), "cancelled"),
        (changed(NEW, fulfillment={**NEW["fulfillment"], "fulfilledBy": "AMAZON"}), "fba"),
    ],
)
def test_where_no_day_can_be_trusted_it_is_unknown_with_its_reason(row, reason):
    """FBA, pending, cancelled and pickup have no promise even where a date stands there."""
    parsed = order(row)
    assert parsed.value.deliver_by is None
    assert f"no_deliver_by_{reason}" in parsed.codes()


@pytest.mark.parametrize(
    "odd", ["S01-1234567-1234567", "111-0000001-00000012", "١١١-0000001-0000001", "", None, 7, " "]
)
def test_an_id_that_is_not_amazons_form_is_refused_and_not_repeated(odd):
    """Neither an order nor a state comes of it, and no note carries it."""
    for parsed in (order({**V0, "AmazonOrderId": odd}), order_state({**V0, "AmazonOrderId": odd})):
        assert parsed.value is None
        assert any(note.level == "error" for note in parsed.notes)
        assert not odd or not any(str(odd) in note.detail for note in parsed.notes if str(odd).strip())


@pytest.mark.parametrize(
    ("said", "known"), [("false", TriState.NO), ("true", TriState.YES), (False, TriState.NO), ("", TriState.UNKNOWN)]
)
def test_a_flag_in_quotes_means_what_it_says(said, known):
    """Production sends booleans as text; `"false"` is not true."""
    assert order_state({**V0, "IsPrime": said}).value.seller_prime is known


def test_odd_but_possible_dates_are_kept_with_a_caveat():
    """A promise that ends before it begins, or before the order, is kept and noted."""
    backwards = order(changed(V0, EarliestDeliveryDate="2016-07-01T07:00:00Z"))
    early = order(changed(V0, LatestDeliveryDate="2016-05-11T06:59:59Z", EarliestDeliveryDate=None))
    assert backwards.value.deliver_by == date(2016, 6, 10)
    assert early.value.deliver_by == date(2016, 5, 10)
    assert all("odd_window" in parsed.codes() for parsed in (backwards, early))


def test_a_naive_or_impossible_time_is_no_time():
    """Without a zone there is no instant; without a purchase date there is no order, but there is a state."""
    parsed = order({**V0, "PurchaseDate": "2016-06-01T15:00:00"})
    assert parsed.value is None
    assert {"naive_instant", "no_placed_at"} <= set(parsed.codes())
    assert order_state({**V0, "PurchaseDate": None}).value.status is OrderStatus.SHIPPED


def test_the_marketplace_may_come_from_the_channel_and_never_from_nowhere():
    """Without an id the shop's domain decides; without both there are no local days and no order."""
    by_channel = order(changed(V0, MarketplaceId=None, SalesChannel="Amazon.com"))
    nowhere = order(changed(V0, MarketplaceId="A0UNKNOWN", SalesChannel="Non-Amazon"))
    assert by_channel.value.marketplace == "US"
    assert "marketplace_from_channel" in by_channel.codes()
    assert nowhere.value is None
    assert {"unknown_marketplace", "no_marketplace", "no_deliver_by_no_zone"} <= set(nowhere.codes())


def test_a_page_gives_its_orders_and_the_token_of_the_next():
    """Bad rows stay in their place; an empty page with a token is not the end."""
    page = orders({"payload": {"Orders": [V0, "row", {}], "NextToken": "t"}})
    assert [parsed.ok for parsed in page.items] == [True, False, False]
    assert (page.next_token, orders({"orders": [], "pagination": {"nextToken": "n"}}).next_token) == ("t", "n")
    assert orders({"payload": {"Orders": []}}) == type(page)((), None)


def test_who_cancelled_is_said_only_where_all_items_agree():
    """One canceller is known; two are not."""
    item = {"cancellation": {"cancellationExecution": {"cancelledBy": "BUYER"}}}
    other = {"cancellation": {"cancellationExecution": {"cancelledBy": "MERCHANT"}}}
    assert order_state({**NEW, "orderItems": [item, item]}).value.cancelled_by == "buyer"
    assert order_state({**NEW, "orderItems": [item, other]}).value.cancelled_by is None


@given(st.dictionaries(st.text(max_size=12), st.integers() | st.text(max_size=12), max_size=6))
def test_unknown_keys_never_change_a_result(extra):
    """Amazon adds fields; what is read stays the same."""
    keys = {key: value for key, value in extra.items() if key not in V0 and not key.startswith(("Is", "Easy"))}
    assert order({**keys, **V0}).value == order(V0).value


def test_a_notification_may_lack_the_purchase_date():
    """ORDER_CHANGE lets it be null: a state all the same, and no error."""
    summary = {
        "MarketplaceId": "ATVPDKIKX0DER",
        "OrderStatus": "Canceled",
        "FulfillmentType": "MFN",
        "PurchaseDate": None,
    }
    change = {"AmazonOrderId": "111-0000001-0000001", "OrderChangeType": "OrderStatusChange", "Summary": summary}
    payload = {"NotificationType": "ORDER_CHANGE", "Payload": {"OrderChangeNotification": change}}
    assert order_state(payload).value.status is OrderStatus.CANCELLED
    parsed = order(payload)
    assert parsed.value is None
    assert {note.level for note in parsed.notes if note.code == "no_placed_at"} == {"warn"}


def test_what_is_no_object_is_refused():
    """A list or text is no payload."""
    for odd in ([], "text", None, 7):
        with pytest.raises(InvalidDocument, match="an object is expected here"):
            order(odd)


def test_amazons_own_examples_are_read(official):
    """Its examples give the facts that they show; the sandbox's 1970 dates are refused in so many words."""
    uk = order_state(official("orders_2026_getOrder_shipped_with_packages_uk.json")).value
    assert (uk.packages[0].tracking_id, uk.seller_prime, uk.deliver_by) == ("RR123456789GB", "yes", date(2024, 12, 30))
    assert order_state(official("orders_2026_getOrder_shipped_tr_no_packages.json")).value.packages is None
    turkish = order(official("orders_2026_getOrder_shipped_tr_no_packages.json"))
    assert "not_a_local_day_end" in turkish.codes()
    assert "no_deliver_by_pickup" in order(official("orders_2026_getOrder_in_store_pickup_no_windows.json")).codes()
    assert "out_of_range" in order(official("orders_v0_getOrder_mfn_unshipped.json")).codes()
    assert len(orders(official("orders_v0_getOrders_page.json")).items) == 2
    changed_order = order(official("notification_ORDER_CHANGE.json"))
    assert (changed_order.value.order_id, changed_order.source.version) == ("903-8868176-2219830", "ORDER_CHANGE")
