"""Explanations: every step in both languages, every figure with its source; no phrase that nobody speaks."""

import itertools
import re
import string
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files

import pytest

from atoz.model import events
from atoz.model.claim import Claim
from atoz.model.marketplace import Marketplace
from atoz.model.order import Order, TriState
from atoz.model.reason import ClaimReason
from atoz.model.status import ClaimStatus
from atoz.rulebook.deadlines import Deadline, deadlines
from atoz.rulebook.edition import Edition
from atoz.rulebook.evidence_checklist import Need
from atoz.rulebook.explanation import Explanation
from atoz.rulebook.filing_window import FilingWindow, Verdict, filing_window
from atoz.rulebook.odr_effect import odr_effect

AT = datetime(2016, 7, 1, 16, 0, 5, tzinfo=UTC)
DAY = timedelta(days=1)


def order(
    promise: date | None,
    contact: datetime | None,
    scan: datetime | None,
    country: str = "US",
    asked: datetime | None = None,
) -> Order:
    """An order of 1 June 2016."""
    return Order(
        order_id="123-1234567-1234567",
        marketplace=country,
        placed_at=datetime(2016, 6, 1, 15, tzinfo=UTC),
        deliver_by=promise,
        first_contact_at=contact,
        delivered_at=scan,
        return_requested_at=asked,
        return_received_at=asked and asked + DAY,
    )


ORDERS = [
    order(promise, contact, scan, country)
    for promise in (None, date(2016, 6, 10), date(2016, 6, 2), date(2016, 5, 1), date(2016, 8, 1))
    for contact in (None, AT, AT + 200 * DAY)
    for scan in (None, datetime(2016, 6, 9, tzinfo=UTC))
    for country in ("US", "DE")
] + [order(date(2016, 6, 10), None, None, asked=AT)]
WINDOWS = [
    filing_window(each, edition=edition.id, reason=reason)
    for each in ORDERS
    for edition in Edition.all()
    for reason in ClaimReason
] + [filing_window(each, edition="in-force") for each in ORDERS if each.marketplace == "US"]
WINDOWS += [  # covered, in a gap, without an end, undated with a dated source, undated by atoz's own assumption
    filing_window(
        ORDERS[0].model_copy(update={"placed_at": datetime(year, 6, 1, tzinfo=UTC), "marketplace": country}),
        edition="in-force",
    )
    for country, year in (("US", 2026), ("US", 2024), ("US", 2100), ("GB", 2026), ("IN", 2026))
]
HISTORIES: list[tuple[events.AnyEvent, ...]] = [
    (events.Filed(at=AT),),
    (events.Filed(at=AT), events.SellerResponded(at=AT + DAY)),
    (events.Filed(at=AT), events.InformationRequested(at=AT + DAY)),
    (events.Filed(at=AT), events.InformationRequested(at=AT + DAY, respond_by=AT + 5 * DAY)),
    (events.Filed(at=AT), events.Denied(at=AT + DAY)),
    (events.Filed(at=AT), events.GrantedSellerFunded(at=AT + DAY, counts_against_odr=TriState.NO)),
    (events.Filed(at=AT), events.ResponseLapsed(at=AT + 9 * DAY, due_at=AT + 8 * DAY)),
    (
        events.Filed(at=AT),
        events.GrantedSellerFunded(at=AT + DAY),
        events.SellerAppealed(at=AT + 2 * DAY),
        events.GrantedSellerFunded(at=AT + 3 * DAY),
    ),
    (events.BuyerMessaged(at=AT - DAY), events.Filed(at=AT)),
    (events.Filed(at=AT), events.SellerRefunded(at=AT + DAY)),
    *((events.Observed(at=AT, status=status),) for status in ClaimStatus),
]
CLAIMS = [
    Claim.model_validate(
        {
            "order": order(date(2016, 6, 10), contact, None, asked=contact),
            "reason": "other",
            "edition": edition.id,
            "history": history,
        }
    )
    for history in HISTORIES
    for edition in Edition.all()
    for contact in (None, AT - 3 * DAY)
]
DEADLINES = [each for claim in CLAIMS for ahead in (0, 1, 400) for each in deadlines(claim, as_of=AT + ahead * DAY)]
EXPLANATIONS = [each.explain() for each in WINDOWS] + [each.explain() for each in DEADLINES]


def words_of(explanations: list[Explanation], language: str) -> Iterator[str]:
    """Everything that is said, in one language."""
    for each in explanations:
        for text in (*(step.says for step in each.steps), *each.caveats):
            yield text.zh if language == "zh" else text.en


def pattern(template: str) -> re.Pattern[str]:
    """A phrase as a pattern: anything may stand where it has a placeholder."""
    parts = [re.escape(text) + (".+" if name else "") for text, name, _, _ in string.Formatter().parse(template)]
    return re.compile("".join(parts), re.DOTALL)


PHRASES: dict[str, dict[str, str]] = tomllib.loads(
    files("atoz.rulebook").joinpath("words.toml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_phrase_is_spoken_somewhere(language: str) -> None:
    """The grid above takes every branch: no phrase of the data file is left unsaid, in either language."""
    said = "\n".join(
        [
            *set(words_of(EXPLANATIONS, language)),
            *{getattr(odr_effect(claim).why, language) for claim in CLAIMS},
            *{getattr(window.missing_text(), language) for window in WINDOWS},
            *{need.label(language) for need in Need},
        ]
    )
    unsaid = [code for code, words in PHRASES.items() if not re.search(pattern(words[language]), said)]
    assert not unsaid


def test_nothing_is_left_to_fill_in() -> None:
    """No placeholder, no `None`, no empty text, in either language; Chinese speaks Chinese."""
    for language in ("en", "zh"):
        for text in set(words_of(EXPLANATIONS, language)):
            assert text.strip()
            assert not re.search(r"[{}]|\bNone\b", text), text
            assert bool(re.search("[\u4e00-\u9fff]", text)) is (language == "zh") or "atoz" in text, text


def test_every_figure_names_source_and_confidence() -> None:
    """A step that uses a figure cites it, with the same source and confidence as the edition; others cite nothing."""
    for each in EXPLANATIONS:
        rules = {rule.name: rule for rule in Edition.named(each.edition).parameters}
        for step in each.steps:
            if step.parameter is None:
                assert step.source is None
            else:
                assert (step.source, step.confidence) == (
                    rules[step.parameter].source,
                    rules[step.parameter].confidence,
                )
        printed = each.say("en").splitlines()
        assert str(each) == each.say("en")
        assert len(printed) == len(each.steps) + len(each.caveats) == len(each.say("zh").splitlines())
        for line, step in zip(printed, each.steps, strict=False):
            assert step.says.en in line
            if step.source:
                assert step.source.title in line
                assert step.confidence.label() in line


def test_a_window_explains_every_figure_of_its_reason() -> None:
    """Exactly the edition's figures for the reason stand in the steps, and their caveats travel with the result."""
    for window in WINDOWS:
        rules = [
            rule
            for rule in Edition.named(window.edition).parameters
            if rule.role != "deadline" and (not rule.reasons or window.reason in rule.reasons)
        ]
        explained = window.explain()
        assert sorted(step.parameter for step in explained.steps if step.parameter) == sorted(
            rule.name for rule in rules
        )
        assert {text for rule in rules for text in rule.caveats} <= set(explained.caveats)
        assert set(Edition.named(window.edition).caveats) <= set(explained.caveats)


def test_a_window_explains_its_result() -> None:
    """The days of the result stand in the steps, or what is missing does."""
    for window in WINDOWS:
        said = window.explain().say()
        for day in (window.opens, window.closes):
            assert day is None or day.isoformat() in said
        assert bool(window.missing) is ("is not known" in said)
        for bound in (window.opens_no_earlier, window.opens_no_later):
            assert bound is None or bound.isoformat() in said
        other = "applies only to" in said
        assert other is (not Edition.named(window.edition).fits(window.marketplace))


def test_a_window_says_what_it_lacks() -> None:
    """Words for whatever keeps a verdict open, and none where nothing does; a window that never opens is said to."""
    for window in WINDOWS:
        words = window.missing_text()
        open_question = window.opens is None or window.closes is None
        assert bool(words.en) is bool(words.zh) is open_question
        assert ("latest delivery day" in words.en) is ("deliver_by" in window.missing)
        assert ("defines none" in words.en) is (window.unsupported == ("window",))
        assert ("gives none" in words.en) is (window.unsupported in (("opens",), ("closes",)))
        never = window.opens is not None and window.closes is not None and window.opens > window.closes
        assert ("never opens" in window.explain().say()) is never
        if never and window.opens:
            assert window.verdict(window.opens) is Verdict.EXPIRED


def test_a_deadline_explains_its_result() -> None:
    """The due day stands in the steps in the marketplace's own time; so does the day by which it is surely due."""
    for each in DEADLINES:
        said, zone = each.explain().say(), Marketplace.of(each.marketplace).zoneinfo
        if each.due_no_later:
            assert each.due_no_later.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S %Z") in said
        if each.due_at and each.started_at:
            assert each.due_at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S %Z") in said


def test_orders_and_openings_of_the_faq_by_hand() -> None:
    """One explanation, line by line, as a reader sees it."""
    plain = filing_window(order(date(2016, 6, 10), None, None)).explain()
    assert [step.says.en for step in plain.steps] == [
        "latest delivery day 2016-06-10 minus 3 calendar days: 2016-06-07 (local days, the last one included)",
        "order day 2016-06-01 plus 30 calendar days: 2016-07-01 (local days, the last one included)",
        "opens on the earlier of these: 2016-06-07",
        "the buyer may file from 2016-06-07",
        "latest delivery day 2016-06-10 plus 90 calendar days: 2016-09-08 (local days, the last one included)",
        "the last day to file is 2016-09-08",
    ]
    assert len(list(itertools.chain(plain.caveats))) == 4 + 3  # the edition's own, and what its sources contradict


def test_results_survive_json() -> None:
    """Windows and deadlines are plain data: out and in again they are equal and say the same."""
    for window in WINDOWS:
        again = FilingWindow.model_validate_json(window.model_dump_json())
        assert again == window
        assert again.explain() == window.explain()
    for each in DEADLINES:
        read = Deadline.model_validate_json(each.model_dump_json())
        assert read == each
        assert hash(read) == hash(each)
        assert read.explain() == each.explain()


def test_a_derivation_is_data_without_words() -> None:
    """Figure, start, result, source and confidence of the step that counts; no sentence in any language."""
    window = filing_window(order(date(2016, 6, 10), None, None))
    first = window.derivation[0]
    figure = Edition.named("faq-2016").parameter("opens_around_latest_delivery_day")
    assert (first.rule, first.parameter, first.counts_from) == ("counted", figure.name, "deliver_by")
    assert (first.begins, first.value, first.result) == (date(2016, 6, 10), -3, date(2016, 6, 7))
    assert (first.source, first.confidence) == (figure.source, figure.confidence)
    assert [step.rule for step in window.derivation[2:4]] == ["opens_sooner", "opens_on"]
    assert not re.search("[\u4e00-\u9fff]", window.model_dump_json(exclude={"derivation": {"__all__": {"source"}}}))
