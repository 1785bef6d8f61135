"""Escalation policies and the plans that are made from them: what to do next, by when, and why.

`plan` is in `atoz`. Everything is loaded when it is first used.
"""

from atoz._lazy import lazy_exports

TYPE_CHECKING = False  # checkers take this name as true; importing it from typing would cost more
if TYPE_CHECKING:
    from atoz.planner.actions import Action as Action
    from atoz.planner.conditions import When as When
    from atoz.planner.due_bucket import Bucket as Bucket
    from atoz.planner.money_at_risk import AtRisk as AtRisk
    from atoz.planner.money_at_risk import at_risk as at_risk
    from atoz.planner.next_clock import NextClock as NextClock
    from atoz.planner.next_clock import NextFigure as NextFigure
    from atoz.planner.plan import DoNot as DoNot
    from atoz.planner.plan import Plan as Plan
    from atoz.planner.plan import PlannedAction as PlannedAction
    from atoz.planner.policy import Policy as Policy
    from atoz.planner.policy import shipped_policies as shipped_policies
    from atoz.planner.policy_choice import policy_for as policy_for
    from atoz.planner.policy_steps import Avoid as Avoid
    from atoz.planner.policy_steps import PolicyStep as PolicyStep
    from atoz.planner.prevention import PreventionPlan as PreventionPlan
    from atoz.planner.prevention import PreventiveStep as PreventiveStep
    from atoz.planner.prevention import prevent as prevent
    from atoz.planner.step_status import ActionState as ActionState
    from atoz.planner.timeliness import Timeliness as Timeliness
    from atoz.planner.worklist import OrderRow as OrderRow
    from atoz.planner.worklist import Urgency as Urgency
    from atoz.planner.worklist import WorklistRow as WorklistRow
    from atoz.planner.worklist import order_row as order_row
    from atoz.planner.worklist import urgency as urgency
    from atoz.planner.worklist import worklist_row as worklist_row
else:
    __getattr__, __dir__, __all__ = lazy_exports(
        __name__,
        {
            "actions": ("Action",),
            "conditions": ("When",),
            "due_bucket": ("Bucket",),
            "money_at_risk": ("AtRisk", "at_risk"),
            "next_clock": ("NextClock", "NextFigure"),
            "plan": ("DoNot", "Plan", "PlannedAction"),
            "policy": ("Policy", "shipped_policies"),
            "policy_choice": ("policy_for",),
            "policy_steps": ("Avoid", "PolicyStep"),
            "prevention": ("PreventionPlan", "PreventiveStep", "prevent"),
            "step_status": ("ActionState",),
            "timeliness": ("Timeliness",),
            "worklist": ("OrderRow", "Urgency", "WorklistRow", "order_row", "urgency", "worklist_row"),
        },
    )
