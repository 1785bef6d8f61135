"""Back-test: what policies would have advised at each moment that really came, and what surely follows from it.

Until a history leaves a policy it is a history of somebody who follows it. From then on the buyer and Amazon might have
done otherwise, and nobody knows what: it is counted as possible, never as certain. A duty that began before, and that
the policy wanted done in time, is met by whoever follows it; that much is certain, since it is the seller's own act.

>>> from datetime import timedelta
>>> from atoz.events import Denied, InformationRequested
>>> from atoz.testing.builders import a_claim
>>> asked = InformationRequested(at=a_claim(edition="us-2026").updated_at + timedelta(days=1))
>>> silent = a_claim(edition="us-2026", events=[asked, Denied(at=asked.at + timedelta(days=9))])
>>> row = backtest([silent], ["current"], as_of=silent.updated_at).rows[0]
>>> row.duties, row.duties_met_really, str(row.duties_met), str(row.avoidable_misses), row.duties_met_rate
(1, 0, '1', '1', None)
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from atoz.audit.audit_result import Audit, DeadlineOutcome, DeadlineResult, DepartureKind, StepResult
from atoz.audit.audit_summary import share
from atoz.audit.backtest_result import FEWEST_FOR_RATES, Backtest, BacktestRow, CountBounds, MoneyBounds, RateBounds
from atoz.audit.claim_audit import audit
from atoz.errors import Fault, InvalidDocument
from atoz.lifecycle.refund_bearer import protected_order
from atoz.model.claim import Claim
from atoz.model.instant import instant_argument
from atoz.model.marketplace import Marketplace
from atoz.model.money import Money
from atoz.model.status import ClaimStatus
from atoz.planner.actions import COMPLETED_BY, Action
from atoz.planner.policy import Policy
from atoz.rulebook.deadline_clock import DeadlineName, clock
from atoz.rulebook.edition import Edition, passed_editions


def backtest(
    claims: Iterable[Claim],
    policies: Sequence[Policy | str],
    *,
    as_of: datetime,
    editions: Iterable[Edition] = (),
) -> Backtest:
    """Policies over closed claims, read one at a time; claims still under review at `as_of` are counted and left out.

    What each policy advised at each moment is in `audit(claim, policy)`. `editions` are those of your own that claims
    may name.

    Raises:
        UnknownName: no such policy, or there is no edition of a claim's id.
        EditionMissing: a claim names an edition of your own that was not passed, or whose text has changed.
        InvalidDocument: no policy is named, one is named twice, `as_of` is naive, or lies before a claim began.
    """
    passed, totals = passed_editions(editions), BacktestTotals(policies)
    for claim in claims:
        totals.add(claim, as_of=as_of, editions=passed)
    return totals.result(as_of=as_of)


class BacktestTotals:
    """The sums of a back-test while claims come."""

    def __init__(self, policies: Sequence[Policy | str]) -> None:
        self.policies = [Policy.named(policy) if isinstance(policy, str) else policy for policy in policies]
        names = [policy.id for policy in self.policies]
        if not names or len(set(names)) < len(names):
            fault = Fault("policies", "not_distinct", "name at least one policy, and each of them a single time")
            raise InvalidDocument("backtest", (fault,))
        self.closed = self.under_review = 0
        self._sums: dict[tuple[str, str], _Sums] = {}

    def add(self, claim: Claim, *, as_of: datetime, editions: tuple[Edition, ...] = ()) -> None:
        """Hold one claim against every policy."""
        audits = [audit(claim, policy, as_of=as_of, editions=editions) for policy in self.policies]
        if audits[0].status is ClaimStatus.UNDER_REVIEW:
            self.under_review += 1
            return
        self.closed += 1
        for policy, made in zip(self.policies, audits, strict=True):
            country = claim.order.marketplace
            zero = Money.parse(f"0 {Marketplace.of(country).currency}")
            self._sums.setdefault((country, policy.id), _Sums(zero, zero, zero)).add(claim, made)

    def result(self, *, as_of: datetime) -> Backtest:
        """What it comes to so far."""
        order = {policy.id: place for place, policy in enumerate(self.policies)}
        keys = sorted(self._sums, key=lambda key: (key[0], order[key[1]]))
        return Backtest(
            as_of=instant_argument("as_of", as_of),
            policies=tuple(order),
            claims=self.closed,
            under_review=self.under_review,
            rows=tuple(self._sums[key].row(*key) for key in keys),
        )


class _Duty(Enum):
    """What becomes of a duty under a policy."""

    MET = "met"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass
class _Sums:
    """The sums of one policy in one marketplace."""

    nothing: Money
    protected_most: Money
    appeals_most: Money
    claims: int = 0
    followed: int = 0
    duties: int = 0
    met_really: int = 0
    met_least: int = 0
    met_most: int = 0
    avoided_least: int = 0
    avoided_most: int = 0
    refunds: int = 0
    appeals: int = 0
    unknown: int = 0

    def add(self, claim: Claim, made: Audit) -> None:
        """Count one claim."""
        self.claims += 1
        self.followed += made.first is None
        for row in made.deadlines:
            if row.duty and row.counts and row.result in _JUDGED:
                self._duty(row, _under_policy(row, made))
        if protected_order(claim) and any(
            row.event == "seller_refunded" and row.kind in _AGAINST for row in made.departures
        ):
            self.refunds += 1
            self.protected_most = self._plus(self.protected_most, made.amount)
        if _may_appeal(made):
            self.appeals += 1
            self.appeals_most = self._plus(self.appeals_most, made.amount)

    def _duty(self, row: DeadlineOutcome, under_policy: _Duty) -> None:
        met = row.result is DeadlineResult.MET
        self.duties += 1
        self.met_really += met
        self.met_least += under_policy is _Duty.MET
        self.met_most += under_policy is not _Duty.FAILED
        self.avoided_least += not met and under_policy is _Duty.MET
        self.avoided_most += not met and under_policy is not _Duty.FAILED

    def _plus(self, total: Money, amount: Money | None) -> Money:
        self.unknown += amount is None
        return total if amount is None else total + amount

    def row(self, marketplace: str, policy: str) -> BacktestRow:
        """What they come to: whether Amazon would have paid, or will, is unknown, so nothing of it is certain."""
        least, most = share(self.met_least, self.duties), share(self.met_most, self.duties)
        rate = None
        if self.claims >= FEWEST_FOR_RATES and least is not None and most is not None:
            rate = RateBounds(least=least, most=most)
        return BacktestRow(
            marketplace=marketplace,
            policy=policy,
            claims=self.claims,
            followed=self.followed,
            duties=self.duties,
            duties_met_really=self.met_really,
            duties_met=CountBounds(least=self.met_least, most=self.met_most),
            duties_met_rate=rate,
            avoidable_misses=CountBounds(least=self.avoided_least, most=self.avoided_most),
            protected_refunds=self.refunds,
            protected_amount=MoneyBounds(least=self.nothing, most=self.protected_most),
            appeals_open=self.appeals,
            appeals_amount=MoneyBounds(least=self.nothing, most=self.appeals_most),
            unknown_amounts=self.unknown,
        )


_JUDGED = (DeadlineResult.MET, DeadlineResult.LATE, DeadlineResult.MISSED)
_AGAINST = (DepartureKind.FORBIDDEN, DepartureKind.NOT_ADVISED, DepartureKind.EARLY)


def _may_appeal(made: Audit) -> bool:
    """Whether an appeal is still possible at the end and the policy wants one, in time by its own clock or not."""
    granted = made.status is ClaimStatus.GRANTED_SELLER_FUNDED
    possible = any(
        row.name is DeadlineName.APPEAL and row.result in (DeadlineResult.OPEN, DeadlineResult.UNKNOWN)
        for row in made.deadlines
    )
    wanted = any(
        step.action is Action.APPEAL and step.result in (StepResult.OPEN, StepResult.MISSED) for step in made.steps
    )
    return granted and possible and wanted


def _under_policy(row: DeadlineOutcome, made: Audit) -> _Duty:
    """What becomes of a duty for whoever follows the policy.

    A duty that began once the policy had been left might never have come. One that began before is met if the policy
    wanted it done by the due instant and before it was left; it is failed if nobody ever wanted it by then.
    """
    left_at = made.first.at if made.first else None
    if row.started_at is None or row.due_at is None or (left_at is not None and left_at <= row.started_at):
        return _Duty.UNKNOWN
    if left_at is None:
        return _Duty.MET if row.result is DeadlineResult.MET else _Duty.FAILED
    ends = clock(row.name).ended_by
    advised = [
        step.advised_at
        for step in made.steps
        if (completion := COMPLETED_BY[step.action]) is not None
        and completion.kind in ends
        and (step.done_at is None or step.done_at >= row.started_at)
    ]
    if any(at <= min(row.due_at, left_at) for at in advised):
        return _Duty.MET
    in_time = any(at <= row.due_at for at in advised) or row.result is DeadlineResult.MET
    return _Duty.UNKNOWN if in_time else _Duty.FAILED
