"""In time, late but still to be won, lost already, settled, ahead: each on both sides of its instants."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from rich.console import Console

from atoz.lifecycle.operations import apply
from atoz.model import events
from atoz.model.claim import Claim
from atoz.model.events import AnyEvent
from atoz.model.order import Order
from atoz.model.text import Language
from atoz.planner.plan import plan
from atoz.planner.timeliness import Timeliness
from atoz.planner.worklist import WorklistRow, worklist_row
from atoz.report.plan_view import plan_view

OLD = datetime(2016, 6, 21, 16, tzinfo=UTC)
NEW = datetime(2026, 11, 20, 17, tzinfo=UTC)
DAY, HOUR, TICK = timedelta(days=1), timedelta(hours=1), timedelta(microseconds=1)


def claim(
    filed: datetime, *history: AnyEvent, country: str = "US", edition: str = "faq-2016", **facts: object
) -> Claim:
    """A claim with this history after its filing."""
    order = Order.model_validate(
        {"order_id": "123-1234567-1234567", "marketplace": country, "placed_at": filed - 40 * DAY, **facts}
    )
    opened = Claim(order=order, reason="not_received", edition=edition, history=(events.Filed(at=filed),))
    for event in history:
        opened = apply(opened, event)
    return opened


def row(about: Claim, as_of: datetime, policy: str | None = None, *, pinned_only: bool = False) -> WorklistRow:
    """The claim's line, which says the same as its plan."""
    made = plan(about, as_of=as_of, policy=policy, pinned_only=pinned_only)
    found = worklist_row(about, made)
    assert found.timeliness is made.timeliness
    return found


ASKED = events.InformationRequested(at=NEW)
GRANTED = events.GrantedSellerFunded(at=NEW + DAY)


@pytest.mark.parametrize(
    ("about", "as_of", "timeliness", "overdue"),
    [
        # the FAQ of 2016: silence of seven days is decided; the other edition of the time says the same
        (claim(OLD), OLD + 7 * DAY + TICK, "lost", True),
        # today: 72 hours once asked, and the source only says what may come of silence
        (claim(NEW, ASKED, edition="us-2026"), NEW + 3 * DAY + TICK, "late", True),
        # pinned to 2016, whose seven days are over as well: the rules in force do not say that it is decided
        (claim(NEW, ASKED), NEW + 7 * DAY + TICK, "late", True),
        # a soft clock makes nothing late
        (claim(NEW), NEW + 20 * DAY, "in_time", False),
        # a message that was not answered before the claim is history
        (claim(NEW, first_contact_at=NEW - 10 * DAY, edition="us-2026"), NEW, "in_time", False),
        # an answer that came late is history: Amazon decides
        (claim(NEW, ASKED, events.SellerResponded(at=NEW + 5 * DAY)), NEW + 6 * DAY, "in_time", False),
        # an appeal is possible for thirty days, to the instant; afterwards the loss is history, not red
        (claim(NEW, GRANTED, edition="us-2026"), NEW + DAY, "in_time", False),
        (claim(NEW, GRANTED, edition="us-2026"), NEW + 31 * DAY + TICK, "lost", False),
        # decided otherwise
        (claim(NEW, events.Denied(at=NEW)), NEW, "settled", False),
        (claim(NEW, events.SellerRefunded(at=NEW)), NEW, "settled", False),
        (claim(NEW, events.GrantedAmazonFunded(at=NEW)), NEW, "settled", False),
        # a claim that goes on is not judged
        (claim(OLD, events.BuyerMessaged(at=OLD + 9 * DAY)), OLD + 9 * DAY - TICK, "ahead", False),
        (claim(OLD, events.BuyerMessaged(at=OLD + 9 * DAY)), OLD + 9 * DAY, "lost", True),
    ],
)
def test_how_a_claim_stands(about: Claim, as_of: datetime, timeliness: str, *, overdue: bool) -> None:
    """By hand; `overdue` is what --fail-on and red go by."""
    found = row(about, as_of)
    assert (found.timeliness.value, found.overdue) == (timeliness, overdue)


def test_a_message_unanswered_is_history_also_where_only_the_status_was_seen() -> None:
    """A claim that was paid by Amazon is settled, whatever the buyer wrote after it; one under review is not late."""
    order = Order(order_id="123-1234567-1234567", marketplace="US", placed_at=NEW - 40 * DAY)
    for status, timeliness in (("granted_amazon_funded", "settled"), ("under_review", "in_time")):
        history = (
            events.Observed.model_validate({"at": NEW, "status": status}),
            events.BuyerMessaged(at=NEW + HOUR),
        )
        facts = {"order": order, "reason": "not_received", "edition": "us-2026", "history": history, "status": status}
        found = row(Claim.model_validate(facts), NEW + 3 * DAY, "faq-2016")
        assert (found.timeliness.value, found.overdue) == (timeliness, False)


def test_the_last_instant_is_in_time() -> None:
    """On the due instant an answer is in time, however late by the policy's own time; a microsecond later it is not."""
    due = OLD + 7 * DAY
    assert plan(claim(OLD), as_of=due).timeliness is not Timeliness.LOST
    assert plan(claim(OLD), as_of=due + TICK).timeliness is Timeliness.LOST
    asked = claim(NEW, events.InformationRequested(at=NEW, respond_by=NEW + DAY), edition="us-2026")
    stated = [row(asked, NEW + DAY + wait, "faq-2016").timeliness for wait in (-2 * HOUR, TICK)]
    assert stated[1] is Timeliness.LATE


def test_a_what_if_asks_its_own_edition_alone() -> None:
    """By the seven days alone the silence is decided, whatever the rules in force say."""
    about = claim(NEW, ASKED)
    assert row(about, NEW + 7 * DAY + TICK, pinned_only=True).timeliness is Timeliness.LOST
    assert row(about, NEW + 7 * DAY, pinned_only=True).timeliness is not Timeliness.LOST


def test_where_no_rule_is_known_silence_decides_nothing_today() -> None:
    """A marketplace without an edition goes by the pinned seven days until November 2016, not after it."""
    before, after = (claim(filed, country="TR") for filed in (OLD, NEW))
    assert row(before, OLD + 7 * DAY + TICK).timeliness is Timeliness.LOST
    assert row(after, NEW + 7 * DAY + TICK).timeliness is not Timeliness.LOST


@pytest.mark.parametrize("kind", list(Timeliness))
def test_a_plan_says_it_in_both_languages(kind: Timeliness) -> None:
    """The head of a plan carries the label."""
    about, as_of = {
        Timeliness.IN_TIME: (claim(NEW), NEW),
        Timeliness.LATE: (claim(NEW, ASKED), NEW + 4 * DAY),
        Timeliness.LOST: (claim(OLD), OLD + 8 * DAY),
        Timeliness.SETTLED: (claim(NEW, events.Denied(at=NEW)), NEW),
        Timeliness.AHEAD: (claim(NEW, events.Denied(at=NEW + DAY)), NEW),
    }[kind]
    languages: tuple[Language, ...] = ("en", "zh")
    for language in languages:
        screen = Console(file=StringIO(), width=300)
        screen.print(plan_view(plan(about, as_of=as_of), language))
        assert isinstance(screen.file, StringIO)
        assert f"({kind.label(language)})" in screen.file.getvalue().splitlines()[0]


def test_a_claim_that_goes_on_is_looked_at_when_its_last_event_comes() -> None:
    """What is not judged yet is judged then."""
    about = claim(NEW, events.Denied(at=NEW + HOUR))
    assert plan(about, as_of=NEW).look_again_at == NEW + HOUR


def test_a_missed_appeal_is_not_red() -> None:
    """A step that was missed is red while the claim can be lost; after it, it is history."""
    asked, lost = claim(OLD), claim(NEW, GRANTED, edition="us-2026")
    for about, as_of, red in ((asked, OLD + 8 * DAY, True), (lost, NEW + 40 * DAY, False)):
        made = plan(about, as_of=as_of)
        assert any(action.state == "missed" for action in made.actions)
        screen = Console(file=StringIO(), width=300, force_terminal=True, color_system="standard")
        screen.print(plan_view(made, "en"))
        assert isinstance(screen.file, StringIO)
        assert ("\x1b[31m" in screen.file.getvalue()) is red
