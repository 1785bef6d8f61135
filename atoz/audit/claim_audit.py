"""Audit: hold what was really done against what a policy advised at each moment that really came.

>>> from datetime import timedelta
>>> from atoz.events import SellerRefunded
>>> from atoz.testing.builders import a_claim
>>> claim = a_claim(edition="us-2026")
>>> refunded = a_claim(edition="us-2026", events=[SellerRefunded(at=claim.updated_at + timedelta(hours=5))])
>>> [(row.kind.value, row.name) for row in audit(refunded, as_of=refunded.updated_at).departures]
[('not_advised', 'seller_refunded')]
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from atoz.audit.advice import Advice, Stretch, stretches
from atoz.audit.audit_result import AdvisedStep, Audit, AuditedEvent, Departure, DepartureKind, StepResult
from atoz.audit.deadline_outcomes import deadline_outcomes
from atoz.lifecycle.refund_bearer import paid_by
from atoz.model.arguments import check_claim
from atoz.model.claim import Claim
from atoz.model.events import EVENTS_WITH_AMOUNT, Actor, AnyEvent
from atoz.model.history import History
from atoz.model.instant import instant_argument
from atoz.model.money import Money
from atoz.planner.actions import COMPLETED_BY, Action
from atoz.planner.claim_facts import ClaimFacts
from atoz.planner.policy import Policy
from atoz.planner.policy_choice import chosen_policy
from atoz.planner.step_status import ActionState, firm_due_at, free_to_write_at, last_done
from atoz.rulebook.edition import Edition, passed_editions
from atoz.rulebook.odr_effect import odr_effect_of


def audit(
    claim: Claim,
    policy: Policy | str | None = None,
    *,
    as_of: datetime,
    pinned_only: bool = False,
    editions: Iterable[Edition] = (),
) -> Audit:
    """Where a real history left a policy, and which deadlines were met or missed, until an aware instant.

    Unless a policy is named, it is the shipped one that is written for what was in force on the filing day. Events
    after `as_of` are left out. With `pinned_only` the claim's own edition alone counts, as in a what-if. `editions`
    are those of your own that the claim may name.

    Raises:
        UnknownName: no such policy, or there is no edition of the claim's id.
        EditionMissing: the claim names an edition of your own that was not passed, or whose text has changed.
        InvalidDocument: `as_of` is naive, or lies before the claim began.
    """
    check_claim(claim)
    end, chosen = instant_argument("as_of", as_of), chosen_policy(claim, policy)
    parts = tuple(stretches(claim, chosen, passed_editions(editions), as_of=end, pinned_only=pinned_only))
    last = parts[-1].last
    steps = tuple(_steps(chosen, parts))
    events = tuple(_events(chosen, parts))
    departures = (*_omissions(steps), *(row for pair in pairwise(parts) for row in _deeds(chosen, *pair)))
    return Audit(
        order_id=claim.order.order_id,
        marketplace=claim.order.marketplace,
        status=last.facts.claim.status,
        policy=chosen.id,
        policy_fits=last.assessed.policy_fits,
        edition=last.facts.history.edition.reference,
        as_of=end,
        labels=claim.all_labels,
        paid_by=paid_by(last.facts.claim.status),
        amount=decided_amount(last.facts.history),
        counts_against_odr=odr_effect_of(last.facts.history).counts,
        events=events,
        steps=steps,
        deadlines=deadline_outcomes(parts),
        departures=tuple(sorted(departures, key=lambda row: row.at)),
    )


def decided_amount(history: History) -> Money | None:
    """What the decision that a claim stands on says was paid, else what the claim asks for."""
    event = history.decision.event
    decided = event.amount if isinstance(event, EVENTS_WITH_AMOUNT) else None
    return decided or history.claim.amount


def _events(policy: Policy, parts: tuple[Stretch, ...]) -> Iterator[AuditedEvent]:
    """Every event with what was advised right before it; before the first nothing was."""
    before: Advice | None = None
    for part in parts:
        event = part.entry.event
        yield AuditedEvent(
            at=event.at,
            event=event.kind,
            actor=event.actor,
            advised=tuple(status.step.id for status in before.to_do) if before else (),
            completed=_completed(policy, part),
        )
        before = part.last


def _completed(policy: Policy, part: Stretch) -> tuple[str, ...]:
    """The steps that the event of a stretch did, by the planner's own rule."""
    facts, place = part.advice[0].facts, part.entry.place
    done = ((step.id, last_done(step, facts)) for step in policy.steps)
    return tuple(step for step, moment in done if moment is not None and moment.place == place)


@dataclass
class _Advised:
    """A step while it is advised."""

    action: Action
    since: datetime
    due_at: datetime | None = None

    def ended(self, step: str, result: StepResult, done_at: datetime | None = None) -> AdvisedStep:
        """The record of it."""
        return AdvisedStep(
            step=step,
            action=self.action,
            result=result,
            advised_at=self.since,
            due_at=self.due_at,
            done_at=done_at,
        )

    def is_over(self, now: datetime) -> bool:
        """Whether its time is over: on the due instant it can still be done."""
        return self.due_at is not None and now > self.due_at


def _steps(policy: Policy, parts: tuple[Stretch, ...]) -> Iterator[AdvisedStep]:
    """Every step from when it is advised until it is done, missed or no longer advised.

    A step that has to wait again, as a message for the cadence, is the same step still.
    """
    running: dict[str, _Advised] = {}
    for part in parts:
        at = part.entry.event.at
        for step in _completed(policy, part):
            if advised := running.pop(step, None):
                yield advised.ended(step, StepResult.LATE if advised.is_over(at) else StepResult.DONE, at)
        for advice in part.advice:
            now, states = advice.facts.now, {row.step.id: row.state for row in advice.assessed.statuses}
            for step in [step for step in running if states.get(step) not in (ActionState.NOW, ActionState.LATER)]:
                advised = running.pop(step)
                over = advised.is_over(now) or states.get(step) is ActionState.MISSED
                yield advised.ended(step, StepResult.MISSED if over else StepResult.OVERTAKEN)
            for status in advice.to_do:
                step, due_at = status.step.id, firm_due_at(status.step, advice.facts)
                advised = running.setdefault(step, _Advised(status.step.action, now))
                if due_at and due_at > now and advised.is_over(now):  # asked anew, after the first time was let pass
                    yield advised.ended(step, StepResult.MISSED)
                    advised = running[step] = _Advised(status.step.action, now)
                # an end that was said stays one, also where the rule lets the step drop once it is past
                advised.due_at = due_at or advised.due_at
    end = parts[-1].last.facts.now
    for step, advised in running.items():
        yield advised.ended(step, StepResult.MISSED if advised.is_over(end) else StepResult.OPEN)


def _omissions(steps: Iterable[AdvisedStep]) -> Iterator[Departure]:
    """What was done late, or not at all: the policy was left when it became due."""
    for step in steps:
        if step.result is StepResult.LATE and step.due_at and step.done_at:
            late = step.done_at - step.due_at
            yield Departure(kind=DepartureKind.LATE, at=step.due_at, name=step.step, by=late)
        elif step.result is StepResult.MISSED:
            yield Departure(kind=DepartureKind.MISSED, at=step.due_at or step.advised_at, name=step.step)


_BINDS_NOBODY = ("evidence_added", "nothing_asked")
"""Kinds of events that no policy has to advise: to keep a paper, or to look once more, is never wrong."""


def _deeds(policy: Policy, before: Stretch, part: Stretch) -> Iterator[Departure]:
    """What the seller did otherwise than advised right before: forbidden, too close, else early or not advised."""
    event, (facts, assessed) = part.entry.event, before.last
    if event.actor is not Actor.SELLER or event.kind == "observed":
        return
    forbidden = [entry.id for entry in assessed.avoided if entry.forbids(event)]
    for name in forbidden:
        yield Departure(kind=DepartureKind.FORBIDDEN, at=event.at, name=name, event=event.kind)
    planned = [status for status in assessed.statuses if _does(event, status.step.action)]
    if event.kind in _BINDS_NOBODY or any(status.state is ActionState.NOW for status in planned):
        return
    free_at = _free_at(policy, event, facts)
    later = next((status for status in planned if status.state is ActionState.LATER), None)
    if free_at is not None:
        early = free_at - event.at
        yield Departure(kind=DepartureKind.TOO_CLOSE, at=event.at, name=event.kind, event=event.kind, by=early)
    elif later is not None:
        gap = later.at - event.at if later.at and later.at > event.at else None
        yield Departure(kind=DepartureKind.EARLY, at=event.at, name=later.step.id, event=event.kind, by=gap)
    elif not forbidden:
        yield Departure(kind=DepartureKind.NOT_ADVISED, at=event.at, name=event.kind, event=event.kind)


def _does(event: AnyEvent, action: Action) -> bool:
    completion = COMPLETED_BY[action]
    return completion is not None and completion.matches(event)


def _free_at(policy: Policy, event: AnyEvent, facts: ClaimFacts) -> datetime | None:
    """From when on the cadence would have allowed a message that came sooner."""
    free_at = free_to_write_at(policy, facts) if event.kind == "seller_messaged" else None
    return free_at if free_at is not None and event.at < free_at else None
