"""Events that observations speak for, before they are held against the claim."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from atoz.model.citation import Confidence
from atoz.model.claim import Claim
from atoz.model.events import (
    AnyEvent,
    Filed,
    GrantedSellerFunded,
    LearntFrom,
    Observed,
    OrderCancelled,
    SellerRefunded,
    status_after,
)
from atoz.model.intervals import interval
from atoz.model.money import Money
from atoz.model.order import TriState
from atoz.model.status import ClaimStatus
from atoz.model.text import Text
from atoz.rulebook.date_arithmetic import add_to_instant
from atoz.rulebook.deadline_basis import deadline_rule
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.edition import Edition
from atoz.sources.notices.notice_record import Notice
from atoz.sources.notices.quoting import Route
from atoz.sources.reconciliation.suggestions import Evidence, Strength, conflict, strong_evidence
from atoz.sources.sp_api.order_snapshot import OrderState, OrderStatus
from atoz.sources.transactions.transaction import System, Transaction, TransactionType


class Candidate(NamedTuple):
    """An event, the observation behind it, and what speaks against it."""

    event: AnyEvent
    evidence: Evidence
    conflicts: tuple[Text, ...] = ()


def notice_candidates(notices: Iterable[Notice], claim: Claim, edition: Edition) -> Iterator[Candidate]:
    """What notices say happened.

    A forwarded notice without a date of its own is placed at the earliest time that it can have been sent: when the
    claim took the status that it has.
    """
    for notice in notices:
        if not notice.is_news:
            continue
        trusted = notice.by_header and notice.from_amazon is TriState.YES and notice.route is Route.DIRECT
        evidence = Evidence(
            kind="notice",
            system="notice",
            key=notice.source.key,
            at=notice.sent_at,
            strength=Strength.FAIR if trusted else Strength.WEAK,
            says=f"a notice, {notice.route}; its headers can be forged",
        )
        if notice.sent_at is not None:
            conflicts = _later_than_rule(notice, claim, edition)
            yield from (Candidate(event, evidence, conflicts) for event in notice.events())
        elif notice.sent_before is not None:
            earliest = _last_status_change(claim)
            words = (conflict("date_unknown", at=notice.sent_before.isoformat()),)
            yield from (
                Candidate(event, evidence, words)
                for event in notice.events_at(earliest)
                if not isinstance(event, Filed)
            )


def _later_than_rule(notice: Notice, claim: Claim, edition: Edition) -> tuple[Text, ...]:
    """What the claim's own edition says against the time that a notice states for the answer."""
    rule = deadline_rule(edition, DeadlineName.ANSWER_AMAZON)
    if rule is None or notice.respond_by is None or notice.sent_at is None:
        return ()
    at = add_to_instant(notice.sent_at, rule.value, rule.unit, claim.order.zone)
    if at >= notice.respond_by:
        return ()
    stated = notice.respond_by.isoformat()
    return (conflict("later_than_rule", stated=stated, edition=claim.edition, at=at.isoformat()),)


def _last_status_change(claim: Claim) -> datetime:
    return max((event.at for event in claim.history if status_after(event) is not None), default=claim.history[0].at)


def transaction_candidates(transactions: Iterable[Transaction], claim: Claim) -> Iterator[Candidate]:
    """What money shows: a debit is a grant at the seller's cost; a refund after the filing may be the seller's own."""
    filed = claim.filed_at or claim.history[0].at
    for transaction in transactions:
        if transaction.amount is None or transaction.amount.value >= 0:
            continue
        learnt = (
            LearntFrom.SP_API if transaction.system in (System.FINANCES_2024, System.FINANCES_V0) else LearntFrom.REPORT
        )
        note = f"{transaction.system}: {transaction.source.key}"
        amount = -transaction.amount
        if transaction.type is TransactionType.GUARANTEE:
            says = f"{transaction.amount} debited for a claim; the decision was then or before"
            event = GrantedSellerFunded(at=transaction.posted_at, learnt_from=learnt, note=note, amount=amount)
            sure = transaction.confidence is not Confidence.UNCLEAR
            yield Candidate(event, _money(transaction, Strength.STRONG if sure else Strength.WEAK, says))
        elif transaction.type is TransactionType.REFUND and transaction.posted_at >= filed:
            says = f"{transaction.amount} refunded; by whom is not said"
            refunded = SellerRefunded(at=transaction.posted_at, learnt_from=learnt, note=note, amount=amount)
            yield Candidate(refunded, _money(transaction, Strength.WEAK, says))


def state_candidates(state: OrderState | None, claim: Claim) -> Iterator[Candidate]:
    """A cancelled order, with who cancelled it, or the mere status where that is not said."""
    if state is None or state.status is not OrderStatus.CANCELLED or state.updated_at is None:
        return
    says = "the order is cancelled; the time is that of its last change"
    evidence = strong_evidence("order_state", "orders", state.source.key, says, state.updated_at)
    common = {"at": state.updated_at, "learnt_from": LearntFrom.SP_API, "note": f"orders {state.source.version}"}
    if state.cancelled_by is not None:
        yield Candidate(OrderCancelled.model_validate({**common, "actor": state.cancelled_by}), evidence)
    elif claim.status is ClaimStatus.UNDER_REVIEW:
        yield Candidate(Observed.model_validate({**common, "status": ClaimStatus.CANCELLED}), evidence)


def clusters(candidates: Iterable[Candidate]) -> list[tuple[Candidate, ...]]:
    """Candidates that speak of the same thing: the same kind of event within the time that money follows a decision."""
    groups: list[list[Candidate]] = []
    noticed_at: datetime | None = None  # when the first notice of the last group was sent
    for candidate in sorted(set(candidates), key=_place):
        last = groups[-1] if groups else None
        if last is not None and last[0].event.kind == candidate.event.kind and _joins(last[0], noticed_at, candidate):
            last.append(candidate)
        else:
            groups.append([candidate])
            noticed_at = None
        if noticed_at is None and candidate.evidence.kind == "notice":
            noticed_at = candidate.event.at
    return [tuple(group) for group in groups]


def merged(cluster: tuple[Candidate, ...]) -> AnyEvent:
    """One event of a cluster: its notice's time and amount, since money follows later and net; else the money's."""
    by_notice = [candidate.event for candidate in cluster if candidate.evidence.kind == "notice"]
    best = by_notice[0] if by_notice else cluster[0].event
    if getattr(best, "amount", None) is None or not by_notice:
        amounts = [
            amount for candidate in cluster if isinstance(amount := getattr(candidate.event, "amount", None), Money)
        ]
        one_currency = len({amount.currency for amount in amounts}) == 1
        return best.model_copy(update={"amount": sum(amounts[1:], amounts[0])}) if one_currency else best
    return best


def _joins(first: Candidate, noticed_at: datetime | None, candidate: Candidate) -> bool:
    if candidate.event.at - first.event.at > interval("atoz.sources", "debit_after_decision"):
        return False
    if candidate.evidence.kind != "notice" or noticed_at is None:
        return True
    return candidate.event.at - noticed_at <= interval("atoz.sources", "same_notice")


def _money(transaction: Transaction, strength: Strength, says: str) -> Evidence:
    return Evidence(
        kind="movement",
        system=transaction.system.value,
        key=transaction.source.key,
        at=transaction.posted_at,
        strength=strength,
        says=says,
    )


def _place(candidate: Candidate) -> tuple[str, datetime, str, str]:
    return (
        candidate.event.kind,
        candidate.event.at,
        candidate.evidence.model_dump_json(),
        candidate.event.model_dump_json(),
    )
