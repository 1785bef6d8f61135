"""Returns, account health and aggregates: Amazon's own words are kept, and nothing is derived that it states."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atoz.errors import InvalidDocument
from atoz.model.order import Order, TriState
from atoz.sources.odr_rate import odr_view
from atoz.sources.parse_result import Origin
from atoz.sources.report_files.account_health import ChannelHealth, account_health, claim_metrics
from atoz.sources.report_files.returns import return_flags, return_flags_from_xml

XML = """<?xml version="1.0" encoding="UTF-8"?><report xmlns="urn:x"><return_details><item_details>
<order_id>111-0000002-0000002</order_id><a_to_z_claim>Y</a_to_z_claim><in_policy>Y</in_policy>
<return_request_date>18-Mar-2026</return_request_date></item_details></return_details></report>"""


def health(orders=1000, defects=8, target="0.01"):
    """The rate of a channel."""
    return ChannelHealth(
        marketplace="US",
        channel="mfn",
        status="GOOD",
        orders=orders,
        defects=defects,
        target=None if target is None else Decimal(target),
        period_to=datetime(2026, 5, 17, 23, 59, tzinfo=UTC),
        source=Origin(system="account_health"),
    )


def test_the_flat_file_gives_the_flags(made):
    """Y and N, blanks that are one space, English months, and the refund in its currency."""
    first, second = (
        parsed.value for parsed in return_flags(made("SYNTHETIC_returns_flat_file.tsv").decode().splitlines())
    )
    assert (first.a_to_z, first.requested_on, first.safe_t_claim_id) == (TriState.NO, date(2026, 3, 17), None)
    assert (second.a_to_z, str(second.refunded)) == (TriState.YES, "31.00 USD")


def test_the_day_on_which_a_return_arrived(made):
    """In its own column; one that cannot be read is said, and a report without the column says nothing."""
    lines = made("SYNTHETIC_returns_flat_file.tsv").decode().splitlines()
    place = lines[0].split("\t").index("Return delivery date")

    def arrived(cell):
        cells = lines[1].split("\t")
        cells[place] = cell
        (parsed,) = return_flags([lines[0], "\t".join(cells)])
        return parsed.value.returned_on, parsed.codes()

    assert arrived("22-Mar-2026") == (date(2026, 3, 22), ())
    assert arrived(" ") == (None, ())
    assert arrived("soon") == (None, ("odd_day",))
    with_arrival = XML.replace("<in_policy>", "<return_delivery_date>22-Mar-2026</return_delivery_date><in_policy>")
    assert next(return_flags_from_xml(with_arrival.splitlines())).value.returned_on == date(2026, 3, 22)
    short = [line.split("\t")[:13] for line in lines[:2]]
    (parsed,) = return_flags("\t".join(cells) for cells in short)
    assert (parsed.value.returned_on, parsed.codes()) == (None, ())


def test_the_xml_says_the_same(made):
    """Both forms of the report agree on what both hold."""
    (parsed,) = return_flags_from_xml(XML.splitlines())
    flat = list(return_flags(made("SYNTHETIC_returns_flat_file.tsv").decode().splitlines()))[1].value
    assert (parsed.value.order_id, parsed.value.a_to_z, parsed.value.requested_on) == (
        flat.order_id,
        flat.a_to_z,
        flat.requested_on,
    )


@pytest.mark.parametrize("text", ["<!DOCTYPE x [<!ENTITY a 'b'>]><x/>", "<x", "", "\x00"])
def test_a_hostile_or_broken_xml_is_refused(text):
    """No document type is ever expanded."""
    with pytest.raises(InvalidDocument):
        list(return_flags_from_xml(text.splitlines()))


def test_a_flag_that_is_neither_is_unknown(made):
    """Neither Y nor N: unknown with a note; a foreign id: refused with its line."""
    lines = made("SYNTHETIC_returns_flat_file.tsv").decode().splitlines()
    odd, foreign = lines[1].split("\t"), lines[1].split("\t")
    odd[12], foreign[0] = "?", "mine"
    results = list(return_flags([lines[0], "\t".join(odd), "\t".join(foreign)]))
    assert (results[0].value.a_to_z, results[0].codes()) == (TriState.UNKNOWN, ("odd_flag",))
    assert (results[1].value, results[1].notes[0].path) == (None, "line 3")


def test_amazons_invalid_example_is_read(official):
    """It breaks its own schema six times over; every figure of both channels is there, and the contradiction is noted."""
    seller, amazon = account_health(official("account_health_report_v2_example.json"))
    assert (seller.value.orders, seller.value.defects, seller.value.claims) == (539000, 1078, 442)
    assert (seller.value.status, seller.value.rate, seller.value.target) == ("GOOD", Decimal("0.009"), Decimal("0.01"))
    assert seller.value.account_status == "AT_RISK"
    assert amazon.codes() == ("channel_disagrees",)


def test_amazons_status_is_trusted_and_the_rate_is_not_derived(official):
    """1078 of 539000 is 0.002, Amazon states 0.009 and GOOD: both are shown, neither replaces the other."""
    seller = account_health(official("account_health_report_v2_example.json"))[0].value
    view = odr_view(seller)
    assert view.counted_rate == Decimal("0.002")
    assert (view.health.rate, view.health.status) == (Decimal("0.009"), "GOOD")


@pytest.mark.parametrize("old", ["<xml/>", b"<xml/>", {"orderDefectMetrics": {}}, {"performanceMetrics": {}}])
def test_the_old_report_is_refused_by_name(old):
    """V1 is never parsed as V2."""
    with pytest.raises(InvalidDocument, match="V2"):
        account_health(old)


def test_a_target_in_an_object_is_read():
    """One live file wraps the target."""
    rate = {"orderCount": 10, "targetValue": {"value": Decimal("0.01")}}
    (parsed,) = account_health(
        {"performanceMetrics": [{"marketplaceId": "ATVPDKIKX0DER", "orderDefectRate": {"mfn": rate}}]}
    )
    assert parsed.value.target == Decimal("0.01")


@pytest.mark.parametrize(
    ("orders", "defects", "room", "under"),
    [(1000, 8, 1, True), (1000, 9, 0, False), (1000, 10, 0, False), (1001, 9, 1, True), (0, 0, None, None)],
)
def test_one_more_claim_at_the_threshold(orders, defects, room, under):
    """Less than the target counts: ten of a thousand is not less than one percent, ten of a thousand and one is."""
    view = odr_view(health(orders, defects))
    assert (view.room, view.one_more_is_under) == (room, under)


@given(st.integers(1, 100_000), st.integers(0, 2000), st.sampled_from(["0.01", "0.005", "0.025"]))
def test_the_room_is_what_counting_up_gives(orders, defects, target):
    """Adding defects one by one until the target is reached gives the same room."""
    by_hand = 0
    while Decimal(defects + by_hand + 1) / orders < Decimal(target):
        by_hand += 1
    assert odr_view(health(orders, defects, target)).room == by_hand


def test_when_an_order_leaves_the_window():
    """An order of June 1 is in the window that ends on July 30, day 60, and in none later."""
    order = Order(order_id="111-0000001-0000001", marketplace="US", placed_at=datetime(2026, 6, 1, 15, tzinfo=UTC))
    (leaving,) = odr_view(health(), orders=[order], as_of=date(2026, 6, 1)).leaving
    assert leaving.last_window_ends_on == date(2026, 7, 30)
    assert leaving.counted_until == date(2026, 8, 14)
    assert odr_view(health(), orders=[order]).leaving[0].counted_until is None


def test_aggregates_keep_their_name_period_and_currency(official):
    """Figures of the sales report and of seller analytics, wherever they stand."""
    granted, amount = (
        parsed.value for parsed in claim_metrics(official("sales_and_traffic_report_claims_fields.json"))
    )
    assert (granted.name, granted.value, granted.starts_on) == ("claimsGranted", 0, date(2021, 6, 11))
    assert (amount.name, amount.currency) == ("claimsAmount", "USD")
    row = {"startDate": "2026-05-01", "endDate": "2026-05-31", "metrics": {"accountHealthOrderDefectRate": None}}
    assert claim_metrics(row)[0].value.value is None
