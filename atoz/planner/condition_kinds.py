"""The kinds of conditions that a policy can ask for: how each is tested, and what else follows from it.

A condition is more than its test. Loading a policy asks what it contradicts; a plan asks when time alone changes it;
the model checker asks whether it can hold again, and how little of a claim decides it from now on. A kind answers all
of these in one place; the table in `conditions.py` says of which kind each condition is.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, NamedTuple, TypeVar, cast

from atoz.errors import UnknownName
from atoz.model.events import EVENT_CLASSES
from atoz.model.money import Money
from atoz.planner.claim_facts import ClaimFacts, DeadlineOutlook
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.deadlines import DeadlineState
from atoz.rulebook.evidence_checklist import evidence_items

Asked = TypeVar("Asked")
"""What a policy writes for a condition: a bound, some statuses, yes or no."""


class Ahead(NamedTuple):
    """What lies between a claim and the statuses for which something is asked."""

    here: bool
    """Whether the claim is in one of them."""
    events: Mapping[str, int]
    """The fewest events of a kind on the way to one of them; kinds that need not come are left out."""


@dataclass(frozen=True, kw_only=True)
class Condition(Generic[Asked]):
    """One condition: its test, and everything that follows from it."""

    holds: Callable[[Asked, ClaimFacts], bool]
    """Whether the claim is as the policy asks."""
    constant: bool = False
    """Whether it asks for what never changes during a claim."""
    fact: str | None = None
    """The fact of the order or the claim that has to vary for the condition to be true and false."""
    examples: Callable[[Sequence[Asked]], Sequence[object]] = lambda _: ()
    """Values of that fact on every side of what is asked; instants and days as distances from the filing."""
    beside: str | None = None
    """The condition that it may contradict."""
    contradicts: Callable[[Asked, object], bool] = lambda _asked, _other: False
    """Whether no claim can meet both; the second value is what is asked for `beside`."""
    lost: Callable[[Asked, ClaimFacts, Ahead], bool] | None = None
    """Whether it can never hold again; none if it always can."""
    residue: Callable[[Sequence[Asked], ClaimFacts], object] = lambda _asked, _facts: None
    """As little of the claim as decides these values, now and after whatever may follow. The model checker keeps the
    status and every deadline whole, so that a condition on those leaves nothing to keep."""
    vocabulary: Callable[[], Collection[str]] | None = None
    """The ids of the evidence that it may ask for; none where its type says what it may ask."""
    compared: Callable[[ClaimFacts], datetime | None] = lambda _: None
    """An instant that the time of a later event is compared with."""
    thresholds: Callable[[Asked, ClaimFacts], Iterable[datetime]] | None = None
    """The instants, other than due ones, at which it changes by time alone; none if there are none."""


def one_of(
    read: Callable[[ClaimFacts], object], *, constant: str | None = None, examples: Sequence[object] = ()
) -> Condition[tuple[object, ...]]:
    """Whether what is read is one of the listed values; `constant` names the fact, if it is one that never changes."""
    return Condition(
        holds=lambda asked, facts: read(facts) in asked,
        constant=constant is not None,
        fact=constant,
        examples=lambda _: examples,
    )


def detail_is() -> Condition[tuple[object, ...]]:
    """Whether the detail of the reason is one of the listed ones, each of which belongs to one reason."""
    return Condition(
        holds=lambda asked, facts: facts.claim.detail in asked,
        constant=True,
        fact="detail",
        examples=lambda asked: sorted({detail for details in asked for detail in details}, key=str),
        beside="reason",
        contradicts=lambda details, reasons: (
            isinstance(reasons, tuple) and not any(getattr(detail, "reason", None) in reasons for detail in details)
        ),
    )


def detail_is_not() -> Condition[tuple[object, ...]]:
    """Whether the detail of the reason is none of the listed ones; one that is not known is none of them."""
    return Condition(
        holds=lambda asked, facts: facts.claim.detail not in asked,
        constant=True,
        fact="detail",
        examples=lambda asked: sorted({detail for details in asked for detail in details}, key=str),
        beside="detail",
        contradicts=lambda unwanted, details: (
            isinstance(details, tuple) and set(cast("tuple[object, ...]", details)) <= set(unwanted)
        ),
    )


def at_least(kind: str) -> Condition[int]:
    """Whether there are so many events of a kind since the filing; more never undo it."""
    _check_kind(kind)
    return Condition(
        holds=lambda asked, facts: facts.history.since_filing(kind) >= asked,
        residue=lambda asked, facts: min(facts.history.since_filing(kind), max(asked)),
    )


def at_most(kind: str, *, beside: str) -> Condition[int]:
    """Whether there are no more events of a kind since the filing; once there are, it never holds again."""
    _check_kind(kind)
    return Condition(
        holds=lambda asked, facts: facts.history.since_filing(kind) <= asked,
        beside=beside,
        contradicts=lambda most, least: isinstance(least, int) and least > most,
        lost=lambda asked, facts, ahead: facts.history.since_filing(kind) + ahead.events.get(kind, 0) > asked,
        residue=lambda asked, facts: min(facts.history.since_filing(kind), max(asked) + 1),
    )


def happened(kind: str) -> Condition[bool]:
    """Whether an event of a kind has happened since the filing; once it has, that stays so."""
    _check_kind(kind)
    return Condition(
        holds=lambda asked, facts: (facts.history.since_filing(kind) > 0) is asked,
        lost=lambda asked, facts, _: not asked and facts.history.since_filing(kind) > 0,
        residue=lambda _, facts: facts.history.since_filing(kind) > 0,
    )


def _check_kind(kind: str) -> None:
    """Refuse a kind of event that there is not: a condition on it would count nothing, without a word."""
    if kind not in EVENT_CLASSES:
        raise UnknownName.with_suggestions("event", kind, EVENT_CLASSES)


def evidence_held() -> Condition[tuple[str, ...]]:
    """Whether all of this evidence is in hand; what is in hand stays there."""
    return Condition(
        holds=lambda asked, facts: facts.history.evidence.issuperset(asked), vocabulary=_evidence_ids, residue=_held
    )


def evidence_lacking(*, beside: str) -> Condition[tuple[str, ...]]:
    """Whether none of this evidence is in hand."""
    return Condition(
        holds=lambda asked, facts: facts.history.evidence.isdisjoint(asked),
        vocabulary=_evidence_ids,
        beside=beside,
        contradicts=lambda lacking, held: (
            isinstance(held, tuple) and not set(lacking).isdisjoint(cast("tuple[object, ...]", held))
        ),
        lost=lambda asked, facts, _: not facts.history.evidence.isdisjoint(asked),
        residue=_held,
    )


def _evidence_ids() -> tuple[str, ...]:
    """The ids of the evidence checklist: a policy and a checklist call one thing by one name."""
    return tuple(item.id for item in evidence_items())


def _held(asked: Sequence[tuple[str, ...]], facts: ClaimFacts) -> frozenset[str]:
    return facts.history.evidence & {name for names in asked for name in names}


def amount_at_least() -> Condition[Money]:
    """Whether the amount reaches a bound; one that is unknown, or in another currency, cannot be compared."""
    return Condition(
        holds=lambda asked, facts: _not_above(asked, facts.claim.amount),
        constant=True,
        fact="amount",
        examples=_around,
    )


def amount_at_most(*, beside: str) -> Condition[Money]:
    """Whether the amount stays within a bound."""
    return Condition(
        holds=lambda asked, facts: _not_above(facts.claim.amount, asked),
        constant=True,
        fact="amount",
        examples=_around,
        beside=beside,
        contradicts=lambda most, least: isinstance(least, Money) and not _not_above(least, most),
    )


def _not_above(lower: Money | None, upper: Money | None) -> bool:
    return lower is not None and upper is not None and lower.currency == upper.currency and lower.value <= upper.value


def _around(bounds: Sequence[Money]) -> tuple[Money | None, ...]:
    """An unknown amount, and for each bound the amounts around it."""
    cents = [(bound, Money.parse(f"0.01 {bound.currency}")) for bound in sorted(bounds, key=str)]
    around = (amount for bound, cent in cents for amount in (bound - cent, bound, bound + cent))
    return (None, *dict.fromkeys(around))


def delivered() -> Condition[bool]:
    """Whether a delivery scan is on record."""
    return Condition(
        holds=lambda asked, facts: (facts.claim.order.delivered_at is not None) is asked,
        constant=True,
        fact="delivered_at",
        examples=lambda _: (None, timedelta(days=-2)),
    )


def delivered_after_decision() -> Condition[bool]:
    """Whether the delivery scan is later than the event that brought the present status."""
    return Condition(
        holds=lambda asked, facts: _late_scan(facts) is asked,
        fact="delivered_at",
        examples=lambda _: (None, timedelta(days=-2), timedelta(days=1)),
        lost=_never_late,
        residue=lambda _, facts: _late_scan(facts),
        compared=lambda facts: facts.claim.order.delivered_at,
    )


def _late_scan(facts: ClaimFacts) -> bool:
    scan = facts.claim.order.delivered_at
    return scan is not None and scan > facts.history.decision.event.at


def _never_late(asked: bool, facts: ClaimFacts, ahead: Ahead) -> bool:  # noqa: FBT001  (what the policy asks)
    """A scan before the present decision lies before every later one, too."""
    scan = facts.claim.order.delivered_at
    decided = facts.history.decision.event.at if ahead.here else facts.claim.updated_at
    return asked and (scan is None or scan <= decided)


def deadline_states() -> Condition[Mapping[DeadlineName, tuple[DeadlineState, ...]]]:
    """Whether each named deadline is in one of the states listed for it; no state at all is a contradiction."""
    return Condition(
        holds=lambda asked, facts: all(facts.deadline(name).state in states for name, states in asked.items()),
        beside="deadlines",
        contradicts=lambda asked, _: not all(asked.values()),
    )


def hours_left() -> Condition[Mapping[DeadlineName, int]]:
    """Whether each named deadline is open and due within so many hours, by the soonest rule to reckon with."""
    return Condition(
        holds=lambda asked, facts: all(
            _due_within(hours, facts.deadline(name), facts.now) for name, hours in asked.items()
        ),
        thresholds=lambda asked, facts: (
            due_at - timedelta(hours=hours)
            for name, hours in asked.items()
            if (due_at := _open_until(facts.deadline(name))) is not None
        ),
    )


def _due_within(hours: int, deadline: DeadlineOutlook, now: datetime) -> bool:
    due_at = _open_until(deadline)
    return due_at is not None and due_at - now <= timedelta(hours=hours)


def _open_until(deadline: DeadlineOutlook) -> datetime | None:
    return deadline.due_at if deadline.state is DeadlineState.OPEN else None
