"""Templates: every one is whole, filled from the record, and passes the checker that ships with it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from message_settings import VALUES, at, claim, granted, order
from pydantic import ValidationError

from atoz.errors import InvalidDocument, UnknownName
from atoz.messages.checker import check_message
from atoz.messages.findings import MessageKind
from atoz.messages.placeholders import placeholders, typed, written
from atoz.messages.templates import Template, fill
from atoz.model.claim import Claim
from atoz.model.events import Filed, SellerMessaged
from atoz.model.money import Money
from atoz.model.order import TriState
from atoz.planner.policy import Policy, shipped_policies

SHIPPED = {
    "late",
    "lost",
    "customs",
    "delivered_disputed",
    "not_as_described",
    "parts_missing",
    "refund_or_replacement",
    "return_instructions",
    "return_received",
    "claim_opened",
    "claim_under_review",
    "ask_for_withdrawal",
    "ask_for_evidence",
    "withdrawal_before_decision",
    "withdrawal_after_decision",
    "late_arrival_after_decision",
    "answer_to_amazon",
    "appeal",
    "score_restoration",
}
"""The templates that policies and people know by their ids."""
IDS = tuple(template.id for template in Template.all())
DECIDED = {"withdrawal_after_decision", "late_arrival_after_decision", "appeal", "score_restoration"}


def about(template: str):
    """A claim in which the template makes sense."""
    if template in DECIDED:
        return granted()
    return claim("delivered" if template == "delivered_disputed" else "open")


def test_no_template_goes():
    """Ids stay: a policy of somebody's own may name them."""
    assert set(IDS) >= SHIPPED
    assert len(set(IDS)) == len(IDS)


def test_every_template_that_a_policy_names_ships():
    """A plan never points at a message that is not there."""
    named = {step.template for name in shipped_policies() for step in Policy.named(name).steps if step.template}
    assert named <= {each.id for each in Template.all()}


@pytest.mark.parametrize("template", IDS)
def test_every_filled_template_passes_its_own_checker(template):
    """What atoz writes itself breaks none of the rules that it checks, not even by advice."""
    subject = about(template)
    draft = fill(template, subject, VALUES)
    assert check_message(draft.text, kind=draft.message_kind, claim=subject) == ()


@pytest.mark.parametrize("template", IDS)
def test_a_filled_template_has_no_braces_and_no_blanks(template):
    """Nothing is left unfilled, and both languages say when to use it."""
    draft = fill(template, about(template), VALUES)
    assert "{" not in draft.text
    assert "None" not in draft.text
    assert all((draft.when.en, draft.when.zh))


@pytest.mark.parametrize("template", IDS)
def test_each_missing_value_is_named(template):
    """Without the seller's values each of them is a fault of its own, and nothing else is."""
    needs = Template.named(template).needs
    wanted = {name for name in needs if placeholders()[name].origin == "seller"}
    with pytest.raises(InvalidDocument) as caught:
        fill(template, about(template))
    assert {fault.path for fault in caught.value.faults} == wanted


def test_what_the_record_does_not_know_is_an_error_too():
    """A delivery day that the order lacks is asked of the order, not left blank."""
    with pytest.raises(InvalidDocument) as caught:
        fill("delivered_disputed", order(), VALUES)
    fault = caught.value.faults[0]
    assert (fault.path, fault.code) == ("delivered_on", "missing_value")
    assert "order" in fault.message


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("seller_name", "   ", "blank"),
        ("seller_name", 7, "blank"),
        ("shipped_on", "yesterday", "day"),
        ("refund_amount", "31.90", "money"),
        ("refund_amount", 31.9, "model_type"),
        ("order_id", "999-1234567-1234567", "not_yours_to_give"),
        ("sellername", "Lamps", "unknown_placeholder"),
    ],
)
def test_values_are_typed_and_the_record_cannot_be_overruled(name, value, code):
    """Blank, wrongly typed, unknown and already known values are refused by name."""
    with pytest.raises(InvalidDocument) as caught:
        fill("return_received", claim("delivered"), {**VALUES, name: value})
    found = next(fault for fault in caught.value.faults if fault.path == name)
    assert found.code == code or (name == "refund_amount" and found.code == "money")


def test_all_faults_of_one_filling_come_together():
    """A blank, an unknown and a missing value are one error."""
    with pytest.raises(InvalidDocument) as caught:
        fill("lost", order(), {"carrier": " ", "colour": "red"})
    assert {fault.path for fault in caught.value.faults} == {
        "carrier",
        "colour",
        "shipped_on",
        "tracking_number",
        "item",
        "seller_name",
    }


def test_an_unknown_template_names_the_nearest():
    """A slip of the pen is answered with what was meant."""
    with pytest.raises(UnknownName) as caught:
        fill("apeal", order())
    assert "appeal" in caught.value.nearest


def test_a_template_with_an_unknown_placeholder_does_not_load():
    """The vocabulary is closed."""
    good = Template.named("lost").model_dump()
    with pytest.raises(ValidationError, match="unknown placeholders: colour"):
        Template.model_validate({**good, "text": "Your {colour} lamp"})


@pytest.mark.parametrize("text", ["a { b", "a } b", "{0}", "{}", "{order_id!r}", "{order_id:>9}", "{order_id.real}"])
def test_odd_braces_do_not_load(text):
    """Only plain placeholders are templates' language."""
    good = Template.named("lost").model_dump()
    with pytest.raises(ValidationError):
        Template.model_validate({**good, "text": text})


def test_braces_in_a_value_stay_as_they_are():
    """What the seller gives is text, not a template."""
    draft = fill("lost", order(), {**VALUES, "item": "the {order_id} lamp"})
    assert "the {order_id} lamp" in draft.text


def test_no_message_to_a_buyer_carries_a_historic_address():
    """Both addresses of the FAQ stand in notes only, and are called historic there."""
    for template in Template.all():
        assert "@" not in template.text
        for note in template.notes:
            assert "@amazon.com" not in note.en or "historic" in note.en
            assert "@amazon.com" not in note.zh or "历史" in note.zh
    assert any("@amazon.com" in note.en for each in Template.all() for note in each.notes)


def test_asking_for_a_withdrawal_offers_nothing():
    """The one template that asks for it names no benefit and leaves the choice free."""
    text = Template.named("ask_for_withdrawal").text.casefold()
    assert not any(word in text for word in ("refund", "gift", "review", "replacement", "discount"))
    assert "either way" in text


def test_unprompted_templates_carry_the_order_id():
    """The rule for proactive messages is met by construction."""
    for template in Template.all():
        assert template.kind is not MessageKind.PROACTIVE or "order_id" in template.needs


def test_every_placeholder_is_used():
    """The vocabulary holds nothing that no template asks for."""
    used = {name for each in Template.all() for name in (*each.needs, *each.optional)}
    assert used == set(placeholders())


@pytest.mark.parametrize(
    ("country", "day", "money"),
    [("US", "June 10, 2026", "$31.90"), ("GB", "10 June 2026", "US$31.90"), ("JP", "June 10, 2026", "$31.90")],
)
def test_days_and_money_follow_the_marketplace(country, day, money):
    """English in the customs of the place; where there are none, plain English."""
    assert written(date(2026, 6, 10), country) == day
    assert written(Money.parse("31.90 USD"), country) == money


@given(st.one_of(st.none(), st.integers(), st.text(), st.floats(), st.lists(st.integers())))
def test_any_value_is_written_or_refused_by_name(value):
    """Text that is not blank stands in the draft; any other value for it is one fault, of that placeholder."""
    values = {**VALUES, "carrier": value}
    if isinstance(value, str) and value.strip():
        assert value.strip() in fill("lost", order(), values).text
    else:
        with pytest.raises(InvalidDocument) as caught:
            fill("lost", order(), values)
        assert [(fault.path, fault.code) for fault in caught.value.faults] == [("carrier", "blank")]


@given(st.text(max_size=40).filter(lambda name: name not in placeholders()), st.integers() | st.text())
def test_any_name_that_is_no_placeholder_is_refused_by_name(name, value):
    """A value for nothing is never dropped in silence."""
    with pytest.raises(InvalidDocument) as caught:
        fill("lost", order(), {**VALUES, name: value})
    assert [(fault.path, fault.code) for fault in caught.value.faults] == [(name, "unknown_placeholder")]


def test_text_is_stripped():
    """Spaces around a value are not part of it."""
    assert typed("seller_name", "  Lamps ") == "Lamps"


LETTERS = ("answer_to_amazon", "appeal")


@pytest.mark.parametrize("letter", LETTERS)
@pytest.mark.parametrize("delivered", [False, True])
@pytest.mark.parametrize("protected", TriState)
def test_a_letter_says_what_is_known_and_no_more(letter: str, protected: TriState, *, delivered: bool) -> None:
    """The delivery scan and the protected label stand in the letter exactly where they are on record."""
    about = granted(delivered=delivered)
    order_of = about.order.model_copy(update={"claims_protected": protected})
    text = fill(letter, about.model_copy(update={"order": order_of}), VALUES).text
    assert ("The carrier's delivery scan is of June 9, 2026." in text) is delivered
    assert ("The shipping label carries Amazon's claims protection." in text) is (protected is TriState.YES)
    assert "\n\n\n" not in text


def test_a_protected_label_is_no_argument_where_the_parcel_came() -> None:
    """The protection is for parcels that are said not to have come."""
    about = claim("snad")
    assert about is not None
    protected = about.model_copy(update={"order": about.order.model_copy(update={"claims_protected": TriState.YES})})
    assert "claims protection" not in fill("answer_to_amazon", protected, VALUES).text


@pytest.mark.parametrize(("sent", "words"), [(0, None), (1, "1 message from us"), (2, "2 messages from us")])
def test_messages_are_counted_only_where_there_are_some(sent: int, words: str | None) -> None:
    """A letter never says that no message was sent, nor `1 messages`."""
    history = (Filed(at=at(20)), *(SellerMessaged(at=at(21 + day)) for day in range(sent)))
    about = Claim.model_validate({"order": order(), "reason": "not_received", "history": history})
    text = fill("answer_to_amazon", about, VALUES).text
    assert words in text if words else "messages from us" not in text.casefold()
    assert "0 message" not in text


@pytest.mark.parametrize("letter", LETTERS)
def test_what_the_buyer_did_not_provide_has_its_place(letter: str) -> None:
    """Given, it stands in the letter; not given, its paragraph is left out and the draft's notes say so."""
    whole = fill(letter, granted(), VALUES)
    assert "What the buyer did not provide, though we asked: a photo of the mailbox" in whole.text
    short = fill(letter, granted(), {name: value for name, value in VALUES.items() if name != "not_provided"})
    assert "did not provide" not in short.text
    left_out = [note for note in short.notes if note not in whole.notes]
    assert [note.en for note in left_out] == [
        "Not in this draft, because it was not given: what you asked the buyer for and did not get (not_provided)."
    ]
    assert "not_provided" in left_out[0].zh


def test_an_optional_value_that_the_text_does_not_use_does_not_load() -> None:
    """A slip in the list is no silent nothing."""
    good = Template.named("lost").model_dump()
    with pytest.raises(ValidationError, match="the text does not use: colour"):
        Template.model_validate({**good, "optional": ["colour"]})
