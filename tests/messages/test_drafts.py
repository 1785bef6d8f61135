"""The texts behind a plan."""

import pytest
from message_settings import VALUES, at, granted

from atoz.errors import InvalidDocument
from atoz.messages.checker import check_message
from atoz.messages.templates import drafts
from atoz.planner.plan import plan


def test_each_message_that_is_due_now_has_its_text_once():
    """A granted claim is to be appealed: the plan's templates, filled, and the checker content."""
    claim = granted(delivered=True)
    made = plan(claim, as_of=at(26), policy="current")
    wanted = list(dict.fromkeys(each.template for each in made.now if each.template))
    found = drafts(made, claim, VALUES)
    assert wanted == [each.template for each in found]
    assert "appeal" in wanted
    assert all(check_message(each.text, kind=each.kind, claim=claim) == () for each in found)


def test_missing_values_of_all_drafts_come_together():
    """One error names them all, each once."""
    claim = granted(delivered=True)
    made = plan(claim, as_of=at(26), policy="current")
    with pytest.raises(InvalidDocument) as caught:
        drafts(made, claim)
    names = [fault.path for fault in caught.value.faults]
    assert "new_evidence" in names
    assert len(names) == len(set(names))
