"""Test an escalation policy: builders and scenarios, `simulate`, `explore`, what-if, strategies, a pytest plugin.

`atoz.testing.invariants` holds what any policy is held to; `atoz.testing.strategies` needs hypothesis. Everything is
loaded when it is first used.
"""

TYPE_CHECKING = False  # as in the front door: checkers take this very name as true
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
    from atoz.testing.policy_comparison import Side as Side
    from atoz.testing.policy_comparison import compare_policies as compare_policies
    from atoz.testing.policy_comparison import compare_simulations as compare_simulations
    from atoz.testing.scenario_catalog import Scenario as Scenario
    from atoz.testing.scenario_catalog import scenario as scenario
    from atoz.testing.scenario_catalog import scenarios as scenarios
    from atoz.testing.seller import LAST_MINUTE as LAST_MINUTE
    from atoz.testing.seller import PROMPT as PROMPT
    from atoz.testing.seller import Seller as Seller
    from atoz.testing.simulation import PaidBy as PaidBy
    from atoz.testing.simulation import Simulation as Simulation
    from atoz.testing.simulation import Turn as Turn
    from atoz.testing.simulator import simulate as simulate
    from atoz.testing.situations import Situation as Situation
    from atoz.testing.situations import check_situation as check_situation
    from atoz.testing.situations import read_situations as read_situations
    from atoz.testing.trace import Story as Story
    from atoz.testing.world import SILENCE as SILENCE
    from atoz.testing.world import Happening as Happening
    from atoz.testing.world import World as World
    from atoz.testing.world import after_hours as after_hours
    from atoz.testing.world import on_day as on_day
else:
    _ROOMS = {
        "atoz.testing.assertions": (
            "assert_never",
            "assert_plan",
            "assert_reaches",
        ),
        "atoz.testing.builders": (
            "a_claim",
            "an_event",
            "an_order",
        ),
        "atoz.testing.policy_comparison": (
            "Side",
            "compare_policies",
            "compare_simulations",
        ),
        "atoz.testing.explorer.exploration": (
            "Exploration",
            "Violation",
            "explore",
        ),
        "atoz.testing.invariants": (
            "INVARIANTS",
            "Invariant",
            "Moment",
        ),
        "atoz.testing.scenario_catalog": (
            "Scenario",
            "scenario",
            "scenarios",
        ),
        "atoz.testing.seller": (
            "LAST_MINUTE",
            "PROMPT",
            "Seller",
        ),
        "atoz.testing.simulator": ("simulate",),
        "atoz.testing.simulation": (
            "PaidBy",
            "Simulation",
            "Turn",
        ),
        "atoz.testing.situations": (
            "Situation",
            "check_situation",
            "read_situations",
        ),
        "atoz.testing.trace": ("Story",),
        "atoz.testing.world": (
            "SILENCE",
            "Happening",
            "World",
            "after_hours",
            "on_day",
        ),
    }
    _HOME = {name: room for room, names in _ROOMS.items() for name in names}

    def __getattr__(name):
        from importlib import import_module

        if name not in _HOME:
            raise AttributeError(f"module 'atoz.testing' has no attribute {name!r}")
        found = getattr(import_module(_HOME[name]), name)
        globals()[name] = found
        return found

    def __dir__():
        return sorted({*globals(), *_HOME})


__all__ = [
    "INVARIANTS",
    "LAST_MINUTE",
    "PROMPT",
    "SILENCE",
    "Exploration",
    "Happening",
    "Invariant",
    "Moment",
    "PaidBy",
    "Scenario",
    "Seller",
    "Side",
    "Simulation",
    "Situation",
    "Story",
    "Turn",
    "Violation",
    "World",
    "a_claim",
    "after_hours",
    "an_event",
    "an_order",
    "assert_never",
    "assert_plan",
    "assert_reaches",
    "check_situation",
    "compare_policies",
    "compare_simulations",
    "explore",
    "on_day",
    "read_situations",
    "scenario",
    "scenarios",
    "simulate",
]
