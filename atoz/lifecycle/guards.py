"""Why an event is not possible, as data; none where it is."""

from datetime import datetime, timedelta

from transitions import Machine

from atoz.errors import Refusal
from atoz.lifecycle.transition_table import ROWS, TRIGGERS, Guard
from atoz.model.claim import Claim
from atoz.model.events import EVENT_CLASSES, Event, ResponseLapsed
from atoz.model.status import ClaimStatus
from atoz.rulebook.counted_history import CountedHistory
from atoz.rulebook.deadline_clock import DeadlineName, Run
from atoz.rulebook.deadlines import due_of, run_and_due


def why_not(
    history: CountedHistory, kind: str, at: datetime, event: Event | None = None, *, machine: Machine | None = None
) -> Refusal | None:
    """The first thing that forbids an event of this kind at an instant in UTC.

    Without the event itself, a fact that it would carry counts as not given. With a machine of the user's own, its
    transitions are those that there are; its own conditions are asked by `atoz.apply` alone.
    """
    claim = history.claim
    if at < claim.updated_at:
        return out_of_order(claim, at)
    if not has_transition(claim.status, kind, machine):
        return no_such_transition(claim.status, kind, machine)
    row = ROWS.get((claim.status, kind))
    return check(row.guard, history, at, event) if row and row.guard else None


def has_transition(status: ClaimStatus, kind: str, machine: Machine | None = None) -> bool:
    """Whether the table, or a machine of the user's own, leads on from a status by this event.

    An event brings one status, from wherever it comes: where a machine leads to another one, nothing is possible.
    """
    if machine is None:
        return (status, kind) in ROWS
    targets = {transition.dest for transition in machine.get_transitions(kind, status.value)}
    return targets == {EVENT_CLASSES[kind].leads_to}


def check(guard: Guard, history: CountedHistory, at: datetime, event: Event | None) -> Refusal | None:
    """What a guard says to an event that follows a history at an instant."""
    run = Run() if guard.kind == "needs" else run_and_due(history, DeadlineName(guard.subject))[0]
    return check_run(guard, history, run, at, event)


def check_run(guard: Guard, history: CountedHistory, run: Run, at: datetime, event: Event | None) -> Refusal | None:
    """The same, where the run that the guard's clock is in by then is known."""
    if guard.kind == "needs":
        given = bool(getattr(event, guard.subject, False))
        return (
            None
            if given
            else Refusal("consent_missing", f"requires {guard.subject}=true: the buyer agrees to be charged again")
        )
    name = DeadlineName(guard.subject)
    due_at, no_later = due_of(run, name, history)
    edition = history.edition.reference
    if guard.kind == "before_deadline":
        return _in_time(name, edition, due_at or no_later, at)
    named = event.due_at if isinstance(event, ResponseLapsed) else None  # counts where the edition counts none
    return _lapsed(name, edition, run, due_at or named, at)


def out_of_order(claim: Claim, at: datetime) -> Refusal:
    """The event lies before the last one."""
    last = claim.history[-1]
    return Refusal(
        "out_of_order",
        f"{at.isoformat()} is before the last event, {last.kind} at {last.at.isoformat()}",
        possible_from=last.at,
    )


def no_such_transition(status: ClaimStatus, kind: str, machine: Machine | None = None) -> Refusal:
    """The table, or a machine of the user's own, has no transition for this event here."""
    target = EVENT_CLASSES[kind].leads_to
    for transition in machine.get_transitions(kind, status.value) if machine else ():
        if transition.dest != target:
            message = f"on your machine, {kind} leads to {transition.dest}, but this event always leads to {target}"
            return Refusal("other_status", message)
    can = ", ".join(name for name in TRIGGERS if has_transition(status, name, machine))
    possible = f"only {can}" if can else "no further event"
    whose = "" if machine is None else " on your machine"
    return Refusal("no_such_transition", f"a claim that is {status} allows {possible}{whose}")


def _in_time(name: DeadlineName, edition: str, due_at: datetime | None, at: datetime) -> Refusal | None:
    """Until the due instant, which still counts; a window that the edition does not know never refuses."""
    if due_at is None or at <= due_at:
        return None
    message = f"the deadline to {name.label()} was {due_at.isoformat()} under edition {edition}"
    return Refusal("too_late", message, possible_until=due_at)


def _lapsed(name: DeadlineName, edition: str, run: Run, due_at: datetime | None, at: datetime) -> Refusal | None:
    """Only after the due instant, and only if nobody answered."""
    label = name.label()
    if run.ended_at is not None:
        return Refusal("already_answered", f"an answer is on record at {run.ended_at.isoformat()}")
    if run.left_at is not None:
        message = f"the clock to {label} stopped at {run.left_at.isoformat()}, when the claim was decided"
        return Refusal("too_early", f"{message}; only a new question from Amazon restarts it")
    if run.started_by is None:
        return Refusal("too_early", f"nothing has started the clock to {label} under edition {edition}")
    if due_at is None or at > due_at:
        return None
    message = f"the deadline to {label} is {due_at.isoformat()}, and an answer at that instant still counts"
    return Refusal("too_early", message, possible_from=due_at + timedelta(microseconds=1))
