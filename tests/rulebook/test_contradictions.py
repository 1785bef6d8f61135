"""The contradictions between sources: each touches figures that there are, or says why it touches none."""

import pytest
from pydantic import ValidationError

from atoz.rulebook.contradictions import Contradiction, contradictions, contradictions_of
from atoz.rulebook.edition import Edition


def test_all_eighteen_are_there_and_in_both_languages() -> None:
    """Each has a name of its own and speaks English and Chinese."""
    rows = contradictions()
    assert len({row.id for row in rows}) == len(rows) == 18
    texts = [text for row in rows for text in (row.says, row.why) if text]
    assert all(text.en.strip() and text.zh.strip() and text.en != text.zh for text in texts)


def test_what_is_touched_is_there_and_says_that_sources_disagree() -> None:
    """Every figure exists, is found from the figure again, and some figure of an edition is touched by each."""
    for row in contradictions():
        for place in row.touches:
            edition, _, parameter = place.partition(".")
            assert Edition.named(edition).parameter(parameter)
            assert row in contradictions_of(edition, parameter)
    assert contradictions_of("us-2026", "appeal") == ()


def test_a_contradiction_touches_figures_or_says_why() -> None:
    """Not neither, and not both."""
    row = contradictions()[0].model_dump()
    why = {"en": "a label", "zh": "标签"}
    with pytest.raises(ValidationError, match="or says why"):
        Contradiction.model_validate({**row, "touches": ()})
    with pytest.raises(ValidationError, match="or says why"):
        Contradiction.model_validate({**row, "why": why})
    assert Contradiction.model_validate({**row, "touches": (), "why": why})
