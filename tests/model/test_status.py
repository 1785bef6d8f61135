"""Statuses are read as people and pages spell them, and never guessed."""

import json
import re
import tomllib
import unicodedata
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atoz.errors import AmbiguousName, UnknownName
from atoz.model.status import ClaimStatus

S = ClaimStatus
FAQ = Path(__file__).parents[2].parent / "shared" / "faq" / "atoz-claims-faq.zh.txt"

SPELLINGS: dict[str, ClaimStatus] = {
    # the seven labels, in both languages, typed here by hand
    "Under review": S.UNDER_REVIEW,
    "在审核中": S.UNDER_REVIEW,
    "Claim granted, seller funded": S.GRANTED_SELLER_FUNDED,
    "认可索赔 卖家提供资金": S.GRANTED_SELLER_FUNDED,
    "Claim granted, Amazon funded": S.GRANTED_AMAZON_FUNDED,
    "Claim Granted Amazon Funded": S.GRANTED_AMAZON_FUNDED,
    "认可索赔 亚马逊提供资金": S.GRANTED_AMAZON_FUNDED,
    "Order Refunded": S.REFUNDED,
    "订单已退款": S.REFUNDED,
    "Claim Closed": S.CLOSED,
    "索赔已被拒绝": S.CLOSED,
    "Claim Withdrawn": S.WITHDRAWN,
    "索赔已被撤销": S.WITHDRAWN,
    "Order Cancelled": S.CANCELLED,
    "订单取消": S.CANCELLED,
    # the FAQ's two slips
    "1认可索赔 卖家提供资金Claim Granted Amazon Funded": S.GRANTED_SELLER_FUNDED,
    "2认可索赔 亚马逊提供资金Claim Granted Amazon Funded": S.GRANTED_AMAZON_FUNDED,
    "Claim Withdrawm": S.WITHDRAWN,
    # other public lists
    "Granted/Seller Funded": S.GRANTED_SELLER_FUNDED,
    "Closed/Seller Funded": S.GRANTED_SELLER_FUNDED,
    "Seller-funded": S.GRANTED_SELLER_FUNDED,
    "Granted/Amazon Funded": S.GRANTED_AMAZON_FUNDED,
    "Amazon-funded": S.GRANTED_AMAZON_FUNDED,
    "Closed/Refunded": S.REFUNDED,
    "Closed/Denied": S.CLOSED,
    "Buyer-funded": S.CLOSED,
    "Withdrawn": S.WITHDRAWN,
} | {status.value: status for status in S}
AMBIGUOUS = ["Claim granted", "Granted", "认可索赔"]


def full_width(text: str) -> str:
    """The same text in full-width characters."""
    return "".join(
        chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else "\u3000" if each == " " else each for each in text
    )


CASES: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "upper": str.upper,
    "lower": str.lower,
    "title": str.title,
    "swapped": str.swapcase,
}
SPACINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "around": lambda text: f"  {text}\t\n",
    "double": lambda text: text.replace(" ", "  "),
    "none": lambda text: text.replace(" ", ""),
    "hyphen": lambda text: re.sub("[ /,_]+", "-", text),
    "slash": lambda text: re.sub("[ ,_-]+", "/", text),
    "underscore": lambda text: re.sub("[ /,-]+", "_", text),
    "no-break": lambda text: text.replace(" ", "\u00a0"),
    "dash": lambda text: re.sub("[ /,_-]+", " – ", text),
}
WIDTHS: dict[str, Callable[[str], str]] = {
    "half": str,
    "full": full_width,
    "decomposed": lambda text: unicodedata.normalize("NFKD", text),
}


def every_spelling() -> dict[str, frozenset[ClaimStatus]]:
    """Every label and alias of the data file, read without atoz, to the statuses it stands under."""
    rows = tomllib.loads(files("atoz.model").joinpath("statuses.toml").read_text(encoding="utf-8"))
    found: dict[str, set[ClaimStatus]] = {}
    for name, row in rows.items():
        for text in (name, row["label"]["en"], row["label"]["zh"], *row["also"]):
            found.setdefault(text, set()).add(S(name))
    return {text: frozenset(statuses) for text, statuses in found.items()}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("spacing", SPACINGS)
@pytest.mark.parametrize("case", CASES)
def test_every_label_in_every_dress(case: str, spacing: str, width: str) -> None:
    """Case, spacing, width, hyphen and slash never matter, for any label or alias, typed by hand or in the data."""
    for text, status in SPELLINGS.items():
        dressed = WIDTHS[width](SPACINGS[spacing](CASES[case](text)))
        assert ClaimStatus.parse(dressed) is status, dressed
    for text, statuses in every_spelling().items():
        dressed = WIDTHS[width](SPACINGS[spacing](CASES[case](text)))
        if len(statuses) == 1:
            assert ClaimStatus.parse(dressed) in statuses, dressed
        else:
            with pytest.raises(AmbiguousName):
                ClaimStatus.parse(dressed)


@pytest.mark.parametrize("text", [*AMBIGUOUS, *map(str.upper, AMBIGUOUS), *map(full_width, AMBIGUOUS)])
def test_half_a_label_names_its_candidates(text: str) -> None:
    """Claim granted: that does not say who paid: both candidates are named, none is picked."""
    with pytest.raises(AmbiguousName) as caught:
        ClaimStatus.parse(text)
    assert caught.value.candidates == (S.GRANTED_SELLER_FUNDED.label(), S.GRANTED_AMAZON_FUNDED.label())
    assert caught.value.asked == text


def test_halves_that_disagree_are_ambiguous() -> None:
    """A Chinese and an English half have to say the same, the FAQ's one known slip aside."""
    assert ClaimStatus.parse("认可索赔 卖家提供资金 Granted/Seller Funded") is S.GRANTED_SELLER_FUNDED
    for text in ("认可索赔 亚马逊提供资金 Granted/Seller Funded", "订单取消 Order Refunded"):
        with pytest.raises(AmbiguousName):
            ClaimStatus.parse(text)


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("claim clsed", "Claim closed"),
        ("undr review", "Under review"),
        ("索赔已撤消", "索赔已被撤销"),
        ("order refundd", "Order refunded"),
    ],
)
def test_a_near_miss_names_the_nearest(text: str, near: str) -> None:
    """A slip that is not known raises, with the label that was probably meant."""
    with pytest.raises(UnknownName) as caught:
        ClaimStatus.parse(text)
    assert near in caught.value.nearest


@pytest.mark.parametrize(
    "text", ["", "   ", "7", "-/-", "granted denied", "not withdrawn", "closed closed", "✓", "订单", "open"]
)
def test_what_is_no_status_is_never_guessed(text: str) -> None:
    """Empty, partial and contrary texts raise; they are no status, however near."""
    with pytest.raises(UnknownName):
        ClaimStatus.parse(text)


@pytest.mark.parametrize("text", ["", "7", "✓"])
def test_where_nothing_is_near_every_label_is_named(text: str) -> None:
    """Whoever wrote something quite different is shown what there is."""
    with pytest.raises(UnknownName) as caught:
        ClaimStatus.parse(text)
    assert (caught.value.nearest, caught.value.known) == ((), tuple(status.label() for status in S))


def test_a_word_that_is_only_remotely_alike_is_not_called_near() -> None:
    """`pending` shares four letters with a status and means nothing like it: the statuses there are get listed."""
    with pytest.raises(UnknownName, match=r"unknown claim status 'pending'\nknown: Under review; "):
        ClaimStatus.parse("pending")


@given(st.text())
def test_any_text_is_a_status_or_a_lookup_error(text: str) -> None:
    """No text brings anything but a status or one of atoz's own two errors; the nearest are real labels."""
    labels = {label for status in S for label in (status.label(), status.label("zh"))}
    try:
        assert ClaimStatus.parse(text) in S
    except UnknownName as unknown:
        assert set(unknown.nearest) <= labels  # noqa: PT017  (either is right, each has to be sound)
    except AmbiguousName as ambiguous:
        assert len(ambiguous.candidates) > 1  # noqa: PT017


def test_the_faqs_own_lines() -> None:
    """The headings of the FAQ, as they stand in the file, read as the seven statuses in its order."""
    if not FAQ.exists():
        pytest.skip(f"{FAQ} is not there")
    numbered = re.findall(r"^[1-7] ?\S.*$", FAQ.read_text(encoding="utf-8"), flags=re.MULTILINE)
    headings = [re.sub(r"(?<=Order Cancelled) .*", "", line) for line in numbered]
    assert [ClaimStatus.parse(line) for line in headings] == [
        S.GRANTED_SELLER_FUNDED,
        S.GRANTED_AMAZON_FUNDED,
        S.REFUNDED,
        S.CLOSED,
        S.WITHDRAWN,
        S.CANCELLED,
        S.UNDER_REVIEW,
    ]


def test_every_status_has_words_in_both_languages() -> None:
    """Labels and meanings are there in English and Chinese, no two alike."""
    for words in ({s.label(), s.label("zh")} for s in S):
        assert len(words) == 2
    assert len({s.label() for s in S} | {s.label("zh") for s in S}) == 14
    assert all(s.meaning() and s.meaning("zh") for s in S)
    assert json.dumps(S.CLOSED) == '"closed"'


def test_the_data_file_has_the_seven_statuses() -> None:
    """No status without words, no words without a status."""
    rows = tomllib.loads(files("atoz.model").joinpath("statuses.toml").read_text(encoding="utf-8"))
    assert list(rows) == [status.value for status in S]
    assert len(S) == 7
