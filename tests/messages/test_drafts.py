"""The texts behind a plan."""

import pytest
from message_settings import VALUES, at, granted, order

from atoz.errors import InvalidDocument
from atoz.messages.buyer_languages import buyer_languages
from atoz.messages.checker import check_message
from atoz.messages.templates import drafts, fill
from atoz.model.marketplace import Marketplace
from atoz.planner.plan import plan


def test_each_message_that_is_due_now_has_its_text_once():
    """A granted claim is to be appealed: the plan's templates, filled, and the checker content."""
    claim = granted(delivered=True)
    made = plan(claim, as_of=at(26), policy="current")
    wanted = list(dict.fromkeys(each.template for each in made.now if each.template))
    found = drafts(made, claim, VALUES)
    assert wanted == [each.template for each in found]
    assert "appeal" in wanted
    assert all(check_message(draft.text, kind=draft.message_kind, claim=claim) == () for draft in found)


def test_missing_values_of_all_drafts_come_together():
    """One error names them all, each once."""
    claim = granted(delivered=True)
    made = plan(claim, as_of=at(26), policy="current")
    with pytest.raises(InvalidDocument) as caught:
        drafts(made, claim)
    names = [fault.path for fault in caught.value.faults]
    assert "new_evidence" in names
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("marketplace", "languages", "translate"),
    [("US", ("en",), False), ("CA", ("en", "fr"), False), ("DE", ("de",), True), ("BE", ("nl", "fr"), True)],
)
def test_a_draft_says_which_language_its_buyer_is_owed(marketplace, languages, translate):
    """The shop's languages; where English is none of them, the first note asks for a translation."""
    draft = fill("lost", order().model_copy(update={"marketplace": marketplace}), VALUES)
    assert draft.buyer_languages == languages
    assert any("translate it" in note.en for note in draft.notes) is translate


def test_the_languages_are_named_in_both_languages():
    """What the seller reads is in the seller's language."""
    note = fill("lost", order().model_copy(update={"marketplace": "BE"}), VALUES).notes[0]
    assert "Dutch or French" in note.en
    assert "荷兰语或法语" in note.zh


def test_a_letter_to_amazon_is_owed_in_no_buyers_language():
    """Nobody but Amazon reads it."""
    german_order = order(delivered=True).model_copy(update={"marketplace": "DE"})
    claim_in_germany = granted().model_copy(update={"order": german_order})
    assert fill("appeal", claim_in_germany, VALUES).buyer_languages == ()


def test_every_marketplace_has_its_languages():
    """The data file names each of them, and no other."""
    assert all(buyer_languages(marketplace.country) for marketplace in Marketplace.all())
