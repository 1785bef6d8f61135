"""A change of rules: what moves is what the rulebook and the planner say on each side, and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atoz.audit import Impact, impact
from atoz.errors import UnknownName
from atoz.events import InformationRequested
from atoz.lifecycle import under
from atoz.model import Claim
from atoz.planner.plan import plan
from atoz.planner.step_status import ActionState
from atoz.rulebook.deadlines import deadlines
from atoz.rulebook.filing_window import claim_window
from atoz.testing import a_claim
from atoz.testing.strategies import claims

FILED = datetime(2026, 6, 16, 16, tzinfo=UTC)
ASKED = a_claim(edition="us-2026", events=[InformationRequested(at=FILED + timedelta(hours=24))])
AT = FILED + timedelta(hours=30)
EDITIONS = ("faq-2016", "us-2016-11", "us-2020-07", "us-2026", "uk-current")


def test_a_shorter_clock_tightens_and_moves_the_date() -> None:
    """72 hours from the question become 48: the date falls a day sooner, and the answer has a day less."""
    made = impact([ASKED], "us-2026", "us-2020-07", "current", as_of=AT)
    figure = next(row for row in made.figures if row.name == "answer_amazon")
    assert figure.tightens
    (row,) = made.rows
    answer = next(moved for moved in row.deadlines if moved.name == "answer_amazon")
    assert answer.moves_by == timedelta(hours=-24)
    slack = next(step for step in row.steps if step.step == "answer_amazon")
    assert slack.before is not None
    assert slack.after is not None
    assert slack.before - slack.after == timedelta(hours=24)
    assert next(step for step in made.slack if step.step == "answer_amazon") == slack


def test_the_least_slack_over_claims_is_summed() -> None:
    """Of two claims the one with less time counts."""
    hurried = InformationRequested(at=FILED + timedelta(hours=24), respond_by=FILED + timedelta(hours=84))
    made = impact([ASKED, a_claim(edition="us-2026", events=[hurried])], "us-2026", "us-2026", as_of=AT)
    answer = next(step for step in made.slack if step.step == "answer_amazon")
    assert (answer.before, answer.after) == (timedelta(hours=36), timedelta(hours=36))


def test_no_change_moves_nothing() -> None:
    """An edition against itself: no figure, no date, no claim; nor is there anything without claims."""
    made = impact([ASKED], "us-2026", "us-2026", as_of=AT)
    assert (made.figures, made.rows, made.claims) == ((), (), 1)
    assert impact([], "us-2026", "us-2020-07", as_of=AT).rows == ()
    with pytest.raises(UnknownName):
        impact([ASKED], "us-2026", "us-2027", as_of=AT)


def test_an_impact_comes_back_from_its_json_and_speaks() -> None:
    """It is a document, in both languages."""
    made = impact([ASKED], "us-2026", "us-2020-07", as_of=AT)
    assert Impact.model_validate_json(made.model_dump_json()) == made
    assert "tightens: answer Amazon, 72 hours -> 48 hours" in made.say()
    assert "收紧:回应亚马逊,72小时 -> 48小时" in made.say("zh")


@settings(max_examples=60, deadline=None)
@given(claim=claims(), first=st.sampled_from(EDITIONS), second=st.sampled_from(EDITIONS), hours=st.integers(0, 400))
def test_what_moves_is_what_each_side_counts(claim: Claim, first: str, second: str, hours: int) -> None:
    """By the public functions, each under its edition alone; and the way back is the mirror of the way there."""
    now = claim.updated_at + timedelta(hours=hours)
    there = impact([claim], first, second, "current", as_of=now)
    sides = [under(claim, edition) for edition in (first, second)]

    old, new = ({row.name: row.due_at for row in deadlines(side, as_of=now) if row.started_by} for side in sides)
    moved = {name for name in {*old, *new} if old.get(name) != new.get(name)}
    windows = [claim_window(side) for side in sides]
    ends = {name for name in ("opens", "closes") if getattr(windows[0], name) != getattr(windows[1], name)}
    plans = [plan(side, as_of=now, policy="current", pinned_only=True) for side in sides]
    slack = [
        {
            action.step: action.due_at - action.at
            for action in made.actions
            if action.state in (ActionState.NOW, ActionState.LATER) and action.at and action.due_at
        }
        for made in plans
    ]
    row = there.rows[0] if there.rows else None
    assert {change.name for change in (row.deadlines if row else ())} == moved
    assert {change.name for change in (row.window if row else ())} == ends
    assert [{step.step: step.before for step in there.slack if step.before is not None}, slack[1]] == slack

    back = impact([claim], second, first, "current", as_of=now)
    assert len(back.rows) == len(there.rows)
    assert [(figure.after, figure.before) for figure in back.figures] == [
        (figure.before, figure.after) for figure in there.figures
    ]
