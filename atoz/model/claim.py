"""A claim: an order, a reason, and everything that happened, in order."""

import itertools
from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal, LiteralString

from pydantic import Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from atoz.errors import Fault
from atoz.model.events import EVENT_CLASSES, EVENTS_WITH_AMOUNT, AnyEvent, Event, Filed, Observed, status_after
from atoz.model.labels import NO_LABELS, Labels
from atoz.model.money import Payment
from atoz.model.order import RETURN_FACTS, Order
from atoz.model.reason import ClaimReason, ReasonDetail
from atoz.model.record import Document, FreeText, Record, is_mapping, is_sequence
from atoz.model.status import ClaimStatus

EditionId = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9.-]*$", max_length=60)]
"""A pydantic field type: the id of an edition of the rules, such as `faq-2016`."""
EditionReference = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9.-]*(@[0-9a-f]{16})?$", max_length=80)]
"""A pydantic field type: an edition of the rules as a document names it.

An edition that ships with atoz goes by its id. One of your own goes by its id and a hash of its content, such as
`my-rules@53fe1a0c9d27b84e`, so that a document says by which text it was counted.
"""


class StruckOut(Record):
    """An event that turned out wrong: kept, and counted for nothing."""

    event: AnyEvent = Field(description="The event.")
    reason: FreeText = Field(min_length=1, max_length=4000, description="Why it was struck out.")


class Claim(Document):
    """One A-to-z Guarantee claim, frozen; its status always agrees with its history.

    Make one with `atoz.open_claim`, move it with `atoz.apply`: both check the rules. The constructor
    checks what a document can be checked for alone: order in time, currency, and status against history.
    """

    kind: Literal["claim"] = Field(default="claim", description="Says that this document is a claim.")
    order: Order = Field(description="The order that the claim is about.")
    reason: ClaimReason = Field(description="Why the buyer claims.")
    detail: ReasonDetail | None = Field(default=None, description="What exactly is disputed, if it is known.")
    platform_words: FreeText = Field(
        default="", max_length=4000, description="The platform's own words for the reason."
    )
    amount: Payment | None = Field(default=None, description="What the buyer asks for, if it is known.")
    edition: EditionReference = Field(
        default="faq-2016",
        description="Edition of the rules that counts its deadlines: its id; one of your own as id@hash.",
    )
    window_edition: EditionReference | None = Field(
        default=None,
        description="Edition that counts its filing window, where it differs (in-force: by the order day).",
    )
    history: tuple[AnyEvent, ...] = Field(min_length=1, description="Everything that happened, earliest first.")
    struck_out: tuple[StruckOut, ...] = Field(
        default=(), description="Events that turned out wrong, in the order in which they were struck out."
    )
    labels: Labels = Field(default=NO_LABELS, description="Your own words: account, store, your ids.")
    status: ClaimStatus = Field(
        default_factory=lambda: ClaimStatus.UNDER_REVIEW,  # never used: what is left out is taken from the history
        description="Where the claim stands; taken from the history when it is left out.",
    )

    @model_validator(mode="before")
    @classmethod
    def _status_from_history(cls, data: object) -> object:
        """Fill a missing status in, so that hand-written documents need not repeat the history."""
        if not is_mapping(data) or "status" in data:
            return data
        return {**data, "status": _last_status(data.get("history"))}

    @model_validator(mode="after")
    def _consistent(self) -> "Claim":
        faults = list(self._faults())
        if faults:
            raise ValidationError.from_exception_data("Claim", faults)
        return self

    def _faults(self) -> Iterator[InitErrorDetails]:
        if self.detail is not None and self.detail not in self.reason.details:
            yield _fault(
                ("detail",), "wrong_detail", f"{self.detail} belongs to {self.detail.reason}, not to {self.reason}"
            )
        yield from _currency_faults(self)
        yield from _history_faults(self.history)
        after = [status for status in map(status_after, self.history) if status is not None]
        if after and after[-1] is not self.status:
            yield _fault(
                ("status",), "status_disagrees", f"the status says {self.status}, the history ends in {after[-1]}"
            )

    def __str__(self) -> str:
        """One line: which order, which status, how much has happened."""
        count = len(self.history)
        return f"claim on order {self.order.order_id}: {self.status}, events: {count}, edition {self.edition}"

    @property
    def all_labels(self) -> Labels:
        """The labels of the order and of the claim; of one name the claim's counts."""
        return Labels({**self.order.labels, **self.labels})

    @property
    def filed_at(self) -> datetime | None:
        """When the claim was filed; none if it entered by observation alone."""
        return next((event.at for event in self.history if isinstance(event, Filed)), None)

    @property
    def updated_at(self) -> datetime:
        """When the last event happened."""
        return self.history[-1].at


class ImpossibleFact(StrEnum):
    """What cannot have been before the order was placed, or before a return was asked for."""

    PROMISED = "promised_before_order"
    DELIVERED = "delivered_before_order"
    RETURNED = "returned_before_order"
    BEFORE_REQUEST = "before_return_request"
    FILED = "filed_before_order"
    DECIDED = "decided_before_order"


def impossible_facts(claim: Claim) -> tuple[Fault, ...]:
    """What cannot be true together: promised, delivered, returned, filed or decided before the order was placed.

    Nor can a return be authorised, labelled or received before it was asked for. `atoz.open_claim` and `atoz.record`
    refuse it; a document that is loaded says what it says, and its plan names it.
    """
    order = claim.order
    instants = [
        (f"history.{place}.at", ImpossibleFact.FILED if isinstance(event, Filed) else ImpossibleFact.DECIDED, event.at)
        for place, event in enumerate(claim.history)
        if status_after(event) is not None
    ]
    return (
        *impossible_order_facts(order, path="order."),
        *(_too_early(path, fact, at, order) for path, fact, at in instants if at < order.placed_at),
    )


def impossible_order_facts(order: Order, *, path: str = "") -> tuple[Fault, ...]:
    """What of an order cannot be true together; `path` is where the order stands in its document."""
    faults: list[Fault] = []
    if order.deliver_by is not None and order.deliver_by < order.placed_on:
        faults.append(_too_early(f"{path}deliver_by", ImpossibleFact.PROMISED, order.deliver_by, order))
    if order.delivered_at is not None and order.delivered_at < order.placed_at:
        faults.append(_too_early(f"{path}delivered_at", ImpossibleFact.DELIVERED, order.delivered_at, order))
    requested = order.return_requested_at
    for name in RETURN_FACTS:
        at: datetime | None = getattr(order, name)
        if at is None:
            continue
        if at < order.placed_at:
            faults.append(_too_early(f"{path}{name}", ImpossibleFact.RETURNED, at, order))
        elif requested is not None and at < requested and name != "return_refunded_at":
            asked = f"{at.isoformat()} lies before the return was asked for, {requested.isoformat()}"
            faults.append(Fault(f"{path}{name}", ImpossibleFact.BEFORE_REQUEST.value, asked))
    return tuple(faults)


def _too_early(path: str, fact: ImpossibleFact, at: date, order: Order) -> Fault:
    placed = order.placed_at.isoformat()
    return Fault(path, fact.value, f"{at.isoformat()} lies before the order was placed, {placed}")


def history_faults(claim: Claim) -> tuple[Fault, ...]:
    """What is wrong with the order of a claim's history, its beginning included."""
    return tuple(
        Fault(".".join(map(str, fault["loc"])), fault["type"].type, fault["type"].message())
        for fault in _history_faults(claim.history)
        if "loc" in fault and isinstance(fault["type"], PydanticCustomError)
    )


def currency_fault(order: Order, event: AnyEvent) -> str | None:
    """What is wrong with an event's currency, or none."""
    if not isinstance(event, EVENTS_WITH_AMOUNT) or event.amount is None or event.amount.currency == order.currency:
        return None
    return f"{event.amount} is not in the order's currency, {order.currency}"


def _currency_faults(claim: Claim) -> Iterator[InitErrorDetails]:
    if claim.amount is not None and claim.amount.currency != claim.order.currency:
        wrong = f"{claim.amount} is not in the order's currency, {claim.order.currency}"
        yield _fault(("amount", "currency"), "wrong_currency", wrong)
    for index, event in enumerate(claim.history):
        message = currency_fault(claim.order, event)
        if message is not None:
            yield _fault(("history", index, "amount", "currency"), "wrong_currency", message)


def _history_faults(history: tuple[AnyEvent, ...]) -> Iterator[InitErrorDetails]:
    for index, (before, event) in enumerate(itertools.pairwise(history), start=1):
        if event.at < before.at:
            message = f"{event.kind} at {event.at.isoformat()} comes after {before.kind} at {before.at.isoformat()}"
            yield _fault(("history", index, "at"), "out_of_order", message)
    moving = [(index, event) for index, event in enumerate(history) if status_after(event) is not None]
    if not moving or not isinstance(moving[0][1], (Filed, Observed)):
        yield _fault(
            ("history",), "no_beginning", "a history begins with filed, or with observed where that is unknown"
        )
    for index, event in moving[1:]:
        if isinstance(event, Filed):
            yield _fault(("history", index), "filed_twice", "a claim is filed once, before its status changes")


def _last_status(history: object) -> object:
    """The status that raw events end in; `under_review` where they are too odd to tell, which their own faults say."""
    status: object = ClaimStatus.UNDER_REVIEW
    for event in history if is_sequence(history) else ():
        facts = event if is_mapping(event) else vars(event) if isinstance(event, Event) else {}
        leads_to = EVENT_CLASSES[kind].leads_to if (kind := str(facts.get("kind"))) in EVENT_CLASSES else None
        seen = facts.get("status") if kind == "observed" else leads_to
        status = seen if isinstance(seen, str) and seen in _STATUSES else status
    return status


_STATUSES = frozenset(ClaimStatus)


def _fault(loc: tuple[str | int, ...], code: LiteralString, message: str) -> InitErrorDetails:
    return InitErrorDetails(type=PydanticCustomError(code, "{message}", {"message": message}), loc=loc, input=None)
