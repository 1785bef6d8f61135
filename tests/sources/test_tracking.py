"""Deliveries and label protection: only the way to the buyer counts, and silence is unknown."""

from datetime import UTC, datetime

import pytest

from atoz.planner.actions import Action
from atoz.sources.sp_api.label_protection import label_protection
from atoz.sources.sp_api.messaging import MESSAGING_ACTIONS, allowed_messages
from atoz.sources.sp_api.tracking import delivery


def scan(code, at, leg="FORWARD"):
    """One carrier scan of Shipping v2."""
    return {"eventCode": code, "eventTime": at, "shipmentType": leg}


def test_delivered_back_to_the_seller_is_not_delivered():
    """A scan on the returns leg, or on no known leg, never counts."""
    back = delivery({"trackingId": "T", "eventHistory": [scan("Delivered", "2024-02-13T04:09:05Z", "RETURNS")]})
    nowhere = delivery({"trackingId": "T", "eventHistory": [scan("Delivered", "2024-02-13T04:09:05Z", None)]})
    assert back.value.delivered_at is None
    assert back.value.returning_at == datetime(2024, 2, 13, 4, 9, 5, tzinfo=UTC)
    assert nowhere.value.delivered_at is None
    assert "unknown_leg" in nowhere.codes()


def test_the_first_delivery_scan_counts_in_any_order():
    """Carriers scan twice; the earliest stands, wherever it is in the list."""
    scans = [scan("Delivered", "2024-02-14T04:09:05Z"), scan("Delivered", "2024-02-13T04:09:05Z")]
    for history in (scans, scans[::-1]):
        assert delivery({"eventHistory": history, "trackingId": "T"}).value.delivered_at.day == 13


def test_an_order_id_is_attached_only_in_amazons_form():
    """Tracking payloads name no order; what the caller says must be one."""
    assert delivery({"trackingId": "T"}, order_id="111-0000001-0000001").value.order_id == "111-0000001-0000001"
    assert delivery({"trackingId": "T"}, order_id="mine").value is None


def test_amazons_tracking_examples(official):
    """The official Shipping example is delivered on the returns leg only; the other two arrived."""
    assert delivery(official("shipping_v2_getTracking.json")).value.delivered_at is None
    assert (
        delivery(official("tracking_2026_getShipmentTracking.json")).value.delivered_at.isoformat()
        == "2025-04-30T12:35:00+00:00"
    )
    milestone = delivery(official("notification_SHIPMENT_TRACKING_MILESTONE_CHANGED.json"))
    assert milestone.value.tracking_id == "AFTN987654321"
    assert milestone.value.delivered_at == datetime(2026, 6, 14, 1, 26, 56, tzinfo=UTC)


@pytest.mark.parametrize(
    ("benefits", "known"),
    [
        ({"includedBenefits": ["CLAIMS_PROTECTED"]}, "yes"),
        ({"excludedBenefits": [{"benefit": "CLAIMS_PROTECTED", "reasonCodes": ["LATE_DELIVERY_RISK"]}]}, "no"),
        ({"includedBenefits": ["FBM_SHIP_PLUS"]}, "unknown"),
        ({"includedBenefits": ["CLAIMS_PROTECTED"], "excludedBenefits": [{"benefit": "CLAIMS_PROTECTED"}]}, "unknown"),
        (None, "unknown"),
    ],
)
def test_label_protection_has_three_values(benefits, known):
    """Absent benefits are unknown, never no."""
    payload = {"payload": {"shipmentId": "S", "benefits": benefits}}
    assert label_protection(payload).value.protected == known


def test_an_offer_is_not_a_label():
    """Rates that could be bought say nothing of the label that was."""
    assert label_protection(
        {"payload": {"rates": [{"benefits": {"includedBenefits": ["CLAIMS_PROTECTED"]}}]}}
    ).codes() == ("offers",)


def test_amazons_label_example(official):
    """Excluded, with Amazon's reason, and marked as older than the promise of benefits."""
    parsed = label_protection(official("merchant_fulfillment_getShipment_benefits.json"))
    assert (parsed.value.protected, parsed.value.excluded_because) == ("no", ("LATE_DELIVERY_RISK",))
    assert "before_protection" in parsed.codes()


def test_only_messages_that_still_exist_are_offered(official):
    """The official example still lists two operations that Amazon removed."""
    allowed = allowed_messages(official("messaging_getMessagingActionsForOrder.json"))
    assert allowed
    assert allowed <= set(MESSAGING_ACTIONS)
    assert not {"negativeFeedbackRemoval", "amazonMotors"} & allowed
    assert set(MESSAGING_ACTIONS.values()) <= set(Action)
