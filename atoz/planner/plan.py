"""The plan: what an escalation policy says for a claim at an instant.

>>> from datetime import UTC, date, datetime
>>> from atoz.lifecycle.operations import open_claim
>>> from atoz.model.order import Order
>>> order = Order(order_id="123-1234567-1234567", marketplace="US",
...               placed_at=datetime(2016, 6, 1, 15, tzinfo=UTC), deliver_by=date(2016, 6, 10))
>>> claim = open_claim(order, reason="not_as_described", filed_at=datetime(2016, 6, 20, 16, tzinfo=UTC))
>>> for action in plan(claim, as_of=datetime(2016, 6, 21, 16, tzinfo=UTC)).actions:
...     print(action.state.value, action.step)
now first_message
later second_message
later answer_the_claim
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Literal

from pydantic import Field
from transitions import Machine

from atoz.lifecycle.attention import Attention
from atoz.lifecycle.operations import lapse_of
from atoz.model.arguments import check_claim
from atoz.model.citation import Confidence, Source
from atoz.model.claim import Claim, impossible_facts
from atoz.model.instant import instant_argument
from atoz.model.labels import NO_LABELS, Labels
from atoz.model.record import Document, Record
from atoz.model.status import ClaimStatus
from atoz.model.text import Text, fill, phrases
from atoz.planner.actions import Action
from atoz.planner.assessment import Assessment, assess
from atoz.planner.claim_facts import ClaimFacts
from atoz.planner.filing_notes import filing_notes
from atoz.planner.next_clock import NextClock, next_clocks
from atoz.planner.policy import Policy
from atoz.planner.policy_choice import chosen_policy
from atoz.planner.reading_notes import reading_notes
from atoz.planner.step_status import ActionState, StepStatus
from atoz.planner.timeliness import Timeliness, silence_decided
from atoz.rulebook.counted_history import CountedHistory
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.deadlines import Deadline
from atoz.rulebook.edition import Edition
from atoz.rulebook.explanation import shown
from atoz.rulebook.filing_window import FilingWindow, Verdict
from atoz.rulebook.odr_effect import OdrEffect, odr_effect_of


class PlannedAction(Record):
    """One thing to do, or done, or missed."""

    step: str = Field(description="The policy's step.")
    action: Action = Field(description="What to do.")
    state: ActionState = Field(description="Now, later, done or missed.")
    at: datetime | None = Field(description="From when it is to be done; for a step that is done, when it was.")
    due_at: datetime | None = Field(description="By when; none if nothing sets an end.")
    overdue: bool = Field(
        description="It can still be done, but the policy's own time, or one that a source states, is over."
    )
    waits_for: tuple[str, ...] = Field(description="Steps that have to be done first.")
    template: str | None = Field(description="The message template to use.")
    why: Text = Field(description="Why.")
    source: Source = Field(description="Whose advice or rule it follows.")
    confidence: Confidence = Field(description="How far that can be trusted.")

    def __str__(self) -> str:
        """One line: when, what, by when."""
        start = f" {_minute(self.at)}" if self.at and self.state is not ActionState.NOW else ""
        end = f", by {_minute(self.due_at)}" if self.due_at and self.state is not ActionState.DONE else ""
        return f"{self.state}{start}: {self.action} ({self.step}){end}{', overdue' if self.overdue else ''}"


class DoNot(Record):
    """One thing not to do."""

    id: str = Field(description="The policy's entry.")
    what: Text = Field(description="What not to do.")
    why: Text = Field(description="Why.")
    source: Source = Field(description="Whose advice or rule it follows.")
    confidence: Confidence = Field(description="How far that can be trusted.")


class Plan(Document):
    """What to do about one claim, at one instant, by one policy."""

    kind: Literal["plan"] = Field(default="plan", description="Says that this document is a plan.")
    order_id: str = Field(description="The claim's order.")
    status: ClaimStatus = Field(description="Where the claim stands.")
    attention: Attention = Field(description="Whose turn it is.")
    timeliness: Timeliness = Field(description="In time, late but still to be won, lost already, settled, or ahead.")
    policy: str = Field(description="The policy that was followed.")
    policy_fits: bool = Field(description="Whether the policy is written for what was in force on the filing day.")
    edition: str = Field(description="The edition that counted the deadlines.")
    as_of: datetime = Field(description="The instant that was asked about.")
    labels: Labels = Field(default=NO_LABELS, description="The labels of the order and of the claim.")
    actions: tuple[PlannedAction, ...] = Field(description="What to do: now, later, done, missed; most urgent first.")
    do_not: tuple[DoNot, ...] = Field(description="What not to do.")
    deadlines: tuple[Deadline, ...] = Field(description="Every deadline.")
    window: FilingWindow = Field(description="The filing window.")
    window_verdict: Verdict = Field(description="Whether it was filed in time: the verdict on the filing day.")
    contradictions: tuple[str, ...] = Field(
        default=(), description="Contradictions between sources that its dates depend on, by id."
    )
    odr: OdrEffect = Field(description="Whether the claim, as it stands, counts against the Order Defect Rate.")
    notes: tuple[Text, ...] = Field(description="What else to bear in mind.")
    next_clocks: tuple[NextClock, ...] = Field(
        default=(), description="What starts the seller's next clocks, and how long they will be; empty: nothing can."
    )
    act_by: datetime | None = Field(
        description="The earliest instant by which any rule that has to be reckoned with wants the seller to act."
    )
    in_force: tuple[str, ...] = Field(description="The editions in force in the marketplace on the filing day.")
    look_again_at: datetime | None = Field(
        description="When the plan may change; none once nothing is left to wait for."
    )

    def __str__(self) -> str:
        """Where the claim stands and by which rules, a line for each action, then the clocks to come; why is a field.

        >>> from datetime import UTC, datetime
        >>> from atoz.lifecycle.operations import open_claim
        >>> from atoz.model.order import Order
        >>> order = Order(order_id="123-1234567-1234567", marketplace="US",
        ...               placed_at=datetime(2016, 6, 1, 15, tzinfo=UTC))
        >>> filed_at = datetime(2016, 6, 20, 16, tzinfo=UTC)
        >>> print(plan(open_claim(order, reason="not_as_described", filed_at=filed_at), as_of=filed_at))
        123-1234567-1234567: under_review, action_required; policy faq-2016, edition faq-2016
        act by 2016-06-27 16:00 UTC
        now: wait (wait_for_amazon)
        later 2016-06-21 16:00 UTC: ask_for_withdrawal (first_message), by 2016-06-22 16:00 UTC
        later 2016-06-23 16:00 UTC: ask_for_evidence (second_message), by 2016-06-24 16:00 UTC
        later 2016-06-23 16:00 UTC: respond_to_amazon (answer_the_claim), by 2016-06-25 16:00 UTC
        next clock: answer_amazon: 7 calendar days from information_requested (faq-2016)
        next clock: appeal: undetermined, from granted_seller_funded
        """
        head = f"{self.order_id}: {self.status}, {self.attention}; policy {self.policy}, edition {self.edition}"
        until = [f"act by {_minute(self.act_by)}"] if self.act_by else []
        to_come = [f"next clock: {clock}" for clock in self.next_clocks]
        return "\n".join([head, *until, *map(str, self.actions), *to_come])

    @property
    def now(self) -> tuple[PlannedAction, ...]:
        """The actions to take now."""
        return tuple(planned for planned in self.actions if planned.state is ActionState.NOW)


def plan(
    claim: Claim,
    *,
    as_of: datetime,
    policy: str | Policy | None = None,
    pinned_only: bool = False,
    machine: Machine | None = None,
    editions: Iterable[Edition] = (),
) -> Plan:
    """What to do about a claim at an aware instant; the same input gives the same plan, byte for byte.

    Unless a policy is named, it follows the shipped one that is written for what was in force on the filing day.
    With `pinned_only` it counts by the claim's own edition and no other, as a what-if does, and looks again only when
    that changes what is to be done. Give your own `machine(...)` if it has other transitions: a step is planned where
    it has one for the event that completes it. `editions` are those of your own that the claim may name.

    Raises:
        UnknownName: no such policy, or there is no edition of the claim's id.
        EditionMissing: the claim names an edition of your own that was not passed, or whose text has changed.
        InvalidDocument: `as_of` is naive.
    """
    check_claim(claim)
    now = instant_argument("as_of", as_of)
    facts = ClaimFacts.of(CountedHistory.of(claim, editions), now, machine, pinned_only=pinned_only)
    return plan_of(facts, chosen_policy(claim, policy))


def plan_of(facts: ClaimFacts, chosen: Policy) -> Plan:
    """The same, from facts that have been read already."""
    claim, counted, pinned_only = facts.claim, facts.deadlines, facts.pinned_only
    assessed = assess(facts, chosen)
    return Plan(
        order_id=claim.order.order_id,
        status=claim.status,
        attention=facts.attention,
        timeliness=assessed.timeliness,
        policy=chosen.id,
        policy_fits=assessed.policy_fits,
        edition=facts.history.edition.reference,
        as_of=facts.now,
        labels=claim.all_labels,
        actions=tuple(map(_planned, assessed.statuses)),
        do_not=tuple(
            DoNot(id=entry.id, what=entry.what, why=entry.why, source=entry.source, confidence=entry.confidence)
            for entry in assessed.avoided
        ),
        deadlines=counted,
        window=facts.window,
        window_verdict=facts.window_verdict,
        contradictions=tuple(
            dict.fromkeys((*facts.window.contradictions, *(name for row in counted for name in row.contradictions)))
        ),
        odr=odr_effect_of(facts.history),
        notes=(*(() if pinned_only else reading_notes(facts, counted)), *_notes(assessed, facts)),
        next_clocks=next_clocks(facts),
        act_by=assessed.act_by,
        in_force=() if pinned_only else tuple(edition.reference for edition in facts.in_force),
        look_again_at=assessed.look_again_at,
    )


def _minute(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _planned(status: StepStatus) -> PlannedAction:
    step = status.step
    return PlannedAction(
        step=step.id,
        action=step.action,
        state=status.state,
        at=status.at,
        due_at=status.due_at,
        overdue=status.overdue and status.state is ActionState.NOW,
        waits_for=status.waits_for,
        template=step.template,
        why=step.why,
        source=step.source,
        confidence=step.confidence,
    )


def _notes(assessed: Assessment, facts: ClaimFacts) -> Iterator[Text]:
    """What the actions alone do not say: a window that was missed, a policy for other rules, a lapse by the clock."""
    claim, policy = facts.claim, assessed.policy
    if not assessed.policy_fits:
        editions = ", ".join(policy.editions)
        in_force = () if facts.pinned_only else tuple(edition.id for edition in facts.in_force)
        rules = ", ".join(in_force) or claim.edition
        yield fill("atoz.planner", "policy_not_for_edition", policy=policy.id, editions=editions, edition=rules)
    for fault in impossible_facts(claim):
        yield fill(
            "atoz.planner", "dates_disagree", path=fault.path, what=phrases("atoz.planner")[f"impossible_{fault.code}"]
        )
    if facts.now < claim.updated_at:
        yield fill("atoz.planner", "as_of_before_last_event", at=shown(claim.updated_at.astimezone(claim.order.zone)))
    yield from filing_notes(facts)
    answer = next(row for row in facts.deadlines if row.name is DeadlineName.ANSWER_AMAZON)
    if lapse_of(facts.history, answer, facts.now, machine=facts.machine) is not None:
        yield fill(
            "atoz.planner", "lapse_offered" if silence_decided(facts) else "lapse_by_pinned_only", edition=claim.edition
        )
