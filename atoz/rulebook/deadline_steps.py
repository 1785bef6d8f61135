"""The steps behind a deadline, in words; made only when somebody asks why."""

from collections.abc import Iterator
from datetime import datetime

from atoz.model.citation import Confidence
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.deadlines import Deadline, DeadlineState
from atoz.rulebook.edition import Edition
from atoz.rulebook.explanation import Explanation, Step, counted, own, phrase, shown


def explain_deadline(deadline: Deadline) -> Explanation:
    """Every step that a deadline was counted by, and its caveats."""
    rule = deadline.rule
    caveats = (*Edition.named(deadline.edition).caveats, *(rule.caveats if rule else ()))
    return Explanation(edition=deadline.edition, steps=tuple(_steps(deadline)), caveats=caveats)


def _steps(deadline: Deadline) -> Iterator[Step]:
    if deadline.started_by is None:
        yield own("deadline_not_started")
        return
    if deadline.started_at is None:
        yield own("deadline_start_unknown", Confidence.UNCLEAR)
        if deadline.due_no_later:
            yield own("deadline_no_later", result=_local(deadline, deadline.due_no_later))
        return
    yield from _count(deadline)
    if deadline.state is DeadlineState.MET and deadline.ended_at:
        yield own("deadline_met", result=_local(deadline, deadline.ended_at))
    elif deadline.state is DeadlineState.NOT_OFFERED:
        yield own("deadline_over")
    elif deadline.state is DeadlineState.MISSED:
        yield own("deadline_no_record")
        if deadline.name is DeadlineName.ANSWER_BUYER:
            yield own("deadline_buyer_counted")


def _count(deadline: Deadline) -> Iterator[Step]:
    rule, start = deadline.rule, phrase(f"start_{deadline.started_by}")
    begins = _local(deadline, deadline.started_at)
    if deadline.stated:
        yield own("deadline_started", start=start, begins=begins)
        yield own("deadline_stated", result=_local(deadline, deadline.due_at))
    elif rule is None:
        yield own("deadline_started", start=start, begins=begins)
        yield own("missing_parameter", Confidence.UNCLEAR)
    elif deadline.due_at and deadline.started_at:
        zone = deadline.order.zone
        yield counted(rule, start, deadline.started_at.astimezone(zone), deadline.due_at.astimezone(zone))


def _local(deadline: Deadline, at: object) -> str:
    return shown(at.astimezone(deadline.order.zone)) if isinstance(at, datetime) else "?"
