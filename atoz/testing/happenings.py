"""What can happen to a claim at an instant, whatever the seller does: every move of the buyer, Amazon and the clock."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from atoz.lifecycle.guards import why_not
from atoz.lifecycle.moves import lapse
from atoz.lifecycle.table import ROWS, triggers_from
from atoz.model.claim import Claim
from atoz.model.events import EVENT_CLASSES, Actor, AnyEvent
from atoz.model.status import ClaimStatus
from atoz.testing.builders import an_event

STATED_HOURS = 24
"""The deadline that Amazon's question states itself in one of the moves: shorter than any edition's."""


def happenings(claim: Claim, at: datetime) -> Iterator[AnyEvent]:
    """Every event that someone other than the seller can bring at an instant."""
    yield an_event("buyer_messaged", at)
    if claim.status is ClaimStatus.UNDER_REVIEW:
        yield an_event("information_requested", at)
        yield an_event("information_requested", at, respond_by=at + timedelta(hours=STATED_HOURS))
    for kind in triggers_from(claim.status):
        event = lapse(claim, at) if kind == "response_lapsed" else _of_others(claim, kind, at)
        if event is not None and why_not(claim, kind, at, event) is None:
            yield event


def _of_others(claim: Claim, kind: str, at: datetime) -> AnyEvent | None:
    if EVENT_CLASSES[kind].model_fields["actor"].default is Actor.SELLER:
        return None
    guard = ROWS[claim.status, kind].guard
    needed = {guard.subject: True} if guard and guard.kind == "needs" else {}
    return an_event(kind, at, **needed)
