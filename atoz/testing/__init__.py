"""Test an escalation policy: builders, scenarios, `simulate`, `explore`, what-if, team hours, strategies, pytest.

`atoz.testing.invariants` holds what any policy is held to; `atoz.testing.strategies` needs hypothesis. Everything is
loaded when it is first used.
"""

from atoz._lazy import lazy_exports

TYPE_CHECKING = False  # checkers take this name as true; importing it from typing would cost more
if TYPE_CHECKING:
    from atoz.testing.assertions import assert_never as assert_never
    from atoz.testing.assertions import assert_plan as assert_plan
    from atoz.testing.assertions import assert_reaches as assert_reaches
    from atoz.testing.builders import a_claim as a_claim
    from atoz.testing.builders import an_event as an_event
    from atoz.testing.builders import an_order as an_order
    from atoz.testing.explorer.exploration import Exploration as Exploration
    from atoz.testing.explorer.exploration import Violation as Violation
    from atoz.testing.explorer.exploration import explore as explore
    from atoz.testing.invariants import INVARIANTS as INVARIANTS
    from atoz.testing.invariants import Invariant as Invariant
    from atoz.testing.invariants import Moment as Moment
    from atoz.testing.policy_comparison import Difference as Difference
    from atoz.testing.policy_comparison import PolicyComparison as PolicyComparison
    from atoz.testing.policy_comparison import Side as Side
    from atoz.testing.policy_comparison import TimedStep as TimedStep
    from atoz.testing.policy_comparison import compare_policies as compare_policies
    from atoz.testing.policy_comparison import compare_simulations as compare_simulations
    from atoz.testing.policy_differences import PolicyDiff as PolicyDiff
    from atoz.testing.policy_differences import PolicyDifference as PolicyDifference
    from atoz.testing.policy_differences import policy_diff as policy_diff
    from atoz.testing.scenario_catalog import Scenario as Scenario
    from atoz.testing.scenario_catalog import scenario as scenario
    from atoz.testing.scenario_catalog import scenarios as scenarios
    from atoz.testing.seller import LAST_MINUTE as LAST_MINUTE
    from atoz.testing.seller import PROMPT as PROMPT
    from atoz.testing.seller import Seller as Seller
    from atoz.testing.simulation import Simulation as Simulation
    from atoz.testing.simulation import Turn as Turn
    from atoz.testing.simulator import simulate as simulate
    from atoz.testing.situations import Situation as Situation
    from atoz.testing.situations import check_situation as check_situation
    from atoz.testing.situations import read_situations as read_situations
    from atoz.testing.team.team import Team as Team
    from atoz.testing.team.team_check import check_team as check_team
    from atoz.testing.team.team_result import TeamCheck as TeamCheck
    from atoz.testing.trace import Story as Story
    from atoz.testing.world import SILENCE as SILENCE
    from atoz.testing.world import Happening as Happening
    from atoz.testing.world import World as World
    from atoz.testing.world import after_hours as after_hours
    from atoz.testing.world import on_day as on_day
else:
    __getattr__, __dir__, __all__ = lazy_exports(
        __name__,
        {
            "assertions": ("assert_never", "assert_plan", "assert_reaches"),
            "builders": ("a_claim", "an_event", "an_order"),
            "explorer.exploration": ("Exploration", "Violation", "explore"),
            "invariants": ("INVARIANTS", "Invariant", "Moment"),
            "policy_comparison": (
                "Difference",
                "PolicyComparison",
                "Side",
                "TimedStep",
                "compare_policies",
                "compare_simulations",
            ),
            "policy_differences": ("PolicyDiff", "PolicyDifference", "policy_diff"),
            "scenario_catalog": ("Scenario", "scenario", "scenarios"),
            "seller": ("LAST_MINUTE", "PROMPT", "Seller"),
            "simulation": ("Simulation", "Turn"),
            "simulator": ("simulate",),
            "situations": ("Situation", "check_situation", "read_situations"),
            "team.team": ("Team",),
            "team.team_check": ("check_team",),
            "team.team_result": ("TeamCheck",),
            "trace": ("Story",),
            "world": ("Happening", "SILENCE", "World", "after_hours", "on_day"),
        },
    )
