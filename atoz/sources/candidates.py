"""Events that observations speak for, before they are held against the claim."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from atoz.model.citation import Confidence
from atoz.model.claim import Claim
from atoz.model.events import AnyEvent, GrantedSellerFunded, LearntFrom, Observed, OrderCancelled, SellerRefunded
from atoz.model.money import Money
from atoz.model.order import Known
from atoz.model.status import ClaimStatus
from atoz.sources.money.funding import HORIZON
from atoz.sources.money.movement import Movement, MovementKind, System
from atoz.sources.notices.record import Notice
from atoz.sources.notices.split import Route
from atoz.sources.sp_api.order_shape import OrderStatus
from atoz.sources.sp_api.order_state import OrderState
from atoz.sources.suggestion import Evidence, Strength

_SAME_NOTICE = timedelta(days=2)
"""Two notices of the same thing within this time are one; later ones are news."""


class Candidate(NamedTuple):
    """An event and the observation behind it."""

    event: AnyEvent
    evidence: Evidence


def notice_candidates(notices: Iterable[Notice]) -> Iterator[Candidate]:
    """What notices say happened."""
    for notice in notices:
        trusted = notice.by_header and notice.from_amazon is Known.YES and notice.route is Route.DIRECT
        evidence = Evidence(
            kind="notice",
            system="notice",
            key=notice.source.key,
            at=notice.sent_at,
            strength=Strength.FAIR if trusted else Strength.WEAK,
            says=f"a notice, {notice.route}; its headers can be forged",
        )
        yield from (Candidate(event, evidence) for event in notice.events())


def money_candidates(movements: Iterable[Movement], claim: Claim) -> Iterator[Candidate]:
    """What money shows: a debit is a grant at the seller's cost; a refund after the filing may be the seller's own."""
    filed = claim.filed_at or claim.history[0].at
    for movement in movements:
        if movement.amount is None or movement.amount.value >= 0:
            continue
        learnt = (
            LearntFrom.SP_API if movement.system in (System.FINANCES_2024, System.FINANCES_V0) else LearntFrom.REPORT
        )
        note = f"{movement.system}: {movement.source.key}"
        amount = -movement.amount
        if movement.type is MovementKind.GUARANTEE:
            says = f"{movement.amount} debited for a claim; the decision was then or before"
            event = GrantedSellerFunded(at=movement.posted_at, learnt_from=learnt, note=note, amount=amount)
            sure = movement.confidence is not Confidence.UNCLEAR
            yield Candidate(event, _money(movement, Strength.STRONG if sure else Strength.WEAK, says))
        elif movement.type is MovementKind.REFUND and movement.posted_at >= filed:
            says = f"{movement.amount} refunded; by whom is not said"
            refunded = SellerRefunded(at=movement.posted_at, learnt_from=learnt, note=note, amount=amount)
            yield Candidate(refunded, _money(movement, Strength.WEAK, says))


def state_candidates(state: OrderState | None, claim: Claim) -> Iterator[Candidate]:
    """A cancelled order, with who cancelled it, or the mere status where that is not said."""
    if state is None or state.status is not OrderStatus.CANCELLED or state.updated_at is None:
        return
    evidence = Evidence(
        kind="order_state",
        system="orders",
        key=state.source.key,
        at=state.updated_at,
        strength=Strength.STRONG,
        says="the order is cancelled; the time is that of its last change",
    )
    told = {"at": state.updated_at, "learnt_from": LearntFrom.SP_API, "note": f"orders {state.source.version}"}
    if state.cancelled_by is not None:
        yield Candidate(OrderCancelled.model_validate({**told, "actor": state.cancelled_by}), evidence)
    elif claim.status is ClaimStatus.UNDER_REVIEW:
        yield Candidate(Observed.model_validate({**told, "status": ClaimStatus.CANCELLED}), evidence)


def clusters(candidates: Iterable[Candidate]) -> list[tuple[Candidate, ...]]:
    """Candidates that speak of the same thing: the same kind of event within the time that money follows a decision."""
    found: list[list[Candidate]] = []
    for each in sorted(set(candidates), key=_place):
        last = found[-1] if found else None
        if last is not None and last[0].event.kind == each.event.kind and _joins(last, each):
            last.append(each)
        else:
            found.append([each])
    return [tuple(each) for each in found]


def merged(cluster: tuple[Candidate, ...]) -> AnyEvent:
    """One event of a cluster: its notice's time and amount, since money follows later and net; else the money's."""
    by_notice = [each.event for each in cluster if each.evidence.kind == "notice"]
    best = by_notice[0] if by_notice else cluster[0].event
    if getattr(best, "amount", None) is None or not by_notice:
        amounts = [amount for each in cluster if isinstance(amount := getattr(each.event, "amount", None), Money)]
        one_currency = len({amount.currency for amount in amounts}) == 1
        return best.model_copy(update={"amount": sum(amounts[1:], amounts[0])}) if one_currency else best
    return best


def _joins(cluster: list[Candidate], each: Candidate) -> bool:
    if each.event.at - cluster[0].event.at > HORIZON:
        return False
    if each.evidence.kind != "notice":
        return True
    earlier: list[datetime] = [other.event.at for other in cluster if other.evidence.kind == "notice"]
    return not earlier or each.event.at - earlier[0] <= _SAME_NOTICE


def _money(movement: Movement, strength: Strength, says: str) -> Evidence:
    return Evidence(
        kind="movement",
        system=movement.system.value,
        key=movement.source.key,
        at=movement.posted_at,
        strength=strength,
        says=says,
    )


def _place(each: Candidate) -> tuple[str, datetime, str, str]:
    return (each.event.kind, each.event.at, each.evidence.model_dump_json(), each.event.model_dump_json())
