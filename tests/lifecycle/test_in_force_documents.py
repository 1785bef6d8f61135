"""A claim's document may say `in-force`: it is read as counted by what was in force when the claim began."""

from pathlib import Path

import pytest

from atoz import deadlines, open_claim, read_claim
from atoz.errors import InvalidDocument
from atoz.lifecycle.replay import how_pinned
from atoz.model.instant import to_instant
from atoz.model.order import Order
from atoz.rulebook.edition import Edition

TEXT = (Path(__file__).parents[2] / "examples" / "editions" / "our-rules.toml").read_text(encoding="utf-8")


def document(placed: str, filed: str, *, edition: str = "in-force", marketplace: str = "US") -> dict[str, object]:
    """A claim as somebody writes it by hand."""
    order = {"order_id": "123-1234567-1234567", "marketplace": marketplace, "placed_at": f"{placed}T15:00:00Z"}
    history = [{"kind": "filed", "at": f"{filed}T16:00:00Z"}]
    return {"order": order, "reason": "not_received", "history": history, "edition": edition}


@pytest.mark.parametrize(
    ("placed", "filed", "editions"),
    [
        ("2016-06-21", "2016-11-13", ("us-2016-06", None)),
        ("2016-11-13", "2016-11-14", ("us-2016-11", "us-2016-06")),
        ("2016-11-14", "2016-11-14", ("us-2016-11", None)),
        ("2026-05-11", "2026-05-12", ("us-2026", "us-2021-05")),
        ("2026-05-12", "2026-05-12", ("us-2026", None)),
    ],
)
def test_it_is_pinned_as_open_claim_pins_it(placed: str, filed: str, editions: tuple[str, str | None]) -> None:
    """The last day of one edition and the first of the next, for the filing and for the order."""
    data = document(placed, filed)
    claim = read_claim(data)
    order = Order.model_validate(data["order"])
    opened = open_claim(order, reason="not_received", filed_at=to_instant(f"{filed}T16:00:00Z"), edition="in-force")
    assert claim == opened
    assert (claim.edition, claim.window_edition) == editions
    assert read_claim(claim.model_dump(mode="json")) == claim
    why = how_pinned(data, claim)
    assert why is not None
    for name in filter(None, editions):
        assert name in why.en
        assert name in why.zh
    assert ("for the filing window" in why.en) is (editions[1] is not None)
    assert how_pinned(claim.model_dump(mode="json"), claim) is None


def test_where_none_is_in_force_the_document_is_refused() -> None:
    """The fault has the key, and names what there is to choose from."""
    with pytest.raises(InvalidDocument) as refused:
        read_claim(document("2026-06-01", "2026-06-20", marketplace="TR"), what="c.json")
    (fault,) = refused.value.faults
    assert (fault.path, fault.code) == ("edition", "no_edition_in_force")
    assert str(refused.value).startswith("c.json: edition: no edition of the rules is known to be in force for TR")


def test_an_edition_of_ones_own_is_pinned_by_its_id() -> None:
    """A hand-written document need not know the hash; what is read does."""
    ours = Edition.read(TEXT)
    claim = read_claim(document("2026-06-01", "2026-06-20", edition="our-rules"), editions=[ours])
    assert claim.edition == ours.reference
    assert deadlines(claim, as_of=claim.updated_at, editions=[ours])[1].edition == ours.reference
    with pytest.raises(InvalidDocument, match="our-rules"):
        read_claim(document("2026-06-01", "2026-06-20", edition="our-rules"))
