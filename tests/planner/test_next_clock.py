"""What a plan says of the clocks to come: what starts each, how long it is by whom, and how its start is recorded."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from rich.console import Console

from atoz.cli.apply import _event
from atoz.lifecycle.machine import machine
from atoz.lifecycle.operations import apply
from atoz.model import events
from atoz.model.claim import Claim
from atoz.model.events import AnyEvent
from atoz.model.marketplace import Marketplace
from atoz.model.order import Order
from atoz.model.text import Language
from atoz.planner.next_clock import NextClock
from atoz.planner.plan import Plan, plan
from atoz.report.plan_view import plan_view
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.deadlines import deadlines
from atoz.rulebook.edition import Edition
from atoz.testing.builders import a_claim

AT = datetime(2026, 11, 20, 16, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def claim(*history: AnyEvent, country: str = "US", filed: datetime = AT, edition: str = "faq-2016") -> Claim:
    """A claim with this history after its filing, on an order placed forty days before."""
    order = Order(order_id="123-1234567-1234567", marketplace=country, placed_at=filed - 40 * DAY)
    opened = Claim(order=order, reason="not_received", edition=edition, history=(events.Filed(at=filed),))
    for event in history:
        opened = apply(opened, event)
    return opened


def to_come(made: Claim) -> dict[str, list[tuple[str, int, str]]]:
    """The clocks to come of a plan made at the last event, each with what every edition says of it."""
    clocks = plan(made, as_of=made.updated_at).next_clocks
    return {row.deadline.value: [(part.edition, part.value, part.kind.value) for part in row.figures] for row in clocks}


@pytest.mark.parametrize(
    ("country", "filed", "answer", "appeal"),
    [
        ("US", AT, [("us-2026", 72, "firm"), ("faq-2016", 7, "firm")], [("us-2026", 30, "firm")]),
        ("DE", AT, [("eu-current", 48, "firm"), ("faq-2016", 7, "firm")], [("eu-current", 30, "firm")]),
        ("GB", AT, [("uk-current", 48, "soft"), ("faq-2016", 7, "firm")], [("uk-current", 30, "soft")]),
        ("IN", AT, [("in-current", 72, "firm"), ("faq-2016", 7, "firm")], [("in-current", 30, "firm")]),
        ("JP", AT, [("au-current", 48, "borrowed"), ("faq-2016", 7, "firm")], [("eu-current", 30, "borrowed")]),
        ("US", datetime(2016, 6, 21, 16, tzinfo=UTC), [("faq-2016", 7, "firm"), ("us-2016-06", 7, "firm")], []),
    ],
)
def test_the_shortest_of_every_rule_comes_first(
    country: str, filed: datetime, answer: list[tuple[str, int, str]], appeal: list[tuple[str, int, str]]
) -> None:
    """By hand, for a claim that is filed only; where no source anywhere names a figure the list is empty."""
    assert to_come(claim(country=country, filed=filed)) == {"answer_amazon": answer, "appeal": appeal}


def test_a_clock_that_runs_is_not_to_come() -> None:
    """Once Amazon has asked, the next clock is that of the appeal; once it is answered, another question can come."""
    asked = claim(events.InformationRequested(at=AT + HOUR))
    assert [*to_come(asked)] == ["appeal"]
    assert [*to_come(apply(asked, events.SellerResponded(at=AT + DAY)))] == ["answer_amazon", "appeal"]


def test_a_loss_leads_back_through_the_appeal() -> None:
    """While an appeal is possible the next clocks come after it; a second appeal's length is not known."""
    lost = claim(events.GrantedSellerFunded(at=AT + DAY), edition="us-2026")
    made = plan(lost, as_of=AT + DAY)
    assert [(row.deadline.value, row.after) for row in made.next_clocks] == [
        ("answer_amazon", "seller_appealed"),
        ("appeal", "seller_appealed"),
    ]
    assert made.next_clocks[1].figures == ()
    assert plan(lost, as_of=AT + 31 * DAY).next_clocks != ()
    assert plan(lost, as_of=AT + 31 * DAY + HOUR).next_clocks == ()
    again = apply(lost, events.SellerAppealed(at=AT + 2 * DAY))
    assert to_come(again) == {"answer_amazon": [("us-2026", 72, "firm")], "appeal": []}


def printed(made: Plan, language: Language) -> str:
    """A plan as the terminal shows it, on a wide screen."""
    screen = Console(file=StringIO(), width=400)
    screen.print(plan_view(made, language))
    assert isinstance(screen.file, StringIO)
    return screen.file.getvalue()


@pytest.mark.parametrize("status", ["refunded", "withdrawn", "cancelled", "granted_amazon_funded"])
def test_nothing_starts_a_clock_any_more(status: str) -> None:
    """A claim that nothing can bring back under review has no clock to come, and the text says so in both languages."""
    made = plan(a_claim(status=status), as_of=AT)
    assert made.next_clocks == ()
    assert "No other clock of yours can start any more" in printed(made, "en")
    assert "不会再有需要您遵守的新时限" in printed(made, "zh")


def test_a_denial_may_be_appealed_by_the_buyer() -> None:
    """Then Amazon may ask again; by the edition that gives the buyer thirty days, not after them."""
    denied = claim(events.Denied(at=AT + DAY), country="GB", edition="uk-current")
    last = AT + 31 * DAY
    assert {row.after for row in plan(denied, as_of=last).next_clocks} == {"buyer_appealed"}
    assert plan(denied, as_of=last + timedelta(microseconds=1)).next_clocks == ()


def test_a_what_if_counts_by_its_own_edition_alone() -> None:
    """With the pinned edition alone, the rules in force are left out."""
    made = plan(claim(), as_of=AT, pinned_only=True)
    assert [[part.edition for part in row.figures] for row in made.next_clocks] == [["faq-2016"], []]


def test_a_machine_without_a_grant_starts_no_appeal() -> None:
    """A transition that the user's own machine does not have starts no clock."""
    own = machine()
    own.remove_transition("granted_seller_funded", "under_review", "granted_seller_funded")
    assert [row.deadline.value for row in plan(claim(), as_of=AT, machine=own).next_clocks] == ["answer_amazon"]


@pytest.mark.parametrize("country", [place.country for place in Marketplace.all()])
@pytest.mark.parametrize("edition", [edition.id for edition in Edition.all()])
def test_what_is_said_comes_true(country: str, edition: str) -> None:
    """The event that is named, recorded by the command that is named, starts a clock of that length: counted apart."""
    opened = claim(country=country, edition=edition)
    for row in plan(opened, as_of=AT).next_clocks:
        command = row.record_with.split()
        assert command[:4] == ["atoz", "apply", "CLAIM", row.started_by]
        event = _event(opened, row.started_by, (AT + DAY).isoformat(), [], ())
        started = next(found for found in deadlines(apply(opened, event), as_of=AT + DAY) if found.name is row.deadline)
        due = [reading.due_at for reading in started.readings if reading.due_at and reading.runs]
        assert bool(due) is bool(row.figures)
        if row.figures:
            hours = (min(due) - (AT + DAY)) / HOUR
            shortest = row.figures[0]
            assert hours == pytest.approx(shortest.value * (1 if shortest.unit == "hour" else 24), abs=1)


def test_a_plan_says_it_in_both_languages() -> None:
    """The sentence names the span, the edition, its source and the command."""
    answer = plan(claim(), as_of=AT).next_clocks[0]
    assert answer.says.en.startswith("Once Amazon asks for information: 72 hours to answer (us-2026, ")
    assert answer.says.en.endswith("Record the question with `atoz apply CLAIM information_requested --at INSTANT`.")
    assert answer.figures[0].source.title in answer.says.zh
    assert "72小时" in answer.says.zh.replace(" ", "")
    assert answer.says.en in printed(plan(claim(), as_of=AT), "en")
    assert answer.says.zh in printed(plan(claim(), as_of=AT), "zh")
    assert NextClock.model_validate_json(answer.model_dump_json()) == answer


def test_a_clock_with_no_source_says_so() -> None:
    """The FAQ names no appeal, and in 2016 nobody else did."""
    old = claim(filed=datetime(2016, 6, 21, 16, tzinfo=UTC))
    appeal = plan(old, as_of=old.updated_at).next_clocks[1]
    assert appeal.deadline is DeadlineName.APPEAL
    assert str(appeal) == "appeal: undetermined, from granted_seller_funded"
    assert "no known source" in appeal.says.en
