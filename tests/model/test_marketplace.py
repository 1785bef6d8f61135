"""The marketplaces ship as data, equal to their source; every code that Amazon uses finds its own."""

import json
from pathlib import Path
from typing import TypedDict
from zoneinfo import ZoneInfo

import pytest

from atoz.errors import UnknownName
from atoz.model.marketplace import Marketplace

SOURCE = Path(__file__).parents[2].parent / "shared" / "data" / "marketplaces.json"


class Row(TypedDict):
    """What is compared of a row of the source."""

    marketplace_id: str
    country_code: str
    sp_api_docs_code: str
    name: str
    currency: str
    tz: str
    tz_evidence: str
    domain: str


def test_the_data_equals_its_source() -> None:
    """All 23, in order, field by field; the zone is called observed only where the source observed it."""
    if not SOURCE.exists():
        pytest.skip(f"{SOURCE} is not there")
    rows: list[Row] = json.loads(SOURCE.read_text(encoding="utf-8"))["marketplaces"]
    assert len(rows) == 23
    expected = [
        (
            row["country_code"],
            row["marketplace_id"],
            row["name"],
            row["currency"],
            row["tz"],
            "observed" if row["tz_evidence"].startswith("observed") else "assumed",
            row["domain"],
            () if row["sp_api_docs_code"] == row["country_code"] else (row["sp_api_docs_code"],),
        )
        for row in rows
    ]
    ours = [
        (m.country, m.marketplace_id, m.name.en, m.currency, m.zone, m.zone_is, m.domain, m.also)
        for m in Marketplace.all()
    ]
    assert sorted(ours) == sorted(expected)


@pytest.mark.parametrize("each", Marketplace.all(), ids=lambda each: each.country)
def test_every_code_finds_its_marketplace(each: Marketplace) -> None:
    """Country, id and Amazon's other codes, in any case and with blanks around."""
    for code in (each.country, each.marketplace_id, *each.also):
        assert Marketplace.of(code) is each
        assert Marketplace.of(f" {code.lower()} ") is each
    assert each.zoneinfo == ZoneInfo(each.zone)
    assert each.name.zh


def test_codes_are_never_shared() -> None:
    """No two marketplaces answer to the same code."""
    codes = [code for each in Marketplace.all() for code in (each.country, each.marketplace_id, *each.also)]
    assert len(codes) == len(set(codes))


def test_uk_is_gb_and_unknown_codes_raise() -> None:
    """Amazon says UK where ISO says GB; what is neither is refused with the nearest."""
    assert Marketplace.of("UK").country == "GB"
    with pytest.raises(UnknownName) as caught:
        Marketplace.of("USA")
    assert "US" in caught.value.nearest
