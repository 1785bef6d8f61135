"""The conditions of a policy, as one table: a field of `When` is a row, and its kind says all that follows from it.

To add a condition, add a row: its name and type, its kind (`condition_kinds.py`), how it is validated, and a sentence.
Plans, the checks on loading, the model checker and its initial claims read the row; nothing else has to change.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, NamedTuple, cast

from pydantic import Field

from atoz.errors import nearest_names
from atoz.lifecycle.attention import Attention
from atoz.model.money import Money
from atoz.model.order import Fulfilment, TriState
from atoz.model.reason import ClaimReason, ReasonDetail
from atoz.model.record import Record
from atoz.model.status import ClaimStatus
from atoz.planner import condition_kinds as kinds
from atoz.planner.claim_facts import ClaimFacts
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.deadlines import DeadlineState
from atoz.rulebook.filing_window import Verdict

_PROMISES = (timedelta(days=-10), timedelta(days=60), timedelta(days=-200), None)
"""Latest delivery days, as distances from the filing, that put it inside, before, after and nowhere in its window."""


Hours = Annotated[int, Field(ge=0)]


class When(Record):
    """What must hold for a step; whatever is left out does not matter, everything that is named must hold."""

    status: Annotated[tuple[ClaimStatus, ...] | None, kinds.one_of(lambda facts: facts.claim.status)] = Field(
        default=None, min_length=1, description="One of these statuses."
    )
    reason: Annotated[
        tuple[ClaimReason, ...] | None,
        kinds.one_of(lambda facts: facts.claim.reason, constant="reason", examples=tuple(ClaimReason)),
    ] = Field(default=None, min_length=1, description="One of these reasons.")
    detail: Annotated[tuple[ReasonDetail, ...] | None, kinds.detail_is()] = Field(
        default=None, min_length=1, description="One of these details."
    )
    detail_not: Annotated[tuple[ReasonDetail, ...] | None, kinds.detail_is_not()] = Field(
        default=None, min_length=1, description="None of these details; one that is not known is none of them."
    )
    fulfilment: Annotated[
        tuple[Fulfilment, ...] | None,
        kinds.one_of(lambda facts: facts.claim.order.fulfilment, constant="fulfilment", examples=tuple(Fulfilment)),
    ] = Field(default=None, min_length=1, description="Who ships.")
    claims_protected: Annotated[
        tuple[TriState, ...] | None,
        kinds.one_of(
            lambda facts: facts.claim.order.claims_protected, constant="claims_protected", examples=tuple(TriState)
        ),
    ] = Field(default=None, min_length=1, description="The label's protection.")
    amount_at_least: Annotated[Money | None, kinds.amount_at_least()] = Field(
        default=None, description="The claim's amount is known, and at least this."
    )
    amount_at_most: Annotated[Money | None, kinds.amount_at_most(beside="amount_at_least")] = Field(
        default=None, description="The claim's amount is known, and at most this."
    )
    messages_at_least: Annotated[int | None, kinds.at_least("seller_messaged")] = Field(
        default=None, ge=0, description="Messages sent to the buyer since filing."
    )
    messages_at_most: Annotated[int | None, kinds.at_most("seller_messaged", beside="messages_at_least")] = Field(
        default=None, ge=0, description="Messages sent to the buyer since filing."
    )
    appeals_at_most: Annotated[int | None, kinds.at_most("seller_appealed", beside="appeals_at_least")] = Field(
        default=None, ge=0, description="Appeals made by the seller so far."
    )
    appeals_at_least: Annotated[int | None, kinds.at_least("seller_appealed")] = Field(
        default=None, ge=0, description="Appeals made by the seller so far."
    )
    evidence_held: Annotated[tuple[str, ...] | None, kinds.evidence_held()] = Field(
        default=None, min_length=1, description="All of this is in hand."
    )
    evidence_lacking: Annotated[tuple[str, ...] | None, kinds.evidence_lacking(beside="evidence_held")] = Field(
        default=None, min_length=1, description="None of this is in hand."
    )
    attention: Annotated[tuple[Attention, ...] | None, kinds.one_of(lambda facts: facts.attention)] = Field(
        default=None, min_length=1, description="Whose turn it is."
    )
    asked_by_amazon: Annotated[bool | None, kinds.happened("information_requested")] = Field(
        default=None, description="Amazon has asked for information."
    )
    buyer_wrote: Annotated[bool | None, kinds.happened("buyer_messaged")] = Field(
        default=None, description="The buyer has written since the claim was filed."
    )
    buyer_messages_at_least: Annotated[int | None, kinds.at_least("buyer_messaged")] = Field(
        default=None, ge=0, description="Messages from the buyer since filing."
    )
    delivered: Annotated[bool | None, kinds.delivered()] = Field(
        default=None, description="A delivery scan is on record."
    )
    delivered_after_decision: Annotated[bool | None, kinds.delivered_after_decision()] = Field(
        default=None, description="A delivery scan is on record, later than the present status was entered."
    )
    window: Annotated[
        tuple[Verdict, ...] | None,
        kinds.one_of(lambda facts: facts.window_verdict, constant="deliver_by", examples=_PROMISES),
    ] = Field(default=None, min_length=1, description="The verdict on the filing day.")
    deadlines: Annotated[dict[DeadlineName, tuple[DeadlineState, ...]], kinds.deadline_states()] = Field(
        default_factory=dict[DeadlineName, tuple[DeadlineState, ...]],
        description="The states that deadlines must be in.",
    )
    hours_left_at_most: Annotated[dict[DeadlineName, Hours], kinds.hours_left()] = Field(
        default_factory=dict[DeadlineName, Hours], description="Open deadlines that are due within so many hours."
    )

    def matches(self, facts: ClaimFacts) -> bool:
        """Whether everything that is named holds."""
        for name, condition in CONDITIONS.items():  # a plain loop: no part of a plan is busier
            asked = getattr(self, name)
            if asked is not None and asked != {} and not condition.holds(asked, facts):
                return False
        return True

    def named(self) -> Iterator["NamedCondition"]:
        """What is named, in the order of the table."""
        for name, condition in CONDITIONS.items():
            asked = getattr(self, name)
            if asked is not None and asked != {}:
                yield NamedCondition(name, condition, asked)


class NamedCondition(NamedTuple):
    """A condition that a policy names, and what it asks."""

    name: str
    condition: kinds.Condition[object]
    asked: object


def condition_table(record: type[Record]) -> dict[str, kinds.Condition[object]]:
    """The conditions that the fields of a record are, by name.

    Raises:
        TypeError: a condition is compared with one that the table does not have, so that nothing would contradict it.
    """
    table = {
        name: cast("kinds.Condition[object]", row)
        for name, field in record.model_fields.items()
        for row in field.metadata
        if isinstance(row, kinds.Condition)
    }
    for name, row in table.items():
        if row.beside is not None and row.beside not in table:
            near = "; ".join(nearest_names(row.beside, table) or table)
            message = f"{name}: there is no condition {row.beside!r} to stand beside it; name one of the table: {near}"
            raise TypeError(message)
    return table


CONDITIONS = condition_table(When)
"""Every condition by its name."""

_TIMED = {name: row.thresholds for name, row in CONDITIONS.items() if row.thresholds}


def thresholds(when: When, facts: ClaimFacts) -> Iterator[datetime]:
    """The instants, other than due ones, at which what is named changes by time alone."""
    for name, instants in _TIMED.items():
        asked = getattr(when, name)
        if asked:
            yield from instants(asked, facts)
