"""`atoz odr`: the rate, its threshold, what one more claim does, and when orders leave."""

import json
from pathlib import Path

import pytest

REPORT = {
    "accountStatuses": [{"marketplaceId": "ATVPDKIKX0DER", "status": "NORMAL"}],
    "performanceMetrics": [
        {
            "marketplaceId": "ATVPDKIKX0DER",
            "orderDefectRate": {
                "mfn": {
                    "fulfillmentType": "MFN",
                    "reportingDateRange": {
                        "reportingDateFrom": "2026-09-15T00:00:00Z",
                        "reportingDateTo": "2026-11-14T00:00:00Z",
                    },
                    "orderCount": 400,
                    "orderWithDefects": {"count": 3},
                    "rate": 0.0075,
                    "targetValue": 0.01,
                    "status": "GOOD",
                }
            },
        }
    ],
}


@pytest.fixture
def report(tmp_path) -> Path:
    """An account health report with one channel."""
    file = tmp_path / "health.json"
    file.write_text(json.dumps(REPORT))
    return file


def test_one_more_reaches_the_threshold(atoz, report):
    """Four of four hundred is not under one percent: the rate has to stay below its target."""
    out = atoz("odr", report).out
    assert "3 of 400" in out
    assert "one more order with a defect makes it 1.00%, which is no longer under the threshold" in out
    assert "still fit under the threshold: 0" in out


def test_orders_leave_sixty_days_after_the_order(atoz, report, claims):
    """The order day is the first of the sixty; orders of other marketplaces are left out."""
    orders = [json.loads((claims / name).read_text()) for name in ("not-received.json", "granted-seller-funded.json")]
    lines = "\n".join(json.dumps(order) for order in orders).encode()
    done = atoz("odr", report, "-", "--on", "2026-11-16", "--json", stdin=lines)
    document = json.loads(done.out)
    assert (document["kind"], document["schema_version"]) == ("odr", 1)
    (view,) = document["channels"]
    assert [leaving["order_id"] for leaving in view["leaving"]] == [orders[0]["order"]["order_id"]]
    assert view["leaving"][0]["last_window_ends_on"] == "2016-07-30"
    assert (view["period"]["days"], view["period"]["confidence"]) == (60, "amazon_page")
    said = atoz("odr", report, "-", stdin=lines).out
    assert "the orders of 60 days count, by their date: Order Defect Rate page G200285170" in said
    assert "60 天" in atoz("odr", report, "-", "--lang", "zh", stdin=lines).out


def test_chinese(atoz, report):
    """The same in Chinese."""
    assert "400 个订单中有 3 个缺陷订单" in atoz("odr", report, "--lang", "zh").out


@pytest.mark.parametrize("content", ["{}", "[]", '{"performanceMetrics": []}', "no json"])
def test_another_file_is_refused(atoz, report, content):
    """What has no rate in it is an error, not an empty answer."""
    report.write_text(content)
    done = atoz("odr", report)
    assert done.code == 2
    assert done.out == ""


def test_orders_of_the_store_are_taken_without_a_file(atoz, report, claims, tmp_path, monkeypatch):
    """Each order once, however many claims it has; a file that is named counts alone."""
    pytest.importorskip("sqlalchemy")
    url = tmp_path / "claims.db"
    assert atoz("store", "load", claims / "not-received.json", "--store", url).code == 0
    order = json.loads((claims / "not-received.json").read_text())["order"]
    for language, said in (("en", "is in periods that end by"), ("zh", "计入截至")):
        out = atoz("odr", report, "--store", url, "--lang", language).out
        assert out.count(order["order_id"]) == 1
        assert said in out
    monkeypatch.setenv("ATOZ_STORE", str(url))
    (view,) = json.loads(atoz("odr", report, "--json").out)["channels"]
    assert [leaving["order_id"] for leaving in view["leaving"]] == [order["order_id"]]
    other = (claims / "granted-seller-funded.json").read_bytes()
    assert order["order_id"] not in atoz("odr", report, "-", stdin=other).out
