"""What a policy of the right shape can still get wrong: found when it is loaded, with the key of each fault."""

from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import cast

from atoz.errors import Fault, nearest_names
from atoz.lifecycle.transition_table import ROWS, TABLE
from atoz.model.events import EVENT_CLASSES
from atoz.model.history import ORDER_FACTS, STATUS_CHANGED
from atoz.model.status import ClaimStatus
from atoz.planner.actions import COMPLETED_BY, Action
from atoz.planner.conditions import When
from atoz.planner.policy_steps import Avoid, PolicyStep, RelativeTime
from atoz.rulebook.date_arithmetic import longest_hours, shortest_hours
from atoz.rulebook.deadline_basis import deadline_rule
from atoz.rulebook.deadline_clock import DeadlineName, clock
from atoz.rulebook.edition import Edition

ANCHORS = frozenset(EVENT_CLASSES) | {STATUS_CHANGED, *ORDER_FACTS}
"""What a moment can count from."""


def check_policy(
    editions: Sequence[str], steps: Sequence[PolicyStep], avoid: Sequence[Avoid], known: Mapping[str, Edition]
) -> tuple[Fault, ...]:
    """Every fault of a policy, in the order of the file; `known` are the editions that it may be written for, by id."""
    written_for = [known[name] for name in editions if name in known]
    return (
        *_edition_faults(editions, known),
        *_id_faults(steps, avoid),
        *_order_faults(steps),
        *(fault for index, step in enumerate(steps) for fault in _step_faults(written_for, steps, index, step)),
        *(fault for index, entry in enumerate(avoid) for fault in _condition_faults(f"avoid.{index}.when", entry.when)),
    )


def _edition_faults(editions: Sequence[str], known: Mapping[str, Edition]) -> Iterator[Fault]:
    for index, name in enumerate(editions):
        if name not in known:
            yield Fault(
                f"editions.{index}", "unknown_edition", f"no edition {name!r}; there are {', '.join(sorted(known))}"
            )


def _id_faults(steps: Sequence[PolicyStep], avoid: Sequence[Avoid]) -> Iterator[Fault]:
    for key, rows in (("steps", steps), ("avoid", avoid)):
        ids = [row.id for row in rows]
        for index, name in enumerate(ids):
            if name in ids[:index]:
                yield Fault(f"{key}.{index}.id", "repeated_id", f"{name!r} is the id of an earlier entry")
    known = {step.id for step in steps}
    for index, step in enumerate(steps):
        for place, name in enumerate(step.after):
            if name not in known:
                yield Fault(f"steps.{index}.after.{place}", "unknown_step", f"there is no step {name!r}")


def _order_faults(steps: Sequence[PolicyStep]) -> Iterator[Fault]:
    """Cycles: steps that wait for each other would never come."""
    try:
        TopologicalSorter({step.id: step.after for step in steps}).prepare()
    except CycleError as cycle:
        names: list[str] = cycle.args[1]
        index = next(place for place, step in enumerate(steps) if step.id == names[-1])
        yield Fault(f"steps.{index}.after", "cycle", f"these steps wait for each other: {' -> '.join(reversed(names))}")


def _step_faults(
    editions: Sequence[Edition], steps: Sequence[PolicyStep], index: int, step: PolicyStep
) -> Iterator[Fault]:
    path = f"steps.{index}"
    yield from _unreachable(steps, path, step)
    yield from _condition_faults(f"{path}.when", step.when)
    for key, moment in (("not_before", step.not_before), ("due", step.due)):
        if moment and moment.after is not None and moment.after not in ANCHORS:
            yield Fault(f"{path}.{key}.after", "unknown_event", f"{moment.after!r} is no event; see atoz schema event")
    if step.not_before and step.due and _ends_before(step.due, step.not_before):
        yield Fault(f"{path}.due", "due_before_start", "the step is due before it may begin")
    yield from _late(editions, path, step)


def _ends_before(due: RelativeTime, start: RelativeTime) -> bool:
    """Whether a due time surely lies before the start, both counted from one event."""
    return due.after is not None and due.after == start.after and _longest(due) < _shortest(start)


def _unreachable(steps: Sequence[PolicyStep], path: str, step: PolicyStep) -> Iterator[Fault]:
    """A step whose event the table refuses in every status it is for, or that follows a step it cannot follow."""
    completion = COMPLETED_BY[step.action]
    statuses = _statuses(step)
    moves = completion is not None and EVENT_CLASSES[completion.kind].leads_to is not None
    if completion and moves and not any((status, completion.kind) in ROWS for status in statuses):
        names = ", ".join(sorted(statuses))
        yield Fault(f"{path}.when.status", "unreachable", f"{completion.kind} is never possible in {names}")
    during = frozenset(clock(step.serves).during) if step.serves else frozenset[ClaimStatus]()
    if during and not during & statuses:
        message = f"the deadline {step.serves} belongs to {', '.join(sorted(during))} only"
        yield Fault(f"{path}.when.status", "unreachable", message)
    for before in steps:
        if before.id in step.after and before.action is Action.WAIT:
            yield Fault(f"{path}.after", "unreachable", f"{before.id} is a wait, which is never done")
        if before.id in step.after and not (_reachable(_after(before)) & statuses):
            message = f"after {before.id} the claim can no longer reach {', '.join(sorted(statuses))}"
            yield Fault(f"{path}.after", "unreachable", message)


def _condition_faults(path: str, when: When) -> Iterator[Fault]:
    """Evidence by a name that no checklist has, and conditions that no claim can meet together."""
    for name, condition, asked in when.named():
        if condition.vocabulary is not None and isinstance(asked, tuple):
            known = condition.vocabulary()
            for place, word in enumerate(cast("tuple[str, ...]", asked)):
                if word not in known:
                    names = ", ".join(nearest_names(word, known) or sorted(known))
                    message = f"{word!r} is no evidence that a checklist knows; there is {names}"
                    yield Fault(f"{path}.{name}.{place}", "unknown_evidence", message)
    yield from _contradictions(path, when)


def _contradictions(path: str, when: When) -> Iterator[Fault]:
    """Conditions that no claim can meet together."""
    for name, condition, asked in when.named():
        if condition.beside is None:
            continue
        other = getattr(when, condition.beside)
        if other is not None and condition.contradicts(asked, other):
            message = (
                f"no claim can meet this together with {condition.beside}"
                if condition.beside != name
                else "no claim can meet this: it lists no state"
            )
            yield Fault(f"{path}.{name}", "unreachable", message)


def _statuses(step: PolicyStep) -> frozenset[ClaimStatus]:
    return frozenset(step.when.status or ClaimStatus)


def _after(step: PolicyStep) -> frozenset[ClaimStatus]:
    """The statuses that a claim can be in once a step is done."""
    completion = COMPLETED_BY[step.action]
    target = EVENT_CLASSES[completion.kind].leads_to if completion else None
    return _statuses(step) if target is None else frozenset({target})


def _reachable(start: frozenset[ClaimStatus]) -> frozenset[ClaimStatus]:
    """Every status that the table leads to from these, themselves included."""
    statuses = set(start)
    while more := {row.target for row in TABLE if row.source in statuses} - statuses:
        statuses |= more
    return frozenset(statuses)


def _late(editions: Sequence[Edition], path: str, step: PolicyStep) -> Iterator[Fault]:
    """A due time, counted from the event that starts the clock, that lies after the deadline it serves."""
    for key, moment in (("due", step.due), ("not_before", step.not_before)):
        if step.serves is None or moment is None or moment.after is None:
            continue
        for edition in editions:
            if _exceeds(moment, edition, step.serves):
                message = (
                    f"{moment.value} {moment.unit} after {moment.after} can lie after {step.serves} of {edition.id}"
                )
                yield Fault(f"{path}.{key}", "after_deadline", message)


def _exceeds(moment: RelativeTime, edition: Edition, name: DeadlineName) -> bool:
    rule = deadline_rule(edition, name)
    if rule is None or moment.after not in (*rule.starts_with, "status_changed"):
        return False
    if moment.unit is rule.unit:
        return moment.value > rule.value
    return _longest(moment) > shortest_hours(rule.value, rule.unit)


def _longest(moment: RelativeTime) -> int:
    return longest_hours(moment.value, moment.unit)


def _shortest(moment: RelativeTime) -> int:
    return shortest_hours(moment.value, moment.unit)
