"""The replay that follows the clocks from event to event, against the slow way: `apply` for each event in turn."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atoz.errors import AtozError, Fault, InvalidDocument, TransitionRefused
from atoz.lifecycle.operations import apply
from atoz.lifecycle.replay import claim_after, rebuild, verify
from atoz.model.claim import Claim
from atoz.model.events import EVENT_CLASSES, Filed
from atoz.model.history import History
from atoz.model.status import ClaimStatus
from atoz.rulebook.edition import Edition
from atoz.testing.builders import an_event, an_order

FILED_AT = datetime(2016, 7, 1, 16, tzinfo=UTC)


@st.composite
def any_event(draw):
    """An event of any kind, possible or not, up to some weeks after the filing."""
    kind = draw(st.sampled_from(sorted(EVENT_CLASSES)))
    at = FILED_AT + timedelta(hours=draw(st.integers(-48, 60 * 24)))
    facts = {}
    if kind == "withdrawn":
        facts["consent_to_recharge"] = draw(st.booleans())
    elif kind == "observed":
        facts["status"] = draw(st.sampled_from(ClaimStatus))
    elif kind == "response_lapsed":
        facts["due_at"] = FILED_AT + timedelta(days=draw(st.integers(0, 20)))
    elif kind == "evidence_added":
        facts["evidence"] = "photos"
    elif kind == "information_requested" and draw(st.booleans()):
        facts["respond_by"] = at + timedelta(hours=draw(st.integers(0, 72)))
    elif kind in {"granted_seller_funded", "seller_refunded"}:
        facts["amount"] = draw(st.sampled_from([None, "5.00 USD", "5.00 EUR"]))
    return an_event(kind, at, **facts)


editions = st.sampled_from([edition.id for edition in Edition.all()])
histories = st.lists(any_event(), max_size=14).map(lambda events: sorted(events, key=lambda event: event.at))


def verdict(faults):
    """The error for some faults; none for none."""
    all_faults = tuple(Fault(*fault) for fault in faults)
    return (InvalidDocument, str(InvalidDocument("claim", all_faults))) if all_faults else None


def slow_verdict(claim):
    """What `apply` says to each event, the refused ones taken as having happened."""
    history = History.of(claim)
    for entry in history.entries[history.beginning.place + 1 :]:
        try:
            apply(claim_after(claim, history.entries[entry.place - 1]), entry.event)
        except TransitionRefused as refused:
            yield f"history.{entry.place}", refused.refusal.code, refused.refusal.message


@settings(max_examples=400)
@given(histories, editions)
def test_verify_says_what_apply_says(events, edition):
    """Every refusal, with its place, code and words, in every edition."""
    try:
        claim = Claim(order=an_order(), reason="not_received", edition=edition, history=(Filed(at=FILED_AT), *events))
    except ValueError:
        beginning = [event for event in events if event.kind != "filed" and event.at >= FILED_AT]
        claim = Claim(
            order=an_order(),
            reason="not_received",
            edition=edition,
            history=(
                Filed(at=FILED_AT),
                *(event for event in beginning if getattr(event, "amount", None) is None or "EUR" not in str(event)),
            ),
        )
    refused = outcome(verify, claim)
    assert refused == (verdict(slow_verdict(claim)) or claim)


def slow_rebuild(order, events, edition):
    """The events in order of time, applied one by one."""
    ordered = sorted(events, key=lambda event: event.at)
    begins = next(index for index, event in enumerate(ordered) if event.kind in {"filed", "observed"})
    claim = rebuild(order, ordered[: begins + 1], reason="not_received", edition=edition)
    for event in ordered[begins + 1 :]:
        claim = apply(claim, event)
    return claim


def outcome(make, *arguments, **named):
    """The claim, or the kind and words of the error."""
    try:
        return make(*arguments, **named)
    except AtozError as error:
        return type(error), str(error)


@settings(max_examples=400)
@given(histories, editions)
def test_rebuild_does_what_apply_does(events, edition):
    """The same claim, or the first error with the same words: a refusal, a foreign currency, a second filing."""
    order, all_events = an_order(), [Filed(at=FILED_AT), *events]
    fast = outcome(rebuild, order, all_events, reason="not_received", edition=edition)
    assert fast == outcome(slow_rebuild, order, all_events, edition)


def test_a_history_without_beginning_is_still_refused():
    """There is nothing to replay."""
    with pytest.raises(InvalidDocument, match="begins with filed"):
        rebuild(an_order(), [an_event("buyer_messaged", FILED_AT)], reason="other")
