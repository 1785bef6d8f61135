"""The evidence checklist: what is asked for per reason and fulfilment, by whose word, and what the record holds."""

from datetime import UTC, datetime
from itertools import product

import pytest
from pydantic import ValidationError

from atoz.model.claim import Claim
from atoz.model.events import BuyerMessaged, EvidenceAdded, Filed, Purpose, SellerMessaged, SellerRefunded
from atoz.model.order import Fulfilment, Order, TriState
from atoz.model.reason import ClaimReason, ReasonDetail
from atoz.rulebook.evidence_checklist import (
    SHOWN,
    EvidenceItem,
    Need,
    evidence_checklist,
    evidence_items,
    other_evidence,
)

AT = datetime(2026, 6, 20, tzinfo=UTC)


def claim(*events, reason=ClaimReason.NOT_RECEIVED, detail=None, **order):
    """A claim with some events after its filing."""
    about = Order(order_id="123-1234567-1234567", marketplace="US", placed_at=AT, **order)
    return Claim(order=about, reason=reason, detail=detail, history=(Filed(at=AT), *events))


def row(item, about):
    """The line of one item."""
    return next(each for each in evidence_checklist(about) if each.item.id == item)


@pytest.mark.parametrize(("reason", "fulfilment"), list(product(ClaimReason, Fulfilment)))
def test_every_reason_and_fulfilment_has_a_checklist(reason, fulfilment):
    """None is empty, required things come first, each item stands once and fits."""
    about = claim(reason=reason, fulfilment=fulfilment)
    rows = evidence_checklist(about)
    needs = [each.item.need for each in rows]
    assert Need.REQUIRED in needs
    assert needs == sorted(needs, key=lambda need: need is Need.HELPFUL)
    assert len({each.item.id for each in rows}) == len(rows)
    assert all(not each.item.fulfilment or fulfilment in each.item.fulfilment for each in rows)


def test_the_carriers_papers_are_not_asked_of_a_seller_who_did_not_ship():
    """Proof of delivery is the shipper's."""
    ids = {each.item.id for each in evidence_checklist(claim(fulfilment=Fulfilment.AMAZON))}
    assert "proof_of_delivery" not in ids
    assert "fulfilled_by_amazon" in ids


def test_what_amazons_page_asks_for_is_required_and_cited():
    """The four things of the delivery page are required, by a page of Amazon's own."""
    wanted = {"dispatch_record", "proof_of_delivery", "delivery_address", "signature"}
    rows = {each.item.id: each.item for each in evidence_checklist(claim())}
    assert all(rows[each].need is Need.REQUIRED and rows[each].confidence == "amazon_page" for each in wanted)


def test_what_only_practice_advises_is_never_required():
    """A requirement needs Amazon's own word."""
    for item in evidence_items():
        assert item.need is Need.HELPFUL or item.confidence in ("amazon_page", "amazon_copy")


@pytest.mark.parametrize(
    ("item", "without", "given"),
    [
        ("proof_of_delivery", claim(), claim(delivered_at=AT)),
        ("claims_protected_label", claim(), claim(claims_protected=TriState.YES)),
        ("claims_protected_label", claim(claims_protected=TriState.NO), claim(claims_protected=True)),
        ("correspondence", claim(), claim(BuyerMessaged(at=AT))),
        ("correspondence", claim(), claim(SellerMessaged(at=AT))),
        ("refund_record", claim(), claim(SellerRefunded(at=AT))),
        ("signature", claim(EvidenceAdded(at=AT, evidence="photo")), claim(EvidenceAdded(at=AT, evidence="signature"))),
    ],
)
def test_presence_comes_from_the_record_alone(item, without, given):
    """An item is present when a fact of the record shows it, and only then."""
    assert not row(item, without).present
    assert row(item, given).present


def test_asking_the_buyer_for_evidence_shows_that_it_was_asked():
    """Only a message with that purpose counts."""
    reason = ClaimReason.NOT_AS_DESCRIBED
    asked = SellerMessaged(at=AT, purpose=Purpose.ASK_FOR_EVIDENCE)
    assert not row("buyer_photos", claim(SellerMessaged(at=AT), reason=reason)).present
    assert row("buyer_photos", claim(asked, reason=reason)).shown_by == ("asked_for_evidence",)


def test_a_detail_narrows_and_an_unknown_detail_leaves_out():
    """The steps to make it work are for a defect that is known to be one."""
    reason = ClaimReason.NOT_AS_DESCRIBED
    ids = [
        {each.item.id for each in evidence_checklist(claim(reason=reason, detail=detail))}
        for detail in (None, ReasonDetail.DAMAGED, ReasonDetail.DEFECTIVE)
    ]
    assert ["diagnostic_steps" in each for each in ids] == [False, False, True]


def test_other_evidence_is_what_nobody_asked_for():
    """Each once, in the order it was added."""
    added = [EvidenceAdded(at=AT, evidence=each) for each in ("video", "signature", "receipt", "video")]
    assert other_evidence(claim(*added)) == ("video", "receipt")


def test_an_item_that_names_an_unknown_fact_does_not_load():
    """The facts are a closed list, and each is used."""
    good = evidence_items()[0].model_dump()
    with pytest.raises(ValidationError, match="unknown facts: moonlight"):
        EvidenceItem.model_validate({**good, "shown_by": ("moonlight",)})
    assert {fact for item in evidence_items() for fact in item.shown_by} == set(SHOWN)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_item_and_need_speaks_both_languages(language):
    """No label is empty."""
    assert all(item.label.say(language) for item in evidence_items())
    assert all(need.label(language) for need in Need)
