"""What must hold at every moment of every story. An invariant is a plain function: a moment in, what is wrong out.

Write your own the same way:

>>> def never_refunds(moment: Moment) -> str | None:
...     return "a refund" if any(action.action == "refund_buyer" for action in moment.plan.now) else None
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from atoz.lifecycle.attention import Attention
from atoz.lifecycle.guards import why_not
from atoz.lifecycle.refund_bearer import protected_order
from atoz.lifecycle.transition_table import TRIGGERS
from atoz.model.claim import Claim
from atoz.model.history import History
from atoz.model.status import ClaimStatus
from atoz.model.text import Text, fill
from atoz.planner.actions import COMPLETED_BY, Action, is_message
from atoz.planner.plan import Plan, PlannedAction
from atoz.planner.policy import Policy
from atoz.planner.step_status import ActionState
from atoz.rulebook.counted_history import CountedHistory
from atoz.rulebook.date_arithmetic import add_to_instant
from atoz.rulebook.deadline_clock import clock
from atoz.rulebook.deadlines import Deadline, DeadlineState
from atoz.rulebook.duties import missed_duty
from atoz.rulebook.edition import Edition
from atoz.rulebook.explanation import shown


class Moment(NamedTuple):
    """A claim at an instant of a story, and the plan that the policy makes for it."""

    claim: Claim
    plan: Plan
    policy: Policy
    editions: tuple[Edition, ...] = ()
    """The editions of your own that the claim may name."""


Invariant = Callable[[Moment], Text | str | None]
"""What is wrong at a moment, in one language or both; none if nothing is. Its `__name__` is what a report calls it."""


def no_deadline_missed(moment: Moment) -> Text | None:
    """No mandatory deadline of the seller's passes unanswered, by the claim's edition or by a stated or firm rule.

    One that was over before the filing is no policy's; nor is the soft clock of a claim notice: nothing was asked.
    """
    deadline, due_at = next(missed_duties(moment), (None, None))
    if deadline is None or due_at is None:
        return None
    return _say("deadline_missed", deadline=deadline.name.label_text, due=_local(moment.claim, due_at))


def missed_duties(moment: Moment) -> Iterator[tuple[Deadline, datetime]]:
    """The mandatory deadlines that passed unanswered while the claim is under review, and when each was due."""
    claim = moment.claim
    if claim.status is not ClaimStatus.UNDER_REVIEW:
        return
    missed = [
        (deadline, reading)
        for deadline in moment.plan.deadlines
        for reading in deadline.readings
        if reading.state is DeadlineState.MISSED
    ]
    if not missed:
        return
    history = History.of(claim)
    for deadline, reading in missed:
        due_at = missed_duty(history, deadline, reading)
        if due_at is not None:
            yield deadline, due_at


def no_refused_step(moment: Moment) -> Text | None:
    """The machine accepts what completes every step that is recommended now."""
    moves = [
        (action, completion.kind)
        for action in moment.plan.now
        if (completion := COMPLETED_BY[action.action]) is not None and completion.kind in TRIGGERS
    ]
    if not moves:
        return None
    history = CountedHistory.of(moment.claim, moment.editions)
    at = max(moment.plan.as_of, moment.claim.updated_at)
    for action, kind in moves:
        refusal = why_not(history, kind, at)
        if refusal is not None:
            return _say("refused_step", step=action.step, why=refusal.message)
    return None


def messages_keep_apart(moment: Moment) -> Text | None:
    """No message to the buyer is recommended closer to the last one than the policy's own cadence, nor two at once.

    One that is there to meet a deadline may go once it is due.
    """
    claim, apart = moment.claim, moment.policy.messages_apart
    messages = [action for action in moment.plan.now if is_message(action.action)]
    if len(messages) > 1:
        return _say("messages_at_once", steps=", ".join(action.step for action in messages))
    last = next((event.at for event in reversed(claim.history) if event.kind == "seller_messaged"), None)
    if not messages or last is None:
        return None
    free_at = add_to_instant(last, apart.value, apart.unit, claim.order.zone)
    due_at = messages[0].due_at if moment.policy.step(messages[0].step).serves else None
    if moment.plan.as_of >= min(free_at, due_at or free_at):
        return None
    return _say("messages_too_close", step=messages[0].step, free=_local(claim, free_at))


def nothing_once_settled(moment: Moment) -> Text | None:
    """Once a claim is settled, only steps that are meant for its status are recommended."""
    if moment.claim.status is ClaimStatus.UNDER_REVIEW or moment.plan.attention is not Attention.DONE:
        return None
    for action in moment.plan.now:
        meant_for = moment.policy.step(action.step).when.status or ()
        if action.action is not Action.WAIT and moment.claim.status not in meant_for:
            return _say("sent_once_settled", step=action.step, status=moment.claim.status.label_text)
    return None


def always_something_to_do(moment: Moment) -> Text | None:
    """While a claim is not settled there is something to do now, or a wait that says until when."""
    if moment.plan.attention is Attention.DONE:
        return None
    if any(_is_honest(action, moment.plan) for action in moment.plan.actions):
        return None
    return _say("dead_end", status=moment.claim.status.label_text, attention=moment.plan.attention.label_text)


def every_status_has_a_plan(moment: Moment) -> Text | None:
    """Every status has a plan, if only to wait, for as long as a clock that belongs to it runs."""
    status = moment.claim.status
    runs = any(
        (deadline.effective_state or deadline.state) in _RUNS and status in clock(deadline.name).during
        for deadline in moment.plan.deadlines
    )
    return None if moment.plan.actions or not runs else _say("no_plan", status=status.label_text)


_RUNS = (DeadlineState.OPEN, DeadlineState.UNDETERMINED)


def protected_never_refunded(moment: Moment) -> Text | None:
    """A claim that says nothing came is never refunded by the seller while the label is claims-protected."""
    if not protected_order(moment.claim):
        return None
    refund = next((action for action in moment.plan.now if action.action is Action.REFUND_BUYER), None)
    return _say("protected_refund", step=refund.step) if refund else None


INVARIANTS: tuple[Invariant, ...] = (
    no_deadline_missed,
    no_refused_step,
    messages_keep_apart,
    nothing_once_settled,
    always_something_to_do,
    every_status_has_a_plan,
    protected_never_refunded,
)
"""What any policy is held to; `explore` adds two of whole stories: `honest_wait` and `comes_to_rest`."""


def _is_honest(action: PlannedAction, plan: Plan) -> bool:
    """Something to do now, an instant from which something is to be done, or a wait with an instant to look again."""
    if action.state is ActionState.NOW:
        return action.action is not Action.WAIT or (plan.look_again_at is not None and plan.look_again_at > plan.as_of)
    return action.state is ActionState.LATER and action.at is not None and action.at > plan.as_of


def _local(claim: Claim, at: datetime) -> str:
    return shown(at.astimezone(claim.order.zone))


def _say(code: str, **values: object) -> Text:
    return fill("atoz.testing", code, **values)


def words_of(wrong: Text | str) -> Text:
    """What an invariant says, in both languages; what one of your own says in one stands for both."""
    return wrong if isinstance(wrong, Text) else Text(en=wrong)
