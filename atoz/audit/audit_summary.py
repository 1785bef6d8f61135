"""Many audits: each as it comes, then what they add up to.

>>> from atoz.testing.builders import a_claim
>>> claim = a_claim(edition="us-2026", status="granted_seller_funded")
>>> *rows, summary = audit_all([claim, claim], as_of=claim.updated_at)
>>> len(rows), summary.claims, [(row.paid_by.value, str(row.amount)) for row in summary.money]
(2, 2, [('seller', '63.80 USD')])
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal

from pydantic import Field

from atoz.audit.audit_result import Audit, DeadlineOutcome, DeadlineResult, Departure, DepartureKind
from atoz.audit.claim_audit import audit
from atoz.lifecycle.refund_bearer import PaidBy
from atoz.model.claim import Claim
from atoz.model.marketplace import Marketplace
from atoz.model.money import Money
from atoz.model.record import Document, Record
from atoz.model.text import Language, fill
from atoz.planner.policy import Policy
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.edition import Edition, passed_editions


class DeadlineTally(Record):
    """How one deadline ended, over all claims; soft and borrowed clocks are not counted."""

    name: DeadlineName = Field(description="What had to be done.")
    results: dict[DeadlineResult, int] = Field(description="How many runs ended so.")
    failed_rate: float | None = Field(
        description="The share missed or late, of those met, late or missed; none where there are none."
    )


class MoneyTally(Record):
    """What claims of one currency came to, by who bears it."""

    currency: str = Field(description="ISO 4217 currency code.")
    paid_by: PaidBy = Field(description="Who bears the refund.")
    claims: int = Field(description="How many claims.")
    amount: Money = Field(description="What the decisions say was paid, else what the claims ask for.")
    unknown: int = Field(description="Of the claims, those whose amount is not known; it is not in the sum.")


class DepartureTally(Record):
    """How often policies were left in one way."""

    kind: DepartureKind = Field(description="How.")
    claims: int = Field(description="In how many claims.")
    times: int = Field(description="How often.")


class AuditSummary(Document):
    """What many audits add up to."""

    kind: Literal["audit_summary"] = Field(
        default="audit_summary", description="Says that this document is the summary of audits."
    )
    as_of: datetime = Field(description="The end of what was audited.")
    claims: int = Field(description="How many claims were audited.")
    followed: int = Field(description="Those that never left their policy.")
    followed_rate: float | None = Field(description="Their share; none where there are no claims.")
    departures: tuple[DepartureTally, ...] = Field(description="How policies were left.")
    deadlines: tuple[DeadlineTally, ...] = Field(description="How deadlines ended.")
    money: tuple[MoneyTally, ...] = Field(description="Who bears what, per currency.")

    def say(self, language: Language = "en") -> str:
        """The summary as text, a line each."""
        rate = percent(self.followed_rate)
        lines = [_say("head", language, claims=self.claims, followed=self.followed, rate=rate)]
        for departure in self.departures:
            counts = {"claims": departure.claims, "times": departure.times}
            lines.append(_say("departure", language, kind=departure.kind.label(language), **counts))
        for row in self.deadlines:
            results = ", ".join(f"{result.label(language)} {count}" for result, count in row.results.items())
            rate, name = percent(row.failed_rate), row.name.label(language)
            lines.append(_say("deadline", language, name=name, results=results, rate=rate))
        for sums in self.money:
            unknown = _say("unknown", language, count=sums.unknown) if sums.unknown else ""
            who, amount = sums.paid_by.label(language), str(sums.amount)
            lines.append(_say("money", language, who=who, amount=amount, claims=sums.claims, unknown=unknown))
        return "\n".join(lines)

    def __str__(self) -> str:
        """The same in English."""
        return self.say()


def audit_all(
    claims: Iterable[Claim],
    policy: Policy | str | None = None,
    *,
    as_of: datetime,
    pinned_only: bool = False,
    editions: Iterable[Edition] = (),
) -> Iterator[Audit | AuditSummary]:
    """An audit of each claim as it is read, and at last their summary; nothing else is kept.

    Raises:
        UnknownName: no such policy, or there is no edition of a claim's id.
        EditionMissing: a claim names an edition of your own that was not passed, or whose text has changed.
        InvalidDocument: `as_of` is naive, or lies before a claim began.
    """
    passed, totals = passed_editions(editions), AuditTotals()
    for claim in claims:
        made = audit(claim, policy, as_of=as_of, pinned_only=pinned_only, editions=passed)
        totals.add(made)
        yield made
    yield totals.summary(as_of=as_of)


class AuditTotals:
    """The sums of audits while they come."""

    def __init__(self) -> None:
        self.claims = self.followed = 0
        self.departed = Counter[DepartureKind]()
        self.times = Counter[DepartureKind]()
        self.results = Counter[tuple[DeadlineName, DeadlineResult]]()
        self.payers = Counter[tuple[str, PaidBy]]()
        self.unknown = Counter[tuple[str, PaidBy]]()
        self.sums: dict[tuple[str, PaidBy], Money] = {}

    def add(self, made: Audit) -> None:
        """Count one audit."""
        self.claims += 1
        self.followed += not made.departures
        self.times.update(_kinds(made.departures))
        self.departed.update(set(_kinds(made.departures)))
        self.results.update(_results(made.deadlines))
        key = (Marketplace.of(made.marketplace).currency, made.paid_by)
        self.payers[key] += 1
        if made.amount is None:
            self.unknown[key] += 1
        else:
            self.sums[key] = self.sums[key] + made.amount if key in self.sums else made.amount

    def summary(self, *, as_of: datetime) -> AuditSummary:
        """What they come to so far."""
        return AuditSummary(
            as_of=as_of,
            claims=self.claims,
            followed=self.followed,
            followed_rate=share(self.followed, self.claims),
            departures=tuple(
                DepartureTally(kind=kind, claims=self.departed[kind], times=self.times[kind])
                for kind in DepartureKind
                if self.times[kind]
            ),
            deadlines=tuple(filter(None, map(self._deadline, DeadlineName))),
            money=tuple(self._money(currency, payer) for currency, payer in sorted(self.payers)),
        )

    def _deadline(self, name: DeadlineName) -> DeadlineTally | None:
        results = {result: self.results[name, result] for result in DeadlineResult if self.results[name, result]}
        failed = results.get(DeadlineResult.LATE, 0) + results.get(DeadlineResult.MISSED, 0)
        rate = share(failed, failed + results.get(DeadlineResult.MET, 0))
        return DeadlineTally(name=name, results=results, failed_rate=rate) if results else None

    def _money(self, currency: str, payer: PaidBy) -> MoneyTally:
        key = (currency, payer)
        amount = self.sums.get(key) or Money.parse(f"0 {currency}")
        return MoneyTally(
            currency=currency, paid_by=payer, claims=self.payers[key], amount=amount, unknown=self.unknown[key]
        )


def _kinds(departures: Iterable[Departure]) -> Iterator[DepartureKind]:
    return (departure.kind for departure in departures)


def _results(rows: Iterable[DeadlineOutcome]) -> Iterator[tuple[DeadlineName, DeadlineResult]]:
    return ((row.name, row.result) for row in rows if row.counts)


def share(part: int, whole: int) -> float | None:
    """A share to four places; none of nothing."""
    return round(part / whole, 4) if whole else None


def percent(rate: float | None) -> str:
    """A share as people read it."""
    return "–" if rate is None else f"{rate:.1%}"


def _say(code: str, language: Language, **values: object) -> str:
    return fill("atoz.audit", f"summary_{code}", **values).say(language)
