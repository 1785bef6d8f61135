"""Dated, cited rules and what is counted from them: windows, deadlines, evidence, what counts against the ODR.

`filing_window`, `deadlines` and `odr_effect` are in `atoz`; `evidence_checklist` is in its module. Everything is loaded
when it is first used.
"""

from atoz._lazy import lazy_exports

TYPE_CHECKING = False  # checkers take this name as true; importing it from typing would cost more
if TYPE_CHECKING:
    from atoz.rulebook.date_arithmetic import Unit as Unit
    from atoz.rulebook.deadline_clock import DeadlineName as DeadlineName
    from atoz.rulebook.deadlines import Deadline as Deadline
    from atoz.rulebook.deadlines import DeadlineState as DeadlineState
    from atoz.rulebook.edition import DEFAULT_EDITION as DEFAULT_EDITION
    from atoz.rulebook.edition import IN_FORCE as IN_FORCE
    from atoz.rulebook.edition import Edition as Edition
    from atoz.rulebook.edition import InForce as InForce
    from atoz.rulebook.edition_comparison import Comparison as Comparison
    from atoz.rulebook.edition_comparison import compare_editions as compare_editions
    from atoz.rulebook.edition_selection import in_force as in_force
    from atoz.rulebook.edition_selection import why_in_force as why_in_force
    from atoz.rulebook.evidence_checklist import ChecklistRow as ChecklistRow
    from atoz.rulebook.evidence_checklist import EvidenceItem as EvidenceItem
    from atoz.rulebook.evidence_checklist import Need as Need
    from atoz.rulebook.evidence_checklist import evidence_items as evidence_items
    from atoz.rulebook.explanation import Explanation as Explanation
    from atoz.rulebook.explanation import Step as Step
    from atoz.rulebook.filing_window import FilingWindow as FilingWindow
    from atoz.rulebook.filing_window import Verdict as Verdict
    from atoz.rulebook.odr_effect import OdrEffect as OdrEffect
    from atoz.rulebook.odr_effect import OdrPeriod as OdrPeriod
    from atoz.rulebook.odr_effect import OdrRow as OdrRow
    from atoz.rulebook.odr_effect import odr_period as odr_period
    from atoz.rulebook.parameter import DayBoundary as DayBoundary
    from atoz.rulebook.parameter import OnExpiry as OnExpiry
    from atoz.rulebook.parameter import Parameter as Parameter
else:
    __getattr__, __dir__, __all__ = lazy_exports(
        __name__,
        {
            "date_arithmetic": ("Unit",),
            "deadline_clock": ("DeadlineName",),
            "deadlines": ("Deadline", "DeadlineState"),
            "edition": ("DEFAULT_EDITION", "Edition", "IN_FORCE", "InForce"),
            "edition_selection": ("in_force", "why_in_force"),
            "evidence_checklist": ("ChecklistRow", "EvidenceItem", "Need", "evidence_items"),
            "explanation": ("Explanation", "Step"),
            "edition_comparison": ("Comparison", "compare_editions"),
            "filing_window": ("FilingWindow", "Verdict"),
            "odr_effect": ("OdrEffect", "OdrPeriod", "OdrRow", "odr_period"),
            "parameter": ("DayBoundary", "OnExpiry", "Parameter"),
        },
    )
