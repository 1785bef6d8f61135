"""Rows of words: found where a plain regular expression, which is slow on hostile texts, finds them."""

import re
from itertools import pairwise

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


@pytest.mark.parametrize(
    ("text", "neighbours", "found"),
    [
        ("change it, your review", False, True),
        ("your review: change it", False, True),
        ("your review is in. change it", False, False),
        ("your review is in. change it", True, True),
        ("change it. so it is. your review is in", True, False),
        ("change it", True, False),
    ],
)
def test_concepts_stand_together_in_any_order(text, neighbours, found):
    """In one sentence, or in two that follow each other, but not in three; nothing is found where one is missing."""
    rows = [compiled("{change}", GROUPS), compiled("{review}", GROUPS)]
    assert bool(IndexedText(text).together(rows, neighbours=neighbours)) is found


def test_a_sentence_that_holds_everything_is_found_without_its_neighbour():
    """What is shown reaches from the first word concerned to the last, and no further."""
    text = IndexedText("a review. please change that review now. a review")
    rows = [compiled("{change}", GROUPS), compiled("{review}", GROUPS)]
    assert [text.text[slice(*span)] for span in text.together(rows, neighbours=True)] == ["change that review"]


@given(st.lists(st.sampled_from(["change", "review", "not", "x", ". ", "。", " "]), max_size=14))
@settings(max_examples=300, deadline=None)
def test_together_is_what_the_sentences_say(bits):
    """An independent second way: cut the text into sentences and look into each."""
    text = " ".join(bits)
    rows = [compiled(row, GROUPS) for row in ("{change}", "{review}", "{no}")]
    sentences = re.split(r"\.(?=\s|$|[^\x00-\x7f])|。", text)
    pairs = [f"{left} {right}" for left, right in pairwise(sentences)]
    words = ("change", "review", "not")
    for neighbours, windows in ((False, sentences), (True, sentences + pairs)):
        holds = any(all(word in window for word in words) for window in windows)
        assert bool(IndexedText(text).together(rows, neighbours=neighbours)) is holds


def test_any_of_several_rows_is_enough():
    """Rows with two slashes between them are one pattern."""
    row = compiled("{change} your {review} // {no} .. {review}", GROUPS)
    assert IndexedText("change your review").spans(row) == [(0, 18)]
    assert IndexedText("not a review").spans(row) == [(0, 12)]
    assert not IndexedText("change a review").holds(row)


def test_a_star_in_front_lets_a_word_begin_earlier():
    """German writes words together; what is shown is the whole word, up to twenty letters back."""
    row = compiled("*bewertung*", {})
    assert IndexedText("ihre produktbewertungen bitte").spans(row) == [(5, 23)]
    assert IndexedText("a" * 30 + "bewertung").spans(row) == [(10, 39)]
