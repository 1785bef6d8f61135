"""The timeline: everything that has a date, in the order of time."""

from datetime import timedelta

import pytest

from atoz.lifecycle.operations import apply
from atoz.model.events import EVENT_CLASSES, AnyEvent, SellerResponded
from atoz.model.text import phrases
from atoz.planner.plan import plan
from atoz.report.claim_page import timeline


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", ["not-received", "silent-seller", "protected-label", "withdrawn-after-decision"])
def test_everything_with_a_date_is_there_in_order(example, as_of, name, language):
    """Every event, every due deadline, both ends of the window, the facts and the present, earliest first."""
    claim = example(name)
    made = plan(claim, as_of=as_of)
    entries = timeline(claim, made, language)
    kinds = [each.kind for each in entries]

    assert [each.at for each in entries] == sorted(each.at for each in entries)
    assert [each.at for each in entries if each.kind == "event"] == [event.at for event in claim.history]
    assert {each.at for each in entries if each.kind == "deadline"} == {
        each.due_at for each in made.deadlines if each.due_at
    }
    assert kinds.count("window") == sum(each is not None for each in (made.window.opens, made.window.closes))
    assert [each.at for each in entries if each.kind == "now"] == [as_of]


def test_last_day_lasts_until_its_end(example, as_of):
    """An event on the last day of the window stands before its end; the first day stands before what happens on it."""
    claim = example("not-received")
    made = plan(claim, as_of=as_of)
    opens, closes = (
        each.at.astimezone(claim.order.zone) for each in timeline(claim, made, "en") if each.kind == "window"
    )

    assert (opens.date(), opens.hour, opens.minute) == (made.window.opens, 0, 0)
    assert (closes.date(), closes.hour, closes.minute) == (made.window.closes, 23, 59)


def test_every_field_of_every_event_has_words():
    """Whatever an event can carry has a label, so that no page can fail on one."""
    words = phrases("atoz.report")
    common = {"at", "kind", "actor", "learnt_from", "note"}
    fields = {name for each in EVENT_CLASSES.values() for name in each.model_fields} - common

    assert {f"event_{kind}" for kind in EVENT_CLASSES} <= set(words)
    assert {f"field_{name}" for name in fields} <= set(words)


@pytest.mark.parametrize("kind", sorted(EVENT_CLASSES))
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_event_can_be_drawn(example, as_of, kind, language):
    """An event of any kind, with every field filled, becomes a line that hides none of its values."""
    claim = example("not-received")
    later = claim.updated_at + timedelta(hours=1)
    given = {
        "amount": "12.34 USD",
        "counts_against_odr": "no",
        "due_at": later,
        "consent_to_recharge": True,
        "purpose": "ask_for_evidence",
        "respond_by": later,
        "evidence": "proof_of_delivery",
        "status": "closed",
    }
    cls = EVENT_CLASSES[kind]
    own = {name: value for name, value in given.items() if name in cls.model_fields}
    actor = {"actor": "seller"} if cls.model_fields["actor"].is_required() else {}
    event: AnyEvent = cls(at=later, note="a note", **own, **actor)
    seen = claim.model_copy(update={"history": (*claim.history, event)})
    entry = [each for each in timeline(seen, plan(claim, as_of=as_of), language) if each.kind == "event"][-1]

    assert len(entry.facts) == 3 + len(own)
    assert all(label and value for label, value in entry.facts)
    assert entry.facts[-1][1] == "a note"


def test_planned_steps_name_their_reason(example, as_of):
    """A step that lies ahead is on the timeline with whose word it follows; one that is done is not repeated."""
    claim = example("not-received")
    ahead = [each.action.step for each in timeline(claim, plan(claim, as_of=as_of), "en") if each.action]
    sent = apply(claim, SellerResponded(at=as_of))
    after = [each.action.step for each in timeline(sent, plan(sent, as_of=as_of), "en") if each.action]

    assert "answer_with_reasons" in ahead
    assert "answer_with_reasons" not in after
