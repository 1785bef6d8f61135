"""The contradictions between sources: each touches figures that there are, or says why it touches none."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from atoz import Order, apply, deadlines, filing_window, open_claim, plan
from atoz.model.events import InformationRequested
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


ORDER = Order(
    order_id="123-1234567-1234567",
    marketplace="US",
    placed_at=datetime(2026, 6, 1, 15, tzinfo=UTC),
    deliver_by=date(2026, 6, 10),
    first_contact_at=datetime(2026, 6, 12, tzinfo=UTC),
    delivered_at=datetime(2026, 6, 9, tzinfo=UTC),
    return_requested_at=datetime(2026, 6, 12, tzinfo=UTC),
    return_authorised_at=datetime(2026, 6, 13, tzinfo=UTC),
    return_received_at=datetime(2026, 6, 16, tzinfo=UTC),
)
FILED = datetime(2026, 6, 20, 16, tzinfo=UTC)
TOUCHING = [(row, place) for row in contradictions() for place in row.touches]


@pytest.mark.parametrize(("row", "place"), TOUCHING, ids=lambda value: getattr(value, "id", value))
def test_each_is_named_by_a_result_that_depends_on_it(row: Contradiction, place: str) -> None:
    """A window, deadline and plan that count a touched figure name it by id, and say its sentence."""
    name, _, figure = place.partition(".")
    edition = Edition.named(name)
    order = ORDER.model_copy(update={"marketplace": next(iter(edition.marketplaces), "US")})
    parameter = edition.parameter(figure)
    reason = next(iter(parameter.reasons), "not_received")
    claim = open_claim(order, reason=reason, filed_at=FILED, edition=edition)
    claim = apply(claim, InformationRequested(at=FILED + timedelta(hours=1)))
    made = plan(claim, as_of=FILED + timedelta(hours=2))
    if parameter.role == "deadline":
        wanted = parameter.deadline or parameter.name
        result = next(row for row in deadlines(claim, as_of=FILED + timedelta(hours=2)) if row.name == wanted)
    else:
        result = filing_window(order, edition=edition, reason=reason)
    assert row.id in result.contradictions
    assert row.id in made.contradictions
    assert row.says in result.explain().caveats
    assert row.says.zh in result.explain().say("zh")
    assert type(result).model_validate_json(result.model_dump_json()) == result


def test_what_depends_on_none_names_none() -> None:
    """A window that an edition does not define, a clock that has not started, and an edition of one's own."""
    assert filing_window(ORDER.model_copy(update={"marketplace": "AU"}), edition="au-current").contradictions == ()
    claim = open_claim(ORDER, reason="not_received", filed_at=FILED, edition="us-2026")
    appeal = next(row for row in deadlines(claim, as_of=FILED) if row.name == "appeal")
    assert appeal.contradictions == ()
    path = Path(__file__).parents[2] / "examples" / "editions" / "our-rules.toml"
    assert filing_window(ORDER, edition=Edition.read(path.read_text(encoding="utf-8"))).contradictions == ()
