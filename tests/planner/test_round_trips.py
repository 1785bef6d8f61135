"""What atoz writes as JSON it reads back: the same record, to the letter."""

from datetime import timedelta

import pytest

from atoz import compare_editions, deadlines, filing_window, odr_effect, plan
from atoz.model.record import Record
from atoz.planner.policy import Policy
from atoz.planner.worklist import worklist_row
from atoz.rulebook.edition import Edition
from atoz.testing.scenario_catalog import scenarios
from atoz.testing.situations import SituationFile
from atoz.testing.world import World, on_day

SCENARIOS = {name: scenario.claim for name, scenario in scenarios().items()}


def same(record: Record) -> bool:
    """Whether a record comes back from its own JSON, and gives the same JSON again."""
    text = record.model_dump_json(by_alias=True)
    back = type(record).model_validate_json(text)
    return back == record and back.model_dump_json(by_alias=True) == text


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_is_made_of_a_claim_comes_back(name):
    """Plan, window, comparison, deadlines, ODR effect and worklist row, during the claim and after it."""
    claim = SCENARIOS[name]
    for days in (0, 3, 40):
        at = claim.updated_at + timedelta(days=days)
        made = plan(claim, as_of=at)
        assert same(made)
        assert same(worklist_row(claim, made))
        assert all(same(deadline) for deadline in deadlines(claim, as_of=at))
    for record in (claim, claim.order, *claim.history, filing_window(claim.order), odr_effect(claim)):
        assert same(record)
    assert same(compare_editions(claim.order))


def test_what_is_read_from_files_comes_back():
    """Policies, editions, worlds and situations."""
    for record in (*Edition.all(), Policy.named("faq-2016"), Policy.named("current")):
        assert same(record)
    assert same(World.of(on_day(1, "information_requested"), on_day(2, "buyer_messaged")))
    case = {"says": "x", "expect": {"now": ["second_message"]}, "events": [{"kind": "denied", "hours": 3}]}
    assert same(SituationFile.model_validate({"situation": [case]}))


def test_a_plan_says_what_it_is_and_by_which_schema():
    """Programs tell documents apart by `kind`, and know by the version that a field means what it meant."""
    claim = next(iter(SCENARIOS.values()))
    document = plan(claim, as_of=claim.updated_at).model_dump(mode="json")
    assert (document["kind"], document["schema_version"]) == ("plan", 1)
