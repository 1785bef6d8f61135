"""Reading through disguises: folded, mended, and always able to say where it stood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atoz.messages.character_folding import fold, folded
from atoz.messages.checker import check_message
from atoz.messages.deobfuscation import mended
from atoz.messages.spelling import vocabulary

ENGLISH = vocabulary(("en",))


@pytest.mark.parametrize(
    "disguised",
    [
        "review",
        "REVIEW",
        "ｒｅｖｉｅｗ",
        "rеviеw",
        "r e v i e w",
        "r.e.v.i.e.w",
        "r-e-v-i-e-w",
        "re-view",
        "re view",
        "rev1ew",
        "r3view",
        "r*view",
        "rev\u200biew",
        "réview",
        "𝓻𝓮𝓿𝓲𝓮𝔀",
        "reviewww",
        "reveiw",
        "rev|ew",
        "ⓡⓔⓥⓘⓔⓦ",
    ],
)
def test_every_disguise_reads_as_the_word(disguised):
    """Case, width, look-alikes, spacing, signs for letters, stars, invisible letters and slips of the pen."""
    assert mended(fold(f"your {disguised} now"), ENGLISH).text == "your review now"


@pytest.mark.parametrize(
    "plain",
    [
        "we would love a good day",
        "order 123-1234567-1234567",
        "1z999aa10123456784",
        "the plan b is ready",
        "up to date",
        "a 5 year warranty",
        "parcel no. 4",
        "we re-sent it",
        "10% more",
        "i am",
        "on a monday",
        "mr. smith",
    ],
)
def test_ordinary_text_is_left_as_it_is(plain):
    """Mending makes known words only; numbers, names and neighbours stay."""
    assert mended(fold(plain), ENGLISH).text == plain


@given(st.text(max_size=80))
def test_every_stretch_of_a_reading_has_its_place_in_the_original(text):
    """Spans are within the text, also where one character reads as many."""
    for reading in (fold(text), mended(fold(text), ENGLISH)):
        for index in range(len(reading.text)):
            start, end = reading.span(index, index + 1)
            assert 0 <= start < end <= len(text)


@given(st.text(alphabet=st.characters(max_codepoint=127), max_size=80))
def test_plain_ascii_folds_to_its_own_lower_case(text):
    """Without a vocabulary nothing but the case changes."""
    assert fold(text).text == text.lower()


@given(st.characters())
def test_folding_is_stable(letter):
    """What is folded once stays as it is."""
    plain = folded(letter)
    assert "".join(map(folded, plain)) in (plain, "".join(map(folded, "".join(map(folded, plain)))))


def test_the_place_of_a_mended_word_is_the_whole_disguise():
    """A finding shows what the writer wrote."""
    text = "your r.e.v.i.e.w now"
    reading = mended(fold(text), ENGLISH)
    start, end = reading.span(5, 11)
    assert text[start:end] == "r.e.v.i.e.w"


def test_traditional_characters_read_as_the_simplified_ones():
    """Each in its place; Japanese forms that Chinese has not are left as they are."""
    assert fold("請刪除評價").text == "请删除评价"
    assert fold("評価を削除").text == "评価を削除"
    assert [letter.start for letter in fold("請刪除").letters] == [0, 1, 2]


def test_a_review_in_traditional_characters_is_found():
    """The data files write only simplified ones."""
    assert "review_change" in {finding.rule for finding in check_message("麻煩您刪除那則評價。", kind="reply")}
