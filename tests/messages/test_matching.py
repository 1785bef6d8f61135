"""Rows of words: found where a plain regular expression, which is slow on hostile texts, finds them."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atoz.messages.matching import IndexedText
from atoz.messages.word_rows import compiled

GROUPS = {"change": ("change", "updat*", "take down"), "review": ("review", "reviews", "评价"), "no": ("not", "*n't")}
ROWS = {
    "{change} your review": r"(?:W(?:change|updat[a-z]*|take[\s-]{1,4}down)E)B(?:WyourE)B(?:WreviewE)",
    "{change} .. {review}": r"(?:W(?:change|updat[a-z]*|take[\s-]{1,4}down)E)C{0,30}?(?:W(?:reviews?)E|评价)",
    "{no} ... {change}": r"(?:WnotE|[a-z]*n'tE)S{0,110}?(?:W(?:change|updat[a-z]*|take[\s-]{1,4}down)E)",
    "your _ review": r"(?:WyourE)B[^\s.!?]+B(?:WreviewE)",
    "your bad? review": r"(?:WyourE)B(?:(?:WbadE)B)?(?:WreviewE)",
    "评价 .. 评价": r"评价C{0,30}?评价",
}
BITS = [
    "change", "update", "updates", "take down", "take-down", "your", "bad", "review", "reviews", "reviewer", "评价",
    "not", "don't", "n't", ",", ".", "。", "!", "\n\n", "x", "two words", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "'",
]  # fmt: skip
PIECES = {
    "B": r"[\s\"'*-]{1,4}",
    "W": "(?<![a-z0-9])",
    "E": "(?![a-z0-9])",
    "S": r"(?:[^.!?。\n]|[.!?](?=[!-~])|\n(?![ \t]*\n))",
    "C": r"(?:[^.!?。\n,;、]|[.!?](?=[!-~])|\n(?![ \t]*\n))",
}


def expression(row):
    """The same row as one regular expression."""
    return re.compile(re.sub("[BWESC]", lambda piece: PIECES[piece.group()], ROWS[row]))


@given(
    st.lists(st.sampled_from(BITS), max_size=12), st.sampled_from([" ", "", "  ", " - "]), st.sampled_from(list(ROWS))
)
@settings(max_examples=400, deadline=None)
def test_a_row_is_found_where_the_regular_expression_finds_it(bits, glue, row):
    """Both find something or both find nothing, and what is found is a match from end to end."""
    text = glue.join(bits)
    spans = IndexedText(text).spans(compiled(row, GROUPS))
    assert bool(spans) is bool(expression(row).search(text))
    for start, end in spans:
        assert expression(row).search(text[:end], start)


def test_what_is_hidden_is_not_found():
    """A word that touches a hidden stretch is left out; a gap may pass over it."""
    text = IndexedText("change your old review")
    row = compiled("{change} .. {review}", GROUPS)
    assert text.hiding([(12, 15)]).spans(row) == [(0, 22)]
    assert text.hiding([(18, 20)]).spans(row) == []


def test_the_nearest_of_two_words_counts():
    """The shortest stretch is what a reader is shown."""
    text = IndexedText("change, change your review")
    assert text.spans(compiled("{change} .. {review}", GROUPS)) == [(8, 26)]


def test_a_group_that_there_is_not_is_an_error():
    """A slip in a data file is found when it is read."""
    with pytest.raises(ValueError, match="no group of words is called 'chance'"):
        compiled("{chance} your review", GROUPS)


@pytest.mark.parametrize(("length", "found"), [(30, True), (31, False)])
def test_a_short_gap_ends_after_thirty_characters(length, found):
    """The widest gap within a clause, and the first that is too wide."""
    text = IndexedText("change" + " " * length + "review")
    assert text.holds(compiled("{change} .. {review}", GROUPS)) is found


@pytest.mark.parametrize(("length", "found"), [(110, True), (111, False)])
def test_a_long_gap_ends_after_a_hundred_and_ten(length, found):
    """The widest gap within a sentence, and the first that is too wide."""
    text = IndexedText("change" + " " * length + "review")
    assert text.holds(compiled("{change} ... {review}", GROUPS)) is found
