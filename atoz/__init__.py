"""Amazon A-to-z Guarantee claims: where one stands, which dates count, what to do next, and why.

Facts in, findings out: no network, no clock inside. Every name here is loaded when it is first used, so that
`import atoz` alone costs next to nothing.
"""

from atoz._lazy import lazy_exports

TYPE_CHECKING = False  # checkers take this name as true; importing it from typing would cost more
if TYPE_CHECKING:
    __version__: str
    from atoz import events as events
    from atoz.errors import AtozError as AtozError
    from atoz.errors import InvalidDocument as InvalidDocument
    from atoz.errors import TransitionRefused as TransitionRefused
    from atoz.lifecycle.attention import attention as attention
    from atoz.lifecycle.corrections import record as record
    from atoz.lifecycle.corrections import retract as retract
    from atoz.lifecycle.diagram import diagram as diagram
    from atoz.lifecycle.machine import machine as machine
    from atoz.lifecycle.operations import apply as apply
    from atoz.lifecycle.operations import lapse as lapse
    from atoz.lifecycle.operations import open_claim as open_claim
    from atoz.lifecycle.operations import options as options
    from atoz.lifecycle.replay import read_claim as read_claim
    from atoz.lifecycle.replay import rebuild as rebuild
    from atoz.lifecycle.replay import under as under
    from atoz.lifecycle.replay import verify as verify
    from atoz.model.claim import Claim as Claim
    from atoz.model.money import Money as Money
    from atoz.model.order import Order as Order
    from atoz.model.reason import ClaimReason as ClaimReason
    from atoz.model.status import ClaimStatus as ClaimStatus
    from atoz.planner.plan import plan as plan
    from atoz.rulebook.deadlines import deadlines as deadlines
    from atoz.rulebook.edition_comparison import compare_editions as compare_editions
    from atoz.rulebook.filing_window import claim_window as claim_window
    from atoz.rulebook.filing_window import filing_window as filing_window
    from atoz.rulebook.odr_effect import odr_effect as odr_effect
else:
    _find, __dir__, __all__ = lazy_exports(
        __name__,
        {
            "errors": ("AtozError", "InvalidDocument", "TransitionRefused"),
            "events": (),
            "lifecycle.attention": ("attention",),
            "lifecycle.corrections": ("record", "retract"),
            "lifecycle.diagram": ("diagram",),
            "lifecycle.machine": ("machine",),
            "lifecycle.operations": ("apply", "lapse", "open_claim", "options"),
            "lifecycle.replay": ("read_claim", "rebuild", "under", "verify"),
            "model.claim": ("Claim",),
            "model.money": ("Money",),
            "model.order": ("Order",),
            "model.reason": ("ClaimReason",),
            "model.status": ("ClaimStatus",),
            "planner.plan": ("plan",),
            "rulebook.deadlines": ("deadlines",),
            "rulebook.edition_comparison": ("compare_editions",),
            "rulebook.filing_window": ("claim_window", "filing_window"),
            "rulebook.odr_effect": ("odr_effect",),
        },
    )

    def __getattr__(name):
        if name == "__version__":
            from importlib.metadata import version

            return version("atoz-claims")
        return _find(name)
