"""Editions of somebody's own: read, told apart by their content, counted by on every path, and refused when unknown."""

import pickle
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atoz import (
    Claim,
    Order,
    apply,
    attention,
    claim_window,
    compare_editions,
    deadlines,
    filing_window,
    lapse,
    open_claim,
    options,
    plan,
    read_claim,
    rebuild,
    record,
    retract,
    under,
    verify,
)
from atoz.errors import EditionMissing, InvalidDocument, ReplayRefused, UnknownName
from atoz.model.events import Denied, InformationRequested, ResponseLapsed, SellerResponded
from atoz.planner.policy import Policy
from atoz.rulebook import edition as edition_module
from atoz.rulebook import edition_plugins, edition_selection
from atoz.rulebook.edition import Edition
from atoz.rulebook.edition_plugins import PluginWarning
from atoz.rulebook.edition_validation import LONGEST_DAYS, WINDOW_FACTS
from atoz.testing.strategies import claims

ORDER = Order(
    order_id="123-1234567-1234567",
    marketplace="US",
    placed_at=datetime(2026, 6, 1, 15, tzinfo=UTC),
    deliver_by=date(2026, 6, 10),
)
TEXT = (Path(__file__).parents[2] / "examples" / "editions" / "our-rules.toml").read_text(encoding="utf-8")
FILED = datetime(2026, 6, 20, 16, tzinfo=UTC)
DAY = timedelta(days=1)


def own_text(*, opens: int = 4, closes: int = 50, answer: int = 5) -> str:
    """The example's file with other figures."""
    figures = {"value = 4\n": opens, "value = 50\n": closes, "value = 5\n": answer}
    text = TEXT
    for line, value in figures.items():
        text = text.replace(line, f"value = {value:+}\n")  # with a sign, so that no line is replaced twice
    return text


def own_edition(*, opens: int = 4, closes: int = 50, answer: int = 5) -> Edition:
    """The example's edition with other figures: the same id, whatever they are."""
    return Edition.read(own_text(opens=opens, closes=closes, answer=answer), what="ours.toml")


OURS = own_edition()


def own_claim(edition: Edition = OURS) -> Claim:
    """A claim that is counted by an edition of one's own."""
    return open_claim(ORDER, reason="not_received", filed_at=FILED, edition=edition)


# Read and told apart


def test_a_file_is_an_edition() -> None:
    """It is read from text, and its reference says its id and its content."""
    assert OURS.id == "our-rules"
    assert OURS.reference == f"our-rules@{OURS.content_hash}"
    assert Edition.named("us-2026").reference == "us-2026"
    assert pickle.loads(pickle.dumps(OURS)).reference == OURS.reference  # noqa: S301  (its own bytes)


def test_only_what_it_says_counts_for_the_hash() -> None:
    """Comments, white space, the order of keys, written-out defaults, an inlined source change nothing."""
    text = own_text()
    same = [
        "# a comment\n\n" + text.replace(" = ", "   =   "),
        text.replace('id = "our-rules"\n', "").replace(
            'marketplaces = ["US"]', 'id = "our-rules"\nmarketplaces = ["US"]'
        ),
        text.replace('role = "closes"', 'role = "closes"\nreasons = []\nkind = "firm"'),
        text.replace('source = "letter"', 'source = { title = "A letter of our adviser", address = "on file" }'),
    ]
    assert {Edition.read(other).content_hash for other in same} == {OURS.content_hash}


@pytest.mark.parametrize(
    ("before", "after"),
    [("value = +4", "value = 3"), ("An example", "Another"), ('"on file"', '"lost"'), ('"US"', '"US", "CA"')],
)
def test_everything_it_says_counts_for_the_hash(before: str, after: str) -> None:
    """A figure, a title, a source, a place: another text is another hash."""
    assert Edition.read(own_text().replace(before, after)).content_hash != OURS.content_hash


def test_the_hash_of_a_file_stays() -> None:
    """Claims that are stored name it, so that it must not change with a release of atoz."""
    assert OURS.content_hash == "2f43e6c9a291fba9"


@given(st.integers(-9, 300), st.integers(0, 300), st.integers(0, 60), st.integers(-9, 300))
def test_editions_of_one_hash_count_alike(opens: int, closes: int, answer: int, other: int) -> None:
    """The hash tells figures apart, and no cache mixes two texts of one id."""
    one, two = own_edition(opens=opens, closes=closes, answer=answer), own_edition(opens=other, closes=closes)
    assert (one.content_hash == two.content_hash) is ((opens, answer) == (other, 5))
    days = [filing_window(ORDER, edition=edition).opens for edition in (one, two, one)]
    assert days == [max(date(2026, 6, 1), date(2026, 6, 10) + value * DAY) for value in (opens, other, opens)]


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ('id = "our-rules"', 'id = "us-2026"', "id: 'us-2026' ships with atoz"),
        ('id = "our-rules"', 'id = "in-force"', "id: in-force asks for the edition in force"),
        ('name = "closes"', 'name = "answer_amazon"', "parameters.2.name: 'answer_amazon' is the name of an earlier"),
        ('"answer_amazon"', '"answer_us"', "parameters.2.name: 'answer_us' is no deadline; say `deadline`"),
        (
            'starts_with = ["deliver_by"]',
            'starts_with = ["promised"]',
            "parameters.0.starts_with: 'promised' is no fact",
        ),
        (
            '["filed", "information_requested"]',
            '["denied"]',
            "parameters.2.starts_with: 'denied' does not start the clock",
        ),
        ("value = +4", f"value = {LONGEST_DAYS + 1}", "parameters.0.value: a span is at most 3660 days"),
        ("value = +5\n", "value = -1\n", "parameters.2.value: a deadline does not lie before what starts it"),
        ('role = "opens"', 'role = "closes"', "parameters.1.role: there is a closing day for extra_charges"),
        (
            'unit = "calendar_day"\nstarts_with = ["deliver_by"]\nday_boundary = "whole_local_days"',
            'unit = "hour"\nstarts_with = ["deliver_by"]\nday_boundary = "elapsed_time"',
            "parameters.0.unit: deliver_by is a day: no hours can be counted from it",
        ),
        ('"letter"\nparaphrase', '"judge"\nparaphrase', "parameters.0.source: no source 'judge'; there are: letter"),
    ],
)
def test_what_cannot_work_is_named_with_its_key(before: str, after: str, fault: str) -> None:
    """Each fault says the file, the key and the reason."""
    with pytest.raises(InvalidDocument) as refused:
        Edition.read(own_text().replace(before, after, 1), what="ours.toml")
    assert str(refused.value).startswith("ours.toml: ")
    assert fault in str(refused.value)


def test_all_faults_are_named_together() -> None:
    """Nobody mends a file one fault at a time."""
    text = own_text(answer=-1).replace('starts_with = ["deliver_by"]', 'starts_with = ["promised"]')
    with pytest.raises(InvalidDocument) as refused:
        Edition.read(text, what="ours.toml")
    assert [fault.path for fault in refused.value.faults] == [
        "parameters.0.starts_with",
        "parameters.1.starts_with",
        "parameters.2.value",
    ]


def test_every_fact_of_an_order_that_is_a_time_can_be_counted_from() -> None:
    """A fact that an order gains is one that a window may count from."""
    assert {"placed_at", "deliver_by", "first_contact_at", "delivered_at"} <= set(WINDOW_FACTS)
    assert not {"order_id", "marketplace", "total", "labels", "fulfilment"} & set(WINDOW_FACTS)


# One figure that differs by a day, on every path


def test_a_day_more_is_a_day_more_on_every_path() -> None:
    """Window, deadline, plan, guards, lapse and what-if count by the file, not by what ships."""
    later = own_edition(opens=5, closes=51, answer=6)
    found = []
    for edition in (OURS, later):
        claim, editions = own_claim(edition), [edition]
        window = claim_window(claim, editions=editions)
        made = plan(claim, as_of=FILED, policy="current", editions=editions)
        (answer,) = (row for row in deadlines(claim, as_of=FILED, editions=editions) if row.name == "answer_amazon")
        comparison = compare_editions(ORDER, editions=editions)
        (compared,) = (row for row in comparison.windows if row.edition == edition.reference)
        lapsed = lapse(claim, as_of=FILED + 7 * DAY, editions=editions)
        assert lapsed is not None
        assert lapse(claim, as_of=lapsed.due_at, editions=editions) is None
        refusal = options(claim, FILED, editions=editions)["response_lapsed"]
        assert refusal is not None
        assert refusal.possible_from is not None
        found.append(
            [
                filing_window(ORDER, edition=edition).opens,
                window.opens,
                window.closes,
                made.window.opens,
                compared.opens,
                under(own_claim(), edition).edition
                and claim_window(under(own_claim(), edition), editions=editions).opens,
                answer.due_at,
                made.deadlines[1].due_at,
                made.deadlines[1].readings[0].due_at,
                lapsed.due_at,
                refusal.possible_from,
            ]
        )
        assert {window.edition, made.edition, answer.edition, claim.edition} == {edition.reference}
        assert made.deadlines[1].explain(editions=editions).edition == edition.reference
        assert window.explain(editions=editions).steps[0].source == edition.sources["letter"]
    earlier, later_ones = found
    assert [after - before for before, after in zip(earlier, later_ones, strict=True)] == [DAY] * len(earlier)
    assert earlier[0] == date(2026, 6, 14)


def test_a_claim_moves_by_its_own_rules() -> None:
    """The machine's guards, corrections and replays count by the edition that is passed."""
    claim, editions = own_claim(), [OURS]
    lapsed = ResponseLapsed(at=FILED + 5 * DAY + timedelta(microseconds=1), due_at=FILED + 5 * DAY)
    granted = apply(claim, lapsed, editions=editions)
    assert granted.status == "granted_seller_funded"
    assert verify(granted, editions=editions) is granted
    asked = InformationRequested(at=FILED + DAY)
    with pytest.raises(ReplayRefused) as refused:
        record(granted, asked, editions=editions)
    assert [(fault.path, fault.code) for fault in refused.value.faults] == [("history.2", "too_early")]
    answered = record(claim, SellerResponded(at=FILED + DAY), editions=editions)
    assert retract(answered, answered.history[1], "another claim", editions=editions).history == claim.history
    assert rebuild(ORDER, granted.history, reason="not_received", edition=OURS) == granted
    assert attention(claim, as_of=FILED, editions=editions) == "action_required"


def test_in_force_and_readings_leave_it_to_those_who_pass_it() -> None:
    """A file takes part where it is named; the readings beside it are those in force, and they stay."""
    made = plan(own_claim(), as_of=FILED, policy="current", editions=[OURS])
    assert made.in_force == ("us-2026",)
    assert [reading.edition for reading in made.deadlines[1].readings][:2] == [OURS.reference, "us-2026"]
    assert filing_window(ORDER, edition="in-force").edition == "us-2026"
    assert open_claim(ORDER, reason="not_received", filed_at=FILED, edition="in-force").edition == "us-2026"


@given(claims(max_events=5), st.integers(1, 60), st.integers(0, 40))
@settings(max_examples=60, deadline=None)
def test_an_edition_more_moves_no_date(claim: Claim, answer: int, days: int) -> None:
    """Whatever figures it has: who does not name it gets the same deadlines, readings and `act_by` as without it."""
    now = claim.updated_at + days * DAY
    added = own_edition(answer=answer)
    assert deadlines(claim, as_of=now, editions=[added]) == deadlines(claim, as_of=now)
    pinned = under(claim, added)
    due = [row.due_at for row in deadlines(pinned, as_of=now, editions=[added])]
    other = Edition.read(own_text(answer=answer + 1).replace("our-rules", "other-rules"))
    assert [row.due_at for row in deadlines(pinned, as_of=now, editions=[added, other])] == due


# Documents


def test_a_claim_goes_through_json_and_back() -> None:
    """It says by which text it is counted, and is read where that text is passed."""
    claim = own_claim()
    data = claim.model_dump(mode="json")
    assert data["edition"] == OURS.reference
    assert read_claim(data, editions=[OURS]) == claim
    assert Claim.model_validate_json(claim.model_dump_json()) == claim


COUNTS = {
    "window": claim_window,
    "deadlines": lambda claim, **more: deadlines(claim, as_of=FILED, **more),
    "plan": lambda claim, **more: plan(claim, as_of=FILED, **more),
    "options": lambda claim, **more: options(claim, FILED, **more),
    "lapse": lambda claim, **more: lapse(claim, as_of=FILED, **more),
    "attention": lambda claim, **more: attention(claim, as_of=FILED, **more),
    "apply": lambda claim, **more: apply(claim, Denied(at=FILED), **more),
    "apply a plain event": lambda claim, **more: apply(claim, SellerResponded(at=FILED), **more),
    "record": lambda claim, **more: record(claim, Denied(at=FILED), **more),
}


@pytest.mark.parametrize("name", COUNTS)
def test_a_claim_is_refused_where_its_edition_is_not_there(name: str) -> None:
    """The error says which one, and what to pass; a changed text of the same id is told from none."""
    count, claim = COUNTS[name], own_claim()
    with pytest.raises(EditionMissing) as missing:
        count(claim)
    assert str(missing.value) == (
        f"{OURS.reference} is an edition of your own, and it was not passed\n"
        "pass the text that was counted by: --edition FILE (in Python: editions=[Edition.read(text)])"
    )
    changed = own_edition(opens=3)
    with pytest.raises(EditionMissing) as differs:
        count(claim, editions=[changed])
    assert f"{OURS.reference} was counted by, {changed.reference} was passed" in str(differs.value)
    assert pickle.loads(pickle.dumps(differs.value)).other == changed.reference  # noqa: S301  (its own bytes)
    count(claim, editions=(edition for edition in [OURS]))  # any iterable, once


def test_a_document_whose_edition_is_not_there_is_refused() -> None:
    """Every field that names one, with its path."""
    data = {**own_claim().model_dump(mode="json"), "window_edition": "their-rules@0123456789abcdef"}
    with pytest.raises(InvalidDocument) as refused:
        read_claim(data, what="c.json")
    assert [(fault.path, fault.code) for fault in refused.value.faults] == [
        ("edition", "edition_missing"),
        ("window_edition", "edition_missing"),
    ]
    with pytest.raises(InvalidDocument, match=r"unknown edition 'our-rules': .*--edition FILE"):
        read_claim({**data, "edition": "our-rules", "window_edition": None})


@pytest.mark.parametrize("edition", ["our-rules@", "our-rules@0123", "our-rules@0123456789ABCDEF", "@0123456789abcdef"])
def test_what_is_no_reference_is_a_fault_of_shape(edition: str) -> None:
    """A reference has an id and sixteen digits."""
    with pytest.raises(InvalidDocument, match="edition"):
        read_claim({**own_claim().model_dump(mode="json"), "edition": edition}, editions=[OURS])


# What is refused


def test_two_texts_of_one_id_in_one_call_are_refused() -> None:
    """It would be left to chance which counts; the same text twice is one text."""
    changed = own_edition(opens=3)
    with pytest.raises(InvalidDocument, match="two editions have the id 'our-rules' and other texts"):
        plan(own_claim(), as_of=FILED, editions=[OURS, changed])
    assert plan(own_claim(), as_of=FILED, editions=[OURS, own_edition()])


def test_an_id_that_ships_is_refused() -> None:
    """Whatever way it was made; the shipped edition itself may be passed."""
    false = OURS.model_copy(update={"id": "us-2026"})
    with pytest.raises(InvalidDocument, match="'us-2026' ships with atoz"):
        filing_window(ORDER, edition=false)
    with pytest.raises(InvalidDocument, match="'us-2026' ships with atoz"):
        plan(own_claim(), as_of=FILED, editions=[OURS, false])
    assert filing_window(ORDER, edition=Edition.named("us-2026")) == filing_window(ORDER, edition="us-2026")


@pytest.mark.parametrize("passed", ["ours.toml", OURS, [own_text()], ["us-2026"], [None]])
def test_what_is_no_list_of_editions_is_refused(passed: object) -> None:
    """A path, a text, or an edition without its list: the error says what to pass."""
    with pytest.raises(InvalidDocument, match="editions"):
        plan(own_claim(), as_of=FILED, editions=passed)  # type: ignore[arg-type]


def test_a_name_that_nobody_knows_is_unknown() -> None:
    """The nearest ids are named, those that were passed included."""
    with pytest.raises(UnknownName, match="our-rules"):
        Edition.named("our-rule", [OURS])
    assert Edition.named("our-rules", [OURS]) is OURS
    assert Edition.named(OURS) is OURS


def test_a_policy_may_be_written_for_it() -> None:
    """Its id is known where the edition is passed, and a what-if by it says that the policy fits."""
    draft = Path(__file__).parents[2] / "examples" / "policies" / "tested.toml"
    text = draft.read_text(encoding="utf-8").replace('editions = ["us-2026"]', 'editions = ["our-rules"]')
    with pytest.raises(InvalidDocument, match="our-rules"):
        Policy.read(text)
    for policy, fits in ((Policy.read(text, editions=[OURS]), True), (Policy.named("current"), False)):
        made = plan(own_claim(), as_of=FILED, policy=policy, editions=[OURS], pinned_only=True)
        assert made.policy_fits is fits


# What packages offer


@pytest.fixture
def offers(monkeypatch: pytest.MonkeyPatch):
    """Entry points of the group, as installed packages bring them; every cache that they go into is emptied."""

    def caches() -> None:
        edition_module._installed.cache_clear()
        edition_selection.timeline.cache_clear()
        edition_selection.editions_in_force.cache_clear()

    def offer(*values: str) -> None:
        found = [EntryPoint(f"offer-{place}", value, edition_plugins.GROUP) for place, value in enumerate(values)]
        monkeypatch.setattr(
            edition_plugins, "entry_points", lambda group: found if group == edition_plugins.GROUP else []
        )
        caches()

    yield offer
    monkeypatch.undo()
    caches()


def offered() -> list[Edition]:
    """An edition that a package offers: of a place where no edition is in force by itself."""
    text = own_text().replace('["US"]', '["TR"]\nin_force = { from = 2026-01-01 }')
    return [Edition.read(text.replace("our-rules", "offered-rules"))]


def clashing() -> list[object]:
    """What no package may offer."""
    return [OURS.model_copy(update={"id": "us-2026"}), "faq-2016"]


def broken() -> list[Edition]:
    """A package that does not work."""
    raise RuntimeError("no file")


def test_a_package_offers_an_edition(offers) -> None:
    """It is named, listed, pinned with its content, and in force where and when it says so."""
    assert "offered-rules" not in [edition.id for edition in Edition.all()]
    offers(f"{__name__}:offered")
    (own,) = offered()
    assert own in Edition.all()
    assert Edition.named("offered-rules") == own
    in_turkey = ORDER.model_copy(update={"marketplace": "TR"})
    claim = open_claim(in_turkey, reason="not_received", filed_at=FILED, edition="in-force")
    assert claim.edition == own.reference
    made = plan(claim, as_of=FILED)
    assert (made.in_force, made.edition) == ((own.reference,), own.reference)
    assert read_claim(claim.model_dump(mode="json")) == claim


def test_a_broken_offer_is_named_and_breaks_nothing(offers) -> None:
    """One that raises, one that is not there, one that may not be: each with its name, and the rest goes on."""
    offers(f"{__name__}:broken", "no_such_module:editions", f"{__name__}:clashing", f"{__name__}:offered")
    with pytest.warns(PluginWarning) as warned:
        assert "offered-rules" in [edition.id for edition in Edition.all()]
    said = [str(warning.message) for warning in warned]
    assert len(said) == 4
    assert "'offer-0' (atoz.editions) of an unknown package is left out: RuntimeError: no file" in said[0]
    assert "'offer-1'" in said[1]
    assert "No module named 'no_such_module'" in said[1]
    assert "'us-2026' ships with atoz" in said[2]
    assert "str is no Edition" in said[3]
    assert Edition.named("us-2026").reference == "us-2026"
