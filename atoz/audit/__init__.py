"""Real histories against a policy: what was done, what was missed, and where the policy was left.

Everything is loaded when it is first used.
"""

from atoz._lazy import lazy_exports

TYPE_CHECKING = False  # checkers take this name as true; importing it from typing would cost more
if TYPE_CHECKING:
    from atoz.audit.audit_result import AdvisedStep as AdvisedStep
    from atoz.audit.audit_result import Audit as Audit
    from atoz.audit.audit_result import AuditedEvent as AuditedEvent
    from atoz.audit.audit_result import DeadlineOutcome as DeadlineOutcome
    from atoz.audit.audit_result import DeadlineResult as DeadlineResult
    from atoz.audit.audit_result import Departure as Departure
    from atoz.audit.audit_result import DepartureKind as DepartureKind
    from atoz.audit.audit_result import StepResult as StepResult
    from atoz.audit.audit_summary import AuditSummary as AuditSummary
    from atoz.audit.audit_summary import DeadlineTally as DeadlineTally
    from atoz.audit.audit_summary import DepartureTally as DepartureTally
    from atoz.audit.audit_summary import MoneyTally as MoneyTally
    from atoz.audit.audit_summary import audit_all as audit_all
    from atoz.audit.backtest_result import FEWEST_FOR_RATES as FEWEST_FOR_RATES
    from atoz.audit.backtest_result import Backtest as Backtest
    from atoz.audit.backtest_result import BacktestRow as BacktestRow
    from atoz.audit.backtest_result import CountBounds as CountBounds
    from atoz.audit.backtest_result import MoneyBounds as MoneyBounds
    from atoz.audit.backtest_result import RateBounds as RateBounds
    from atoz.audit.claim_audit import audit as audit
    from atoz.audit.impact_result import ClaimImpact as ClaimImpact
    from atoz.audit.impact_result import FigureChange as FigureChange
    from atoz.audit.impact_result import FigureSide as FigureSide
    from atoz.audit.impact_result import Impact as Impact
    from atoz.audit.impact_result import MovedDay as MovedDay
    from atoz.audit.impact_result import MovedDeadline as MovedDeadline
    from atoz.audit.impact_result import StepSlack as StepSlack
    from atoz.audit.policy_backtest import backtest as backtest
    from atoz.audit.rule_change import impact as impact
else:
    __getattr__, __dir__, __all__ = lazy_exports(
        __name__,
        {
            "audit_result": (
                "AdvisedStep",
                "Audit",
                "AuditedEvent",
                "DeadlineOutcome",
                "DeadlineResult",
                "Departure",
                "DepartureKind",
                "StepResult",
            ),
            "audit_summary": ("AuditSummary", "DeadlineTally", "DepartureTally", "MoneyTally", "audit_all"),
            "backtest_result": (
                "Backtest",
                "BacktestRow",
                "CountBounds",
                "FEWEST_FOR_RATES",
                "MoneyBounds",
                "RateBounds",
            ),
            "claim_audit": ("audit",),
            "impact_result": (
                "ClaimImpact",
                "FigureChange",
                "FigureSide",
                "Impact",
                "MovedDay",
                "MovedDeadline",
                "StepSlack",
            ),
            "policy_backtest": ("backtest",),
            "rule_change": ("impact",),
        },
    )
