"""Why an event is not possible, as data; none where it is."""

from datetime import datetime, timedelta

from atoz.errors import Refusal
from atoz.lifecycle.table import ROWS, Guard, triggers_from
from atoz.model.claim import Claim
from atoz.model.events import Event, ResponseLapsed
from atoz.rulebook.clock import DeadlineName
from atoz.rulebook.deadlines import Deadline, deadline


def why_not(claim: Claim, kind: str, at: datetime, event: Event | None = None) -> Refusal | None:
    """The first thing that forbids an event of this kind at an instant in UTC.

    Without the event itself its facts count as not given.
    """
    if at < claim.updated_at:
        return out_of_order(claim, at)
    row = ROWS.get((claim.status, kind))
    if row is None:
        return no_such_transition(claim, kind)
    return check(row.guard, claim, at, event) if row.guard else None


def check(guard: Guard, claim: Claim, at: datetime, event: Event | None) -> Refusal | None:
    """What a guard says to an event at an instant."""
    if guard.kind == "needs":
        given = bool(getattr(event, guard.subject, False))
        return None if given else Refusal("consent_missing", f"{guard.subject} has to be given: the buyer must agree")
    found = deadline(claim, DeadlineName(guard.subject), at)
    return _in_time(found, at) if guard.kind == "before_deadline" else _lapsed(found, at, event)


def out_of_order(claim: Claim, at: datetime) -> Refusal:
    """The event lies before the last one."""
    last = claim.history[-1]
    return Refusal(
        "out_of_order",
        f"{at.isoformat()} comes before the last event, {last.kind} at {last.at.isoformat()}",
        possible_from=last.at,
    )


def no_such_transition(claim: Claim, kind: str) -> Refusal:
    """The table has no row for this event here."""
    can = ", ".join(triggers_from(claim.status))
    return Refusal(
        "no_such_transition", f"from {claim.status} the table knows {can or 'no event: it is final'}; not {kind}"
    )


def _in_time(found: Deadline, at: datetime) -> Refusal | None:
    """Until the due instant, which still counts; a window that the edition does not know never refuses."""
    if found.due_at is None or at <= found.due_at:
        return None
    return Refusal(
        "too_late",
        f"the deadline to {found.name.label()} was {found.due_at.isoformat()} by edition {found.edition}",
        possible_until=found.due_at,
    )


def _lapsed(found: Deadline, at: datetime, event: Event | None) -> Refusal | None:
    """Only after the due instant, and only if nobody answered."""
    if found.ended_at is not None:
        return Refusal("already_answered", f"it was answered at {found.ended_at.isoformat()}")
    if found.left_at is not None:
        return Refusal(
            "too_early",
            f"the clock to {found.name.label()} stopped at {found.left_at.isoformat()}, when the claim was decided; "
            "only a new question of Amazon's starts it again",
        )
    if found.started_by is None:
        return Refusal("too_early", f"nothing has started the clock to {found.name.label()} by edition {found.edition}")
    due_at = found.due_at or (event.due_at if isinstance(event, ResponseLapsed) else None)
    if due_at is None or at > due_at:
        return None
    return Refusal(
        "too_early",
        f"the deadline to {found.name.label()} is {due_at.isoformat()}, and on it an answer still counts",
        possible_from=due_at + timedelta(microseconds=1),
    )
