"""Editions: every shipped figure is frozen, cited, and equal to what the sources say.

`python tests/rulebook/test_editions.py` adds the figures of new editions to `figures.json` and changes none there.
"""

import itertools
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from atoz.errors import MissingRule, UnknownName
from atoz.model.citation import Confidence
from atoz.model.reason import ClaimReason
from atoz.rulebook.deadline_clock import DeadlineName, clock
from atoz.rulebook.edition import DEFAULT_EDITION, Edition
from atoz.rulebook.parameter import FigureKind, Parameter

GOLDEN = Path(__file__).with_name("figures.json")
FIGURES: dict[str, object] = json.loads(GOLDEN.read_text(encoding="utf-8"))
ALL = Edition.all()
PARAMETERS = [(each, rule) for each in ALL for rule in each.parameters]

CLOCKS: dict[str, dict[str, tuple[int, str, str, str]]] = {
    # deadline: value, unit, what silence costs ("?" where no source says it), confidence; typed from the fact sheet,
    # sections 2, 3 and 12. An edition that is not here is held by its situations, on both sides of every figure.
    "faq-2016": {"answer_amazon": (7, "calendar_day", "will", "secondary")},
    "us-2016-06": {"answer_amazon": (7, "calendar_day", "will", "amazon_copy")},
    "us-2016-11": {"answer_amazon": (3, "calendar_day", "will", "amazon_copy")},
    "us-2020-07": {
        "answer_buyer": (48, "hour", "will", "amazon_page"),
        "answer_amazon": (48, "hour", "may", "amazon_page"),
        "appeal": (30, "calendar_day", "?", "amazon_page"),
        "authorise_return": (48, "hour", "will", "amazon_page"),
    },
    "us-2026": {
        "answer_buyer": (48, "hour", "will", "amazon_copy"),
        "answer_amazon": (72, "hour", "may", "amazon_copy"),
        "claim_notice": (72, "hour", "?", "unclear"),
        "appeal": (30, "calendar_day", "will", "amazon_copy"),
        "authorise_return": (48, "hour", "will", "amazon_copy"),
        "send_return_label": (2, "calendar_day", "will", "amazon_copy"),
        "refund_return": (4, "calendar_day", "may", "amazon_copy"),
        "refund_before_automatic_grant": (5, "calendar_day", "will", "amazon_copy"),
    },
    "us-2021-05": {
        "answer_buyer": (48, "hour", "will", "amazon_page"),
        "answer_amazon": (48, "hour", "may", "amazon_page"),
        "appeal": (30, "calendar_day", "?", "amazon_page"),
        "authorise_return": (48, "hour", "will", "amazon_page"),
    },
    "eu-current": {
        "answer_buyer": (48, "hour", "?", "amazon_page"),
        "answer_amazon": (48, "hour", "will", "amazon_page"),
        "appeal": (30, "calendar_day", "?", "amazon_page"),
    },
    "au-current": {"answer_amazon": (48, "hour", "will", "amazon_page")},
    "jp-current": {"answer_buyer": (48, "hour", "?", "amazon_page")},
    "ca-current": {},
    "ae-sa-current": {},
    "uk-current": {
        "answer_buyer": (48, "hour", "may", "unclear"),
        "answer_amazon": (48, "hour", "may", "unclear"),
        "appeal": (30, "calendar_day", "?", "unclear"),
        "buyer_appeal": (30, "calendar_day", "?", "amazon_page"),
        "authorise_return": (48, "hour", "may", "unclear"),
        "send_return_label": (48, "hour", "may", "unclear"),
    },
    "in-current": {
        "answer_amazon": (72, "hour", "?", "amazon_staff"),
        "appeal": (30, "calendar_day", "?", "amazon_staff"),
    },
}


def figures(edition: Edition) -> dict[str, object]:
    """Everything of an edition that a result can depend on, without its prose."""
    return {
        "marketplaces": list(edition.marketplaces),
        "in_force": edition.in_force.model_dump(mode="json") if edition.in_force else None,
        "seen_from": edition.seen_from.isoformat() if edition.seen_from else None,
        "parameters": {
            each.name: {
                **each.model_dump(
                    mode="json",
                    include={
                        *("role", "value", "unit", "day_boundary", "confidence"),
                        *("deadline", "kind", "supported_from"),
                    },
                ),
                "reasons": [reason.value for reason in each.reasons],
                "starts_with": list(each.starts_with),
                "source": each.source.address,
                "seen": each.source.seen.isoformat() if each.source.seen else None,
                "certainty": each.on_expiry.certainty if each.on_expiry else None,
            }
            for each in edition.parameters
        },
    }


def test_shipped_figures_never_change() -> None:
    """Claims pin their edition: a change of a shipped figure fails here; new rules are a new edition.

    An edition that is new is added to the golden file; one that has shipped is never edited there.
    """
    assert {each.id: figures(each) for each in ALL} == FIGURES, "a new edition? python tests/refresh.py adds it"


def with_new_figures(known: dict[str, object]) -> dict[str, object]:
    """The golden figures with those of the editions that are new, and the last day of one that has ended.

    Raises:
        SystemExit: an edition that is known has other figures now, or has gone; nothing is to be written then.
    """
    now = {edition.id: figures(edition) for edition in ALL}
    changed = sorted(edition for edition in known if not is_kept(known[edition], now.get(edition)))
    if changed:
        message = f"these editions have shipped and claims pin them: {', '.join(changed)}; put their figures back"
        raise SystemExit(f"{message}, and write what is new as an edition of its own")
    return dict(sorted(now.items()))


def is_kept(known: Any, now: Any) -> bool:
    """Whether the figures of an edition are still those that are known, but for a last day that it had not."""
    if now is not None and known["in_force"] and known["in_force"]["last"] is None and now["in_force"]:
        known = {**known, "in_force": {**known["in_force"], "last": now["in_force"]["last"]}}
    return bool(known == now)


def test_the_writer_adds_and_never_changes() -> None:
    """A new edition is added in its place; a figure that moved, and an edition that went, stop the writer.

    An edition that was in force without an end may get its last day, since its successor gives it one.
    """
    without = {edition: known for edition, known in FIGURES.items() if edition != "us-2026"}
    assert list(with_new_figures(without).items()) == list(FIGURES.items())
    for known in ({**FIGURES, "us-2026": FIGURES["faq-2016"]}, {**FIGURES, "us-2030": FIGURES["us-2026"]}):
        with pytest.raises(SystemExit, match="have shipped"):
            with_new_figures(known)
    facts: Any = FIGURES["us-2021-05"]
    for still, writes in ((None, True), ("2023-09-23", False)):
        known = {**FIGURES, "us-2021-05": {**facts, "in_force": {**facts["in_force"], "last": still}}}
        if writes:
            assert with_new_figures(known) == FIGURES
        else:
            with pytest.raises(SystemExit, match="us-2021-05"):
                with_new_figures(known)


@pytest.mark.parametrize("edition", [Edition.named(name) for name in CLOCKS], ids=lambda each: each.id)
def test_deadlines_are_those_of_the_fact_sheet(edition: Edition) -> None:
    """Value, unit, certainty and confidence of each clock, and no clock that the sources do not name."""
    found = {
        rule.name: (
            rule.value,
            rule.unit.value,
            rule.on_expiry.certainty if rule.on_expiry else "?",
            rule.confidence.value,
        )
        for rule in edition.parameters
        if rule.role == "deadline"
    }
    assert found == CLOCKS[edition.id]


@pytest.mark.parametrize(
    ("edition", "rule"), PARAMETERS, ids=lambda each: getattr(each, "id", getattr(each, "name", ""))
)
def test_every_figure_is_cited(edition: Edition, rule: Parameter) -> None:
    """A source with title and address, a citation of a few words at most, a confidence other than atoz's own."""
    cited = [source for source in edition.sources.values() if source.address == rule.source.address]
    assert cited == [rule.source.model_copy(update={"words": cited[0].words})]
    assert rule.source.title
    assert rule.source.address
    assert len(rule.source.words.split()) <= 12
    assert rule.confidence is not Confidence.ATOZ
    if rule.confidence is Confidence.UNCLEAR:
        assert rule.caveats, "an unclear figure says why"
    if rule.unit == "business_day":
        assert any("Weekends" in text.en or "weekends" in text.en for text in rule.caveats)
        assert any("holidays" in text.en for text in rule.caveats)


SPELT = {
    2: ("two", "zwei", "deux", "dos", "due", "二", "两"),
    3: ("three", "drei", "trois", "tres", "tre", "三"),
    7: ("seven",),
}
"""Figures as the sources spell them in words."""


def carries_its_figure(rule: Parameter) -> bool:
    """Whether a quotation holds the figure, in digits or in words; zero days are the event itself, which it names."""
    if rule.paraphrase:
        return not rule.words
    value = abs(rule.value)
    if value == 0:
        return any(word in rule.words.casefold() for word in ("deliver", "tracking"))
    digits = re.search(rf"(?<!\d){value}(?!\d)", rule.words)
    return bool(digits) or any(word in rule.words.casefold() for word in SPELT.get(value, ()))


@pytest.mark.parametrize(
    ("edition", "rule"), PARAMETERS, ids=lambda each: getattr(each, "id", getattr(each, "name", ""))
)
def test_a_quotation_carries_its_figure(edition: Edition, rule: Parameter) -> None:
    """The words stand at the figure and hold it, or the edition says that its source was not quoted."""
    assert carries_its_figure(rule), f"{edition.id}: {rule.words!r} does not hold {rule.value}"
    assert rule.source.words == rule.words
    assert len(rule.words.split()) <= 12


def test_a_quotation_without_its_figure_is_caught() -> None:
    """The check refuses words that speak of something else, a longer number, and no words at all."""
    rule = Edition.named("us-2026").parameter("appeal")
    for words in ("", "Represent to Amazon", "130 calendar days", "3 calendar days"):
        assert not carries_its_figure(rule.model_copy(update={"words": words}))
    assert not carries_its_figure(rule.model_copy(update={"paraphrase": True}))
    assert carries_its_figure(rule.model_copy(update={"words": "", "paraphrase": True}))


@pytest.mark.parametrize(
    ("edition", "rule"), PARAMETERS, ids=lambda each: getattr(each, "id", getattr(each, "name", ""))
)
def test_every_figure_can_be_used(edition: Edition, rule: Parameter) -> None:
    """A window counts from facts of the order, a deadline from a start that its clock knows; only it has a cost."""
    if rule.role == "deadline":
        assert set(rule.starts_with) <= set(clock(rule.deadline or DeadlineName(rule.name)).starts_with)
        assert not rule.reasons
        assert rule.value > 0
        assert rule.on_expiry is None or rule.on_expiry.says.en
    else:
        facts = {"deliver_by", "placed_at", "delivered_at", "first_contact_at", "return_requested_at"}
        assert set(rule.starts_with) <= facts
        assert len(rule.starts_with) == 1 or rule.starts_with == ("return_requested_at", "first_contact_at")
        assert rule.on_expiry is None
    assert edition.parameter(rule.name) is rule


@pytest.mark.parametrize("edition", ALL, ids=lambda each: each.id)
def test_words_are_in_both_languages(edition: Edition) -> None:
    """Titles and caveats speak English and Chinese, no name twice."""
    texts = [edition.title, *edition.caveats, *(text for rule in edition.parameters for text in rule.caveats)]
    assert all(text.en.strip() and text.zh.strip() and text.en != text.zh for text in texts)
    assert len({rule.name for rule in edition.parameters}) == len(edition.parameters)


@pytest.mark.parametrize("edition", ALL, ids=lambda each: each.id)
def test_every_source_is_there_for_something(edition: Edition) -> None:
    """A figure cites it; or it is where the edition was seen: on its first or last day."""
    for source in edition.sources.values():
        if all(rule.source.address != source.address for rule in edition.parameters):
            assert source.seen
            span = (edition.in_force.first, edition.in_force.last) if edition.in_force else (edition.seen_from,)
            assert source.seen in span
            assert any(source.seen.isoformat() in text.en for text in edition.caveats)


def test_the_default_never_moves() -> None:
    """`faq-2016` is the default whatever newer editions exist, holds everywhere, and its results say so."""
    assert DEFAULT_EDITION == "faq-2016"
    faq = Edition.named("faq-2016")
    assert faq.marketplaces == ()
    assert faq.fits("TR")
    assert [text.en.split(";")[0].split(",")[0] for text in faq.caveats] == [
        "English texts of the time open the window three days after the latest delivery day",
        'The FAQ joins the two openings with "or"',
        "The FAQ literally says that the buyer may file within 30 days after the order date",
        "Newer editions exist",
    ]


@pytest.mark.parametrize("edition", ALL, ids=lambda each: each.id)
def test_what_no_source_supports_is_an_error(edition: Edition) -> None:
    """Asking for a figure that an edition does not name says which it has."""
    for name in (*DeadlineName, "nonsense"):
        if name in {rule.name for rule in edition.parameters}:
            continue
        with pytest.raises(MissingRule) as caught:
            edition.parameter(str(name))
        assert caught.value.edition == edition.id
        assert caught.value.known == tuple(rule.name for rule in edition.parameters)


@pytest.mark.parametrize(
    ("asked", "near"), [("us-2025", "us-2026"), ("faq", "faq-2016"), ("", "faq-2016"), ("IN-FORCE", "in-current")]
)
def test_an_unknown_edition_names_the_nearest(asked: str, near: str) -> None:
    """A slip raises with what was probably meant, or with everything there is when nothing is near."""
    with pytest.raises(UnknownName) as caught:
        Edition.named(asked)
    assert near in (caught.value.nearest or caught.value.known)


def test_dated_editions_of_a_place_never_overlap() -> None:
    """One day in one marketplace has at most one edition in force."""
    spans = sorted(
        (country, each.in_force.first, each.in_force.last or date.max)
        for each in ALL
        if each.in_force
        for country in each.marketplaces
    )
    for (one, _, last), (other, first, _) in itertools.pairwise(spans):
        assert one != other or last < first
    assert all(first <= last for _, first, last in spans)


@pytest.mark.parametrize(
    "change",
    [
        {"unit": "hour"},
        {"unit": "week"},
        {"role": "wish"},
        {"starts_with": ()},
        {"source": None},
        {"reasons": ("lost",)},
        {"colour": "red"},
        {"kind": "sure"},
        {"deadline": "answer_amazon"},
        {"deadline": "lunch", "name": "notice"},
        {"deadline": "answer_amazon", "name": "notice", "role": "closes"},
        {"from": "soon"},
    ],
    ids=str,
)
def test_a_parameter_that_cannot_be_is_refused(change: dict[str, object]) -> None:
    """Unit and boundary go together, every figure has a source, nothing unknown is taken."""
    facts = Edition.named("faq-2016").parameter("answer_amazon").model_dump()
    assert Parameter.model_validate(facts)
    with pytest.raises(ValidationError):
        Parameter.model_validate({**facts, **change})


def test_a_further_figure_of_a_deadline_and_a_day_it_begins() -> None:
    """A deadline can have a second figure under a name of its own; a figure can begin later than its edition."""
    facts = Edition.named("us-2026").parameter("answer_amazon").model_dump()
    further = Parameter.model_validate({**facts, "name": "claim_notice", "deadline": "answer_amazon", "kind": "soft"})
    assert (further.deadline, further.kind) == (DeadlineName.ANSWER_AMAZON, FigureKind.SOFT)
    assert further.counts_on(date.min)
    later = Parameter.model_validate({**facts, "supported_from": date(2026, 1, 26)})
    assert (later.counts_on(date(2026, 1, 25)), later.counts_on(date(2026, 1, 26))) == (False, True)
    assert Parameter.model_validate(later.model_dump()) == later
    del facts["supported_from"]
    assert Parameter.model_validate({**facts, "from": date(2026, 1, 26)}) == later  # as a data file says it


def test_soft_figures_are_those_that_are_inferred_or_disputed() -> None:
    """The response clocks that two pages state differently, and what the British pages only let one infer."""
    soft = {(edition.id, rule.name) for edition, rule in PARAMETERS if rule.kind is FigureKind.SOFT}
    assert {("us-2020-07", "answer_amazon"), ("uk-current", "answer_amazon")} <= soft
    us = {name for edition, name in soft if edition in ("us-2026", "faq-2016", "us-2016-06", "us-2016-11")}
    assert us == {"claim_notice", "send_return_label", "refund_return"}


def test_seen_from_is_a_source_s_day_or_atoz_s_own() -> None:
    """A dated source carries the day; where none does, the caveat says whose reading it is."""
    source = Edition.named("uk-current").seen_from_source
    assert source
    assert source.seen == date(2023, 9, 24)
    for edition in ALL:
        if edition.seen_from and edition.seen_from_source is None:
            assert edition.seen_from == date(2026, 5, 12)
            assert any("atoz's own" in caveat.en for caveat in edition.caveats)
    with pytest.raises(ValidationError, match="undated"):
        Edition.model_validate({**Edition.named("us-2026").model_dump(by_alias=True), "seen_from": date(2026, 1, 1)})


def test_a_name_stands_once() -> None:
    """Two figures of one name would leave it to chance which counts."""
    edition = Edition.named("faq-2016")
    with pytest.raises(ValidationError, match="is the name of an earlier parameter"):
        Edition.model_validate({**edition.model_dump(by_alias=True), "parameters": [*edition.parameters] * 2})


def test_reasons_that_are_defined() -> None:
    """Which reasons these editions have a window for; the FAQ names no reason, so it speaks of all."""
    defined: dict[str, set[ClaimReason]] = {
        each.id: {
            reason
            for reason in ClaimReason
            if any(
                rule.role.startswith("opens") and (not rule.reasons or reason in rule.reasons)
                for rule in each.parameters
            )
        }
        for each in ALL
    }
    delivery = {ClaimReason.NOT_RECEIVED}
    returns = {*delivery, ClaimReason.NOT_AS_DESCRIBED, ClaimReason.RETURN_REFUSED}
    italian = {*delivery, ClaimReason.RETURN_REFUSED, ClaimReason.EXTRA_CHARGES}
    by_hand = {
        "faq-2016": set(ClaimReason),
        "us-2016-06": delivery,
        "us-2016-11": delivery,
        "us-2020-07": returns,
        "us-2021-05": returns,
        "us-2026": returns,
        "uk-current": returns,
        "eu-current": italian,
        **dict.fromkeys(("in-current", "jp-current", "ca-current", "au-current", "ae-sa-current"), delivery),
    }
    closing_alone = {
        (each.id, reason.value)
        for each in ALL
        for reason in set(ClaimReason) - defined[each.id]
        if any(rule.role == "closes" and (not rule.reasons or reason in rule.reasons) for rule in each.parameters)
        if each.id in by_hand
    }
    unrefunded = {(edition, "return_not_refunded") for edition in ("us-2026", "uk-current", "eu-current")}
    assert closing_alone == {
        *unrefunded,
        ("ae-sa-current", "return_not_refunded"),
        ("us-2026", "extra_charges"),
        ("uk-current", "extra_charges"),
    }
    assert {edition: defined[edition] for edition in by_hand} == by_hand


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(with_new_figures(FIGURES), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
