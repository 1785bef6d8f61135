"""Reasons and their details: the data file and the enums hold each other."""

import tomllib
from importlib.resources import files

import pytest

from atoz.errors import UnknownName
from atoz.model.reason import ClaimReason, ReasonDetail


def test_the_data_file_is_held_to_the_enums() -> None:
    """Every reason and every detail stands in the file exactly once, and nothing else does."""
    rows = tomllib.loads(files("atoz.model").joinpath("reasons.toml").read_text(encoding="utf-8"))
    assert list(rows) == [reason.value for reason in ClaimReason]
    details = [detail for row in rows.values() for detail in row.get("details", {})]
    assert sorted(details) == sorted(detail.value for detail in ReasonDetail)
    assert len(details) == len(set(details))


def test_house_names_the_six_reasons() -> None:
    """The reasons that documents rely on."""
    assert [each.value for each in ClaimReason] == [
        "not_received",
        "not_as_described",
        "return_not_refunded",
        "return_refused",
        "extra_charges",
        "other",
    ]


@pytest.mark.parametrize("detail", ReasonDetail)
def test_a_detail_belongs_to_one_reason(detail: ReasonDetail) -> None:
    """The two directions agree, and the detail has words in both languages."""
    assert [reason for reason in ClaimReason if detail in reason.details] == [detail.reason]
    assert detail.label()
    assert detail.label("zh") != detail.label()


@pytest.mark.parametrize("reason", ClaimReason)
def test_reasons_are_read_by_value_and_label(reason: ClaimReason) -> None:
    """Value and label, in any case, with spaces, hyphens or underscores."""
    for text in (
        reason.value,
        reason.value.upper(),
        reason.value.replace("_", "-"),
        reason.label(),
        reason.label("zh"),
    ):
        assert ClaimReason.parse(f" {text} ") is reason


@pytest.mark.parametrize("text", ["", "not_recieved", "lost", "damaged"])
def test_what_is_no_reason_is_never_guessed(text: str) -> None:
    """A slip raises and names reasons."""
    with pytest.raises(UnknownName) as caught:
        ClaimReason.parse(text)
    suggested = caught.value.nearest or caught.value.known
    assert suggested
    assert set(suggested) <= set(ClaimReason)
